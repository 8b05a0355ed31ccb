"""IROs and chairs: their checks of practice by month, and their practice alerts, disputes and good practice."""

from collections.abc import Callable, Sequence

from flask import Blueprint, render_template

from moderation.statistics import months
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.clock import london_day
from qa_app.queries import chair_checks, practice_alerts, themes
from qa_app.queries.practice_alerts import STAGES, Kind, Standing
from qa_app.queries.sources import Source, tally
from qa_app.reports.dates import month_name
from qa_app.web.source_pages import Cell, behind, linked, over_months, page, theme_rows

screen = Blueprint("iro", __name__, url_prefix="/iro")


@screen.get("")
@needs(Can.SOURCE_READ)
def show() -> tuple[str, int]:
    """Open practice alerts first, whatever the period; then what the period holds."""
    asked, today = page(), london_day(now())
    every = practice_alerts.listed(session(), actor(), today=today, reach=asked.reach)
    first, last = asked.span.days
    within = [one for one in every if first <= one.alert.raised_on <= last]
    found = chair_checks.checks(session(), asked.reach, asked.span)
    heard, leads = [one.heard() for one in found], behind(asked, Source.CHECKS)
    return render_template(
        "iro/show.html", asked=asked, open=[one for one in every if one.is_open], within=within,
        done=[one for one in within if not one.is_open], stages=STAGES, labels=themes.labels(session()),
        months=[_month(one, leads) for one in chair_checks.by_month(found)],
        check_themes=theme_rows(tally(Source.CHECKS, heard), asked, Source.CHECKS),
        alert_themes=theme_rows(
            practice_alerts.counts(session(), asked.reach, asked.span), asked, Source.ALERTS
        ),
        alert_rows=_by_stage(within, behind(asked, Source.ALERTS)),
        checks_picture=over_months(asked, Source.CHECKS, heard),
        alerts_picture=over_months(
            asked, Source.ALERTS, practice_alerts.heard(session(), asked.reach, asked.span)
        ),
    ), asked.status  # fmt: skip


def _month(one: chair_checks.MonthOfChecks, leads: Callable[..., str]) -> tuple[str | Cell, ...]:
    """A month of checks, each number leading to its checks."""
    name, month = month_name(one.month), months.name(one.month)

    def cell(number: int, question: str, answer: str, words: str) -> Cell:
        return linked(number, leads(month=month, question=question, answer=answer), f"{name}, {words}")

    quality = [cell(getattr(one, said), "quality", said, said) for said in ("green", "amber", "red")]
    return (
        name, *quality, cell(one.in_time, "in_time", "yes", "in time"), one.took_part,
        cell(one.concerns, "concern_raised", "yes", "concern raised"),
        linked(one.n, leads(month=month), f"{name}, checks"),
    )  # fmt: skip


def _by_stage(within: Sequence[Standing], leads: Callable[..., str]) -> list[tuple[str | Cell, ...]]:
    """Each kind of practice alert with how many are at each stage; good practice has none."""
    made: list[tuple[str | Cell, ...]] = []
    for kind, at in practice_alerts.by_kind_and_stage(within).items():
        whole = linked(at.total(), leads(kind=kind.value), f"{kind.label}, all")
        stages = [
            linked(at[stage], leads(kind=kind.value, stage=stage), f"{kind.label}, {words}")
            for stage, words in STAGES.items()
        ]
        made.append((kind.label, *(stages if kind is not Kind.GOOD_PRACTICE else ["–"] * len(STAGES)), whole))
    return made
