"""Which messages may not reach a person any more, because they have come to stay blind to the audit it is about."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.models import Action, Audit, Message, Reaudit, Reflection


def untold(session: Session, reader: Actor, mail_id: UUID) -> frozenset[UUID]:
    """The messages of a mail that would tell its reader of an audit they have yet to grade, or may be given to grade.

    Whoever told them may not have known: a moderation is given after an action was, and people change their roles.
    Alerts are the exception: whoever is told of one is not given that audit (`queries/ties.py`). What is one's own
    stays one's own: the auditor, the owner of an action and the worker who reflects grade no such audit either.
    """
    blind = select(Audit.id).where(or_(scope.awaiting_own_grade(reader), scope.may_come_to_grade(reader)))
    others = Action.owner_id.is_distinct_from(reader.person_id)
    about = or_(
        _about("audit", blind),
        _about("action", select(Action.id).where(Action.audit_id.in_(blind), others)),
        _about("reaudit", select(Reaudit.id).where(Reaudit.first_id.in_(blind))),
        _about(
            "reflection",
            select(Reflection.id).where(Reflection.audit_id.in_(blind), Reflection.person_id != reader.person_id),
        ),
    )
    return frozenset(session.scalars(select(Message.id).where(Message.mail_id == mail_id, about)))


def _about(kind: str, ids: Select[UUID]) -> ColumnElement[bool]:
    return (Message.about_kind == kind) & Message.about_id.in_(ids)
