"""Alerts that a child may not be safe: raised as the answer is saved, told at once, open until acknowledged."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from audit_forms.safety import UNSAFE, is_worried
from qa_app.models import Alert, AlertRecipient, Audit
from qa_app.queries import alert_people
from qa_app.services import outbox, settings
from qa_app.services.events import record

LONGEST_NOTE = 2000


class NoteMissing(ValueError):  # noqa: N818 - named for the fault
    """Somebody acknowledges an alert without saying what was done."""


class NotTheirs(ValueError):  # noqa: N818 - named for the fault
    """Whoever raised an alert cannot answer it themselves."""


class Answered(ValueError):  # noqa: N818 - named for the fault
    """An alert was acknowledged before."""


def follow(session: Session, audit: Audit, stage: str, answer: object, *, by: str, at: datetime) -> None:
    """Keep the alert of an audit in step with what its writer answers to 'is the child safe now?'.

    A worrying answer raises one, unless one stands; 'safe' lifts it. After it was acknowledged, a new one is raised
    when the fear comes back or grows from 'not sure' to 'no'. Whoever writes holds the audit, so there is one writer.
    """
    last = _last(session, audit.id, stage)
    if not is_worried(answer):
        if last is not None and last.lifted_at is None:
            last.lifted_at, last.lifted_by = at, by
            _note(session, last, "lifted", by=by, at=at)
        return
    code = str(answer)
    if last is None or (last.acknowledged_at is not None and (last.lifted_at is not None or _is_worse(last, code))):
        _raise(session, audit, stage, code, by=by, at=at)
    elif last.acknowledged_at is None and (last.lifted_at is not None or _is_worse(last, code)):
        last.answer, last.lifted_at, last.lifted_by = code, None, None
        _note(session, last, "raised_again", by=by, at=at)
        _tell(session, last, audit, _told(session, last), "alert.raised", at=at)


def acknowledge(session: Session, alert: Alert, note: str, *, by: str, at: datetime) -> None:
    """Answer an alert: what was done about it, by whom and after how long.

    Raises:
        NoteMissing: nothing is said, or too much.
        NotTheirs: they raised it themselves.
        Answered: somebody did before.
    """
    said = note.strip()
    if not said:
        raise NoteMissing("Say what was done to make sure that the child is safe.")
    if len(said) > LONGEST_NOTE:
        raise NoteMissing(f"Shorten this to {LONGEST_NOTE:,} characters or fewer. It has {len(said):,}.")
    if alert.raised_by == by:
        raise NotTheirs("You raised this alert, so somebody else has to acknowledge it.")
    done = session.execute(
        update(Alert)
        .where(Alert.id == alert.id, Alert.acknowledged_at.is_(None))
        .values(acknowledged_at=at, acknowledged_by=by, acknowledged_note=said)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise Answered("Somebody has acknowledged this alert already.")
    session.refresh(alert)
    _note(session, alert, "acknowledged", by=by, at=at, minutes=minutes_open(alert, at))


def remind(session: Session, *, at: datetime) -> int:
    """Tell again of alerts nobody has acknowledged for the set hours, and one level further up; how many those were.

    Safe to run twice or in parallel: each round of an alert is taken by one.
    """
    wait = timedelta(hours=settings.number(session, "alert_hours"))
    told = 0
    for alert in session.scalars(select(Alert).where(Alert.acknowledged_at.is_(None)).order_by(Alert.raised_at)).all():
        if (alert.reminded_at or alert.raised_at) + wait > at or not _take(session, alert, at=at):
            continue
        new = alert_people.further_up(session, alert)
        _add(session, alert, new, at=at)
        _tell(session, alert, alert.audit, _told(session, alert), "alert.waits", at=at)
        _note(session, alert, "told_again", by="os:run-due", at=at, round=alert.reminders, added=len(new))
        told += 1
    return told


def minutes_open(alert: Alert, at: datetime) -> int:
    """How long an alert has been open, or was, in whole minutes."""
    return int(((alert.acknowledged_at or at) - alert.raised_at).total_seconds() // 60)


def _take(session: Session, alert: Alert, *, at: datetime) -> bool:
    """Claim the next round of reminders of an alert; False when another run has it."""
    taken = session.execute(
        update(Alert)
        .where(Alert.id == alert.id, Alert.reminders == alert.reminders, Alert.acknowledged_at.is_(None))
        .values(reminders=alert.reminders + 1, reminded_at=at)
    )
    session.refresh(alert)
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _last(session: Session, audit_id: UUID, stage: str) -> Alert | None:
    newest = select(Alert).where(Alert.audit_id == audit_id, Alert.stage == stage)
    return session.scalars(newest.order_by(Alert.raised_at.desc(), Alert.acknowledged_at.is_(None).desc())).first()


def _is_worse(alert: Alert, answer: str) -> bool:
    return UNSAFE.index(answer) > UNSAFE.index(alert.answer)


def _raise(session: Session, audit: Audit, stage: str, answer: str, *, by: str, at: datetime) -> None:
    made = Alert(
        id=uuid4(), audit_id=audit.id, stage=stage, answer=answer, raised_at=at, raised_by=by, reminders=0,
        acknowledged_note="",
    )  # fmt: skip
    session.add(made)
    session.flush()
    people = alert_people.duty(session, audit, by=by)
    _add(session, made, people, at=at)
    _tell(session, made, audit, people, "alert.raised", at=at)
    _note(session, made, "raised", by=by, at=at, told=len(people))


def _add(session: Session, alert: Alert, people: Mapping[UUID, str], *, at: datetime) -> None:
    session.add_all(
        AlertRecipient(alert_id=alert.id, person_id=one, because=why, told_at=at) for one, why in people.items()
    )
    session.flush()


def _told(session: Session, alert: Alert) -> list[UUID]:
    return list(session.scalars(select(AlertRecipient.person_id).where(AlertRecipient.alert_id == alert.id)))


def _tell(
    session: Session, alert: Alert, audit: Audit, people: Iterable[UUID], kind: str, *, at: datetime
) -> None:  # fmt: skip
    """At once, and of the audit nothing but its number."""
    outbox.tell(
        session, people, kind, at=at, about=("alert", alert.id), urgent=True,
        once=f"{alert.id.hex}:{alert.answer}:{alert.reminders}:{at.timestamp():.0f}",
        reference=audit.reference, alert=str(alert.id),
    )  # fmt: skip


def _note(session: Session, alert: Alert, verb: str, *, by: str, at: datetime, **counts: Any) -> None:
    session.flush()
    record(
        session, f"alert.{verb}", "alert", alert.id, by=by, at=at,
        audit=str(alert.audit_id), stage=alert.stage, **counts,
    )  # fmt: skip
