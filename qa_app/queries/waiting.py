"""What waits for one person today, as the day's digest tells it: computed when the digest is written, never kept."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from audit_forms.lifecycle import State
from qa_app.access import scope
from qa_app.access.actions import own, visible_actions
from qa_app.access.actor import Actor
from qa_app.access.alerts import visible
from qa_app.access.permissions import Can
from qa_app.clock import LONDON, london_day
from qa_app.models import Action, Alert, Audit, Cycle, Draft, Reflection
from qa_app.models.audit import audit_reference
from qa_app.queries import calibrations, challenges, documents, practice_alerts, quotations, readings, self_checks
from qa_app.queries.worklists import moderating
from qa_app.reports.dates import weekday_name
from qa_app.reports.mails import Rank

SOON: Final = 3  # days


class Waits(NamedTuple):
    """One thing that waits: the kind of its sentence in `qa_app/reports/messages.py`, with what it holds."""

    rank: Rank
    kind: str
    detail: dict[str, str | int]


def waiting(session: Session, actor: Actor, *, today: date, untouched_days: int) -> tuple[Waits, ...]:
    """Everything that waits for this person today; whoever has to stay blind to something does not find it here."""
    return (
        *_alerts(session, actor),
        *_audits(session, actor, today),
        *_actions(session, actor, today),
        *_practice_alerts(session, actor, today),
        *_moderations(session, actor),
        *_disputes(session, actor),
        *_quotations(session, actor),
        *_seconds(session, actor),
        *_practice(session, actor, today),
        *_drafts(session, actor, today, untouched_days),
        *_documents(session, actor, today),
    )


def _alerts(session: Session, actor: Actor) -> Iterator[Waits]:
    """Alerts nobody has acknowledged that this person can answer."""
    open_ones = visible(actor).where(Alert.acknowledged_at.is_(None)).subquery()
    found = session.scalar(select(func.count()).select_from(open_ones))
    if found:
        yield Waits(Rank.ALERT, "waiting.alerts", {"alerts": counted(found, "alert")})


def _audits(session: Session, actor: Actor, today: date) -> Iterator[Waits]:
    """Audits of one's own that are late or due within a few days; late work that was accepted has no date."""
    mine = scope.own_audits(actor).where(Audit.state.in_((State.ALLOCATED, State.DRAFT)), Audit.late_at.is_(None))
    found = mine.subquery()
    rows = session.execute(
        select(found.c.id, found.c.month, found.c.number, Cycle.due_on)
        .join(Cycle, Cycle.id == found.c.cycle_id)
        .where(Cycle.state == "released", Cycle.due_on <= today + timedelta(days=SOON))
        .order_by(Cycle.due_on, found.c.month, found.c.number)
    )
    for audit_id, month, number, due_on in rows:
        rank, kind = _by(due_on, today, "audit")
        yield Waits(
            rank,
            kind,
            {"audit": str(audit_id), "reference": audit_reference(month, number), "due": when(due_on, today)},
        )


def _actions(session: Session, actor: Actor, today: date) -> Iterator[Waits]:
    """Actions of one's own that are late or due within a few days."""
    rows = session.execute(
        visible_actions(actor)
        .where(own(actor), Action.state == "open", Action.due_on <= today + timedelta(days=SOON))
        .with_only_columns(Action.id, Action.number, Action.due_on, Audit.month, Audit.number.label("audit"))
        .order_by(Action.due_on, Audit.month, Audit.number, Action.number)
    )
    for action_id, number, due_on, month, audit in rows:
        rank, kind = _by(due_on, today, "action")
        reference, due = audit_reference(month, audit), when(due_on, today)
        yield Waits(rank, kind, {"action": str(action_id), "number": number, "reference": reference, "due": due})


def _practice_alerts(session: Session, actor: Actor, today: date) -> Iterator[Waits]:
    """Practice alerts that this person is to answer, overdue or due within a few days."""
    for one in practice_alerts.to_answer(session, actor, today=today):
        if (due := one.step.due_on) is not None and due <= today + timedelta(days=SOON):
            rank, kind = _by(due, today, "practice_alert")
            yield Waits(rank, kind, {"alert": str(one.alert.id), "due": when(due, today)})


def _moderations(session: Session, actor: Actor) -> Iterator[Waits]:
    if not actor.may(Can.MODERATION_GRADE):
        return
    found = moderating(session, actor)
    if found.to_grade:
        yield Waits(Rank.WAITS, "waiting.grade", {"moderations": counted(found.to_grade, "moderation")})
    if found.to_agree:
        yield Waits(Rank.WAITS, "waiting.agree", {"moderations": counted(found.to_agree, "moderation")})


