"""Second grades in their three modes, overrides of independence, readings blind of both, and challenges."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEPT = "Rows of {table} are kept as they were recorded."
INSERT_ONLY = (
    "challenge_point",
    "challenge_ruling",
    "mode_choice",
    "moderation_return",
    "reading_grade",
)
GRADES = (
    "grade IN ('outstanding', 'good', 'requires_improvement', 'inadequate', 'not_applicable', 'not_enough_evidence')"
)
OUTCOMES = "outcome IN ('', 'auditor_moves', 'moderator_moves', 'third_grade')"
COUNTED = ["state", "stream", "mode", "audit_id"]

RULES = (
    (
        "judgement",
        "challenge_order",
        "NEW.stage = 'challenged' AND NOT EXISTS (SELECT 1 FROM judgement WHERE audit_id = NEW.audit_id"
        " AND element = NEW.element AND stage = 'final')",
        "A challenge is decided about a final grade.",
    ),
    (
        "judgement",
        "challenge_judge",
        "NEW.stage = 'challenged' AND EXISTS (SELECT 1 FROM judgement WHERE audit_id = NEW.audit_id"
        " AND stage IN ('auditor', 'moderator') AND judge_id = NEW.judge_id)",
        "Whoever decides a challenge gave none of the grades before.",
    ),
    (
        "reading_grade",
        "third_reader",
        "EXISTS (SELECT 1 FROM reading JOIN judgement ON judgement.audit_id = reading.audit_id"
        " WHERE reading.id = NEW.reading_id AND reading.kind = 'third'"
        " AND judgement.stage IN ('auditor', 'moderator') AND judgement.judge_id = reading.reader_id)",
        "A third reader gave none of the grades before.",
    ),
    (
        "reading_grade",
        "own_reader",
        "EXISTS (SELECT 1 FROM reading JOIN audit ON audit.id = reading.audit_id"
        " WHERE reading.id = NEW.reading_id AND reading.kind = 'self' AND audit.auditor_id <> reading.reader_id)",
        "An auditor reads an audit of their own again.",
    ),
)


def upgrade() -> None:
    with _triggers_aside():
        _check("judgement", "stage_known", "stage IN ('auditor', 'moderator', 'final', 'challenged')")
        for table in ("draft", "answers"):
            _check(table, "stage_known", "stage IN ('auditor', 'moderator', 'agreement', 'third', 'self')")
        with op.batch_alter_table("difference") as table:
            table.add_column(sa.Column("outcome", sa.String(16), nullable=False, server_default=""))
            table.add_column(sa.Column("decider_id", sa.Uuid(), nullable=True))
            table.create_foreign_key(op.f("fk_difference_decider_id_person"), "person", ["decider_id"], ["id"])
            table.create_check_constraint(op.f("ck_difference_outcome_known"), OUTCOMES)
        with op.batch_alter_table("moderation") as table:
            table.create_check_constraint(
                op.f("ck_moderation_independence_known"), "independence IN ('checked', 'not_checked', 'overridden')"
            )
            table.drop_index("ix_moderation_counted")
            table.create_index("ix_moderation_counted", [*COUNTED, "independence"])
    _tables_of_independence()
    _tables_of_readings()
    _tables_of_challenges()
    for statement in _rules():
        op.execute(statement)
    for statement in _kept():
        op.execute(statement)


def downgrade() -> None:
    if _sqlite():
        for table, name, _, _ in RULES:
            op.execute(f"DROP TRIGGER {table}_{name}")
        for table in INSERT_ONLY:
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{verb}")
    else:
        for table, name, _, _ in RULES:
            op.execute(f"DROP FUNCTION keep_{table}_{name}() CASCADE")
        for table in INSERT_ONLY:
            op.execute(f"DROP TRIGGER {table}_kept ON {table}")
            op.execute(f"DROP TRIGGER {table}_not_emptied ON {table}")
    for table in (
        "challenge_ruling", "challenge_point", "challenge", "reading_grade", "reading", "override",
        "moderation_return", "mode_choice",
    ):  # fmt: skip
        op.drop_table(table)
    with _triggers_aside():
        with op.batch_alter_table("moderation") as table:
            table.drop_index("ix_moderation_counted")
            table.create_index("ix_moderation_counted", COUNTED)
            table.drop_constraint(op.f("ck_moderation_independence_known"), type_="check")
        with op.batch_alter_table("difference") as table:
            table.drop_constraint(op.f("ck_difference_outcome_known"), type_="check")
            table.drop_constraint(op.f("fk_difference_decider_id_person"), type_="foreignkey")
            table.drop_column("decider_id")
            table.drop_column("outcome")
        for table in ("draft", "answers"):
            _check(table, "stage_known", "stage IN ('auditor', 'moderator', 'agreement')")
        _check("judgement", "stage_known", "stage IN ('auditor', 'moderator', 'final')")


def _tables_of_independence() -> None:
    op.create_table(
        "mode_choice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("moderation_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_by", sa.String(80), nullable=False),
        sa.CheckConstraint("mode IN ('blind', 'sighted', 'joint')", name=op.f("ck_mode_choice_mode_known")),
        sa.ForeignKeyConstraint(
            ["moderation_id"], ["moderation.id"], name=op.f("fk_mode_choice_moderation_id_moderation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mode_choice")),
    )
    op.create_index(op.f("ix_mode_choice_moderation_id"), "mode_choice", ["moderation_id"])
    op.create_table(
        "moderation_return",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("moderation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_by", sa.String(80), nullable=False),
        sa.CheckConstraint(
            "code IN ('conflict', 'knows_auditor', 'away', 'other')", name=op.f("ck_moderation_return_code_known")
        ),
        sa.ForeignKeyConstraint(
            ["moderation_id"], ["moderation.id"], name=op.f("fk_moderation_return_moderation_id_moderation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_moderation_return_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_return")),
    )
    op.create_index(op.f("ix_moderation_return_moderation_id"), "moderation_return", ["moderation_id"])
    op.create_table(
        "override",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("moderation_id", sa.Uuid(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("conflicts", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(80), nullable=True),
        sa.Column("answer", sa.String(500), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'agreed', 'refused')", name=op.f("ck_override_state_known")),
        sa.CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name=op.f("ck_override_answered_paired")),
        sa.CheckConstraint("(state = 'asked') = (answered_at IS NULL)", name=op.f("ck_override_answered_once")),
        sa.CheckConstraint("answered_by IS NULL OR answered_by <> asked_by", name=op.f("ck_override_two_people")),
        sa.ForeignKeyConstraint(
            ["moderation_id"], ["moderation.id"], name=op.f("fk_override_moderation_id_moderation")
        ),
        sa.ForeignKeyConstraint(["moderator_id"], ["person.id"], name=op.f("fk_override_moderator_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_override")),
    )
    op.create_index(
        "uq_override_open", "override", ["moderation_id"], unique=True,
        sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"),
    )  # fmt: skip


def _tables_of_readings() -> None:
    op.create_table(
        "reading",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(80), nullable=True),
        sa.Column("ended_reason", sa.String(500), nullable=False),
        sa.CheckConstraint("kind IN ('third', 'self')", name=op.f("ck_reading_kind_known")),
        sa.CheckConstraint("state IN ('asked', 'reading', 'given', 'ended')", name=op.f("ck_reading_state_known")),
        sa.CheckConstraint("(state = 'given') = (given_at IS NOT NULL)", name=op.f("ck_reading_given_when_given")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_reading_ended_paired")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_reading_audit_id_audit")),
        sa.ForeignKeyConstraint(["reader_id"], ["person.id"], name=op.f("fk_reading_reader_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
    )
    op.create_index(
        "uq_reading_standing", "reading", ["audit_id", "kind"], unique=True,
        sqlite_where=sa.text("state <> 'ended'"), postgresql_where=sa.text("state <> 'ended'"),
    )  # fmt: skip
    op.create_index("ix_reading_reader_state", "reading", ["reader_id", "state"])
    op.create_table(
        "reading_grade",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reading_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(40), nullable=False),
        sa.Column("grade", sa.String(22), nullable=False),
        sa.Column("words", sa.String(5000), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(GRADES, name=op.f("ck_reading_grade_grade_known")),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name=op.f("fk_reading_grade_reading_id_reading")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_grade")),
        sa.UniqueConstraint("reading_id", "element", name=op.f("uq_reading_grade_reading_id_element")),
    )


def _tables_of_challenges() -> None:
    op.create_table(
        "challenge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_by", sa.String(80), nullable=False),
        sa.Column("decider_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(80), nullable=True),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_challenge_decided_paired")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_challenge_audit_id_audit")),
        sa.ForeignKeyConstraint(["decider_id"], ["person.id"], name=op.f("fk_challenge_decider_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_challenge_audit_id")),
    )
    op.create_index(op.f("ix_challenge_decider_id"), "challenge", ["decider_id"])
    op.create_table(
        "challenge_point",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(5000), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_point_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_point")),
        sa.UniqueConstraint("challenge_id", "element", name=op.f("uq_challenge_point_challenge_id_element")),
    )
    op.create_table(
        "challenge_ruling",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(40), nullable=False),
        sa.Column("grade", sa.String(22), nullable=False),
        sa.Column("note", sa.String(5000), nullable=False),
        sa.CheckConstraint(GRADES, name=op.f("ck_challenge_ruling_grade_known")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_ruling_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_ruling")),
        sa.UniqueConstraint("challenge_id", "element", name=op.f("uq_challenge_ruling_challenge_id_element")),
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


def _rules() -> Iterator[str]:
    for table, name, condition, sentence in RULES:
        if _sqlite():
            yield (
                f"CREATE TRIGGER {table}_{name} BEFORE INSERT ON {table} WHEN {condition}"
                f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            )
            continue
        yield (
            f"CREATE FUNCTION keep_{table}_{name}() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN IF {condition} THEN"
            f" RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = '{sentence}'; END IF; RETURN NEW; END $f$"
        )
        yield (
            f"CREATE TRIGGER {table}_{name} BEFORE INSERT ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION keep_{table}_{name}()"
        )


def _kept() -> Iterator[str]:
    for table in INSERT_ONLY:
        if _sqlite():
            for verb in ("update", "delete"):
                yield (
                    f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}"
                    f" BEGIN SELECT RAISE(ABORT, '{KEPT.format(table=table)}'); END"
                )
            continue
        yield (
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION keep_rows()"
        )
        yield (
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION keep_rows()"
        )
