"""Tallies of closed months, and the triggers that notice every change of what they count."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OF_AUDIT = "(SELECT month FROM audit WHERE id = {row}.audit_id)"
OF_CYCLE = "(SELECT month FROM cycle WHERE id = {row}.cycle_id)"
# Table -> how its row leads to the month it is counted in, and the columns whose change counts (none: every change).
WATCHED = {
    "judgement": ("{row}.month", ""),
    "counted_answer": ("{row}.month", ""),
    "audit": ("{row}.month", "state, submitted_on, auditor_id"),
    "moderation": (OF_AUDIT, "state, mode, stream, independence, form_sound"),
    "frame_member": ("{row}.month", ""),
    "supplement_member": (OF_AUDIT, ""),
    "expectation": (OF_CYCLE, ""),
    "draw": (OF_CYCLE, ""),
    "cycle": ("{row}.month", "state, due_on"),
}


def upgrade() -> None:
    op.create_table(
        "month_mark",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_month_mark")),
    )
    op.create_table(
        "tally",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=36), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("shape", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("month", "place", name=op.f("pk_tally")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, (month, columns) in WATCHED.items():
        for statement in (_sqlite if sqlite else _postgresql)(table, month, columns):
            op.execute(statement)


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in WATCHED:
        if sqlite:
            for verb in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER {table}_marks_{verb}")
        else:
            op.execute(f"DROP FUNCTION mark_{table}() CASCADE")
    op.drop_table("tally")
    op.drop_table("month_mark")


def _noticed(month: str) -> str:
    return f"UPDATE month_mark SET changes = changes + 1 WHERE month = {month};"


def _sqlite(table: str, month: str, columns: str) -> list[str]:
    made = []
    for verb in ("insert", "update", "delete"):
        of = f" OF {columns}" if verb == "update" and columns else ""
        rows = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}[verb]
        body = " ".join(_noticed(month.format(row=row)) for row in rows)
        made.append(f'CREATE TRIGGER {table}_marks_{verb} AFTER {verb.upper()}{of} ON "{table}" BEGIN {body} END')
    return made


def _postgresql(table: str, month: str, columns: str) -> list[str]:
    old, new = (_noticed(month.format(row=row)) for row in ("OLD", "NEW"))
    body = f"IF TG_OP <> 'INSERT' THEN {old} END IF; IF TG_OP <> 'DELETE' THEN {new} END IF; RETURN NULL;"
    of = f" OF {columns}" if columns else ""
    return [
        f"CREATE FUNCTION mark_{table}() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN {body} END $f$",
        f'CREATE TRIGGER {table}_marks AFTER INSERT OR UPDATE{of} OR DELETE ON "{table}"'
        f" FOR EACH ROW EXECUTE FUNCTION mark_{table}()",
    ]
