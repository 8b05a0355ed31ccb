"""Audits found by their month, and practitioners' own answers kept with the counts of closed months."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

OF_AUDIT = (
    "UPDATE month_mark SET changes = changes + 1 WHERE month = (SELECT month FROM audit WHERE id = {row}.audit_id);"
)
COLUMNS = "audit_id, person_id, helped, given_at"
WITHDRAWN = sa.text("state = 'withdrawn'")


def upgrade() -> None:
    op.create_index("ix_audit_month", "audit", ["tool_key", "month", "service_id", "team_id", "id"])
    _index_withdrawn(["tool_key", "month", "id"])
    op.execute("DELETE FROM tally")  # run-due makes them again
    with op.batch_alter_table("tally", recreate=_recreate()) as changed:
        changed.add_column(sa.Column("people", sa.JSON(), nullable=False))
    for statement in _sqlite() if _is_sqlite() else _postgresql():
        op.execute(statement)


def downgrade() -> None:
    if _is_sqlite():
        for verb in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER reflection_marks_{verb}")
    else:
        op.execute("DROP FUNCTION mark_reflection() CASCADE")
    op.execute("DELETE FROM tally")
    with op.batch_alter_table("tally") as changed:
        changed.drop_column("people")
    _index_withdrawn(["id"])
    op.drop_index("ix_audit_month", "audit")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _recreate() -> str:
    return "always" if _is_sqlite() else "never"


def _index_withdrawn(columns: list[str]) -> None:
    op.drop_index("ix_audit_withdrawn", "audit")
    op.create_index("ix_audit_withdrawn", "audit", columns, sqlite_where=WITHDRAWN, postgresql_where=WITHDRAWN)


def _sqlite() -> list[str]:
    made = []
    for verb, of, rows in (("insert", "", "NEW"), ("update", f" OF {COLUMNS}", "OLD NEW"), ("delete", "", "OLD")):
        body = " ".join(OF_AUDIT.format(row=row) for row in rows.split())
        made.append(f"CREATE TRIGGER reflection_marks_{verb} AFTER {verb.upper()}{of} ON reflection BEGIN {body} END")
    return made


def _postgresql() -> list[str]:
    old, new = OF_AUDIT.format(row="OLD"), OF_AUDIT.format(row="NEW")
    body = f"IF TG_OP <> 'INSERT' THEN {old} END IF; IF TG_OP <> 'DELETE' THEN {new} END IF; RETURN NULL;"
    return [
        f"CREATE FUNCTION mark_reflection() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN {body} END $f$",
        f"CREATE TRIGGER reflection_marks AFTER INSERT OR UPDATE OF {COLUMNS} OR DELETE ON reflection"
        " FOR EACH ROW EXECUTE FUNCTION mark_reflection()",
    ]
