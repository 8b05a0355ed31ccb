"""Overrides of independence as lists, and who asked and answered by name."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access import seconds
from qa_app.access.actor import Actor
from qa_app.models import Audit, Moderation, Override, Person
from qa_app.models.audit import audit_reference


class Listed(NamedTuple):
    """An override: of which audit, for whom, who asked, and how it stands."""

    override_id: UUID
    reference: str
    moderator: str
    asked_by: str
    asked_by_name: str
    state: str


def listed(session: Session, actor: Actor) -> tuple[Listed, ...]:
    """The overrides this person may answer, those that wait first."""
    seen = seconds.overrides(actor).with_only_columns(Override.id)
    rows = session.execute(
        select(Override, Audit.month, Audit.number, Person.name)
        .join(Moderation, Moderation.id == Override.moderation_id)
        .join(Audit, Audit.id == Moderation.audit_id)
        .join(Person, Person.id == Override.moderator_id)
        .where(Override.id.in_(seen))
        .order_by(Override.asked_at.desc(), Audit.number)
    ).all()
    found = [
        Listed(one.id, audit_reference(month, number), name, one.asked_by, name_of(session, one.asked_by), one.state)
        for one, month, number, name in rows
    ]
    return tuple(sorted(found, key=lambda one: one.state != "asked"))


def open_of(session: Session, moderation_id: UUID) -> Override | None:
    """The override of a moderation that waits for an answer."""
    return session.scalar(select(Override).where(Override.moderation_id == moderation_id, Override.state == "asked"))


def name_of(session: Session, by: str) -> str:
    """Who `by` names."""
    kind, _, name = by.partition(":")
    found = session.get(Person, UUID(name)) if kind == "person" else None
    return found.name if found else by
