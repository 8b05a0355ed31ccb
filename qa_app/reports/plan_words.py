"""Where a measure of the plan stands, in words: figures of audits, values from elsewhere, evidence and the product."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from moderation.statistics.figures import AgreementFigure, Figure, ShareFigure
from moderation.statistics.recorded import Aim, Outcome, Value, plainly
from moderation.statistics.share import Interval, percent
from moderation.statistics.target import Verdict
from qa_app.charts.picture import NO_FIGURE
from qa_app.reports import wording
from qa_app.reports.dates import month_name

WINDOW: Final = "last_3"
LATEST: Final = 3  # so many of the newest months or values stand on the page of the whole plan


@dataclass(frozen=True, slots=True)
class Standing:
    """How a measure stands. `words` is the state; `state` colours it: met, not_met or open."""

    figure: str
    counts: str
    words: str
    state: str
    interval: str = ""
    note: str = ""
    latest: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it, a line each: the state first, unless there is only a sentence on why there is none."""
        figure = "" if self.figure in (self.words, NO_FIGURE) else self.figure
        words = "" if self.state == "open" and self.words == "No figure" and figure else self.words
        return tuple(filter(None, (words, figure, self.counts, self.interval, self.note)))


def no_figure(reason: str) -> Standing:
    """Nothing to show, and why."""
    return Standing(NO_FIGURE, "", "No figure", "open", note=reason)


def computed(figure: Figure) -> Standing:
    """A figure of the audits: over the last three closed months, or the run of months where one is asked for."""
    card = wording.card(figure, WINDOW)
    verdict, interval = _judged(figure)
    words, state = _state(figure, verdict)
    return Standing(
        card.figure, card.counts, words, state, interval=_interval(interval, verdict), note=card.note,
        latest=_latest(figure),
    )  # fmt: skip


def _judged(figure: Figure) -> tuple[Verdict | None, Interval | None]:
    if isinstance(figure, AgreementFigure):
        over = figure.windows.last_3
        return (over.verdict if over.judged else None), over.interval
    if isinstance(figure, ShareFigure) and figure.streak is None:
        pooled = figure.windows.last_3
        return pooled.verdict, pooled.interval
    latest = figure.latest
    return (latest.verdict, latest.share.wilson()) if latest else (None, None)


def _state(figure: Figure, verdict: Verdict | None) -> tuple[str, str]:
    """The words of the state; a run is met or not met as a whole."""
    if isinstance(figure, ShareFigure) and figure.streak is not None:
        run = figure.streak
        if not any(not month.open for month in figure.months):
            return "No figure", "open"
        reached = f"{run.current} of {run.required} months"
        return (f"Met: {reached}", "met") if run.currently_met else (f"Not met: {reached}", "not_met")
    if isinstance(figure, AgreementFigure) and not figure.windows.last_3.judged:
        return ("Not judged: too few pairs" if figure.windows.last_3.share.n else "No figure"), "open"
    if figure.measure.target is None:
        return "Reported, without a target", "open"
    if verdict is None or verdict.literal is None:
        return "No figure", "open"
    return verdict.words.capitalize(), "met" if verdict.literal else "not_met"


def _interval(interval: Interval | None, verdict: Verdict | None) -> str:
    if interval is None:
        return ""
    limits: tuple[Fraction, ...] = (verdict.target.line,) if verdict is not None else ()
    return f"95% interval {wording.interval_words(interval, *limits)}"


def _latest(figure: Figure) -> tuple[str, ...]:
    closed = [one for one in figure.months if not one.open and one.share.n][-LATEST:]
    return tuple(f"{one.month:%b %Y}: {one.share.text}" for one in closed)


def recorded(outcome: Outcome, aim: Aim | None, unit: str, values: tuple[Value, ...] = ()) -> Standing:
    """A value from elsewhere, with the newest values before it."""
    if outcome.newest is None:
        return no_figure(outcome.reason)
    newest, state = outcome.newest, {True: "met", False: "not_met", None: "open"}[outcome.literal]
    words = outcome.words.capitalize()
    if outcome.run is not None and aim is not None and outcome.literal is not None:
        words = f"{words}: {outcome.run} of {aim.consecutive} months"
    return Standing(
        value_words(newest, unit, aim), f"{counted_words(newest)}{period_words(newest)}", words, state,
        note=outcome.reason, latest=tuple(f"{period_words(one)}: {value_words(one, unit, aim)}" for one in values),
    )  # fmt: skip


def value_words(value: Value, unit: str, aim: Aim | None) -> str:
    """A value as it is read: a percentage never on the wrong side of its target, else a number and its unit."""
    if unit != "percent":
        return f"{plainly(value.number)} {unit}".strip()
    if not value.out_of:
        return NO_FIGURE
    limits = (aim.line / 100,) if aim is not None else ()
    return percent(value.number / value.out_of, int(value.out_of) or 1, limits)


def counted_words(value: Value) -> str:
    """What a percentage is made of: '9 of 10, '; nothing for a plain number."""
    return "" if value.out_of is None else f"{plainly(value.number)} of {plainly(value.out_of)}, "


def period_words(value: Value) -> str:
    """The period of a value: 'October 2026', or its first and last day."""
    if value.month is not None:
        return month_name(value.month)
    first, last = value.first, value.last
    if first == last:
        return f"{last.day} {last:%B %Y}"
    began = f"{first.day} {first:%B}" + ("" if first.year == last.year else f" {first:%Y}")
    return f"{began} to {last.day} {last:%B %Y}"
