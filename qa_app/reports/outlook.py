"""What changed since the period before, and what is at risk, in sentences made from the figures alone."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final, NamedTuple

from moderation.statistics.comparison import Compared, Side, margin
from moderation.statistics.difference import Change, Difference
from moderation.statistics.figures import AgreementFigure, Figures, ShareFigure
from moderation.statistics.share import Share, percent
from moderation.statistics.target import judge
from qa_app.charts.picture import NO_FIGURE
from qa_app.reports import wording
from qa_app.reports.dates import month_name

CLOSE: Final = 2  # so few audits otherwise, and the target is missed


class Line(NamedTuple):
    """One sentence about one measure."""

    key: str
    name: str
    words: str


def changes(pairs: Iterable[Compared]) -> tuple[list[Line], list[Line]]:
    """What clearly changed, and what did not or cannot be said to have."""
    clear: list[Line] = []
    rest: list[Line] = []
    for pair in pairs:
        line = Line(pair.measure.key, name_of(pair), change_words(pair))
        (clear if pair.difference.change in (Change.HIGHER, Change.LOWER) else rest).append(line)
    return clear, rest


def name_of(pair: Compared) -> str:
    """The measure's short name."""
    return wording.SHORT.get(pair.measure.key, pair.measure.title)


def change_words(pair: Compared) -> str:
    """Both figures with what they are of, and what may be said of the difference."""
    return f"{side_words(pair.one)}; before {side_words(pair.other)}. {difference_words(pair)}"


def difference_words(pair: Compared) -> str:
    """The difference with its interval, or why there is none."""
    return points_words(pair.difference)


def points_words(said: Difference) -> str:
    """A difference in percentage points with its interval, or why there is none."""
    if said.value is None or said.interval is None:
        return said.reason
    change = {Change.HIGHER: "clearly higher", Change.LOWER: "clearly lower"}.get(said.change, "no clear change")
    return f"{_points(said.value)} points ({_points(said.interval.low)} to {_points(said.interval.high)}): {change}."


def _points(value: Fraction | float) -> str:
    """Percentage points in whole numbers, with decimals where they would else read as none at all."""
    points = 100 * float(value)
    decimals = 0 if abs(points) >= 1 else 1 if abs(points) >= 0.1 else 2
    return f"{points:+.{decimals}f}".replace("-", "−") if points else "0"


def side_words(side: Side) -> str:
    """A figure and what it is of: '82% (45 of 55)'."""
    if side.estimate is None:
        return NO_FIGURE.lower()
    return f"{percent(side.estimate, max(side.share.n, 1))} ({side.share.k:,} of {side.share.n:,})"


def risks(figures: Figures, window: str) -> list[Line]:
    """What is close to being missed, or cannot be judged yet, over a window of closed months."""
    found: list[Line] = []
    for figure in figures.all:
        if isinstance(figure, AgreementFigure):
            found += _of_agreement(figure, window)
        elif isinstance(figure, ShareFigure) and figure.measure.target is not None:
            found += _of_run(figure) if figure.streak is not None else _of_share(figure, window)
    return found


def _line(figure: ShareFigure | AgreementFigure, words: str) -> Line:
    return Line(figure.measure.key, wording.SHORT.get(figure.measure.key, figure.measure.title), words)


def _of_agreement(figure: AgreementFigure, window: str) -> Iterator[Line]:
    over = dict(figure.windows.items())[window]
    if over.not_done:
        audits = "1 audit" if over.not_done == 1 else f"{over.not_done:,} audits"
        yield _line(figure, f"{audits} selected for moderation in this period were never moderated.")
    if not over.judged:
        yield _line(figure, f"{over.share.n:,} pairs are too few for a verdict.")
    elif over.verdict is not None and over.verdict.literal and over.estimate is not None and over.interval is not None:
        target = figure.measure.target
        if target is not None and over.interval.low <= target.line:
            yield _line(figure, "Met on these audits, and more pairs could still show otherwise.")


def _of_share(figure: ShareFigure, window: str) -> Iterator[Line]:
    pooled, target = wording.window_of(figure.windows, window), figure.measure.target
    assert target is not None  # noqa: S101  (only measures with a target are at risk of missing it)
    left = margin(pooled.share, target)
    if left is not None and left <= CLOSE:
        fewer = "One good audit fewer" if left == 1 else f"{left} good audits fewer"
        yield _line(figure, f"{fewer} in this period, and the target is missed ({pooled.share.text}).")
    corrected = dict(figure.corrected.items())[window] if figure.corrected is not None else None
    if corrected is None or corrected.estimate is None or not judge(pooled.share, target).literal:
        return
    if not target.met_by(corrected.estimate):
        said = wording.estimate_words(corrected.estimate, corrected.interval)
        yield _line(figure, f"Met by the final grades, but not once corrected by moderation: {said}.")


def _of_run(figure: ShareFigure) -> Iterator[Line]:
    streak, target = figure.streak, figure.measure.target
    assert streak is not None  # noqa: S101
    assert target is not None  # noqa: S101
    if 0 < streak.current < streak.required:
        needed = streak.required - streak.current
        months = "1 more month" if needed == 1 else f"{needed} more months"
        yield _line(figure, f"{months} with {target.text} are needed for {streak.required} running.")
    running = next((one for one in reversed(figure.months) if one.open and one.share.n), None)
    if running is None or not streak.current:
        return
    so_far = f"{month_name(running.month)} so far: {running.share.text}"
    if not judge(running.share, target).literal:
        yield _line(figure, f"{so_far}. As it stands, that ends the run.")
    elif not judge(Share(running.share.k, running.share.n + 1), target).literal:
        yield _line(figure, f"{so_far}. One more judgement less than good would end the run.")
