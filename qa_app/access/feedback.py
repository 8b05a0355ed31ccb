"""Which reflections and feedback letters a person may see: what an audit gives back to those whose work it is about."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, or_, select, true
from sqlalchemy.orm import Session

from audit_forms.lifecycle import State
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.access.line import below
from qa_app.access.permissions import Can, Role
from qa_app.models import Audit, FrameMember, Judgement, Reflection

Row = TypeVar("Row")


def settled() -> ColumnElement[bool]:
    """Graded audits of work with a child whose final grades stand.

    They are agreed, or in a closed month, or the month's sample was drawn without them, or no sample is drawn of their
    tool. While an audit waits for the sample, or is being moderated, its grades may still change: no letter yet.
    """
    in_frame = exists().where(FrameMember.audit_id == Audit.id)
    unsampled = (Audit.state == State.SUBMITTED) & (in_frame | (Audit.stream == "started"))
    graded = exists().where(Judgement.audit_id == Audit.id, Judgement.stage == "auditor")
    of_a_child = Audit.case_id.is_not(None) & Audit.batch_id.is_(None)
    return (Audit.state.in_((State.AGREED, State.CLOSED)) | unsampled) & graded & of_a_child


def own_reflections(actor: Actor) -> Select[Reflection]:
    """The reflections this person is asked for or has given."""
    mine = Reflection.person_id == actor.person_id if actor.may(Can.REFLECTION_GIVE) else false()
    return select(Reflection).join(Audit, Audit.id == Reflection.audit_id).where(mine, ~scope.awaiting_own_grade(actor))


def own_reflection(session: Session, actor: Actor, reflection_id: UUID) -> Reflection:
    """One reflection this person is asked for.

    Raises:
        OutOfScopeError: it is not there or not theirs.
    """
    return _one(session, own_reflections(actor).where(Reflection.id == reflection_id))


def disputes(actor: Actor) -> Select[Reflection]:
    """The disputes this person decides, of audits they may read: a moderator learns of none they may yet grade."""
    decides = true() if actor.may(Can.REFLECTION_DECIDE) else false()
    readable = scope.readable_audits(actor).with_only_columns(Audit.id)
    return select(Reflection).where(
        decides, Reflection.given_at.is_not(None), Reflection.position == "disputes", Reflection.audit_id.in_(readable)
    )


def dispute(session: Session, actor: Actor, reflection_id: UUID) -> Reflection:
    """One dispute to decide.

    Raises:
        OutOfScopeError: it is not there or not this person's to decide.
    """
    return _one(session, disputes(actor).where(Reflection.id == reflection_id))


def letters(actor: Actor) -> Select[Audit]:
    """The audits whose letter this person may read: of their own work, their line's, their service's, or all."""
    if not actor.may(Can.LETTER_READ):
        return select(Audit).where(false())
    own = exists().where(Reflection.audit_id == Audit.id, Reflection.person_id == actor.person_id)
    line = below(actor.person_id)
    seen = [Audit.worker_id == actor.person_id, Audit.worker_id.in_(line)]
    seen.append(exists().where(Reflection.audit_id == Audit.id, Reflection.person_id.in_(line)))
    if Role.HEAD_OF_SERVICE in actor.roles:
        seen.append(true() if actor.services is None else Audit.service_id.in_(actor.services))
    if Role.QA_LEAD in actor.roles:
        seen.append(true())
    # Whoever was asked to reflect on an audit is never given it to grade, so nothing is lost by their reading it.
    others = or_(*seen) & ~scope.may_come_to_grade(actor)
    return select(Audit).where(own | others, settled(), ~scope.awaiting_own_grade(actor))


def letter(session: Session, actor: Actor, audit_id: UUID) -> Audit:
    """One audit whose letter this person may read.

    Raises:
        OutOfScopeError: it is not there, not this person's to see, or its final grades do not stand yet.
    """
    return _one(session, letters(actor).where(Audit.id == audit_id))


def is_settled(session: Session, audit: Audit) -> bool:
    """Whether the final grades of an audit stand, so that there is a letter."""
    return session.scalar(select(Audit.id).where(Audit.id == audit.id, settled())) is not None


def _one(session: Session, query: Select[Row]) -> Row:
    found = session.scalar(query)
    if found is None:
        raise scope.OutOfScopeError
    return found
