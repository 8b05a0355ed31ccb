"""Third readings: somebody who is neither auditor nor moderator grades an audit, blind of both of them."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from audit_forms.completeness import judgements_in
from audit_forms.definition import Tool
from audit_forms.lifecycle import State
from audit_forms.regrading import reader_tool
from moderation.independence import Conflict
from qa_app.access.permissions import Role
from qa_app.clock import london_day
from qa_app.models import Answers, Audit, Moderation, Person, Reading, ReadingGrade
from qa_app.queries import ties, tools
from qa_app.services import drafts, moderations, moderators, outbox
from qa_app.services.drafts import Saved, Writer, Written
from qa_app.services.events import record
from qa_app.services.moderators import NotIndependent, Offer, WrongState
from qa_app.services.submission import Check, Confirmed, examine, let_pass, note_reasons
from qa_app.services.unsettled import unsettled, with_unsettled

THIRD: Final = "third"
AT_WORK: Final = ("asked", "reading")
CLOSED: Final = "The month was closed."


class ReadingRefused(ValueError):  # noqa: N818 - named for the fault
    """No third reading can be asked for or called off now; the message says why."""


def tool_of(session: Session, audit: Audit) -> Tool:
    """The audit's tool as a third reader fills it in."""
    return reader_tool(tools.tool_of(session, audit))


def writer_of(reading: Reading, reader: Person) -> Writer:
    """The reader as the writer of their own draft."""
    return Writer(reading.audit_id, reading.kind, reader.id)


def ask(session: Session, moderation: Moderation, reason: str, *, by: str, at: datetime) -> Reading:
    """Ask for a third reader of an audit whose auditor and moderator cannot agree; the least busy independent one.

    Raises:
        WrongState: the moderator has not graded, the final grades were agreed before, or the month is closed.
        ReadingRefused: a third reader was asked before, or there is no reason.
    """
    moderations.hold(session, moderation)
    moderations.check_unagreed(moderation)
    if not reason.strip():
        raise ReadingRefused("Say why a third reader is needed. The reason is kept.")
    if standing(session, moderation.audit_id) is not None:
        raise ReadingRefused("A third reader was asked for this audit already.")
    reader = next(iter(free(session, moderation)), None)
    made = Reading(
        id=uuid4(), audit_id=moderation.audit_id, kind=THIRD, reader_id=reader.id if reader else None, state="asked",
        reason=reason.strip(), asked_at=at, asked_by=by,
    )  # fmt: skip
    session.add(made)
    session.flush()
    record(session, "reading.asked", "reading", made.id, by=by, at=at, reader=str(made.reader_id or ""))
    _tell_of(session, made, at=at)
    return made


def standing(session: Session, audit_id: UUID, kind: str = THIRD) -> Reading | None:
    """The reading of an audit that was not called off."""
    return session.scalar(
        select(Reading).where(Reading.audit_id == audit_id, Reading.kind == kind, Reading.state != "ended")
    )


def free(session: Session, moderation: Moderation) -> tuple[Person, ...]:
    """The moderators who could read this audit, the least busy first: independent, and neither of the two."""
    return tuple(one.moderator for one in offers(session, moderation) if not one.conflicts)


def offers(session: Session, moderation: Moderation) -> tuple[Offer, ...]:
    """Every moderator but the one who graded, with what ties them to the audit."""
    found = moderators.offers(session, moderation.audit)
    return tuple(one for one in found if one.moderator.id != moderation.moderator_id)


def give(session: Session, reading: Reading, reader: Person, reason: str, *, by: str, at: datetime) -> None:
    """Give a third reading to somebody else; what the first reader wrote on it goes.

    Raises:
        WrongState: it is given or called off.
        NotIndependent: this person is tied to the audit, or graded it before, or is no moderator.
    """
    _hold(session, reading)
    moderation = session.scalars(select(Moderation).where(Moderation.audit_id == reading.audit_id)).one()
    if reader.id not in {one.id for one in free(session, moderation)}:
        raise NotIndependent("This person is not independent of this audit, or is not a moderator.")
    before = reading.reader_id
    if before is not None:
        drafts.discard(session, Writer(reading.audit_id, THIRD, before))
    reading.reader_id, reading.state = reader.id, "asked"
    session.flush()
    record(
        session, "reading.moved", "reading", reading.id, by=by, at=at, before=str(before or ""), after=str(reader.id),
        reason=reason,
    )  # fmt: skip
    _tell_of(session, reading, at=at)


def end(session: Session, reading: Reading, reason: str, *, by: str, at: datetime) -> None:
    """Call a third reading off; the two then agree without it.

    Raises:
        WrongState: it is given or called off already.
        ReadingRefused: there is no reason.
    """
    _hold(session, reading)
    if not reason.strip():
        raise ReadingRefused("Say why the third reading is called off. The reason is kept.")
    _end(session, reading, reason.strip(), by=by, at=at)


