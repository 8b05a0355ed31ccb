"""Cells of files that people open with a spreadsheet: text stays text."""

from typing import Final

OPENINGS: Final = ("=", "+", "-", "@", "\t", "\r", "\0")


def safe_cell(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(OPENINGS) else text
