"""Alerts as pages show them: how long each is open, who was told, and of the audit no more than was done about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from audit_forms.answers import values
from audit_forms.questions import kind_of
from audit_forms.safety import AGREED, TOLD, TOLD_ON
from qa_app.access import alerts, scope
from qa_app.access.actor import Actor
from qa_app.models import Alert, AlertRecipient, Answers, Audit, Draft, Moderation, Person
from qa_app.queries.doers import doer
from qa_app.queries.tools import tool_of

LATELY = 50  # acknowledged alerts that a list goes back
BECAUSE = {
    "service_manager": "Service manager",
    "head_of_service": "Head of Service",
    "line_manager": "Line manager further up",
    "qa_lead": "QA lead",
}
ANSWERS = {"not_sure": "Not sure that the child is safe", "no": "The child is not safe"}


class Told(NamedTuple):
    """Somebody who was told, why, and when."""

    name: str
    because: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """One alert: of which audit, since when, lifted or not, and who answered it, after how many minutes."""

    alert_id: UUID
    audit_id: UUID
    reference: str
    team: str
    service: str
    answer: str
    raised_at: datetime
    minutes: int
    lifted_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    note: str

    @property
    def is_open(self) -> bool:
        """Whether it still waits for somebody."""
        return self.acknowledged_at is None


class Own(NamedTuple):
    """An alert on the pages of whoever raised it, with who was told."""

    standing: Standing
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """All that somebody who is told may know: the alert, whom to phone, and what was done about it so far."""

    standing: Standing
    phone: str
    role: str
    told: tuple[Told, ...]
    recorded: tuple[tuple[str, str], ...]
    is_readable: bool


def waiting(session: Session, actor: Actor, *, at: datetime) -> tuple[Standing, ...]:
    """The alerts nobody has acknowledged yet that this person may see, the one that waits longest first."""
    query = alerts.visible(actor).where(Alert.acknowledged_at.is_(None)).order_by(Alert.raised_at)
    return _standing(session, query, at=at)


def unsettled(session: Session, actor: Actor, cycle_id: UUID, *, at: datetime) -> tuple[Standing, ...]:
    """The alerts of a month's audits that nobody has acknowledged, as far as this person may see them."""
    of_month = Alert.audit_id.in_(select(Audit.id).where(Audit.cycle_id == cycle_id))
    query = alerts.visible(actor).where(Alert.acknowledged_at.is_(None), of_month).order_by(Alert.raised_at)
    return _standing(session, query, at=at)


def answered(session: Session, actor: Actor, *, at: datetime) -> tuple[Standing, ...]:
    """Those acknowledged last."""
    query = alerts.visible(actor).where(Alert.acknowledged_at.is_not(None)).order_by(Alert.acknowledged_at.desc())
    return _standing(session, query.limit(LATELY), at=at)


def of_audit(session: Session, audit: Audit, *, at: datetime) -> tuple[Standing, ...]:
    """Every alert of an audit for those who may read it, the newest first."""
    query = select(Alert).where(Alert.audit_id == audit.id, alerts.shown_on_audits())
    return _standing(session, query.order_by(Alert.raised_at.desc()), at=at)


def of_writer(session: Session, audit_id: UUID, stage: str, *, at: datetime) -> Own | None:
    """The newest alert of whoever writes, with who was told of it, for their own pages."""
    query = select(Alert).where(Alert.audit_id == audit_id, Alert.stage == stage).order_by(Alert.raised_at.desc())
    found = _standing(session, query.limit(1), at=at)
    return Own(found[0], _told(session, found[0].alert_id)) if found else None


def detail(session: Session, actor: Actor, alert: Alert, *, at: datetime) -> Detail:
    """One alert with all that may be known of it."""
    audit = alert.audit
    phone, role = _writer(session, alert, audit)
    readable = scope.readable_audits(actor).with_only_columns(Audit.id).where(Audit.id == audit.id)
    return Detail(
        standing=_standing(session, select(Alert).where(Alert.id == alert.id), at=at)[0],
        phone=phone,
        role=role,
        told=_told(session, alert.id),
        recorded=_recorded(session, alert, audit),
        is_readable=session.scalar(readable) is not None,
    )


def _standing(session: Session, query: Select[Alert], *, at: datetime) -> tuple[Standing, ...]:
    found = []
    for alert in session.scalars(query).all():
        audit = alert.audit
        until = alert.acknowledged_at or at
        found.append(
            Standing(
                alert_id=alert.id,
                audit_id=audit.id,
                reference=audit.reference,
                team=audit.team.name,
                service=audit.team.service.name,
                answer=ANSWERS.get(alert.answer, ""),
                raised_at=alert.raised_at,
                minutes=max(0, int((until - alert.raised_at).total_seconds() // 60)),
                lifted_at=alert.lifted_at,
                acknowledged_at=alert.acknowledged_at,
                acknowledged_by=doer(session, alert.acknowledged_by) if alert.acknowledged_by else "",
                note=alert.acknowledged_note,
            )
        )
    return tuple(found)


def _told(session: Session, alert_id: UUID) -> tuple[Told, ...]:
    rows = session.execute(
        select(Person.name, AlertRecipient.because, AlertRecipient.told_at)
        .join(AlertRecipient, AlertRecipient.person_id == Person.id)
        .where(AlertRecipient.alert_id == alert_id)
        .order_by(AlertRecipient.told_at, Person.name)
    )
    return tuple(Told(name, BECAUSE[because], at) for name, because, at in rows)


def _writer(session: Session, alert: Alert, audit: Audit) -> tuple[str, str]:
    """Whoever read the record and fears: the one to phone."""
    if alert.stage == "auditor":
        return audit.auditor.name, "Auditor"
    moderation = session.scalar(select(Moderation).where(Moderation.audit_id == audit.id))
    moderator = moderation.moderator if moderation else None
    return (moderator.name if moderator else doer(session, alert.raised_by)), "Moderator"


def _recorded(session: Session, alert: Alert, audit: Audit) -> tuple[tuple[str, str], ...]:
    """Who was told, when, and what was agreed, as far as it is written down: nothing else of a draft leaves it."""
    tool = tool_of(session, audit)
    said = _said(session, alert)
    kept = values(tool, {key: said[key] for key in (TOLD, TOLD_ON, AGREED) if key in said and tool.asks(key)})
    return tuple((tool.question(key).label, kind_of(tool.question(key)).display(kept[key])) for key in kept)


def _said(session: Session, alert: Alert) -> Mapping[str, Any]:
    for table in (Answers, Draft):
        found = session.scalar(
            select(table.answers).where(table.audit_id == alert.audit_id, table.stage == alert.stage)
        )
        if found is not None:
            return dict(found)
    return {}
