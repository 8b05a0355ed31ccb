"""What questions need from the database while they are drawn: whom a staff number or a name means, and guidance."""

from flask import Flask

from qa_app.access.current import session
from qa_app.models import Guidance
from qa_app.queries import guidance, staff_numbers
from qa_app.queries.staff_numbers import Matches


def install(app: Flask) -> None:
    """Give the templates of questions what they call."""
    app.jinja_env.globals.update(staff_name=_name, staff_found=_found, guidance_on=_guidance)


def _name(number: str) -> str:
    return staff_numbers.words(session(), number)


def _found(typed: str) -> Matches:
    return staff_numbers.matches(session(), typed)


def _guidance(tool_key: str, element: str) -> Guidance | None:
    return guidance.current(session(), tool_key, element)
