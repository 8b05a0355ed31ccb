"""Which moderator gets which audit: seeded, by the independence rules, and as evenly spread as these allow."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moderation.independence import CaseTies, Conflict, Person, Tie, moderation_conflicts
from moderation.sampling import generator


@dataclass(frozen=True, slots=True)
class Task:
    """An audit that needs a moderator."""

    audit_id: str
    auditor: Person
    case: CaseTies


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
) -> Allocation:
    """Give each audit to an independent moderator so that the most loaded carries as little as possible.

    ``already`` is how many audits each moderator has in hand. The same seed gives the same allocation.
    """
    chance = generator(seed, "moderators")
    order = sorted(tasks, key=lambda task: task.audit_id)
    chance.shuffle(order)
    people = sorted(moderators, key=lambda person: person.person_id)
    chance.shuffle(people)
    may: dict[str, list[str]] = {}
    refused = []
    for task in order:
        ties = {one.person_id: _conflicts(one, task, own_service=own_service) for one in people}
        if free := [person for person, found in ties.items() if not found]:
            may[task.audit_id] = free
        else:
            counted = Counter(conflict for found in ties.values() for conflict in found)
            refused.append(NotGiven(task.audit_id, tuple((tie, counted[tie]) for tie in Conflict if counted[tie])))
    holder = _spread(may, {person.person_id: (already or {}).get(person.person_id, 0) for person in people})
    return Allocation(
        tuple(Given(audit_id, holder[audit_id]) for audit_id in sorted(holder)),
        tuple(sorted(refused, key=lambda one: one.audit_id)),
    )


def _conflicts(moderator: Person, task: Task, *, own_service: bool) -> tuple[Conflict, ...]:
    return moderation_conflicts(Tie(moderator, task.auditor, task.case), own_service=own_service)


def _spread(may: Mapping[str, Sequence[str]], loads: dict[str, int]) -> dict[str, str]:
    """Those with the fewest possible moderators first, each to the least loaded; then levelled by moving audits on."""
    holder: dict[str, str] = {}
    for audit_id in sorted(may, key=lambda one: len(may[one])):
        least = min(may[audit_id], key=lambda person: loads[person])
        holder[audit_id] = least
        loads[least] += 1
    while _level(holder, may, loads):
        pass
    return holder


def _level(holder: dict[str, str], may: Mapping[str, Sequence[str]], loads: dict[str, int]) -> bool:
    """Take one audit off a moderator who has at least two more than another it can be passed on to, over others."""
    for start in sorted(loads, key=lambda person: -loads[person]):
        came_from = _reachable(start, holder, may)
        end = min(came_from, key=lambda person: loads[person], default=start)
        if loads[end] > loads[start] - 2:
            continue
        loads[start] -= 1
        loads[end] += 1
        while end != start:
            giver, audit_id = came_from[end]
            holder[audit_id] = end
            end = giver
        return True
    return False


def _reachable(start: str, holder: Mapping[str, str], may: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, str]]:
    """Everyone work can be passed on to from ``start``, with who passes them which audit."""
    came_from: dict[str, tuple[str, str]] = {}
    queue = [start]
    for person in queue:
        for audit_id in (one for one, held_by in holder.items() if held_by == person):
            for other in may[audit_id]:
                if other != start and other not in came_from:
                    came_from[other] = (person, audit_id)
                    queue.append(other)
    return came_from
