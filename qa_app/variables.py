"""Environment variables: what each is, and how whole numbers, choices and yes or no are read from them."""

from collections.abc import Mapping
from typing import NamedTuple


class Variable(NamedTuple):
    """One environment variable: its name, its default in words, and what it is for."""

    name: str
    default: str
    meaning: str


class SettingsError(Exception):
    """A setting is missing or not safe; the message says which and what to do."""


def number(found: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """A whole number between bounds.

    Raises:
        SettingsError: it is none.
    """
    text = found.get(name) or str(default)
    if not text.isdecimal() or len(text) > 9 or not low <= int(text) <= high:
        raise SettingsError(f"{name} must be a whole number from {low} to {high}, not “{text}”.")
    return int(text)


def yes(found: Mapping[str, str], name: str, *, default: bool) -> bool:
    """Yes or no.

    Raises:
        SettingsError: it is neither.
    """
    return one_of(found, name, ("yes", "no"), default="yes" if default else "no") == "yes"


def one_of(found: Mapping[str, str], name: str, words: tuple[str, ...], *, default: str) -> str:
    """One of a few words, in small letters.

    Raises:
        SettingsError: it is none of them.
    """
    text = (found.get(name) or default).lower()
    if text not in words:
        raise SettingsError(f"{name} must be {' or '.join(words)}, not “{text}”.")
    return text
