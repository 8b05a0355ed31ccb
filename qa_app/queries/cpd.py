"""Training sessions as they are listed and counted: the themes behind them, and how many came from each service."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from qa_app.access.scope import OutOfScopeError
from qa_app.models import CpdEvidence, CpdSession, CpdTheme, Person

NO_SERVICE = "Other"


@dataclass(frozen=True, slots=True)
class Held:
    """A session with how many attended, in all and from each service."""

    course: CpdSession
    by_service: tuple[tuple[str, int], ...]

    @property
    def attended(self) -> int:
        return sum(number for _, number in self.by_service)

    @property
    def themes(self) -> tuple[str, ...]:
        """The themes that caused it, by code."""
        return tuple(one.theme_code for one in self.course.themes)


def listed(session: Session, *, theme: str = "", evidence: UUID | None = None) -> list[Held]:
    """The sessions that stand, the newest first; of one theme or of one entry of evidence where asked."""
    wanted = (
        select(CpdSession)
        .where(CpdSession.withdrawn_at.is_(None))
        .options(selectinload(CpdSession.themes), selectinload(CpdSession.attendance))
        .order_by(CpdSession.held_on.desc(), CpdSession.title)
    )
    if theme:
        wanted = wanted.where(CpdSession.id.in_(select(CpdTheme.session_id).where(CpdTheme.theme_code == theme)))
    if evidence is not None:
        linked = select(CpdEvidence.session_id).where(CpdEvidence.evidence_id == evidence)
        wanted = wanted.where(CpdSession.id.in_(linked))
    return [held(one) for one in session.scalars(wanted)]


def held(course: CpdSession) -> Held:
    """A session with its counts; who was struck out did not attend."""
    came = [one for one in course.attendance if one.struck_at is None]
    counted = Counter(one.service.name if one.service is not None else NO_SERVICE for one in came)
    return Held(course, tuple(sorted(counted.items())))


def one(session: Session, course_id: UUID) -> CpdSession:
    """One session that stands.

    Raises:
        OutOfScopeError: there is none, or it was withdrawn.
    """
    found = session.get(CpdSession, course_id)
    if found is None or found.withdrawn_at is not None:
        raise OutOfScopeError
    return found


def people_of(session: Session, team_id: UUID, course: CpdSession) -> list[Person]:
    """The people of a team who could have attended: the active ones, and whoever of it is noted already."""
    noted = [one.person_id for one in course.attendance if one.struck_at is None]
    return list(
        session.scalars(
            select(Person)
            .where(Person.team_id == team_id, Person.active | Person.id.in_(noted))
            .order_by(Person.name, Person.id)
        )
    )
