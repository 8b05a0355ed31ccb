"""Whose own agreement figures somebody may see: the QA lead everybody's, a Head of Service those of their services."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.models import Person, Team


def names(session: Session, actor: Actor) -> dict[str, str]:
    """The people whose figures this person may see, names by identity.

    A Head of one service sees nobody whose team is in another, and nobody without a team.
    """
    led = scope.services_led(actor)
    query = select(Person.id, Person.name)
    if led is not None:
        query = query.join(Team, Team.id == Person.team_id).where(Team.service_id.in_(sorted(led)))
    return {str(key): name for key, name in session.execute(query)}
