"""Which alerts a person may see: those told of them, and the QA lead and Heads of Service whose they are."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session

from audit_forms.lifecycle import State
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.access.permissions import Can, Role
from qa_app.models import Alert, AlertRecipient, Audit

GRADED = (State.MODERATED, State.AGREED, State.CLOSED)


def visible(actor: Actor) -> Select[Alert]:
    """The alerts this person may see and answer.

    Whoever moderates sees no alert of an audit that may come to them, unless it was they who were told: that is their
    duty, and as they have learnt of it they are not given that audit to grade (`queries/ties.readers`).
    """
    if not actor.may(Can.ALERT_ACKNOWLEDGE):
        return select(Alert).where(false())
    told = Alert.id.in_(select(AlertRecipient.alert_id).where(AlertRecipient.person_id == actor.person_id))
    return select(Alert).where(or_(told, _by_role(actor)))


def alert(session: Session, actor: Actor, alert_id: UUID) -> Alert:
    """One alert.

    Raises:
        OutOfScopeError: it is not there or not this person's to see.
    """
    found = session.scalar(visible(actor).where(Alert.id == alert_id))
    if found is None:
        raise scope.OutOfScopeError
    return found


def shown_on_audits() -> ColumnElement[bool]:
    """Alerts that belong to what readers of an audit see: a moderator's only once they have graded."""
    graded = Alert.audit_id.in_(select(Audit.id).where(Audit.state.in_(GRADED)))
    return (Alert.stage == "auditor") | graded


def _by_role(actor: Actor) -> ColumnElement[bool]:
    if not actor.roles & {Role.QA_LEAD, Role.HEAD_OF_SERVICE}:
        return false()
    led = scope.services_led(actor)
    within = true() if led is None else Alert.audit_id.in_(select(Audit.id).where(Audit.service_id.in_(led)))
    if Role.MODERATOR not in actor.roles:
        return within
    return within & Alert.audit_id.in_(scope.readable_audits(actor).with_only_columns(Audit.id))
