"""A calibration exercise can be called off before its grades are revealed, with a reason."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATES = "state IN ('preparing', 'open', 'revealed')"
STARTED = "(state = 'preparing') = (started_at IS NULL)"
STATES_NOW = "state IN ('preparing', 'open', 'revealed', 'called_off')"
STARTED_NOW = "state = 'called_off' OR (state = 'preparing') = (started_at IS NULL)"


def upgrade() -> None:
    with op.batch_alter_table("calibration") as table:
        table.drop_constraint(op.f("ck_calibration_state_known"), type_="check")
        table.drop_constraint(op.f("ck_calibration_started_is_dated"), type_="check")
        table.add_column(sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("called_off_by", sa.String(80), nullable=True))
        table.add_column(sa.Column("called_off_reason", sa.String(500), nullable=False, server_default=""))
        table.create_check_constraint(op.f("ck_calibration_state_known"), STATES_NOW)
        table.create_check_constraint(op.f("ck_calibration_started_is_dated"), STARTED_NOW)
        table.create_check_constraint(
            op.f("ck_calibration_called_off_paired"), "(called_off_at IS NULL) = (called_off_by IS NULL)"
        )
        table.create_check_constraint(
            op.f("ck_calibration_called_off_is_dated"), "(state = 'called_off') = (called_off_at IS NOT NULL)"
        )


def downgrade() -> None:
    # Before, there was no way to end one but to reveal it: it is open again.
    op.execute(
        "UPDATE calibration SET state = 'open', started_at = coalesce(started_at, called_off_at), "
        "started_by = coalesce(started_by, called_off_by), called_off_at = NULL, called_off_by = NULL "
        "WHERE state = 'called_off'"
    )
    with op.batch_alter_table("calibration") as table:
        for name in ("called_off_is_dated", "called_off_paired", "started_is_dated", "state_known"):
            table.drop_constraint(op.f(f"ck_calibration_{name}"), type_="check")
        for column in ("called_off_reason", "called_off_by", "called_off_at"):
            table.drop_column(column)
        table.create_check_constraint(op.f("ck_calibration_state_known"), STATES)
        table.create_check_constraint(op.f("ck_calibration_started_is_dated"), STARTED)
