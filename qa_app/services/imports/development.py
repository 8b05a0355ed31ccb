"""Training and support for staff brought in from lists: what is new, what is known, and what corrects a count."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.case_keys import CaseKeys
from qa_app.clock import london_day
from qa_app.intake.development import SupportRow, TrainingRow, read_support, read_training
from qa_app.intake.findings import Problem
from qa_app.intake.headings import Kind
from qa_app.intake.limits import Limits
from qa_app.intake.reference import folded
from qa_app.models import Person, Service, SupportCount, Training
from qa_app.queries import development, support
from qa_app.services import support as counts
from qa_app.services import training
from qa_app.services.batches import Line, Outcome, keep_batch
from qa_app.services.free_text import NamesSomebody, refuse
from qa_app.services.imports.directory import Directory
from qa_app.services.imports.opening import Opened, opened_with
from qa_app.services.support import Counted, SupportRefused
from qa_app.services.training import Held

WHY: Final = "Corrected by an imported list."
New = TypeVar("New")
Corrected = TypeVar("Corrected")


@dataclass(frozen=True)
class DevelopmentPlan(Generic[New, Corrected]):
    """What a list would do: what is new, and what corrects a count that stands."""

    outcome: Outcome
    new: tuple[New, ...]
    corrections: tuple[Corrected, ...] = ()


TrainingPlan = DevelopmentPlan[tuple[Person, Held], None]
SupportPlan = DevelopmentPlan[Counted, tuple[SupportCount, Counted]]


def open_training(
    session: Session, data: bytes, *, limits: Limits, today: date, chosen: dict[str, Any] | None = None
) -> Opened[TrainingRow]:
    """A list of training, with `chosen` columns where a person set them right.

    Raises:
        UnreadableFile: it is no list, is locked or damaged, or holds more than the limits allow.
    """
    reference = Directory(session).reference(teams=False)
    return opened_with(
        session, Kind.TRAINING, data,
        lambda table, mapping, bounds: read_training(table, mapping, reference=reference, bounds=bounds),
        limits=limits, today=today, chosen=chosen,
    )  # fmt: skip


def plan_training(session: Session, opened: Opened[TrainingRow], *, keys: CaseKeys) -> TrainingPlan:  # noqa: ARG001
    """What the list would add; nothing is saved."""
    people = {one.employee_id: one for one in session.scalars(select(Person).where(Person.employee_id.is_not(None)))}
    standing = select(Training.person_id, Training.kind, Training.held_on).where(Training.withdrawn_at.is_(None))
    known = {tuple(one) for one in session.execute(standing)}
    new, additions, refused, unchanged = [], [], [], 0
    for row in opened.read.good:
        person = people[row.employee_id]
        try:
            refuse(row.provider)
        except NamesSomebody as fault:
            refused.append(Problem(row.number, opened.mapping.heading("provider"), None, str(fault)))
            continue
        if (person.id, row.kind, row.held_on) in known:
            unchanged += 1
            continue
        new.append((person, Held(row.kind, row.held_on, row.provider)))
        said = f"{development.KINDS[row.kind]}, {row.held_on:%d/%m/%Y}"
        additions.append(Line(row.number, row.employee_id, said))
    return DevelopmentPlan(_outcome(opened, refused, unchanged, additions), tuple(new))


def save_training(
    session: Session, made: TrainingPlan, data: bytes, *, keys: CaseKeys, by: str, at: datetime,  # noqa: ARG001
) -> Outcome:  # fmt: skip
    """Record what is new, as one batch."""
    batch = keep_batch(session, Kind.TRAINING, data, made.outcome, by=by, at=at)
    for person, held in made.new:
        training.add(session, [person], held, batch_id=batch.id, by=by, at=at, today=london_day(at))
    return made.outcome


def open_support(
    session: Session, data: bytes, *, limits: Limits, today: date, chosen: dict[str, Any] | None = None
) -> Opened[SupportRow]:
    """A list of support for staff, with `chosen` columns where a person set them right.

    Raises:
        UnreadableFile: it is no list, is locked or damaged, or holds more than the limits allow.
    """
    services = {folded(name): name for name in session.scalars(select(Service.name))}
    return opened_with(
        session, Kind.SUPPORT, data,
        lambda table, mapping, bounds: read_support(table, mapping, services=services, bounds=bounds),
        limits=limits, today=today, chosen=chosen,
    )  # fmt: skip


def plan_support(session: Session, opened: Opened[SupportRow], *, keys: CaseKeys) -> SupportPlan:  # noqa: ARG001
    """What the list would add and correct; nothing is saved."""
    services = {one.name: one.id for one in session.scalars(select(Service))}
    standing = {(one.service_id, one.kind, one.period_from, one.period_to): one for one in support.standing(session)}
    new, corrections, refused = [], [], []
    additions, changes, unchanged = [], [], 0
    for row in opened.read.good:
        counted = Counted(services[row.service], *row[2:])
        try:
            counts.check(counted, today=date.max)
        except SupportRefused as fault:
            refused.append(Problem(row.number, opened.mapping.heading(fault.field), None, str(fault)))
            continue
        before = standing.get((counted.service_id, counted.kind, counted.period_from, counted.period_to))
        said = f"{support.KINDS[row.kind].title}: {row.k} of {row.n}"
        if before is None:
            new.append(counted)
            additions.append(Line(row.number, row.service, said))
        elif all(getattr(before, name) == getattr(counted, name) for name in Counted.__dataclass_fields__):
            unchanged += 1
        else:
            corrections.append((before, counted))
            changes.append(Line(row.number, row.service, f"{said}, was {before.k} of {before.n}"))
    outcome = _outcome(opened, refused, unchanged, additions, changes)
    return DevelopmentPlan(outcome, tuple(new), tuple(corrections))


def save_support(
    session: Session, made: SupportPlan, data: bytes, *, keys: CaseKeys, by: str, at: datetime,  # noqa: ARG001
) -> Outcome:  # fmt: skip
    """Record what is new and correct what is different, as one batch."""
    batch = keep_batch(session, Kind.SUPPORT, data, made.outcome, by=by, at=at)
    who: dict[str, Any] = {"batch_id": batch.id, "by": by, "at": at, "today": london_day(at)}
    for counted in made.new:
        counts.enter(session, counted, **who)
    for before, counted in made.corrections:
        counts.correct(session, before, counted, reason=WHY, **who)
    return made.outcome


def _outcome(
    opened: Opened[Any],
    refused: list[Problem],
    unchanged: int,
    additions: list[Line],
    changes: list[Line] | None = None,
) -> Outcome:
    changed = changes or []
    read = opened.read
    return Outcome(
        added=len(additions), changed=len(changed), unchanged=unchanged + read.counts.repeated,
        refused=read.counts.refused + len(refused), additions=tuple(additions), changes=tuple(changed),
        problems=tuple(sorted((*read.problems, *refused), key=lambda one: one.row_number)),
    )  # fmt: skip
