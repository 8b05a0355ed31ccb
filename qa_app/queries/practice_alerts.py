"""Practice alerts as they stand: at which stage, who is to answer by when, what is overdue; and in plain counts."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from qa_app.access import sources as seen
from qa_app.access.actor import Actor
from qa_app.models import PracticeAlert, PracticeAlertStep
from qa_app.queries.reach import Reach, within
from qa_app.queries.sources import Count, Heard, Source, Span, tally
from qa_app.working_days import working_days_between


class Kind(StrEnum):
    """What was raised."""

    ALERT = "alert"
    DISPUTE = "dispute"
    GOOD_PRACTICE = "good_practice"

    @property
    def label(self) -> str:
        return _KINDS[self]


_KINDS: Final = {Kind.ALERT: "Practice alert", Kind.DISPUTE: "Dispute", Kind.GOOD_PRACTICE: "Good practice"}
# Stages from the lowest up, as people say them.
STAGES: Final = {
    "informal": "Informal", "one": "Stage 1", "two": "Stage 2", "three": "Stage 3", "cafcass": "Referred to Cafcass",
}  # fmt: skip
UP: Final = tuple(STAGES)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a practice alert stands today."""

    alert: PracticeAlert
    step: PracticeAlertStep
    today: date

    @property
    def kind(self) -> Kind:
        return Kind(self.alert.kind)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.kind is not Kind.GOOD_PRACTICE and self.step.what != "resolved"

    @property
    def waits(self) -> bool:
        """Whether an answer is asked for."""
        return self.is_open and self.step.what in ("raised", "moved")

    @property
    def due_on(self) -> date | None:
        """The next day something is due: the answer, or the end of a dispute."""
        days = [self.step.due_on if self.waits else None, self.alert.whole_due_on if self.is_open else None]
        return min((day for day in days if day is not None), default=None)

    @property
    def is_overdue(self) -> bool:
        return self.due_on is not None and self.due_on < self.today

    @property
    def clock(self) -> str:
        """The working-day clock in words; empty where none runs."""
        if self.due_on is None:
            return ""
        left = working_days_between(self.today, self.due_on)
        days = "1 working day" if abs(left) == 1 else f"{abs(left)} working days"
        return "Due today" if self.due_on == self.today else f"{days} over" if left <= 0 else f"{days} left"

    @property
    def words(self) -> str:
        """Where it stands, in words."""
        if self.kind is Kind.GOOD_PRACTICE:
            return "Noted"
        if self.waits:
            return "Overdue" if self.is_overdue else "To answer"
        if self.is_open:
            return "Overdue" if self.is_overdue else "Answered"
        return "Resolved"


def standing(alert: PracticeAlert, today: date) -> Standing:
    """Where one stands."""
    return Standing(alert, alert.steps[-1], today)


def listed(
    session: Session, actor: Actor, *, today: date, reach: Reach | None = None, span: Span | None = None
) -> tuple[Standing, ...]:
    """The practice alerts this person may see: the overdue first, then the open by due date, then the newest."""
    wanted = seen.visible_alerts(actor).options(selectinload(PracticeAlert.steps))
    if reach is not None:
        wanted = wanted.where(*within(reach, None, PracticeAlert.service_id, PracticeAlert.team_id))
    if span is not None:
        wanted = wanted.where(PracticeAlert.raised_on.between(*span.days))
    found = [standing(one, today) for one in session.scalars(wanted)]
    return tuple(sorted(found, key=_order))


def to_answer(session: Session, actor: Actor, *, today: date) -> tuple[Standing, ...]:
    """Those this person is to answer now, the longest overdue first."""
    mine = select(PracticeAlertStep.alert_id).where(PracticeAlertStep.recipient_id == actor.person_id)
    found = (
        standing(one, today) for one in session.scalars(seen.visible_alerts(actor).where(PracticeAlert.id.in_(mine)))
    )
    return tuple(sorted((o for o in found if o.waits and o.step.recipient_id == actor.person_id), key=_order))


def by_kind_and_stage(found: Iterable[Standing]) -> dict[Kind, Counter[str]]:
    """How many of each kind there are at each stage."""
    made: dict[Kind, Counter[str]] = {kind: Counter() for kind in Kind}
    for one in found:
        made[one.kind][one.step.stage] += 1
    return made


def counts(
    session: Session, reach: Reach, span: Span, *, by: Collection[str] = ("theme",), known_by: datetime | None = None
) -> tuple[Count, ...]:
    """Practice alerts in plain counts: of `n`, `k` alerts and disputes on a theme, and `good` of good practice."""
    return tally(Source.ALERTS, heard(session, reach, span, known_by=known_by), by)


def heard(session: Session, reach: Reach, span: Span, *, known_by: datetime | None = None) -> list[Heard]:
    """What they named: an alert or dispute a worry, good practice a strength."""
    in_time = () if known_by is None else (PracticeAlert.recorded_at <= known_by,)
    rows = session.execute(
        select(
            PracticeAlert.kind, PracticeAlert.raised_on, PracticeAlert.service_id, PracticeAlert.team_id,
            PracticeAlert.theme_code,
        ).where(
            PracticeAlert.raised_on.between(*span.days),
            *within(reach, None, PracticeAlert.service_id, PracticeAlert.team_id), *in_time,
        )
    )  # fmt: skip
    return [_heard(*row) for row in rows]


def _heard(kind: str, on: date, service: object, team: object, theme: str) -> Heard:
    named, nothing = frozenset((theme,)), frozenset[str]()
    good = kind == Kind.GOOD_PRACTICE
    return Heard(on, on.replace(day=1), service, team, nothing if good else named, named if good else nothing)  # type: ignore[arg-type]


def _order(one: Standing) -> tuple[int, int, str]:
    if one.is_open:
        return (0 if one.is_overdue else 1), (one.due_on or date.max).toordinal(), str(one.alert.id)
    return 2, -one.alert.raised_on.toordinal(), str(one.alert.id)
