"""The list of cases as the QA lead sees it: counted by team, without references, with the month of the last audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from qa_app.access.actor import Actor
from qa_app.access.scope import SUBMITTED, readable_cases
from qa_app.models import Audit, Case, Team

PAGE: Final = 50


class TeamCount(NamedTuple):
    """How many open cases a team holds."""

    team_id: UUID
    team: str
    cases: int


class Listed(NamedTuple):
    """One case, and the month it was last audited in."""

    case: Case
    last_audited: date | None


@dataclass(frozen=True)
class Page:
    """One page of the open cases of a team, or of all."""

    cases: Sequence[Listed]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def by_team(session: Session) -> tuple[TeamCount, ...]:
    """The open cases of the case list, counted by the team that holds them."""
    rows = session.execute(
        select(Team.id, Team.name, func.count())
        .join(Case, Case.team_id == Team.id)
        .where(Case.open, Case.listed)
        .group_by(Team.id, Team.name)
        .order_by(Team.name)
    )
    return tuple(TeamCount(*row) for row in rows)


def unlisted(session: Session) -> int:
    """How many cases are known only from an imported register."""
    return session.scalar(select(func.count()).select_from(Case).where(Case.listed.is_(False))) or 0


def page_of(session: Session, actor: Actor, *, team_id: UUID | None = None, page: int = 1) -> Page:
    """The open cases a person may list, a page at a time; pages count from 1."""
    query = readable_cases(actor).where(Case.open, Case.listed)
    if team_id is not None:
        query = query.where(Case.team_id == team_id)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    at = min(max(page, 1), max(1, -(-total // PAGE)))
    found = session.scalars(
        query.join(Case.team, isouter=True)
        .order_by(Team.name, Case.id)
        .options(selectinload(Case.team), selectinload(Case.worker))
        .limit(PAGE)
        .offset((at - 1) * PAGE)
    ).all()
    audited = _last_audited(session, [case.id for case in found])
    return Page([Listed(case, audited.get(case.id)) for case in found], total, at)


def _last_audited(session: Session, cases: Sequence[UUID]) -> dict[UUID, date]:
    rows = session.execute(
        select(Audit.case_id, func.max(Audit.month).label("month"))
        .where(Audit.case_id.in_(cases), Audit.state.in_(SUBMITTED))
        .group_by(Audit.case_id)
    )
    return {row.case_id: row.month for row in rows}
