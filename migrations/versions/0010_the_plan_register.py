"""The improvement plan as a register: actions, measures, targets, dates, values from elsewhere and evidence."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# The plan's facts as they were when this revision was released: read once, and never changed afterwards.
PLAN = Path(__file__).parents[1] / "priority_two.toml"
INSERT_ONLY = ("evidence_version", "plan_date", "plan_target", "recorded_value")
KEPT = "Rows of {table} are kept as they were recorded."
OPERATORS = "operator IN ('>', '>=', '<', '<=', '=', 'report', '')"
SOURCES = "source IN ('audit', 'moderation', 'quota', 'record', 'narrative', 'product')"


def upgrade() -> None:
    made = _plan()
    _values()
    _evidence()
    _kinds("'staff', 'cases', 'register', 'values'")
    for table, rows in zip(made, _facts(), strict=True):
        op.bulk_insert(table, rows)
    for statement in _triggers():
        op.execute(statement)


def downgrade() -> None:
    for table in (
        "evidence_version", "evidence", "recorded_value", "plan_target", "plan_measure", "plan_date", "plan_action",
    ):  # fmt: skip
        op.drop_table(table)
    for table in ("upload", "column_mapping", "batch"):
        op.execute(f"DELETE FROM {table} WHERE kind = 'values'")
    _kinds("'staff', 'cases', 'register'")


def _plan() -> tuple[sa.Table, sa.Table, sa.Table, sa.Table]:
    action = op.create_table(
        "plan_action",
        sa.Column("ref", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("lead", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_plan_action")),
    )
    when = op.create_table(
        "plan_date",
        sa.Column("action_ref", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        *_moment("set"),
        _refers("plan_date", "action_ref", "plan_action.ref"),
        sa.PrimaryKeyConstraint("action_ref", "version", name=op.f("pk_plan_date")),
    )
    measure = op.create_table(
        "plan_measure",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("action_ref", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("lead", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(SOURCES, name=op.f("ck_plan_measure_source_known")),
        _refers("plan_measure", "action_ref", "plan_action.ref"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_plan_measure")),
    )
    op.create_index(op.f("ix_plan_measure_action_ref"), "plan_measure", ["action_ref"])
    target = op.create_table(
        "plan_target",
        sa.Column("measure_key", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("operator", sa.String(length=6), nullable=False),
        sa.Column("target", sa.String(length=24), nullable=True),
        sa.Column("baseline", sa.String(length=24), nullable=True),
        sa.Column("reduction_percent", sa.String(length=24), nullable=True),
        sa.Column("consecutive_months", sa.Integer(), nullable=True),
        sa.Column("milestone", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        *_moment("set"),
        sa.CheckConstraint(OPERATORS, name=op.f("ck_plan_target_operator_known")),
        sa.CheckConstraint(
            "(operator IN ('report', '')) = (target IS NULL)", name=op.f("ck_plan_target_target_or_none")
        ),
        sa.CheckConstraint(
            "reduction_percent IS NULL OR baseline IS NOT NULL", name=op.f("ck_plan_target_reduction_has_baseline")
        ),
        sa.CheckConstraint(
            "consecutive_months IS NULL OR consecutive_months BETWEEN 1 AND 24",
            name=op.f("ck_plan_target_months_sensible"),
        ),
        _refers("plan_target", "measure_key", "plan_measure.key"),
        sa.PrimaryKeyConstraint("measure_key", "version", name=op.f("pk_plan_target")),
    )
    return action, when, measure, target


def _values() -> None:
    op.create_table(
        "recorded_value",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("measure_key", sa.String(length=40), nullable=False),
        sa.Column("numerator", sa.String(length=24), nullable=True),
        sa.Column("denominator", sa.String(length=24), nullable=True),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("corrects_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        *_moment("recorded"),
        sa.CheckConstraint("period_from <= period_to", name=op.f("ck_recorded_value_period_forward")),
        sa.CheckConstraint(
            "numerator IS NOT NULL OR corrects_id IS NOT NULL",
            name=op.f("ck_recorded_value_only_a_correction_takes_back"),
        ),
        sa.CheckConstraint(
            "denominator IS NULL OR numerator IS NOT NULL", name=op.f("ck_recorded_value_denominator_of_something")
        ),
        sa.CheckConstraint("corrects_id IS NULL OR reason <> ''", name=op.f("ck_recorded_value_correction_has_reason")),
        _refers("recorded_value", "measure_key", "plan_measure.key"),
        _refers("recorded_value", "corrects_id", "recorded_value.id"),
        _refers("recorded_value", "batch_id", "batch.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recorded_value")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_recorded_value_corrects_id")),
    )
    op.create_index(op.f("ix_recorded_value_measure_key"), "recorded_value", ["measure_key"])
    op.create_index(op.f("ix_recorded_value_batch_id"), "recorded_value", ["batch_id"])


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        *_moment("made"),
        *_moment("withdrawn", nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_evidence_withdrawn_paired")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason = '')", name=op.f("ck_evidence_withdrawn_has_reason")
        ),
        _refers("evidence", "service_id", "service.id"),
        _refers("evidence", "owner_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_service_id"), "evidence", ["service_id"])
    op.create_index(op.f("ix_evidence_owner_id"), "evidence", ["owner_id"])
    words = [
        sa.Column(name, sa.String(length=5000), nullable=False) for name in ("learned", "changed", "different", "known")
    ]
    op.create_table(
        "evidence_version",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("theme_code", sa.String(length=40), nullable=True),
        sa.Column("action_ref", sa.String(length=10), nullable=True),
        sa.Column("measure_key", sa.String(length=40), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=True),
        *words,
        sa.Column("reason", sa.String(length=500), nullable=False),
        *_moment("written"),
        sa.CheckConstraint("version = 1 OR reason <> ''", name=op.f("ck_evidence_version_correction_has_reason")),
        _refers("evidence_version", "evidence_id", "evidence.id"),
        _refers("evidence_version", "theme_code", "theme.code"),
        _refers("evidence_version", "action_ref", "plan_action.ref"),
        _refers("evidence_version", "measure_key", "plan_measure.key"),
        sa.PrimaryKeyConstraint("evidence_id", "version", name=op.f("pk_evidence_version")),
    )
    for column in ("theme_code", "action_ref", "measure_key"):
        op.create_index(op.f(f"ix_evidence_version_{column}"), "evidence_version", [column])


def _kinds(kinds: str) -> None:
    """Which lists may come in as a file; an upload may be a tool besides."""
    for table, known in (("batch", kinds), ("column_mapping", kinds), ("upload", f"{kinds}, 'tool'")):
        with op.batch_alter_table(table) as change:
            change.drop_constraint(op.f(f"ck_{table}_kind_known"), type_="check")
            change.create_check_constraint(op.f(f"ck_{table}_kind_known"), f"kind IN ({known})")


def _facts() -> tuple[list[dict[str, Any]], ...]:
    """The rows of the four tables of the plan, in the order of the file."""
    read = tomllib.loads(PLAN.read_text(encoding="utf-8"), parse_float=str)
    plan = read["plan"]
    given = {
        "version": 1,
        "reason": f"As in {plan['title']}, version {plan['version']}.",
        "set_at": datetime.now(UTC),
        "set_by": "the plan",
    }
    actions, dates, measures, targets = [], [], [], []
    for place, action in enumerate(read["action"], 1):
        actions.append(
            {
                "ref": action["ref"], "title": action["title"], "starts": _month(action["start"]),
                "lead": action["lead"], "position": place,
            }
        )  # fmt: skip
        dates.append({"action_ref": action["ref"], "due": _month(action["due"]), **given})
        for spot, measure in enumerate(action["measure"], 1):
            words = {name: measure.get(name, "") for name in ("key", "title", "code", "source", "unit", "lead")}
            measures.append({"action_ref": action["ref"], "position": spot, **words})
            targets.append(_target(measure) | given)
    return actions, dates, measures, targets


def _target(measure: dict[str, Any]) -> dict[str, Any]:
    milestone = measure.get("milestone")
    numbers = {name: measure.get(name) for name in ("target", "baseline", "reduction_percent")}
    return {
        "measure_key": measure["key"],
        "operator": measure.get("operator", ""),
        **{name: None if number is None else str(number) for name, number in numbers.items()},
        "consecutive_months": measure.get("consecutive_months"),
        "milestone": _month(milestone) if milestone else None,
    }


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def _moment(what: str, *, nullable: bool = False) -> tuple[sa.Column[object], sa.Column[str]]:
    """When something was done, and by whom."""
    return (
        sa.Column(f"{what}_at", sa.DateTime(timezone=True), nullable=nullable),
        sa.Column(f"{what}_by", sa.String(length=80), nullable=nullable),
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{table}_{column}_{to.split('.', maxsplit=1)[0]}"))


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
