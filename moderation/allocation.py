"""Which moderator gets which audit: seeded, by the independence rules, and as evenly spread as these allow."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from moderation.independence import CaseTies, Conflict, Person, Tie, moderation_conflicts
from moderation.sampling import generator


@dataclass(frozen=True, slots=True)
class Task:
    """An audit that needs a moderator."""

    audit_id: str
    auditor: Person
    case: CaseTies
    subject: Person | None = None


@dataclass
class Pairs:
    """How often each moderator was given audits of each auditor in the twelve months, and how often that may be."""

    times: Counter[tuple[str, str]] = field(default_factory=Counter)
    most: int | None = None

    def room(self, moderator: str, auditor: str) -> bool:
        """Whether the two may meet once more."""
        return self.most is None or self.times[moderator, auditor] < self.most


@dataclass(frozen=True, slots=True)
class Given:
    """An audit and the moderator it is given to."""

    audit_id: str
    moderator: str


@dataclass(frozen=True, slots=True)
class NotGiven:
    """An audit nobody may moderate, and how many moderators each tie rules out."""

    audit_id: str
    conflicts: tuple[tuple[Conflict, int], ...]

    @property
    def sentence(self) -> str:
        """Why, in words."""
        if not self.conflicts:
            return "There are no moderators."
        ties = " ".join(f"{conflict.sentence} ({count})" for conflict, count in self.conflicts)
        return f"No moderator is independent of this audit. {ties}"


@dataclass(frozen=True, slots=True)
class Allocation:
    """Who moderates what, and what nobody may moderate."""

    given: tuple[Given, ...]
    not_given: tuple[NotGiven, ...]

    @property
    def loads(self) -> Counter[str]:
        """How many audits each moderator got."""
        return Counter(one.moderator for one in self.given)


def allocate(
    tasks: Sequence[Task],
    moderators: Sequence[Person],
    seed: str,
    already: Mapping[str, int] | None = None,
    *,
    own_service: bool = False,
    pairs: Pairs | None = None,
) -> Allocation:
    """Give each audit to an independent moderator so that the most loaded carries as little as possible.

    ``already`` is how many audits each moderator has in hand, ``pairs`` how often they met each auditor: no two meet
    more often than they may, those given here counted. The same seed gives the same allocation.
    """
    met = Pairs(Counter(pairs.times), pairs.most) if pairs else Pairs()
    chance = generator(seed, "moderators")
    order = sorted(tasks, key=lambda task: task.audit_id)
    chance.shuffle(order)
    people = sorted(moderators, key=lambda person: person.person_id)
    chance.shuffle(people)
    may, refused = _may(order, people, met, own_service=own_service)
    books = _Books(may, {task.audit_id: task.auditor.person_id for task in tasks}, met)
    books.loads = {person.person_id: (already or {}).get(person.person_id, 0) for person in people}
    holder = books.spread()
    for audit_id in may.keys() - holder.keys():
        refused.append(NotGiven(audit_id, ((Conflict.PAIR_OFTEN, len(may[audit_id])),)))
    return Allocation(
        tuple(Given(audit_id, holder[audit_id]) for audit_id in sorted(holder)),
        tuple(sorted(refused, key=lambda one: one.audit_id)),
    )


def _may(
    tasks: Sequence[Task], people: Sequence[Person], met: Pairs, *, own_service: bool
) -> tuple[dict[str, list[str]], list[NotGiven]]:
    """Who may have each audit, and those nobody may have."""
    may: dict[str, list[str]] = {}
    refused = []
    for task in tasks:
        ties = {one.person_id: _conflicts(one, task, met, own_service=own_service) for one in people}
        if free := [person for person, found in ties.items() if not found]:
            may[task.audit_id] = free
        else:
            counted = Counter(conflict for found in ties.values() for conflict in found)
            refused.append(NotGiven(task.audit_id, tuple((tie, counted[tie]) for tie in Conflict if counted[tie])))
    return may, refused


def _conflicts(moderator: Person, task: Task, met: Pairs, *, own_service: bool) -> tuple[Conflict, ...]:
    times = met.times[moderator.person_id, task.auditor.person_id]
    tie = Tie(moderator, task.auditor, task.case, task.subject, times, met.most)
    return moderation_conflicts(tie, own_service=own_service)


@dataclass
class _Books:
    """Who may hold what, who holds it, how much each carries, and how often two have met."""

    may: Mapping[str, Sequence[str]]
    auditor_of: Mapping[str, str]
    met: Pairs
    loads: dict[str, int] = field(default_factory=dict)
    holder: dict[str, str] = field(default_factory=dict)

    def spread(self) -> dict[str, str]:
        """Those with the fewest possible moderators first, each to the least loaded; then levelled by moving on."""
        for audit_id in sorted(self.may, key=lambda one: len(self.may[one])):
            free = [person for person in self.may[audit_id] if self._room(person, audit_id)]
            place = min(free, key=lambda one: self.loads[one]) if free else self._freed(audit_id, set())
            if place is not None:
                self._put(audit_id, place)
        while self._level():
            pass
        return self.holder

    def _room(self, person: str, audit_id: str) -> bool:
        return self.met.room(person, self.auditor_of[audit_id])

    def _put(self, audit_id: str, person: str) -> None:
        """Give an audit to somebody, away from whoever has it."""
        auditor, before = self.auditor_of[audit_id], self.holder.get(audit_id)
        if before is not None:
            self.loads[before] -= 1
            self.met.times[before, auditor] -= 1
        self.holder[audit_id] = person
        self.loads[person] += 1
        self.met.times[person, auditor] += 1

    def _freed(self, audit_id: str, tried: set[str]) -> str | None:
        """Somebody with room for this audit, once others of its auditor are moved on; None where nothing helps."""
        for person in self.may[audit_id]:
            if person in tried:
                continue
            tried.add(person)
            if self._room(person, audit_id):
                return person
            for other in [one for one, held_by in self.holder.items() if held_by == person]:
                if self.auditor_of[other] == self.auditor_of[audit_id] and (place := self._freed(other, tried)):
                    self._put(other, place)
                    return person
        return None

    def _level(self) -> bool:
        """Take one audit off a moderator who has at least two more than another it can be passed on to, over others."""
        for start in sorted(self.loads, key=lambda person: -self.loads[person]):
            came_from = self._reachable(start)
            end = min(came_from, key=lambda person: self.loads[person], default=start)
            if self.loads[end] > self.loads[start] - 2:
                continue
            while end != start:
                giver, audit_id = came_from[end]
                self._put(audit_id, end)
                end = giver
            return True
        return False

    def _reachable(self, start: str) -> dict[str, tuple[str, str]]:
        """Everyone work can be passed on to from ``start``, with who passes them which audit."""
        came_from: dict[str, tuple[str, str]] = {}
        queue = [start]
        for person in queue:
            for audit_id in (one for one, held_by in self.holder.items() if held_by == person):
                for other in self.may[audit_id]:
                    if other != start and other not in came_from and self._room(other, audit_id):
                        came_from[other] = (person, audit_id)
                        queue.append(other)
        return came_from
