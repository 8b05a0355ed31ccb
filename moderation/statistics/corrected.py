"""Good or better as moderators would have graded every audit: moderation's changes extended to what it did not see."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from audit_forms.grades import BEST_FIRST, Grade
from moderation.statistics.facts import AUDITOR, OVERALL
from moderation.statistics.figures import Corrected
from moderation.statistics.headline import headline_pairs
from moderation.statistics.rules import is_good
from moderation.statistics.scope import Scope
from moderation.statistics.stratified import Stratum, weighted

ASSUMES: Final = (
    "It assumes that moderators would have changed the audits nobody moderated as often as those of the same grade in "
    "the sample."
)


def corrected_window(months: Sequence[date], scope: Scope) -> Corrected:
    """The corrected estimate over a window of months."""
    audits = sum((scope.grades(OVERALL, AUDITOR, month) for month in months), Counter[str]())
    seen: Counter[str] = Counter()
    good: Counter[str] = Counter()
    for pair in headline_pairs(months, scope):
        seen[pair.auditor_grade] += pair.n
        good[pair.auditor_grade] += pair.n * is_good(pair.moderator_grade)
    cells = [Stratum(grade.value, audits[grade], seen[grade], good[grade]) for grade in BEST_FIRST if audits[grade]]
    return corrected(cells, tuple(months), scope.rules.confidence)


def corrected(cells: Iterable[Stratum], months: tuple[date, ...] = (), confidence: float = 0.95) -> Corrected:
    """The estimate from audits by the auditor's grade; each cell is named by its grade's code.

    A grade with audits and no pair joins the other grade on its own side of the good line. Where that has no pair
    either the figure is not estimable. Post-stratified; the interval is MOVER-Wilson.
    """
    given = tuple(cells)
    sides = [side for good in (True, False) if (side := _side(given, is_good_side=good))]
    strata = [stratum for side in sides for stratum in side]
    if not strata:
        return Corrected(months, None, None, given, "There are no audits to estimate from.")
    empty = [stratum for stratum in strata if not stratum.n]
    if empty:
        labels = " and ".join(Grade(cell.name).label for cell in given if not cell.n and _beside(cell, empty))
        note = f"It cannot be estimated: of the audits graded {labels} none has been moderated blind from the sample."
        return Corrected(months, None, None, given, note)
    estimate = weighted(strata, confidence)
    return Corrected(months, estimate.value, estimate.interval, given, ASSUMES)


def _side(cells: Iterable[Stratum], *, is_good_side: bool) -> list[Stratum]:
    """The cells of one side of the good line, joined where one of them has no pair."""
    side = [cell for cell in cells if cell.audits and is_good(cell.name) == is_good_side]
    if len(side) == 2 and not all(cell.n for cell in side):
        return [side[0].joined_with(side[1])]
    return side


def _beside(cell: Stratum, empty: Iterable[Stratum]) -> bool:
    return any(cell.name in stratum.parts for stratum in empty)
