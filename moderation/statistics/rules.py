"""The settings behind the figures and their defaults; a published figure keeps the version it was made under."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from audit_forms.grades import Grade, NotGraded
from moderation.statistics.streak import Gap
from moderation.statistics.target import Target

# Another one where a measure is added or counts otherwise; tests/laws/test_measures.py holds each to its words.
RULES_VERSION: Final = "2026.2"


@dataclass(frozen=True)
class Rules:
    """What the QA lead can set. ``targets`` holds only what differs from a measure's own target, by measure key."""

    version: str = RULES_VERSION
    confidence: float = 0.95
    gap: Gap = Gap.BREAK
    min_n: int = 1
    few_below: int = 7
    streak_months: int = 4
    not_enough_evidence_counts: frozenset[str] = frozenset({"supervision", "chronology"})
    judged_from_pairs: int = 11
    join_strata_below: int = 8
    person_from_pairs: int = 5
    suppress_up_to: int = 5
    targets: Mapping[str, Target] = field(default_factory=dict)

    def counts(self, element: str, grade: str) -> bool:
        """Whether a judgement belongs in n for an element: every grade does, missing evidence where it is a finding."""
        if grade == NotGraded.NOT_APPLICABLE:
            return False
        if grade == NotGraded.NOT_ENOUGH_EVIDENCE:
            return element in self.not_enough_evidence_counts
        return True


def is_good(grade: str) -> bool:
    """Whether a stored judgement is good or better."""
    return grade in (Grade.OUTSTANDING, Grade.GOOD)
