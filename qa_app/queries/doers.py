"""Who did something, in words, from how events and batches name them."""

from uuid import UUID

from sqlalchemy.orm import Session

from qa_app.models import Person


def doer(session: Session, by: str) -> str:
    """Somebody's name: 'person:<id>' is a member of staff, 'os:<name>' a user of the machine."""
    kind, _, name = by.partition(":")
    if kind == "os":
        return f"{name} (command line)"
    if kind != "person":
        return by
    person = session.get(Person, UUID(name))
    return person.name if person is not None else "somebody no longer known"
