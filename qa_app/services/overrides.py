"""A moderation for somebody who is tied to the audit: one person asks with a reason, another one agrees or refuses."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.independence import Conflict
from qa_app.access.permissions import Role
from qa_app.models import Moderation, Override, Person, RoleGrant
from qa_app.queries import ties
from qa_app.services import drafts, moderators, outbox
from qa_app.services.events import record
from qa_app.services.moderators import IN_HAND


class OverrideRefused(ValueError):  # noqa: N818 - named for the fault
    """This cannot be asked for or agreed to; the message says why."""


def ask(
    session: Session, moderation: Moderation, moderator: Person, reason: str, *, by: str, at: datetime
) -> Override:  # fmt: skip
    """Ask that somebody moderates an audit they are tied to; nothing changes until a second person agrees.

    Raises:
        OverrideRefused: it is graded, asked for already, needs no override, cannot be overridden, or has no reason.
    """
    _hold(session, moderation)
    if not reason.strip():
        raise OverrideRefused("Say why nobody independent can do it. The reason is kept.")
    if by == f"person:{moderator.id}":
        raise OverrideRefused("Nobody asks for themselves.")
    if session.scalar(select(Override.id).where(Override.moderation_id == moderation.id, Override.state == "asked")):
        raise OverrideRefused("An override is asked for already. It has to be answered first.")
    found = _conflicts(session, moderation, moderator)
    made = Override(
        id=uuid4(), moderation_id=moderation.id, moderator_id=moderator.id, conflicts=[one.value for one in found],
        reason=reason.strip(), asked_at=at, asked_by=by, state="asked",
    )  # fmt: skip
    session.add(made)
    session.flush()
    record(session, "override.asked", "override", made.id, by=by, at=at, conflicts=made.conflicts)
    outbox.tell(
        session, _second_people(session, moderation, by), "override.asked", at=at, about=("override", made.id),
        reference=moderation.audit.reference, override=str(made.id),
    )  # fmt: skip
    return made


def answer(session: Session, override: Override, *, agree: bool, words: str, by: str, at: datetime) -> None:
    """Agree or refuse as the second person; agreed, the moderation is the moderator's, and out of the headline.

    Raises:
        OverrideRefused: the same person asked, or it is the moderator, it is answered, or the ties are others now.
    """
    session.refresh(override, with_for_update=True)
    moderation = override.moderation
    _hold(session, moderation)
    if override.state != "asked":
        raise OverrideRefused("This is answered already.")
    if by in (override.asked_by, f"person:{override.moderator_id}"):
        raise OverrideRefused("Somebody else has to agree: not who asked, and not the moderator.")
    if not words.strip():
        raise OverrideRefused("Say why. What you say is kept.")
    if agree and {one.value for one in _conflicts(session, moderation, override.moderator)} - set(override.conflicts):
        raise OverrideRefused("More ties this person to the audit now than when it was asked. Refuse it.")
    override.state = "agreed" if agree else "refused"
    override.answered_at, override.answered_by, override.answer = at, by, words.strip()
    if agree:
        moderators.hand_over(session, moderation, override.moderator, "overridden")
    session.flush()
    record(session, f"override.{override.state}", "override", override.id, by=by, at=at, conflicts=override.conflicts)


def allowed(session: Session, moderation: Moderation) -> frozenset[Conflict]:
    """The ties of its moderator that two people looked past."""
    if moderation.independence != "overridden":
        return frozenset()
    found = session.scalar(
        select(Override.conflicts)
        .where(
            Override.moderation_id == moderation.id, Override.moderator_id == moderation.moderator_id,
            Override.state == "agreed",
        )
        .order_by(Override.answered_at.desc())
        .limit(1)
    )  # fmt: skip
    return frozenset(Conflict(one) for one in found or ())


def _conflicts(session: Session, moderation: Moderation, moderator: Person) -> tuple[Conflict, ...]:
    if moderator.id not in {person.id for person in ties.holders(session, Role.MODERATOR)}:
        raise OverrideRefused("This person is not a moderator. Ask the administrator to grant the role first.")
    found = moderators.conflicts(session, moderation.audit, moderator, blind=moderation.mode == "blind")
    if not found:
        raise OverrideRefused("This person is independent of the audit. Give it to them without an override.")
    if Conflict.OWN_AUDIT in found:
        raise OverrideRefused("Nobody moderates an audit of their own.")
    if Conflict.HAS_READ in found:
        raise OverrideRefused("They have read this audit, so they cannot grade it blind. Make it sighted first.")
    return found


def _hold(session: Session, moderation: Moderation) -> None:
    drafts.lock(session, moderation.audit_id)
    session.refresh(moderation)
    if moderation.state not in IN_HAND:
        raise OverrideRefused("This audit has been moderated, or its month is closed.")


def _second_people(session: Session, moderation: Moderation, by: str) -> list[UUID]:
    """Other QA leads, and the Heads of Service of the audit's service."""
    grants = session.execute(
        select(RoleGrant.person_id, RoleGrant.role, RoleGrant.service_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.granted_at.is_not(None), RoleGrant.ended_at.is_(None), Person.active,
            RoleGrant.role.in_((Role.QA_LEAD, Role.HEAD_OF_SERVICE)),
        )
    )  # fmt: skip
    service = moderation.audit.service_id
    fits = [
        person_id for person_id, role, led in grants
        if f"person:{person_id}" != by and (role == Role.QA_LEAD or led in (None, service))
    ]  # fmt: skip
    return sorted(set(fits), key=str)
