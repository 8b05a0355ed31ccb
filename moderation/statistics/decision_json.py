"""Decisions about published tables as plain structures, to be kept and read again."""

from typing import Any

from moderation.statistics.periods import Period
from moderation.statistics.publication import Decision, Key, Place


def keep(decision: Decision) -> dict[str, Any]:
    """A decision to keep; the period stands beside it."""
    hidden = sorted([key.measure, _place(key.place), key.part] for key in decision.hidden)
    return {"hidden": hidden, "withheld": sorted(list(one) for one in decision.withheld)}


def restore(kept: dict[str, Any], period: Period) -> Decision:
    """The decision about this period."""
    hidden = frozenset(Key(period, measure, _read(place), part) for measure, place, part in kept["hidden"])
    return Decision(hidden, frozenset((measure, teams) for measure, teams in kept["withheld"]))


def _place(place: Place) -> list[str]:
    return [place] if isinstance(place, str) else list(place)


def _read(place: list[str]) -> Place:
    return place[0] if len(place) == 1 else (place[0], place[1])
