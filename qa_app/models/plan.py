"""The improvement plan: its actions and measures, every target and date they were given, and values from elsewhere."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Dialect, ForeignKey, Integer, String, TypeDecorator
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.base import Base, personal, plain

OPERATORS = "operator IN ('>', '>=', '<', '<=', '=', 'report', '')"
SOURCES = "source IN ('audit', 'moderation', 'quota', 'record', 'narrative', 'product')"


class Exact(TypeDecorator[Decimal]):
    """A decimal number kept as its digits, so that no database rounds it: 8.45 comes back as 8.45."""

    impl = String(24)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else f"{value:f}"

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        return None if value is None else Decimal(value)


class PlanAction(Base):
    """An action of the plan, by its reference such as 2.4."""

    __tablename__ = "plan_action"
    ref: Mapped[str] = plain(String(10), primary_key=True)
    title: Mapped[str] = plain(String(300))
    starts: Mapped[date] = plain()  # the first day of the month
    lead: Mapped[str] = plain(String(80))  # an office, not a name
    position: Mapped[int] = plain()
    measures: Mapped[list["PlanMeasure"]] = relationship(order_by="PlanMeasure.position", back_populates="action")


class PlanDate(Base):
    """When an action is due, version by version; the newest is in force. Insert-only."""

    __tablename__ = "plan_date"
    action_ref: Mapped[str] = plain(ForeignKey("plan_action.ref"), primary_key=True)
    version: Mapped[int] = plain(primary_key=True, autoincrement=False)
    due: Mapped[date] = plain()  # the first day of the month
    reason: Mapped[str] = personal(String(500))
    set_at: Mapped[datetime] = plain()
    set_by: Mapped[str] = personal(String(80))


class PlanMeasure(Base):
    """A measure of an action and where its value comes from. Without a lead of its own, the action's answers for it."""

    __tablename__ = "plan_measure"
    __table_args__ = (CheckConstraint(SOURCES, name="source_known"),)
    key: Mapped[str] = plain(String(40), primary_key=True)
    action_ref: Mapped[str] = plain(ForeignKey("plan_action.ref"), index=True)
    title: Mapped[str] = plain(String(300))
    code: Mapped[str] = plain(String(20), default="")  # what the council's own performance list calls it
    source: Mapped[str] = plain(String(12))
    unit: Mapped[str] = plain(String(60), default="")
    lead: Mapped[str] = plain(String(80), default="")
    position: Mapped[int] = plain()
    action: Mapped[PlanAction] = relationship(back_populates="measures")


class PlanTarget(Base):
    """What is asked of a measure, version by version; the newest is in force. Insert-only.

    `reduction_percent` is how far below the baseline the target lies, where the plan says it so. A measure that is
    only reported, or told in evidence, has no target; `milestone` is its own date, where that is not the action's.
    """

    __tablename__ = "plan_target"
    __table_args__ = (
        CheckConstraint(OPERATORS, name="operator_known"),
        CheckConstraint("(operator IN ('report', '')) = (target IS NULL)", name="target_or_none"),
        CheckConstraint("reduction_percent IS NULL OR baseline IS NOT NULL", name="reduction_has_baseline"),
        CheckConstraint("consecutive_months IS NULL OR consecutive_months BETWEEN 1 AND 24", name="months_sensible"),
    )
    measure_key: Mapped[str] = plain(ForeignKey("plan_measure.key"), primary_key=True)
    version: Mapped[int] = plain(primary_key=True, autoincrement=False)
    operator: Mapped[str] = plain(String(6))
    target: Mapped[Decimal | None] = plain(Exact())
    baseline: Mapped[Decimal | None] = plain(Exact())
    reduction_percent: Mapped[Decimal | None] = plain(Exact())
    consecutive_months: Mapped[int | None] = plain()
    milestone: Mapped[date | None] = plain()
    reason: Mapped[str] = personal(String(500))
    set_at: Mapped[datetime] = plain()
    set_by: Mapped[str] = personal(String(80))


class RecordedValue(Base):
    """A value of a measure that comes from elsewhere, over a period. Insert-only.

    A correction is a row of its own that names the one it corrects; one without a numerator takes the value back. A
    percentage has numerator and denominator, anything else the numerator alone.
    """

    __tablename__ = "recorded_value"
    __table_args__ = (
        CheckConstraint("period_from <= period_to", name="period_forward"),
        CheckConstraint("numerator IS NOT NULL OR corrects_id IS NOT NULL", name="only_a_correction_takes_back"),
        CheckConstraint("denominator IS NULL OR numerator IS NOT NULL", name="denominator_of_something"),
        CheckConstraint("corrects_id IS NULL OR reason <> ''", name="correction_has_reason"),
    )
    id: Mapped[int] = plain(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    measure_key: Mapped[str] = plain(ForeignKey("plan_measure.key"), index=True)
    numerator: Mapped[Decimal | None] = plain(Exact())
    denominator: Mapped[Decimal | None] = plain(Exact())
    period_from: Mapped[date] = plain()
    period_to: Mapped[date] = plain()
    origin: Mapped[str] = plain(String(200))  # where the value is from, such as 'Payroll, quarter 2'
    dated: Mapped[date] = plain()  # the day of that source
    corrects_id: Mapped[int | None] = plain(ForeignKey("recorded_value.id"), unique=True)
    reason: Mapped[str] = personal(String(500), default="")
    batch_id: Mapped[UUID | None] = plain(ForeignKey("batch.id"), index=True)
    recorded_at: Mapped[datetime] = plain()
    recorded_by: Mapped[str] = personal(String(80))
