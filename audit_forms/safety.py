"""Is the child safe now? What must be on record before an audit with a worrying answer can be submitted."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Final

from audit_forms.definition import Tool, Value

SAFE: Final = "safe_now"
UNSAFE: Final = ("not_sure", "no")
TOLD: Final = "safe_told"
TOLD_ON: Final = "safe_told_on"
AGREED: Final = "safe_agreed"
READ_ON: Final = "record_read_on"
EARLIEST: Final = datetime.timedelta(days=31)
"""So long before the record was read nobody can have told anyone what reading it brought up."""
EARLIEST_EVER: Final = datetime.timedelta(days=366)
"""The same, where nobody asks when the record was read."""

_MISSING: Final = {
    TOLD: "Say who you told that the child may not be safe",
    TOLD_ON: "Enter the date you told them",
    AGREED: "Say what was agreed",
}
_KINDS: Final = {SAFE: ("choice",), TOLD: ("line", "text"), TOLD_ON: ("date",), AGREED: ("line", "text")}


def is_worried(answer: object) -> bool:
    """Whether an answer to 'is the child safe now?' says that the child may not be."""
    return answer in UNSAFE


def unrecorded(tool: Tool, values: Mapping[str, Value], *, today: datetime.date | None) -> dict[str, str]:
    """Question key -> what is still to be done there, when the child may not be safe; whatever the tool requires.

    Dates are held against `today` where it is given: nobody was told tomorrow, or long before the record was read.
    """
    if not tool.asks(SAFE) or not is_worried(values.get(SAFE)):
        return {}
    found = {key: said for key, said in _MISSING.items() if tool.asks(key) and not _is_said(values.get(key))}
    told = values.get(TOLD_ON)
    if today is not None and isinstance(told, datetime.date) and (fault := _fault(told, values.get(READ_ON), today)):
        found[TOLD_ON] = fault
    return found


def _is_said(value: Value) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None


def _fault(told: datetime.date, read: Value, today: datetime.date) -> str | None:
    """What is wrong with the day somebody was told."""
    if told > today:
        return "The date you told them is in the future. Enter the day you spoke to them"
    earliest = read - EARLIEST if isinstance(read, datetime.date) else today - EARLIEST_EVER
    if told < earliest:
        return "The date you told them is long before you read the record. Check the day and the year"
    return None


def faults(tool: Tool) -> Iterator[str]:
    """What is wrong with a tool that asks whether the child is safe: it needs a place for what was done about it."""
    if not tool.asks(SAFE):
        return
    for key, kinds in _KINDS.items():
        if not tool.asks(key):
            yield f"A tool that asks ‘{SAFE}’ also asks ‘{key}’: who was told, when, and what was agreed."
        elif tool.question(key).kind not in kinds:
            yield f"Question ‘{key}’ is of the kind {' or '.join(f'‘{kind}’' for kind in kinds)}."
    offered = {choice.code for choice in tool.question(SAFE).choices}
    if offered != {"yes", *UNSAFE}:
        yield f"Question ‘{SAFE}’ offers the answers ‘yes’, ‘not_sure’ and ‘no’."
