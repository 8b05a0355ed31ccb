"""Moving the database to a version of its tables, and telling whether it is there."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from qa_app.config import ROOT
from qa_app.db import Database

SCRIPTS = ROOT / "migrations"


def script_config(database: Database) -> Config:
    """Alembic's configuration for a database, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["database"] = database
    return config


def upgrade(database: Database, to: str = "head") -> None:
    """Bring the tables up to a revision."""
    command.upgrade(script_config(database), to)


def downgrade(database: Database, to: str) -> None:
    """Take the tables down to a revision."""
    command.downgrade(script_config(database), to)


def current(database: Database) -> str | None:
    """The revision the database is at; None when it has no tables yet."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The newest revision there is."""
    found = ScriptDirectory(str(SCRIPTS)).get_current_head()
    if found is None:
        raise LookupError("There are no migrations.")
    return found
