"""Where a command runs: the settings and database of this machine, the person at the keyboard, the clock."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from qa_app.config import Settings, SettingsError, from_environment

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from qa_app.case_keys import CaseKeys
    from qa_app.db import Database


def settings() -> Settings:
    """The settings of this machine; secrets come from the environment, else from `instance/secrets`."""
    return from_environment(os.environ, production=False)


def case_keys() -> "CaseKeys":
    """The keys to case references."""
    from qa_app.case_keys import CaseKeys

    return CaseKeys(settings().case_key)


def by() -> str:
    """How events name whoever runs the command: the operating system's user."""
    return f"os:{getpass.getuser()}"


def now() -> datetime:
    """The moment the command runs at."""
    return settings().clock()


@contextmanager
def database() -> Iterator["Database"]:
    """The database of this machine, closed afterwards."""
    made = open_database(settings())
    try:
        yield made
    finally:
        made.dispose()


def open_database(chosen: Settings) -> "Database":
    """The database these settings name.

    Raises:
        SettingsError: their address is none.
    """
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    from qa_app.db import Database

    try:
        return Database(chosen.database_url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as fault:
        raise SettingsError(
            "QA_DATABASE_URL is not an address of a database. Write sqlite:///FILE or postgresql://USER@HOST/NAME."
        ) from fault


@contextmanager
def writing(*, keep: bool = True) -> Iterator["Session"]:
    """A session that is committed at the end, or rolled back when `keep` is false or anything fails."""
    with database() as made, made.writing() as session:
        yield session
        if keep:
            session.commit()
        else:
            session.rollback()


@contextmanager
def reading() -> Iterator["Session"]:
    """A session that only reads."""
    with database() as made, made.reading() as session:
        yield session