def _disputes(session: Session, actor: Actor) -> Iterator[Waits]:
    """Disputes nobody has answered, of audits the person may read."""
    if not actor.may(Can.REFLECTION_DECIDE):
        return
    may_read = scope.readable_audits(actor).with_only_columns(Audit.id)
    found = session.scalar(
        select(func.count())
        .select_from(Reflection)
        .where(
            Reflection.position == "disputes",
            Reflection.given_at.is_not(None),
            Reflection.decided_at.is_(None),
            Reflection.audit_id.in_(may_read),
        )
    )
    if found:
        yield Waits(Rank.WAITS, "waiting.disputes", {"disputes": counted(found, "dispute")})


def _quotations(session: Session, actor: Actor) -> Iterator[Waits]:
    """Words of children and families nobody has decided about, where this person does."""
    if actor.may(Can.QUOTATION_DECIDE) and (found := quotations.waiting(session, actor)):
        yield Waits(Rank.WAITS, "waiting.quotations", {"quotations": counted(found, "quotation")})


def _seconds(session: Session, actor: Actor) -> Iterator[Waits]:
    """Third readings to give, and challenges to decide or to give to somebody who decides."""
    if actor.may(Can.MODERATION_GRADE):
        for one in readings.tasks(session, actor):
            yield Waits(Rank.WAITS, "waiting.read", {"reading": str(one.reading_id), "reference": one.reference})
    if actor.may(Can.CHALLENGE_DECIDE):
        mine = [one for one in challenges.listed(session, actor, own=True) if one.decided_on is None]
        if mine:
            yield Waits(Rank.WAITS, "waiting.challenges", {"challenges": counted(len(mine), "challenge")})
    if actor.may(Can.MODERATION_RUN):
        every = challenges.listed(session, actor, own=False)
        nobodys = [one for one in every if one.decided_on is None and not one.decider]
        if nobodys:
            said = counted(len(nobodys), "challenge")
            yield Waits(Rank.WAITS, "waiting.challenges_without", {"challenges": said})


def _practice(session: Session, actor: Actor, today: date) -> Iterator[Waits]:
    """Exercises whose last day is near or over, and self-checks, that wait for one's own grades."""
    if not actor.may(Can.CALIBRATION_TAKE):
        return
    for one in calibrations.to_give(session, actor):
        if one.until <= today + timedelta(days=SOON):
            rank, kind = _by(one.until, today, "exercise")
            yield Waits(rank, kind, {"calibration": str(one.calibration_id), "due": when(one.until, today)})
    for again in self_checks.to_give(session, actor):
        yield Waits(Rank.WAITS, "waiting.self_check", {"reading": str(again.reading_id)})


def _drafts(session: Session, actor: Actor, today: date, untouched_days: int) -> Iterator[Waits]:
    """Drafts nobody has written in for some days, of audits that are not due yet: those that are stand above."""
    found = scope.own_audits(actor).where(Audit.state == State.DRAFT).subquery()
    before = datetime.combine(today - timedelta(days=untouched_days), time(), LONDON)
    rows = session.execute(
        select(found.c.id, found.c.month, found.c.number, Draft.saved_at)
        .join(Draft, (Draft.audit_id == found.c.id) & (Draft.stage == "auditor"))
        .join(Cycle, Cycle.id == found.c.cycle_id)
        .where(
            Draft.saved_at < before,
            Cycle.state == "released",
            or_(Cycle.due_on > today + timedelta(days=SOON), found.c.late_at.is_not(None)),
        )
        .order_by(Draft.saved_at, found.c.number)
    )
    for audit_id, month, number, saved_at in rows:
        saved = weekday_name(saved_at.astimezone(LONDON).date(), today)
        yield Waits(
            Rank.WAITS, "waiting.draft",
            {"audit": str(audit_id), "reference": audit_reference(month, number), "saved": saved},
        )  # fmt: skip


def _documents(session: Session, actor: Actor, today: date) -> Iterator[Waits]:
    """Guidance to read; what was published today is told of by itself."""
    found = [one for one in documents.unread(session, actor.person_id) if london_day(one.published_at) < today]
    if found and actor.may(Can.DEVELOPMENT_OWN):
        told = "1 guidance document is" if len(found) == 1 else f"{len(found)} guidance documents are"
        yield Waits(Rank.WAITS, "waiting.documents", {"documents": f"{told} new to you"})


def _by(due_on: date, today: date, what: str) -> tuple[Rank, str]:
    return (Rank.OVERDUE, f"waiting.{what}_late") if due_on < today else (Rank.DUE, f"waiting.{what}_due")


def when(due_on: date, today: date) -> str:
    """A day as one says it today: 'today', 'tomorrow', 'on Friday 20 November'."""
    return {0: "today", 1: "tomorrow"}.get((due_on - today).days, f"on {weekday_name(due_on, today)}")


def counted(n: int, thing: str) -> str:
    """How many, in words that fit the number: '1 dispute waits', '2 disputes wait'."""
    return f"1 {thing} waits" if n == 1 else f"{n} {thing}s wait"
