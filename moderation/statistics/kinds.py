"""The kinds of pairs: those the agreement figure counts, and those that are shown apart from it and never enter it."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from audit_forms.grades import NotGraded
from moderation.statistics.facts import BLIND, PairCount

_UNGRADED: Final = frozenset(NotGraded)


class Kind(StrEnum):
    """Every completed moderation is of one kind; ``SAMPLED`` alone is the figure's.

    One that was not blind, or was given to somebody tied to the audit, is named for that, the others for how they were
    chosen.
    """

    SAMPLED = "sampled"
    CHOSEN = "chosen"
    DISPUTED = "disputed"
    SIGHTED = "sighted"
    JOINT = "joint"
    OVERRIDDEN = "overridden"
    CALIBRATION = "calibration"


APART: Final = tuple(kind for kind in Kind if kind is not Kind.SAMPLED)


def kind_of(stream: str, mode: str) -> Kind:
    """The kind of a moderation of this stream, graded in this mode."""
    return Kind(stream if mode == BLIND else mode)


def of_kind(pairs: Iterable[PairCount], kind: Kind, element: str) -> Iterator[PairCount]:
    """The pairs of a kind for an element in which both sides gave one of the four grades."""
    return (
        pair
        for pair in pairs
        if pair.element == element
        and kind_of(pair.stream, pair.mode) is kind
        and pair.auditor_grade not in _UNGRADED
        and pair.moderator_grade not in _UNGRADED
    )
