"""Texts beside a draft: what was typed on a page whose answers had changed meanwhile, kept until it is merged."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from qa_app.models import DraftAside

MARK = 8  # digits of the text's hash in the mark of an aside


@dataclass(frozen=True, slots=True)
class Writer:
    """Whose draft of which audit: `stage` is 'auditor', 'moderator' or 'agreement'."""

    audit_id: UUID
    stage: str
    person_id: UUID


class Text(NamedTuple):
    """What one page says of the questions that had changed: answers (None where left blank), and refused boxes."""

    answers: Mapping[str, Any]
    refused: Mapping[str, list[str]]


class Aside(NamedTuple):
    """A text that is not merged yet, and when it was typed.

    `mark` is its id and the first digits of its text's hash: merging settles what was shown, and nothing newer.
    """

    mark: str
    text: Text
    typed_at: datetime


def put(session: Session, writer: Writer, section: str, text: Text, *, own: str, at: datetime) -> str:
    """Keep a text beside the draft; the answer is its mark. The page that `own` is the mark of keeps one text."""
    said = json.dumps([text.answers, text.refused], sort_keys=True)
    digest = hashlib.sha256(said.encode()).hexdigest()
    open_here = (*_open(writer), DraftAside.section == section)
    known = session.scalar(select(DraftAside.id).where(*open_here, DraftAside.typed_sha256 == digest).limit(1))
    if known is None and (mine := _id(own)) is not None:
        known = session.scalar(select(DraftAside.id).where(*open_here, DraftAside.id == mine))
    values = {"answers": dict(text.answers), "refused": dict(text.refused), "typed_sha256": digest, "typed_at": at}
    if known is not None:
        session.execute(update(DraftAside).where(DraftAside.id == known).values(**values))
    else:
        known = uuid4()
        whose = {"audit_id": writer.audit_id, "stage": writer.stage, "person_id": writer.person_id}
        session.execute(insert(DraftAside).values(id=known, section=section, **whose, **values))
    return f"{known}:{digest[:MARK]}"


def waiting(session: Session, writer: Writer, section: str) -> tuple[Aside, ...]:
    """The texts of a section that are not merged yet, in the order they were typed."""
    rows = session.execute(
        select(
            DraftAside.id, DraftAside.typed_sha256, DraftAside.answers, DraftAside.refused, DraftAside.typed_at
        ).where(*_open(writer), DraftAside.section == section).order_by(DraftAside.typed_at, DraftAside.id)
    )  # fmt: skip
    return tuple(Aside(f"{one}:{digest[:MARK]}", Text(said, boxes), at) for one, digest, said, boxes, at in rows)


def all_waiting(session: Session, writer: Writer) -> list[tuple[str, Text]]:
    """Every text that is not merged yet, with its section."""
    rows = session.execute(select(DraftAside.section, DraftAside.answers, DraftAside.refused).where(*_open(writer)))
    return [(section, Text(said, boxes)) for section, said, boxes in rows]


def settle(session: Session, writer: Writer, marks: Iterable[str], *, at: datetime) -> None:
    """What these marks stand for is merged; a text that has changed since it was shown stays."""
    for mark in marks:
        if (known := _id(mark)) is not None:
            shown = DraftAside.typed_sha256.startswith(mark.partition(":")[2], autoescape=True)
            session.execute(
                update(DraftAside).where(*_open(writer), DraftAside.id == known, shown).values(settled_at=at)
            )


def discard(session: Session, writer: Writer) -> None:
    """Delete what is kept beside a draft that is submitted or given up."""
    session.execute(delete(DraftAside).where(*_whose(writer)), execution_options={"synchronize_session": False})


def _id(mark: str) -> UUID | None:
    """The id in a mark; None where it is none."""
    one, colon, digest = mark.partition(":")
    try:
        return UUID(one) if colon and len(digest) == MARK else None
    except ValueError:
        return None


def _open(writer: Writer) -> tuple[Any, ...]:
    return (*_whose(writer), DraftAside.settled_at.is_(None))


def _whose(writer: Writer) -> tuple[Any, ...]:
    return (
        DraftAside.audit_id == writer.audit_id,
        DraftAside.stage == writer.stage,
        DraftAside.person_id == writer.person_id,
    )
