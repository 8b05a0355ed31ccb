"""Agreeing final grades: what is chosen and said of each difference is kept as a draft until it is agreed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from audit_forms.definition import Element, Tool
from audit_forms.differing import crosses_good_line
from audit_forms.grades import Judged, judged
from audit_forms.regrading import QUALITY, SOUND
from qa_app.models import Moderation, Person
from qa_app.queries.moderations import Comparison
from qa_app.services import drafts, moderations
from qa_app.services.drafts import Saved, Stored, Writer, Written
from qa_app.services.moderations import Reason, Resolution


@dataclass(frozen=True, slots=True)
class Part:
    """One element both judged, with the words each wrote about it."""

    element: Element
    auditor: Judged | None
    moderator: Judged | None
    auditor_words: str
    moderator_words: str
    third: Judged | None = None
    third_words: str = ""

    @property
    def differs(self) -> bool:
        return self.auditor != self.moderator

    @property
    def crosses(self) -> bool:
        """Whether only one of the two says good or better; that needs a note."""
        return crosses_good_line(self.auditor, self.moderator)


def parts(tool: Tool, both: Comparison) -> tuple[Part, ...]:
    """Every element that either of them judged, differences first, else in the tool's order."""
    found = [
        Part(
            element,
            both.auditor.judgements.get(element.key),
            both.moderator.judgements.get(element.key),
            _auditor_words(both.auditor.answers, element.key),
            _text(both.moderator.answers, f"{element.key}_rationale"),
            both.third.judgements.get(element.key) if both.third else None,
            _text(both.third.answers, f"{element.key}_rationale") if both.third else "",
        )
        for element in tool.elements
        if element.key in both.auditor.judgements or element.key in both.moderator.judgements
    ]
    return tuple(sorted(found, key=lambda part: not part.differs))


def writer_of(moderation: Moderation, moderator: Person) -> Writer:
    """The moderator as the writer of what is being agreed."""
    return Writer(moderation.audit_id, "agreement", moderator.id)


def write(
    session: Session, moderation: Moderation, moderator: Person, written: Written, version: str, *, at: datetime
) -> Saved:
    """Keep what the page says before it is agreed.

    Raises:
        WrongState: the moderator has not graded, the final grades were agreed before, or the month is closed.
    """
    moderations.hold(session, moderation)
    moderations.check_unagreed(moderation)
    return drafts.save(session, writer_of(moderation, moderator), written, version, at=at)


def agree(
    session: Session, moderation: Moderation, moderator: Person, said: tuple[Part, ...], stored: Stored, *,
    tool: Tool, by: str, at: datetime,
) -> None:  # fmt: skip
    """Agree the final grades as they stand in the draft; where both gave the same, that is the final grade.

    Raises:
        WrongState: the moderator has not graded, the final grades were agreed before, or the month is closed.
        Unresolved: an element has no final grade, a difference no reason, or one across the good line no note.
    """
    resolutions = {
        part.element.key: resolution for part in said if (resolution := _resolution(part, stored)) is not None
    }
    asked = {question.key for question in tool.section(QUALITY).questions}
    moderations.agree(
        session, moderation, resolutions, form_sound=_yes(stored.get(SOUND)),
        answers={key: answer for key, answer in stored.items() if key in asked},
        by=by, judge_id=moderator.id, at=at,
    )  # fmt: skip


def _resolution(part: Part, stored: Mapping[str, Any]) -> Resolution | None:
    key = part.element.key
    if not part.differs and part.moderator is not None:
        return Resolution(part.moderator)
    final, reason = stored.get(f"final_{key}"), stored.get(f"reason_{key}")
    if not final or not reason:
        return None
    decider = stored.get(f"decider_{key}")
    return Resolution(judged(final), Reason(reason), stored.get(f"note_{key}", ""), UUID(decider) if decider else None)


def _yes(answer: object) -> bool | None:
    return None if answer is None else answer == "yes"


def _auditor_words(answers: Mapping[str, Any], element: str) -> str:
    keys = ("why_not_higher", "why_not_lower", "consistency_reason") if element == "overall" else ()
    said = [_text(answers, key) for key in (f"{element}_evidence", *keys)]
    return "\n\n".join(one for one in said if one)


def _text(answers: Mapping[str, Any], key: str) -> str:
    answer = answers.get(key, "")
    return answer if isinstance(answer, str) else ""
