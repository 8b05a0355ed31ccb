"""A report as plain content: sections of words, lists, tables and charts, drawn once for the page and once for paper.

Both drawings take every word and number from here, so the page and the PDF of a report cannot differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from qa_app.charts.picture import Picture


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    kind: ClassVar[str] = "words"
    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A list."""

    kind: ClassVar[str] = "points"
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. `widths` are shares of a page's width; `numeric` are the places of columns of figures."""

    kind: ClassVar[str] = "grid"
    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its table. `shape` is months, pairs or intervals; `width` is a share of a page's width."""

    kind: ClassVar[str] = "chart"
    picture: Picture
    shape: str
    width: float = 1.0

    @property
    def widths(self) -> tuple[float, ...]:
        """How the columns of its table share the page: the first is for names, columns of figures need little."""
        table = self.picture.table
        return tuple(26 if place == 0 else 13 if place in table.numeric else 24 for place in range(len(table.headers)))


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's own words, and whose in general."""

    kind: ClassVar[str] = "quote"
    text: str
    said: str


Block: TypeAlias = Words | Points | Grid | Chart | Quote


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it; `key` is where a link leads, `level` 2 or 3."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    level: int = 2


@dataclass(frozen=True, slots=True)
class Document:
    """A report: its title, whose it is, what it covers, and its sections. `foot` stands on every sheet of paper."""

    title: str
    council: str
    lines: tuple[str, ...]
    sections: tuple[Section, ...]
    foot: str

    @property
    def contents(self) -> tuple[tuple[str, str], ...]:
        """The sections of the first rank: where each is and what it is called."""
        return tuple((one.key, one.title) for one in self.sections if one.level == 2)


def words(*texts: str) -> tuple[Words, ...]:
    """A paragraph for each text that says something."""
    return tuple(Words(text) for text in texts if text)


def points(items: Sequence[str]) -> tuple[Points, ...]:
    """A list, where there is something to list."""
    return (Points(tuple(items)),) if items else ()
