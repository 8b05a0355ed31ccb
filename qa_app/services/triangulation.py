"""What every source says on each theme, side by side: audits, families, reviewing officers, complaints, observers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.statistics.directions import Agreement, Direction, agreement, direction
from moderation.statistics.facts import FINAL
from moderation.statistics.monthly import element_months
from moderation.statistics.scope import Scope
from moderation.statistics.share import Share
from qa_app.access.scope import SUBMITTED
from qa_app.models import Answers, Audit
from qa_app.queries import chair_checks, complaints, observations, practice_alerts, themes, voice
from qa_app.queries.facts import breakdown, cycle_months
from qa_app.queries.reach import NOTHING_NARROWED, Reach, within
from qa_app.queries.sight import Sight
from qa_app.queries.sources import Heard, Source, Span
from qa_app.services.figures import rules

GRADES: Final = "grades"
TICKED: Final = "ticked"
LABELS: Final = {
    GRADES: "Audit: grades",
    TICKED: "Audit: strengths and concerns",
    **{one.value: one.label for one in Source},
}
TOOLS: Final = ("case_file", "plan", "supervision")


@dataclass(frozen=True, slots=True)
class Line:
    """What one source says on one theme: so often a strength and a worry, of `n` that were heard, last on `newest`.

    `speaks` is False for a second look at the same audits: they are not heard twice. `element` is the graded part.
    """

    source: str
    strengths: int
    worries: int
    n: int
    newest: date | None
    newest_worry: date | None
    direction: Direction
    speaks: bool = True
    element: str = ""

    @property
    def label(self) -> str:
        """The source as people say it."""
        return LABELS[self.source]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything the sources said in one place and time; `grades` are good or better by graded part and month."""

    heard: Mapping[str, Sequence[Heard]]
    grades: Mapping[str, tuple[Share, date | None]]
    audit_months: tuple[date, ...]
    few: int


@dataclass(frozen=True, slots=True)
class OnTheme:
    """A theme with what each source says on it, and whether they point the same way."""

    code: str
    label: str
    lines: tuple[Line, ...]
    together: Agreement

    @property
    def newest_worry(self) -> date | None:
        """The last day on which any source named it as a worry."""
        return max((line.newest_worry for line in self.lines if line.newest_worry is not None), default=None)

    @property
    def is_heard(self) -> bool:
        """Whether any source named it at all."""
        return any(line.strengths or line.worries for line in self.lines)


def gather(session: Session, reach: Reach, span: Span, seen: Sight, *, few: int) -> Gathered:
    """What was said in these months. Of audits only closed months count, and none a moderator has yet to grade."""
    whole = replace(reach, narrow=NOTHING_NARROWED, stage=FINAL)
    months = tuple(
        one.month for one in cycle_months(session, Reach(open_months=False))
        if span.first <= one.month <= span.last and seen.until(one.month) == one.month
    )  # fmt: skip
    answered = voice.answered(voice.feedback(session, whole, span))
    heard: dict[str, Sequence[Heard]] = {
        TICKED: _ticked(session, whole, months),
        Source.VOICE: [one.heard() for one in answered],
        Source.CHECKS: [one.heard() for one in chair_checks.checks(session, whole, span)],
        Source.ALERTS: practice_alerts.heard(session, whole, span),
        Source.COMPLAINTS: complaints.heard(session, whole, span),
        Source.OBSERVATIONS: [one.heard() for one in observations.observations(session, whole, span)],
    }
    return Gathered(heard, _grades(session, whole, months), months, few)


def on_theme(found: Gathered, code: str, label: str) -> OnTheme:
    """One theme, source by source. Audits speak once: with their grades where the theme is graded, else as ticked."""
    graded = _graded_line(found, code)
    lines = [] if graded is None else [graded]
    for source, heard in found.heard.items():
        line = _line(source, heard, code, found.few)
        lines.append(replace(line, speaks=source != TICKED or graded is None or not graded.n))
    speaking = [(line.label, line.direction) for line in lines if line.speaks and (line is not graded or line.n)]
    return OnTheme(code, label, tuple(lines), agreement(speaking))


def every_theme(session: Session, found: Gathered) -> list[OnTheme]:
    """Every theme that any source named, those last named as a worry first."""
    made = [on_theme(found, one.code, one.label) for one in themes.known(session)]
    named = [one for one in made if one.is_heard]
    return sorted(named, key=lambda one: -(one.newest_worry or date.min).toordinal())


def _line(source: str, heard: Sequence[Heard], code: str, few: int) -> Line:
    worries = [one.day for one in heard if code in one.worries]
    strengths = [one.day for one in heard if code in one.strengths]
    return Line(
        source, len(strengths), len(worries), len(heard), max((*worries, *strengths), default=None),
        max(worries, default=None), direction(len(strengths), len(worries), few=few),
    )  # fmt: skip


def _graded_line(found: Gathered, code: str) -> Line | None:
    """Grades good or better as strengths and the others as worries; None where no part that is graded is the theme."""
    element = themes.GRADED_AS.get(code)
    if element is None:
        return None
    share, newest = found.grades.get(element, (Share(0, 0), None))
    worries = share.n - share.k
    return Line(
        GRADES, share.k, worries, share.n, newest, newest if worries else None,
        direction(share.k, worries, few=found.few), element=element,
    )  # fmt: skip


def _grades(session: Session, reach: Reach, months: tuple[date, ...]) -> dict[str, tuple[Share, date | None]]:
    """Final grades good or better over these months, and the last of them that has any, by graded part."""
    if not months:
        return {}
    elements = sorted(set(themes.GRADED_AS.values()))
    asked = replace(reach, months=(months[0], months[-1]), elements=elements, pair_elements=(), open_months=False)
    scope = Scope(breakdown(session, asked), rules(session), months[-1])
    made: dict[str, tuple[Share, date | None]] = {}
    for element in elements:
        graded = [one for one in element_months(element, FINAL, scope) if one.month in months and one.share.n]
        whole = sum((one.share for one in graded), Share(0, 0))
        made[element] = (whole, graded[-1].month if graded else None)
    return made


def _ticked(session: Session, reach: Reach, months: tuple[date, ...]) -> list[Heard]:
    """The strengths and concerns that auditors ticked; imported registers carry none and are left out."""
    rows = session.execute(
        select(
            Audit.tool_key, Audit.submitted_on, Audit.month, Audit.service_id, Audit.team_id,
            Answers.answers["themes_concerns"], Answers.answers["themes_strengths"],
        )
        .join(Answers, (Answers.audit_id == Audit.id) & (Answers.stage == "auditor"))
        .where(
            Audit.tool_key.in_(TOOLS), Audit.tool_version > 0, Audit.state.in_(SUBMITTED), Audit.month.in_(months),
            *within(reach, Audit.month, Audit.service_id, Audit.team_id),
        )
    )  # fmt: skip
    return [
        Heard(day or month, month, service, team, _codes(tool, worries), _codes(tool, strengths))
        for tool, day, month, service, team, worries, strengths in rows
    ]


def _codes(tool: str, ticked: Any) -> frozenset[str]:
    return frozenset(themes.meant(tool, code) for code in ticked or () if isinstance(code, str))
