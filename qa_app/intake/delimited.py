"""How a text file of rows is written: its encoding, what separates its cells, and what is no such file at all."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Final

from qa_app.intake.columns import recognised
from qa_app.intake.headings import Kind
from qa_app.intake.limits import Limits, UnreadableFile

_SEPARATORS: Final = (",", ";", "\t")
_PAGE: Final = re.compile(r"\s*(?:<!doctype|<html|<table|<\?xml|<head|<meta)", re.IGNORECASE)
_NO_TABLE: Final = "This is not a list of rows we can read. Save the list as .xlsx or CSV and choose that file."


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file and notes on how it was read: UTF-8, UTF-16 with its mark, else Windows-1252.

    Raises:
        UnreadableFile: a picture, a program, a web page or anything else that is not a list.
    """
    notes: tuple[str, ...] = ()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    else:
        start = data[:4000]
        if sum(byte < 32 and byte not in b"\t\n\r\f\0" for byte in start) + start.count(0) * 2 > len(start) // 10:
            raise UnreadableFile(_NO_TABLE)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
            notes = ("The file was read as Windows-1252, the older way in which Excel saves CSV files.",)
    if "\ufffd" in text:
        notes += ("Some letters of the file could not be read and are shown as \ufffd. Check names with accents.",)
    if _PAGE.match(text[:200]):
        raise UnreadableFile(
            "This is a web page or XML, whatever its name says. Open it in Excel and save it as .xlsx or CSV."
        )
    return text, notes


def rows_of(text: str, limits: Limits, kind: Kind | None) -> Iterator[list[str]]:
    """Each row of the file, blank ones as empty lists, split by the separator under which its headings make sense.

    Raises:
        UnreadableFile: a cell that never ends, or more rows than a file may have.
    """
    separator = max(_SEPARATORS, key=lambda one: _sense(text, one, kind))
    for number, row in enumerate(_split(text, separator), start=1):
        if number > limits.last_row:
            raise limits.too_many_rows()
        if len(row) > 5 * limits.columns:  # a few cells too many are one row's fault, this is the file's
            raise limits.too_many_columns()
        yield row


def _split(text: str, separator: str) -> Iterator[list[str]]:
    # Any of the three line ends is a line's end, and nothing else is: an odd separator inside a cell stays there.
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=separator)
    try:
        yield from reader
    except csv.Error:
        raise UnreadableFile(
            f"The cell that begins in line {reader.line_num} or before it never ends. "
            "Look for a quotation mark that is opened and not closed, or a cell with very much text."
        ) from None


def _sense(text: str, separator: str, kind: Kind | None) -> tuple[int, int]:
    """How well a separator fits the first rows: headings recognised, then cells in the widest row."""
    rows: list[list[str]] = []  # filled one by one: what came before a fault still counts
    with suppress(UnreadableFile):
        for row in islice(_split(text[:200_000], separator), 60):
            rows.append(row)
    return max((recognised(row, kind) for row in rows), default=0), max(map(len, rows), default=0)
