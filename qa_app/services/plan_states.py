"""Where every measure of the plan stands: now, and at its due date, for the eyes of one reader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.statistics.figures import Figure, Figures
from moderation.statistics.recorded import outcome
from qa_app.access.actor import Actor
from qa_app.access.permissions import Can
from qa_app.models import Snapshot
from qa_app.queries import evidence, plan
from qa_app.queries.evidence import Tally
from qa_app.queries.facts import Reach, cycle_months
from qa_app.queries.plan import ActionLine, Line
from qa_app.queries.sight import Sight, sight
from qa_app.reports import plan_words
from qa_app.reports.dates import month_name
from qa_app.reports.plan_words import Standing, no_figure
from qa_app.services import figures as live
from qa_app.services import plan_values, snapshots
from qa_app.services.plan_values import PlanValues
from qa_app.services.snapshots import Published

NO_MONTH: Final = "No month is closed yet."
NONE_THEN: Final = "No figures from then."


@dataclass(frozen=True, slots=True)
class State:
    """A measure: what is asked, where it stands now and stood when it was due, and what was reported if it moved."""

    line: Line
    target: str
    now: Standing
    at_due: Standing
    reported: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole plan for one reader. `until` is the last closed month it covers; `published` where from a snapshot."""

    actions: tuple[tuple[ActionLine, tuple[State, ...]], ...]
    until: date | None
    published: bool
    seen: Sight
    figures: Figures | None = None

    def figure(self, line: Line) -> Figure | None:
        """The figure of the audits that a measure is made of."""
        return _figure(self.figures, line)


@dataclass(frozen=True)
class _Known:
    """Everything the states are made of, read once."""

    until: date | None
    figures: Figures | None
    kept: Published | None
    live: bool
    values: PlanValues
    tallies: Mapping[str, Tally]
    first_closed: date | None
    then: Mapping[date, Published | None]
    tallied_then: Mapping[date, Mapping[str, Tally]]
    today: date


def whole(session: Session, actor: Actor, *, today: date) -> Plan:
    """Every action and measure of the plan, as far as this person may look.

    Who reads the dashboard sees the figures as they stand now; everybody else sees what was published when the last
    month closed. Open months are in neither.
    """
    seen, actions = sight(session, actor), plan.register(session)
    known = _read(session, actor, seen, {one.due for action in actions for one in action.lines}, today)
    made = tuple((action, tuple(_state(one, known) for one in action.lines)) for action in actions)
    return Plan(made, known.until, not known.live, seen, known.figures)


def published(session: Session, month: date, *, today: date) -> tuple[tuple[ActionLine, tuple[State, ...]], ...]:
    """Every action and measure as published when a month closed, for everybody alike; `today` is the day it closed."""
    actions = plan.register(session)
    kept = snapshots.published(session, month)
    known = _known(
        session, {one.due for action in actions for one in action.lines}, today, until=month, kept=kept,
        figures=kept.figures if kept else None, live=False,
    )  # fmt: skip
    known = replace(known, tallies=evidence.tallies(session, until=plan.last_day(month)))
    return tuple((action, tuple(_state(one, known) for one in action.lines)) for action in actions)


def of_measure(session: Session, actor: Actor, line: Line, *, today: date) -> tuple[State, Figure | None]:
    """One measure, and the figure of the audits it is made of."""
    known = _read(session, actor, sight(session, actor), {line.due}, today)
    return _state(line, known), _figure(known.figures, line)


def last_closed(session: Session, seen: Sight) -> date | None:
    """The last closed month this person may look at."""
    months = [one.month for one in cycle_months(session, Reach(open_months=False))]
    return next((month for month in reversed(months) if seen.until(month) == month), None)


def _read(session: Session, actor: Actor, seen: Sight, due: Iterable[date], today: date) -> _Known:
    until, is_live = last_closed(session, seen), actor.may(Can.FIGURES_READ)
    kept = snapshots.published(session, until) if until else None
    figures = kept.figures if kept else None
    if is_live and until is not None:
        figures = live.figures(session, reach=Reach(open_months=False), until=until)
    return _known(session, due, today, until=until, kept=kept, figures=figures, live=is_live)


def _known(
    session: Session, due: Iterable[date], today: date, *, until: date | None, kept: Published | None,
    figures: Figures | None, live: bool,
) -> _Known:  # fmt: skip
    over = [month for month in set(due) if until is not None and month <= until]
    return _Known(
        until=until, figures=figures, kept=kept, live=live, values=plan_values.read(session),
        tallies=evidence.tallies(session), first_closed=session.scalar(select(func.min(Snapshot.month))),
        then={month: snapshots.published(session, month) for month in over},
        tallied_then={month: evidence.tallies(session, until=plan.last_day(month)) for month in set(due)},
        today=today,
    )  # fmt: skip


