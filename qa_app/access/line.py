"""The line of management: who stands below whom in the staff list."""

from uuid import UUID

from sqlalchemy import Select, select

from qa_app.models import Person


def below(person_id: UUID) -> Select[UUID]:
    """Everybody whose line of managers leads to this person; a loop in the staff list ends the chain."""
    # Without a name of its own: one statement may ask it more than once.
    reports = select(Person.id).where(Person.line_manager_id == person_id).cte(recursive=True)
    everybody = reports.union(select(Person.id).join(reports, Person.line_manager_id == reports.c.id))
    return select(everybody.c.id)
