"""Drafts: answers kept while they are written; two tabs may write two sections, and nothing newer is overwritten."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from qa_app.models import Audit, Draft

Stored = dict[str, Any]


class NewerDraft(Exception):  # noqa: N818 - named for the fault
    """Another tab or computer saved something else for these questions; `stored` is the whole draft as it stands."""

    def __init__(self, stored: Stored) -> None:
        super().__init__("Newer text was saved for this section from another tab or computer.")
        self.stored = stored


@dataclass(frozen=True, slots=True)
class Writer:
    """Whose draft of which audit: `stage` is 'auditor' or 'moderator'."""

    audit_id: UUID
    stage: str
    person_id: UUID


@dataclass(frozen=True, slots=True)
class Written:
    """What one page says: the questions it asks, those whose answers can be kept, and these answers.

    A question of `kept` that is not in `answers` was left blank; one that was refused keeps what was stored before.
    """

    asked: frozenset[str]
    kept: frozenset[str]
    answers: Stored

    def over(self, stored: Mapping[str, Any]) -> Stored:
        """The stored answers with these in their place."""
        return {key: answer for key, answer in stored.items() if key not in self.kept} | self.answers


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft after saving: all its answers, and those of the saved form under a version that travels in the form."""

    answers: Stored
    version: str


def load(session: Session, writer: Writer) -> Stored:
    """The answers of this person's draft; none when nothing has been written yet."""
    found = session.scalar(select(Draft.answers).where(*_whose(writer)))
    return dict(found or {})


def version_of(stored: Mapping[str, Any], keys: frozenset[str] | None = None) -> str:
    """The version of the answers to these questions (all, where no keys are given): equal answers, equal version."""
    said = {key: answer for key, answer in stored.items() if keys is None or key in keys}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:20]


def save(session: Session, writer: Writer, written: Written, version: str, *, at: datetime) -> Saved:
    """Keep what one page says.

    `version` is that of the answers the page was filled with. Other sections are not touched, whoever wrote them since.

    Raises:
        NewerDraft: the answers of this section have changed since, and not to what is being saved.
    """
    lock(session, writer.audit_id)
    stored = load(session, writer)
    merged = written.over(stored)
    if version != version_of(stored, written.asked) and merged != stored:
        raise NewerDraft(stored)
    _put(session, writer, merged, at=at)
    return Saved(merged, version_of(merged, written.asked))


def discard(session: Session, writer: Writer) -> None:
    """Delete a draft, once it is submitted or given up."""
    session.execute(delete(Draft).where(*_whose(writer)), execution_options={"synchronize_session": False})


def lock(session: Session, audit_id: UUID) -> str:
    """Let no other transaction write to this audit until this one ends; the answer is the audit's state now."""
    return session.scalars(select(Audit.state).where(Audit.id == audit_id).with_for_update()).one()


def _put(session: Session, writer: Writer, merged: Stored, *, at: datetime) -> None:
    changed = session.connection().execute(
        update(Draft).where(*_whose(writer)).values(answers=merged, version=Draft.version + 1, saved_at=at)
    )
    if not changed.rowcount:
        row = {"audit_id": writer.audit_id, "stage": writer.stage, "person_id": writer.person_id}
        session.connection().execute(insert(Draft).values(id=uuid4(), answers=merged, version=1, saved_at=at, **row))


def _whose(writer: Writer) -> tuple[Any, ...]:
    return (
        Draft.audit_id == writer.audit_id,
        Draft.stage == writer.stage,
        Draft.person_id == writer.person_id,
    )
