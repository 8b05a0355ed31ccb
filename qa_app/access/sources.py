"""Which practice alerts and complaints a person may see, and whose words of children they decide about."""

from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, or_, select, true
from sqlalchemy.orm import Session

from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.access.line import below, teams_led
from qa_app.access.permissions import Can, Role
from qa_app.models import Audit, Complaint, Person, PracticeAlert, PracticeAlertStep


def visible_alerts(actor: Actor) -> Select[PracticeAlert]:
    """The practice alerts this person raised, is or was to answer, or answers for as Head of Service or QA lead."""
    asked = select(PracticeAlertStep.alert_id).where(PracticeAlertStep.recipient_id == actor.person_id)
    own = or_(PracticeAlert.raiser_id == actor.person_id, PracticeAlert.id.in_(asked))
    may = true() if actor.may(Can.PRACTICE_ALERT_ANSWER) else false()
    return select(PracticeAlert).where(may, or_(own, _led(actor, PracticeAlert.service_id)))


def practice_alert(session: Session, actor: Actor, alert_id: UUID) -> PracticeAlert:
    """One practice alert.

    Raises:
        OutOfScopeError: it is not there or not this person's to see.
    """
    found = session.scalar(visible_alerts(actor).where(PracticeAlert.id == alert_id))
    if found is None:
        raise scope.OutOfScopeError
    return found


def visible_complaints(actor: Actor) -> Select[Complaint]:
    """The complaints and compliments of the services this person answers for."""
    return select(Complaint).where(_led(actor, Complaint.service_id))


def complaint(session: Session, actor: Actor, complaint_id: UUID) -> Complaint:
    """One complaint or compliment.

    Raises:
        OutOfScopeError: it is not there or not this person's to see.
    """
    found = session.scalar(visible_complaints(actor).where(Complaint.id == complaint_id))
    if found is None:
        raise scope.OutOfScopeError
    return found


def own_teams(session: Session, actor: Actor) -> frozenset[UUID]:
    """The teams of which somebody sees the true counts as their manager; the entries behind them are not theirs."""
    return teams_led(session, actor.person_id) if actor.may(Can.FIGURES_TEAM) else frozenset()


def decided_on(actor: Actor) -> ColumnElement[bool]:
    """The audits about whose words this person decides: the QA lead all, a service manager those of their line."""
    if Role.QA_LEAD in actor.roles:
        return true()
    if not actor.may(Can.QUOTATION_DECIDE):
        return false()
    manages = exists().where(Person.id == actor.person_id, Person.job_title.ilike("%service manager%"))
    line = below(actor.person_id)
    teams = select(Person.team_id).where(Person.id.in_(line), Person.team_id.is_not(None))
    return manages & or_(Audit.worker_id.in_(line), Audit.worker_id.is_(None) & Audit.team_id.in_(teams))


def _led(actor: Actor, service: Any) -> ColumnElement[bool]:
    """That a row belongs to a service whose true counts this person may see."""
    if not actor.may(Can.SOURCE_READ):
        return false()
    led = scope.services_led(actor)
    return true() if led is None else cast("ColumnElement[bool]", service.in_(sorted(led)))
