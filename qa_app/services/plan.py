"""Targets and dates of the plan changed by the QA lead: a new version each time, with the reason; nothing is lost."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from moderation.statistics.recorded import reduced
from moderation.statistics.target import Operator
from qa_app.models import PlanAction, PlanDate, PlanMeasure, PlanTarget
from qa_app.queries import plan as register
from qa_app.services.events import record


class PlanRefused(ValueError):  # noqa: N818 - named for the fault
    """A change of the plan that cannot be kept; `field` is what it is about, and the message says what to do."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be asked of a measure from now on. With a reduction, the target is worked out from the baseline."""

    operator: Operator
    target: Decimal | None
    baseline: Decimal | None = None
    reduction_percent: Decimal | None = None
    consecutive_months: int | None = None
    milestone: date | None = None


def change_target(
    session: Session, measure: PlanMeasure, asked: Asked, *, version: int, reason: str, by: str, at: datetime
) -> PlanTarget:
    """Give a measure another target; `version` is the one that was read, so that two people do not pass each other.

    Raises:
        PlanRefused: no reason, nothing changed, a number that cannot be a target, or somebody else was quicker.
    """
    before = register.targets(session, measure.key)[0]
    if before.target is None:
        raise PlanRefused("target", "The plan sets no target for this measure, so there is none to change.")
    _check(before, version, reason)
    new = _worked_out(measure, asked)
    kept = {
        "operator": new.operator.value, "target": new.target, "baseline": new.baseline,
        "reduction_percent": new.reduction_percent, "consecutive_months": new.consecutive_months,
        "milestone": new.milestone,
    }  # fmt: skip
    if all(getattr(before, name) == value for name, value in kept.items()):
        raise PlanRefused("target", "This is the target that stands already. Change something, or leave it as it is.")
    made = PlanTarget(
        measure_key=measure.key, version=before.version + 1, reason=reason, set_at=at, set_by=by, **kept
    )  # fmt: skip
    _insert(session, made, "target")
    record(
        session, "plan.target", "plan_measure", measure.key, by=by, at=at, reason=reason, version=made.version,
        operator=made.operator, target=str(made.target),
    )  # fmt: skip
    return made


def change_date(
    session: Session, action: PlanAction, due: date, *, version: int, reason: str, by: str, at: datetime
) -> PlanDate:
    """Give an action another due month.

    Raises:
        PlanRefused: no reason, the same month, one before the action begins, or somebody else was quicker.
    """
    before = register.dates(session, action.ref)[0]
    if not reason.strip():
        raise PlanRefused("reason", "Say why the date changes. The reason is shown with it.")
    if version != before.version:
        raise PlanRefused("due", "Somebody else has changed this date meanwhile. Read it, then change it again.")
    if due < action.starts:
        raise PlanRefused("due", f"The action starts in {action.starts:%B %Y}. Choose a month that is not before it.")
    if due == before.due:
        raise PlanRefused("due", "This is the date that stands already. Choose another month, or leave it as it is.")
    made = PlanDate(action_ref=action.ref, version=before.version + 1, due=due, reason=reason, set_at=at, set_by=by)
    _insert(session, made, "due")
    record(
        session, "plan.date", "plan_action", action.ref, by=by, at=at, reason=reason, version=made.version,
        due=f"{due:%Y-%m}",
    )  # fmt: skip
    return made


def _check(before: PlanTarget, version: int, reason: str) -> None:
    if not reason.strip():
        raise PlanRefused("reason", "Say why the target changes. The reason is shown with it.")
    if version != before.version:
        raise PlanRefused("target", "Somebody else has changed this target meanwhile. Read it, then change it again.")


def _worked_out(measure: PlanMeasure, asked: Asked) -> Asked:
    """What is asked, with the target of a reduction worked out, and everything checked."""
    target = asked.target
    if asked.reduction_percent is not None:
        if asked.baseline is None:
            raise PlanRefused("baseline", "Write the baseline that the reduction is taken from.")
        target = _reduced(asked.baseline, asked.reduction_percent)
    if target is None:
        raise PlanRefused("target", "Write the target as a number, such as 85.")
    share = measure.unit == register.PERCENT or measure.key in register.COMPUTED
    if target < 0 or (share and target > 100):
        limit = "between 0 and 100" if share else "0 or more"
        raise PlanRefused("target", f"The target has to be {limit}.")
    if measure.key in register.COMPUTED and asked.operator is Operator.ALL and target != 100:
        raise PlanRefused("target", "‘Exactly’ means all audits here, so the target has to be 100.")
    if measure.key in register.COMPUTED and (asked.consecutive_months is None) != (measure.key != "supervision"):
        raise PlanRefused(
            "consecutive_months",
            "Write how many months running are asked for."
            if measure.key == "supervision"
            else "This figure is not judged over months running. Leave this empty.",
        )
    return Asked(
        asked.operator, target, asked.baseline, asked.reduction_percent, asked.consecutive_months, asked.milestone
    )


def _reduced(baseline: Decimal, percent: Decimal) -> Decimal:
    try:
        exact = reduced(Fraction(baseline), Fraction(percent))
    except ValueError as fault:
        raise PlanRefused("reduction_percent", str(fault)) from None
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def _insert(session: Session, made: PlanTarget | PlanDate, field: str) -> None:
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise PlanRefused(
            field, "Somebody else has changed this meanwhile. Read what stands now, then change it again."
        ) from None
