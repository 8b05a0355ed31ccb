"""The worker's side of an audit: asked when it is submitted, written as a draft, given once, seen by the auditor."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.definition import Tool
from audit_forms.lifecycle import State
from qa_app.access import scope
from qa_app.access.actor import actor_from
from qa_app.access.permissions import WHO, Can, Role
from qa_app.clock import london_day
from qa_app.mail_keys import MailKeys
from qa_app.models import Account, Audit, Moderation, Person, Reflection, RoleGrant
from qa_app.queries import ties
from qa_app.queries.tools import tool_of
from qa_app.services import outbox, reflection_links, settings
from qa_app.services.drafts import NewerDraft, version_of
from qa_app.services.events import record
from qa_app.working_days import add_working_days

TEXTS: Final = ("proud", "in_the_way", "needs", "helped_how", "dispute")
CHOSEN: Final = ("helped", "position")


class Closed(ValueError):  # noqa: N818 - named for the fault
    """Nothing can be written on this reflection now; the message says why."""


class Unanswered(ValueError):  # noqa: N818 - named for the fault
    """Something has to be said before a reflection is given; `blanks` are pairs of a question and a sentence."""

    def __init__(self, blanks: tuple[tuple[str, str], ...]) -> None:
        super().__init__("Answer what is listed below, then give your reflection.")
        self.blanks = blanks


class NotTheirs(ValueError):  # noqa: N818 - named for the fault
    """This person cannot be asked to reflect on this audit; the message says why."""


class Standing(NamedTuple):
    """Who is asked about an audit, and how they are reached: 'sign_in', 'link' or 'none'."""

    person: Person | None
    reached_by: str


def invite(session: Session, audit: Audit, *, keys: MailKeys | None, by: str, at: datetime) -> Reflection | None:
    """Ask whose work was audited for their reflection; None where nobody can be asked.

    Somebody who signs in is told with their next digest. Somebody who does not gets a mail with a link used once, which
    is sealed with `keys`.
    """
    worker = audit.subject or audit.worker
    if not _asks_for_one(audit, tool_of(session, audit)):
        return None
    if worker is None or not worker.active or worker.id == audit.auditor_id:
        return None
    kept = session.scalar(select(Reflection).where(Reflection.audit_id == audit.id))
    if kept is not None:
        return kept
    asked = Reflection(id=uuid4(), audit=audit, person=worker, invited_at=at, invited_by=by, draft={})
    session.add(asked)
    session.flush()
    record(session, "reflection.asked", "reflection", asked.id, by=by, at=at, audit=str(audit.id))
    _tell(session, asked, keys=keys, by=by, at=at)
    return asked


def _asks_for_one(audit: Audit, tool: Tool) -> bool:
    """Whether an audit asks for a reflection: graded work with a child, or what is written about a member of staff.

    Not where part of it is for their line alone: it judges how they are supervised, which is not their work.
    """
    return bool(tool.elements) if audit.subject is None else not tool.restricted


def ask_another(
    session: Session, audit: Audit, person: Person, *, keys: MailKeys | None, by: str, at: datetime
) -> Reflection:
    """Ask somebody else, because the worker is unknown, has left or cannot be reached; what was begun before goes.

    Raises:
        NotTheirs: they are not active, did the audit, or moderate it.
        Closed: a reflection was given already, or the audit was withdrawn.
    """
    if not person.active:
        raise NotTheirs("This person is not active in the staff list. Choose somebody else.")
    if audit.subject_id not in (None, person.id):
        raise NotTheirs("This audit is about a member of staff. Only they can be asked to reflect on it.")
    moderates = select(Moderation.id).where(Moderation.audit_id == audit.id, Moderation.moderator_id == person.id)
    if person.id == audit.auditor_id or session.scalar(moderates) is not None:
        raise NotTheirs("This person audits or moderates this work themselves. Choose somebody else.")
    asked = session.scalar(select(Reflection).where(Reflection.audit_id == audit.id).with_for_update())
    if asked is None:
        asked = Reflection(id=uuid4(), audit=audit, person=person, draft={})
        session.add(asked)
    _check_open(asked, audit)
    asked.person, asked.draft, asked.invited_at, asked.invited_by = person, {}, at, by
    reflection_links.end(asked)
    session.flush()
    record(session, "reflection.asked", "reflection", asked.id, by=by, at=at, audit=str(audit.id))
    _tell(session, asked, keys=keys, by=by, at=at)
    return asked


def reached_by(session: Session, person: Person) -> str:
    """How a person comes to their reflection: by their own sign-in, by a link in a mail, or not at all."""
    signs_in = (
        select(Account.id)
        .join(RoleGrant, RoleGrant.person_id == Account.person_id)
        .where(
            Account.person_id == person.id, Account.disabled_at.is_(None), RoleGrant.granted_at.is_not(None),
            RoleGrant.ended_at.is_(None), RoleGrant.role.in_(WHO[Can.REFLECTION_GIVE]),
        )
    )  # fmt: skip
    if session.scalar(signs_in.limit(1)) is not None:
        return "sign_in"
    return "link" if person.email else "none"


def write(
    session: Session, reflection: Reflection, said: Mapping[str, Any], version: str
) -> str:  # fmt: skip
    """Keep what the page says; the answer is the version of it.

    Raises:
        Closed: it was given already, or the audit was withdrawn.
        NewerDraft: another tab saved something else meanwhile.
    """
    _hold(session, reflection)
    stored = dict(reflection.draft)
    new = {key: answer for key, answer in said.items() if answer}
    if version != version_of(stored) and new != stored:
        raise NewerDraft(stored)
    reflection.draft = new
    session.flush()
    return version_of(new)


def blanks(said: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What has to be answered before a reflection is given: (question, sentence)."""
    found = []
    if not said.get("helped"):
        found.append(("helped", "Say whether supervision and training have helped your practice"))
    if not said.get("position"):
        found.append(("position", "Say whether you accept the findings"))
    if said.get("position") == "disputes" and not said.get("dispute"):
        found.append(("dispute", "Say what you see differently, and where on the record it shows"))
    return tuple(found)


