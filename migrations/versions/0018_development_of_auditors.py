"""Guidance read as a whole and who has read it, training, and how staff of each service are supported."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEPT = "Rows of {table} are kept as they were recorded."
TABLES = ("document", "document_version", "document_draft", "acknowledgement", "training", "support_count")
NEVER_CHANGED = ("document", "document_version", "acknowledgement", "support_count")
BROUGHT = ("staff", "cases", "register", "values", "complaints")
NEW = ("training", "support")
KINDS = {"upload": ("tool",), "batch": (), "column_mapping": ()}


def upgrade() -> None:
    with _triggers_aside():
        for table, more in KINDS.items():
            _kinds(table, (*BROUGHT, *NEW, *more))
    _documents()
    _acknowledgements()
    _training()
    _support()
    for statement in _kept():
        op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    with _triggers_aside():
        for table, more in KINDS.items():
            named = sa.table(table, sa.column("kind", sa.String))
            op.execute(named.delete().where(named.c.kind.in_(NEW)))
            _kinds(table, (*BROUGHT, *more))


def _documents() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("tool_key", sa.String(40), nullable=False),
        *_moment("made"),
        sa.CheckConstraint("kind IN ('audit', 'tool', 'moderation')", name=op.f("ck_document_kind_known")),
        sa.CheckConstraint("(kind = 'tool') = (tool_key <> '')", name=op.f("ck_document_tool_of_a_tools_guidance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("kind", "tool_key", name=op.f("uq_document_kind_tool_key")),
    )
    op.create_table(
        "document_version",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        *_text(),
        sa.Column("sha256", sa.String(64), nullable=False),
        *_moment("published"),
        sa.CheckConstraint("version = 1 OR change <> ''", name=op.f("ck_document_version_later_says_what_changed")),
        _refers("document_version", "document_id", "document"),
        sa.PrimaryKeyConstraint("document_id", "version", name=op.f("pk_document_version")),
    )
    op.create_table(
        "document_draft",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        *_text(),
        *_moment("saved"),
        _refers("document_draft", "document_id", "document"),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_draft")),
    )


def _acknowledgements() -> None:
    op.create_table(
        "acknowledgement",
        _number(),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        _refers("acknowledgement", "person_id", "person"),
        sa.ForeignKeyConstraint(
            ["document_id", "version"], ["document_version.document_id", "document_version.version"],
            name=op.f("fk_acknowledgement_document_id_document_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgement")),
        sa.UniqueConstraint(
            "person_id", "document_id", "version", name=op.f("uq_acknowledgement_person_id_document_id_version")
        ),
    )  # fmt: skip
    op.create_index("ix_acknowledgement_document_id_version", "acknowledgement", ["document_id", "version"])


def _training() -> None:
    op.create_table(
        "training",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("provider", sa.String(200), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        *_moment("recorded"),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(80), nullable=True),
        sa.Column("withdrawn_reason", sa.String(500), nullable=False),
        sa.CheckConstraint(
            "kind IN ('auditor', 'moderator', 'refresher', 'other')", name=op.f("ck_training_kind_known")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_training_withdrawn_paired")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason = '')", name=op.f("ck_training_withdrawn_has_reason")
        ),
        _refers("training", "person_id", "person"),
        _refers("training", "batch_id", "batch"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
    )
    _once("uq_training_standing", "training", ["person_id", "kind", "held_on"], "withdrawn_at IS NULL")
    _indexes("training", "batch_id", "held_on")


def _support() -> None:
    op.create_table(
        "support_count",
        _number(),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(15), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("k", sa.Integer(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(200), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        *_moment("recorded"),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_support_count_{name}"))
            for name, rule in (
                ("kind_known", "kind IN ('conversations', 'group', 'supervision')"),
                ("period_forward", "period_from <= period_to"),
                ("count_whole", "(k IS NULL) = (n IS NULL)"),
                ("count_sensible", "k IS NULL OR (k >= 0 AND k <= n)"),
                ("only_a_correction_takes_back", "k IS NOT NULL OR corrects_id IS NOT NULL"),
                ("correction_has_reason", "corrects_id IS NULL OR reason <> ''"),
            )
        ),
        _refers("support_count", "service_id", "service"),
        _refers("support_count", "corrects_id", "support_count"),
        _refers("support_count", "batch_id", "batch"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_count")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_support_count_corrects_id")),
    )
    first = ["service_id", "kind", "period_from", "period_to"]
    _once("uq_support_count_first", "support_count", first, "corrects_id IS NULL")
    _indexes("support_count", "service_id", "batch_id")


def _text() -> tuple[sa.Column[object], ...]:
    """What a version and the draft of the next one both hold."""
    return (
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("change", sa.String(2000), nullable=False),
        sa.Column("for_auditors", sa.Boolean(), nullable=False),
        sa.Column("for_moderators", sa.Boolean(), nullable=False),
    )


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _moment(what: str) -> tuple[sa.Column[object], sa.Column[str]]:
    """When something was done, and by whom."""
    return (
        sa.Column(f"{what}_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(f"{what}_by", sa.String(80), nullable=False),
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _once(name: str, table: str, columns: list[str], where: str) -> None:
    """Rows that may stand once only, among those that still count."""
    op.create_index(
        name, table, columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )  # fmt: skip


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
    for table in NEVER_CHANGED:
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
