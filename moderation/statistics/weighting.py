"""How much two grades on an ordered scale count as the same: only when equal, or less the further they are apart."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final, Generic, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")
U = TypeVar("U")
Numbers: TypeAlias = npt.NDArray[np.float64]


class Weighting(StrEnum):
    """What grades i and j of q count as a pair: identity [i = j], linear 1-|i-j|/(q-1), quadratic 1-(i-j)^2/(q-1)^2."""

    IDENTITY = "identity"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


ALL: Final = tuple(Weighting)


@dataclass(frozen=True, slots=True)
class ByWeighting(Generic[T]):
    """One thing for each weighting."""

    identity: T
    linear: T
    quadratic: T

    def under(self, weighting: Weighting) -> T:
        """The one of this weighting."""
        made: T = getattr(self, weighting.value)
        return made

    def map(self, make: Callable[[T], U]) -> "ByWeighting[U]":
        """The same weightings with something made of each."""
        return ByWeighting(make(self.identity), make(self.linear), make(self.quadratic))


@cache
def weights(q: int, weighting: Weighting = Weighting.IDENTITY) -> Numbers:
    """The q x q weights, 1 on the diagonal and symmetric; they are shared, so they cannot be written to.

    Raises:
        ValueError: the scale has no grade.
    """
    if q < 1:
        raise ValueError("A scale has at least one grade.")
    place = np.arange(q)
    apart = np.abs(place[:, None] - place) / max(q - 1, 1)
    made: Numbers = {
        Weighting.IDENTITY: np.eye(q),
        Weighting.LINEAR: 1 - apart,
        Weighting.QUADRATIC: 1 - apart**2,
    }[weighting]
    made.setflags(write=False)
    return made


@cache
def stacked(q: int, *weightings: Weighting) -> Numbers:
    """The weights of several weightings as one array, m x q x q, not to be written to."""
    made = np.stack([weights(q, one) for one in weightings or ALL])
    made.setflags(write=False)
    return made


@cache
def chance_scale(q: int, *weightings: Weighting) -> Numbers:
    """The sum of each weighting's q x q weights over q (q - 1), q at least 2: the scale of Gwet's chance agreement."""
    made: Numbers = stacked(q, *weightings).sum(axis=(1, 2)) / (q * (q - 1))
    made.setflags(write=False)
    return made
