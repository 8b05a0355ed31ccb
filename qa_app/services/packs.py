"""The values of a board pack: a closed month as published, and what the other sources and the record hold of it."""

from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from moderation.statistics.before_after import BeforeAfter, before_and_after
from moderation.statistics.comparison import Compared, compared
from moderation.statistics.figures import Figures
from moderation.statistics.months import after
from moderation.statistics.periods import Period
from qa_app.access.audience import PUBLIC
from qa_app.clock import london_day
from qa_app.models import EvidenceVersion
from qa_app.queries import evidence as evidence_queries
from qa_app.queries import pack as counts
from qa_app.queries.evidence import WHOLE
from qa_app.queries.sources import Span
from qa_app.reports import pack_values as content
from qa_app.reports.dates import month_name
from qa_app.reports.pack_sources import SourcesFound
from qa_app.services import events, heard, plan_states, published, revised, snapshots
from qa_app.services.evidence import QUESTIONS
from qa_app.services.learning import LED_BY, PART, WATCHED

RECENT: Final = "last_3"


def of_month(session: Session, month: date, *, council: str) -> content.Pack:
    """Everything a closed month's pack is made of; it depends on the month and on no reader.

    Raises:
        NothingPublished: the month is not closed.
    """
    found = published.figures_for(session, PUBLIC, until=month)
    kept, snapshot = snapshots.published(session, month), snapshots.newest(session, month)
    assert kept is not None  # noqa: S101  (figures_for has found it)
    assert snapshot is not None  # noqa: S101
    at = snapshot.made_at
    quarter = next((one for one in found.offered if not one.is_year), None)
    recent = found.figures.cases.windows.last_3.months or (month,)
    head = events.head(session, until=at)
    return content.Pack(
        month=month, council=council, closed_on=london_day(at), imported=kept.imported, figures=found.figures,
        notes=kept.notes, changed=_changed(session, found.figures), plan=_plan(session, month, london_day(at)),
        breakdown=published.breakdown_for(session, PUBLIC, quarter) if quarter else None,
        small_up_to=found.rules.suppress_up_to,
        found=_heard(session, quarter, up_to=found.rules.suppress_up_to),
        actions=_actions(session, Span(recent[0], month), at=at),
        learned=_learned(session, Span(recent[0], month), found.figures),
        moved=tuple(content.Moved(one.title, one.month, one.reported, one.now)
                    for one in revised.moved(session, found.figures)),
        events=head.count, events_sha256=head.sha256,
    )  # fmt: skip


def _heard(session: Session, quarter: Period | None, *, up_to: int) -> SourcesFound | None:
    """The other sources of a quarter, as they stood when its last month was closed."""
    if quarter is None or (closed := snapshots.newest(session, quarter.last)) is None:
        return None
    return heard.of_quarter(session, quarter, known_by=closed.made_at, up_to=up_to)


def _changed(session: Session, figures: Figures) -> tuple[Compared, ...]:
    """The last three closed months beside the three before them, each as published."""
    recent = figures.cases.windows.last_3.months
    earlier = snapshots.published(session, after(recent[0], -1)) if len(recent) == 3 else None
    return compared(figures, earlier.figures, RECENT, RECENT) if earlier is not None else ()


def _plan(session: Session, month: date, today: date) -> tuple[content.PlanAction, ...]:
    return tuple(
        content.PlanAction(
            action.action.ref, action.action.title, month_name(action.due.due),
            tuple(
                content.PlanLine(state.line.measure.title, state.target, state.now, state.at_due) for state in states
            ),
        )
        for action, states in plan_states.published(session, month, today=today)
    )  # fmt: skip


def _actions(session: Session, span: Span, *, at: datetime) -> content.ActionCounts:
    found = counts.actions(session, span, at=at)
    again = counts.changes(session, Span(after(span.last, -11), span.last))
    months = tuple(after(span.first, step) for step in range(12) if after(span.first, step) <= span.last)
    return content.ActionCounts(
        months, found.agreed, found.closed, found.closed_with_evidence, found.open, found.overdue, found.to_check,
        again["better"], again["same"], again["worse"], again["not_compared"],
    )  # fmt: skip


def _learned(session: Session, span: Span, figures: Figures) -> tuple[content.Learned, ...]:
    names = evidence_queries.names(session)
    return tuple(
        content.Learned(
            one.on,
            one.evidence.service.name if one.evidence.service else WHOLE,
            names.get(one.theme_code or one.measure_key or one.action_ref or "", ""),
            tuple((question, getattr(one, name)) for name, question in QUESTIONS.items()),
            LED_BY.get(one.led_by or "", ""),
            tuple(month for month in (one.led_from, one.led_to) if month is not None),
            one.changed_on,
            WATCHED.get(one.figure_key or "", ""),
            _later(one, figures),
        )
        for one in counts.evidence(session, span)
    )


def _later(one: EvidenceVersion, figures: Figures) -> BeforeAfter | None:
    """The council's figure before and after the change, in the months as they are published here."""
    key = one.figure_key or ""
    if one.changed_on is None or key not in WATCHED or key.startswith(PART):
        return None
    return before_and_after(figures.share(key).months, one.changed_on)
