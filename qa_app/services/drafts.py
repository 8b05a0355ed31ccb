"""Drafts: answers kept while they are written; question by question, nothing newer is overwritten, nothing lost."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from qa_app.models import Audit, Draft
from qa_app.services import asides
from qa_app.services.asides import Text, Writer
from qa_app.services.events import record

__all__ = [
    "LARGEST", "TOO_MUCH", "Boxes", "Kept", "NewerDraft", "Saved", "Stored", "Writer", "Written", "boxes_of", "discard",
    "load", "lock", "opened", "save", "version_of",
]  # fmt: skip

Stored = dict[str, Any]
Boxes = dict[str, list[str]]
"""The boxes of a form by their names, each with the texts that were sent in it."""

LARGEST: Final = 60_000
"""Characters that the answers of one audit hold together."""
TOO_MUCH: Final = (
    f"This audit has more than {LARGEST:,} characters with this text. Shorten it, or shorten other answers first."
)
_BLANK: Final = "-"


class NewerDraft(Exception):  # noqa: N818 - named for the fault
    """Of a draft kept whole: another tab or computer saved something else; `stored` is the draft as it stands."""

    def __init__(self, stored: Stored) -> None:
        super().__init__("Newer text was saved for this section from another tab or computer.")
        self.stored = stored


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as it stands: its answers, what was typed and refused as an answer, and the section written last."""

    answers: Stored = field(default_factory=dict)
    refused: Boxes = field(default_factory=dict)
    place: str = ""

    def content(self, key: str) -> Any:
        """What the page shows at a question: what was refused there if anything was, else its answer."""
        return boxes_of(self.refused, key) or self.answers.get(key)

    def differs(self, text: Text) -> bool:
        """Whether a text beside the draft says anything that the draft does not."""
        answers = any(answer != self.content(key) for key, answer in text.answers.items())
        return answers or any(texts != self.refused.get(box) for box, texts in text.refused.items())


@dataclass(frozen=True, slots=True)
class Written:
    """What one page says: the questions it asks, those whose answers can be kept, and these answers.

    A question of `kept` that is not in `answers` was left blank. `faulty` are those where something was refused; what
    was typed there comes back from `sent`, the boxes of the whole page. `aside` is the text of this page that is kept
    beside the draft already, `merges` are those it was shown with, and `hold` says that they are not merged yet.
    `rescued` says why somebody who is not signed in sends it, if so.
    """

    asked: frozenset[str]
    kept: frozenset[str]
    answers: Stored
    faulty: frozenset[str] = frozenset()
    sent: Boxes = field(default_factory=dict)
    section: str = ""
    aside: str = ""
    merges: tuple[str, ...] = ()
    hold: bool = False
    rescued: str = ""

    def content(self, key: str, before: Kept) -> Any:
        """What this page shows at a question, where `before` is the draft."""
        if key in self.faulty and (typed := boxes_of(self.sent, key)):
            return typed
        return self.answers.get(key) if key in self.kept else before.content(key)


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft after saving, and the version of the saved page, which travels in it.

    `clashing` are the questions answered otherwise elsewhere since the page was opened: what this page says of them is
    kept beside the draft, under the id `aside`.
    """

    answers: Stored
    version: str
    clashing: frozenset[str] = frozenset()
    aside: str = ""
    too_much: frozenset[str] = frozenset()


def boxes_of(boxes: Mapping[str, list[str]], key: str) -> Boxes:
    """The boxes of one question: those under its own name and under names that begin with it and a hyphen."""
    return {name: texts for name, texts in boxes.items() if name == key or name.startswith(f"{key}-")}


def load(session: Session, writer: Writer) -> Stored:
    """The answers of this person's draft; none when nothing has been written yet."""
    return opened(session, writer).answers


def opened(session: Session, writer: Writer) -> Kept:
    """This person's draft; an empty one when nothing has been written yet."""
    found = session.execute(select(Draft.answers, Draft.refused, Draft.place).where(*_whose(writer))).one_or_none()
    return Kept(dict(found.answers), dict(found.refused), found.place) if found else Kept()


def version_of(stored: Mapping[str, Any], keys: frozenset[str] | None = None, refused: Boxes | None = None) -> str:
    """The version of a draft's answers: equal answers, equal version.

    With the keys of a page's questions it has one part for each of them, so that saving can tell what changed where.
    """
    if keys is None:
        return _digest(dict(stored), 20)
    kept = Kept(dict(stored), refused or {})
    return ".".join(_digest(kept.content(key)) for key in sorted(keys))


