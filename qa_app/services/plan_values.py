"""Values from elsewhere against the plan's targets: as they stand now, and as they stood when a month closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.statistics.recorded import Aim, Outcome, Value, outcome
from moderation.statistics.target import Operator
from qa_app.models import PlanMeasure, PlanTarget
from qa_app.queries import plan


@dataclass(frozen=True, slots=True)
class Reported:
    """How a value from elsewhere stood when a month closed, and what was asked of it then."""

    outcome: Outcome
    aim: Aim | None


@dataclass(frozen=True)
class PlanValues:
    """The measures that are recorded, their targets and every value that stands, read once."""

    measures: tuple[PlanMeasure, ...]
    targets: Mapping[str, tuple[PlanTarget, ...]]
    values: Mapping[str, tuple[Value, ...]]

    def aim(self, measure: PlanMeasure, month: date | None = None) -> Aim | None:
        """What is asked of a measure now, or was when a month ended."""
        history = self.targets[measure.key]
        newest = history[-1] if month is None else plan.target_in_force(history, month)
        return plan.aim(measure, newest)

    def until(self, measure: PlanMeasure, month: date | None) -> tuple[Value, ...]:
        """The values of periods that were over when a month ended; all of them without a month."""
        known = self.values.get(measure.key, ())
        return tuple(one for one in known if month is None or one.last <= plan.last_day(month))

    def kept(self, month: date) -> dict[str, Any]:
        """Every recorded measure as a closed month's snapshot keeps it: the newest value, and how it was judged."""
        return {one.key: _plain(outcome(self.until(one, month), aim := self.aim(one)), aim) for one in self.measures}


def read(session: Session) -> PlanValues:
    """The recorded measures with their targets and values."""
    measures = tuple(plan.recorded_measures(session))
    history: dict[str, list[PlanTarget]] = {}
    for one in session.scalars(select(PlanTarget).order_by(PlanTarget.version)):
        history.setdefault(one.measure_key, []).append(one)
    standing = plan.standing_values(session)
    return PlanValues(
        measures,
        {key: tuple(rows) for key, rows in history.items()},
        {key: tuple(plan.as_value(row) for row in rows) for key, rows in standing.items()},
    )


def reported(kept: Mapping[str, Any]) -> dict[str, Reported]:
    """What a snapshot kept, as it was judged; a snapshot from before there was a register kept nothing."""
    return {key: _made(one) for key, one in kept.items()}


def _plain(found: Outcome, aim: Aim | None) -> dict[str, Any]:
    newest = found.newest
    value = None
    if newest is not None:
        value = [
            newest.first.isoformat(), newest.last.isoformat(), _digits(newest.number),
            None if newest.out_of is None else _digits(newest.out_of),
        ]  # fmt: skip
    asked = None if aim is None else [aim.operator.value, _digits(aim.line), aim.percent, aim.consecutive]
    return {"value": value, "asked": asked, "literal": found.literal, "reason": found.reason, "run": found.run}


def _made(kept: Mapping[str, Any]) -> Reported:
    asked, value = kept["asked"], kept["value"]
    aim = None if asked is None else Aim(Operator(asked[0]), Fraction(asked[1]), asked[2], asked[3])
    newest = None
    if value is not None:
        first, last, number, out_of = value
        newest = Value(
            date.fromisoformat(first), date.fromisoformat(last), Fraction(number),
            None if out_of is None else Fraction(out_of),
        )  # fmt: skip
    exact = newest.against(aim) if newest is not None and aim is not None else None
    return Reported(Outcome(newest, exact, kept["literal"], kept["reason"], kept["run"]), aim)


def _digits(number: Fraction) -> str:
    """A recorded number's digits; they end, because they were typed."""
    return f"{Decimal(number.numerator) / Decimal(number.denominator):f}"