def give(session: Session, reflection: Reflection, version: str, *, by: str, at: datetime) -> bool:
    """Give the reflection as it stands in the draft; False when it was given before (a second click changes nothing).

    Raises:
        Closed: the audit was withdrawn.
        NewerDraft: the draft has changed since it was checked.
        Unanswered: something has to be said first.
    """
    session.refresh(reflection, with_for_update=True)
    if reflection.given_at is not None:
        return False
    _check_open(reflection, reflection.audit)
    said = dict(reflection.draft)
    if version != version_of(said):
        raise NewerDraft(said)
    if missing := blanks(said):
        raise Unanswered(missing)
    disputes = said["position"] == "disputes"
    for key in (*TEXTS, *CHOSEN):
        setattr(reflection, key, said.get(key, ""))
    if not disputes:
        reflection.dispute = ""
    reflection.asks_moderation = disputes and bool(said.get("asks_moderation"))
    reflection.draft, reflection.given_at = {}, at
    session.flush()
    record(session, "reflection.given", "reflection", reflection.id, by=by, at=at, disputes=disputes)
    _tell_given(session, reflection, disputes=disputes, at=at)
    return True


def decide_by(session: Session, reflection: Reflection) -> date | None:
    """The day by which a dispute is to be answered."""
    if reflection.given_at is None:
        return None
    return add_working_days(london_day(reflection.given_at), settings.number(session, "dispute_days"))


def _hold(session: Session, reflection: Reflection) -> None:
    session.refresh(reflection, with_for_update=True)
    _check_open(reflection, reflection.audit)


def _check_open(reflection: Reflection, audit: Audit) -> None:
    if reflection.given_at is not None:
        raise Closed("This reflection has been given, so it can no longer change.")
    if audit.state == State.WITHDRAWN:
        raise Closed("This audit was withdrawn, so nobody needs to reflect on it any more.")


def _tell(session: Session, asked: Reflection, *, keys: MailKeys | None, by: str, at: datetime) -> None:
    way = reached_by(session, asked.person)
    if way == "link" and keys is not None:
        reflection_links.send(session, asked, keys=keys, by=by, at=at)
    elif way == "sign_in":
        outbox.tell(
            session, (asked.person_id,), "reflection.asked", at=at, about=("reflection", asked.id),
            once=asked.id.hex, reference=asked.audit.reference, reflection=str(asked.id),
        )  # fmt: skip


def _tell_given(session: Session, reflection: Reflection, *, disputes: bool, at: datetime) -> None:
    audit = reflection.audit
    outbox.tell(
        session, (audit.auditor_id,), "reflection.given", at=at, about=("reflection", reflection.id),
        reference=audit.reference, audit=str(audit.id),
    )  # fmt: skip
    if disputes:
        day = decide_by(session, reflection)
        outbox.tell(
            session, deciders(session, audit), "reflection.disputed", at=at, about=("reflection", reflection.id),
            reference=audit.reference, reflection=str(reflection.id), by=f"{day.day} {day:%B %Y}" if day else "",
        )  # fmt: skip


def deciders(session: Session, audit: Audit) -> tuple[UUID, ...]:
    """The QA leads who may know of a dispute: one who may yet grade the audit blind learns nothing of it."""
    leads = ties.holders(session, Role.QA_LEAD)
    return tuple(
        one.id
        for one in leads
        if session.scalar(
            scope.readable_audits(actor_from(one)).with_only_columns(Audit.id).where(Audit.id == audit.id)
        )
    )
