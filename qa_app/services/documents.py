"""Guidance for auditors and moderators: drafted, published version by version, and read by each of them."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_app.models import Acknowledgement, Document, DocumentDraft, DocumentVersion
from qa_app.queries import documents
from qa_app.services.events import record
from qa_app.services.outbox import tell

KINDS: Final = {"audit": "The Audit Guidance", "tool": "Guidance to a tool", "moderation": "Guidance for moderation"}
LONGEST: Final = 60_000
LONGEST_CHANGE: Final = 2_000


class DocumentRefused(ValueError):  # noqa: N818 - named for the fault
    """A text that cannot be kept or published; `field` is what it is about, and the message says what to do."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class NewerVersion(ValueError):  # noqa: N818 - named for the fault
    """Somebody says that they have read a version that is not the newest."""

    def __init__(self) -> None:
        super().__init__("There is a newer version than the one you read. Read it, then say so.")


@dataclass(frozen=True, slots=True)
class Text:
    """What a version says: its words, what changed, and who has to read it."""

    title: str
    words: str
    change: str
    for_auditors: bool
    for_moderators: bool

    @property
    def sha256(self) -> str:
        """By which what was read can be told from what was written since."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def text_of(kept: DocumentDraft | DocumentVersion) -> Text:
    """What a draft or a version says."""
    return Text(kept.title, kept.words, kept.change, kept.for_auditors, kept.for_moderators)


def make(session: Session, kind: str, tool_key: str, text: Text, *, by: str, at: datetime) -> Document:
    """A new document with the draft of its first version.

    Raises:
        DocumentRefused: there is one of this kind already, or the text cannot be kept.
    """
    made = Document(kind=kind, tool_key=tool_key if kind == "tool" else "", made_at=at, made_by=by)
    if kind == "tool" and not tool_key:
        raise DocumentRefused("tool_key", "Choose the tool that the guidance is about.")
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise DocumentRefused("kind", "There is a document of this kind already. Write its next version.") from None
    write(session, made, text, by=by, at=at)
    return made


def write(session: Session, document: Document, text: Text, *, by: str, at: datetime) -> DocumentDraft:
    """Keep the draft of the next version.

    Raises:
        DocumentRefused: it has no title or no words.
    """
    if not text.title.strip():
        raise DocumentRefused("title", "Write what the document is called.")
    if not text.words.strip():
        raise DocumentRefused("words", "Write the guidance.")
    draft = session.get(DocumentDraft, document.id) or DocumentDraft(document_id=document.id)
    for name, value in asdict(text).items():
        setattr(draft, name, value)
    draft.saved_at, draft.saved_by = at, by
    session.add(draft)
    session.flush()
    record(session, "document.drafted", "document", document.id, by=by, at=at)
    return draft


def give_up(session: Session, document: Document, *, by: str, at: datetime) -> None:
    """Throw the draft away; what is published stands as it is."""
    draft = session.get(DocumentDraft, document.id)
    if draft is not None:
        session.delete(draft)
        session.flush()
        record(session, "document.draft_given_up", "document", document.id, by=by, at=at)


def publish(session: Session, document: Document, sha256: str, *, by: str, at: datetime) -> DocumentVersion:
    """Make the draft the newest version, for good, and tell everybody who has to read it.

    Raises:
        DocumentRefused: there is no draft, it is another than was looked at, or it does not say what changed.
    """
    session.execute(select(Document.id).where(Document.id == document.id).with_for_update())
    draft = session.get(DocumentDraft, document.id, populate_existing=True)
    if draft is None:
        raise DocumentRefused("words", "There is no draft to publish. Write the next version first.")
    text = text_of(draft)
    if text.sha256 != sha256:
        raise DocumentRefused("words", "The draft has changed since you looked at it. Read it again, then publish it.")
    before = session.scalar(select(func.max(DocumentVersion.version)).where(DocumentVersion.document_id == document.id))
    if before and not text.change.strip():
        raise DocumentRefused("change", "Say what has changed. Everybody who read the last version sees it.")
    made = DocumentVersion(
        document_id=document.id, version=(before or 0) + 1, sha256=sha256, published_at=at, published_by=by,
        **asdict(text),
    )  # fmt: skip
    session.add(made)
    session.delete(draft)
    session.flush()
    record(session, "document.published", "document", document.id, by=by, at=at, version=made.version, sha256=sha256)
    tell(
        session, documents.readers(session, made), "document.published", at=at, about=("document", document.id),
        once=f"{document.id.hex}:{made.version}", document=str(document.id),
    )  # fmt: skip
    return made


def acknowledge(session: Session, person_id: UUID, document: Document, version: int, *, by: str, at: datetime) -> bool:
    """Somebody has read the newest version; a second click changes nothing. Tells whether it was the first.

    Raises:
        NewerVersion: there is a newer one than the one they read.
    """
    newest = documents.newest_of(session, document.id)
    if newest is None or newest.version != version:
        raise NewerVersion
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    said = {"document_id": document.id, "version": version, "person_id": person_id, "given_at": at}
    first = insert(Acknowledgement).values(**said).on_conflict_do_nothing().returning(Acknowledgement.id)
    if session.scalar(first) is None:
        return False
    record(session, "document.acknowledged", "document", document.id, by=by, at=at, version=version)
    return True
