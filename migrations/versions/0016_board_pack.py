"""Decisions about published tables are kept, and so are the words of the month in seven minutes."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KEPT = "Rows of {table} are kept as they were recorded."
INSERT_ONLY = ("protected_period", "summary_version")


def upgrade() -> None:
    op.create_table(
        "protected_period",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("decision", sa.JSON(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_protected_period")),
    )
    op.create_table(
        "summary_version",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("theme_code", sa.String(40), nullable=True),
        sa.Column("went_well", sa.String(1500), nullable=False),
        sa.Column("do_better", sa.String(1500), nullable=False),
        sa.Column("example", sa.String(1500), nullable=False),
        sa.Column("next_month", sa.String(1500), nullable=False),
        sa.Column("quotations", sa.JSON(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(80), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'published')", name=op.f("ck_summary_version_state_known")),
        sa.ForeignKeyConstraint(["theme_code"], ["theme.code"], name=op.f("fk_summary_version_theme_code_theme")),
        sa.PrimaryKeyConstraint("month", "version", name=op.f("pk_summary_version")),
    )
    for statement in _triggers():
        op.execute(statement)


def downgrade() -> None:
    for table in reversed(INSERT_ONLY):
        op.drop_table(table)


def _triggers() -> Iterator[str]:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in INSERT_ONLY:
        if sqlite:
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
