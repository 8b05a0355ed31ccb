"""What is published of services and teams: counts by place and period, small numbers protected together.

Services are published by quarter and by financial year, teams by financial year. Nothing is published of a single month
or of windows that overlap, so no difference between two publications is a month of one team. A period is decided once
all its months are closed and from what was reported then; a later one takes as given what earlier ones showed and hid.
"""

import json
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple, TypeAlias

from moderation.statistics.facts import FINAL, Facts
from moderation.statistics.measures import CASES, MEASURES
from moderation.statistics.periods import Period
from moderation.statistics.rules import Rules, is_good
from moderation.statistics.share import Share
from moderation.statistics.suppression import Cell, Rule, Sum, TableSet, protect

COUNCIL: Final = ""
PARTS: Final = ("k", "rest", "n")
# The way of deciding; another number makes every decision that was kept anew.
VERSION: Final = 1
KEYS: Final = ("supervision", "cases", "plans", "chronology", "permanence")
PUBLISHED: Final = tuple(one for one in MEASURES if one.key in KEYS)

Place: TypeAlias = str | tuple[str, str]
"""The whole council, a service, or a service and one of its teams."""


class PlaceCount(NamedTuple):
    """Of the n audits of a team in a month that a measure counts, k are as the measure asks."""

    month: date
    service: str
    team: str
    measure: str
    k: int
    n: int


class Key(NamedTuple):
    """A count of a publication: k, the rest or n of a measure in a place and period."""

    period: Period
    measure: str
    place: Place
    part: str


@dataclass(frozen=True)
class Publication:
    """The counts of one financial year's publications, and which of them are shown."""

    counts: dict[Key, int]
    hidden: frozenset[Cell]
    withheld: frozenset[Cell]

    def share(self, period: Period, measure: str, place: Place) -> Share:
        """The true counts, for those who may see them."""
        k, n = (self.counts[Key(period, measure, place, part)] for part in ("k", "n"))
        return Share(k, n)

    def shows(self, period: Period, measure: str, place: Place, *parts: str) -> bool:
        """Whether these parts of a count are shown to everybody."""
        return self.hidden.isdisjoint(Key(period, measure, place, part) for part in parts)

    def withholds(self, period: Period, measure: str, *, teams: bool) -> bool:
        """Whether the whole table of a measure is withheld."""
        return (period, measure, teams) in self.withheld

    def places(self, period: Period, *, teams: bool) -> tuple[Place, ...]:
        """The services, or the teams, in the order of their keys."""
        return tuple(
            dict.fromkeys(
                one.place
                for one in self.counts
                if one.period == period and one.place != COUNCIL and isinstance(one.place, tuple) is teams
            )
        )


def by_place(months: Sequence[date], facts: Facts, rules: Rules, places: Iterable[tuple[str, str]]) -> list[PlaceCount]:
    """The counts of every measure and month in each service and team; places without an audit count 0 of 0.

    Every place is listed in every month, so that standing in a list says nothing of its counts.
    """
    everywhere = {*places, *((row.service, row.team) for row in facts.grades)}
    everywhere |= {(row.service, row.team) for row in facts.chronology}
    found = {
        (month, service, team, one.key): Share(0, 0)
        for month in months
        for service, team in everywhere
        for one in PUBLISHED
    }
    for row in facts.grades:
        for one in PUBLISHED:
            if one.element == row.element and row.basis == FINAL and rules.counts(row.element, row.grade):
                found[row.month, row.service, row.team, one.key] += Share(row.n if is_good(row.grade) else 0, row.n)
    for count in facts.chronology:
        found[count.month, count.service, count.team, "chronology"] += Share(count.k, count.n)
    return [PlaceCount(*key, share.k, share.n) for key, share in sorted(found.items())]


class Decision(NamedTuple):
    """What a period hides of its counts, and which of its tables it withholds: (measure, whether by team)."""

    hidden: frozenset[Key]
    withheld: frozenset[tuple[str, bool]]


