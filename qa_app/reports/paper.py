"""An A4 report: headings, paragraphs, lists, tables and charts one under the other, tagged, pages numbered.

Text is drawn as text, never read as markup.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from reportlab.graphics import renderPDF
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from qa_app.charts.picture import Picture
from qa_app.charts.scene import BRAND, INK, LINE, MUTED, PALE
from qa_app.reports.tagging import Node, TaggedCanvas

FONT: Final = "Liberation Sans"
BOLD: Final = "Liberation Sans Bold"
FONTS: Final = Path(__file__).with_name("fonts")
WIDTH, HEIGHT = A4
MARGIN, FOOT, HEAD = 48.0, 58.0, 52.0
INNER: Final = WIDTH - 2 * MARGIN
LEADING: Final = 1.32
PAD: Final = 4.5


@dataclass(frozen=True, slots=True)
class Imprint:
    """What stands on every page: title and council, and the words at the foot."""

    title: str
    council: str
    foot: str


@cache
def register_fonts() -> None:
    """Make the two faces known to reportlab; they are embedded where they are used."""
    pdfmetrics.registerFont(TTFont(FONT, str(FONTS / "LiberationSans-Regular.ttf")))
    pdfmetrics.registerFont(TTFont(BOLD, str(FONTS / "LiberationSans-Bold.ttf")))


class PaperFull(Exception):  # noqa: N818 - named for the fault
    """There is no room left on the last page that may be used."""


def printed(imprint: Imprint, write: Callable[["Paper"], None], *, most: int = 0, rest: str = "") -> bytes:
    """The PDF of what `write` puts on the paper; laid out twice, to say how many pages there are.

    With `most` it has no more pages than that; what does not fit is left out, and `rest` says so on the last one.
    """
    second = Paper(imprint, pages=length(imprint, write, most=most), most=most)
    try:
        write(second)
    except PaperFull:
        second.note_at_foot(rest)
    return second.finish()


def length(imprint: Imprint, write: Callable[["Paper"], None], *, most: int = 0) -> int:
    """How many pages `write` fills."""
    first = Paper(imprint, pages=0, most=most)
    try:
        write(first)
    except PaperFull:
        return most
    return first.number


class Paper:
    """The pages as they are filled from the top; `y` is where the next thing begins."""

    def __init__(self, imprint: Imprint, *, pages: int, most: int = 0) -> None:
        register_fonts()
        self.target = BytesIO()
        self.imprint, self.pages, self.number, self.most = imprint, pages, 0, most
        self.y = HEIGHT - HEAD
        self._headings = 0
        self.canvas = TaggedCanvas(
            self.target, title=imprint.title, author=tidy(imprint.council), subject=imprint.foot, font=FONT, size=A4
        )
        self.root = self.canvas.root
        self._turn()

    def finish(self) -> bytes:
        """The document."""
        self._end_page()
        self.canvas.save()
        return self.target.getvalue()

    def note_at_foot(self, text: str) -> None:
        """A line in the room that is kept free under every page."""
        with self.canvas.content(self.root.add("P")):
            self._write(fitted(text, font=BOLD, size=8.5, width=INNER)[0], MARGIN, FOOT - 11, 8.5, font=BOLD)

    def heading(self, text: str, level: int = 2, *, keep: float = 80, size: float = 0) -> None:
        """A heading of level 1, 2 or 3, the first two with a bookmark; `keep` points must fit on the page under it."""
        self._headings += 1
        usual = {1: (22.0, 0.0, 6.0), 2: (14.0, 10.0, 4.0), 3: (8.5, 3.0, 0.0)}[level]
        size, before, after = (size, 5.0, 2.0) if size else usual
        self.room(before + size + keep)
        if self.y < HEIGHT - HEAD:
            self.y -= before
        if level < 3:
            self.canvas.bookmark(f"heading-{self._headings}", text, level=level - 1, top=self.y)
        self._lines(self.root.add(f"H{level}"), text, size=size, bold=True, colour=BRAND if level < 3 else INK)
        self.y -= after

    def paragraph(self, text: str, *, size: float = 9.5, bold: bool = False, muted: bool = False) -> None:
        """A paragraph over the whole width."""
        if text:
            self._lines(self.root.add("P"), text, size=size, bold=bold, colour=MUTED if muted else INK)
            self.y -= 5

    def question(self, text: str, *, size: float = 9) -> None:
        """A question close above its answer, never the last line of a page."""
        self.room(len(fitted(text, font=BOLD, size=size, width=INNER)) * size * LEADING + 2 * size * LEADING)
        self._lines(self.root.add("P"), text, size=size, bold=True)
        self.y -= 1

    def quotation(self, text: str, said: str, *, size: float = 10.5) -> None:
        """Somebody's own words, set in, and under them whose they are in general."""
        node = self.root.add("BlockQuote")
        self._lines(node.add("P"), f"‘{text}’", size=size, left=MARGIN + 14, width=INNER - 28)
        self._lines(node.add("P"), said, size=min(size, 8.5), colour=MUTED, left=MARGIN + 14, width=INNER - 28)
        self.y -= 6

    def bullets(self, items: Iterable[str], *, size: float = 9.5) -> None:
        """A list."""
        whole = self.root.add("L")
        for item in items:
            entry = whole.add("LI")
            self.room(size * LEADING)
            with self.canvas.content(entry.add("Lbl")):
                self._write("•", MARGIN + 2, self.y - size, size)
            self._lines(entry.add("LBody"), item, size=size, left=MARGIN + 12, width=INNER - 12)
            self.y -= 1.5
        self.y -= 5

    def picture(self, picture: Picture, *, width: float = INNER) -> None:
        """A chart under its title, with its words for those who do not see it."""
        height = picture.scene.height * width / picture.scene.width
        self.room(height + 30)
        self._lines(self.root.add("P"), picture.title, size=10.5, bold=True)
        self.y -= 3
        node = self.root.add("Figure", alt=f"{picture.title}. {picture.scene.description}")
        bottom = self.y - height
        node.box = (MARGIN, bottom, MARGIN + width, self.y)
        with self.canvas.content(node):
            if self.pages:  # the first time round only the room it takes counts
                renderPDF.draw(picture.drawing(width, font=FONT, bold_font=BOLD), self.canvas, MARGIN, bottom)
        self.y = bottom - 6

    def table(
        self, headings: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float], *,
        numeric: Sequence[int] = (), size: float = 8.5, bold: Sequence[int] = (0,),
    ) -> None:  # fmt: skip
        """A table whose headings are repeated on each page. `widths` are shares of the whole width."""
        total = sum(widths)
        layout = _Columns([INNER * width / total for width in widths], frozenset(numeric), frozenset(bold), size)
        node = self.root.add("Table")
        self._heads(node, headings, layout)
        for row in rows:
            cells = layout.split(row)
            if self.y - layout.height(cells) < FOOT:
                self._turn()
                self._heads(None, headings, layout)
            self._row(node.add("TR"), cells, layout)
        self.y -= 8

    def _heads(self, node: Node | None, headings: Sequence[str], layout: "_Columns") -> None:
        cells = layout.split(headings, every_bold=True)
        if node is not None:
            self.room(layout.height(cells) + 40)
        with self.canvas.artifact():
            self.canvas.setFillColor(HexColor(PALE))
            self.canvas.rect(MARGIN, self.y - layout.height(cells), INNER, layout.height(cells), stroke=0, fill=1)
        if node is not None:
            self._row(node.add("TR"), cells, layout, scope="Column")
            return
        with self.canvas.artifact():
            for index, cell in enumerate(cells):
                self._cell(cell, index, layout, BOLD)
        self._rule(layout.height(cells))

    def _row(self, node: Node, cells: list[list[str]], layout: "_Columns", scope: str = "") -> None:
        for index, cell in enumerate(cells):
            heads = scope or ("Row" if index == 0 else "")
            with self.canvas.content(node.add("TH" if heads else "TD", scope=heads)):
                self._cell(cell, index, layout, BOLD if scope or index in layout.bold else FONT)
        self._rule(layout.height(cells))

    def _cell(self, lines: list[str], index: int, layout: "_Columns", font: str) -> None:
        left, width = layout.place(index)
        for number, line in enumerate(lines):
            across = left + PAD
            if index in layout.numeric:
                across = left + width - PAD - pdfmetrics.stringWidth(line, font, layout.size)
            self._write(f"{line} ", across, self.y - PAD - layout.size * (1 + LEADING * number), layout.size, font=font)

    def _rule(self, height: float) -> None:
        self.y -= height
        with self.canvas.artifact():
            self.canvas.setStrokeColor(HexColor(LINE))
            self.canvas.setLineWidth(0.6)
            self.canvas.line(MARGIN, self.y, MARGIN + INNER, self.y)

    def room(self, height: float) -> None:
        """Turn the page when less than this is left of it."""
        if self.y - height < FOOT:
            self._turn()

    def _lines(
        self, node: Node, text: str, *, size: float, bold: bool = False, colour: str = INK, left: float = MARGIN,
        width: float = INNER,
    ) -> None:  # fmt: skip
        font, waiting = BOLD if bold else FONT, fitted(text, font=BOLD if bold else FONT, size=size, width=width)
        while waiting:
            self.room(size * LEADING)
            fits = max(1, int((self.y - FOOT) / (size * LEADING)))
            with self.canvas.content(node):
                for line in waiting[:fits]:
                    # With the space at its end a reader aloud does not run its last word into the next line's first.
                    self._write(f"{line} ", left, self.y - size, size, font=font, colour=colour)
                    self.y -= size * LEADING
            waiting = waiting[fits:]

    def _write(self, text: str, x: float, y: float, size: float, *, font: str = FONT, colour: str = INK) -> None:
        self.canvas.setFillColor(HexColor(colour))
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, y, text)

    def _turn(self) -> None:
        if self.most and self.number == self.most:
            raise PaperFull
        if self.number:
            self._end_page()
        self.number += 1
        self.y = HEIGHT - HEAD

    def _end_page(self) -> None:
        with self.canvas.artifact():
            self.canvas.setStrokeColor(HexColor(BRAND))
            self.canvas.setLineWidth(3)
            self.canvas.line(MARGIN, HEIGHT - 34, WIDTH - MARGIN, HEIGHT - 34)
            self.canvas.setStrokeColor(HexColor(LINE))
            self.canvas.setLineWidth(0.6)
            self.canvas.line(MARGIN, 42, WIDTH - MARGIN, 42)
            self._write(fitted(self.imprint.foot, font=FONT, size=8, width=INNER - 80)[0], MARGIN, 30, 8, colour=MUTED)
            words = f"Page {self.number} of {self.pages}"
            self._write(words, WIDTH - MARGIN - pdfmetrics.stringWidth(words, FONT, 8), 30, 8, colour=MUTED)
        self.canvas.showPage()


