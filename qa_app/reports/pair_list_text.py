"""The analysis of a list of pairs in words and small tables, for a terminal of 80 columns."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import fill, wrap
from typing import Final

from audit_forms.grades import BEST_FIRST
from moderation.statistics.agreement import Direction, Pairs
from moderation.statistics.bootstrap import Resampled
from moderation.statistics.coefficient import SHOWN_FROM_PAIRS, Coefficient
from moderation.statistics.pair_list import PairList, Settings
from moderation.statistics.severity import METHOD, Leanings
from moderation.statistics.share import Interval, Share, percent
from moderation.statistics.symmetry import ChiSquare
from moderation.statistics.weighting import Weighting
from qa_app.reports.wording import interval_words

WIDTH: Final = 80
_LABEL: Final = 33
WHY_COEFFICIENTS_DIFFER: Final = (
    "Kappa asks how much of the agreement is more than chance. Where nearly all audits get one grade it falls towards "
    "0 although nearly all pairs agree; AC1 does so much less. The target is written in plain agreement."
)


def analysis_text(made: Sequence[PairList], settings: Settings) -> str:
    """Every domain's analysis, one under the other."""
    if not made:
        return "The list has no pair, so there is no figure."
    return "\n\n".join("\n".join(_lines(one, settings)) for one in made)


def _lines(one: PairList, settings: Settings) -> Iterator[str]:
    if one.domain:
        yield from _title(one.domain, "=")
    yield from _headline(one, settings)
    if not one.pairs.n:
        return
    yield from _title("Who gave which grade")
    yield from _table(one.pairs)
    yield from _title("Beside it")
    yield from _beside(one, settings)
    yield from _title("Coefficients")
    yield from _coefficients(one, settings)
    yield from _title("Whether both use the grades alike (annex)")
    yield from _symmetry(one)
    if one.auditors:
        yield from _title("Auditors")
        yield from _auditors(one, settings)


def _headline(one: PairList, settings: Settings) -> Iterator[str]:
    share, made = one.pairs.exact, one.estimate
    yield from _title("Agreement of auditors with moderators")
    if made is not None and made.value is not None and made.interval is not None:
        value = percent(made.value, max(share.n, 20), [settings.target.line])
        ends = f"{_confidence(settings)} range {_range(made.interval)}"
        yield from _said(f"{value} of all {made.covered.k:,} audits, weighted by stratum; {ends}.")
    yield from _said(_counted(share, settings))
    if one.verdict is not None:
        yield from _said(f"Target {settings.target.text}: {one.verdict.words}.")
    elif share.n:
        yield from _said(f"Not judged: a verdict needs {settings.judged_from} pairs.")
    yield from _said(one.reach.text if share.n else "")
    if made is None:
        yield from _said(one.why_unweighted if share.n else "")
    else:
        yield from _strata(one)
    if one.not_moderated:
        yield from _said(f"Not moderated: {one.not_moderated:,} of the lines.")
    if one.applicability:
        yield from _said(f"One of the two gave no grade: {one.applicability:,}. These are outside every figure.")


def _strata(one: PairList) -> Iterator[str]:
    if one.estimate is None:
        return
    rows = [(each.name or "all", f"{each.audits:,}", f"{each.n:,}", f"{each.k:,}") for each in one.estimate.used]
    rows += [(f"{each.name} (left out)", f"{each.audits:,}", "0", "") for each in one.estimate.left_out]
    yield ""
    yield from _columns([("Stratum", "Audits", "Moderated", "Agree"), *rows])
    if one.estimate.left_out:
        covered = one.estimate.covered
        yield from _said(f"What has no pair is left out: the figure covers {covered.k:,} of {covered.n:,} audits.")
    if any(each.joined_from for each in one.estimate.used):
        yield from _said("Strata with few pairs are counted together with the one beside them.")


def _table(table: Pairs) -> Iterator[str]:
    yield "  Rows: the auditor's grade. Columns: the moderator's."
    heads = ("", *(grade.short for grade in BEST_FIRST), "All")
    body = [
        (grade.label, *(f"{cell:,}" for cell in row), f"{sum(row):,}")
        for grade, row in zip(BEST_FIRST, table.table, strict=True)
    ]
    yield from _columns([heads, *body, ("All", *(f"{each:,}" for each in table.moderator), f"{table.n:,}")])


def _beside(one: PairList, settings: Settings) -> Iterator[str]:
    table = one.pairs
    for label, share in (
        ("Same side of the good line", table.good_line),
        ("Within one grade", table.within_one),
        ("Good or better, as auditors say", table.auditor_good),
        ("Good or better, as moderators say", table.moderator_good),
    ):
        yield from _labelled(label, f"{share.text} ({_range(share.wilson(settings.confidence))})")
    yield from _labelled("Direction", _direction(table.direction))
    yield from _labelled("Direction across the good line", _direction(table.across_the_line))


def _direction(one: Direction) -> str:
    if one.p is None:
        return "no pair differs, so there is no direction to test"
    return (
        f"auditor higher in {one.auditor_higher:,}, moderator in {one.moderator_higher:,}. If neither leaned, so "
        f"uneven a split would come about {_chance(one.p)} (exact sign test)"
    )