def _state(line: Line, known: _Known) -> State:
    measure = line.measure
    due = _at_due(line, known)
    if measure.source == "narrative":
        return State(line, "Told in evidence", _told(known.tallies.get(measure.key)), due)
    if measure.source == "product":
        return State(line, "In use", _in_use(known.first_closed), due)
    if line.computed is not None:
        return _of_audits(line, known, due)
    aim = known.values.aim(measure)
    return State(
        line, aim.text if aim else "None", _from_elsewhere(line, known), due, _moved_value(line, known)
    )  # fmt: skip


def _of_audits(line: Line, known: _Known, due: Standing) -> State:
    figure, then = _figure(known.figures, line), _figure(known.kept.figures if known.kept else None, line)
    if figure is None:
        return State(line, _share_words(line), no_figure(NO_MONTH), due)
    now = plan_words.computed(figure)
    reported = ""
    if known.live and then is not None and known.until is not None:
        before = plan_words.computed(then)
        if (before.figure, before.counts) != (now.figure, now.counts):
            reported = (
                f"Reported when {month_name(known.until)} closed: {before.figure} ({before.counts}). "
                f"Now: {now.figure} ({now.counts})."
            )
    return State(line, _share_words(line), now, due, reported)


def _share_words(line: Line) -> str:
    target = plan.share_target(line.target)
    if target is None:
        return "None: reported"
    run = line.target.consecutive_months
    return f"{target.text}, {run} months running" if run else target.text


def _figure(figures: Figures | None, line: Line) -> Figure | None:
    """The figure of a measure; a snapshot from before the measure was counted has none."""
    if figures is None:
        return None
    return next((one for one in figures.all if one.measure.key == line.computed), None)


def _from_elsewhere(line: Line, known: _Known) -> Standing:
    """A recorded value: as published for who reads snapshots, else as it stands now."""
    measure = line.measure
    if not known.live and known.kept and measure.key in known.kept.plan:
        kept = known.kept.plan[measure.key]
        return plan_words.recorded(kept.outcome, kept.aim, measure.unit)
    month = None if known.live else known.until
    if not known.live and month is None:
        return no_figure(NO_MONTH)
    values, aim = known.values.until(measure, month), known.values.aim(measure)
    found = outcome(values, aim)
    return plan_words.recorded(found, aim, measure.unit, values[-plan_words.LATEST :])


def _moved_value(line: Line, known: _Known) -> str:
    """What was reported of a recorded value when the last month closed, where it was corrected since."""
    kept = known.kept.plan.get(line.measure.key) if known.kept and known.live else None
    if kept is None or kept.outcome.newest is None or known.until is None:
        return ""
    values = known.values.until(line.measure, known.until)
    same = next((one for one in values if one[:2] == kept.outcome.newest[:2]), None)
    if same == kept.outcome.newest:
        return ""
    before = plan_words.value_words(kept.outcome.newest, line.measure.unit, kept.aim)
    now = plan_words.value_words(same, line.measure.unit, kept.aim) if same else "taken back"
    period = plan_words.period_words(kept.outcome.newest)
    return f"Reported when {month_name(known.until)} closed: {before} for {period}. Now: {now}."


def _told(tally: Tally | None) -> Standing:
    if tally is None:
        return Standing("No entries", "", "No evidence yet", "open")
    entries = "1 entry" if tally.entries == 1 else f"{tally.entries} entries"
    newest = f"Newest {tally.newest.day} {tally.newest:%B %Y}"
    return Standing(entries, newest, "Evidence given", "open", note=f"From: {', '.join(tally.services)}.")


def _in_use(first: date | None) -> Standing:
    if first is None:
        return Standing("Set up", "", "No figures yet", "open")
    return Standing("In use", f"Figures since {month_name(first)}", "In use", "open")


def _at_due(line: Line, known: _Known) -> Standing:
    month, measure = line.due, line.measure
    if month >= known.today.replace(day=1):
        return Standing("Not due yet", "", "Not due yet", "open")
    if measure.source == "narrative":
        tally = known.tallied_then[month].get(measure.key)
        return _told(tally) if tally else Standing(NONE_THEN, "", "No figure", "open")
    if measure.source == "product":
        is_there = known.first_closed is not None and known.first_closed <= month
        return _in_use(known.first_closed) if is_there else Standing(NONE_THEN, "", "No figure", "open")
    kept = known.then.get(month)
    if line.computed is not None:
        figure = _figure(kept.figures if kept else None, line)
        return plan_words.computed(figure) if figure else Standing(NONE_THEN, "", "No figure", "open")
    if kept and measure.key in kept.plan:
        return plan_words.recorded(kept.plan[measure.key].outcome, kept.plan[measure.key].aim, measure.unit)
    found = outcome(known.values.until(measure, month), aim := known.values.aim(measure, month))
    if found.newest is None:
        return Standing(NONE_THEN, "", "No figure", "open")
    return plan_words.recorded(found, aim, measure.unit)