@lru_cache(maxsize=64)
def publish(
    counts: tuple[PlaceCount, ...], periods: tuple[Period, ...], rule: Rule,
    decided: tuple[tuple[Period, Decision], ...] = (),
) -> Publication:  # fmt: skip
    """The publications of one financial year, of which these periods are over; ``counts`` are those reported.

    The quarters are decided first, each by itself, then the year with what they showed and hid. What was ``decided``
    before is taken as it is: deciding takes seconds, reading a moment.
    """
    shown, known = _Shown({}, frozenset(), frozenset()), dict(decided)
    for period in in_order(periods):
        within = _within(counts, period)
        if period in known:
            shown = shown.and_then(_kept(period, within, known[period]))
        elif period.is_year:
            shown = shown.and_then(_decided(_tables(period, within, shown), within, rule))
        else:
            shown = shown.and_then(_quarter(period, within, rule))
    return Publication(shown.counts, shown.hidden, shown.withheld)


def in_order(periods: Iterable[Period]) -> tuple[Period, ...]:
    """The periods of a year as they are decided: quarters, then the year."""
    return tuple(sorted(periods, key=lambda one: (one.is_year, one.first)))


def digest(counts: Sequence[PlaceCount], periods: Iterable[Period], period: Period, rule: Rule) -> str:
    """What a decision was made from: the counts of the period, the rule, and for a year which quarters came before."""
    before = [one.name for one in in_order(periods) if period.is_year and not one.is_year]
    made_from = [[one.month.isoformat(), *one[1:]] for one in sorted(_within(counts, period))]
    whole = [VERSION, rule.up_to, rule.width, period.name, before, made_from]
    return sha256(json.dumps(whole, separators=(",", ":")).encode()).hexdigest()


def decision(publication: Publication, period: Period) -> Decision:
    """What was decided about one of its periods."""
    hidden = frozenset(key for key in publication.hidden if isinstance(key, Key) and key.period == period)
    tables = {(one.key, teams) for one in PUBLISHED for teams in (False, True)}
    withheld = frozenset(one for one in tables if publication.withholds(period, one[0], teams=one[1]))
    return Decision(hidden, withheld)


def _within(counts: Sequence[PlaceCount], period: Period) -> tuple[PlaceCount, ...]:
    return tuple(one for one in counts if period.first <= one.month <= period.last)


def _kept(period: Period, counts: Sequence[PlaceCount], made: Decision) -> "_Shown":
    withheld = frozenset((period, *table) for table in made.withheld)
    return _Shown(_counted(period, counts, _places(period, counts)), frozenset(made.hidden), withheld)


@lru_cache(maxsize=256)
def _quarter(period: Period, counts: tuple[PlaceCount, ...], rule: Rule) -> "_Shown":
    return _decided(_tables(period, counts, None), counts, rule)


def _decided(tables: TableSet, counts: Sequence[PlaceCount], rule: Rule) -> "_Shown":
    known = [[cell for cell in tables.values if _is_in(cell, one)] for one in sorted({one.service for one in counts})]
    done = protect(tables, known=known, rule=rule)
    return _Shown(
        {key: n for key, n in tables.values.items() if isinstance(key, Key)},
        frozenset(cell for cell in done.hidden if isinstance(cell, Key)),
        done.withheld,
    )


class _Shown(NamedTuple):
    """What the periods decided so far have in them, and what of it they hide."""

    counts: dict[Key, int]
    hidden: frozenset[Cell]
    withheld: frozenset[Cell]

    def and_then(self, more: "_Shown") -> "_Shown":
        return _Shown(self.counts | more.counts, self.hidden | more.hidden, self.withheld | more.withheld)


