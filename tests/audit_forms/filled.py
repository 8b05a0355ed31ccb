"""A case file audit as an auditor would fill it in: what a browser posts, complete and sound."""

from collections.abc import Collection
from typing import Any

from werkzeug.datastructures import MultiDict

from audit_forms.catalogue import latest
from audit_forms.definition import Question, Tool
from audit_forms.questions import kind_of

AUDIT = latest("case_file")


def posted_answer(question: Question) -> dict[str, str]:
    """What a browser sends for a plausible answer to this question."""
    key = question.key
    if question.kind == "actions":
        row = {"what": "Hold a family meeting", "whom": "child", "owner": "Team manager", "priority": "five_days"}
        due = {"due-day": "1", "due-month": "3", "due-year": "2026"}
        return {f"{key}-0-{part}": value for part, value in (row | due).items()}
    if question.kind == "date":
        return {f"{key}-day": "2", f"{key}-month": "3", f"{key}-year": "2026"}
    if question.kind == "month":
        return {f"{key}-month": "3", f"{key}-year": "2025"}
    if question.kind == "grade":
        return {key: "good"}
    if question.kind == "person":
        return {key: "10234"}
    options = kind_of(question).options()
    return {key: options[0].code if options else "3" if question.kind == "number" else "Said plainly"}


def posted(tool: Tool = AUDIT, *, without: Collection[str] = (), **changes: str | None) -> MultiDict[str, Any]:
    """Every question of a tool answered, but for what is `without`; `changes` replace answers, None takes one away."""
    sent: dict[str, str | None] = {}
    for question in tool.questions:
        sent |= posted_answer(question)
    sent |= changes | dict.fromkeys(without)
    return MultiDict({name: value for name, value in sent.items() if value is not None})
