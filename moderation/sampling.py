"""Which audits are moderated: strata with a rule each, a seeded draw, its chances, and proof that it was drawn so."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from random import Random
from typing import Final, NamedTuple

from audit_forms.grades import Grade


class Candidate(NamedTuple):
    """A submitted audit that can be drawn: its id, its auditor's overall grade, and marks such as 'new_auditor'."""

    audit_id: str
    grade: str
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StratumRule:
    """A class of audits and the rate it is drawn at, fixed before the draw.

    An audit belongs to the first rule that takes its grade or one of its marks; a rule that names neither takes
    everything else. Drawn are ``rate`` of the stratum, rounded up, and at least ``at_least`` where there are so many.

    Raises:
        ValueError: the rate is not between 0 and 1, or the least number is negative.
    """

    name: str
    rate: Fraction
    at_least: int = 0
    grades: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1:
            raise ValueError(f"The rate of '{self.name}' must be between 0% and 100%.")
        if self.at_least < 0:
            raise ValueError(f"The least number for '{self.name}' must be 0 or more.")

    @property
    def certainty(self) -> bool:
        """Whether every audit of the stratum is moderated."""
        return self.rate == 1

    @property
    def takes_everything_else(self) -> bool:
        return not self.grades and not self.marks

    @property
    def text(self) -> str:
        """The rule in words, such as 'everything else: 15%, at least 4'."""
        if self.certainty:
            return f"{self.name}: all"
        least = f", at least {self.at_least}" if self.at_least else ""
        return f"{self.name}: {float(100 * self.rate):.6g}%{least}"

    def takes(self, candidate: Candidate) -> bool:
        return self.takes_everything_else or candidate.grade in self.grades or bool(self.marks & candidate.marks)

    def number_of(self, audits: int) -> int:
        """How many of so many audits are drawn."""
        by_rate = -(-self.rate.numerator * audits // self.rate.denominator)
        return min(audits, max(by_rate, self.at_least))


DEFAULT_RULES: Final = (
    StratumRule("inadequate", Fraction(1), grades=frozenset({Grade.INADEQUATE.value})),
    StratumRule("everything else", Fraction(15, 100), at_least=4),
)


@dataclass(frozen=True, slots=True)
class DrawnStratum:
    """A stratum of one draw: all its audits and those drawn, both in the order of their ids."""

    rule: StratumRule
    audits: tuple[str, ...]
    drawn: tuple[str, ...]

    @property
    def chance(self) -> Fraction:
        """The chance each of its audits had of being drawn; 0 for a stratum without audits."""
        return Fraction(len(self.drawn), len(self.audits)) if self.audits else Fraction(0)


@dataclass(frozen=True, slots=True)
class Draw:
    """A sample with everything needed to draw it again: the seed, the rules, the frame and the frame's hash."""

    seed: str
    strata: tuple[DrawnStratum, ...]
    frame_sha256: str

    @property
    def selected(self) -> tuple[str, ...]:
        """All audits drawn, shuffled by the seed: the order on a work list says nothing about a stratum."""
        ids = sorted(audit_id for stratum in self.strata for audit_id in stratum.drawn)
        generator(self.seed, "order").shuffle(ids)
        return tuple(ids)

    def stratum_of(self, audit_id: str) -> DrawnStratum:
        """The stratum an audit of the frame is in.

        Raises:
            LookupError: the audit is not in the frame.
        """
        for stratum in self.strata:
            if audit_id in stratum.audits:
                return stratum
        raise LookupError(f"Audit {audit_id} is not in the frame of this draw.")

    def chance_of(self, audit_id: str) -> Fraction:
        """The chance an audit of the frame had of being drawn."""
        return self.stratum_of(audit_id).chance


@dataclass(frozen=True, slots=True)
class Supplement:
    """A further draw from one stratum. ``chance`` is each audit's chance over both draws together."""

    seed: str
    stratum: str
    reason: str
    drawn: tuple[str, ...]
    chance: Fraction


def generator(seed: str, purpose: str) -> Random:
    """The generator of one part of a draw: the same seed and purpose give the same numbers on every machine."""
    return Random(f"{seed}/{purpose}")  # noqa: S311  # a draw must be repeatable, not secret


def draw(candidates: Iterable[Candidate], seed: str, rules: Sequence[StratumRule] = DEFAULT_RULES) -> Draw:
    """Draw a sample of the candidates, by stratum, from their sorted ids.

    Raises:
        ValueError: an audit is named twice, a name of a rule is used twice, or an audit belongs to no rule.
    """
    frame = sorted(candidates, key=lambda one: one.audit_id)
    _check(frame, rules)
    members: dict[str, list[str]] = {rule.name: [] for rule in rules}
    for candidate in frame:
        members[_rule_for(candidate, rules).name].append(candidate.audit_id)
    return Draw(seed, tuple(_drawn(rule, members[rule.name], seed) for rule in rules), frame_sha256(frame))


def supplement(first: Draw, stratum: str, extra: int, seed: str, reason: str) -> Supplement:
    """Draw further audits of one stratum from those not drawn yet.

    Raises:
        ValueError: there are not so many left, none is asked for, or no reason is given.
        LookupError: the draw has no stratum of this name.
    """
    chosen = next((one for one in first.strata if one.rule.name == stratum), None)
    if chosen is None:
        raise LookupError(f"The draw has no stratum called '{stratum}'.")
    left = sorted(set(chosen.audits) - set(chosen.drawn))
    if not 1 <= extra <= len(left):
        raise ValueError(f"Ask for 1 to {len(left)} more audits of '{stratum}', not {extra}.")
    if not reason.strip():
        raise ValueError("Say why more audits are drawn.")
    drawn = tuple(sorted(generator(seed, stratum).sample(left, extra)))
    return Supplement(seed, stratum, reason, drawn, Fraction(len(chosen.drawn) + extra, len(chosen.audits)))


def verify(kept: Draw, candidates: Iterable[Candidate]) -> tuple[str, ...]:
    """What does not match when the draw is made again from these candidates; nothing when it was drawn so."""
    frame = tuple(candidates)
    problems = []
    if frame_sha256(frame) != kept.frame_sha256:
        problems.append("The audits that could be drawn are not those of the recorded frame.")
    try:
        again = draw(frame, kept.seed, tuple(stratum.rule for stratum in kept.strata))
    except ValueError as fault:
        return (*problems, f"The draw cannot be made again: {fault}")
    for recorded, redrawn in zip(kept.strata, again.strata, strict=True):
        if recorded != redrawn:
            problems.append(f"The stratum '{recorded.rule.name}' is not the one this seed draws.")
    return tuple(problems)


def frame_sha256(candidates: Iterable[Candidate]) -> str:
    """The hash of a frame: SHA-256 of its audits as compact JSON, sorted by id, with their grades and marks."""
    rows = [[one.audit_id, one.grade, sorted(one.marks)] for one in sorted(candidates, key=lambda one: one.audit_id)]
    return sha256(json.dumps(rows, separators=(",", ":"), ensure_ascii=True).encode()).hexdigest()


def _drawn(rule: StratumRule, audits: Sequence[str], seed: str) -> DrawnStratum:
    drawn = generator(seed, rule.name).sample(audits, rule.number_of(len(audits)))
    return DrawnStratum(rule, tuple(audits), tuple(sorted(drawn)))


def _rule_for(candidate: Candidate, rules: Iterable[StratumRule]) -> StratumRule:
    for rule in rules:
        if rule.takes(candidate):
            return rule
    raise ValueError("Some audits belong to no stratum: end the rules with one that takes everything else.")


def _check(frame: Sequence[Candidate], rules: Sequence[StratumRule]) -> None:
    if len({candidate.audit_id for candidate in frame}) != len(frame):
        raise ValueError("An audit is in the frame twice.")
    if len({rule.name for rule in rules}) != len(rules):
        raise ValueError("Two strata have the same name.")
