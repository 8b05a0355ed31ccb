"""The line of management: who stands below whom in the staff list."""

from uuid import UUID

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from qa_app.models import Person


def below(person_id: UUID) -> Select[UUID]:
    """Everybody whose line of managers leads to this person; a loop in the staff list ends the chain."""
    # Without a name of its own: one statement may ask it more than once.
    reports = select(Person.id).where(Person.line_manager_id == person_id).cte(recursive=True)
    everybody = reports.union(select(Person.id).join(reports, Person.line_manager_id == reports.c.id))
    return select(everybody.c.id)


def teams_led(session: Session, person_id: UUID) -> frozenset[UUID]:
    """The teams somebody answers for: at least half of the other people in each stand below them.

    A single report in another team does not open that team's figures.
    """
    theirs = func.sum(case((Person.id.in_(below(person_id)), 1), else_=0))
    members = (
        select(Person.team_id)
        .where(Person.active, Person.team_id.is_not(None), Person.id != person_id)
        .group_by(Person.team_id)
        .having(2 * theirs >= func.count())
    )
    return frozenset(team for team in session.scalars(members) if team is not None)
