"""Audits of other tools than the case file audit: about a member of staff too; what was typed and refused is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSERT_ONLY = ("action_link", "action_step", "left_out", "restricted_answers")
KEPT = "Rows of {table} are kept as they were recorded."
SETTLED_SENTENCE = "A submitted audit can no longer change."
SETTLED = (
    "auditor_id",
    "batch_id",
    "case_id",
    "cycle_id",
    "month",
    "number",
    "service_id",
    "submitted_at",
    "submitted_on",
    "team_id",
    "tool_key",
    "tool_version",
)
SETTLED_NOW = (*SETTLED, "subject_id", "tool_sha256")
TOOL_SENTENCE = "A tool that is live or archived can no longer change. Make a new version of it."
TOOL_KEPT = (
    "key",
    "version",
    "title",
    "definition",
    "definition_sha256",
    "source",
    "uploaded",
    "made_at",
    "made_by",
    "published_at",
    "published_by",
)

AUDIT = sa.table(
    "audit",
    sa.column("id", sa.Uuid()),
    sa.column("auditor_id", sa.Uuid()),
    sa.column("concern_at", sa.DateTime(timezone=True)),
)
ALERT = sa.table(
    "alert",
    sa.column("id", sa.Uuid()),
    sa.column("audit_id", sa.Uuid()),
    sa.column("stage", sa.String(10)),
    sa.column("answer", sa.String(10)),
    sa.column("raised_at", sa.DateTime(timezone=True)),
    sa.column("raised_by", sa.String(80)),
    sa.column("lifted_at", sa.DateTime(timezone=True)),
    sa.column("reminders", sa.Integer()),
    sa.column("acknowledged_note", sa.String(2000)),
)

ROLES = "'auditor', 'moderator', 'head_of_service', 'qa_lead', 'administrator', 'analyst', 'board', 'information_governance'"


def upgrade() -> None:
    _concerns_become_alerts()
    with _triggers_aside():
        with op.batch_alter_table("audit") as table:
            table.add_column(sa.Column("subject_id", sa.Uuid(), nullable=True))
            table.add_column(sa.Column("tool_sha256", sa.String(64), nullable=False, server_default=""))
            table.add_column(sa.Column("exit_code", sa.String(20), nullable=False, server_default=""))
            table.alter_column("case_id", existing_type=sa.Uuid(), nullable=True)
            table.create_foreign_key(op.f("fk_audit_subject_id_person"), "person", ["subject_id"], ["id"])
            table.create_check_constraint(
                op.f("ck_audit_about_somebody"), "case_id IS NOT NULL OR subject_id IS NOT NULL"
            )
            table.create_index(op.f("ix_audit_subject_id"), ["subject_id"])
            table.drop_column("concern_at")
        with op.batch_alter_table("cycle") as table:
            table.add_column(sa.Column("on_demand", sa.Boolean(), nullable=False, server_default=sa.false()))
        with op.batch_alter_table("draft") as table:
            table.add_column(sa.Column("refused", sa.JSON(), nullable=False, server_default="{}"))
            table.add_column(sa.Column("place", sa.String(80), nullable=False, server_default=""))
        with op.batch_alter_table("expectation") as table:
            table.add_column(sa.Column("approver", sa.String(200), nullable=False, server_default=""))
            table.add_column(sa.Column("excused_code", sa.String(10), nullable=False, server_default=""))
        _check("role_grant", "role_known", f"role IN ({ROLES}, 'practitioner')")
        _check("upload", "kind_known", "kind IN ('staff', 'cases', 'register', 'tool')")
    _settings_by_working_day_and_group()
    for statement in _made(SETTLED_NOW):
        op.execute(statement)
    for statement in _new_triggers():
        op.execute(statement)


def downgrade() -> None:
    sqlite = _sqlite()
    for table in INSERT_ONLY:
        names = ("no_update", "no_delete") if sqlite else ("kept", "not_emptied")
        for name in names:
            op.execute(f"DROP TRIGGER {table}_{name}" + ("" if sqlite else f" ON {table}"))
    if sqlite:
        op.execute("DROP TRIGGER tool_definition_kept")
        op.execute("DROP TRIGGER tool_definition_no_delete")
    else:
        op.execute("DROP FUNCTION keep_tool() CASCADE")
    for statement in _made(SETTLED):
        op.execute(statement)
    op.execute("DELETE FROM upload WHERE kind = 'tool'")
    op.execute("DELETE FROM role_grant WHERE role = 'practitioner'")
    with _triggers_aside():
        _check("upload", "kind_known", "kind IN ('staff', 'cases', 'register')")
        _check("role_grant", "role_known", f"role IN ({ROLES})")
        with op.batch_alter_table("expectation") as table:
            table.drop_column("excused_code")
            table.drop_column("approver")
        with op.batch_alter_table("cycle") as table:
            table.drop_column("on_demand")
        with op.batch_alter_table("draft") as table:
            table.drop_column("place")
            table.drop_column("refused")
        with op.batch_alter_table("audit") as table:
            table.drop_index(op.f("ix_audit_subject_id"))
            table.drop_constraint(op.f("ck_audit_about_somebody"), type_="check")
            table.drop_constraint(op.f("fk_audit_subject_id_person"), type_="foreignkey")
            table.alter_column("case_id", existing_type=sa.Uuid(), nullable=False)
            table.add_column(sa.Column("concern_at", sa.DateTime(timezone=True), nullable=True))
            table.drop_column("exit_code")
            table.drop_column("tool_sha256")
            table.drop_column("subject_id")
    _alerts_become_concerns()


def _concerns_become_alerts() -> None:
    """A fear that was a date on the audit becomes an alert that waits to be acknowledged."""
    fears = sa.select(AUDIT.c.id, AUDIT.c.auditor_id, AUDIT.c.concern_at).where(AUDIT.c.concern_at.is_not(None))
    for audit_id, auditor_id, since in op.get_bind().execute(fears).all():
        op.get_bind().execute(
            ALERT.insert().values(
                id=uuid4(), audit_id=audit_id, stage="auditor", answer="not_sure", raised_at=since,
                raised_by=f"person:{auditor_id}", reminders=0, acknowledged_note="",
            )
        )  # fmt: skip


def _alerts_become_concerns() -> None:
    standing = sa.select(ALERT.c.audit_id, ALERT.c.raised_at).where(ALERT.c.lifted_at.is_(None))
    for audit_id, since in op.get_bind().execute(standing).all():
        op.get_bind().execute(AUDIT.update().where(AUDIT.c.id == audit_id).values(concern_at=since))


def _settings_by_working_day_and_group() -> None:
    """The due day was a day of the month: it becomes the working day it mostly was. Each group gets its own number."""
    setting = sa.table(
        "setting", *(sa.column(name) for name in ("key", "changed_at", "changed_by")), sa.column("value", sa.JSON())
    )
    rows = {row.key: row for row in op.get_bind().execute(sa.select(setting)).all()}
    if (due := rows.get("due_day")) is not None:
        working = max(1, round(int(due.value) * 5 / 7))
        op.execute(setting.update().where(setting.c.key == "due_day").values(key="due_working_day", value=working))
    if (usual := rows.get("expected_audits")) is not None:
        for key in ("expected_iro", "expected_other"):
            op.execute(
                setting.insert().values(
                    key=key, value=usual.value, changed_at=usual.changed_at, changed_by=usual.changed_by
                )
            )


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


@contextmanager
def _triggers_aside() -> Iterator[None]:
    """SQLite changes a table by making it anew, which drops its triggers and stumbles over those that name it."""
    if not _sqlite():
        yield
        return
    kept = op.get_bind().exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in kept:
        op.execute(f"DROP TRIGGER {name}")
    yield
    for _, statement in kept:
        op.get_bind().exec_driver_sql(statement)


def _check(table: str, name: str, condition: str) -> None:
    with op.batch_alter_table(table) as changed:
        changed.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        changed.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)


def _made(settled: tuple[str, ...]) -> list[str]:
    """The rule that a submitted audit does not change, over these columns, in place of the one there is."""
    if _sqlite():
        changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in settled)
        return [
            "DROP TRIGGER audit_settled",
            f"CREATE TRIGGER audit_settled BEFORE UPDATE ON audit WHEN OLD.submitted_at IS NOT NULL AND ({changed})"
            f" BEGIN SELECT RAISE(ABORT, '{SETTLED_SENTENCE}'); END",
        ]
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in settled)
    refuse = "RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE ="
    return [
        "CREATE OR REPLACE FUNCTION keep_settled_audit() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN"
        f" IF OLD.submitted_at IS NOT NULL AND (TG_OP = 'DELETE' OR {changed}) THEN {refuse} '{SETTLED_SENTENCE}';"
        " END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $f$"
    ]


def _new_triggers() -> Iterator[str]:
    if _sqlite():
        for table in INSERT_ONLY:
            for verb in ("update", "delete"):
                yield (
                    f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}"
                    f" BEGIN SELECT RAISE(ABORT, '{KEPT.format(table=table)}'); END"
                )
        changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in TOOL_KEPT)
        yield (
            "CREATE TRIGGER tool_definition_kept BEFORE UPDATE ON tool_definition"
            f" WHEN OLD.state <> 'draft' AND ({changed} OR NEW.state = 'draft')"
            f" BEGIN SELECT RAISE(ABORT, '{TOOL_SENTENCE}'); END"
        )
        yield (
            "CREATE TRIGGER tool_definition_no_delete BEFORE DELETE ON tool_definition WHEN OLD.state <> 'draft'"
            f" BEGIN SELECT RAISE(ABORT, '{TOOL_SENTENCE}'); END"
        )
        return
    for table in INSERT_ONLY:
        yield (
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION keep_rows()"
        )
        yield (
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION keep_rows()"
        )
    changed = " OR ".join(f"NEW.{column}::text IS DISTINCT FROM OLD.{column}::text" for column in TOOL_KEPT)
    refuse = f"RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = '{TOOL_SENTENCE}'"
    yield (
        "CREATE FUNCTION keep_tool() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN"
        f" IF OLD.state <> 'draft' AND TG_OP = 'DELETE' THEN {refuse}; END IF;"
        f" IF TG_OP = 'UPDATE' AND OLD.state <> 'draft' AND ({changed} OR NEW.state = 'draft') THEN {refuse}; END IF;"
        " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $f$"
    )
    yield (
        "CREATE TRIGGER tool_definition_kept BEFORE UPDATE OR DELETE ON tool_definition"
        " FOR EACH ROW EXECUTE FUNCTION keep_tool()"
    )