def save(session: Session, writer: Writer, written: Written, version: str, *, at: datetime) -> Saved:
    """Keep what one page says, question by question; `version` is that of what the page was filled with.

    A question this page did not change stays as it is stored, whoever wrote it since. One that was changed here and
    elsewhere stays as well, and what this page says of it is kept beside the draft, to be merged by the person.
    Whoever calls it has locked the audit, to look at where it stands.
    """
    before = opened(session, writer)
    parts = dict(zip(sorted(written.asked), _parts(version, len(written.asked)), strict=True))
    taken, clashing = set[str](), set[str]()
    for key, seen in parts.items():
        here, there = written.content(key, before), before.content(key)
        if here == there or _digest(here) == seen:
            parts[key] = seen if here != there else _digest(here)
        elif _digest(there) == seen and not written.hold and written.rescued != "signed_out":
            taken.add(key)
            parts[key] = _digest(here)
        else:
            clashing.add(key)
    after, too_much = _with(before, written, taken)
    _put(session, writer, after, at=at)
    aside = _beside(session, writer, written, before, clashing, at=at)
    if written.rescued:
        how = {"why": written.rescued, "stage": writer.stage, "section": written.section}
        record(session, "draft.rescued", "audit", writer.audit_id, by=f"person:{writer.person_id}", at=at, **how)
    parts |= {key: _digest(after.content(key)) for key in too_much}
    return Saved(after.answers, ".".join(parts.values()), frozenset(clashing), aside, too_much)


def discard(session: Session, writer: Writer) -> None:
    """Delete a draft with what is kept beside it, once it is submitted or given up."""
    session.execute(delete(Draft).where(*_whose(writer)), execution_options={"synchronize_session": False})
    asides.discard(session, writer)


def lock(session: Session, audit_id: UUID) -> str:
    """Let no other transaction write to this audit until this one ends; the answer is the audit's state now."""
    return session.scalars(select(Audit.state).where(Audit.id == audit_id).with_for_update()).one()


def _digest(content: Any, length: int = 10) -> str:
    if content is None:
        return _BLANK
    whole = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()[:length]


def _parts(version: str, number: int) -> list[str]:
    """The parts of a page's version; what is no version of this page knows of no answer."""
    parts = version.split(".")
    return parts if len(parts) == number else ["?"] * number


def _with(before: Kept, written: Written, taken: Iterable[str]) -> tuple[Kept, frozenset[str]]:
    """The draft with these questions as the page says them, and those left out because the whole grew too long."""
    too_much = _over(before, written, taken)
    answers, refused = dict(before.answers), dict(before.refused)
    for key in taken:
        for box in boxes_of(refused, key):
            del refused[box]
        if key in written.kept and key not in too_much:
            answers.pop(key, None)
            answers |= {key: written.answers[key]} if key in written.answers else {}
        if key in written.faulty or key in too_much:
            refused |= boxes_of(written.sent, key)
    return Kept(answers, refused, written.section or before.place), too_much


def _over(before: Kept, written: Written, taken: Iterable[str]) -> frozenset[str]:
    """The questions whose longer text would take the audit over what it holds."""
    merged = before.answers | {key: answer for key, answer in written.answers.items() if key in taken}
    if characters(merged) <= LARGEST:
        return frozenset()
    grown = {key for key in taken if characters(written.answers.get(key)) > characters(before.answers.get(key))}
    return frozenset(key for key in grown if boxes_of(written.sent, key))


def characters(stored: Any) -> int:
    """How many characters an answer, or all of them, hold."""
    if isinstance(stored, str):
        return len(stored)
    if isinstance(stored, dict):
        return sum(characters(one) for one in stored.values())
    return sum(characters(one) for one in stored) if isinstance(stored, list) else 0


def _beside(
    session: Session, writer: Writer, written: Written, before: Kept, clashing: set[str], *, at: datetime
) -> str:  # fmt: skip
    """Keep what clashes beside the draft; once nothing does, what the page was shown with is merged."""
    if not clashing:
        if not written.hold:
            asides.settle(session, writer, (*written.merges, written.aside), at=at)
        return written.aside if written.hold else ""
    typed = {key: written.answers.get(key) for key in clashing if key not in written.faulty}
    refused: Boxes = {}
    for key in clashing & written.faulty:
        refused |= cast("Boxes", written.content(key, before))
    return asides.put(session, writer, written.section, Text(typed, refused), own=written.aside, at=at)


def _put(session: Session, writer: Writer, after: Kept, *, at: datetime) -> None:
    values = {"answers": after.answers, "refused": after.refused, "place": after.place, "saved_at": at}
    changed = session.connection().execute(
        update(Draft).where(*_whose(writer)).values(version=Draft.version + 1, **values)
    )
    if not changed.rowcount:
        row = {"audit_id": writer.audit_id, "stage": writer.stage, "person_id": writer.person_id}
        session.connection().execute(insert(Draft).values(id=uuid4(), version=1, **values, **row))


def _whose(writer: Writer) -> tuple[Any, ...]:
    return (
        Draft.audit_id == writer.audit_id,
        Draft.stage == writer.stage,
        Draft.person_id == writer.person_id,
    )
