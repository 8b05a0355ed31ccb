"""What one computation works on: the facts counted up once, the rules, and the months up to the last one asked for."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from moderation.statistics.facts import BLIND, SAMPLED, Facts, PairCount
from moderation.statistics.months import Month, Windows, windows, without_gaps
from moderation.statistics.rules import Rules


@dataclass(frozen=True)
class Scope:
    """Facts and rules for the months up to and including ``until`` (open ones listed, never counted)."""

    facts: Facts
    rules: Rules
    until: date

    @cached_property
    def months(self) -> tuple[Month, ...]:
        """Every month from the first cycle on, in calendar order."""
        return tuple(state for state in without_gaps(self.facts.months) if state.month <= self.until)

    @cached_property
    def windows(self) -> Windows[tuple[date, ...]]:
        return windows(self.months)

    def grades(self, element: str, basis: str, month: date) -> Counter[str]:
        """How many audits of a month have each judgement of an element."""
        return self._grades.get((element, basis, month), Counter())

    @cached_property
    def _grades(self) -> dict[tuple[str, str, date], Counter[str]]:
        tallies: dict[tuple[str, str, date], Counter[str]] = {}
        for count in self.facts.grades:
            tally = tallies.setdefault((count.element, count.basis, count.month), Counter())
            tally[count.grade] += count.n
        return tallies

    def sampled_blind(self, month: date, element: str) -> list[PairCount]:
        """The blind pairs of the sampled stream in a month for an element, graded on both sides or not."""
        return self._sampled_blind.get((month, element), [])

    @cached_property
    def pair_elements(self) -> tuple[str, ...]:
        """The elements that blind sampled pairs exist for, in the order the facts bring them."""
        return tuple(dict.fromkeys(element for _, element in self._sampled_blind))

    @cached_property
    def _sampled_blind(self) -> dict[tuple[date, str], list[PairCount]]:
        found: dict[tuple[date, str], list[PairCount]] = {}
        for pair in self.facts.pairs:
            if pair.stream == SAMPLED and pair.mode == BLIND:
                found.setdefault((pair.month, pair.element), []).append(pair)
        return found
