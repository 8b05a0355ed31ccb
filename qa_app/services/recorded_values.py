"""Values from elsewhere recorded, corrected and taken back: a row each time, and the newest one stands."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_app.models import PlanMeasure, RecordedValue
from qa_app.queries.plan import PERCENT, standing_values
from qa_app.services.events import record

MOST: Final = Decimal(10) ** 9


class ValueRefused(ValueError):  # noqa: N818 - named for the fault
    """A value that cannot be kept; `field` is what it is about, and the message says what to do."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Given:
    """A value as somebody gives it: over which days, out of how many, and where it is from."""

    numerator: Decimal
    denominator: Decimal | None
    period_from: date
    period_to: date
    origin: str
    dated: date


def check(measure: PlanMeasure, given: Given, *, today: date) -> None:
    """Let a value be kept.

    Raises:
        ValueRefused: it could not be judged, or speaks of days that have not come.
    """
    if measure.source != "record":
        raise ValueRefused("numerator", "This measure is worked out here. No value is entered for it.")
    if not given.origin.strip():
        raise ValueRefused("origin", "Say where the value is from.")
    if given.period_to < given.period_from:
        raise ValueRefused("period_to", "The last day of the period is before its first day. Correct one of them.")
    if given.period_to > today or given.dated > today:
        field = "period_to" if given.period_to > today else "dated"
        raise ValueRefused(field, "This day has not come yet. Give a value for a period that is over.")
    _check_numbers(measure, given)


def _check_numbers(measure: PlanMeasure, given: Given) -> None:
    if not 0 <= given.numerator < MOST:
        raise ValueRefused("numerator", "The number has to be 0 or more, and below a thousand million.")
    if measure.unit != PERCENT:
        if given.denominator is not None:
            raise ValueRefused("denominator", "This measure is a plain number. Leave ‘out of’ empty.")
        return
    if given.denominator is None:
        raise ValueRefused("denominator", "This measure is a percentage. Write out of how many.")
    if not 0 <= given.denominator < MOST:
        raise ValueRefused("denominator", "The number has to be 0 or more, and below a thousand million.")
    if given.numerator > given.denominator:
        raise ValueRefused("numerator", "This is more than it is out of. Correct one of the two numbers.")


def enter(
    session: Session, measure: PlanMeasure, given: Given, *, batch_id: UUID | None = None, by: str, at: datetime,
    today: date,
) -> RecordedValue:  # fmt: skip
    """Record a value for a period that has none yet.

    Raises:
        ValueRefused: it cannot be kept, or the period has a value, which is to be corrected instead.
    """
    check(measure, given, today=today)
    if of_period(session, measure.key, given.period_from, given.period_to) is not None:
        raise ValueRefused("period_from", "There is a value for this period. Correct that one instead.")
    return _keep(session, measure, given, corrects=None, reason="", batch_id=batch_id, by=by, at=at)


def correct(
    session: Session, before: RecordedValue, given: Given, *, reason: str, batch_id: UUID | None = None, by: str,
    at: datetime, today: date,
) -> RecordedValue:  # fmt: skip
    """Put another value in the place of one that was wrong; the wrong one stays in the history.

    Raises:
        ValueRefused: it cannot be kept, no reason is given, or the value was corrected already.
    """
    measure = session.get_one(PlanMeasure, before.measure_key)
    check(measure, given, today=today)
    other = of_period(session, measure.key, given.period_from, given.period_to)
    if other is not None and other.id != before.id:
        raise ValueRefused("period_from", "Another value is recorded for this period. Correct that one instead.")
    return _keep(session, measure, given, corrects=before, reason=reason, batch_id=batch_id, by=by, at=at)


def take_back(session: Session, before: RecordedValue, *, reason: str, by: str, at: datetime) -> RecordedValue:
    """Say that a value should never have been recorded; it counts no more and stays in the history.

    Raises:
        ValueRefused: no reason is given, or the value was corrected or taken back already.
    """
    measure = session.get_one(PlanMeasure, before.measure_key)
    return _keep(session, measure, None, corrects=before, reason=reason, batch_id=None, by=by, at=at)


def of_period(session: Session, key: str, first: date, last: date) -> RecordedValue | None:
    """The value that stands for exactly this period."""
    standing = standing_values(session, (key,)).get(key, [])
    return next((one for one in standing if (one.period_from, one.period_to) == (first, last)), None)


def _keep(
    session: Session, measure: PlanMeasure, given: Given | None, *, corrects: RecordedValue | None, reason: str,
    batch_id: UUID | None, by: str, at: datetime,
) -> RecordedValue:  # fmt: skip
    if corrects is not None:
        if not reason.strip():
            raise ValueRefused("reason", "Say why the value is corrected. The reason is kept with it.")
        if session.scalar(select(RecordedValue.id).where(RecordedValue.corrects_id == corrects.id)) is not None:
            raise ValueRefused("reason", "This value was corrected already. Correct the newest one.")
    source = given or corrects
    assert source is not None  # noqa: S101  (only a value that stands is taken back)
    made = RecordedValue(
        measure_key=measure.key, numerator=given.numerator if given else None,
        denominator=given.denominator if given else None, period_from=source.period_from, period_to=source.period_to,
        origin=source.origin, dated=source.dated, corrects_id=corrects.id if corrects else None, reason=reason,
        batch_id=batch_id, recorded_at=at, recorded_by=by,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise ValueRefused("reason", "Somebody else has corrected this value meanwhile. Read it again.") from None
    what = "value.recorded" if corrects is None else "value.corrected" if given else "value.taken_back"
    record(session, f"plan.{what}", "plan_measure", measure.key, by=by, at=at, reason=reason, value=made.id)
    return made
