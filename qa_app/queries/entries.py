"""The entries behind a figure of the other sources, as far as somebody may open them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from sqlalchemy.orm import Session

from audit_forms.catalogue import latest
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.models import Audit
from qa_app.queries import chair_checks, complaints, observations, practice_alerts, voice
from qa_app.queries.reach import Reach
from qa_app.queries.sources import Source, Span
from qa_app.queries.told import Told, told

TOOLS: Final[dict[Source, Collection[str]]] = {
    Source.VOICE: voice.FEEDBACK, Source.CHECKS: (chair_checks.TOOL,), Source.OBSERVATIONS: (observations.TOOL,),
}  # fmt: skip
AGREED: Final = "agreed"
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which of the entries are meant: of a month, on a theme as a worry or as good, or with one answer or stage."""

    month: date | None = None
    theme: str = ""
    good: bool | None = None
    tool: str = ""
    question: str = ""
    answer: str = ""
    stage: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Audits:
    """The newest of the audits one may open, and how many the figure counts."""

    rows: tuple[Audit, ...]
    counted: int

    @property
    def are_all(self) -> bool:
        return len(self.rows) == self.counted


def of_source(session: Session, source: Source, reach: Reach, span: Span, wanted: Narrowing) -> list[Told]:
    """What a figure counts; of feedback only that of people who answered, where nothing else is asked."""
    return [one for one in told(session, TOOLS[source], reach, span) if _meant(one, source, wanted)]


def readable(session: Session, actor: Actor, found: Iterable[Told]) -> Audits:
    """Those of them that somebody may open."""
    ids = {one.audit_id for one in found}
    rows = session.scalars(
        scope.readable_audits(actor)
        .where(Audit.id.in_(sorted(ids)))
        .order_by(Audit.month.desc(), Audit.submitted_on.desc(), Audit.number)
        .limit(MOST)
    )
    return Audits(tuple(rows), len(ids))


@cache
def asked_of(tool_key: str) -> frozenset[str]:
    """The questions of a tool whose answers its pages count; others narrow nothing."""
    counted = {question.key for question in latest(tool_key).questions if question.kind in ("rating", "scale")}
    return frozenset(counted | ({"in_time", "concern_raised"} if tool_key == chair_checks.TOOL else {AGREED}))


def _meant(one: Told, source: Source, wanted: Narrowing) -> bool:
    if source is Source.VOICE and wanted.question != AGREED and one.said(AGREED) != "yes":
        return False
    if wanted.question in asked_of(one.tool_key) and one.said(wanted.question) != wanted.answer:
        return False
    heard = one.heard()
    named = {True: heard.strengths, False: heard.worries, None: heard.strengths | heard.worries}[wanted.good]
    return (
        (wanted.month is None or one.month == wanted.month)
        and (not wanted.theme or wanted.theme in named)
        and (not wanted.tool or one.tool_key == wanted.tool)
    )


def alerts(found: Iterable[practice_alerts.Standing], span: Span, wanted: Narrowing) -> list[practice_alerts.Standing]:
    """Those of the practice alerts one may see that are meant."""
    return [
        one for one in found
        if _within(one.alert.raised_on, span, wanted)
        and _on(one.alert.theme_code, wanted)
        and (wanted.good is None or wanted.good == (one.kind == practice_alerts.Kind.GOOD_PRACTICE))
        and wanted.stage in ("", one.step.stage)
        and wanted.kind in ("", one.kind)
    ]  # fmt: skip


def received(found: Iterable[complaints.Standing], span: Span, wanted: Narrowing) -> list[complaints.Standing]:
    """Those of the complaints and compliments one may see that are meant; a stage means all that reached it."""
    return [
        one for one in found
        if _within(one.complaint.received_on, span, wanted)
        and _on(one.step.theme_code or "other", wanted)
        and (wanted.good is None or wanted.good == one.is_compliment)
        and (not wanted.stage or wanted.stage in {step.stage for step in one.complaint.steps})
    ]  # fmt: skip


def _within(day: date, span: Span, wanted: Narrowing) -> bool:
    first, last = span.days
    return first <= day <= last and (wanted.month is None or day.replace(day=1) == wanted.month)


def _on(theme: str, wanted: Narrowing) -> bool:
    return not wanted.theme or theme == wanted.theme
