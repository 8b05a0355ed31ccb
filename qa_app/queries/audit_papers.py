"""A whole audit for printing: everything its readers may see on its page, and nothing kept for the line alone."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from audit_forms.answers import in_words
from audit_forms.definition import Tool
from audit_forms.lifecycle import State
from qa_app.models import Audit
from qa_app.queries import handed_in, moderations
from qa_app.queries.findings import Findings, findings
from qa_app.queries.moderations import Comparison
from qa_app.queries.taking_part import SECTION
from qa_app.queries.tools import tool_of
from qa_app.reports.audit_paper import Answer, AuditPaper, Part, answers
from qa_app.reports.dates import day_name


def audit_paper(
    session: Session, audit: Audit, *, council: str, reflection: tuple[tuple[str, str], ...], about_reflection: str
) -> AuditPaper:
    """The audit as it is printed; `reflection` is the worker's in words, where it is given."""
    tool, found = tool_of(session, audit), findings(session, audit)
    outcome = moderations.outcome(session, audit)
    headings, grades = _grades(found, outcome)
    parts = [*_asked(tool, handed_in.answers(session, audit))]
    if outcome:
        parts.insert(1 if parts and parts[0].title == _title(tool) else 0, _outcome(tool, outcome))
    parts.append(Part("The worker’s reflection", answers(reflection), about_reflection))
    return AuditPaper(
        council=council,
        reference=audit.reference,
        month=audit.month,
        tool=f"{tool.title}, version {tool.version}",
        standing=_standing(audit, outcome),
        facts=answers(
            (
                ("Team", f"{audit.team.name}, {audit.team.service.name}"),
                ("Auditor", audit.auditor.name),
                ("Submitted", day_name(audit.submitted_on) if audit.submitted_on else "Not recorded"),
                ("Worker", audit.worker.name if audit.worker else ""),
            )
        ),
        grade_headings=headings,
        grades=grades,
        parts=tuple(parts),
    )


def _standing(audit: Audit, outcome: Comparison | None) -> str:
    if audit.state == State.WITHDRAWN:
        return "Withdrawn: this audit counts in no figure."
    return "Moderated, and the final grades are agreed." if outcome else "As the auditor submitted it."


def _grades(found: Findings, outcome: Comparison | None) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    if outcome is None:
        return ("Part of practice", "Grade"), tuple((one.title, one.auditor) for one in found.graded)
    second = outcome.moderator.judgements
    return ("Part of practice", "Auditor", "Moderator", "Final"), tuple(
        (one.title, one.auditor, second[one.element].label if one.element in second else "", one.grade)
        for one in found.graded
    )


def _asked(tool: Tool, stored: Mapping[str, Any]) -> Iterator[Part]:
    """Every section that was answered, who took part first."""
    said = in_words(tool, stored)
    for section in sorted(tool.sections, key=lambda one: one.key != SECTION):
        found = answers((one.question.label, one.words) for one in said if one.section is section)
        if found and not _is_restricted(section):
            yield Part(section.title, found)


def _is_restricted(section: object) -> bool:
    """Whether a section is for the line of a member of staff alone; its answers are kept elsewhere as well."""
    return bool(getattr(section, "restricted", False))


def _title(tool: Tool) -> str:
    return next((one.title for one in tool.sections if one.key == SECTION), "")


def _outcome(tool: Tool, outcome: Comparison) -> Part:
    """Why auditor and moderator differed, and what was said of the form."""
    said = []
    for element in tool.elements:
        if element.key in outcome.reasons:
            why, note = outcome.reasons[element.key]
            rationale = outcome.moderator.answers.get(f"{element.key}_rationale", "")
            said.append(Answer(element.title, "\n".join(one for one in (rationale, f"{why}.", note) if one)))
    blind = ", who graded before seeing the auditor’s grades" if outcome.mode == "blind" else ""
    by = f"Moderated by {outcome.moderator.name}{blind}." if outcome.moderator.name else "Moderated."
    about = f"{by} {'Where the two differed:' if said else 'Both gave the same grades.'}"
    return Part("What came of moderation", (*said, *answers(outcome.form_quality)), about)
