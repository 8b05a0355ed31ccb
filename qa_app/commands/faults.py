"""Which faults the command line foresees, the sentence each is told in, and the exit status."""

from typing import NamedTuple


class Told(NamedTuple):
    """A fault in a sentence, and the exit status of the command."""

    sentence: str
    status: int


class CommandFault(Exception):  # noqa: N818
    """A command cannot do what it was asked; the message is the sentence that says what to do."""


def sentence_of(fault: Exception) -> Told | None:
    """How to tell a fault, or None when nobody foresaw it."""
    if isinstance(fault, CommandFault):
        return Told(str(fault), 1)
    return _of_settings(fault) or _of_files(fault) or _of_database(fault)


def _of_settings(fault: Exception) -> Told | None:
    from qa_app.config import SettingsError

    return Told(str(fault), 2) if isinstance(fault, SettingsError) else None


def _of_files(fault: Exception) -> Told | None:
    from qa_app.case_keys import WrongKey
    from qa_app.intake.limits import UnreadableFile

    if isinstance(fault, UnreadableFile):
        return Told(fault.sentence, 1)
    if isinstance(fault, WrongKey):
        return Told(str(fault), 1)
    if isinstance(fault, OSError) and fault.strerror:
        return Told(f"{fault.filename or 'A file'}: {fault.strerror}. Check the name and that you may use it.", 1)
    return None


def _of_database(fault: Exception) -> Told | None:
    from alembic.util import CommandError
    from sqlalchemy.exc import DBAPIError

    if isinstance(fault, CommandError):
        return Told(f"The tables cannot be moved: {fault}. See which version they are at with: qa db current", 1)
    if not isinstance(fault, DBAPIError):
        return None
    words = str(fault.orig).lower()
    if "no such table" in words or "does not exist" in words or "no such column" in words:
        return Told("The database has no tables of this version yet. Run: ./run qa db upgrade", 1)
    if "locked" in words:
        return Told("The database is busy. Wait a moment and run the command again.", 1)
    if "unable to open" in words or "connection" in words or "password" in words:
        return Told("The database cannot be opened. Check QA_DATABASE_URL and that the server runs.", 1)
    return None
