"""Children's and families' voice: who was asked, who answered, what they answered, and what they spoke of."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.access.scope import SUBMITTED
from qa_app.models import Answers, Audit
from qa_app.queries.facts import cycle_months
from qa_app.queries.reach import TOOL, Reach, within
from qa_app.queries.sight import Sight
from qa_app.queries.sources import Count, Source, Span, tally
from qa_app.queries.told import Told, told

FEEDBACK: Final = {
    "feedback_young": "Younger children",
    "feedback_older": "Older children and young people",
    "feedback_carer": "Parents and carers",
}
ASKED_OF: Final = {"child": "The child", "parent": "A parent or carer"}


@dataclass(frozen=True, slots=True)
class AskedRate:
    """Of the case file audits that say so, in how many somebody was asked what they think."""

    who: str
    yes: int
    no: int
    not_right: int  # it would not have been right to ask

    @property
    def n(self) -> int:
        return self.yes + self.no + self.not_right


@dataclass(frozen=True, slots=True)
class Reached:
    """Of those who were asked for feedback, how many answered, did not want to, or were not reached."""

    tool_key: str
    answered: int
    declined: int
    not_reached: int

    @property
    def n(self) -> int:
        return self.answered + self.declined + self.not_reached


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A case file audit in which somebody was not asked, and why."""

    audit_id: UUID
    reference: str
    team: str
    who: str
    why: str


def feedback(session: Session, reach: Reach, span: Span, *, known_by: datetime | None = None) -> tuple[Told, ...]:
    """The feedback of these months, that alone that was submitted by a moment where one is given."""
    return told(session, FEEDBACK, reach, span, known_by=known_by)


def answered(given: Sequence[Told]) -> tuple[Told, ...]:
    """That of people who wanted to answer."""
    return tuple(one for one in given if one.said("agreed") == "yes")


def reached(given: Sequence[Told]) -> tuple[Reached, ...]:
    """Who was asked for feedback, and who gave it."""
    found = Counter((one.tool_key, one.said("agreed")) for one in given)
    made = (Reached(key, found[key, "yes"], found[key, "no"], found[key, "not_reached"]) for key in FEEDBACK)
    return tuple(one for one in made if one.n)


def asked_rates(session: Session, reach: Reach, span: Span, seen: Sight) -> tuple[AskedRate, ...]:
    """Whether children and parents were asked, by the case file audits of the months this person may look into."""
    shown = [
        one.month for one in cycle_months(session, Reach(open_months=seen.open_months))
        if span.first <= one.month <= span.last and seen.until(one.month) == one.month
    ]  # fmt: skip
    return tuple(_rate(session, who, reach, shown) for who in ASKED_OF)


def _rate(session: Session, who: str, reach: Reach, months: Sequence[object]) -> AskedRate:
    answer = Answers.answers[f"{who}_asked"].as_string()
    rows = session.execute(
        select(answer, func.count())
        .join(Audit, Audit.id == Answers.audit_id)
        .where(
            Answers.stage == "auditor", Audit.tool_key == TOOL, Audit.state.in_(SUBMITTED), Audit.month.in_(months),
            *within(reach, Audit.month, Audit.service_id, Audit.team_id),
        )
        .group_by(answer)
    )  # fmt: skip
    found: dict[str | None, int] = dict(iter(rows))
    return AskedRate(who, found.get("yes", 0), found.get("no", 0), found.get("not_appropriate", 0))


def not_asked(session: Session, actor: Actor, reach: Reach, span: Span, *, most: int = 200) -> tuple[NotAsked, ...]:
    """The audits this person may read in which a child or parent was not asked, newest first, with the reason."""
    made: list[NotAsked] = []
    for who in ASKED_OF:
        rows = session.execute(
            scope.readable_audits(actor)
            .join(Answers, (Answers.audit_id == Audit.id) & (Answers.stage == "auditor"))
            .where(
                Audit.tool_key == TOOL, Audit.state.in_(SUBMITTED), Audit.month.between(*span),
                Answers.answers[f"{who}_asked"].as_string().in_(("no", "not_appropriate")),
                *within(reach, Audit.month, Audit.service_id, Audit.team_id),
            )
            .add_columns(Answers.answers[f"{who}_asked_why"].as_string())
            .order_by(Audit.month.desc(), Audit.number)
            .limit(most)
        )  # fmt: skip
        made += [NotAsked(audit.id, audit.reference, audit.team.name, who, why or "") for audit, why in rows]
    return tuple(made)


def counts(
    session: Session, reach: Reach, span: Span, *, by: Collection[str] = ("theme",), known_by: datetime | None = None
) -> tuple[Count, ...]:
    """What children and families spoke of, in plain counts: of `n` who answered, for `k` a theme is to change."""
    return tally(Source.VOICE, (one.heard() for one in answered(feedback(session, reach, span, known_by=known_by))), by)
