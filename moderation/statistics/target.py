"""A target and how a share or an estimate stands against it: the literal verdict, and how certain that is."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from operator import ge, gt, le, lt
from typing import Final

from moderation.statistics.share import Interval, Share


class Operator(StrEnum):
    """How a share is held against its target."""

    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="
    ALL = "="

    @property
    def words(self) -> str:
        return _OPERATOR_WORDS[self]


class Certainty(StrEnum):
    """What the interval adds to the literal verdict: a second word, never a replacement."""

    MET = "confirmed"
    MET_NOT_CERTAIN = "met_not_confirmed"
    COULD_BE_CHANCE = "not_met_not_confirmed"
    NOT_MET = "not_met_confirmed"

    @property
    def words(self) -> str:
        return _CERTAINTY_WORDS[self]


_OPERATOR_WORDS: Final = {
    Operator.ABOVE: "more than",
    Operator.AT_LEAST: "at least",
    Operator.BELOW: "less than",
    Operator.AT_MOST: "at most",
    Operator.ALL: "all",
}
_CERTAINTY_WORDS: Final = {
    Certainty.MET: "met",
    Certainty.MET_NOT_CERTAIN: "met on these audits, not yet certain",
    Certainty.COULD_BE_CHANCE: "not met, could be chance",
    Certainty.NOT_MET: "not met",
}
_HOLDS: Final[dict[Operator, Callable[[Fraction, Fraction], bool]]] = {
    Operator.ABOVE: gt,
    Operator.AT_LEAST: ge,
    Operator.BELOW: lt,
    Operator.AT_MOST: le,
}


@dataclass(frozen=True, slots=True)
class Target:
    """What a plan asks of a share, such as more than 85 of 100.

    Raises:
        ValueError: the line does not lie between 0 and 1, or 'all' is combined with a line other than 1.
    """

    operator: Operator
    numerator: int = 1
    denominator: int = 1

    def __post_init__(self) -> None:
        if self.denominator < 1 or not 0 <= self.numerator <= self.denominator:
            raise ValueError("A target is a share between 0 and 1, such as 85 of 100.")
        if self.operator is Operator.ALL and self.numerator != self.denominator:
            raise ValueError("The target 'all' has no other line than all.")

    @property
    def line(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)

    @property
    def text(self) -> str:
        """The target in words, such as 'more than 85%'."""
        if self.operator is Operator.ALL:
            return "all"
        hundredfold = 100 * self.line
        number = str(hundredfold.numerator) if hundredfold.denominator == 1 else f"{float(hundredfold):.6g}"
        return f"{self.operator.words} {number}%"

    @property
    def looks_up(self) -> bool:
        """Whether more is better."""
        return self.operator not in (Operator.BELOW, Operator.AT_MOST)

    def met_by(self, value: Fraction) -> bool:
        """Whether an exact proportion meets the target to the letter; nothing is rounded."""
        if self.operator is Operator.ALL:
            return value == 1
        return _HOLDS[self.operator](value, self.line)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A figure against its target: ``literal`` as the plan's words have it, ``certainty`` from the interval.

    Both are None when there is no figure; ``certainty`` alone is None for the target 'all'.
    """

    target: Target
    literal: bool | None
    certainty: Certainty | None

    @property
    def status(self) -> str:
        """One code for the whole: the certainty's, or 'met' and 'not_met' by the letter, or 'no_evidence'."""
        if self.literal is None:
            return "no_evidence"
        if self.certainty is not None:
            return self.certainty.value
        return "met" if self.literal else "not_met"

    @property
    def literal_words(self) -> str:
        if self.literal is None:
            return "no figure"
        return "met" if self.literal else "not met"

    @property
    def words(self) -> str:
        return self.certainty.words if self.certainty is not None else self.literal_words


def judge(share: Share, target: Target, confidence: float = 0.95) -> Verdict:
    """The verdict on k of n, by exact integers, with Wilson's interval for the certainty."""
    return judge_estimate(share.fraction, share.wilson(confidence), target)


def judge_estimate(estimate: Fraction | None, interval: Interval | None, target: Target) -> Verdict:
    """The verdict on an exact estimate with an interval that contains it; without an interval there is no certainty."""
    if estimate is None:
        return Verdict(target, literal=None, certainty=None)
    literal = target.met_by(estimate)
    if interval is None or target.operator is Operator.ALL:
        return Verdict(target, literal, certainty=None)
    if literal:
        certain = surely_met(interval, target)
        return Verdict(target, literal, Certainty.MET if certain else Certainty.MET_NOT_CERTAIN)
    missed = lies_beyond(interval, target)
    return Verdict(target, literal, Certainty.NOT_MET if missed else Certainty.COULD_BE_CHANCE)


def surely_met(interval: Interval, target: Target) -> bool:
    """Whether the whole interval meets the target."""
    return target.met_by(_near_end(interval, target))


def lies_beyond(interval: Interval, target: Target) -> bool:
    """Whether the whole interval lies strictly on the wrong side of the target's line."""
    if target.looks_up:
        return Fraction(interval.high) < target.line
    return Fraction(interval.low) > target.line


def _near_end(interval: Interval, target: Target) -> Fraction:
    return Fraction(interval.low if target.looks_up else interval.high)
