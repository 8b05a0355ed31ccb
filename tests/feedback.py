"""Submitted audits whose worker is asked to reflect, for tests of reflections, disputes and letters."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade, Judged
from qa_app.mail_keys import MailKeys
from qa_app.models import Audit, Cycle, Mail, Moderation, Person, Reflection
from qa_app.services import link_mail, moderations, reflections
from qa_app.services.drafts import version_of
from qa_app.services.moderations import Reason, Resolution
from tests.conftest import AT, SECRETS
from tests.months import ELEMENTS, released_month, submitted_audit
from tests.world import World

KEYS = MailKeys(SECRETS["secret_key"])
WORDS = {"voice_strengths": "You know this child well.", "voice_better": "Write down what was said."}
ACCEPTS = {"proud": "The visits.", "helped": "yes", "helped_how": "It slowed me down.", "position": "accepts"}
DISPUTES = {
    "helped": "partly", "position": "disputes", "dispute": "The chronology is on the second file.",
    "asks_moderation": "y",
}  # fmt: skip


def asked(
    session: Session, world: World, worker: str | None, *, number: int = 1, grade: Grade = Grade.GOOD,
    cycle: Cycle | None = None, **answers: Any,
) -> Audit:  # fmt: skip
    """A submitted audit of this worker's case, by another team's manager, with the worker asked to reflect on it."""
    month = cycle or released_month(session, world, at=AT)
    person = world.people[worker] if worker else None
    case = next(one for one in world.cases if person is None or one.worker_id == person.id)
    by = next(one for one in ("manager_care", "manager_planning") if world.people[one].team_id != case.team_id)
    said = {**WORDS, **answers}
    audit = submitted_audit(session, world, month, number, grade, at=AT, answers=said, by=by, case=case)
    audit.worker_id = person.id if person else None
    session.flush()
    session.expire(audit)
    reflections.invite(session, audit, keys=KEYS, by=f"person:{audit.auditor_id}", at=AT)
    return audit


def reflection_of(session: Session, audit: Audit) -> Reflection:
    return session.scalars(select(Reflection).where(Reflection.audit_id == audit.id)).one()


def give(session: Session, reflection: Reflection, said: dict[str, str]) -> None:
    """Write and give a reflection."""
    version = reflections.write(session, reflection, said, version_of(reflection.draft))
    assert reflections.give(session, reflection, version, by=f"person:{reflection.person_id}", at=AT)


def token_sent(session: Session, person: Person) -> str:
    """The secret of the newest link mailed to somebody."""
    newest = select(Mail).where(Mail.person_id == person.id, Mail.kind == "link").order_by(Mail.queued_at.desc())
    kind, detail = link_mail.opened(session.scalars(newest.limit(1)).one(), KEYS)
    assert kind == "reflection.link"
    return detail["token"]


def moderated(session: Session, moderation: Moderation, grade: Grade, *, agree: bool = True) -> None:
    """Grade a moderation throughout, and agree the moderator's grades."""
    assert moderation.moderator is not None
    mine: dict[str, Judged] = dict.fromkeys(ELEMENTS, grade)
    moderations.grade(session, moderation, moderation.moderator, mine, {}, by="test", at=AT)
    if agree:
        kept = {element: Resolution(grade, Reason.WEIGHED, "Talked over.") for element in ELEMENTS}
        moderations.agree(
            session, moderation, kept, form_sound=True, by="test", judge_id=moderation.moderator.id, at=AT
        )
