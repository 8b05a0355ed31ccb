"""What a moderator is asked: the record judged afresh, then, after the reveal, the quality of the audit form."""

from dataclasses import replace
from functools import cache
from typing import Final

from audit_forms.consistency import LIFTED_QUESTION, OVERALL
from audit_forms.definition import Choice, Element, Question, Section, Tool
from audit_forms.safety import SAFE

QUALITY: Final = "form_quality"
SOUND: Final = "form_sound"
"""The yes or no that says whether the audit form was of sound quality; it says nothing about practice."""


@cache
def moderator_tool(tool: Tool) -> Tool:
    """The tool as a moderator fills it in, with the same key and version."""
    return replace(
        tool,
        title=f"Moderation: {tool.title[:1].lower()}{tool.title[1:]}",
        intro="Grade from the child’s record alone. You see the auditor’s grades once yours are saved.",
        sections=moderator_sections(tool),
    )


@cache
def reader_tool(tool: Tool) -> Tool:
    """The tool as a third reader fills it in: the graded elements alone, with the same key and version."""
    whole = moderator_tool(tool)
    graded = tuple(section for section in whole.sections if section.element is not None)
    return replace(
        whole,
        title=f"Third reading: {tool.title[:1].lower()}{tool.title[1:]}",
        intro="Grade from the child’s record alone. Two people have graded this audit before you and differ.",
        sections=graded,
    )


def moderator_sections(tool: Tool) -> tuple[Section, ...]:
    """In order: safety, every graded element, and (`after_reveal`) the quality of the audit form."""
    safety = [tool.section_of(SAFE)] if tool.asks(SAFE) else []
    limits = any(element.limiting for element in tool.elements)
    graded = [
        _regraded(section, section.element, limits=limits) for section in tool.sections if section.element is not None
    ]
    return (*safety, *graded, _QUALITY_SECTION)


def _regraded(section: Section, element: Element, *, limits: bool) -> Section:
    grade = next(question for question in section.questions if question.key == element.key)
    is_overall = element.key == OVERALL
    rationale = Question(
        key=f"{element.key}_rationale",
        kind="text",
        label="What in the record led you to this grade?",
        hint="A sentence or two, with dates. It is what you will both talk about if your grades differ.",
        required=is_overall,
        missing="Say what in the record led you to the overall grade" if is_overall else "",
    )
    hint = "Weigh up what the record shows: the grade is your judgement, not an average"
    grade = replace(grade, hint=hint, required=True, missing=grade.missing or f"Choose a grade for {element.title}")
    questions = (grade, rationale, LIFTED_QUESTION) if is_overall and limits else (grade, rationale)
    return replace(section, questions=questions)


_SOUND_ENOUGH: Final = (Choice("yes", "Yes"), Choice("partly", "Partly"), Choice("no", "No"))


def _checked(key: str, label: str, hint: str) -> Question:
    return Question(
        key, "choice", label, hint, required=True, choices=_SOUND_ENOUGH, missing=f"Answer ‘{label}’"
    )  # fmt: skip


_QUALITY_SECTION: Final = Section(
    key=QUALITY,
    title="Quality of the audit form",
    help="This is about the audit, not about practice with the child. It never moves a grade.",
    after_reveal=True,
    questions=(
        _checked("form_evidence", "Is there enough evidence for each grade?", "Could you follow the grade from it?"),
        _checked("form_child", "Is it about the child’s life, not only about process?", ""),
        _checked("form_actions", "Are the actions the right ones?", "They follow from the findings and have owners"),
        _checked("form_tone", "Is the tone fair and useful to the worker?", "Would you like to be audited so?"),
        Question(
            SOUND, "yes_no", "All in all, is this a sound audit?", required=True,
            missing="Say whether this is a sound audit", measure="audits",
        ),
        Question("form_advice", "text", "What would help the auditor next time?", "The auditor sees this"),
    ),
)  # fmt: skip
