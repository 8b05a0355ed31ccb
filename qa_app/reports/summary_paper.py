"""The month in seven minutes on one A4 page, tagged: set as large as the page allows."""

from typing import Final

from qa_app.reports.document import Document, Points, Quote, Section, Words
from qa_app.reports.paper import Imprint, Paper, length, printed

SIZES: Final = (10.0, 9.5, 9.0, 8.5)


def summary_pdf(document: Document) -> bytes:
    """The PDF; in the smallest size where even that does not fit on one page."""
    imprint, size = _imprint(document), _size(document) or SIZES[-1]
    return printed(imprint, lambda paper: _write(paper, document, size))


def fits(document: Document) -> bool:
    """Whether it fits on one page in a size that can be read."""
    return _size(document) is not None


def _size(document: Document) -> float | None:
    imprint = _imprint(document)
    return next((size for size in SIZES if _pages(imprint, document, size) == 1), None)


def _pages(imprint: Imprint, document: Document, size: float) -> int:
    return length(imprint, lambda paper: _write(paper, document, size))


def _imprint(document: Document) -> Imprint:
    return Imprint(document.title, document.council, document.foot)


def _write(paper: Paper, document: Document, size: float) -> None:
    paper.paragraph(document.council, size=size, muted=True)
    paper.heading(document.title, 1, size=2 * size)
    for line in document.lines:
        paper.paragraph(line, size=size, muted=True)
    for section in document.sections:
        _section(paper, section, size)


def _section(paper: Paper, section: Section, size: float) -> None:
    paper.heading(section.title, size=size + 2, keep=20)
    for block in section.blocks:
        match block:
            case Words(text, strong):
                paper.paragraph(text, size=size, bold=strong)
            case Points(items):
                paper.bullets(items, size=size)
            case Quote(text, said):
                paper.quotation(text, said, size=size)
            case _:
                raise TypeError(block)  # a summary has no tables and no charts
