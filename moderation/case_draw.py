"""Which case each auditor audits: drawn at random by a seed, never one they are tied to or that was audited lately."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

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

    ``excluded`` is a reason in words, such as 'closed' or 'no team'; ``stratum`` the class it is drawn in, if by class.
    """

    case_id: str
    ties: CaseTies
    audited_in: frozenset[date] = frozenset()
    excluded: str = ""
    stratum: str = ""


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
class Quota:
    """How many cases of a class were wanted at least, and how many were given."""

    stratum: str
    wanted: int
    given: int

    @property
    def is_met(self) -> bool:
        return self.given >= self.wanted


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
    quotas: tuple[Quota, ...] = ()


def draw_cases(
    auditors: Iterable[Auditor], cases: Iterable[Case], month: date, seed: str, *, within: int = MONTHS_BETWEEN_AUDITS,
    quotas: Mapping[str, int] | None = None,
) -> CaseDraw:  # fmt: skip
    """Draw a case for each expected audit of the cycle of ``month``; as many are given as can be given.

    ``within`` is how many cycle months before this one count as lately audited.
    ``quotas`` are how many cases of each stratum to draw at least; what is expected beyond them comes from any.
    Every case of the pool an auditor is independent of may come to them. The same seed, auditors and cases give the
    same assignment, in whatever order they come.

    Raises:
        ValueError: an auditor or a case is named twice, or a negative number is expected or wanted.
    """
    wanted = dict(quotas or {})
    people = sorted(auditors, key=lambda one: one.person.person_id)
    known = sorted(cases, key=lambda one: one.case_id)
    _check(people, known, wanted)
    reasons = {case.case_id: exclusion(case, month, within) for case in known}
    pool = [case for case in known if not reasons[case.case_id]]
    ruled_out = {one.person.person_id: _ruled_out(one.person, pool) for one in people}
    taken = _assign(people, pool, seed, wanted)
    given = Counter(taken.values())
    of_stratum = Counter(case.stratum for case in pool if case.case_id in taken)
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
        quotas=tuple(Quota(name, number, of_stratum[name]) for name, number in sorted(wanted.items())),
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


def _assign(people: Sequence[Auditor], pool: Sequence[Case], seed: str, quotas: Mapping[str, int]) -> dict[str, str]:
    """Auditor by case: the cases in shuffled order, each place filled by passing cases on where that is needed.

    The quotas come first, each as far as it goes; once taken a case stays taken, so what is filled after keeps them.
    """
    chance = generator(seed, "cases")
    shuffled = list(pool)
    chance.shuffle(shuffled)
    places = [one.person for one in people for _ in range(one.expected)]
    chance.shuffle(places)
    people_by_id = {one.person.person_id: one.person for one in people}
    taken: dict[str, str] = {}
    if quotas:
        wanted = [case for case in shuffled if quotas.get(case.stratum)]
        filling = _Filling(wanted, taken, people_by_id, quotas)
        places = [place for place in places if not filling.give(place)]
    filling = _Filling(shuffled, taken, people_by_id)
    for place in places:
        filling.give(place)
    return taken


class _Way(NamedTuple):
    """How an auditor came to be asked: who gains which case, and which case the auditor lets go for it."""

    to: str
    gains: str
    lets_go: str


class _Filling:
    """Cases given to auditors one by one, each by an augmenting path; with limits, so many of each stratum at most."""

    def __init__(
        self, pool: Sequence[Case], taken: dict[str, str], people: Mapping[str, Person],
        limits: Mapping[str, int] | None = None,
    ) -> None:  # fmt: skip
        self.pool, self.taken, self.people, self.limits = pool, taken, people, limits
        self.stratum = {case.case_id: case.stratum for case in pool}
        self.given = Counter(self.stratum[case_id] for case_id in taken)

    def give(self, place: Person) -> bool:
        """Give one more case: a free one, or one another auditor can spare for a free one."""
        came: dict[str, _Way] = {}
        looked: set[str] = set()  # cases, and strata that are full
        queue = [place.person_id]
        for asking in queue:
            for case in self.pool:
                if case.case_id in looked or self.taken.get(case.case_id) == asking:
                    continue
                if case_conflicts(self.people[asking], case.ties):
                    continue
                looked.add(case.case_id)
                if self._is_free(case):
                    self._pass_on(case.case_id, asking, came, place.person_id)
                    return True
                for lets_go in self._to_let_go(case, looked):
                    holder = self.taken[lets_go]
                    if holder not in came and holder != place.person_id:
                        came[holder] = _Way(asking, case.case_id, lets_go)
                        queue.append(holder)
        return False

    def _is_free(self, case: Case) -> bool:
        if case.case_id in self.taken:
            return False
        return self.limits is None or self.given[case.stratum] < self.limits[case.stratum]

    def _to_let_go(self, case: Case, looked: set[str]) -> list[str]:
        """The taken cases one of which has to be let go for this one: itself, or those of its full stratum."""
        if case.case_id in self.taken:
            return [case.case_id]
        full = f"stratum {case.stratum}"
        if full in looked:
            return []  # their holders have been asked already
        looked.add(full)
        return [one.case_id for one in self.pool if one.stratum == case.stratum and one.case_id in self.taken]

    def _pass_on(self, free: str, auditor: str, came: Mapping[str, _Way], place: str) -> None:
        """Give the free case to who asked for it, what that lets go to who asked for that, and so on to the place."""
        gained = free
        self._take(gained, auditor)
        while auditor != place:
            way = came[auditor]
            if way.lets_go != way.gains:
                del self.taken[way.lets_go]
                self.given[self.stratum[way.lets_go]] -= 1
            gained, auditor = way.gains, way.to
            self._take(gained, auditor)

    def _take(self, case_id: str, auditor: str) -> None:
        self.given[self.stratum[case_id]] += case_id not in self.taken
        self.taken[case_id] = auditor


def _ruled_out(person: Person, pool: Iterable[Case]) -> Counter[str]:
    return Counter(conflict.sentence for case in pool for conflict in case_conflicts(person, case.ties))


def _counted(reasons: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(reasons.items()))


def _months_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def _check(people: Sequence[Auditor], cases: Sequence[Case], quotas: Mapping[str, int]) -> None:
    if len({one.person.person_id for one in people}) != len(people):
        raise ValueError("An auditor is named twice.")
    if len({case.case_id for case in cases}) != len(cases):
        raise ValueError("A case is named twice.")
    if any(one.expected < 0 for one in people):
        raise ValueError("An auditor is expected to do 0 audits or more.")
    if any(number < 0 for number in quotas.values()):
        raise ValueError("A quota is 0 cases or more.")
