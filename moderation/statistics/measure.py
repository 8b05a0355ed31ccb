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

    ``element`` and ``questions`` name what some audit tool asks; ``note`` are the sentences of the data notes;
    ``in_file`` says whether the figures file carries the measure.
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

    def target_under(self, rules: Rules) -> Target | None:
        """The target as set, else the measure's own."""
        return rules.targets.get(self.key, self.target)