def _coefficients(one: PairList, settings: Settings) -> Iterator[str]:
    if one.pairs.n < SHOWN_FROM_PAIRS:
        yield from _said(f"Shown from {SHOWN_FROM_PAIRS} pairs, because with fewer they say next to nothing; "
                         f"there {'is 1' if one.pairs.n == 1 else f'are {one.pairs.n}'}.")  # fmt: skip
        return
    made = one.weighted or one.coefficients
    kappa, gwet = (one.resamples.kappa, one.resamples.gwet) if one.resamples else (None, None)
    for weighting in Weighting:
        words = "" if weighting is Weighting.IDENTITY else f", {weighting} weights"
        drawn = kappa.under(weighting) if kappa else None
        yield from _labelled(f"Kappa{words}", _coefficient(made.kappa.under(weighting), drawn, settings))
    for weighting in Weighting:
        words = "1" if weighting is Weighting.IDENTITY else f"2, {weighting} weights"
        drawn = gwet.under(weighting) if gwet else None
        yield from _labelled(f"Gwet's AC{words}", _coefficient(made.gwet.under(weighting), drawn, settings))
    yield from _labelled("Brennan-Prediger", _coefficient(made.brennan_prediger.identity, None, settings))
    yield from _labelled("Scott's pi", _coefficient(made.scott_pi, None, settings))
    yield from _labelled("Krippendorff's alpha, ordinal", _coefficient(one.alpha, None, settings))
    if one.weighted:
        yield from _said("Weighted to all audits, alpha excepted; ranges by resampling within strata.")
    yield from _said(WHY_COEFFICIENTS_DIFFER)


def _coefficient(one: Coefficient, drawn: Resampled | None, settings: Settings) -> str:
    if one.value is None:
        return f"undefined. {one.reason}"
    interval = drawn.interval if drawn is not None else one.interval(settings.confidence)
    ends = f" ({interval.low:.2f} to {interval.high:.2f})" if interval is not None else ""
    return f"{one.value:.3f}{ends}"


def _symmetry(one: PairList) -> Iterator[str]:
    for label, test in (
        ("Bowker, all pairs of grades", one.bowker.full),
        ("Bowker, pairs that differ", one.bowker.used),
        ("Stuart-Maxwell", one.stuart_maxwell),
        ("Bhapkar", one.bhapkar),
    ):
        yield from _labelled(label, _test(test))


def _test(one: ChiSquare) -> str:
    if one.statistic is None or one.p is None:
        return f"undefined. {one.reason}"
    return f"{one.statistic:.2f} with {one.df} degrees of freedom, p = {one.p:.3g}"


def _auditors(one: PairList, settings: Settings) -> Iterator[str]:
    for name, table in one.auditors:
        few = f"{table.n} of the {settings.person_from} pairs that a figure needs"
        yield from _labelled(name, table.exact.text if table.n >= settings.person_from else few)
    yield from _leanings(one.leanings)


def _leanings(made: Leanings) -> Iterator[str]:
    yield ""
    if made.mean is None:
        yield from _said(made.reason)
        return
    yield "  Grades above (+) or below (-) the moderator, drawn towards the mean:"
    for one in made.auditors:
        if one.shrunk is not None and one.interval is not None:
            ends = f"{one.interval.low:+.2f} to {one.interval.high:+.2f}"
            yield from _labelled(one.name, f"{one.shrunk:+.2f} ({ends}); as counted {one.mean:+.2f}")
    yield from _labelled("All", f"{made.mean:+.2f}")
    yield from _said(METHOD)


def _counted(share: Share, settings: Settings) -> str:
    if not share.n:
        return "No pair was graded by both, so there is no figure."
    ends = f"{_confidence(settings)} range {_range(share.wilson(settings.confidence))}"
    return f"Exactly the same in {share.text_against(settings.target.line)} of the pairs; {ends}."


def _range(interval: Interval | None) -> str:
    return interval_words(interval)


def _confidence(settings: Settings) -> str:
    return f"{100 * settings.confidence:.6g}%"


def _chance(p: float) -> str:
    return f"{100 * p:.0f}% of the time" if p >= 0.01 else "less than 1% of the time"


def _title(text: str, rule: str = "-") -> Iterator[str]:
    yield ""
    yield text
    yield rule * min(len(text), WIDTH)


def _said(text: str) -> Iterator[str]:
    if text:
        yield fill(text, WIDTH, initial_indent="  ", subsequent_indent="  ")


def _labelled(label: str, text: str) -> Iterator[str]:
    """A label and what stands beside it, folded within its own column."""
    name = label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"
    first, *more = wrap(text, WIDTH - _LABEL - 4) or [""]
    yield f"  {name:<{_LABEL}}  {first}"
    yield from (f"{'':<{_LABEL + 4}}{line}" for line in more)


def _columns(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table: the first column to the left, numbers to the right."""
    listed = list(rows)
    widths = [max(len(row[place]) for row in listed) for place in range(len(listed[0]))]
    for first, *rest in listed:
        cells = "  ".join(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        yield f"  {first[:40]:<{min(widths[0], 40)}}  {cells}".rstrip()
