"""Answers to the whole case file audit, as a browser sends them and as a draft stores them, for tests to start from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from audit_forms import answers
from audit_forms.catalogue import latest
from audit_forms.definition import Question, Section, Tool
from audit_forms.forms import form_class
from audit_forms.questions import kind_of
from qa_app.models import Audit
from qa_app.services import audits, drafts, submission
from qa_app.services.drafts import Written

SAFE_CODES = {
    "safe_now": "yes",
    "independent": "yes",
    "worker_joined": "in_person",
    "child_asked": "yes",
    "reaudit_needed": "no",
}


def typed(question: Question) -> dict[str, str]:
    """What a browser sends for a plausible answer to a question: grades are good, yes is said to the rest."""
    kind, key = question.kind, question.key
    if kind == "grade":
        return {key: "good"}
    if kind == "actions":
        row = {
            "what": "Visit with the worker",
            "owner": "Team manager",
            "due-day": "1",
            "due-month": "2",
            "due-year": "2027",
        }
        return {f"{key}-0-{part}": value for part, value in row.items()}
    if kind == "date":
        return {f"{key}-day": "3", f"{key}-month": "11", f"{key}-year": "2026"}
    if kind == "month":
        return {f"{key}-month": "3", f"{key}-year": "2025"}
    if kind == "number":
        return {key: "2"}
    if kind == "person":
        return {key: "10234"}
    options = kind_of(question).options()
    if options:
        return {key: SAFE_CODES.get(key, options[0].code)}
    return {key: f"Words about {question.label.lower()}"[:150]}


def complete_section(section: Section, said: Mapping[str, str] | None = None) -> dict[str, str]:
    """Everything a section needs before the audit can be submitted, after what was `said` in the sections before."""
    sent: dict[str, str] = {}
    for question in section.questions:
        if question.is_needed({**(said or {}), **sent}) or question.measure:
            sent |= typed(question)
    if not sent:
        sent |= typed(section.questions[0])
    return sent


def stored(tool: Tool, **changed: Any) -> dict[str, Any]:
    """The whole tool answered, as a draft stores it; `changed` replaces stored answers by key."""
    sent: dict[str, str] = {}
    for section in tool.sections:
        sent |= complete_section(section, sent)
    form = form_class(tool)(MultiDict(sent))
    assert form.validate(), form.errors
    return answers.merge({}, form) | changed


def fill(session: Session, audit_id: UUID, *, at: datetime, **changed: Any) -> Audit:
    """Write and submit an audit with these answers, through the services."""
    audit = session.get_one(Audit, audit_id)
    by = f"person:{audit.auditor_id}"
    said = stored(latest(audit.tool_key), **changed)
    keys = frozenset(said)
    version = drafts.version_of({}, keys)
    audits.write(session, audit, Written(keys, keys, said), version, by=by, at=at)
    checked = submission.check(session, audit, demographics=False)
    submission.submit(session, audit, version=checked.version, acknowledged=True, demographics=False, by=by, at=at)
    session.refresh(audit)
    return audit
