"""What calibration exercises there are, who has given their grades, and once one is revealed how everybody graded."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from audit_forms.definition import Element, Tool
from audit_forms.grades import Grade, Judged, NotGraded, judged
from moderation.statistics.calibration import Exercise, FileSpread, GradedFile, PersonSpread, exercise
from qa_app.access.actor import Actor
from qa_app.access.calibrations import visible
from qa_app.access.permissions import Can
from qa_app.models import (
    Calibration,
    CalibrationFile,
    CalibrationGrade,
    CalibrationNote,
    CalibrationReference,
    CalibrationTaker,
)


class NotRevealed(LookupError):  # noqa: N818 - named for the fault
    """Nobody's grades are shown to anybody before the exercise is revealed."""


class Listed(NamedTuple):
    """An exercise as it stands in a list; the counts are for who runs it, `asked` and `given` for who takes part."""

    calibration_id: UUID
    title: str
    until: date
    state: str
    people: int
    gave: int
    asked: bool
    given: bool

    @property
    def to_do(self) -> bool:
        return self.asked and not self.given and self.state == "open"


class Reference(NamedTuple):
    """A reference grade with its reason, and whether it was set after everybody's grades could be seen."""

    grade: Judged
    reason: str
    after_reveal: bool


@dataclass(frozen=True, slots=True)
class OfElement:
    """One criterion over all files: how people spread, and how many gave no grade to each file."""

    element: Element
    exercise: Exercise
    ungraded: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OfFile:
    """One file over all criteria: for each its spread, how many gave no grade, and its reference."""

    file: CalibrationFile
    rows: tuple[tuple[Element, FileSpread, int, Reference | None], ...]


@dataclass(frozen=True, slots=True)
class Results:
    """All that a revealed exercise shows to everybody who took part; who graded how is not in it."""

    people: int
    files: tuple[OfFile, ...]
    elements: tuple[OfElement, ...]
    references: int
    notes: Sequence[CalibrationNote]


class OwnGrade(NamedTuple):
    """What one person gave one element of one file, beside the reference; `above` counts grades, None without both."""

    file: CalibrationFile
    element: Element
    grade: Judged
    words: str
    reference: Reference | None
    above: int | None


class Grading(NamedTuple):
    """The rows behind the results: who gave what to which file and element, and the references."""

    files: Sequence[CalibrationFile]
    given: Mapping[tuple[UUID, str], Mapping[UUID, tuple[Judged, str]]]
    references: Mapping[tuple[UUID, str], Reference]


PLACE = {grade: place for place, grade in enumerate(Grade)}


def listed(session: Session, actor: Actor) -> tuple[Listed, ...]:
    """The exercises this person runs or takes part in: open ones first, then by their last day, newest first."""
    counts = (
        select(
            CalibrationTaker.calibration_id,
            func.count().label("people"),
            func.count(CalibrationTaker.given_at).label("gave"),
        )
        .group_by(CalibrationTaker.calibration_id)
        .subquery()
    )
    mine = {
        one.calibration_id: one
        for one in session.scalars(
            select(CalibrationTaker).where(
                CalibrationTaker.person_id == actor.person_id, CalibrationTaker.asked_at.is_not(None)
            )
        )
    }
    runs = actor.may(Can.CALIBRATION_RUN)
    rows = session.execute(
        visible(actor)
        .join(counts, counts.c.calibration_id == Calibration.id)
        .add_columns(counts.c.people, counts.c.gave)
        .order_by(
            Calibration.state.in_(("revealed", "called_off")),
            Calibration.until.desc(),
            Calibration.title,
            Calibration.id,
        )
    )
    return tuple(
        Listed(
            one.id, one.title, one.until, one.state, people if runs else 0, gave if runs else 0, one.id in mine,
            one.id in mine and mine[one.id].given_at is not None,
        )
        for one, people, gave in rows
    )  # fmt: skip


def to_give(session: Session, actor: Actor) -> tuple[Listed, ...]:
    """The exercises that wait for this person's grades, the next due first."""
    return tuple(sorted((one for one in listed(session, actor) if one.to_do), key=lambda one: one.until))


