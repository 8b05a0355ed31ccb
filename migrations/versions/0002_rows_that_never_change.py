"""Rows that never change: triggers on both databases refuse to alter or remove what was recorded."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSERT_ONLY = (
    "access_entry",
    "answers",
    "counted_answer",
    "difference",
    "draw",
    "event",
    "frame_member",
    "judgement",
    "snapshot",
)

# What of an audit is settled once it is submitted.
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

KEPT = "Rows of {table} are kept as they were recorded."
SETTLED_SENTENCE = "A submitted audit can no longer change."
SELF_SENTENCE = "Nobody moderates an audit of their own."
LATE_SENTENCE = "An auditor grades an audit once, before it is submitted."
ORDER_SENTENCE = "A final grade needs the moderator's grade first."
BESIDE_SENTENCE = "The auditor's grade beside another one is the one the auditor gave."

SELF = "NEW.stage = 'moderator' AND EXISTS (SELECT 1 FROM audit WHERE id = NEW.audit_id AND auditor_id = NEW.judge_id)"
LATE = (
    "NEW.stage = 'auditor' AND EXISTS (SELECT 1 FROM audit WHERE id = NEW.audit_id AND batch_id IS NULL"
    " AND state NOT IN ('draft', 'submitted'))"
)
ORDER = (
    "NEW.stage = 'final' AND NOT EXISTS (SELECT 1 FROM judgement WHERE audit_id = NEW.audit_id"
    " AND element = 'overall' AND stage = 'moderator')"
)
BESIDE = (
    "NEW.stage <> 'auditor' AND COALESCE(NEW.auditor_grade, '') <> COALESCE((SELECT grade FROM judgement"
    " WHERE audit_id = NEW.audit_id AND element = NEW.element AND stage = 'auditor'), '')"
)
GRADE_RULES = (
    ("self", SELF, SELF_SENTENCE),
    ("late", LATE, LATE_SENTENCE),
    ("order", ORDER, ORDER_SENTENCE),
    ("beside", BESIDE, BESIDE_SENTENCE),
)


def upgrade() -> None:
    """Make the triggers."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if sqlite else _postgresql():
        op.execute(statement)


def downgrade() -> None:
    """Take the triggers away."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        for function in ("keep_rows", "keep_settled_audit", "keep_grade_order"):
            op.execute(f"DROP FUNCTION {function}() CASCADE")
        return
    names = [f"{table}_no_{verb}" for table in INSERT_ONLY for verb in ("update", "delete")]
    names += ["audit_settled", "audit_no_delete", *(f"judgement_{rule}" for rule, _, _ in GRADE_RULES)]
    for name in names:
        op.execute(f"DROP TRIGGER {name}")


def _changed(column: str, different: str) -> str:
    return f"NEW.{column} {different} OLD.{column}"


def _sqlite() -> list[str]:
    made = []
    for table in INSERT_ONLY:
        sentence = KEPT.format(table=table)
        made += [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            for verb in ("update", "delete")
        ]
    changed = " OR ".join(_changed(column, "IS NOT") for column in SETTLED)
    made += [
        f"CREATE TRIGGER audit_settled BEFORE UPDATE ON audit WHEN OLD.submitted_at IS NOT NULL AND ({changed})"
        f" BEGIN SELECT RAISE(ABORT, '{SETTLED_SENTENCE}'); END",
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN OLD.submitted_at IS NOT NULL"
        f" BEGIN SELECT RAISE(ABORT, '{SETTLED_SENTENCE}'); END",
    ]
    for rule, condition, sentence in GRADE_RULES:
        doubled = sentence.replace("'", "''")
        made.append(
            f"CREATE TRIGGER judgement_{rule} BEFORE INSERT ON judgement WHEN {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{doubled}'); END"
        )
    return made


def _postgresql() -> list[str]:
    changed = " OR ".join(_changed(column, "IS DISTINCT FROM") for column in SETTLED)
    refuse = "RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE ="
    rules = "".join(
        f" IF {condition} THEN {refuse} $s${sentence}$s$; END IF;" for _, condition, sentence in GRADE_RULES
    )
    made = [
        "CREATE FUNCTION keep_rows() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN"
        f" {refuse} 'Rows of ' || TG_TABLE_NAME || ' are kept as they were recorded.'; END $f$",
        "CREATE FUNCTION keep_settled_audit() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN"
        f" IF OLD.submitted_at IS NOT NULL AND (TG_OP = 'DELETE' OR {changed}) THEN {refuse} '{SETTLED_SENTENCE}';"
        " END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $f$",
        f"CREATE FUNCTION keep_grade_order() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN{rules} RETURN NEW; END $f$",
        "CREATE TRIGGER audit_settled BEFORE UPDATE OR DELETE ON audit"
        " FOR EACH ROW EXECUTE FUNCTION keep_settled_audit()",
        "CREATE TRIGGER judgement_order BEFORE INSERT ON judgement FOR EACH ROW EXECUTE FUNCTION keep_grade_order()",
    ]
    for table in INSERT_ONLY:
        made += [
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION keep_rows()",
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION keep_rows()",
        ]
    return made
