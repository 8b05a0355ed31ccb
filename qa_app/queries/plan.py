"""The plan register as it stands: actions with their dates, measures with their targets, values and their history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.statistics.months import after
from moderation.statistics.recorded import Aim, Value
from moderation.statistics.target import Operator, Target
from qa_app.models import PlanAction, PlanDate, PlanMeasure, PlanTarget, RecordedValue

# The one place that says which figure of the audits a measure of the plan is.
COMPUTED: Final = {
    "cpd_helps": "supervision_helps",
    "supervision": "supervision",
    "agreement": "agreement",
    "audit_expectations": "expectations",
    "cases": "cases",
    "chronology": "chronology",
    "plans": "plans",
    "permanence": "permanence",
}
PERCENT: Final = "percent"


@dataclass(frozen=True, slots=True)
class Line:
    """A measure with the target in force, and the month it is due: its own milestone, else its action's date."""

    measure: PlanMeasure
    target: PlanTarget
    due: date

    @property
    def lead(self) -> str:
        return self.measure.lead or self.measure.action.lead

    @property
    def computed(self) -> str | None:
        """The key of the figure of the audits, None where the value comes from elsewhere."""
        return COMPUTED.get(self.measure.key)


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action with the date in force and its measures."""

    action: PlanAction
    due: PlanDate
    lines: tuple[Line, ...]


def register(session: Session) -> tuple[ActionLine, ...]:
    """The whole plan, in its order."""
    when = {one.action_ref: one for one in session.scalars(select(PlanDate).order_by(PlanDate.version))}
    asked = {one.measure_key: one for one in session.scalars(select(PlanTarget).order_by(PlanTarget.version))}
    measures: dict[str, list[PlanMeasure]] = {}
    for one in session.scalars(select(PlanMeasure).order_by(PlanMeasure.position)):
        measures.setdefault(one.action_ref, []).append(one)
    made = []
    for action in session.scalars(select(PlanAction).order_by(PlanAction.position)):
        due = when[action.ref]
        lines = [Line(one, asked[one.key], asked[one.key].milestone or due.due) for one in measures.get(action.ref, [])]
        made.append(ActionLine(action, due, tuple(lines)))
    return tuple(made)


def line(session: Session, key: str) -> Line | None:
    """One measure as it stands; None where the plan has no such measure."""
    measure = session.get(PlanMeasure, key)
    if measure is None:
        return None
    target, due = targets(session, key)[0], dates(session, measure.action_ref)[0]
    return Line(measure, target, target.milestone or due.due)


def targets(session: Session, key: str) -> list[PlanTarget]:
    """Every target a measure was given, the newest first."""
    found = select(PlanTarget).where(PlanTarget.measure_key == key).order_by(PlanTarget.version.desc())
    return list(session.scalars(found))


def dates(session: Session, ref: str) -> list[PlanDate]:
    """Every date an action was given, the newest first."""
    return list(session.scalars(select(PlanDate).where(PlanDate.action_ref == ref).order_by(PlanDate.version.desc())))


def changed_targets(session: Session) -> dict[str, PlanTarget]:
    """The targets in force of the measures whose target was changed, by the measure's key."""
    newest = select(PlanTarget).where(PlanTarget.version > 1).order_by(PlanTarget.version)
    return {one.measure_key: one for one in session.scalars(newest)}


def share_target(target: PlanTarget) -> Target | None:
    """The target of a share, as the figures of audits are judged; None where nothing is asked."""
    if target.target is None:
        return None
    line = Fraction(target.target) / 100
    return Target(Operator(target.operator), line.numerator, line.denominator)


def aim(measure: PlanMeasure, target: PlanTarget) -> Aim | None:
    """The target of a value from elsewhere; None where nothing is asked."""
    if target.target is None:
        return None
    return Aim(Operator(target.operator), Fraction(target.target), measure.unit == PERCENT, target.consecutive_months)


def target_in_force(history: Iterable[PlanTarget], month: date) -> PlanTarget:
    """The target that was in force when a month ended; of a month before the register began, the plan's own."""
    known = sorted(history, key=lambda one: one.version)
    then = [one for one in known if one.set_at.date() < after(month)]
    return then[-1] if then else known[0]


def standing_values(session: Session, keys: Iterable[str] | None = None) -> dict[str, list[RecordedValue]]:
    """The values that stand, oldest period first, by measure: not corrected, and not taken back."""
    corrected = select(RecordedValue.corrects_id).where(RecordedValue.corrects_id.is_not(None))
    found = select(RecordedValue).where(RecordedValue.id.not_in(corrected), RecordedValue.numerator.is_not(None))
    if keys is not None:
        found = found.where(RecordedValue.measure_key.in_(list(keys)))
    made: dict[str, list[RecordedValue]] = {}
    for one in session.scalars(found.order_by(RecordedValue.period_to, RecordedValue.period_from)):
        made.setdefault(one.measure_key, []).append(one)
    return made


def value_history(session: Session, key: str) -> list[RecordedValue]:
    """Every value recorded of a measure, corrected ones too, the newest entry first."""
    found = select(RecordedValue).where(RecordedValue.measure_key == key)
    return list(session.scalars(found.order_by(RecordedValue.recorded_at.desc(), RecordedValue.id.desc())))


class Numbers(Protocol):
    """A value as it is recorded or about to be."""

    @property
    def numerator(self) -> Decimal | None: ...
    @property
    def denominator(self) -> Decimal | None: ...
    @property
    def period_from(self) -> date: ...
    @property
    def period_to(self) -> date: ...


def as_value(row: Numbers) -> Value:
    """A recorded value as it is judged."""
    assert row.numerator is not None  # noqa: S101  (one that was taken back stands no more)
    out_of = None if row.denominator is None else Fraction(row.denominator)
    return Value(row.period_from, row.period_to, Fraction(row.numerator), out_of)


def without_value(session: Session, month: date) -> list[str]:
    """The titles of the recorded measures that have no value for any period ending in a month or later."""
    corrected = select(RecordedValue.corrects_id).where(RecordedValue.corrects_id.is_not(None))
    known = (
        select(RecordedValue.measure_key)
        .where(
            RecordedValue.period_to >= month, RecordedValue.numerator.is_not(None), RecordedValue.id.not_in(corrected)
        )
    )  # fmt: skip
    wanted = select(PlanMeasure.title).where(PlanMeasure.source == "record", PlanMeasure.key.not_in(known))
    return list(session.scalars(wanted.order_by(PlanMeasure.action_ref, PlanMeasure.position)))


def last_day(month: date) -> date:
    """The last day of a month given by its first."""
    return after(month) - timedelta(days=1)


def recorded_measures(session: Session) -> list[PlanMeasure]:
    """The measures whose values are entered or imported, in the plan's order."""
    found = select(PlanMeasure).where(PlanMeasure.source == "record")
    return list(session.scalars(found.order_by(PlanMeasure.action_ref, PlanMeasure.position)))