def results(session: Session, calibration: Calibration, tool: Tool) -> Results:
    """How everybody graded, without names.

    Raises:
        NotRevealed: it is not revealed.
    """
    graded = _grading(session, calibration)
    of_elements = tuple(_of_element(element, graded) for element in tool.elements)
    spreads = {
        (file.id, one.element.key): (spread, ungraded)
        for one in of_elements
        for file, spread, ungraded in zip(graded.files, one.exercise.files, one.ungraded, strict=True)
    }
    of_files = tuple(
        OfFile(
            file,
            tuple(
                (element, *spreads[file.id, element.key], graded.references.get((file.id, element.key)))
                for element in tool.elements
            ),
        )
        for file in graded.files
    )
    people = {person for given in graded.given.values() for person in given}
    notes = session.scalars(
        select(CalibrationNote)
        .where(CalibrationNote.calibration_id == calibration.id)
        .order_by(CalibrationNote.written_at, CalibrationNote.id)
    ).all()
    return Results(len(people), of_files, of_elements, len(graded.references), notes)


def distances(session: Session, calibration: Calibration) -> dict[UUID, PersonSpread]:
    """How far each person is from the reference grades, over all files and elements; for who runs it, by person.

    Raises:
        NotRevealed: it is not revealed.
    """
    graded = _grading(session, calibration)
    over_all = exercise(
        _graded_file(f"{file_id}.{element}", given, graded.references.get((file_id, element)))
        for (file_id, element), given in graded.given.items()
    )
    return {UUID(one.name): one for one in over_all.people}


def own(session: Session, taker: CalibrationTaker, tool: Tool) -> tuple[OwnGrade, ...]:
    """What one person gave, each beside the reference grade, in the order of files and elements.

    Raises:
        NotRevealed: it is not revealed.
    """
    graded = _grading(session, taker.calibration)
    found = []
    for file in graded.files:
        for element in tool.elements:
            said = graded.given.get((file.id, element.key), {}).get(taker.person_id)
            if said is not None:
                reference = graded.references.get((file.id, element.key))
                found.append(OwnGrade(file, element, *said, reference, _above(said[0], reference)))
    return tuple(found)


def _grading(session: Session, calibration: Calibration) -> Grading:
    if calibration.state != "revealed":
        raise NotRevealed
    listed_files = session.scalars(
        select(CalibrationFile)
        .where(CalibrationFile.calibration_id == calibration.id)
        .order_by(CalibrationFile.number)
        .options(joinedload(CalibrationFile.calibration))
    ).all()
    rows = session.execute(
        select(CalibrationGrade, CalibrationTaker.person_id)
        .join(CalibrationTaker, CalibrationTaker.id == CalibrationGrade.taker_id)
        .where(CalibrationTaker.calibration_id == calibration.id)
        .order_by(CalibrationGrade.id)
    )
    given: dict[tuple[UUID, str], dict[UUID, tuple[Judged, str]]] = {}
    for one, person_id in rows:
        given.setdefault((one.file_id, one.element), {})[person_id] = (judged(one.grade), one.words)
    kept = session.scalars(
        select(CalibrationReference)
        .join(CalibrationFile, CalibrationFile.id == CalibrationReference.file_id)
        .where(CalibrationFile.calibration_id == calibration.id)
        .order_by(CalibrationReference.id)
    )
    references = {
        (one.file_id, one.element): Reference(judged(one.grade), one.reason, one.after_reveal) for one in kept
    }
    return Grading(listed_files, given, references)


def _of_element(element: Element, graded: Grading) -> OfElement:
    made = []
    ungraded = []
    for file in graded.files:
        given = graded.given.get((file.id, element.key), {})
        made.append(_graded_file(file.name, given, graded.references.get((file.id, element.key))))
        ungraded.append(Counter(isinstance(grade, NotGraded) for grade, _ in given.values())[True])
    return OfElement(element, exercise(made), tuple(ungraded))


def _graded_file(name: str, given: Mapping[UUID, tuple[Judged, str]], reference: Reference | None) -> GradedFile:
    grades = {str(person): grade for person, (grade, _) in given.items() if isinstance(grade, Grade)}
    meant = reference.grade if reference is not None and isinstance(reference.grade, Grade) else None
    return GradedFile(name, grades, meant)


def _above(grade: Judged, reference: Reference | None) -> int | None:
    if reference is None or not isinstance(grade, Grade) or not isinstance(reference.grade, Grade):
        return None
    return PLACE[reference.grade] - PLACE[grade]
