"""What a measure is: where it comes from in the plan, what it counts, its target, and its rules in words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.statistics.rules import Rules
from moderation.statistics.target import Target

if TYPE_CHECKING:
    from moderation.statistics.figures import Figure
    from moderation.statistics.scope import Scope


@dataclass(frozen=True)
class Measure:
    """One entry of the registry.

    ``element`` and ``questions`` name what some audit tool asks; ``note`` are the sentences of the data notes, with
    places for settings; ``in_file`` says whether the figures file carries the measure, and ``of`` what one of those
    counted is.
    """

    key: str
    plan: str
    title: str
    target: Target | None
    compute: Callable[["Measure", "Scope"], "Figure"]
    note: tuple[str, ...]
    element: str = ""
    questions: tuple[str, ...] = ()
    in_file: bool = True
    of: str = "audit"

    def target_under(self, rules: Rules) -> Target | None:
        """The target as set, else the measure's own."""
        return rules.targets.get(self.key, self.target)

    def sentences(self, rules: Rules) -> tuple[str, ...]:
        """The data notes of the measure under these rules: what is counted, and how it is judged."""
        target = self.target_under(rules)
        places = {
            "rules": rules,
            "target": target.text if target is not None else "none",
            "confidence": f"{100 * rules.confidence:.6g}%",
            "missing": _missing_evidence(self.element, rules),
            "gap": rules.gap.words,
        }
        return tuple(sentence.format(**places) for sentence in self.note)


def _missing_evidence(element: str, rules: Rules) -> str:
    if element in rules.not_enough_evidence_counts:
        return "counts as not good, because what nobody recorded is a finding"
    return "is outside the count"
