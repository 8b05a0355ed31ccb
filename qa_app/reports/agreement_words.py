"""What the agreement page says in sentences: the verdict, the change, what stands out, what it cannot tell."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

from moderation.statistics.analysis import Analysis, Change, OverTime, Subject
from moderation.statistics.breakdowns import PairLine
from moderation.statistics.difference import Change as Said
from moderation.statistics.figures import AgreementWindow
from moderation.statistics.funnel import Funnel, Place
from moderation.statistics.kinds import Kind
from moderation.statistics.share import Interval, percent
from moderation.statistics.target import Certainty, Target
from moderation.statistics.xmr import SpecialCause
from qa_app.reports.dates import span
from qa_app.reports.wording import interval_words

KINDS: Final[Mapping[str, str]] = {
    Kind.SAMPLED: "Blind, from the sample: the figure",
    Kind.CHOSEN: "Blind, chosen by hand",
    Kind.DISPUTED: "Blind, after a dispute",
    Kind.SIGHTED: "With sight of the auditor's grades",
    Kind.JOINT: "Graded together",
    Kind.OVERRIDDEN: "By somebody tied to the audit, agreed by two people",
    Kind.CALIBRATION: "Calibration",
}
COEFFICIENTS: Final[Mapping[str, str]] = {
    "ac1": "Gwet's AC1",
    "ac2_linear": "Gwet's AC2: near grades count in part",
    "kappa": "Cohen's kappa",
    "kappa_linear": "Weighted kappa: near grades count in part",
    "alpha_ordinal": "Krippendorff's alpha, ordinal, unweighted",
}
WHY_THEY_DIFFER: Final = (
    "They differ from the percentage because each takes away the agreement that chance would bring, and each reckons "
    "chance in its own way: where most audits get the same grade, kappa can be low although nearly all grades agree, "
    "and AC1 stays close to the percentage."
)
CAUSES: Final[Mapping[SpecialCause, str]] = {
    SpecialCause.ABOVE_LIMIT: "Above the upper limit",
    SpecialCause.BELOW_LIMIT: "Below the lower limit",
    SpecialCause.RISING: "One of 7 rising in a row",
    SpecialCause.FALLING: "One of 7 falling in a row",
    SpecialCause.TWO_IN_THREE_ABOVE: "One of 2 in 3 close to the upper limit",
    SpecialCause.TWO_IN_THREE_BELOW: "One of 2 in 3 close to the lower limit",
    SpecialCause.SEVEN_ABOVE: "One of 7 in a row above the mean",
    SpecialCause.SEVEN_BELOW: "One of 7 in a row below the mean",
    SpecialCause.COMMON: "",
}
STANDINGS: Final[Mapping[Place, str]] = {
    Place.LOW_ALARM: "Far below the others",
    Place.LOW_ALERT: "Below the others",
    Place.WITHIN: "As chance would have it",
    Place.HIGH_ALERT: "Above the others",
    Place.HIGH_ALARM: "Far above the others",
    Place.NO_FIGURE: "No figure",
}
# What no reader should take from each picture.
CANNOT: Final[Mapping[str, str]] = {
    "pairs": (
        "What this cannot tell you: who was right. It shows that two people differed, not which grade was the better "
        "one, nor why."
    ),
    "time": (
        "What this cannot tell you: why a month was high or low. With few pairs in a month, a real change of less "
        "than about 10 points can stay hidden for a long time."
    ),
    "elements": (
        "What this cannot tell you: whether a part of practice is weak. It shows where grades are read differently. "
        "Parts of one audit go together, so these lines do not confirm each other."
    ),
    "teams": (
        "What this cannot tell you: how good a team's work is. The team is the one whose case was audited; the "
        "auditor came from elsewhere."
    ),
    "people": (
        "What this cannot tell you: who grades well. People audit different cases and meet different moderators, and "
        "a few pairs say little about anybody."
    ),
}


def headline(window: AgreementWindow, target: Target | None) -> str:
    """The figure and its verdict in words for somebody who never saw either."""
    if window.estimate is None or window.interval is None:
        return "No audit of these months has been graded blind by a moderator from the sample, so nothing can be said."
    limits = (target.line,) if target is not None else ()
    figure = percent(window.estimate, max(window.share.n, 20), limits)
    ends = interval_words(window.interval, *limits, between=" and ")
    said = (
        f"Auditor and moderator give the same overall grade in {figure} of audits, as far as {_pairs(window.share.n)} "
        f"can tell: the true share most likely lies between {ends}."
    )
    return f"{said} {_verdict(window, target)}"


def _verdict(window: AgreementWindow, target: Target | None) -> str:
    if target is None:
        return "No target is set."
    if not window.judged or window.verdict is None:
        return f"That is too few pairs to say whether the target of {target.text} is met."
    words = {
        Certainty.MET: f"The target of {target.text} is met, and not by luck of the draw.",
        Certainty.MET_NOT_CERTAIN: f"The target of {target.text} is met on these audits, but that could be luck.",
        Certainty.COULD_BE_CHANCE: f"The target of {target.text} is not met on these audits, but that could be chance.",
        Certainty.NOT_MET: f"The target of {target.text} is not met, and that is not chance.",
    }
    if window.verdict.certainty is not None:
        return words[window.verdict.certainty]
    return f"The target of {target.text} is {window.verdict.literal_words}."


def apart(subject: Subject, kinds: Mapping[str, str], elements: Mapping[str, str]) -> str:
    """Why what is shown is not the figure; empty where it is."""
    if subject.is_figure:
        return ""
    if subject.kind is Kind.SAMPLED:
        name = elements[subject.element]
        return f"These are the pairs of one part of practice, {name}. The target is about overall grades."
    return f"{kinds[subject.kind]}: these pairs are shown apart and never enter the figure."


def change(found: Change) -> str:
    """How agreement moved since the last quarter, in words: no arrow, and no direction that could be chance."""
    difference = found.difference
    if difference.value is None or difference.interval is None:
        return difference.reason
    points, low, high = (abs(round(100 * float(one))) for one in (difference.value, *difference.interval))
    between = f"somewhere between {_signed(difference.interval.low, low)} and {_signed(difference.interval.high, high)}"
    when = (
        f"{span(found.now)} ({_pairs(found.now_share.n)}) against {span(found.before)} ({_pairs(found.before_share.n)})"
    )
    if difference.change is Said.NOT_CLEAR:
        counted = "the same" if not points else f"{_signed(difference.value, points)} as counted"
        return f"No clear change: {when}. It is {counted}, and {between}."
    moved = "Agreement rose" if difference.change is Said.HIGHER else "Agreement fell"
    return f"{moved} by about {_points(points)}: {when}. It is {between}."


def _signed(value: float | Fraction, points: int) -> str:
    if not points:
        return "no change"
    return f"{_points(points)} {'higher' if value > 0 else 'lower'}"


def _points(points: int) -> str:
    return "1 point" if points == 1 else f"{points} points"


def _pairs(n: int) -> str:
    return "1 pair" if n == 1 else f"{n:,} pairs"


def pairs_title(found: Analysis) -> str:
    """What the table of sixteen cells shows."""
    if not found.pairs.n:
        return f"No pairs of grades, {span(found.months)}"
    direction = found.pairs.direction
    return (
        f"The same grade in {found.pairs.exact.k:,} of {_pairs(found.pairs.n)}; auditors higher in "
        f"{direction.auditor_higher:,}, lower in {direction.moderator_higher:,}"
    )


def groups_title(lines: Iterable[PairLine], target: Target | None, one: str, many: str) -> str:
    """How many of several groups lie clearly under the target, by their whole interval; nobody is named."""
    listed = list(lines)
    shown = [line for line in listed if line.enough and line.interval is not None]
    if not shown:
        return f"No {one} has pairs enough to be shown" if listed else f"No {one} has pairs to show"
    if target is None:
        return f"Agreement of {_counted(len(shown), one, many)}"
    below = sum(line.interval is not None and Fraction(line.interval.high) < target.line for line in shown)
    line = f"{float(100 * target.line):g}%"
    if not below:
        return f"No {one} is clearly under {line}, of {_counted(len(shown), one, many)} with pairs enough"
    verb = "is" if below == 1 else "are"
    return f"{below} of {_counted(len(shown), one, many)} {verb} clearly under {line}"


def _counted(n: int, one: str, many: str) -> str:
    return f"1 {one}" if n == 1 else f"{n} {many}"


def funnel_title(found: Funnel | None, least: int) -> str:
    """Whether any team with pairs enough stands out from the others by more than chance."""
    if found is None or not found.points:
        return "No team has pairs to show"
    judged = [point for point in found.points if point.share.n >= least]
    far = sum(point.place in (Place.LOW_ALARM, Place.HIGH_ALARM) for point in judged)
    out = sum(point.place not in (Place.WITHIN, Place.NO_FIGURE) for point in judged)
    of = _counted(len(judged), "team", "teams")
    if not judged:
        return f"No team has {least} pairs, so none can be held against the others"
    if far:
        return f"{far} of {of} {'stands' if far == 1 else 'stand'} far out from the others"
    if out:
        lies = "lies" if out == 1 else "lie"
        return f"{out} of {of} {lies} past the inner limits, which among so many can be chance"
    return f"No team stands out of {of}: the differences are what chance brings"


def time_title(found: OverTime, chart: str) -> str:
    """Whether the months show more than chance."""
    if chart == "xmr":
        return _xmr_title(found)
    p = found.p
    if p.centre is None:
        return "No month has pairs enough for a mean"
    if p.outside:
        return f"{_counted(len(p.outside), 'month', 'months')} outside the limits of chance"
    if p.runs.signal:
        return "The months stay on one side of their mean for longer than chance brings"
    if p.limited:
        return "Month by month, agreement moves as chance would have it"
    return "Month by month, with too few months yet for limits"


def _xmr_title(found: OverTime) -> str:
    if found.xmr.mean is None:
        return "No month has pairs enough for a mean"
    out = sum(cause is not SpecialCause.COMMON for cause in found.xmr.causes)
    if out:
        return f"{_counted(out, 'month', 'months')} with a special cause, by the NHS rules"
    return "No special cause, by the NHS rules"


def time_words(found: OverTime, chart: str) -> str:
    """What the limits are, when there are none, and what the runs say."""
    if chart == "xmr":
        trial = " There are fewer than 12 such months, so the limits are a trial." if found.xmr.trial else ""
        return (
            "XmR chart: mean and limits come from how much one month differs from the next, whatever its number of "
            f"pairs. Months with fewer than 5 pairs are left out.{trial} The other view knows how many pairs a month "
            "has, and raises fewer false alarms."
        )
    p = found.p
    if p.centre is None:
        return "Months with fewer than 5 pairs are hollow and outside every rule."
    runs = p.runs
    said = (
        f"The longest run on one side of the mean is {runs.longest} months; up to {runs.longest_allowed} is chance. "
        f"It is crossed {_times(runs.crossings)}; fewer than {runs.fewest_allowed} would be too few (Anhøj's rules). "
        if runs.useful and runs.longest is not None
        else ""
    )
    limits = (
        "The limits lie three standard deviations from the mean of all months shown."
        if p.limited
        else "Limits are drawn once 12 months have 5 pairs or more; until then this is a run chart."
    )
    return f"{said}{limits} Months with fewer than 5 pairs are hollow and outside every rule."


def _times(count: int | None) -> str:
    return "once" if count == 1 else f"{count} times"


def leaning_words(shrunk: float, interval: Interval) -> str:
    """How far somebody leans, in tenths of a grade, and whether that is more than chance."""
    low, high = interval
    ends = f"{low:+.1f} to {high:+.1f}"
    if low > 0:
        return f"{shrunk:+.1f} grades ({ends}): higher than moderators"
    if high < 0:
        return f"{shrunk:+.1f} grades ({ends}): lower than moderators"
    return f"{shrunk:+.1f} grades ({ends}): no clear leaning"
