"""A worker's dispute of an audit's findings: decided once by the QA lead, with a note the worker reads."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from audit_forms.lifecycle import State
from qa_app.models import Audit, Reflection
from qa_app.services import outbox, sampling
from qa_app.services.events import record
from qa_app.services.reflections import reached_by


class Decision(StrEnum):
    """What a QA lead can decide."""

    MODERATE = "moderate"
    STANDS = "stands"
    RESOLVED = "resolved"

    @property
    def label(self) -> str:
        """The decision as the worker reads it."""
        return _LABELS[self]


_LABELS = {
    Decision.MODERATE: "A moderator grades the audit again, without seeing the first grades",
    Decision.STANDS: "The findings stand",
    Decision.RESOLVED: "Resolved in another way",
}
_CANNOT = {
    State.SELECTED: "It is being moderated already, and the moderator knows nothing of the dispute.",
    State.MODERATING: "It is being moderated already, and the moderator knows nothing of the dispute.",
    State.MODERATED: "A moderator has graded it already, and the final grades are being agreed.",
    State.AGREED: "A moderator has graded it already, and the final grades are agreed.",
    State.CLOSED: "Its month is closed, so its grades can no longer change. Say in your note what was put right.",
    State.WITHDRAWN: "It was withdrawn, so it counts in no figure.",
}


class DisputeRefused(ValueError):  # noqa: N818 - named for the fault
    """The dispute cannot be decided so; the message says why."""


def why_not_moderated(audit: Audit) -> str:
    """Why an audit cannot be given to a moderator for a dispute, in a sentence; empty when it can."""
    if audit.case_id is None:
        return "It is about a member of staff, and nothing in it is graded."
    if audit.state == State.SUBMITTED:
        return "" if audit.cycle.state != "closed" else _CANNOT[State.CLOSED]
    return _CANNOT.get(State(audit.state), "It is not submitted.")


def decide(
    session: Session, reflection: Reflection, decision: Decision, note: str, *, seed: str, by: str, at: datetime
) -> None:
    """Answer a dispute once.

    Raises:
        DisputeRefused: there is no open dispute, there is no note, or the audit can no longer be moderated.
    """
    session.refresh(reflection, with_for_update=True)
    if reflection.given_at is None or reflection.position != "disputes":
        raise DisputeRefused("The worker does not dispute these findings.")
    if reflection.decided_at is not None:
        raise DisputeRefused("This dispute has been decided already.")
    if not note.strip():
        raise DisputeRefused("Write a note. The worker reads it.")
    audit = reflection.audit
    if decision is Decision.MODERATE:
        if why := why_not_moderated(audit):
            raise DisputeRefused(f"This audit cannot be given to a moderator. {why}")
        sampling.dispute(session, audit, seed=seed, by=by, at=at)
    reflection.decision, reflection.decision_note = decision.value, note.strip()
    reflection.decided_at, reflection.decided_by = at, by
    session.flush()
    record(session, "reflection.decided", "reflection", reflection.id, by=by, at=at, decision=decision.value)
    way = "reflection.decided" if reached_by(session, reflection.person) == "sign_in" else "reflection.decided_by_link"
    outbox.tell(
        session, (reflection.person_id,), way, at=at, about=("reflection", reflection.id), reference=audit.reference,
        reflection=str(reflection.id),
    )  # fmt: skip
