"""The calendar of a cycle: the working day of each step, proposed from the settings and changed with a reason."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import Cycle, CycleStep, Step
from qa_app.reports.dates import day_name
from qa_app.services import settings
from qa_app.services.events import record
from qa_app.working_days import (
    add_working_days,
    is_working_day,
    next_working_day,
    nth_working_day,
    working_days_between,
)

LONGEST_REASON: Final = 300
LATEST: Final = date(2099, 12, 31)
# Each step of a line comes on the day of the one before it, or later.
AUDITING: Final = (
    Step.DRAWN, Step.TOLD, Step.REMINDER, Step.DUE, Step.LATE, Step.MANAGER_TOLD, Step.HEAD_TOLD,
)  # fmt: skip
MODERATING: Final = (Step.MODERATION_BEGINS, Step.MODERATION_ENDS, Step.RESOLVED, Step.CLOSE)
LINES: Final = (AUDITING, MODERATING, (Step.DUE, Step.CLOSE))
FOLLOW_DUE: Final = (Step.REMINDER, Step.LATE, Step.MANAGER_TOLD, Step.HEAD_TOLD)
NAMES: Final[Mapping[Step, str]] = {
    Step.DRAWN: "Cases are drawn",
    Step.TOLD: "Auditors are told",
    Step.REMINDER: "Auditors are reminded",
    Step.DUE: "Audits are due",
    Step.LATE: "Auditors are told they are late",
    Step.MANAGER_TOLD: "Line managers are told who is late",
    Step.HEAD_TOLD: "Heads of Service are told how many are late",
    Step.MODERATION_BEGINS: "Moderation begins",
    Step.MODERATION_ENDS: "Moderation ends",
    Step.RESOLVED: "Disagreements are resolved",
    Step.CLOSE: "The month closes",
}
_DAYS: Final[Mapping[Step, str]] = {
    Step.TOLD: "told_working_day",
    Step.REMINDER: "reminder_working_day",
    Step.DUE: "due_working_day",
    Step.LATE: "late_working_day",
    Step.MANAGER_TOLD: "manager_working_day",
    Step.HEAD_TOLD: "head_working_day",
    Step.MODERATION_BEGINS: "moderation_begins_working_day",
    Step.MODERATION_ENDS: "moderation_ends_working_day",
    Step.CLOSE: "close_working_day",
}

Calendar = dict[Step, date]


class CycleRefused(ValueError):  # noqa: N818 - named for the fault
    """A cycle cannot do this now; the message says why and what to do."""


def proposed(session: Session, month: date) -> Calendar:
    """The working day of each step of a month by the settings; none comes before a step it has to follow."""
    return propose(month, settings.values(session))


def propose(month: date, set_to: Mapping[str, Any]) -> Calendar:
    """The calendar these settings make of a month."""
    days = {step: nth_working_day(month, int(set_to[key])) for step, key in _DAYS.items()}
    days[Step.DRAWN] = nth_working_day(month, 1 - int(set_to["drawn_working_day"]))
    for line in LINES:
        if Step.RESOLVED in line:
            days[Step.MODERATION_ENDS] = max(days[Step.MODERATION_BEGINS], days[Step.MODERATION_ENDS])
            after = int(set_to["resolved_working_days"])
            days[Step.RESOLVED] = add_working_days(days[Step.MODERATION_ENDS], after)
        for earlier, later in pairwise(line):
            days[later] = max(days[earlier], days[later])
    return {step: days[step] for step in Step}


def lay_out(session: Session, cycle: Cycle) -> None:
    """Keep the calendar of a cycle, where it has none yet; the day its audits are due stays as it is."""
    if kept(session, cycle):
        return
    days = calendar(session, cycle)
    session.add_all(CycleStep(cycle_id=cycle.id, step=step, on=day) for step, day in days.items())
    session.flush()


def calendar(session: Session, cycle: Cycle) -> Calendar:
    """The calendar of a cycle; for one from before calendars were kept, as the settings and its due date make it."""
    stored = kept(session, cycle)
    if stored:
        return {step: stored[step].on for step in Step}
    days = proposed(session, cycle.month)
    return days if days[Step.DUE] == cycle.due_on else _with_due(days, cycle.due_on)


def kept(session: Session, cycle: Cycle) -> dict[Step, CycleStep]:
    """The steps of a cycle as they are stored."""
    rows = session.scalars(select(CycleStep).where(CycleStep.cycle_id == cycle.id))
    return {Step(row.step): row for row in rows}


def move(session: Session, cycle: Cycle, step: Step, on: date, *, reason: str, by: str, at: datetime) -> None:
    """Give a step another day; the reminder and the steps for late audits move along with the due date.

    Raises:
        CycleRefused: the month is closed, the reason is missing, or the day is no working day or out of order.
    """
    if cycle.state == "closed":
        raise CycleRefused("This month is closed, so its calendar can no longer change.")
    if not reason.strip():
        raise CycleRefused("Say why the date changes. The reason is kept.")
    if on > LATEST or (step is not Step.DRAWN and on < cycle.month):
        raise CycleRefused("Choose a date in the month of the cycle or after it.")
    if not is_working_day(on):
        nearest = day_name(next_working_day(on))
        raise CycleRefused(f"{day_name(on)} is not a working day. Choose another day, such as {nearest}.")
    lay_out(session, cycle)
    rows = kept(session, cycle)
    before = {one: row.on for one, row in rows.items()}
    days = _with_due(before, on) if step is Step.DUE else before | {step: on}
    _check_order(days)
    for one, day in days.items():
        rows[one].on = day
    cycle.due_on = days[Step.DUE]
    session.flush()
    record(
        session, "cycle.step_moved", "cycle", cycle.id, by=by, at=at, reason=reason.strip(), step=step.value,
        before=before[step].isoformat(), after=on.isoformat(),
    )  # fmt: skip


def _with_due(days: Calendar, due_on: date) -> Calendar:
    """The calendar with another due date, and the steps that hang on it as many working days away from it as before."""
    apart = {step: working_days_between(days[Step.DUE], days[step]) for step in FOLLOW_DUE}
    moved = {step: add_working_days(due_on, number) if number else due_on for step, number in apart.items()}
    moved[Step.REMINDER] = max(moved[Step.REMINDER], min(days[Step.TOLD], due_on))
    return days | moved | {Step.DUE: due_on}


def _check_order(days: Calendar) -> None:
    for line in LINES:
        for earlier, later in pairwise(line):
            if days[earlier] > days[later]:
                raise CycleRefused(
                    f"Then “{NAMES[later]}” ({day_name(days[later])}) would come before “{NAMES[earlier]}” "
                    f"({day_name(days[earlier])}). Choose another day, or change the other step first."
                )
