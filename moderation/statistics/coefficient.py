"""A coefficient of agreement: its value with standard errors, or the reason why there is none."""

from dataclasses import dataclass
from typing import Final

from moderation.statistics.share import Interval, two_sided_z

SHOWN_FROM_PAIRS: Final = 30
NO_PAIRS: Final = "Nothing was graded twice, so there is nothing to compare."
ONE_GRADE: Final = "Only one grade was ever given, so agreement cannot be told from chance."
ONE_GRADE_SCALE: Final = "The scale has only one grade, so there is nothing to agree on."


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient, 1 at full agreement; ``value`` None means undefined, and ``reason`` says why: never 0, 1 or NaN.

    ``error`` is its standard error; ``null_error`` that under independence, for a test of 'no more than chance' and
    nothing else. Either is None where it is not known.
    """

    value: float | None
    error: float | None = None
    null_error: float | None = None
    reason: str = ""

    def interval(self, confidence: float = 0.95) -> Interval | None:
        """The value and its standard error times the normal quantile either side, within -1 to 1.

        Under about 60 pairs it covers less than its confidence says; under ``SHOWN_FROM_PAIRS`` it is not shown.
        """
        if self.value is None or self.error is None:
            return None
        half = two_sided_z(confidence) * self.error
        return Interval(max(-1.0, self.value - half), min(1.0, self.value + half))


def undefined(reason: str) -> Coefficient:
    """No coefficient, for this reason."""
    return Coefficient(None, reason=reason)
