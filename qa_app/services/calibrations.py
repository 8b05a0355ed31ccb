"""Running a calibration exercise: made, given its files and people, started, and revealed once for good."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from audit_forms.definition import Tool
from audit_forms.identifiers import Found, find
from qa_app.access.permissions import WHO, Can
from qa_app.clock import london_day
from qa_app.models import (
    Calibration,
    CalibrationFile,
    CalibrationNote,
    CalibrationReference,
    CalibrationTaker,
    Person,
)
from qa_app.queries.ties import holders
from qa_app.services import outbox
from qa_app.services.events import record
from qa_app.services.free_text import staff_names

LEAST_PEOPLE: Final = 2
MOST_FILES: Final = 30
LONGEST_FILE: Final = 40_000


class CalibrationRefused(ValueError):  # noqa: N818 - named for the fault
    """This cannot be done with the exercise now; the message says why and what to do."""


class NamesSomebody(ValueError):  # noqa: N818 - named for the fault
    """A file may name somebody, and neither was it mended nor was it said why it stays; `found` are the places."""

    def __init__(self, found: tuple[Found, ...]) -> None:
        super().__init__("This file may name somebody. Take out what is listed below, or say why it stays.")
        self.found = found


def may_take_part(session: Session) -> tuple[Person, ...]:
    """The active people who can be asked, by name."""
    found = {one.id: one for role in WHO[Can.CALIBRATION_TAKE] for one in holders(session, role)}
    return tuple(sorted(found.values(), key=lambda one: (one.name, str(one.id))))


def make(
    session: Session, title: str, tool: Tool, until: date, people: Iterable[UUID], *, by: str, at: datetime
) -> Calibration:
    """An exercise in the making: nobody is told of it yet.

    Raises:
        CalibrationRefused: the tool grades nothing, the day is over, or too few can take part.
    """
    if not tool.elements:
        raise CalibrationRefused("This tool grades nothing. Choose another one.")
    if until < london_day(at):
        raise CalibrationRefused("Choose a day that is not over yet.")
    made = Calibration(
        id=uuid4(), title=title, tool_key=tool.key, tool_version=tool.version, until=until, made_at=at, made_by=by
    )
    session.add(made)
    session.flush()
    added = _add_people(session, made, people)
    if len(added) < LEAST_PEOPLE:
        raise CalibrationRefused("Choose at least two people to take part.")
    record(session, "calibration.made", "calibration", made.id, by=by, at=at, tool=tool.key, people=len(added))
    return made


def identifying(session: Session, content: str) -> tuple[Found, ...]:
    """The places of a file that may name somebody, names on the staff list among them."""
    return tuple(find(content, names=staff_names(session)))


def add_file(
    session: Session, calibration: Calibration, name: str, content: str, *, reason: str, by: str, at: datetime
) -> CalibrationFile:
    """One more file to grade; in it people have other names, which is checked.

    Raises:
        CalibrationRefused: the exercise has started, or has as many files as it can hold.
        NamesSomebody: the file holds what identifies somebody, and no reason is given why it stays.
    """
    hold(session, calibration)
    if calibration.state != "preparing":
        raise CalibrationRefused("The exercise has started, so its files can no longer change.")
    last = session.scalar(
        select(func.max(CalibrationFile.number)).where(CalibrationFile.calibration_id == calibration.id)
    )
    if len(files(session, calibration)) >= MOST_FILES:
        raise CalibrationRefused(f"An exercise holds at most {MOST_FILES} files.")
    # A name of staff in a made-up or renamed file is as telling as a number: both are to be taken out.
    found = identifying(session, f"{name}\n{content}")
    if found and not reason:
        raise NamesSomebody(found)
    made = CalibrationFile(
        id=uuid4(), calibration_id=calibration.id, number=(last or 0) + 1, name=name, content=content, added_at=at,
        added_by=by,
    )  # fmt: skip
    session.add(made)
    session.flush()
    record(session, "calibration.file_added", "calibration", calibration.id, by=by, at=at, file=made.number)
    if found:
        counted = dict(Counter(one.kind.value for one in found))
        record(session, "identifiers.kept", "calibration", calibration.id, by=by, at=at, reason=reason, found=counted)
    return made


def remove_file(session: Session, file: CalibrationFile, *, by: str, at: datetime) -> None:
    """Take a file out again before the exercise starts, unless it has reference grades.

    Raises:
        CalibrationRefused: the exercise has started, or the file has reference grades, which are kept for ever.
    """
    hold(session, file.calibration)
    if file.calibration.state != "preparing":
        raise CalibrationRefused("The exercise has started, so its files can no longer change.")
    if session.scalar(select(CalibrationReference.id).where(CalibrationReference.file_id == file.id).limit(1)):
        raise CalibrationRefused("This file has reference grades already, so it stays.")
    calibration_id, number = file.calibration_id, file.number
    session.execute(delete(CalibrationFile).where(CalibrationFile.id == file.id))
    record(session, "calibration.file_removed", "calibration", calibration_id, by=by, at=at, file=number)


def choose_people(
    session: Session, calibration: Calibration, people: Collection[UUID], *, by: str, at: datetime
) -> None:
    """Who takes part. Once the exercise has started people can be added, and are told, but nobody is left out.

    Raises:
        CalibrationRefused: it is revealed, or too few would take part.
    """
    hold(session, calibration)
    check_unended(calibration)
    if calibration.state == "preparing":
        if len(set(people) & {one.id for one in may_take_part(session)}) < LEAST_PEOPLE:
            raise CalibrationRefused("Choose at least two people to take part.")
        session.execute(
            delete(CalibrationTaker).where(
                CalibrationTaker.calibration_id == calibration.id, CalibrationTaker.person_id.not_in(people)
            )
        )
    added = _add_people(session, calibration, people)
    record(session, "calibration.people_chosen", "calibration", calibration.id, by=by, at=at, added=len(added))
    if calibration.state == "open":
        _ask(session, calibration, by=by, at=at)


def start(session: Session, calibration: Calibration, *, by: str, at: datetime) -> bool:
    """Ask everybody to grade; False when it was started before (a second click changes nothing).

    Raises:
        CalibrationRefused: there is no file yet, or the day is over.
    """
    hold(session, calibration)
    if calibration.state != "preparing":
        return False
    if not files(session, calibration):
        raise CalibrationRefused("Add at least one file first.")
    if calibration.until < london_day(at):
        raise CalibrationRefused("Its last day is over. Make a new exercise with a later day.")
    calibration.state, calibration.started_at, calibration.started_by = "open", at, by
    session.flush()
    record(session, "calibration.started", "calibration", calibration.id, by=by, at=at)
    _ask(session, calibration, by=by, at=at)
    return True


def may_be_revealed(session: Session, calibration: Calibration, *, today: date) -> bool:
    """Whether it can be revealed: its last day is over, or everybody has given their grades."""
    if calibration.state != "open" or not any(one.given_at for one in takers(session, calibration)):
        return False
    return calibration.until < today or all(one.given_at for one in takers(session, calibration))


def reveal(session: Session, calibration: Calibration, *, by: str, at: datetime) -> bool:
    """Show everybody's grades to everybody who took part, for good; False when it was revealed before.

    Raises:
        CalibrationRefused: people still have time to grade, or nobody has given any grades.
    """
    hold(session, calibration)
    if calibration.state == "revealed":
        return False
    if not may_be_revealed(session, calibration, today=london_day(at)):
        raise CalibrationRefused(
            "It can be revealed once its last day is over or everybody has given their grades, and not before "
            "anybody has."
        )
    calibration.state, calibration.revealed_at, calibration.revealed_by = "revealed", at, by
    session.flush()
    asked = takers(session, calibration)
    given = sum(one.given_at is not None for one in asked)
    record(session, "calibration.revealed", "calibration", calibration.id, by=by, at=at, given=given, asked=len(asked))
    outbox.tell(
        session, (one.person_id for one in asked), "calibration.revealed", at=at,
        about=("calibration", calibration.id), once=calibration.id.hex, calibration=str(calibration.id),
    )  # fmt: skip
    return True


def note(session: Session, calibration: Calibration, words: str, *, by: str, at: datetime) -> None:
    """Keep what was said when the exercise was talked through.

    Raises:
        CalibrationRefused: it is not revealed yet, or nothing is written.
    """
    if calibration.state != "revealed":
        raise CalibrationRefused("Talk it through once it is revealed.")
    if not words:
        raise CalibrationRefused("Write what was said.")
    made = CalibrationNote(calibration_id=calibration.id, words=words, written_at=at, written_by=by)
    session.add(made)
    session.flush()
    record(session, "calibration.noted", "calibration", calibration.id, by=by, at=at)


def files(session: Session, calibration: Calibration) -> Sequence[CalibrationFile]:
    """The files of an exercise in their order."""
    return session.scalars(
        select(CalibrationFile).where(CalibrationFile.calibration_id == calibration.id).order_by(CalibrationFile.number)
    ).all()


def takers(session: Session, calibration: Calibration) -> Sequence[CalibrationTaker]:
    """Who takes part, by name."""
    return session.scalars(
        select(CalibrationTaker)
        .join(CalibrationTaker.person)
        .where(CalibrationTaker.calibration_id == calibration.id)
        .order_by(Person.name, Person.id)
    ).all()


def hold(session: Session, calibration: Calibration) -> None:
    """Let no other transaction change the exercise, or give grades in it, until this one ends."""
    session.refresh(calibration, with_for_update=True)


def check_unended(calibration: Calibration) -> None:
    """Let something of an exercise change.

    Raises:
        CalibrationRefused: everybody's grades are shown, or it is called off.
    """
    if calibration.state == "revealed":
        raise CalibrationRefused("The grades of this exercise are revealed, so nothing of it changes any more.")
    if calibration.state == "called_off":
        raise CalibrationRefused("This exercise is called off, so nothing of it changes any more.")


def said(day: date) -> str:
    """A day as messages say it."""
    return f"{day.day} {day:%B %Y}"


def _add_people(session: Session, calibration: Calibration, people: Iterable[UUID]) -> list[CalibrationTaker]:
    known = {one.id for one in may_take_part(session)}
    there = {one.person_id for one in takers(session, calibration)}
    wanted = [one for one in dict.fromkeys(people) if one in known and one not in there]
    added = [CalibrationTaker(id=uuid4(), calibration_id=calibration.id, person_id=one, draft={}) for one in wanted]
    session.add_all(added)
    session.flush()
    return added


def _ask(session: Session, calibration: Calibration, *, by: str, at: datetime) -> None:
    """Tell those who have not been asked yet."""
    new = [one for one in takers(session, calibration) if one.asked_at is None]
    for one in new:
        one.asked_at, one.asked_by = at, by
    session.flush()
    outbox.tell(
        session, (one.person_id for one in new), "calibration.asked", at=at, about=("calibration", calibration.id),
        once=calibration.id.hex, calibration=str(calibration.id), until=said(calibration.until),
    )  # fmt: skip
