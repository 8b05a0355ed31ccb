"""Which audits are moderated: a seeded draw by the strata of a plan, its chances, and proof that it was drawn so."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from random import Random

from moderation.plans import DEFAULT_RULES, Candidate, StratumRule, rule_for


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
    """A further draw from one stratum.

    ``pool`` are the audits it was drawn from, in the order of their ids. ``chance`` is the chance each of them had over
    all draws of the stratum together.
    """

    seed: str
    stratum: str
    reason: str
    pool: tuple[str, ...]
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
        members[rule_for(candidate, rules).name].append(candidate.audit_id)
    return Draw(seed, tuple(_drawn(rule, members[rule.name], seed) for rule in rules), frame_sha256(frame))


def supplement(
    first: Draw, stratum: str, extra: int, seed: str, reason: str, *, earlier: Sequence[Supplement] = (),
    gone: Collection[str] = (),
) -> Supplement:  # fmt: skip
    """Draw further audits of one stratum from those not drawn yet.

    ``earlier`` are the supplements drawn before, ``gone`` the audits that can no longer be drawn: withdrawn, or
    moderated because somebody chose them. An audit left had the chance c to be drawn before, and has extra of pool now:
    over all draws c + (1 - c) extra / pool, which is (drawn + extra) / audits where nothing is gone.

    Raises:
        ValueError: there are not so many left, none is asked for, or no reason is given.
        LookupError: the draw has no stratum of this name.
    """
    chosen = next((one for one in first.strata if one.rule.name == stratum), None)
    if chosen is None:
        raise LookupError(f"The draw has no stratum called '{stratum}'.")
    before = [one for one in earlier if one.stratum == stratum]
    drawn = {audit_id for one in before for audit_id in one.drawn} | set(chosen.drawn)
    pool = tuple(sorted(set(chosen.audits) - drawn - set(gone)))
    if not pool:
        raise ValueError(f"No audit of ‘{stratum}’ is left to draw.")
    if not 1 <= extra <= len(pool):
        raise ValueError(f"Ask for 1 to {len(pool)} more audits of ‘{stratum}’, not {extra}.")
    if not reason.strip():
        raise ValueError("Say why more audits are drawn.")
    chance = before[-1].chance if before else chosen.chance
    over_all = chance + (1 - chance) * Fraction(extra, len(pool))
    return Supplement(seed, stratum, reason, pool, further(pool, extra, seed, stratum), over_all)


def further(pool: Sequence[str], extra: int, seed: str, stratum: str) -> tuple[str, ...]:
    """The audits a seed draws further from a pool in the order of its ids."""
    return tuple(sorted(generator(seed, f"supplement/{stratum}").sample(pool, extra)))


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


def verify_supplement(first: Draw, kept: Supplement, earlier: Sequence[Supplement] = ()) -> tuple[str, ...]:
    """What does not match when a supplement is drawn again from its pool; nothing when it was drawn so."""
    stratum = next((one for one in first.strata if one.rule.name == kept.stratum), None)
    before = {audit_id for one in earlier for audit_id in one.drawn}
    if stratum is None or not set(kept.pool) <= set(stratum.audits) - set(stratum.drawn) - before:
        return (f"The pool of the supplement of '{kept.stratum}' is not what was left to draw.",)
    try:
        gone = set(stratum.audits) - set(kept.pool)
        again = supplement(first, kept.stratum, len(kept.drawn), kept.seed, kept.reason, earlier=earlier, gone=gone)
    except ValueError as fault:
        return (f"The supplement cannot be drawn again: {fault}",)
    return () if again == kept else (f"The supplement of '{kept.stratum}' is not the one its seed draws.",)


def pool_sha256(pool: Iterable[str]) -> str:
    """The hash of the audits a supplement is drawn from: SHA-256 of their sorted ids as compact JSON."""
    return sha256(json.dumps(sorted(pool), separators=(",", ":")).encode()).hexdigest()


def frame_sha256(candidates: Iterable[Candidate]) -> str:
    """The hash of a frame: SHA-256 of its audits as compact JSON, sorted by id, with their grades and marks."""
    rows = [[one.audit_id, one.grade, sorted(one.marks)] for one in sorted(candidates, key=lambda one: one.audit_id)]
    return sha256(json.dumps(rows, separators=(",", ":"), ensure_ascii=True).encode()).hexdigest()


def _drawn(rule: StratumRule, audits: Sequence[str], seed: str) -> DrawnStratum:
    drawn = generator(seed, rule.name).sample(audits, rule.number_of(len(audits)))
    return DrawnStratum(rule, tuple(audits), tuple(sorted(drawn)))


def _check(frame: Sequence[Candidate], rules: Sequence[StratumRule]) -> None:
    if len({candidate.audit_id for candidate in frame}) != len(frame):
        raise ValueError("An audit is in the frame twice.")
    if len({rule.name for rule in rules}) != len(rules):
        raise ValueError("Two strata have the same name.")
