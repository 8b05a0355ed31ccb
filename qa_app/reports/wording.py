"""What is said about each figure: the targets strip, the run, direction, windows and corrections, in sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from moderation.statistics import figures as shapes
from moderation.statistics.agreement import Direction
from moderation.statistics.figures import AgreementFigure, ExpectationFigure, Figure, Figures, ShareFigure
from moderation.statistics.months import Windows
from moderation.statistics.share import Interval, Share, percent
from moderation.statistics.streak import Streak
from moderation.statistics.target import Target, Verdict
from qa_app.charts.picture import NO_FIGURE
from qa_app.reports.dates import month_name

WINDOWS: Final[Mapping[str, str]] = {
    "last_3": "Last 3 closed months",
    "last_12": "Last 12 closed months",
    "all": "All closed months",
}
SHORT: Final[Mapping[str, str]] = {
    "supervision": "Supervision",
    "cases": "Cases good or better",
    "plans": "Plans good or better",
    "chronology": "Chronologies",
    "agreement": "Agreement",
    "permanence": "Permanence",
    "expectations": "Audits as expected",
    "supervision_helps": "Support that helps practice",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One measure in the targets strip; ``state`` is met, not_met or open (not judged)."""

    key: str
    name: str
    target: str
    figure: str
    counts: str
    verdict: str
    state: str
    certainty: str = ""
    note: str = ""
    href: str = ""


def window_of(windows: "Windows[shapes.PooledShare]", name: str) -> "shapes.PooledShare":
    """The window of this name; KeyError for no such window."""
    return dict(windows.items())[name]


def cards(figures: Figures, window: str) -> tuple[Card, ...]:
    """The targets strip, in the registry's order; measures without a target are not in it."""
    return tuple(card(one, window) for one in figures.all if one.measure.target is not None)


def card(figure: Figure, window: str) -> Card:
    """One measure as it stands in the strip."""
    if isinstance(figure, AgreementFigure):
        return agreement_card(figure, window)
    if isinstance(figure, ExpectationFigure):
        return _expectations(figure)
    return _run(figure, figure.streak) if figure.streak is not None else _pooled(figure, window)


def _run(figure: ShareFigure, streak: Streak) -> Card:
    latest = figure.latest
    share = latest.share if latest else Share(0, 0)
    verdict = latest.verdict if latest else None
    met, reached = streak.currently_met, f"{streak.current} of {streak.required} months"
    return Card(
        **_named(figure),
        figure=share_figure(share, verdict),
        counts=f"{counted(share, 'judgement')} in {month_name(latest.month)}" if latest else "No closed month yet",
        verdict=f"{'Met' if met else 'Not met'}: {reached}" if streak.months else "No figure",
        state=("met" if met else "not_met") if streak.months else "open",
        certainty=f"{month_name(latest.month)}: {verdict.words}." if latest and verdict and verdict.certainty else "",
        note=run_words(streak),
    )


def _pooled(figure: ShareFigure, window: str) -> Card:
    pooled = window_of(figure.windows, window)
    counts = counted(pooled.share, figure.measure.of)
    corrected = dict(figure.corrected.items())[window] if figure.corrected is not None else None
    note = ""
    if corrected is not None and corrected.estimate is not None:
        note = f"Corrected by moderation: {estimate_words(corrected.estimate, corrected.interval)}."
    return Card(
        **_named(figure),
        figure=share_figure(pooled.share, pooled.verdict),
        counts=f"{counts if pooled.share.n else 'Nothing seen'}, {WINDOWS[window].lower()}",
        **_judged(pooled.verdict),
        note=note,
    )


def agreement_card(figure: AgreementFigure, window: str) -> Card:
    """The agreement figure of a window, as in the targets strip."""
    over = dict(figure.windows.items())[window]
    target = figure.measure.target
    limits = (target.line,) if target is not None else ()
    value = percent(over.estimate, max(over.share.n, 20), limits) if over.estimate is not None else NO_FIGURE
    note = f"Weighted to all audits; 95% interval {interval_words(over.interval, *limits)}." if over.interval else ""
    if not over.judged:
        needed = "too few pairs for a verdict" if over.share.n else "nothing moderated blind yet"
        return Card(
            **_named(figure), figure=value, counts=_same(over.share, window), verdict="Not judged", state="open",
            certainty=f"{needed.capitalize()}.", note=note,
        )  # fmt: skip
    return Card(
        **_named(figure), figure=value, counts=_same(over.share, window), **_judged(over.verdict), note=note
    )  # fmt: skip


def _same(share: Share, window: str) -> str:
    words = f"{share.k:,} of {share.n:,} pairs the same" if share.n else "No pairs"
    return f"{words}, {WINDOWS[window].lower()}"


