"""An audit in its auditor's hands and after: written section by section, handed back, withdrawn, accepted late."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from audit_forms.lifecycle import State, WrongMove, check_move
from audit_forms.safety import SAFE
from qa_app.access.permissions import Role
from qa_app.access.scope import OutOfScopeError
from qa_app.models import Audit
from qa_app.queries import documents
from qa_app.queries.ties import holders
from qa_app.services import actions, alerts, drafts, settings
from qa_app.services.allocations import again
from qa_app.services.drafts import Saved, Writer, Written
from qa_app.services.events import record
from qa_app.services.outbox import tell

OPEN = (State.ALLOCATED, State.DRAFT)
LONGEST_REASON = 500
# Why an audit goes back before it is submitted.
BACK_FOR: Final[Mapping[str, str]] = {
    "conflict": "Conflict of interest",
    "moved": "The child has moved or the case has closed",
    "sensitive": "Sensitive case",
    "away": "Away or no time",
    "other": "Something else",
}

# What the QA lead does next hangs on how the audit came about: draw another case, give it to somebody else, or nothing.
AFTER_HANDING_BACK: Final = {"re_audit": "audit.handed_back_again", "started": "audit.handed_back_started"}


class NotOpen(ValueError):  # noqa: N818 - named for the fault
    """Nothing can be written on this audit now; the message says why."""


class GuidanceFirst(NotOpen):
    """The council asks that guidance is read before an audit is begun, and it is not; the message says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "Read the guidance first and say that you have. Then begin this audit. See ‘Guidance to read’."
        )


class ReasonMissing(ValueError):  # noqa: N818 - named for the fault
    """This needs a reason."""


def writer_of(audit: Audit) -> Writer:
    """The auditor as the writer of this audit's draft."""
    return Writer(audit.id, "auditor", audit.auditor_id)


def is_open(audit: Audit) -> bool:
    """Whether its auditor can still write on the audit.

    Raises:
        OutOfScopeError: it left the auditor's hands without being submitted, so it is no longer theirs to see.
    """
    state = State(audit.state)
    if state in (State.HANDED_BACK, State.NOT_DONE):
        raise OutOfScopeError
    return state in OPEN


def check_open(audit: Audit, state: str) -> None:
    """Let the auditor write, if the audit stands so that it can be written on.

    Raises:
        NotOpen: it is submitted or out of their hands, or its month is closed and it was not accepted as late.
    """
    if State(state) not in OPEN:
        raise NotOpen("This audit is no longer open, so nothing on it can change.")
    if audit.cycle.state == "closed" and audit.late_at is None:
        raise NotOpen("This month is closed. Ask the QA lead to accept your audit as late.")


def must_read_first(session: Session, auditor_id: UUID, tool_key: str) -> bool:
    """Whether this auditor may not begin an audit on this tool before they have read what stands on it."""
    asked = settings.value(session, "guidance_first") == "must"
    return asked and bool(documents.unread(session, auditor_id, tool_key=tool_key))


def write(session: Session, audit: Audit, written: Written, version: str, *, by: str, at: datetime) -> Saved:
    """Keep what the page of one section says in the auditor's draft; the first saving makes the audit a draft.

    Raises:
        NotOpen: the audit can no longer be written on.
        GuidanceFirst: guidance has to be read before the audit is begun.
    """
    state = drafts.lock(session, audit.id)
    check_open(audit, state)
    if state == State.ALLOCATED and must_read_first(session, audit.auditor_id, audit.tool_key):
        raise GuidanceFirst
    saved = drafts.save(session, writer_of(audit), written, version, at=at)
    if state == State.ALLOCATED:
        _move(session, audit, State.DRAFT)
        record(session, "audit.begun", "audit", audit.id, by=by, at=at)
    if SAFE in written.asked:
        alerts.follow(session, audit, "auditor", saved.answers.get(SAFE), by=by, at=at)
    return saved


def hand_back(session: Session, audit: Audit, reason: str, *, code: str = "other", by: str, at: datetime) -> None:
    """Give an audit that is not submitted yet back to the QA lead; what was written on it goes.

    Raises:
        ReasonMissing, WrongMove: no reason is given, or the audit is submitted already.
    """
    take_back(session, audit, reason, code=code, by=by, at=at)
    drafts.discard(session, writer_of(audit))
    leads = [one.id for one in holders(session, Role.QA_LEAD)]
    kind = AFTER_HANDING_BACK.get(audit.stream, "audit.handed_back")
    tell(session, leads, kind, at=at, about=("audit", audit.id), reference=audit.reference, cycle=str(audit.cycle_id))


def take_back(session: Session, audit: Audit, reason: str, *, code: str, by: str, at: datetime) -> None:
    """Take an audit out of its auditor's hands before it is submitted; a draft stays where it is, read by nobody else.

    Raises:
        ReasonMissing, WrongMove: no reason is given, or the audit is submitted already.
    """
    said = _said(reason, "Say why you hand this audit back, such as a conflict of interest, leave or a closed case.")
    if code not in BACK_FOR:
        raise ReasonMissing("Choose a reason from the list.")
    _move(session, audit, State.HANDED_BACK, handed_back_at=at, handed_back_by=by, exit_code=code, exit_reason=said)
    record(session, "audit.handed_back", "audit", audit.id, by=by, at=at, code=code)


def withdraw(session: Session, audit: Audit, reason: str, *, by: str, at: datetime) -> None:
    """Take a wrong audit out after submission and before selection: it leaves the frame and is counted.

    Raises:
        ReasonMissing, WrongMove: no reason is given, or the audit is chosen for moderation or further on.
    """
    said = _said(reason, "Say why this audit is withdrawn. The reason is kept and the withdrawal is counted.")
    _move(session, audit, State.WITHDRAWN, withdrawn_at=at, withdrawn_by=by, exit_reason=said)
    actions.flag(session, audit, None, "withdrawn", by=by, at=at)
    record(session, "audit.withdrawn", "audit", audit.id, by=by, at=at)


def accept_late(session: Session, audit: Audit, reason: str, *, by: str, at: datetime) -> Audit:
    """Allocate an audit that was not done when its month closed anew, as late work for the same auditor and case.

    The audit that was not done stays on record. Late work moves the live figures and never the month's snapshot.

    Raises:
        ReasonMissing, WrongMove, CycleRefused: no reason is given, the audit was done, or it is replaced already.
    """
    said = _said(reason, "Say why late work is accepted. The reason is kept.")
    if audit.state != State.NOT_DONE:
        raise WrongMove(State(audit.state), State.ALLOCATED)
    late = again(session, audit, audit.auditor, at=at, late_at=at, late_by=by, late_reason=said)
    record(session, "audit.accepted_late", "audit", late.id, by=by, at=at, instead_of=str(audit.id))
    return late


def _said(reason: str, advice: str) -> str:
    said = reason.strip()
    if not said:
        raise ReasonMissing(advice)
    if len(said) > LONGEST_REASON:
        raise ReasonMissing(f"Shorten the reason to {LONGEST_REASON} characters or fewer. It has {len(said)}.")
    return said


def _move(session: Session, audit: Audit, after: State, **values: object) -> None:
    """Take the audit to its next state, unless somebody else moved it first."""
    before = State(audit.state)
    check_move(before, after)
    moved = session.execute(
        update(Audit).where(Audit.id == audit.id, Audit.state == before.value).values(state=after.value, **values)
    )
    if not moved.rowcount:  # type: ignore[attr-defined]
        now = State(drafts.lock(session, audit.id))
        raise WrongMove(now, after)
