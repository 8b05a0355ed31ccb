"""The application: people, cases, cycles, audits, moderation and figures, over the web and the command line."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from qa_app.config import Settings
    from qa_app.db import Database


def create_app(settings: "Settings", database: "Database | None" = None) -> "Flask":
    """The web application for these settings; imported when it is called, so that the command line starts at once."""
    from qa_app.application import create_app as create

    return create(settings, database)
