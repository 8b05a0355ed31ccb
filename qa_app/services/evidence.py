"""Evidence written, corrected by a new version, and withdrawn; nothing that was said is lost."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit_forms.identifiers import find
from qa_app.models import Evidence, EvidenceVersion
from qa_app.services.events import record
from qa_app.services.free_text import NamesSomebody, refuse, staff_names

QUESTIONS: Final = {
    "learned": "What did we learn?",
    "changed": "What did we change?",
    "different": "What is different for children?",
    "known": "How do we know?",
}


class EvidenceRefused(ValueError):  # noqa: N818 - named for the fault
    """An entry that cannot be kept; `field` is what it is about, and the message says what to do."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Said:
    """What an entry says, and what it is linked to: an action or a measure of the plan, and a theme.

    `led_by` is the kind of page that told it, over the months `led_from` to `led_to`; `figure_key` the figure of audits
    that is watched before and after the change.
    """

    on: date
    learned: str
    changed: str
    different: str
    known: str
    theme_code: str | None = None
    action_ref: str | None = None
    measure_key: str | None = None
    changed_on: date | None = None
    led_by: str | None = None
    led_from: date | None = None
    led_to: date | None = None
    figure_key: str | None = None


def write(
    session: Session, said: Said, *, owner_id: UUID, service_id: UUID | None, team_id: UUID | None = None, by: str,
    at: datetime, today: date,
) -> Evidence:  # fmt: skip
    """A new entry, of a team, of a service or of the whole council.

    Raises:
        EvidenceRefused: something is missing, speaks of days to come, or names somebody.
    """
    _check(said, today)
    entry = Evidence(owner_id=owner_id, service_id=service_id, team_id=team_id, made_at=at, made_by=by)
    session.add(entry)
    session.flush()
    _version(session, entry, said, 1, reason="", by=by, at=at)
    record(session, "evidence.written", "evidence", entry.id, by=by, at=at, measure=said.measure_key)
    return entry


def correct(
    session: Session, entry: Evidence, said: Said, *, version: int, reason: str, by: str, at: datetime, today: date
) -> EvidenceVersion:
    """Another version of an entry; `version` is the one that was read.

    Raises:
        EvidenceRefused: no reason, nothing changed, somebody else was quicker, or what `write` refuses.
    """
    if entry.withdrawn_at is not None:
        raise EvidenceRefused("reason", "This entry was withdrawn. Write a new one instead.")
    if not reason.strip():
        raise EvidenceRefused("reason", "Say why the entry is corrected. The reason is kept with it.")
    before = entry.current
    if version != before.version:
        raise EvidenceRefused("reason", "Somebody else has corrected this entry meanwhile. Read it, then correct it.")
    _check(said, today)
    if all(getattr(before, name) == getattr(said, name) for name in Said.__dataclass_fields__):
        raise EvidenceRefused("reason", "Nothing is different from what stands already.")
    made = _version(session, entry, said, before.version + 1, reason=reason, by=by, at=at)
    record(session, "evidence.corrected", "evidence", entry.id, by=by, at=at, reason=reason, version=made.version)
    return made


def withdraw(session: Session, entry: Evidence, *, reason: str, by: str, at: datetime) -> None:
    """Take an entry out of every list and count; its words stay on record.

    Raises:
        EvidenceRefused: no reason is given, or it was withdrawn already.
    """
    session.execute(select(Evidence.id).where(Evidence.id == entry.id).with_for_update())
    session.refresh(entry)
    if not reason.strip():
        raise EvidenceRefused("reason", "Say why the entry is withdrawn. The reason is kept with it.")
    if entry.withdrawn_at is not None:
        raise EvidenceRefused("reason", "This entry was withdrawn already.")
    entry.withdrawn_at, entry.withdrawn_by, entry.withdrawn_reason = at, by, reason
    session.flush()
    record(session, "evidence.withdrawn", "evidence", entry.id, by=by, at=at, reason=reason)


def names_staff(session: Session, said: Said) -> bool:
    """Whether something in it looks like a name on the staff list, which is only pointed out."""
    names = staff_names(session)
    return any(one.kind.is_soft for name in QUESTIONS for one in find(getattr(said, name), names=names))


def _check(said: Said, today: date) -> None:
    for name, question in QUESTIONS.items():
        words = getattr(said, name)
        if not words.strip():
            raise EvidenceRefused(name, f"Answer the question: {question}")
        try:
            refuse(words)
        except NamesSomebody as fault:
            raise EvidenceRefused(name, str(fault)) from None
    if said.led_from is not None and said.led_to is not None and said.led_from > said.led_to:
        raise EvidenceRefused("led_to", "The last month comes before the first. Choose a later one.")
    for name in ("on", "changed_on"):
        day = getattr(said, name)
        if day is not None and day > today:
            raise EvidenceRefused(name, "This day has not come yet. Give a day that is over.")


def _version(
    session: Session, entry: Evidence, said: Said, number: int, *, reason: str, by: str, at: datetime
) -> EvidenceVersion:
    made = EvidenceVersion(
        version=number, reason=reason, written_at=at, written_by=by,
        **{name: getattr(said, name) for name in Said.__dataclass_fields__},
    )  # fmt: skip
    try:
        with session.begin_nested():
            entry.versions.append(made)
    except IntegrityError:
        session.expire(entry, ["versions"])
        raise EvidenceRefused("reason", "Somebody else has corrected this entry meanwhile. Read it again.") from None
    return made