def _tables(period: Period, counts: Sequence[PlaceCount], before: _Shown | None) -> TableSet:
    """Everything that is published of a period: by service, and by team in a year, which also is its quarters' sum."""
    places = _places(period, counts)
    teams = [one for one in places if isinstance(one, tuple)]
    services = [one for one in places if isinstance(one, str) and one != COUNCIL]
    values = _counted(period, counts, places)
    sums = [
        Sum(Key(period, one.key, place, "n"), (Key(period, one.key, place, "k"), Key(period, one.key, place, "rest")))
        for one in PUBLISHED
        for place in places
    ]
    for measure, part in ((one.key, part) for one in PUBLISHED for part in PARTS):
        within = tuple(Key(period, measure, service, part) for service in services)
        sums.append(Sum(Key(period, measure, COUNCIL, part), within))
        for service in services if teams else ():
            parts = tuple(Key(period, measure, team, part) for team in teams if team[0] == service)
            sums.append(Sum(Key(period, measure, service, part), parts))
    open_cells: set[Cell] = {key for key in values if key.place == COUNCIL}
    tables: dict[Hashable, list[Cell]] = {
        (period, one.key, is_team): [key for key in values if key.measure == one.key and _is_team(key) is is_team]
        for one in PUBLISHED
        for is_team in (False, True)
    }
    every: dict[Cell, int] = dict(values.items())
    if before is not None:
        every.update(before.counts.items())
        open_cells |= {key for key in before.counts if key not in before.hidden}
        sums += _yearly(values, before)
    unprinted = _fewer(every, sums)
    hidden = before.hidden if before is not None else frozenset[Cell]()
    return TableSet(every, sums, open_cells, hidden, unprinted, tables)


def _places(period: Period, counts: Sequence[PlaceCount]) -> list[Place]:
    """The council, its services, and in a year its teams."""
    teams = sorted({(one.service, one.team) for one in counts}) if period.is_year else []
    return [COUNCIL, *sorted({one.service for one in counts}), *teams]


def _counted(period: Period, counts: Sequence[PlaceCount], places: Sequence[Place]) -> dict[Key, int]:
    found = {Key(period, one.key, place, part): 0 for one in PUBLISHED for place in places for part in PARTS}
    for one in counts:
        for place in (COUNCIL, one.service, (one.service, one.team)):
            for part, n in zip(PARTS, (one.k, one.n - one.k, one.n), strict=True):
                if (key := Key(period, one.measure, place, part)) in found:
                    found[key] += n
    return found


def _yearly(values: dict[Key, int], before: _Shown) -> list[Sum]:
    """That a year is the sum of its quarters, and the sums within each of these."""
    parts = dict.fromkeys(key.period for key in before.counts)
    sums = []
    for key in values:
        if not _is_team(key):
            sums.append(Sum(key, tuple(q for part in parts if (q := key._replace(period=part)) in before.counts)))
    for part in parts:
        quarter = [key for key in before.counts if key.period == part]
        for key in quarter:
            if key.part == "n":
                sums.append(Sum(key, (key._replace(part="k"), key._replace(part="rest"))))
            if key.place == COUNCIL:
                within = tuple(one for one in quarter if one[1::2] == key[1::2] and one.place != COUNCIL)
                sums.append(Sum(key, within))
    return sums


def _fewer(values: dict[Cell, int], sums: list[Sum]) -> set[Cell]:
    """That no measure counts more audits than the cases do: what it leaves out is a count nobody is shown."""
    left_out: set[Cell] = set()
    for key in [key for key in values if isinstance(key, Key) and key.part == "n" and key.measure != CASES.key]:
        whole = key._replace(measure=CASES.key)
        if values[whole] >= values[key]:  # else nobody could suppose so
            values["left out", key] = values[whole] - values[key]
            left_out.add(("left out", key))
            sums.append(Sum(whole, (key, ("left out", key))))
    return left_out


def _is_team(key: Key) -> bool:
    return isinstance(key.place, tuple)


def _is_in(cell: Cell, service: str) -> bool:
    """Whether a count is one of a service or of its teams."""
    key = cell if isinstance(cell, Key) else cell[1] if isinstance(cell, tuple) else None
    return isinstance(key, Key) and service in (key.place if isinstance(key.place, tuple) else (key.place,))
