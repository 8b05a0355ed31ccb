"""The demo's second grades: one changed and challenged, one with a third reader, one given to somebody tied to it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.differing import Reason
from audit_forms.grades import Grade, Judged, judged
from qa_app.access.permissions import Role
from qa_app.models import Audit, Cycle, Judgement, Moderation, Person
from qa_app.queries.ties import holders
from qa_app.services import challenges, moderations, moderators, overrides, readings
from qa_app.services.challenges import Ruling
from qa_app.services.moderations import Resolution

LOWER = {
    Grade.OUTSTANDING: Grade.GOOD,
    Grade.GOOD: Grade.REQUIRES_IMPROVEMENT,
    Grade.REQUIRES_IMPROVEMENT: Grade.INADEQUATE,
    Grade.INADEQUATE: Grade.INADEQUATE,
}
NOTE = "We read the last three supervision records together. Two actions had no date and were not followed up."
CHALLENGE = "The third record has the date of both actions. It was filed under another heading."
RULED = "The dates are there, and both actions were done. The auditor's grade stands."
THIRD = "We see the analysis of risk differently and cannot settle it between us."
NOBODY_ELSE = "Every independent moderator is away this week, and the family is waiting for the outcome."
AGREED = "Agreed for this audit alone. It stays out of the agreement figure."


def regrade(session: Session, cycle: Cycle, *, lead: str, at: datetime) -> None:
    """Of the audits waiting for a moderator, take three: where there are so few, fewer."""
    waiting = list(
        session.scalars(
            select(Moderation)
            .join(Audit, Audit.id == Moderation.audit_id)
            .where(Audit.cycle_id == cycle.id, Moderation.state == "allocated", Moderation.mode == "blind")
            .order_by(Audit.number)
        )
    )
    lower = [one for one in waiting if _firsts(session, one).get("supervision") in (Grade.OUTSTANDING, Grade.GOOD)]
    for step, moderation in zip((_challenge, _ask_third), lower, strict=False):
        step(session, moderation, at=at - timedelta(days=3))
    left = [one for one in waiting if one not in lower[:2]]
    if len(left) > 1:
        _override(session, left[-1], lead=lead, at=at - timedelta(days=1))


def _challenge(session: Session, moderation: Moderation, *, at: datetime) -> None:
    """Supervision is found less good, the auditor challenges it, and another moderator lets the auditor's stand."""
    _grade(session, moderation, at=at)
    firsts, seconds = _firsts(session, moderation), _stage(session, moderation, "moderator")
    resolutions = {
        element: Resolution(seconds[element], Reason.TOO_HIGH, NOTE) if seconds[element] != first else Resolution(first)
        for element, first in firsts.items()
        if element in seconds
    }
    moderator = moderation.moderator_id
    assert moderator is not None  # noqa: S101  (given out just now)
    by = f"person:{moderator}"
    moderations.agree(
        session, moderation, resolutions, form_sound=True, by=by, judge_id=moderator, at=at + timedelta(hours=3)
    )
    audit = moderation.audit
    changed = {"supervision": CHALLENGE}
    raised = challenges.raise_challenge(
        session, audit, changed, by=f"person:{audit.auditor_id}", at=at + timedelta(days=1)
    )
    if raised.decider_id is not None:
        decider = session.get_one(Person, raised.decider_id)
        ruling = {"supervision": Ruling(firsts["supervision"], RULED)}
        challenges.decide(session, raised, decider, ruling, by=f"person:{decider.id}", at=at + timedelta(days=2))


def _ask_third(session: Session, moderation: Moderation, *, at: datetime) -> None:
    """The two cannot agree, and a third reader is asked."""
    _grade(session, moderation, at=at)
    readings.ask(session, moderation, THIRD, by=f"person:{moderation.moderator_id}", at=at + timedelta(days=1))


def _override(session: Session, moderation: Moderation, *, lead: str, at: datetime) -> None:
    """Somebody tied to the audit moderates it: asked for by the QA lead, agreed by a Head of Service."""
    heads = [one for one in holders(session, Role.HEAD_OF_SERVICE) if f"person:{one.id}" != lead]
    for offer in moderators.offers(session, moderation.audit):
        if not offer.conflicts or offer.moderator.id in {head.id for head in heads}:
            continue
        try:
            asked = overrides.ask(session, moderation, offer.moderator, NOBODY_ELSE, by=lead, at=at)
        except overrides.OverrideRefused:
            continue
        by = f"person:{heads[0].id}"
        overrides.answer(session, asked, agree=True, words=AGREED, by=by, at=at + timedelta(hours=2))
        return


def _grade(session: Session, moderation: Moderation, *, at: datetime) -> None:
    """The moderator grades as the auditor did, but supervision one grade lower."""
    said: dict[str, Judged] = dict(_firsts(session, moderation))
    was = said["supervision"]
    said["supervision"] = LOWER[was] if isinstance(was, Grade) else was
    moderator = session.get_one(Person, moderation.moderator_id)
    moderations.grade(session, moderation, moderator, said, {}, by=f"person:{moderator.id}", at=at)


def _firsts(session: Session, moderation: Moderation) -> Mapping[str, Judged]:
    return _stage(session, moderation, "auditor")


def _stage(session: Session, moderation: Moderation, stage: str) -> Mapping[str, Judged]:
    rows = select(Judgement.element, Judgement.grade).where(
        Judgement.audit_id == moderation.audit_id, Judgement.stage == stage
    )
    return {element: judged(grade) for element, grade in session.execute(rows)}
