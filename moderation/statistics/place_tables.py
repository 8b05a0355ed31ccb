"""The tables of a published period, as pages, papers, workbooks and interfaces take them: nothing hidden is in them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from moderation.statistics.difference import Difference, difference
from moderation.statistics.measure import Measure
from moderation.statistics.periods import Period
from moderation.statistics.publication import PUBLISHED, Place, Publication
from moderation.statistics.rules import Rules
from moderation.statistics.share import Interval, Share
from moderation.statistics.target import Verdict, judge

HIDDEN: Final = "c"


@dataclass(frozen=True, slots=True)
class Row:
    """A service or a team in a table, by identity and name. ``share`` is None where it is hidden.

    ``n`` may be shown without it. ``trend`` compares with the period of the same length before it, where both shares
    are shown.
    """

    service: str
    team: str
    name: str
    share: Share | None
    n: int | None
    interval: Interval | None
    verdict: Verdict | None
    trend: Difference | None


@dataclass(frozen=True, slots=True)
class PlaceTable:
    """One measure by service or by team; where it is ``withheld`` it has no rows but those of the reader's own."""

    measure: Measure
    by_team: bool
    rows: tuple[Row, ...]
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The tables of one period: by service, and in a financial year by team. ``months`` are those that had a cycle."""

    period: Period
    months: tuple[date, ...]
    tables: tuple[PlaceTable, ...]


class Reading(NamedTuple):
    """Whose true counts are read along, what services and teams are called, and the rules in force."""

    sees: Callable[[str, str], bool]
    names: Mapping[str, str]
    rules: Rules


class Decided(NamedTuple):
    """A period and the publications it is in."""

    publication: Publication
    period: Period


def place_tables(wanted: Decided, before: Decided | None, reading: Reading) -> tuple[PlaceTable, ...]:
    """Every measure's tables of a period; ``before`` is the period of the same length before it."""
    levels = (False, True) if wanted.period.is_year else (False,)
    return tuple(
        _table(wanted, before, measure, reading, by_team=by_team) for measure in PUBLISHED for by_team in levels
    )


def _table(wanted: Decided, before: Decided | None, measure: Measure, reading: Reading, *, by_team: bool) -> PlaceTable:
    places = sorted(
        wanted.publication.places(wanted.period, teams=by_team), key=lambda place: (_name(place, reading), place)
    )
    withheld = wanted.publication.withholds(wanted.period, measure.key, teams=by_team)
    shown = [place for place in places if not withheld or reading.sees(*_keys(place))]
    rows = tuple(_row(wanted, before, measure, place, reading) for place in shown)
    return PlaceTable(measure, by_team, rows, withheld)


def _row(wanted: Decided, before: Decided | None, measure: Measure, place: Place, reading: Reading) -> Row:
    service, team = _keys(place)
    sees, rules = reading.sees(service, team), reading.rules
    share = _share(wanted, measure, place, sees=sees)
    n = share.n if share is not None else None
    if n is None and wanted.publication.shows(wanted.period, measure.key, place, "n"):
        n = wanted.publication.share(wanted.period, measure.key, place).n
    was = _share(before, measure, place, sees=sees) if before is not None else None
    target = measure.target_under(rules)
    return Row(
        service,
        team,
        _name(place, reading),
        share,
        n,
        share.wilson(rules.confidence) if share is not None else None,
        judge(share, target, rules.confidence) if share is not None and target is not None else None,
        difference(share, was, rules.confidence) if share is not None and was is not None else None,
    )


def _share(decided: Decided, measure: Measure, place: Place, *, sees: bool) -> Share | None:
    """The counts, where they may be shown: k, the rest and n, or nothing of the three."""
    publication, period = decided
    if place not in publication.places(period, teams=isinstance(place, tuple)):
        return None
    if not sees and not publication.shows(period, measure.key, place, "k", "rest", "n"):
        return None
    return publication.share(period, measure.key, place)


def _keys(place: Place) -> tuple[str, str]:
    return (place, "") if isinstance(place, str) else place


def _name(place: Place, reading: Reading) -> str:
    return reading.names.get(place if isinstance(place, str) else place[1], "")
