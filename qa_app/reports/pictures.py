"""The charts of the figures, made once for the page and for the paper."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from audit_forms.grades import BEST_FIRST
from moderation.statistics.breakdowns import Line
from moderation.statistics.figures import AgreementFigure, AgreementWindow, Figure, MonthShare, ShareFigure
from moderation.statistics.share import Share
from moderation.statistics.target import Target, lies_beyond
from qa_app.charts import intervals, months, pairs
from qa_app.charts.picture import Picture
from qa_app.reports.dates import month_name, span
from qa_app.reports.wording import share_figure

MOST_MONTHS = 24

MonthLink = Callable[[date], str]
PairLink = Callable[[str, str], str]
LineLink = Callable[[str], str]


def by_month(figure: ShareFigure, *, counted: str, of: str, href: MonthLink = lambda _month: "") -> Picture:
    """A measure's shares month by month, the newest 24, with its target and the run that stands."""
    target = figure.measure.target
    run = frozenset(figure.streak.current_months) if figure.streak is not None else frozenset()
    return months.draw(
        [_point(one, href, in_run=one.month in run) for one in figure.months[-MOST_MONTHS:]],
        title=f"{figure.measure.title}, by month: {_finding(figure)}",
        name=figure.measure.key,
        target=target.line if target is not None else None,
        target_words=_words(target),
        counted=counted,
        of=of,
    )


def trend(figure: Figure) -> Picture | None:
    """Any figure of audits over its closed months; None where none is closed. Agreement is unweighted by month."""
    closed = [one for one in figure.months if not one.open][-MOST_MONTHS:]
    if not closed:
        return None
    if isinstance(figure, ShareFigure):
        whole = replace(figure, months=tuple(one for one in figure.months if not one.open))
        return by_month(whole, counted="Counted", of=f"{figure.measure.of.capitalize()}s")
    last, target = closed[-1], figure.measure.target
    found = f"{last.share.text} in {month_name(last.month)}" if last.share.n else f"none in {month_name(last.month)}"
    return months.draw(
        [months.MonthPoint(one.month, one.share.k, one.share.n, *_wilson(one.share)) for one in closed],
        title=f"{figure.measure.title}, by month: {found}",
        name=figure.measure.key,
        target=target.line if target is not None else None,
        target_words=_words(target),
        counted="Counted",
        of="Pairs" if isinstance(figure, AgreementFigure) else "People",
    )


def _wilson(share: Share) -> tuple[float, float] | tuple[None, None]:
    ends = share.wilson()
    return (ends.low, ends.high) if ends is not None else (None, None)


def _finding(figure: ShareFigure) -> str:
    """What the newest closed month shows, in a few words."""
    latest = figure.latest
    if latest is None or not latest.share.n:
        return "no figure yet" if latest is None else f"nothing seen in {month_name(latest.month)}"
    said = f"{share_figure(latest.share, latest.verdict)} in {month_name(latest.month)}"
    if latest.verdict is not None:
        said = f"{said}, {latest.verdict.literal_words}"
    if figure.streak is not None and figure.streak.current:
        months_running = "1 month" if figure.streak.current == 1 else f"{figure.streak.current} months"
        said = f"{said}; a run of {months_running}"
    return said


def _point(one: MonthShare, href: MonthLink, *, in_run: bool) -> months.MonthPoint:
    low, high = _wilson(one.share)
    link = href(one.month) if one.share.n else ""
    return months.MonthPoint(one.month, one.share.k, one.share.n, low, high, one.open, in_run, link, one.not_applicable)


def agreement(window: AgreementWindow, href: PairLink | None = None) -> Picture:
    """The sixteen cells of auditors' and moderators' grades over a window."""
    hrefs = [[href(one.value, two.value) for two in BEST_FIRST] for one in BEST_FIRST] if href is not None else ()
    same = f": {window.share.k:,} of {window.share.n:,} the same" if window.share.n else ""
    title = f"Auditors' and moderators' overall grades of the same audits, {span(window.months)}{same}"
    return pairs.draw(window.pairs.table, title=title, name="agreement", hrefs=hrefs)


def groups(
    lines: Sequence[Line], *, name: str, title: str, group: str, label: Callable[[str], str] = str,
    target: Target | None = None, href: LineLink = lambda _name: "", of: str = "Audits",
) -> Picture:  # fmt: skip
    """Shares of teams or of parts of practice, one under the other, with their intervals."""
    return intervals.draw(
        list(_rows(lines, label, href)),
        title=f"{title}{_apart(lines, target)}",
        name=name,
        target=target.line if target is not None else None,
        target_words=_words(target),
        group=group,
        of=of,
    )


def _apart(lines: Sequence[Line], target: Target | None) -> str:
    """How many groups lie clearly below a target, their whole interval under it; empty where there is none."""
    ends = [line.interval for line in lines if line.interval is not None]
    if target is None or not ends:
        return ""
    below = sum(lies_beyond(one, target) for one in ends)
    return f": {below or 'none'} of {len(ends)} clearly below the target"


def _rows(lines: Sequence[Line], label: Callable[[str], str], href: LineLink) -> Iterable[intervals.GroupShare]:
    for line in lines:
        low, high = line.interval if line.interval is not None else (None, None)
        yield intervals.GroupShare(label(line.name), line.share.k, line.share.n, low, high, href(line.name))


def _words(target: Target | None) -> str:
    return target.text if target is not None else ""
