"""Sampling plans: the strata audits fall into, how many of each are drawn, and the hash that fixes a plan."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Any, Final, NamedTuple

from audit_forms.grades import Grade

MOST_STRATA: Final = 12
LONGEST_NAME: Final = 60


class PlanFault(ValueError):  # noqa: N818 - named for the fault
    """A plan cannot be as it is; the message says what to change."""


class Candidate(NamedTuple):
    """A submitted audit that can be drawn: its id, its auditor's overall grade, and marks such as 'new_auditor'.

    A mark that answers a question names both, as in 'team:4f1c'; a mark alone, as 'new_auditor', answers its own.
    """

    audit_id: str
    grade: str
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StratumRule:
    """A class of audits and how many of it are drawn, fixed before the draw.

    An audit belongs to the first rule that takes it. A rule takes an audit when, of everything the rule asks about (the
    grade, the team, the service...), the audit has one of the answers it names; a rule that asks nothing takes
    everything else. Drawn are ``rate`` of the stratum, rounded up, at least ``at_least`` where there are so many, and
    never more than ``at_most``.

    Raises:
        ValueError: the rate is not between 0 and 1, a number is negative, or the most is below the least.
    """

    name: str
    rate: Fraction
    at_least: int = 0
    grades: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    at_most: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1:
            raise ValueError(f"The rate of '{self.name}' must be between 0% and 100%.")
        if self.at_least < 0:
            raise ValueError(f"The least number for '{self.name}' must be 0 or more.")
        if self.at_most is not None and self.at_most < max(1, self.at_least):
            raise ValueError(f"The most for '{self.name}' must be 1 or more, and not below the least number.")

    @property
    def certainty(self) -> bool:
        """Whether every audit of the stratum is moderated."""
        return self.rate == 1 and self.at_most is None

    @property
    def takes_everything_else(self) -> bool:
        return not self.grades and not self.marks

    @property
    def draws(self) -> str:
        """How many are drawn, in words, such as '15%, at least 4, at most 20'."""
        if self.certainty:
            return "all"
        least = f", at least {self.at_least}" if self.at_least else ""
        most = "" if self.at_most is None else f", at most {self.at_most}"
        return f"{float(100 * self.rate):.6g}%{least}{most}"

    @property
    def text(self) -> str:
        """The rule in words, such as 'everything else: 15%, at least 4'."""
        return f"{self.name}: {self.draws}"

    def takes(self, candidate: Candidate) -> bool:
        if self.grades and candidate.grade not in self.grades:
            return False
        return all(marks & candidate.marks for marks in _by_question(self.marks).values())

    def number_of(self, audits: int) -> int:
        """How many of so many audits are drawn."""
        by_rate = -(-self.rate.numerator * audits // self.rate.denominator)
        wanted = max(by_rate, self.at_least)
        return min(audits, wanted if self.at_most is None else min(wanted, self.at_most))


DEFAULT_RULES: Final = (
    StratumRule("inadequate", Fraction(1), grades=frozenset({Grade.INADEQUATE.value})),
    StratumRule("everything else", Fraction(15, 100), at_least=4),
)


def checked(rules: Iterable[StratumRule]) -> tuple[StratumRule, ...]:
    """The strata of a plan, if they make one: in order, the last taking everything else.

    Raises:
        PlanFault: they do not; the message says what to change.
    """
    plan = tuple(rules)
    if not plan or not plan[-1].takes_everything_else:
        raise PlanFault("End the plan with a stratum that takes everything else, so that every audit has a chance.")
    if len(plan) > MOST_STRATA:
        raise PlanFault(f"A plan has at most {MOST_STRATA} strata. Small strata say little: put some together.")
    if any(rule.takes_everything_else for rule in plan[:-1]):
        raise PlanFault("Say which audits belong to the stratum. Only the last one takes everything else.")
    names = [rule.name.strip().casefold() for rule in plan]
    if not all(names) or len(set(names)) != len(names):
        raise PlanFault("Give each stratum a name of its own.")
    if any(len(rule.name) > LONGEST_NAME for rule in plan):
        raise PlanFault(f"Give the stratum a name of at most {LONGEST_NAME} characters.")
    for rule in plan:
        if not rule.number_of(1):
            raise PlanFault(
                f"Give ‘{rule.name}’ a share above 0% or a least number. Audits never drawn are in no figure."
            )
    return plan


def plain(rules: Iterable[StratumRule]) -> list[dict[str, Any]]:
    """The rules as JSON can hold them. ``at_most`` stands only where there is one, as in plans from before it was."""
    return [
        {
            "name": rule.name, "rate": str(rule.rate), "at_least": rule.at_least, "grades": sorted(rule.grades),
            "marks": sorted(rule.marks), **({} if rule.at_most is None else {"at_most": rule.at_most}),
        }
        for rule in rules
    ]  # fmt: skip


def from_plain(kept: Iterable[Mapping[str, Any]]) -> tuple[StratumRule, ...]:
    """The rules as they were kept."""
    return tuple(
        StratumRule(
            one["name"], Fraction(one["rate"]), one["at_least"], frozenset(one["grades"]), frozenset(one["marks"]),
            one.get("at_most"),
        )
        for one in kept
    )  # fmt: skip


def plan_sha256(rules: Iterable[StratumRule]) -> str:
    """The hash of a plan: SHA-256 of its strata in order as compact JSON."""
    text = json.dumps(plain(rules), separators=(",", ":"), ensure_ascii=True, sort_keys=True)
    return sha256(text.encode()).hexdigest()


def asked_of(rules: Iterable[StratumRule]) -> frozenset[str]:
    """The questions beside the grade that a plan asks of an audit, such as 'team'."""
    return frozenset(question for rule in rules for question in _by_question(rule.marks))


def rule_for(candidate: Candidate, rules: Iterable[StratumRule]) -> StratumRule:
    """The first rule that takes an audit.

    Raises:
        ValueError: none does.
    """
    for rule in rules:
        if rule.takes(candidate):
            return rule
    raise ValueError("Some audits belong to no stratum: end the rules with one that takes everything else.")


def moved(
    rules: Sequence[StratumRule], place: int, rule: StratumRule | None, to: int | None = None
) -> list[StratumRule]:
    """The strata with the one at ``place`` (or none, past the end) put in place by ``rule``, standing at ``to``.

    ``rule`` None takes the stratum away.
    """
    rest = [one for at, one in enumerate(rules) if at != place]
    if rule is None:
        return rest
    if rule.takes_everything_else:
        return [*rest, rule]
    rest.insert(min(place if to is None else to, max(0, len(rest) - 1)), rule)
    return rest


def _by_question(marks: Collection[str]) -> dict[str, frozenset[str]]:
    questions = {mark.partition(":")[0] for mark in marks}
    return {one: frozenset(mark for mark in marks if mark.partition(":")[0] == one) for one in sorted(questions)}
