"""In which mode a moderation is done: blind unless a QA lead chooses otherwise, with a reason, before it is begun."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from moderation.independence import Conflict
from qa_app.models import ModeChoice, Moderation
from qa_app.services import drafts, moderators
from qa_app.services.events import record


class Mode(StrEnum):
    """How much of the auditor's a moderator sees while they grade."""

    BLIND = "blind"
    SIGHTED = "sighted"
    JOINT = "joint"

    @property
    def label(self) -> str:
        """The mode in words."""
        return _WORDS[self]


_WORDS = {
    Mode.BLIND: "Blind: without seeing anything of the auditor’s",
    Mode.SIGHTED: "Sighted: with the auditor’s form beside",
    Mode.JOINT: "Joint: together with the auditor, to learn",
}


class ModeRefused(ValueError):  # noqa: N818 - named for the fault
    """The mode cannot be chosen now; the message says why."""


def choose(session: Session, moderation: Moderation, mode: Mode, reason: str, *, by: str, at: datetime) -> None:
    """Say in which mode an audit is moderated. One of the sample that is not blind leaves the estimate.

    Raises:
        ModeRefused: it is begun, it is in this mode already, there is no reason, or the moderator has read the audit.
    """
    drafts.lock(session, moderation.audit_id)
    session.refresh(moderation)
    if moderation.state != "allocated":
        raise ModeRefused("The moderator has begun, so the mode stays as it is.")
    if moderation.mode == mode:
        raise ModeRefused("It is in this mode already. Choose another one, or leave it.")
    if not reason.strip():
        raise ModeRefused("Say why. The reason is kept.")
    if mode is Mode.BLIND and moderation.moderator is not None:
        tied = moderators.conflicts(session, moderation.audit, moderation.moderator)
        if Conflict.HAS_READ in tied:
            raise ModeRefused("The moderator has read this audit, so it cannot be blind. Give it to somebody else.")
    session.add(ModeChoice(moderation_id=moderation.id, mode=mode, reason=reason.strip(), chosen_at=at, chosen_by=by))
    moderation.mode = mode
    session.flush()
    record(session, "moderation.mode", "moderation", moderation.id, by=by, at=at, mode=mode.value)