def end_of_month(session: Session, audits: Collection[UUID], *, by: str, at: datetime) -> None:
    """Call off the third readings of these audits: their month closes."""
    waiting = select(Reading).where(Reading.audit_id.in_(audits), Reading.kind == THIRD, Reading.state.in_(AT_WORK))
    for reading in session.scalars(waiting):
        _end(session, reading, CLOSED, by=by, at=at)


def write(
    session: Session, reading: Reading, reader: Person, written: Written, version: str, *, by: str, at: datetime
) -> Saved:
    """Keep what the page of one section says; the first saving begins the reading.

    Raises:
        WrongState: the grades were given before, or the reading was called off.
    """
    _hold(session, reading)
    saved = drafts.save(session, writer_of(reading, reader), written, version, at=at)
    if reading.state == "asked":
        reading.state = "reading"
        session.flush()
        record(session, "reading.begun", "reading", reading.id, by=by, at=at)
    return saved


def check(session: Session, reading: Reading, reader: Person, *, today: date | None = None) -> Check:
    """A reader's draft held against everything they are asked."""
    tool, writer = tool_of(session, reading.audit), writer_of(reading, reader)
    kept = drafts.opened(session, writer)
    checked = examine(session, tool, kept.answers, today=today)
    return replace(checked, to_do=with_unsettled(checked.to_do, unsettled(session, writer, tool, kept)))


def give_grades(session: Session, reading: Reading, reader: Person, said: Confirmed, *, by: str, at: datetime) -> None:
    """Give the third grades from the draft; they cannot change afterwards.

    Raises:
        WrongState: they were given before, or the reading was called off.
        ChangedSince: the draft has changed since the reader checked it.
        Incomplete: something required is blank, a rule is broken, or what is pointed out was not answered.
        NotIndependent: the reader has become tied to the audit since they were asked.
    """
    _hold(session, reading)
    check_independent(session, reading, reader)
    checked = check(session, reading, reader, today=london_day(at))
    let_pass(checked, said)
    note_reasons(session, "reading", reading.id, checked, said, by=by, at=at)
    graded = judgements_in(checked.tool, checked.values)
    row = {"reading_id": reading.id, "given_at": at}
    rows = [
        {**row, "element": one, "grade": str(judged), "words": str(checked.stored.get(f"{one}_rationale", ""))}
        for one, judged in graded.items()
    ]
    session.execute(insert(ReadingGrade), rows)
    session.add(
        Answers(
            audit_id=reading.audit_id, stage=reading.kind, person_id=reader.id, tool_key=checked.tool.key,
            tool_version=checked.tool.version, answers=checked.stored, given_at=at,
        )
    )  # fmt: skip
    drafts.discard(session, writer_of(reading, reader))
    reading.state, reading.given_at = "given", at
    session.flush()
    record(session, "reading.given", "reading", reading.id, by=by, at=at, grades=len(rows))
    moderation = session.scalars(select(Moderation).where(Moderation.audit_id == reading.audit_id)).one()
    if moderation.moderator_id is not None:
        outbox.tell(
            session, (moderation.moderator_id,), "reading.given", at=at, about=("moderation", moderation.id),
            reference=reading.audit.reference, moderation=str(moderation.id),
        )  # fmt: skip


def check_independent(session: Session, reading: Reading, reader: Person) -> None:
    """Let a reader grade who is still independent of the audit and graded it in no other part.

    Raises:
        NotIndependent: they are tied to it; the message says how.
    """
    found = moderators.conflicts(session, reading.audit, reader)
    if found:
        raise NotIndependent(f"You can no longer read this audit. {_sentences(found)} Tell the QA lead.")


def _sentences(found: Collection[Conflict]) -> str:
    return " ".join(conflict.sentence for conflict in found)


def _hold(session: Session, reading: Reading) -> None:
    drafts.lock(session, reading.audit_id)
    session.refresh(reading)
    session.refresh(reading.audit)
    if reading.state == "given":
        raise WrongState("The third grades of this audit are given. They stand.")
    if reading.state not in AT_WORK or reading.audit.state == State.CLOSED:
        raise WrongState("This third reading was called off, so nothing is to be graded any more.")


def _end(session: Session, reading: Reading, reason: str, *, by: str, at: datetime) -> None:
    if reading.reader_id is not None:
        drafts.discard(session, Writer(reading.audit_id, reading.kind, reading.reader_id))
    reading.state, reading.ended_at, reading.ended_by, reading.ended_reason = "ended", at, by, reason
    session.flush()
    record(session, "reading.ended", "reading", reading.id, by=by, at=at)


def _tell_of(session: Session, reading: Reading, *, at: datetime) -> None:
    reference = session.get_one(Audit, reading.audit_id).reference
    if reading.reader_id is not None:
        outbox.tell(
            session, (reading.reader_id,), "reading.asked", at=at, about=("reading", reading.id), reference=reference,
            reading=str(reading.id),
        )  # fmt: skip
        return
    leads = [person.id for person in ties.holders(session, Role.QA_LEAD)]
    outbox.tell(
        session, leads, "reading.without", at=at, about=("reading", reading.id), reference=reference,
        reading=str(reading.id),
    )  # fmt: skip
