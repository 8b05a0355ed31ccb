"""Training sessions with their themes and attendance; what led to an entry of evidence, and the figure to watch."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ADDED = (
    ("led_by", sa.String(20)), ("led_from", sa.Date()), ("led_to", sa.Date()), ("figure_key", sa.String(40)),
)  # fmt: skip


def upgrade() -> None:
    for name, kind in ADDED:
        op.add_column("evidence_version", sa.Column(name, kind, nullable=True))
    with _triggers_aside(), op.batch_alter_table("evidence") as changed:
        changed.add_column(sa.Column("team_id", sa.Uuid(), nullable=True))
        changed.create_foreign_key(op.f("fk_evidence_team_id_team"), "team", ["team_id"], ["id"])
        changed.create_index(op.f("ix_evidence_team_id"), ["team_id"])
    _sessions()


def downgrade() -> None:
    for table in ("cpd_attendance", "cpd_evidence", "cpd_theme", "cpd_session"):
        op.drop_table(table)
    with _triggers_aside():
        with op.batch_alter_table("evidence") as changed:
            changed.drop_index(op.f("ix_evidence_team_id"))
            changed.drop_constraint(op.f("fk_evidence_team_id_team"), type_="foreignkey")
            changed.drop_column("team_id")
        with op.batch_alter_table("evidence_version") as changed:
            for name, _ in reversed(ADDED):
                changed.drop_column(name)


def _sessions() -> None:
    op.create_table(
        "cpd_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("feedback", sa.String(2000), nullable=False),
        *_moment("made"),
        *_moment("withdrawn", nullable=True),
        sa.Column("withdrawn_reason", sa.String(500), nullable=False),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_cpd_session_withdrawn_paired")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason = '')", name=op.f("ck_cpd_session_withdrawn_has_reason")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cpd_session")),
    )
    op.create_index(op.f("ix_cpd_session_held_on"), "cpd_session", ["held_on"])
    for table, column, kind, to, key in (
        ("cpd_theme", "theme_code", sa.String(40), "theme", "code"),
        ("cpd_evidence", "evidence_id", sa.Uuid(), "evidence", "id"),
    ):
        op.create_table(
            table,
            sa.Column("session_id", sa.Uuid(), nullable=False),
            sa.Column(column, kind, nullable=False),
            _refers(table, "session_id", "cpd_session"),
            _refers(table, column, to, key),
            sa.PrimaryKeyConstraint("session_id", column, name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_table(
        "cpd_attendance",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        *_moment("noted"),
        *_moment("struck", nullable=True),
        sa.CheckConstraint("(struck_at IS NULL) = (struck_by IS NULL)", name=op.f("ck_cpd_attendance_struck_paired")),
        _refers("cpd_attendance", "session_id", "cpd_session"),
        _refers("cpd_attendance", "person_id", "person"),
        _refers("cpd_attendance", "service_id", "service"),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_cpd_attendance")),
    )
    op.create_index(op.f("ix_cpd_attendance_person_id"), "cpd_attendance", ["person_id"])


def _moment(what: str, *, nullable: bool = False) -> tuple[sa.Column[object], sa.Column[str]]:
    """When something was done, and by whom."""
    return (
        sa.Column(f"{what}_at", sa.DateTime(timezone=True), nullable=nullable),
        sa.Column(f"{what}_by", sa.String(80), nullable=nullable),
    )


def _refers(table: str, column: str, to: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.{key}"], name=op.f(f"fk_{table}_{column}_{to}"))


@contextmanager
def _triggers_aside() -> Iterator[None]:
    """SQLite changes a table by making it anew, which drops its triggers and stumbles over those that name it."""
    if op.get_bind().dialect.name != "sqlite":
        yield
        return
    kept = op.get_bind().exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in kept:
        op.execute(f"DROP TRIGGER {name}")
    yield
    for _, statement in kept:
        op.get_bind().exec_driver_sql(statement)
