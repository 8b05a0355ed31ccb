"""Which self-checks a person may see: their own, and for the QA lead all but of audits they may grade themselves."""

from uuid import UUID

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import Session

from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.models import Audit, Reading


def visible(actor: Actor) -> Select[Reading]:
    """The self-checks this person is asked for, and those they ask for: none of an audit they have to stay blind to."""
    mine = Reading.reader_id == actor.person_id if actor.may(Can.CALIBRATION_TAKE) else false()
    blind = or_(scope.awaiting_own_grade(actor), scope.may_come_to_grade(actor))
    runs = ~blind if actor.may(Can.CALIBRATION_RUN) else false()
    of = select(Reading).join(Audit, Audit.id == Reading.audit_id)
    return of.where(Reading.kind == "self", or_(mine, runs))


def one(session: Session, actor: Actor, reading_id: UUID) -> Reading:
    """One self-check.

    Raises:
        OutOfScopeError: it is not there or not this person's to see.
    """
    found = session.scalar(visible(actor).where(Reading.id == reading_id))
    if found is None:
        raise OutOfScopeError
    return found


def own(session: Session, actor: Actor, reading_id: UUID) -> Reading:
    """One self-check this person is asked for.

    Raises:
        OutOfScopeError: it is not there or not theirs.
    """
    found = one(session, actor, reading_id)
    if found.reader_id != actor.person_id:
        raise OutOfScopeError
    return found


def to_run(session: Session, actor: Actor, reading_id: UUID) -> Reading:
    """One self-check of somebody's to run; one's own is called off by another lead.

    Raises:
        OutOfScopeError: it is not there or not this person's to run.
    """
    found = one(session, actor, reading_id)
    if not actor.may(Can.CALIBRATION_RUN) or found.reader_id == actor.person_id:
        raise OutOfScopeError
    return found
