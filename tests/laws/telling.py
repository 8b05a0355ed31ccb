"""Which cases tell something new: of rows between which no rule makes a difference, one is asked for."""

from collections.abc import Hashable
from itertools import combinations


class Telling:
    """Cases by what is asked for and all that the rules ask: kept while they bring two facts together anew."""

    def __init__(self) -> None:
        self._seen: set[Hashable] = set()

    def __call__(self, asked: Hashable, facts: tuple[object, ...]) -> bool:
        """Whether this case brings a fact, or two facts together, that nobody has asked about under `asked`."""
        named = list(enumerate(facts))
        new = {(asked, one) for one in (asked, *named, *combinations(named, 2))} - self._seen
        self._seen |= new
        return bool(new)
