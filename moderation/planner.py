"""What the moderations of a plan will be able to show: strata weighed as one sample, against a target."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

from moderation.plans import StratumRule
from moderation.statistics.planning import Method, Reach, chance_to_meet, needed, needed_of, power, reach
from moderation.statistics.target import Target

DISAGREEMENTS: Final = range(6)
LIKELY: Final = 0.8
MOST_LOOKED_AT: Final = 2000


class Part(NamedTuple):
    """A stratum as planned: all its audits, and how many of them are moderated."""

    name: str
    audits: int
    moderations: int


def parts(rules: Iterable[StratumRule], audits: Mapping[str, int]) -> tuple[Part, ...]:
    """The strata of a plan with the audits there are of each, by name, and how many the plan draws of them."""
    return tuple(Part(rule.name, n, rule.number_of(n)) for rule in rules if (n := audits.get(rule.name, 0)))


def spread(strata: Sequence[Part], moderations: int) -> tuple[Part, ...]:
    """So many moderations over these strata: first what the plan moderates in full, the others by their audits.

    Shares are whole by largest remainders, the first stratum first where they are equal, and never more than there are
    audits; so no more are spread than there are audits in all.
    """
    full = [one for one in strata if one.moderations == one.audits]
    left = max(0, moderations - sum(one.audits for one in full))
    shares = _shares(full, moderations) | _shares([one for one in strata if one not in full], left)
    return tuple(one._replace(moderations=shares[one.name]) for one in strata)


def _shares(strata: Sequence[Part], moderations: int) -> dict[str, int]:
    audits = sum(one.audits for one in strata)
    wanted = min(moderations, audits)
    shares = {one.name: one.audits * wanted // audits for one in strata}
    by_remainder = sorted(strata, key=lambda one: -(one.audits * wanted % audits))
    for one in by_remainder[: wanted - sum(shares.values())]:
        shares[one.name] += 1
    return shares


def worth(strata: Iterable[Part]) -> int:
    """How many moderations drawn alike from all audits would tell as much as these, rounded down.

    The estimate's variance is p (1 - p) sum W_h^2 / n_h where every stratum agrees as often, W_h = N_h / N; that of n
    drawn alike is p (1 - p) / n (Kish 1965, section 8.2: the effective sample size). Strata without a moderation are
    left out, as the estimate leaves them out.
    """
    seen = [one for one in strata if one.moderations]
    total = sum(one.audits for one in seen)
    if not total:
        return 0
    spread = sum((Fraction(one.audits, total) ** 2 / one.moderations for one in seen), Fraction(0))
    return int(1 / spread)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What planned moderations can show. ``worth`` is as many drawn alike, ``chance`` that 'met' becomes certain.

    The chance is for auditors and moderators who really agree on a share ``truth`` of all audits.
    """

    audits: int
    moderations: int
    worth: int
    reach: Reach
    truth: float
    chance: float

    @property
    def text(self) -> str:
        """What the moderations can and cannot show, in sentences."""
        if not self.moderations:
            return "No moderation is planned, so nothing can be shown."
        said = [self.reach.text]
        if self.worth < self.moderations:
            said.insert(
                0, f"Weighed by stratum, these {self.moderations:,} tell as much as {self.worth:,} drawn alike."
            )
        said.append(
            f"If they really agree on {self.truth:.0%}, the chance of a certain ‘met’ is {in_words(self.chance)}."
        )
        return " ".join(said)


def outlook(strata: Sequence[Part], target: Target, truth: float, confidence: float = 0.95) -> Outlook:
    """What the moderations of these strata can show against a target."""
    n = worth(strata)
    audits, moderations = sum(one.audits for one in strata), sum(one.moderations for one in strata)
    chance = power(n, truth, target, confidence)
    return Outlook(audits, moderations, n, reach(n, target, confidence), truth, chance)


class Needed(NamedTuple):
    """How many moderations make 'met' certain with so many disagreements; None where no number does.

    ``wilson`` and ``exact`` (Clopper-Pearson) speak of the auditors, ``these`` of the audits there are and no others.
    """

    disagreements: int
    wilson: int | None
    exact: int | None
    these: int | None


def needed_table(audits: int, target: Target, confidence: float = 0.95) -> tuple[Needed, ...]:
    """How many moderations are needed with none to five disagreements."""
    return tuple(
        Needed(
            d,
            needed(d, target, confidence),
            needed(d, target, confidence, Method.CLOPPER_PEARSON),
            needed_of(d, audits, target, confidence) if d <= audits else None,
        )
        for d in DISAGREEMENTS
    )


class Chance(NamedTuple):
    """With n moderations: the chance that the share meets the target to the letter, and that this is certain."""

    n: int
    met: float
    certain: float


def chances(numbers: Iterable[int], truth: float, target: Target, confidence: float = 0.95) -> tuple[Chance, ...]:
    """What numbers of moderations would show if all agree with probability ``truth``."""
    return tuple(Chance(n, chance_to_meet(n, truth, target), power(n, truth, target, confidence)) for n in numbers)


def likely_enough(truth: float, target: Target, confidence: float = 0.95, chance: float = LIKELY) -> int | None:
    """The fewest moderations with so large a chance that 'met' becomes certain; None if 2,000 are too few."""
    if not target.met_by(Fraction(truth).limit_denominator(10_000)):
        return None
    return next((n for n in range(1, MOST_LOOKED_AT + 1) if power(n, truth, target, confidence) >= chance), None)


def in_words(share: float) -> str:
    """A chance in percent that says 'under 1%' and 'over 99%' rather than none or certainty."""
    if 0 < share < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < share < 1 else f"{share:.0%}"
