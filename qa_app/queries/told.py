"""Submitted audits on the tools that people start, with their answers: what children, chairs and observers said."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.definition import Question, Tool
from qa_app.access.scope import SUBMITTED
from qa_app.models import Answers, Audit
from qa_app.queries import themes
from qa_app.queries.reach import Reach, within
from qa_app.queries.sources import Heard, Span


@dataclass(frozen=True, slots=True)
class Told:
    """One submitted audit: the keys it is counted by, and its answers as they are stored."""

    audit_id: UUID
    tool_key: str
    tool_version: int
    month: date
    day: date
    service_id: UUID
    team_id: UUID
    answers: dict[str, Any]

    def said(self, question: str) -> str:
        """The answer to a question that is chosen from a list; empty where there is none."""
        found = self.answers.get(question, "")
        return found if isinstance(found, str) else str(found)

    def heard(self) -> Heard:
        """The themes it names, by the one list."""
        return Heard(
            self.day, self.month, self.service_id, self.team_id,
            self._themes("themes_concerns"), self._themes("themes_strengths"),
        )  # fmt: skip

    def _themes(self, question: str) -> frozenset[str]:
        ticked = self.answers.get(question) or ()
        return frozenset(themes.meant(self.tool_key, code) for code in ticked if isinstance(code, str))


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the answers to one question fall: how many chose each, of how many who answered it."""

    key: str
    label: str
    choices: tuple[str, ...]
    counts: tuple[int, ...]
    codes: tuple[str, ...]  # of the choices, as they are stored

    @property
    def n(self) -> int:
        """How many answered it."""
        return sum(self.counts)


def told(
    session: Session, tools: Collection[str], reach: Reach, span: Span, *, known_by: datetime | None = None
) -> tuple[Told, ...]:
    """What was submitted on these tools in these months, oldest first; withdrawn audits are not among it.

    With `known_by` nothing that was submitted after that moment.
    """
    in_time = () if known_by is None else (Audit.submitted_at <= known_by,)
    rows = session.execute(
        select(
            Audit.id, Audit.tool_key, Audit.tool_version, Audit.month, Audit.submitted_on, Audit.service_id,
            Audit.team_id, Answers.answers,
        )
        .join(Answers, (Answers.audit_id == Audit.id) & (Answers.stage == "auditor"))
        .where(
            Audit.tool_key.in_(sorted(tools)), Audit.state.in_(SUBMITTED), Audit.month.between(*span),
            *within(reach, Audit.month, Audit.service_id, Audit.team_id), *in_time,
        )
        .order_by(Audit.submitted_on, Audit.month, Audit.number)
    )  # fmt: skip
    return tuple(Told(*row) for row in rows)


def distribution(question: Question, given: Iterable[Told]) -> Distribution:
    """How the answers to a question fall, over everything it offers."""
    answered = Counter(one.said(question.key) for one in given)
    offered = [(str(n), str(n)) for n in range(question.least, question.most + 1)] if question.kind == "scale" else [
        (choice.code, choice.label) for choice in question.choices
    ]  # fmt: skip
    return Distribution(
        question.key, question.label, tuple(label for _, label in offered),
        tuple(answered[code] for code, _ in offered), tuple(code for code, _ in offered),
    )  # fmt: skip


def distributions(tool: Tool, given: Sequence[Told], kinds: Collection[str] = ("rating",)) -> tuple[Distribution, ...]:
    """How the answers to each question of these kinds fall, in the order the tool asks them."""
    return tuple(distribution(question, given) for question in tool.questions if question.kind in kinds)


def alike(found: Iterable[Distribution]) -> dict[tuple[str, ...], list[Distribution]]:
    """Those that offer the same answers together: they share a table."""
    made: dict[tuple[str, ...], list[Distribution]] = {}
    for one in found:
        made.setdefault(one.choices, []).append(one)
    return made
