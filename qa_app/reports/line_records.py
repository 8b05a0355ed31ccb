"""The dashboard's and the agreement page's own tables as flat records, for workbooks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from moderation.statistics.breakdowns import Line, PairLine
from qa_app.reports.columns import column


@dataclass(frozen=True, slots=True)
class LineRecord:
    """A share of a team, or of a part of practice."""

    name: str = column("The team or the part of practice.", width=34)
    k: int = column("Audits good or better.", heading="k", width=8)
    n: int = column("Audits counted.", heading="n", width=8)
    estimate: float | None = column("k of n.", heading="Share")
    low: float | None = column("The lower end of its 95% interval.", heading="95% from")
    high: float | None = column("The upper end of its 95% interval.", heading="95% to")


@dataclass(frozen=True, slots=True)
class PairRecord:
    """Agreement in a part of practice, in a team, or of an auditor or moderator."""

    name: str = column("The part of practice, the team or the person.", width=34)
    k: int = column("Pairs with the same grade.", heading="k", width=8)
    n: int = column("Pairs counted.", heading="n", width=8)
    estimate: float | None = column("k of n.", heading="Share")
    low: float | None = column("The lower end of its 95% interval.", heading="95% from")
    high: float | None = column("The upper end of its 95% interval.", heading="95% to")


def line_records(lines: Iterable[Line], label: Callable[[str], str]) -> list[LineRecord]:
    """Lines of a breakdown by their names."""
    made = []
    for one in lines:
        low, high = one.interval if one.interval is not None else (None, None)
        share = None if one.share.fraction is None else float(one.share.fraction)
        made.append(LineRecord(label(one.name), one.share.k, one.share.n, share, low, high))
    return sorted(made, key=lambda one: one.name)


def pair_records(lines: Iterable[PairLine], label: Callable[[str], str]) -> list[PairRecord]:
    """Lines of agreement by their names, in their order."""
    made = []
    for one in lines:
        low, high = one.interval if one.interval is not None else (None, None)
        exact = one.pairs.exact
        share = None if exact.fraction is None else float(exact.fraction)
        made.append(PairRecord(label(one.name), exact.k, exact.n, share, low, high))
    return made
