"""The list of themes begins with those that the shipped tools speak of."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.catalogue import latest, tools
from audit_forms.definition import Tool
from qa_app.models import Theme


def themes_of(tool: Tool) -> set[tuple[str, str]]:
    return {
        (choice.code, choice.label)
        for section in tool.sections
        for question in section.questions
        if question.kind == "actions"
        for choice in question.choices
    }


def test_every_theme_of_the_shipped_tools_is_on_the_list(session: Session) -> None:
    known = set(session.scalars(select(Theme.code)))
    assert known == {code for tool in tools() for code, _ in themes_of(tool)}


def test_the_words_are_those_of_the_case_file_audit(session: Session) -> None:
    words = {(theme.code, theme.label) for theme in session.scalars(select(Theme))}
    asked = themes_of(latest("case_file"))
    assert asked
    assert asked <= words
