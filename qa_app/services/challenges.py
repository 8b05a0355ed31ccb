"""An auditor challenges final grades of their audit; somebody who gave none of its grades decides, part by part."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from audit_forms.consistency import OVERALL
from audit_forms.grades import Judged, judged
from moderation.independence import Conflict
from qa_app.access.permissions import Role
from qa_app.clock import london_day
from qa_app.models import (
    Audit,
    Challenge,
    ChallengePoint,
    ChallengeRuling,
    Judgement,
    Moderation,
    Person,
)
from qa_app.queries import standing, ties
from qa_app.services import drafts, moderations, moderators, outbox, settings
from qa_app.services.events import record
from qa_app.services.moderators import NotIndependent
from qa_app.working_days import add_working_days

LONGEST: Final = 5000


class ChallengeRefused(ValueError):  # noqa: N818 - named for the fault
    """This cannot be challenged or decided so; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is decided of one challenged grade: the grade that stands now, and why."""

    grade: Judged
    note: str


def last_day(session: Session, moderation: Moderation) -> date | None:
    """The last day on which its final grades may be challenged; None before they are agreed, and on imported ones."""
    if moderation.agreed_at is None or moderation.batch_id is not None:
        return None
    return add_working_days(london_day(moderation.agreed_at), settings.number(session, "challenge_days"))


def last_day_of(session: Session, audit: Audit) -> date | None:
    """The last day on which the final grades of an audit may be challenged."""
    moderation = session.scalar(select(Moderation).where(Moderation.audit_id == audit.id))
    return last_day(session, moderation) if moderation is not None else None


def moved(session: Session, audit_id: UUID) -> dict[str, tuple[Judged | None, Judged]]:
    """The parts whose final grade is not the auditor's: element -> (auditor's, final)."""
    rows = session.execute(
        select(Judgement.element, Judgement.auditor_grade, Judgement.grade).where(
            Judgement.audit_id == audit_id, Judgement.stage == "final"
        )
    )
    return {
        element: (judged(first) if first else None, judged(final)) for element, first, final in rows if first != final
    }


def why_not(session: Session, audit: Audit, *, today: date) -> str:
    """Why the final grades of an audit cannot be challenged now, in a sentence; empty when they can."""
    last = last_day_of(session, audit)
    if last is None:
        return "Its final grades are not agreed."
    if session.scalar(select(Challenge.id).where(Challenge.audit_id == audit.id)) is not None:
        return "They were challenged before. One challenge is decided, and then it stands."
    if not moved(session, audit.id):
        return "No grade of yours was changed."
    if today > last:
        return f"They could be challenged until {last:%-d %B %Y}."
    return ""


def raise_challenge(
    session: Session, audit: Audit, points: Mapping[str, str], *, by: str, at: datetime
) -> Challenge:  # fmt: skip
    """Challenge final grades of one's own audit, each with a reason; an independent moderator is asked to decide.

    Raises:
        ChallengeRefused: it is too late, was challenged before, or a reason is missing.
    """
    drafts.lock(session, audit.id)
    session.refresh(audit)
    if refused := why_not(session, audit, today=london_day(at)):
        raise ChallengeRefused(f"These grades cannot be challenged. {refused}")
    may = moved(session, audit.id)
    said = {element: reason.strip() for element, reason in points.items() if element in may}
    if not said or not all(said.values()):
        raise ChallengeRefused("Choose at least one grade, and say for each why it should not stand.")
    decider = next((one.moderator for one in offers(session, audit) if not one.conflicts), None)
    made = Challenge(id=uuid4(), audit_id=audit.id, raised_at=at, raised_by=by, decider_id=decider and decider.id)
    session.add(made)
    session.flush()
    session.execute(
        insert(ChallengePoint),
        [{"challenge_id": made.id, "element": element, "reason": reason} for element, reason in said.items()],
    )
    record(session, "challenge.raised", "challenge", made.id, by=by, at=at, grades=len(said))
    _tell_decider(session, made, audit, at=at)
    moderator = session.scalar(select(Moderation.moderator_id).where(Moderation.audit_id == audit.id))
    _tell(session, made, audit, (moderator,), "challenge.raised", at=at)
    return made


@dataclass(frozen=True, slots=True)
class Offer:
    """Somebody who might decide a challenge, how many they have in hand, and what ties them to the audit."""

    moderator: Person
    in_hand: int
    conflicts: tuple[Conflict, ...]


def offers(session: Session, audit: Audit) -> tuple[Offer, ...]:
    """The moderators who gave none of its grades, those who are independent and least busy first."""
    gave = set(session.scalars(select(Judgement.judge_id).where(Judgement.audit_id == audit.id)))
    loads = dict(
        session.execute(
            select(Challenge.decider_id, func.count())
            .where(Challenge.decided_at.is_(None), Challenge.decider_id.is_not(None))
            .group_by(Challenge.decider_id)
        ).all()
    )
    found = [
        Offer(one.moderator, loads.get(one.moderator.id, 0), one.conflicts)
        for one in moderators.offers(session, audit, blind=False)
        if one.moderator.id not in gave
    ]
    return tuple(sorted(found, key=lambda one: (bool(one.conflicts), one.in_hand, one.moderator.name)))


def give(
    session: Session, challenge: Challenge, decider: Person, *, reason: str, by: str, at: datetime
) -> None:  # fmt: skip
    """Give an open challenge to somebody else to decide.

    Raises:
        ChallengeRefused: it is decided.
        NotIndependent: this person gave one of the grades, or is tied to the audit.
    """
    _open(session, challenge)
    if decider.id not in {one.moderator.id for one in offers(session, challenge.audit) if not one.conflicts}:
        raise NotIndependent("This person gave one of the grades or is tied to the audit. Choose somebody else.")
    before, challenge.decider_id = challenge.decider_id, decider.id
    session.flush()
    record(
        session, "challenge.given", "challenge", challenge.id, by=by, at=at, before=str(before or ""),
        after=str(decider.id), reason=reason,
    )  # fmt: skip
    _tell_decider(session, challenge, challenge.audit, at=at)


def decide(
    session: Session, challenge: Challenge, decider: Person, rulings: Mapping[str, Ruling], *, by: str, at: datetime
) -> None:
    """Decide a challenge once: for every challenged grade the one that stands from now on, with a note.

    The final grades stay as they were agreed; a grade that changes is a fourth record beside them.

    Raises:
        ChallengeRefused: it is decided, or a part has no grade or no note.
        NotIndependent: the decider gave one of the grades, or has become tied to the audit.
    """
    _open(session, challenge)
    audit = challenge.audit
    tied = next((one for one in offers(session, audit) if one.moderator.id == decider.id), None)
    if tied is None or tied.conflicts or challenge.decider_id != decider.id:
        raise NotIndependent("You cannot decide this challenge: it is for somebody independent of the audit.")
    points = set(session.scalars(select(ChallengePoint.element).where(ChallengePoint.challenge_id == challenge.id)))
    if set(rulings) != points or not all(one.note.strip() for one in rulings.values()):
        raise ChallengeRefused("Decide every challenged grade, each with a note.")
    session.execute(
        insert(ChallengeRuling),
        [
            {"challenge_id": challenge.id, "element": element, "grade": str(one.grade), "note": one.note.strip()}
            for element, one in rulings.items()
        ],
    )
    before = standing.grades(session, audit.id)
    changed = {element: one.grade for element, one in rulings.items() if one.grade != before.get(element)}
    challenge.decided_at, challenge.decided_by = at, by
    session.flush()
    if changed:
        moderations.keep_judgements(session, audit, "challenged", changed, judge_id=decider.id, at=at)
    record(
        session, "challenge.decided", "challenge", challenge.id, by=by, at=at, grades=len(rulings),
        changed=len(changed),
    )  # fmt: skip
    if changed:
        moderations.follow(session, audit, list(changed), _overall(changed), by=by, at=at)
    moderator = session.scalar(select(Moderation.moderator_id).where(Moderation.audit_id == audit.id))
    _tell(session, challenge, audit, (audit.auditor_id, moderator), "challenge.decided", at=at)


def _overall(changed: Mapping[str, Judged]) -> dict[str, Judged]:
    return {element: grade for element, grade in changed.items() if element == OVERALL}


def _open(session: Session, challenge: Challenge) -> None:
    session.refresh(challenge, with_for_update=True)
    if challenge.decided_at is not None:
        raise ChallengeRefused("This challenge is decided already.")


def _tell_decider(session: Session, challenge: Challenge, audit: Audit, *, at: datetime) -> None:
    if challenge.decider_id is not None:
        _tell(session, challenge, audit, (challenge.decider_id,), "challenge.to_decide", at=at)
        return
    leads = tuple(person.id for person in ties.holders(session, Role.QA_LEAD))
    _tell(session, challenge, audit, leads, "challenge.without", at=at)


def _tell(
    session: Session, challenge: Challenge, audit: Audit, people: tuple[UUID | None, ...], kind: str, *, at: datetime
) -> None:
    outbox.tell(
        session, [one for one in people if one is not None], kind, at=at, about=("challenge", challenge.id),
        reference=audit.reference, challenge=str(challenge.id), audit=str(audit.id),
    )  # fmt: skip
