"""Training sessions recorded, who attended noted and struck out, and a session withdrawn; nothing is lost."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.models import CpdAttendance, CpdEvidence, CpdSession, CpdTheme, Person
from qa_app.services.events import record
from qa_app.services.free_text import NamesSomebody, refuse


class CpdRefused(ValueError):  # noqa: N818 - named for the fault
    """A session that cannot be kept; `field` is what it is about, and the message says what to do."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Course:
    """What is said of a session: its title and day, the themes and entries that caused it, and what was said of it."""

    title: str
    held_on: date
    themes: frozenset[str] = frozenset()
    evidence: frozenset[UUID] = frozenset()
    feedback: str = ""


def make(session: Session, said: Course, *, by: str, at: datetime, today: date) -> CpdSession:
    """Record a session that took place.

    Raises:
        CpdRefused: it has no title, is not over yet, nothing caused it, or its words name somebody.
    """
    _check(said, today)
    made = CpdSession(made_at=at, made_by=by)
    _fill(made, said)
    session.add(made)
    session.flush()
    record(session, "cpd.recorded", "cpd_session", made.id, by=by, at=at, themes=sorted(said.themes))
    return made


def change(session: Session, held: CpdSession, said: Course, *, by: str, at: datetime, today: date) -> None:
    """Put right what is said of a session, or add what people said of it.

    Raises:
        CpdRefused: what `make` refuses, or the session was withdrawn.
    """
    _standing(held)
    _check(said, today)
    _fill(held, said)
    session.flush()
    record(session, "cpd.changed", "cpd_session", held.id, by=by, at=at, themes=sorted(said.themes))


def attend(
    session: Session, held: CpdSession, people: Collection[UUID], *, among: Iterable[UUID], by: str, at: datetime
) -> tuple[int, int]:
    """Of the people `among`, these attended and the others did not; how many were noted and struck out by it.

    Raises:
        CpdRefused: the session was withdrawn.
    """
    _standing(held)
    known = {one.person_id: one for one in held.attendance}
    noted = struck = 0
    for key in sorted(set(among)):
        there = known.get(key)
        attended = there is not None and there.struck_at is None
        if key in people and not attended:
            _note(session, held, there, key, by=by, at=at)
            noted += 1
        elif key not in people and there is not None and attended:
            there.struck_at, there.struck_by = at, by
            struck += 1
    session.flush()
    if noted or struck:
        record(session, "cpd.attended", "cpd_session", held.id, by=by, at=at, noted=noted, struck=struck)
    return noted, struck


def withdraw(session: Session, held: CpdSession, *, reason: str, by: str, at: datetime) -> None:
    """Take a session out of every list and count.

    Raises:
        CpdRefused: no reason is given, it names somebody, or it was withdrawn already.
    """
    _standing(held)
    if not reason.strip():
        raise CpdRefused("reason", "Say why the session is withdrawn. The reason is kept with it.")
    _nobody("reason", reason)
    held.withdrawn_at, held.withdrawn_by, held.withdrawn_reason = at, by, reason
    session.flush()
    record(session, "cpd.withdrawn", "cpd_session", held.id, by=by, at=at, reason=reason)


def _note(
    session: Session, held: CpdSession, there: CpdAttendance | None, person_id: UUID, *, by: str, at: datetime
) -> None:
    """The service is that of the day somebody was first noted; coming back after being struck out keeps it."""
    if there is not None:
        there.struck_at = there.struck_by = None
        return
    person = session.scalars(select(Person).where(Person.id == person_id)).one()
    service = person.team.service_id if person.team is not None else None
    held.attendance.append(CpdAttendance(person_id=person_id, service_id=service, noted_at=at, noted_by=by))


def _check(said: Course, today: date) -> None:
    if not said.title.strip():
        raise CpdRefused("title", "Enter what the session was about.")
    if said.held_on > today:
        raise CpdRefused("held_on", "This day has not come yet. Record a session once it took place.")
    if not said.themes and not said.evidence:
        raise CpdRefused("themes", "Choose the theme or the entry of evidence that caused the session.")
    _nobody("title", said.title)
    _nobody("feedback", said.feedback)


def _nobody(field: str, words: str) -> None:
    try:
        refuse(words)
    except NamesSomebody as fault:
        raise CpdRefused(field, str(fault)) from None


def _standing(held: CpdSession) -> None:
    if held.withdrawn_at is not None:
        raise CpdRefused("reason", "This session was withdrawn. Record a new one instead.")


def _fill(held: CpdSession, said: Course) -> None:
    held.title, held.held_on, held.feedback = said.title, said.held_on, said.feedback
    kept = {one.theme_code: one for one in held.themes}
    held.themes = [kept.get(code) or CpdTheme(theme_code=code) for code in sorted(said.themes)]
    linked = {one.evidence_id: one for one in held.evidence}
    held.evidence = [linked.get(key) or CpdEvidence(evidence_id=key) for key in sorted(said.evidence)]
