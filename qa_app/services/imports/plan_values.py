"""Values of the plan brought in from a list: which are new, which correct one that is here; saved on a yes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from qa_app.case_keys import CaseKeys
from qa_app.clock import london_day
from qa_app.intake.findings import Problem
from qa_app.intake.headings import Kind
from qa_app.intake.limits import Limits
from qa_app.intake.plan_values import ValueRow, read_plan_values
from qa_app.intake.reference import folded
from qa_app.models import PlanMeasure, RecordedValue
from qa_app.queries import plan
from qa_app.reports.plan_words import counted_words, period_words, value_words
from qa_app.services import recorded_values
from qa_app.services.batches import Line, Outcome, keep_batch
from qa_app.services.free_text import NamesSomebody, refuse
from qa_app.services.imports.opening import Opened, opened_with
from qa_app.services.recorded_values import Given, ValueRefused

WHY: Final = "Corrected by an imported list."


@dataclass(frozen=True)
class ValuePlan:
    """What a list would do: rows to record, and rows that correct a value that stands."""

    new: tuple[tuple[PlanMeasure, Given], ...]
    corrections: tuple[tuple[RecordedValue, Given], ...]
    outcome: Outcome


def open_values(
    session: Session, data: bytes, *, limits: Limits, today: date, chosen: dict[str, Any] | None = None
) -> Opened[ValueRow]:
    """A list of values, with `chosen` columns where a person set them right.

    Raises:
        UnreadableFile: it is no list, is locked or damaged, or holds more than the limits allow.
    """
    known = {
        folded(name): one.key
        for one in plan.recorded_measures(session)
        for name in (one.key, one.title, one.code)
        if name
    }
    return opened_with(
        session, Kind.VALUES, data,
        lambda table, mapping, bounds: read_plan_values(table, mapping, measures=known, bounds=bounds),
        limits=limits, today=today, chosen=chosen,
    )  # fmt: skip


def plan_values(session: Session, opened: Opened[ValueRow], *, keys: CaseKeys) -> ValuePlan:  # noqa: ARG001
    """What the list would change; nothing is saved."""
    measures = {one.key: one for one in plan.recorded_measures(session)}
    standing = {
        (row.measure_key, row.period_from, row.period_to): row
        for rows in plan.standing_values(session).values()
        for row in rows
    }
    new, corrections, refused = [], [], []
    additions, changes, unchanged = [], [], 0
    for row in opened.read.good:
        measure, given = measures[row.measure], Given(*row[2:])
        if fault := _fault(measure, given):
            refused.append(Problem(row.number, opened.mapping.heading(fault[0]), None, fault[1]))
            continue
        before = standing.get((row.measure, row.period_from, row.period_to))
        if before is None:
            new.append((measure, given))
            additions.append(Line(row.number, measure.title, _said(measure, given)))
        elif _same(before, given):
            unchanged += 1
        else:
            corrections.append((before, given))
            changes.append(Line(row.number, measure.title, f"becomes {_said(measure, given)}"))
    problems = tuple(sorted((*opened.read.problems, *refused), key=lambda one: one.row_number))
    outcome = Outcome(
        added=len(new), changed=len(corrections), unchanged=unchanged + opened.read.counts.repeated,
        refused=opened.read.counts.refused + len(refused), additions=tuple(additions), changes=tuple(changes),
        problems=problems,
    )  # fmt: skip
    return ValuePlan(tuple(new), tuple(corrections), outcome)


def save_values(
    session: Session, made: ValuePlan, data: bytes, *, keys: CaseKeys, by: str, at: datetime,  # noqa: ARG001
) -> Outcome:  # fmt: skip
    """Record what is new and correct what is different, as one batch."""
    batch = keep_batch(session, Kind.VALUES, data, made.outcome, by=by, at=at)
    who: dict[str, Any] = {"batch_id": batch.id, "by": by, "at": at, "today": london_day(at)}
    for measure, given in made.new:
        recorded_values.enter(session, measure, given, **who)
    for before, given in made.corrections:
        recorded_values.correct(session, before, given, reason=WHY, **who)
    return made.outcome


def _fault(measure: PlanMeasure, given: Given) -> tuple[str, str] | None:
    """Why a row cannot come in, and the field it is about. The reader has held its days against today already."""
    try:
        recorded_values.check(measure, given, today=date.max)
        refuse(given.origin)
    except ValueRefused as fault:
        return fault.field, str(fault)
    except NamesSomebody as fault:
        return "origin", str(fault)
    return None


def _same(before: RecordedValue, given: Given) -> bool:
    return all(getattr(before, name) == getattr(given, name) for name in Given.__dataclass_fields__)


def _said(measure: PlanMeasure, given: Given) -> str:
    value = plan.as_value(given)
    return f"{value_words(value, measure.unit, None)}, {counted_words(value)}{period_words(value)}"
