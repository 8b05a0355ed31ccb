"""When a question is shown and when it must be answered: the columns relevant and required, read once all rows are."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from qa_app.intake.tools.expressions import SHOWN_FOR, Unclear, When, when
from qa_app.intake.tools.findings import Fault, Place
from qa_app.intake.tools.layout import SURVEY
from qa_app.intake.tools.sheets import Row

_YES: Final = ("yes", "true", "true()")
_NO: Final = ("", "no", "false", "false()")
# What these kinds offer is known to all; the answers of the others are in their list.
OFFERED: Final = {
    "yes_no": ("yes", "no"),
    "yes_partly_no": ("yes", "partly", "no", "not_applicable"),
    "grade": ("outstanding", "good", "requires_improvement", "inadequate"),
}


class Asked(NamedTuple):
    """A question in the making, the row it is read from, and whether its type was understood."""

    made: dict[str, Any]
    row: Row
    understood: bool


def conditions(asked: Sequence[Asked], faults: list[Fault]) -> None:
    """Add to every question when it must be answered."""
    before = dict[str, Asked]()
    later = {one.made["key"] for one in asked}
    for one in asked:
        _Condition(one, before, later, faults).settle()
        before[one.made["key"]] = one


class _Condition:
    def __init__(self, one: Asked, before: Mapping[str, Asked], later: set[str], faults: list[Fault]) -> None:
        self.made, self.before, self.later, self.faults = one.made, before, later, faults
        self.place = Place(SURVEY, one.row.number)
        self.relevant = one.row.cells.get("relevant", "")
        self.required = one.row.cells.get("required", "")

    def settle(self) -> None:
        required = self.required.strip().lower()
        plain = required in (*_YES, *_NO)
        shown = self._read("relevant", self.relevant) if self.relevant else None
        needed = self._read("required", self.required) if not plain else None
        if not self.relevant:
            self._without_relevant(required, needed)
        elif shown is not None:
            self._shown(shown, required, needed)

    def _without_relevant(self, required: str, needed: When | None) -> None:
        if needed is None:
            if required in _YES:
                self.made["required"] = True
        elif needed.otherwise:
            self._keep(needed)
        else:
            self._fault("required", "Write this condition under relevant, and yes here.")

    def _shown(self, shown: When, required: str, needed: When | None) -> None:
        if shown.otherwise:
            self._fault("relevant", f"Say for which answers it is shown, not for which it is not. {SHOWN_FOR}")
        elif required in _NO:
            self._keep(shown, "asked_if")
        elif needed is not None and (needed.key, set(needed.codes)) != (shown.key, set(shown.codes)):
            self._fault("required", "Where relevant says when it is shown, write yes or no here.")
        else:
            self._keep(shown)

    def _keep(self, condition: When, name: str = "required_if") -> None:
        codes = list(condition.codes)
        self.made[name] = {"key": condition.key, "is_not" if condition.otherwise else "is": codes}

    def _read(self, column: str, said: str) -> When | None:
        """The condition, if it is understood and about a question that stands before this one."""
        try:
            found = when(said)
        except Unclear as fault:
            self._fault(column, str(fault))
            return None
        other = self.before.get(found.key)
        if other is None:
            there = "has to stand before this one" if found.key in self.later else "is not there"
            self._fault(column, f"The question ‘{found.key}’ {there}.")
            return None
        # What follows from a question that was not understood is judged once that is mended.
        return found if other.understood and self._fits(column, found, other.made) else None

    def _fits(self, column: str, found: When, other: Mapping[str, Any]) -> bool:
        """Whether the other question can have these answers."""
        offered = [choice[0] for choice in other.get("choices", ())] or list(OFFERED.get(other["kind"], ()))
        offered += other.get("allow", ())
        if not offered:
            self._fault(column, f"‘{found.key}’ has no answers to choose from, so nothing can follow from it.")
        elif unknown := [code for code in found.codes if code not in offered]:
            self._fault(column, f"‘{found.key}’ has no answer ‘{unknown[0]}’. It has: {', '.join(offered[:20])}.")
        elif other["kind"] == "choices" and not found.picked:
            code = found.codes[0]
            self._fault(column, f"‘{found.key}’ may have several answers: write selected(${{{found.key}}}, '{code}').")
        else:
            return True
        return False

    def _fault(self, column: str, sentence: str) -> None:
        self.faults.append(Fault(self.place.at(column), sentence))
