"""Sampling plans in place of two settings, and further draws from what a draw of audits left."""

from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256
from json import dumps
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSERT_ONLY = ("sampling_plan", "supplement", "supplement_member")
KEPT = "Rows of {table} are kept as they were recorded."
PERCENT, LEAST = "moderated_percent", "moderated_at_least"
BEFORE = {PERCENT: 15, LEAST: 4}
WHY = "The share and the least number that were settings before there were plans."
INADEQUATE = {"name": "inadequate", "rate": "1", "at_least": 0, "grades": ["inadequate"], "marks": []}

SETTING = sa.table(
    "setting",
    sa.column("key", sa.String(60)),
    sa.column("value", sa.JSON()),
    sa.column("changed_at", sa.DateTime(timezone=True)),
    sa.column("changed_by", sa.String(80)),
)
PLAN = sa.table(
    "sampling_plan",
    sa.column("id", sa.Uuid()),
    sa.column("cycle_id", sa.Uuid()),
    sa.column("number", sa.Integer()),
    sa.column("strata", sa.JSON()),
    sa.column("sha256", sa.String(64)),
    sa.column("reason", sa.String(500)),
    sa.column("made_at", sa.DateTime(timezone=True)),
    sa.column("made_by", sa.String(80)),
)


def upgrade() -> None:
    _make_tables()
    _settings_become_a_plan()
    for statement in _triggers():
        op.execute(statement)


def downgrade() -> None:
    _plan_becomes_settings()
    for table in reversed(INSERT_ONLY):
        op.drop_table(table)


def _make_tables() -> None:
    op.create_table(
        "sampling_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("strata", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_sampling_plan_number_positive")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_sampling_plan_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_plan")),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_sampling_plan_cycle_id_number")),
    )
    standing = sa.text("cycle_id IS NULL")
    op.create_index(
        "uq_sampling_plan_standing", "sampling_plan", ["number"], unique=True, sqlite_where=standing,
        postgresql_where=standing,
    )  # fmt: skip
    op.create_table(
        "supplement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=60), nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("extra", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("chance_numerator", sa.Integer(), nullable=False),
        sa.Column("chance_denominator", sa.Integer(), nullable=False),
        sa.Column("frame_sha256", sa.String(length=64), nullable=False),
        sa.Column("frame", sa.JSON(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("extra >= 1", name=op.f("ck_supplement_extra_positive")),
        sa.CheckConstraint(
            "chance_numerator BETWEEN 0 AND chance_denominator", name=op.f("ck_supplement_chance_within_one")
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_supplement_draw_id_draw")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplement")),
        sa.UniqueConstraint("draw_id", "number", name=op.f("uq_supplement_draw_id_number")),
    )
    op.create_table(
        "supplement_member",
        sa.Column("supplement_id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["frame_member.audit_id"], name=op.f("fk_supplement_member_audit_id_frame_member")
        ),
        sa.ForeignKeyConstraint(
            ["supplement_id"], ["supplement.id"], name=op.f("fk_supplement_member_supplement_id_supplement")
        ),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_supplement_member")),
    )
    op.create_index(op.f("ix_supplement_member_supplement_id"), "supplement_member", ["supplement_id"])


def _settings_become_a_plan() -> None:
    """A share or a least number that was changed is the council's standing plan from now on."""
    found = sa.select(SETTING).where(SETTING.c.key.in_(BEFORE)).order_by(SETTING.c.changed_at.desc())
    rows = op.get_bind().execute(found).all()
    if not rows:
        return
    set_to = {**BEFORE, **{row.key: int(row.value) for row in rows}}
    strata = [INADEQUATE, _rest(set_to[PERCENT], set_to[LEAST])]
    text = dumps(strata, separators=(",", ":"), ensure_ascii=True, sort_keys=True)
    op.get_bind().execute(
        PLAN.insert().values(
            id=uuid4(), cycle_id=None, number=1, strata=strata, sha256=sha256(text.encode()).hexdigest(), reason=WHY,
            made_at=rows[0].changed_at, made_by=rows[0].changed_by,
        )
    )  # fmt: skip
    op.get_bind().execute(SETTING.delete().where(SETTING.c.key.in_(BEFORE)))


def _plan_becomes_settings() -> None:
    """A standing plan that two settings can say becomes them; no other plan can be kept in the older tables."""
    newest = sa.select(PLAN).where(PLAN.c.cycle_id.is_(None)).order_by(PLAN.c.number.desc()).limit(1)
    plan = op.get_bind().execute(newest).first()
    if plan is None or len(plan.strata) != 2 or plan.strata[0] != INADEQUATE:
        return
    rest = plan.strata[1]
    percent = 100 * Fraction(rest["rate"])
    if percent.denominator != 1 or rest != _rest(int(percent), rest["at_least"]):
        return
    for key, value in ((PERCENT, int(percent)), (LEAST, rest["at_least"])):
        op.get_bind().execute(
            SETTING.insert().values(key=key, value=value, changed_at=plan.made_at, changed_by=plan.made_by)
        )


def _rest(percent: int, least: int) -> dict[str, Any]:
    rate = str(Fraction(percent, 100))
    return {"name": "everything else", "rate": rate, "at_least": least, "grades": [], "marks": []}


def _triggers() -> Iterator[str]:
    for table in INSERT_ONLY:
        if op.get_bind().dialect.name == "sqlite":
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
