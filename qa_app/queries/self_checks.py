"""Self-checks as they stand in a list, and once one is given what was graded the same and what was not."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from audit_forms.definition import Element
from audit_forms.grades import BEST_FIRST, Grade, Judged, judged
from qa_app.access.actor import Actor
from qa_app.access.self_checks import visible
from qa_app.models import Judgement, Person, Reading, ReadingGrade
from qa_app.queries.tools import tool_of

PLACE = {grade: place for place, grade in enumerate(BEST_FIRST)}


class NotGiven(LookupError):  # noqa: N818 - named for the fault
    """Nothing of the first grades is shown before the second ones are given."""


class Listed(NamedTuple):
    """A self-check in a list."""

    reading_id: UUID
    name: str
    own: bool
    month: date
    state: str
    asked_at: datetime


class Compared(NamedTuple):
    """One part graded twice by one person: then and now; `apart` counts grades now above then, None without both."""

    element: Element
    then: Judged | None
    now: Judged
    words: str
    apart: int | None

    @property
    def same(self) -> bool:
        return self.then is self.now

    @property
    def crossed(self) -> bool:
        """Whether one of the two is good or better and the other is not."""
        both = isinstance(self.then, Grade) and isinstance(self.now, Grade)
        return both and self.then.is_good_or_better is not self.now.is_good_or_better  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a self-check: part by part, and counted. Counts alone: a person's few grades make no percentage."""

    rows: tuple[Compared, ...]

    @property
    def n(self) -> int:
        return len(self.rows)

    @property
    def same(self) -> int:
        return sum(one.same for one in self.rows)

    @property
    def one_off(self) -> int:
        return sum(one.apart is not None and abs(one.apart) == 1 for one in self.rows)

    @property
    def crossed(self) -> int:
        return sum(one.crossed for one in self.rows)


def listed(session: Session, actor: Actor) -> tuple[Listed, ...]:
    """The self-checks this person is asked for or asks for: open ones first, the newest first."""
    rows = session.scalars(
        visible(actor)
        .join(Person, Person.id == Reading.reader_id)
        .options(joinedload(Reading.reader), joinedload(Reading.audit))
        .order_by(Reading.state.in_(("given", "ended")), Reading.asked_at.desc(), Person.name, Reading.id)
    )
    return tuple(
        Listed(
            one.id, one.reader.name if one.reader else "", one.reader_id == actor.person_id, one.audit.month, one.state,
            one.asked_at,
        )
        for one in rows
    )  # fmt: skip


def to_give(session: Session, actor: Actor) -> tuple[Listed, ...]:
    """The self-checks that wait for this person."""
    return tuple(one for one in listed(session, actor) if one.own and one.state in {"asked", "reading"})


def outcome(session: Session, reading: Reading) -> Outcome:
    """What was graded the same and what was not.

    Raises:
        NotGiven: the second grades are not given yet.
    """
    if reading.state != "given":
        raise NotGiven
    first = select(Judgement.element, Judgement.grade).where(
        Judgement.audit_id == reading.audit_id, Judgement.stage == "auditor"
    )
    then = {row.element: judged(row.grade) for row in session.execute(first)}
    now = {
        one.element: one for one in session.scalars(select(ReadingGrade).where(ReadingGrade.reading_id == reading.id))
    }
    rows = []
    for element in tool_of(session, reading.audit).elements:
        if element.key in now:
            before, after = then.get(element.key), judged(now[element.key].grade)
            rows.append(Compared(element, before, after, now[element.key].words, _apart(before, after)))
    return Outcome(tuple(rows))


def _apart(then: Judged | None, now: Judged) -> int | None:
    return PLACE[then] - PLACE[now] if isinstance(then, Grade) and isinstance(now, Grade) else None
