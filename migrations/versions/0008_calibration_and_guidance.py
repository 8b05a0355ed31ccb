"""Calibration exercises, and the versioned guidance that comes from them."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSERT_ONLY = ("calibration_grade", "calibration_note", "calibration_reference", "guidance")
KEPT = "Rows of {table} are kept as they were recorded."
GRADES = (
    "grade IN ('outstanding', 'good', 'requires_improvement', 'inadequate', 'not_applicable', 'not_enough_evidence')"
)
STATES = "state IN ('preparing', 'open', 'revealed')"


def upgrade() -> None:
    _calibration()
    _files_and_takers()
    _grades()
    _notes_and_guidance()
    for statement in _triggers():
        op.execute(statement)


def downgrade() -> None:
    for table in (
        "guidance", "calibration_note", "calibration_reference", "calibration_grade", "calibration_taker",
        "calibration_file", "calibration",
    ):  # fmt: skip
        op.drop_table(table)


def _calibration() -> None:
    op.create_table(
        "calibration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("tool_key", sa.String(length=40), nullable=False),
        sa.Column("tool_version", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        *_moment("made", nullable=False),
        *_moment("started", nullable=True),
        *_moment("revealed", nullable=True),
        sa.CheckConstraint(STATES, name=op.f("ck_calibration_state_known")),
        sa.CheckConstraint("(started_at IS NULL) = (started_by IS NULL)", name=op.f("ck_calibration_started_paired")),
        sa.CheckConstraint(
            "(revealed_at IS NULL) = (revealed_by IS NULL)", name=op.f("ck_calibration_revealed_paired")
        ),
        sa.CheckConstraint(
            "(state = 'preparing') = (started_at IS NULL)", name=op.f("ck_calibration_started_is_dated")
        ),
        sa.CheckConstraint(
            "(state = 'revealed') = (revealed_at IS NOT NULL)", name=op.f("ck_calibration_revealed_is_dated")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration")),
    )


def _files_and_takers() -> None:
    op.create_table(
        "calibration_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("calibration_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        *_moment("added", nullable=False),
        _refers("calibration_file", "calibration_id", "calibration"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_file")),
        sa.UniqueConstraint("calibration_id", "number", name=op.f("uq_calibration_file_calibration_id_number")),
    )
    op.create_table(
        "calibration_taker",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("calibration_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        *_moment("asked", nullable=True),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(asked_at IS NULL) = (asked_by IS NULL)", name=op.f("ck_calibration_taker_asked_paired")),
        _refers("calibration_taker", "calibration_id", "calibration"),
        _refers("calibration_taker", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_taker")),
        sa.UniqueConstraint("calibration_id", "person_id", name=op.f("uq_calibration_taker_calibration_id_person_id")),
    )
    op.create_index(op.f("ix_calibration_taker_person_id"), "calibration_taker", ["person_id"])


def _grades() -> None:
    op.create_table(
        "calibration_grade",
        _number(),
        sa.Column("taker_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=40), nullable=False),
        sa.Column("grade", sa.String(length=22), nullable=False),
        sa.Column("words", sa.String(length=5000), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(GRADES, name=op.f("ck_calibration_grade_grade_known")),
        _refers("calibration_grade", "taker_id", "calibration_taker"),
        _refers("calibration_grade", "file_id", "calibration_file"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_grade")),
        sa.UniqueConstraint(
            "taker_id", "file_id", "element", name=op.f("uq_calibration_grade_taker_id_file_id_element")
        ),
    )
    op.create_index(op.f("ix_calibration_grade_file_id"), "calibration_grade", ["file_id"])
    op.create_table(
        "calibration_reference",
        _number(),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=40), nullable=False),
        sa.Column("grade", sa.String(length=22), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("after_reveal", sa.Boolean(), nullable=False),
        *_moment("set", nullable=False),
        sa.CheckConstraint(GRADES, name=op.f("ck_calibration_reference_grade_known")),
        _refers("calibration_reference", "file_id", "calibration_file"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_reference")),
    )
    op.create_index(op.f("ix_calibration_reference_file_id"), "calibration_reference", ["file_id"])


def _notes_and_guidance() -> None:
    op.create_table(
        "calibration_note",
        _number(),
        sa.Column("calibration_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(length=5000), nullable=False),
        *_moment("written", nullable=False),
        _refers("calibration_note", "calibration_id", "calibration"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_note")),
    )
    op.create_index(op.f("ix_calibration_note_calibration_id"), "calibration_note", ["calibration_id"])
    op.create_table(
        "guidance",
        _number(),
        sa.Column("tool_key", sa.String(length=40), nullable=False),
        sa.Column("element", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=5000), nullable=False),
        sa.Column("calibration_id", sa.Uuid(), nullable=False),
        *_moment("agreed", nullable=False),
        _refers("guidance", "calibration_id", "calibration"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guidance")),
        sa.UniqueConstraint("tool_key", "element", "version", name=op.f("uq_guidance_tool_key_element_version")),
    )
    op.create_index(op.f("ix_guidance_calibration_id"), "guidance", ["calibration_id"])


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _moment(what: str, *, nullable: bool) -> tuple[sa.Column[object], sa.Column[str]]:
    """When something was done, and by whom."""
    return (
        sa.Column(f"{what}_at", sa.DateTime(timezone=True), nullable=nullable),
        sa.Column(f"{what}_by", sa.String(length=80), nullable=nullable),
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


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
