"""Which case each auditor audits: drawn at random by a seed, never one they are tied to or that was audited lately."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from moderation.independence import CaseTies, Person, case_conflicts
from moderation.sampling import generator

MONTHS_BETWEEN_AUDITS: Final = 12


@dataclass(frozen=True, slots=True)
class Auditor:
    """Someone who is to audit, and how many audits are expected of them in this cycle."""

    person: Person
    expected: int = 1


@dataclass(frozen=True, slots=True)
class Case:
    """A case that may be drawn: its ties, the cycle months it was audited in, and why it is out of any draw, if it is.

    ``excluded`` is a reason in words, such as 'closed' or 'no team'.
    """

    case_id: str
    ties: CaseTies
    audited_in: frozenset[date] = frozenset()
    excluded: str = ""


@dataclass(frozen=True, slots=True)
class Assigned:
    """A case and the auditor it was drawn for."""

    auditor: str
    case_id: str


@dataclass(frozen=True, slots=True)
class Shortfall:
    """An auditor who could not be given all that is expected, and why cases were not theirs to have, by reason."""

    auditor: str
    expected: int
    given: int
    ruled_out: tuple[tuple[str, int], ...]

    @property
    def sentence(self) -> str:
        """What is missing, in words."""
        return f"{self.given} of {self.expected} audits could be given: no other case is free and independent of them."


@dataclass(frozen=True, slots=True)
class CaseDraw:
    """The assignment of a cycle, and every exclusion counted.

    ``excluded`` counts the cases out of any draw by reason, ``pool`` those in it.
    ``ruled_out`` counts, by reason, pairs of an auditor and a case of the pool that they are tied to.
    """

    seed: str
    assigned: tuple[Assigned, ...]
    shortfalls: tuple[Shortfall, ...]
    pool: int
    excluded: tuple[tuple[str, int], ...]
    ruled_out: tuple[tuple[str, int], ...]


def draw_cases(
    auditors: Iterable[Auditor], cases: Iterable[Case], month: date, seed: str, *, within: int = MONTHS_BETWEEN_AUDITS
) -> CaseDraw:
    """Draw a case for each expected audit of the cycle of ``month``; as many are given as can be given.

    ``within`` is how many cycle months before this one count as lately audited.
    Every case of the pool an auditor is independent of may come to them. The same seed, auditors and cases give the
    same assignment, in whatever order they come.

    Raises:
        ValueError: an auditor or a case is named twice, or a negative number is expected.
    """
    people = sorted(auditors, key=lambda one: one.person.person_id)
    known = sorted(cases, key=lambda one: one.case_id)
    _check(people, known)
    reasons = {case.case_id: exclusion(case, month, within) for case in known}
    pool = [case for case in known if not reasons[case.case_id]]
    ruled_out = {one.person.person_id: _ruled_out(one.person, pool) for one in people}
    taken = _assign(people, pool, seed)
    given = Counter(taken.values())
    return CaseDraw(
        seed=seed,
        assigned=tuple(Assigned(auditor, case_id) for case_id, auditor in sorted(taken.items())),
        shortfalls=tuple(
            Shortfall(name, one.expected, given[name], _counted(ruled_out[name]))
            for one in people
            if given[name := one.person.person_id] < one.expected
        ),
        pool=len(pool),
        excluded=_counted(Counter(reason for reason in reasons.values() if reason)),
        ruled_out=_counted(sum(ruled_out.values(), Counter())),
    )


def audited_lately(within: int) -> str:
    """The reason for which a case audited so lately is out of a draw."""
    return f"audited in one of the {within} months before"


def exclusion(case: Case, month: date, within: int = MONTHS_BETWEEN_AUDITS) -> str:
    """Why a case is out of the draw for a cycle's month, in words; empty when it is in it."""
    if case.excluded:
        return case.excluded
    lately = any(0 < _months_between(audited, month) <= within for audited in case.audited_in)
    return audited_lately(within) if lately else ""


def _assign(people: Sequence[Auditor], pool: Sequence[Case], seed: str) -> dict[str, str]:
    """Auditor by case: the cases in shuffled order, each place filled by passing cases on where that is needed."""
    chance = generator(seed, "cases")
    shuffled = list(pool)
    chance.shuffle(shuffled)
    places = [one.person for one in people for _ in range(one.expected)]
    chance.shuffle(places)
    people_by_id = {one.person.person_id: one.person for one in people}
    taken: dict[str, str] = {}
    for place in places:
        _give(place, shuffled, taken, people_by_id)
    return taken


def _give(place: Person, pool: Sequence[Case], taken: dict[str, str], people: Mapping[str, Person]) -> None:
    """Give one more case: a free one, or one another auditor can spare for a free one (an augmenting path)."""
    came_from: dict[str, tuple[str, str]] = {}
    asked = {place.person_id}
    queue = [place.person_id]
    for asking in queue:
        for case in pool:
            if case.case_id in came_from or taken.get(case.case_id) == asking:
                continue
            if case_conflicts(people[asking], case.ties):
                continue
            came_from[case.case_id] = (asking, taken.get(case.case_id, ""))
            if case.case_id not in taken:
                _pass_on(case.case_id, came_from, taken, place.person_id)
                return
            holder = taken[case.case_id]
            if holder not in asked:
                asked.add(holder)
                queue.append(holder)


def _pass_on(free: str, came_from: Mapping[str, tuple[str, str]], taken: dict[str, str], place: str) -> None:
    """Give the free case to who asked for it, the case that frees to who asked for that, and so on to the place."""
    receiver = came_from[free][0]
    taken[free] = receiver
    while receiver != place:
        spared = next(case_id for case_id, (_, holder) in came_from.items() if holder == receiver)
        receiver = came_from[spared][0]
        taken[spared] = receiver


def _ruled_out(person: Person, pool: Iterable[Case]) -> Counter[str]:
    return Counter(conflict.sentence for case in pool for conflict in case_conflicts(person, case.ties))


def _counted(reasons: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(reasons.items()))


def _months_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def _check(people: Sequence[Auditor], cases: Sequence[Case]) -> None:
    if len({one.person.person_id for one in people}) != len(people):
        raise ValueError("An auditor is named twice.")
    if len({case.case_id for case in cases}) != len(cases):
        raise ValueError("A case is named twice.")
    if any(one.expected < 0 for one in people):
        raise ValueError("An auditor is expected to do 0 audits or more.")
