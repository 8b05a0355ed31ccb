"""What questions need from the database while they are drawn: who a staff number is, and whom a name may mean."""

from flask import Flask

from qa_app.access.current import session
from qa_app.queries import staff_numbers
from qa_app.queries.staff_numbers import Matches


def install(app: Flask) -> None:
    """Give the templates of questions what they call."""
    app.jinja_env.globals.update(staff_name=_name, staff_found=_found)


def _name(number: str) -> str:
    return staff_numbers.words(session(), number)


def _found(typed: str) -> Matches:
    return staff_numbers.matches(session(), typed)
