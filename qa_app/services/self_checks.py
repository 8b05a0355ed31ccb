"""Self-checks: auditors grade an own audit of some months ago again, blind to what they wrote, and see if it fits."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from audit_forms.definition import Tool
from audit_forms.grades import judged
from audit_forms.lifecycle import State
from moderation.sampling import generator
from moderation.statistics.months import after
from qa_app.access.permissions import WHO, Can, Role
from qa_app.clock import london_day, month_of
from qa_app.models import Action, Alert, Audit, Draft, Judgement, Person, Reading, ReadingGrade
from qa_app.queries.ties import holders
from qa_app.queries.tools import tool_of
from qa_app.services import drafts, outbox, settings
from qa_app.services.asides import Writer
from qa_app.services.drafts import NewerDraft, version_of
from qa_app.services.events import record

KIND: Final = "self"
WORDS: Final = "_words"
AT_WORK: Final = ("asked", "reading")
SETTLED: Final = (State.AGREED, State.CLOSED)


class SelfCheckRefused(ValueError):  # noqa: N818 - named for the fault
    """This cannot be done with a self-check now; the message says why and what to do."""


class Unanswered(ValueError):  # noqa: N818 - named for the fault
    """Something is not graded yet; `blanks` are its titles by key."""

    def __init__(self, blanks: tuple[tuple[str, str], ...]) -> None:
        super().__init__("Grade what is listed below, then give your grades.")
        self.blanks = blanks


def is_on(session: Session) -> bool:
    """Whether anybody is asked at all."""
    return settings.number(session, "self_checks_a_year") > 0


def candidates(session: Session, *, at: datetime) -> dict[UUID, tuple[UUID, ...]]:
    """For each auditor who can be asked now, their audits that can be drawn, in the order of their ids.

    They are the auditor's own, imported ones too, of about as many months ago as the setting says, and settled: whoever
    is asked sees nothing of them for a while, so none with an open action or an unanswered alert is among them.
    """
    middle = after(month_of(london_day(at)), -settings.number(session, "self_check_months"))
    open_action = select(Action.id).where(Action.audit_id == Audit.id, Action.state.in_(("open", "done"))).exists()
    open_alert = select(Alert.id).where(Alert.audit_id == Audit.id, Alert.acknowledged_at.is_(None)).exists()
    read_before = select(Reading.id).where(Reading.audit_id == Audit.id, Reading.kind == KIND).exists()
    graded = select(Judgement.id).where(Judgement.audit_id == Audit.id, Judgement.stage == "auditor").exists()
    rows = session.execute(
        select(Audit.auditor_id, Audit.id)
        .where(
            Audit.auditor_id.in_(_may_be_asked(session, at=at)), Audit.state.in_(SETTLED),
            Audit.case_id.is_not(None), Audit.month >= after(middle, -1), Audit.month <= after(middle, 1), graded,
            ~open_action, ~open_alert, ~read_before,
        )
    )  # fmt: skip
    found: dict[UUID, list[UUID]] = {}
    for auditor, audit in rows:
        found.setdefault(auditor, []).append(audit)
    return {auditor: tuple(sorted(found[auditor], key=str)) for auditor in sorted(found, key=str)}


def chosen(seed: str, auditor: UUID, audits: Sequence[UUID]) -> UUID:
    """The audit a seed draws for an auditor, of these in the order of their ids; the same seed draws the same."""
    return generator(seed, f"self-check/{auditor}").choice(audits)


def frame_sha256(audits: Sequence[UUID]) -> str:
    """The hash of the audits one was drawn from, kept with the seed."""
    return sha256("\n".join(map(str, audits)).encode()).hexdigest()


def draw(
    session: Session, *, seed: str, among: Collection[UUID] | None = None, by: str, at: datetime
) -> list[Reading]:  # fmt: skip
    """Ask every auditor who can be asked, or those of them `among` these, each about one own audit drawn at random.

    Raises:
        SelfCheckRefused: they are switched off, or nobody has an audit that can be drawn.
    """
    if not is_on(session):
        raise SelfCheckRefused("Self-checks are switched off. Set how many a year you ask for in the settings.")
    frames = {
        auditor: audits for auditor, audits in candidates(session, at=at).items() if among is None or auditor in among
    }
    if not frames:
        raise SelfCheckRefused(
            "Nobody has an audit of that age that can be drawn, or everybody has been asked often enough this year."
        )
    made = []
    for auditor, audits in frames.items():
        one = Reading(
            id=uuid4(), audit_id=chosen(seed, auditor, audits), kind=KIND, reader_id=auditor, state="asked",
            asked_at=at, asked_by=by,
        )  # fmt: skip
        session.add(one)
        session.flush()
        record(
            session, "self_check.asked", "reading", one.id, by=by, at=at, seed=seed,
            audits=[str(each) for each in audits], frame_sha256=frame_sha256(audits),
        )  # fmt: skip
        outbox.tell(
            session, (auditor,), "self_check.asked", at=at, about=("reading", one.id), once=one.id.hex,
            reading=str(one.id),
        )  # fmt: skip
        made.append(one)
    return made


def draft_of(session: Session, reading: Reading) -> dict[str, str]:
    """What the auditor has written so far."""
    return dict(drafts.load(session, _writer(reading)))


def write(session: Session, reading: Reading, said: Mapping[str, str], version: str, *, at: datetime) -> str:
    """Keep what the page says; the answer is its version.

    Raises:
        SelfCheckRefused: the grades were given, or it was called off.
        NewerDraft: another tab saved something else meanwhile.
    """
    session.refresh(reading, with_for_update=True)
    check_open(reading)
    stored = draft_of(session, reading)
    new = {key: answer for key, answer in said.items() if answer}
    if version != version_of(stored) and new != stored:
        raise NewerDraft(stored)
    reading.state = "reading"
    writer = _writer(reading)
    whose = (Draft.audit_id == writer.audit_id, Draft.stage == KIND)
    values = {"answers": new, "refused": {}, "saved_at": at, "person_id": writer.person_id}
    there = session.execute(select(Draft.id).where(*whose)).scalar()
    if there is None:
        session.execute(insert(Draft).values(id=uuid4(), audit_id=writer.audit_id, stage=KIND, version=1, **values))
    else:
        session.execute(update(Draft).where(*whose).values(version=Draft.version + 1, **values))
    session.flush()
    return version_of(new)


def blanks(session: Session, reading: Reading, tool: Tool) -> tuple[tuple[str, str], ...]:
    """What has no grade yet: key and title."""
    said = draft_of(session, reading)
    return tuple((one.key, one.title) for one in tool.elements if not said.get(one.key))


def give(session: Session, reading: Reading, version: str, *, by: str, at: datetime) -> bool:
    """Keep the grades for ever; False when they were given before (a second click changes nothing).

    Raises:
        SelfCheckRefused: it was called off.
        NewerDraft: the draft has changed since it was checked.
        Unanswered: something is not graded yet.
    """
    session.refresh(reading, with_for_update=True)
    if reading.state == "given":
        return False
    check_open(reading)
    said = draft_of(session, reading)
    if version != version_of(said):
        raise NewerDraft(said)
    tool = tool_of(session, reading.audit)
    if missing := blanks(session, reading, tool):
        raise Unanswered(missing)
    rows = [
        {
            "reading_id": reading.id, "element": one.key, "grade": judged(said[one.key]).value,
            "words": said.get(one.key + WORDS, ""), "given_at": at,
        }
        for one in tool.elements
    ]  # fmt: skip
    session.execute(insert(ReadingGrade), rows)
    drafts.discard(session, _writer(reading))
    reading.state, reading.given_at = "given", at
    session.flush()
    record(session, "self_check.given", "reading", reading.id, by=by, at=at)
    leads = (one.id for one in holders(session, Role.QA_LEAD) if one.id != reading.reader_id)
    outbox.tell(
        session, leads, "self_check.given", at=at, about=("reading", reading.id), once=reading.id.hex,
        reading=str(reading.id),
    )  # fmt: skip
    return True


def call_off(session: Session, reading: Reading, reason: str, *, by: str, at: datetime) -> None:
    """Let somebody off a self-check; what they had begun goes, and they can read their audit again.

    Raises:
        SelfCheckRefused: it was given or called off before, or there is no reason.
    """
    session.refresh(reading, with_for_update=True)
    check_open(reading)
    if not reason.strip():
        raise SelfCheckRefused("Say why. The reason is kept.")
    drafts.discard(session, _writer(reading))
    reading.state, reading.ended_at, reading.ended_by, reading.ended_reason = "ended", at, by, reason.strip()
    session.flush()
    record(session, "self_check.called_off", "reading", reading.id, by=by, at=at, reason=reason.strip())


def check_open(reading: Reading) -> None:
    """Let something be written.

    Raises:
        SelfCheckRefused: the grades were given, or it was called off.
    """
    if reading.state not in AT_WORK:
        given = "You have given your grades, so they can no longer change."
        raise SelfCheckRefused(given if reading.state == "given" else "This self-check was called off.")


def _may_be_asked(session: Session, *, at: datetime) -> list[UUID]:
    """The auditors with no self-check open who have not been asked often enough in the last year."""
    people: dict[UUID, Person] = {one.id: one for role in WHO[Can.AUDIT_RECORD] for one in holders(session, role)}
    since = at - timedelta(days=365)
    asked = select(Reading.reader_id, func.count().label("times")).where(Reading.kind == KIND, Reading.state != "ended")
    rows = session.execute(asked.where(Reading.asked_at > since).group_by(Reading.reader_id))
    counts = {row.reader_id: row.times for row in rows}
    open_ones = set(session.scalars(select(Reading.reader_id).where(Reading.kind == KIND, Reading.state.in_(AT_WORK))))
    most = settings.number(session, "self_checks_a_year")
    return [one for one in people if one not in open_ones and counts.get(one, 0) < most]


def _writer(reading: Reading) -> Writer:
    if reading.reader_id is None:
        raise SelfCheckRefused("Nobody is asked to do this self-check.")
    return Writer(reading.audit_id, KIND, reading.reader_id)