class _Columns:
    """The columns of a table: where each stands, and how its cells break into lines."""

    def __init__(self, widths: list[float], numeric: frozenset[int], bold: frozenset[int], size: float) -> None:
        self.widths, self.numeric, self.bold, self.size = widths, numeric, bold, size

    def place(self, index: int) -> tuple[float, float]:
        return MARGIN + sum(self.widths[:index]), self.widths[index]

    def split(self, row: Sequence[str], *, every_bold: bool = False) -> list[list[str]]:
        return [
            fitted(cell, font=BOLD if every_bold or index in self.bold else FONT, size=self.size, width=width - 2 * PAD)
            for index, (cell, width) in enumerate(zip(row, self.widths, strict=True))
        ]

    def height(self, cells: list[list[str]]) -> float:
        return max(len(cell) for cell in cells) * self.size * LEADING + 2 * PAD - 1


def fitted(text: str, *, font: str, size: float, width: float) -> list[str]:
    """The text in lines of this width; words that are wider than a line are cut, and nothing unprintable stays."""
    register_fonts()
    lines: list[str] = []
    for line in simpleSplit(tidy(text), font, size, width) or [""]:
        rest = line
        while rest and pdfmetrics.stringWidth(rest, font, size) > width:
            cut = max(1, int(len(rest) * width / pdfmetrics.stringWidth(rest, font, size)))
            while cut > 1 and pdfmetrics.stringWidth(rest[:cut], font, size) > width:
                cut -= 1
            lines.append(rest[:cut])
            rest = rest[cut:]
        lines.append(rest)
    return lines


def tidy(text: str) -> str:
    """The text with nothing unprintable in it."""
    return "".join(one if one.isprintable() else " " for one in text)
