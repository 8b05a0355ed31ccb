"""An action given to another owner is a step of its history, which says from whom and to whom."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BEFORE = "what IN ('done', 'sent_back', 'closed', 'cancelled', 'due_changed', 'flagged', 'kept')"
AFTER = "what IN ('done', 'sent_back', 'closed', 'cancelled', 'due_changed', 'flagged', 'kept', 'given')"
OWNERS = ("owner_before_id", "owner_after_id")


def upgrade() -> None:
    with _triggers_aside(), op.batch_alter_table("action_step") as table:
        for name in OWNERS:
            table.add_column(sa.Column(name, sa.Uuid(), nullable=True))
            table.create_foreign_key(op.f(f"fk_action_step_{name}_person"), "person", [name], ["id"])
        table.drop_constraint(op.f("ck_action_step_what_known"), type_="check")
        table.create_check_constraint(op.f("ck_action_step_what_known"), AFTER)
        table.create_check_constraint(
            op.f("ck_action_step_given_to_somebody"), "(what = 'given') = (owner_after_id IS NOT NULL)"
        )


def downgrade() -> None:
    with _triggers_aside():
        # The older version knows no such step, and refuses a row of it.
        op.execute("DELETE FROM action_step WHERE what = 'given'")
        with op.batch_alter_table("action_step") as table:
            table.drop_constraint(op.f("ck_action_step_given_to_somebody"), type_="check")
            table.drop_constraint(op.f("ck_action_step_what_known"), type_="check")
            table.create_check_constraint(op.f("ck_action_step_what_known"), BEFORE)
            for name in OWNERS:
                table.drop_constraint(op.f(f"fk_action_step_{name}_person"), type_="foreignkey")
                table.drop_column(name)


@contextmanager
def _triggers_aside() -> Iterator[None]:
    """What keeps the steps as they were recorded stands aside while their table changes, and then stands again."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute("ALTER TABLE action_step DISABLE TRIGGER USER")
        yield
        op.execute("ALTER TABLE action_step ENABLE TRIGGER USER")
        return
    kept = op.get_bind().exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in kept:
        op.execute(f"DROP TRIGGER {name}")
    yield
    for _, statement in kept:
        op.get_bind().exec_driver_sql(statement)
