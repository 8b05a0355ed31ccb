"""A calibration exercise: many people grading the same files, their spread per file and each one's distance.

With one file, alpha is 0 whatever people disagree on, so coefficients wait until there are about ten files; until then
the distribution, the share that matches the reference grade and the agreeing pairs are shown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Final

from audit_forms.grades import BEST_FIRST, Grade
from moderation.statistics.coefficient import Coefficient, undefined
from moderation.statistics.share import Share

COEFFICIENTS_FROM_FILES: Final = 10
_PLACE: Final = {grade: place for place, grade in enumerate(BEST_FIRST)}


@dataclass(frozen=True, slots=True)
class GradedFile:
    """One file: who gave it which grade (without those who gave none), and its reference grade where there is one."""

    name: str
    grades: Mapping[str, Grade]
    reference: Grade | None = None


@dataclass(frozen=True, slots=True)
class FileSpread:
    """How people graded one file.

    ``counts`` are by grade, best first; ``matching`` and ``within_one`` are held against the reference grade, None
    without one; ``pairwise`` counts the agreeing pairs of people; ``widest`` is how many grades lie between the best
    and the worst given, None without any.
    """

    name: str
    counts: tuple[int, ...]
    reference: Grade | None
    matching: Share | None
    within_one: Share | None
    pairwise: Share
    widest: int | None


@dataclass(frozen=True, slots=True)
class PersonSpread:
    """One person over the files that have a reference grade.

    ``higher`` is the mean number of grades above the reference (below 0: under it), ``distance`` the mean number away
    from it; None without such a file.
    """

    name: str
    matching: Share
    higher: Fraction | None
    distance: Fraction | None


@dataclass(frozen=True, slots=True)
class Exercise:
    """A whole exercise. ``alpha`` is ordinal; both coefficients are undefined, with the reason, below ten files."""

    files: tuple[FileSpread, ...]
    people: tuple[PersonSpread, ...]
    pairwise: Share
    alpha: Coefficient
    ac1: Coefficient


def exercise(files: Iterable[GradedFile]) -> Exercise:
    """The spread of an exercise: files in the order given, people by name."""
    listed = tuple(files)
    spreads = tuple(map(_spread, listed))
    names = sorted({name for one in listed for name in one.grades})
    alpha, ac1 = _coefficients(listed)
    pairwise = sum((one.pairwise for one in spreads), Share(0, 0))
    return Exercise(spreads, tuple(_person(name, listed) for name in names), pairwise, alpha, ac1)


def _spread(one: GradedFile) -> FileSpread:
    counts, n = Counter(one.grades.values()), len(one.grades)
    places = [_PLACE[grade] for grade in one.grades.values()]
    matching = within = None
    if one.reference is not None:
        at = _PLACE[one.reference]
        matching = Share(places.count(at), n)
        within = Share(sum(abs(place - at) <= 1 for place in places), n)
    return FileSpread(
        one.name,
        tuple(counts[grade] for grade in BEST_FIRST),
        one.reference,
        matching,
        within,
        Share(sum(comb(count, 2) for count in counts.values()), comb(n, 2)),
        max(places) - min(places) if places else None,
    )


def _person(name: str, files: Sequence[GradedFile]) -> PersonSpread:
    steps = [
        _PLACE[one.reference] - _PLACE[one.grades[name]]
        for one in files
        if one.reference is not None and name in one.grades
    ]
    n = len(steps)
    higher = Fraction(sum(steps), n) if n else None
    return PersonSpread(name, Share(steps.count(0), n), higher, Fraction(sum(map(abs, steps)), n) if n else None)


def _coefficients(files: Sequence[GradedFile]) -> tuple[Coefficient, Coefficient]:
    graded = [one for one in files if len(one.grades) > 1]
    if len(graded) < COEFFICIENTS_FROM_FILES:
        few = undefined(
            f"Shown from {COEFFICIENTS_FROM_FILES} files that two or more people graded; {_are(len(graded))}."
        )
        return few, few
    from moderation.statistics.alpha import Level, alpha
    from moderation.statistics.ratings import gwet_of, ratings

    given = ratings((one.grades.values() for one in graded), BEST_FIRST)
    return alpha(given, Level.ORDINAL), gwet_of(given)


def _are(files: int) -> str:
    return "there is 1" if files == 1 else f"there are {files}"
