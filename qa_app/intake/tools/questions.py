"""One row of the sheet survey as a question: its lengths, bounds, grades and the rest, each fault with its column."""

import re
from collections.abc import Mapping
from typing import Any, Final

from qa_app.intake.tools import layout
from qa_app.intake.tools.expressions import Unclear, bounds
from qa_app.intake.tools.findings import Fault, Place
from qa_app.intake.tools.sheets import Row

_WHOLE: Final = re.compile(r"\d{1,9}")
# Column -> the kinds of question that may fill it in; columns not named belong to every kind.
_ONLY: Final[Mapping[str, tuple[str, ...]]] = {
    "words": ("text",),
    "characters": ("text",),
    "constraint": ("number", "scale"),
    "low_end": ("scale",),
    "high_end": ("scale",),
    "allow": ("grade",),
    "limiting": ("grade",),
    **dict.fromkeys(layout.GRADES, ("grade",)),
}
_APPEARANCES: Final = {("text", "multiline"): "text", ("date", "month-year"): "month"}
_TYPE_NAMES: Final = {each.kind: each.name for each in layout.TYPES}
_DEFAULTS: Final = (0, 9_999)


def question(made: dict[str, Any], row: Row, place: Place, *, understood: bool, faults: list[Fault]) -> None:
    """Add to a question what its row says beside type, name and label; conditions come later."""
    reader = _Question(made, row, place, faults)
    if understood:
        reader.appearance()
        reader.only()
    reader.said()
    reader.lengths()
    reader.bounds()
    reader.ends()


class _Question:
    def __init__(self, made: dict[str, Any], row: Row, place: Place, faults: list[Fault]) -> None:
        self.made, self.cells, self.place, self.faults = made, row.cells, place, faults

    def fault(self, column: str, sentence: str) -> None:
        self.faults.append(Fault(self.place.at(column), sentence))

    def appearance(self) -> None:
        said = self.cells.get("appearance", "").strip().lower()
        if not said:
            return
        kind = _APPEARANCES.get((self.made["kind"], said))
        if kind is None:
            self.fault("appearance", f"The appearance ‘{said}’ is not understood for this type. Empty this cell.")
        else:
            self.made["kind"] = kind

    def only(self) -> None:
        """Cells that belong to other types."""
        for column, kinds in _ONLY.items():
            if column in self.cells and self.made["kind"] not in kinds:
                names = " or ".join(_TYPE_NAMES[kind] for kind in kinds)
                self.fault(column, f"Only {names} has {column}. Empty this cell.")
        if "restricted" in self.cells:
            self.fault("restricted", "Only a section can be restricted: write it in the row begin_group.")

    def said(self) -> None:
        for column, name in (("hint", "hint"), ("required_message", "missing"), ("measure", "measure")):
            if column in self.cells:
                self.made[name] = self.cells[column]
        if self._yes("demographic"):
            self.made["demographic"] = True
        self._yes("limiting")
        if self.made["kind"] == "grade" and "allow" in self.cells:
            self.made["allow"] = self._allowed()

    def lengths(self) -> None:
        for column in ("words", "characters"):
            if column not in self.cells or self.made["kind"] != "text":
                continue
            said = self.cells[column]
            if _WHOLE.fullmatch(said) and int(said) > 0:
                self.made[column] = int(said)
            else:
                self.fault(column, f"{column} is a whole number from 1.")

    def bounds(self) -> None:
        if "constraint" not in self.cells or self.made["kind"] not in _ONLY["constraint"]:
            return
        try:
            least, most = bounds(self.cells["constraint"])
        except Unclear as fault:
            self.fault("constraint", str(fault))
            return
        for name, value, usual in (("least", least, _DEFAULTS[0]), ("most", most, _DEFAULTS[1])):
            if value is not None and value != usual:
                self.made[name] = value

    def ends(self) -> None:
        if self.made["kind"] != "scale":
            return
        ends = [self.cells.get("low_end", ""), self.cells.get("high_end", "")]
        if all(ends):
            self.made["ends"] = ends
        elif any(ends):
            self.fault("low_end" if ends[1] else "high_end", "Say what both ends of the scale mean, or neither.")

    def _allowed(self) -> list[str]:
        known = ("not_applicable", "not_enough_evidence")
        words = self.cells["allow"].replace(",", " ").split()
        if unknown := [word for word in words if word not in known]:
            self.fault("allow", f"‘{unknown[0]}’ is no way of not grading. Write {known[0]}, {known[1]} or both.")
        return [word for word in words if word in known]

    def _yes(self, column: str) -> bool:
        return yes(self.cells, self.place, column, self.faults)


def yes(cells: Mapping[str, str], place: Place, name: str, faults: list[Fault]) -> bool:
    """Whether a cell says yes; anything but yes and no is a fault."""
    said = cells.get(name, "no").lower()
    if said not in ("yes", "no", "true", "false", "true()", "false()"):
        faults.append(Fault(place.at(name), f"Write yes or no under {name}."))
    return said in ("yes", "true", "true()")
