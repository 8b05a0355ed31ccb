"""Practice alerts, complaints and compliments, decisions about quotations, and the themes that children speak of."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEPT = "Rows of {table} are kept as they were recorded."
TABLES = ("practice_alert", "practice_alert_step", "complaint", "complaint_step", "quotation_ruling")
BROUGHT = ("staff", "cases", "register", "values")
KINDS = {"upload": (*BROUGHT, "tool"), "batch": BROUGHT, "column_mapping": BROUGHT}
THEMES = (
    ("family_time", "Family and family time"),
    ("home", "Where the child lives"),
    ("education", "School and learning"),
    ("health", "Health"),
    ("rights", "Complaints and advocates"),
    ("reports", "Reports shared in time"),
    ("workers", "Change of worker"),
)


def upgrade() -> None:
    with _triggers_aside():
        for table, kinds in KINDS.items():
            _kinds(table, (*kinds, "complaints"))
    _practice_alerts()
    _complaints()
    _quotations()
    for statement in _kept():
        op.execute(statement)
    _themes()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    theme = sa.table("theme", sa.column("code", sa.String))
    op.execute(theme.delete().where(theme.c.code.in_([code for code, _ in THEMES])))
    with _triggers_aside():
        for table, kinds in KINDS.items():
            named = sa.table(table, sa.column("kind", sa.String))
            op.execute(named.delete().where(named.c.kind == "complaints"))
            _kinds(table, kinds)


def _practice_alerts() -> None:
    op.create_table(
        "practice_alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(15), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("raiser_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("theme_code", sa.String(40), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.String(2000), nullable=False),
        sa.Column("whole_due_on", sa.Date(), nullable=True),
        *_moment("recorded"),
        sa.CheckConstraint("kind IN ('alert', 'dispute', 'good_practice')", name=op.f("ck_practice_alert_kind_known")),
        *(
            _refers("practice_alert", column, to)
            for column, to in (
                ("raiser_id", "person"), ("service_id", "service"), ("team_id", "team"), ("case_id", "case_file"),
            )
        ),
        _refers("practice_alert", "theme_code", "theme", "code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_alert")),
    )  # fmt: skip
    _indexes("practice_alert", "raised_on", "raiser_id", "service_id")
    op.create_table(
        "practice_alert_step",
        _number(),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("words", sa.String(2000), nullable=False),
        *_moment("taken"),
        sa.CheckConstraint(
            "what IN ('raised', 'answered', 'moved', 'resolved')", name=op.f("ck_practice_alert_step_what_known")
        ),
        sa.CheckConstraint(
            "stage IN ('informal', 'one', 'two', 'three', 'cafcass')", name=op.f("ck_practice_alert_step_stage_known")
        ),
        _refers("practice_alert_step", "alert_id", "practice_alert"),
        _refers("practice_alert_step", "recipient_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_alert_step")),
        sa.UniqueConstraint("alert_id", "place", name=op.f("uq_practice_alert_step_alert_id_place")),
    )
    _indexes("practice_alert_step", "recipient_id")


def _complaints() -> None:
    op.create_table(
        "complaint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("reference", sa.String(60), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        *_moment("recorded"),
        sa.CheckConstraint("kind IN ('complaint', 'compliment')", name=op.f("ck_complaint_kind_known")),
        _refers("complaint", "service_id", "service"),
        _refers("complaint", "team_id", "team"),
        _refers("complaint", "batch_id", "batch"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("reference", name=op.f("uq_complaint_reference")),
    )
    _indexes("complaint", "received_on", "service_id")
    op.create_table(
        "complaint_step",
        _number(),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("stage", sa.String(5), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("upheld", sa.String(6), nullable=False),
        sa.Column("theme_code", sa.String(40), nullable=True),
        sa.Column("learning", sa.String(2000), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        *_moment("taken"),
        sa.CheckConstraint(
            "what IN ('received', 'extended', 'answered', 'moved', 'changed')",
            name=op.f("ck_complaint_step_what_known"),
        ),
        sa.CheckConstraint("stage IN ('', 'one', 'two', 'three')", name=op.f("ck_complaint_step_stage_known")),
        sa.CheckConstraint("upheld IN ('', 'yes', 'partly', 'no')", name=op.f("ck_complaint_step_upheld_known")),
        sa.CheckConstraint(
            "upheld = '' OR answered_on IS NOT NULL", name=op.f("ck_complaint_step_upheld_when_answered")
        ),
        _refers("complaint_step", "complaint_id", "complaint"),
        _refers("complaint_step", "theme_code", "theme", "code"),
        _refers("complaint_step", "batch_id", "batch"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_step")),
        sa.UniqueConstraint("complaint_id", "place", name=op.f("uq_complaint_step_complaint_id_place")),
    )


def _quotations() -> None:
    op.create_table(
        "quotation_ruling",
        _number(),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("ruling", sa.String(10), nullable=False),
        sa.Column("words", sa.String(2000), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        *_moment("decided"),
        sa.CheckConstraint(
            "ruling IN ('approved', 'redacted', 'refused')", name=op.f("ck_quotation_ruling_ruling_known")
        ),
        sa.CheckConstraint(
            "(ruling = 'redacted') = (words <> '')", name=op.f("ck_quotation_ruling_words_when_redacted")
        ),
        _refers("quotation_ruling", "audit_id", "audit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotation_ruling")),
        sa.UniqueConstraint(
            "audit_id", "question", "place", name=op.f("uq_quotation_ruling_audit_id_question_place")
        ),
    )  # fmt: skip


def _themes() -> None:
    """The themes of feedback and of reviewing officers' checks that the list lacks; 'something else' stays last."""
    theme = sa.table("theme", sa.column("code", sa.String), sa.column("label", sa.String), sa.column("position"))
    known = op.get_bind().execute(sa.select(theme.c.code, theme.c.label, theme.c.position)).all()
    taken = {row.code for row in known} | {row.label for row in known}
    last = max((row.position for row in known), default=0)
    new = [(code, label) for code, label in THEMES if code not in taken and label not in taken]
    rows = [{"code": code, "label": label, "position": last + n} for n, (code, label) in enumerate(new)]
    op.execute(theme.update().where(theme.c.code == "other").values(position=last + len(new)))
    if rows:
        op.bulk_insert(theme, rows)


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _moment(what: str) -> tuple[sa.Column[object], sa.Column[str]]:
    """When something was done, and by whom."""
    return (
        sa.Column(f"{what}_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(f"{what}_by", sa.String(80), nullable=False),
    )


def _refers(table: str, column: str, to: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.{key}"], name=op.f(f"fk_{table}_{column}_{to}"))


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _kinds(table: str, kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table(table) as changed:
        changed.drop_constraint(op.f(f"ck_{table}_kind_known"), type_="check")
        changed.create_check_constraint(op.f(f"ck_{table}_kind_known"), f"kind IN ({listed})")


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


def _kept() -> Iterator[str]:
    for table in TABLES:
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
