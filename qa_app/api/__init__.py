"""The read-only interface for programs: figures, protected tables, the plan and rows that name nobody, as JSON."""

from flask import Flask

from qa_app.api import figures, plan, problems, tables
from qa_app.api.description import Interface
from qa_app.api.resources import blueprint

LISTS = (figures, tables, plan)
"""The modules that declare what there is to read; adding one is adding it here."""


def install(app: Flask) -> None:
    """Put the interface on the application, with its own way of saying what went wrong."""
    app.config.update(API_TITLE="Beyond Auditing", API_VERSION="v1", OPENAPI_VERSION="3.1.0", OPENAPI_URL_PREFIX=None)
    problems.install(app)
    Interface(app).register_blueprint(blueprint)