def _expectations(figure: ExpectationFigure) -> Card:
    latest = figure.latest
    share = latest.share if latest else Share(0, 0)
    excused = f" {latest.excused:,} excused." if latest and latest.excused else ""
    sound = latest.sound_forms if latest else Share(0, 0)
    note = f"Audit form judged sound: {sound.text}." if sound.n else ""
    return Card(
        **_named(figure),
        figure=share_figure(share, latest.verdict if latest else None),
        counts=(
            f"{counted(share, 'manager')} in {month_name(latest.month)}.{excused}"
            if latest and share.n
            else "No closed month had expectations recorded"
        ),
        **_judged(latest.verdict if latest else None),
        note=note,
    )


def _named(figure: Figure) -> dict[str, str]:
    target = figure.measure.target
    return {
        "key": figure.measure.key,
        "name": SHORT.get(figure.measure.key, figure.measure.title),
        "target": target.text if target is not None else "",
    }


def _judged(verdict: Verdict | None) -> dict[str, str]:
    if verdict is None or verdict.literal is None:
        return {"verdict": "No figure", "state": "open", "certainty": ""}
    words = verdict.literal_words.capitalize()
    certainty = verdict.words.removeprefix(verdict.literal_words).lstrip(", ") if verdict.certainty is not None else ""
    if verdict.certainty is not None and not certainty:
        certainty = "the whole 95% interval is on that side"
    return {
        "verdict": words,
        "state": "met" if verdict.literal else "not_met",
        "certainty": f"{certainty[:1].upper()}{certainty[1:]}." if certainty else "",
    }


def share_figure(share: Share, verdict: Verdict | None = None) -> str:
    """A share in percent, never on the wrong side of its target; 'No figure' for nothing seen."""
    if share.fraction is None:
        return NO_FIGURE
    return percent(share.fraction, share.n, (verdict.target.line,) if verdict is not None else ())


def counted(share: Share, thing: str) -> str:
    """How many of how many things: '19 of 21 audits'."""
    plural = "children" if thing == "child" else f"{thing}s"
    return f"{share.k:,} of {share.n:,} {thing if share.n == 1 else plural}"


def interval_words(interval: Interval | None, *limits: Fraction, between: str = " to ") -> str:
    """An interval in whole percents, '71% to 97%'; neither end is written on the wrong side of a limit."""
    if interval is None:
        return "–"
    if not limits:
        return f"{100 * interval.low:.0f}%{between}{100 * interval.high:.0f}%"
    return between.join(percent(Fraction(end), 1, limits) for end in interval)


def estimate_words(estimate: Fraction | None, interval: Interval | None) -> str:
    """An estimate with its interval: '71.2% (66% to 76%)'."""
    return NO_FIGURE if estimate is None else f"{100 * float(estimate):.1f}% ({interval_words(interval)})"


def run_words(streak: Streak) -> str:
    """The run that stands, the longest one, and when the target was first met."""
    now = f"A run of {_months(streak.current)}" if streak.current else "No run at present"
    met = "Not met yet."
    if streak.first_met is not None:
        held = "and it still holds" if streak.currently_met else "not held since"
        met = f"First met in {month_name(streak.first_met)}, {held}."
    return f"{now}; {streak.required} are asked for. The longest so far is {streak.longest}. {met}"


def chance_words(streak: Streak, target: Target | None) -> str:
    """How likely so long a run would be at the target's very line; empty without a run."""
    if streak.chance is None or not streak.current or target is None:
        return ""
    return (
        f"If the true share were exactly {float(100 * target.line):g}%, a run of {_months(streak.current)} would still "
        f"come about by chance {_times(streak.chance)}."
    )


def _months(count: int) -> str:
    return "1 month" if count == 1 else f"{count} months"


def _times(chance: float) -> str:
    return f"{100 * chance:.0f} times in 100" if chance >= 0.01 else "less than once in 100 times"


def direction_words(direction: Direction) -> str:
    """Who graded higher where the two differ, and what the exact sign test says of it."""
    higher, lower = direction.auditor_higher, direction.moderator_higher
    if direction.p is None:
        return "Auditor and moderator never differed, so there is no direction to speak of."
    if higher + lower == 1:
        side = "higher" if higher else "lower"
        return f"The two differ once; there the auditor's grade was {side}. A single difference shows no direction."
    told = f"Where the two differ, the auditor's grade was higher {_often(higher)} and lower {_often(lower)}."
    if direction.p > 0.995:
        return f"{told} That is as even as it can be, so it shows no direction (exact sign test)."
    chance = f"by chance alone a split at least as uneven comes {_times(direction.p)} (exact sign test)"
    if direction.p < 0.05:
        side = "higher than" if higher > lower else "lower than"
        return f"{told} That is a direction, not chance: auditors grade {side} moderators; {chance}."
    return f"{told} That shows no clear direction: {chance}."


def _often(times: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(times, f"{times:,} times")
