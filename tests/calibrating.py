"""A calibration exercise for tests: made, graded by some, revealed, straight through its services."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade, Judged
from qa_app.models import Calibration, CalibrationTaker, Person
from qa_app.services import calibration_grades, calibrations
from qa_app.services.drafts import version_of
from tests.months import ELEMENTS, TOOL
from tests.world import World

TAKERS = ("manager_care", "manager_planning", "moderator_1")
UNTIL = date(2026, 12, 4)
RECORD = "K is nine. The worker sees K every two weeks and writes down what K says."


def prepared(
    session: Session, world: World, *, at: datetime, takers: Sequence[str] = TAKERS, files: int = 1
) -> Calibration:
    """An exercise with its files, not started."""
    people = [world.people[one].id for one in takers]
    made = calibrations.make(session, "Voice of the child", TOOL, UNTIL, people, by="test", at=at)
    for n in range(files):
        calibrations.add_file(session, made, f"Family {n + 1}", RECORD, reason="", by="test", at=at)
    return made


def started(
    session: Session, world: World, *, at: datetime, takers: Sequence[str] = TAKERS, files: int = 1
) -> Calibration:
    """One that people are grading."""
    made = prepared(session, world, at=at, takers=takers, files=files)
    calibrations.start(session, made, by="test", at=at)
    return made


def part(session: Session, calibration: Calibration, person: Person) -> CalibrationTaker:
    """Somebody's part in it."""
    return session.scalars(
        select(CalibrationTaker).where(
            CalibrationTaker.calibration_id == calibration.id, CalibrationTaker.person_id == person.id
        )
    ).one()


def give(
    session: Session, calibration: Calibration, person: Person, grade: Judged = Grade.GOOD, words: str = "",
    *, at: datetime,
) -> None:  # fmt: skip
    """Somebody gives one grade to every part of every file."""
    mine = part(session, calibration, person)
    said = dict.fromkeys(ELEMENTS, grade.value) | ({f"{ELEMENTS[0]}_words": words} if words else {})
    for file in calibrations.files(session, calibration):
        calibration_grades.write(session, mine, file, said, version_of({}))
    calibration_grades.give(session, mine, TOOL, version_of(mine.draft), by=f"person:{person.id}", at=at)


def revealed(
    session: Session, world: World, grades: Sequence[Judged], *, at: datetime, takers: Sequence[str] = TAKERS,
    files: int = 1, reference: Grade | None = None,
) -> Calibration:  # fmt: skip
    """One that was graded by the first takers and revealed after its last day."""
    made = started(session, world, at=at, takers=takers, files=files)
    if reference:
        for file in calibrations.files(session, made):
            said = dict.fromkeys(ELEMENTS, (reference, "As the panel sees it."))
            calibration_grades.set_references(session, file, said, by="test", at=at)
    for taker, grade in zip(takers, grades, strict=False):
        give(session, made, world.people[taker], grade, at=at)
    calibrations.reveal(session, made, by="test", at=at + timedelta(days=12))
    return made
