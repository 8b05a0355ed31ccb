"""The charts of the agreement page."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from audit_forms.grades import BEST_FIRST
from moderation.statistics.analysis import Analysis, OverTime
from moderation.statistics.breakdowns import PairLine
from moderation.statistics.funnel import Funnel, Place, limits
from moderation.statistics.share import Interval, Share
from moderation.statistics.target import Target
from moderation.statistics.xmr import SpecialCause
from qa_app.charts import control, funnel, intervals, pairs
from qa_app.charts.picture import Picture
from qa_app.reports.agreement_words import CAUSES, STANDINGS, funnel_title, pairs_title, time_title

LIMITS_DRAWN = 120
"""Limits of a funnel are reckoned for about so many sizes of team at most."""

Href = Callable[..., str]


def table(found: Analysis, href: Href) -> Picture:
    """The sixteen cells, each leading to its audits."""
    hrefs = [[href(auditor=one.value, moderator=two.value) for two in BEST_FIRST] for one in BEST_FIRST]
    return pairs.draw(found.pairs.table, title=pairs_title(found), name="agreement", hrefs=hrefs)


def lines(
    listed: Sequence[PairLine], *, name: str, title: str, group: str, label: Callable[[str], str],
    target: Target | None, href: Callable[[str], str], few: Callable[[PairLine], str],
) -> Picture:  # fmt: skip
    """Groups by the words of their label, never by their figure; `few` is said of one with too few pairs."""
    rows = sorted(listed, key=lambda line: (label(line.name), line.name)) if group != "Part of practice" else listed
    return intervals.draw(
        [_group(line, label, href, few) for line in rows],
        title=title, name=name, target=target.line if target is not None else None,
        target_words=target.text if target is not None else "", group=group, counted="Same grade", of="Pairs",
    )  # fmt: skip


def _group(
    line: PairLine, label: Callable[[str], str], href: Callable[[str], str], few: Callable[[PairLine], str]
) -> intervals.GroupShare:
    share, shown = line.pairs.exact, label(line.name)
    if not line.enough or line.interval is None:
        return intervals.GroupShare(shown, 0, 0, href=href(line.name), note=few(line))
    return intervals.GroupShare(shown, share.k, share.n, *line.interval, href=href(line.name))


def teams(found: Funnel | None, *, label: Callable[[str], str], href: Callable[[str], str], least: int) -> Picture:
    """The funnel; teams by name in its table."""
    listed = sorted(found.points, key=lambda point: label(point.name)) if found is not None else []
    points = [
        funnel.TeamPoint(
            label(point.name), point.share.k, point.share.n, STANDINGS[point.place],
            stands_out=point.place not in (Place.WITHIN, Place.NO_FIGURE), href=href(point.name),
        )
        if point.share.n >= least
        else funnel.TeamPoint(
            label(point.name), point.share.k, point.share.n, "Too few to say", href=href(point.name),
            note="Too few for a percentage",
        )
        for point in listed
    ]  # fmt: skip
    described = f"{len(points)} teams by how many pairs each has and how many of them are the same."
    return funnel.draw(
        points, list(_bounds(found)) if found is not None else [], title=funnel_title(found, least), name="funnel",
        description=described, centre=found.centre if found is not None else None,
    )  # fmt: skip


def _bounds(found: Funnel) -> Iterator[funnel.Bound]:
    most = max((point.share.n for point in found.points), default=0)
    for n in range(1, most + 2, max(1, most // LIMITS_DRAWN)):
        at = limits(n, found.centre)
        ends = (at.low_alarm, at.low_alert, at.high_alert, at.high_alarm)
        yield funnel.Bound(n, *(None if end is None else end / n for end in ends))


def over_time(found: OverTime, chart: str, href: Callable[[date], str]) -> Picture:
    """The months as a p-chart, or as an XmR chart."""
    return _xmr(found, href) if chart == "xmr" else _p(found, href)


def _p(found: OverTime, href: Callable[[date], str]) -> Picture:
    points = [
        control.ControlPoint(
            month, point.share.k, point.share.n, *_ends(point.limits), point.counted,
            signal="Outside the limits" if point.outside else "", href=href(month) if point.share.n else "",
        )
        for month, point in zip(found.months, found.p.points, strict=True)
    ]  # fmt: skip
    centre = found.p.centre
    words = f"mean of all months: {100 * float(centre):.1f}%" if centre is not None else ""
    return control.draw(
        points, title=time_title(found, "p"), name="over-time", description=_described(found.p.points, words),
        centre=None if centre is None else float(centre), centre_words=words, limits_words="limits of chance",
    )  # fmt: skip


def _ends(limits: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if limits is None else (limits.low, limits.high)


def _xmr(found: OverTime, href: Callable[[date], str]) -> Picture:
    causes = dict(zip(found.xmr_months, found.xmr.causes, strict=True))
    ends = found.xmr.limits
    low, high = (max(0.0, ends.low), min(1.0, ends.high)) if ends is not None else (None, None)
    points = [
        control.ControlPoint(
            month, point.share.k, point.share.n, *((low, high) if month in causes else _ends(None)), month in causes,
            signal=CAUSES[causes.get(month, SpecialCause.COMMON)],
            href=href(month) if point.share.n else "",
        )
        for month, point in zip(found.months, found.p.points, strict=True)
    ]  # fmt: skip
    mean = found.xmr.mean
    words = f"mean of the months: {100 * mean:.1f}%" if mean is not None else ""
    return control.draw(
        points, title=time_title(found, "xmr"), name="over-time", description=_described(found.p.points, words),
        centre=mean, centre_words=words, limits_words="process limits",
    )  # fmt: skip


def _described(points: Iterable[object], words: str) -> str:
    months = len(list(points))
    return f"Exact agreement in {months} closed months{f', {words}' if words else ''}."


def counts(share: Share) -> str:
    """What is said of a group with too few pairs for a percentage."""
    return f"{share.k:,} of {share.n:,}: too few for a percentage"
