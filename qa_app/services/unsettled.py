"""What stands in a draft and is no answer yet: refused, or waiting to be merged. Nothing is submitted over it."""

from sqlalchemy.orm import Session

from audit_forms.completeness import Blank, sections_asked
from audit_forms.definition import Tool
from qa_app.services import asides, drafts
from qa_app.services.asides import Writer
from qa_app.services.drafts import Kept, boxes_of


def unsettled(session: Session, writer: Writer, tool: Tool, kept: Kept | None = None) -> tuple[Blank, ...]:
    """Each as something to be done before submitting, in the order of the tool."""
    held = kept or drafts.opened(session, writer)
    waiting = {section for section, text in asides.all_waiting(session, writer) if held.differs(text)}
    found: list[Blank] = []
    for section in sections_asked(tool):
        if section.key in waiting:
            what = f"Put together what you typed in two places in ‘{section.title}’, then save that section"
            found.append(Blank(section, section.questions[0], what))
        found.extend(
            Blank(section, question, f"Put right or clear what you typed at ‘{question.label}’")
            for question in section.questions
            if boxes_of(held.refused, question.key)
        )
    return tuple(found)


def with_unsettled(to_do: tuple[Blank, ...], more: tuple[Blank, ...]) -> tuple[Blank, ...]:
    """Everything to be done; where something was typed and refused, that is said and not that it is blank."""
    typed = {one.question.key for one in more}
    return (*more, *(one for one in to_do if one.question.key not in typed))
