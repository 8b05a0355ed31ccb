"""A report drawn on A4, tagged; the same content as on its page."""

from qa_app.reports.document import Block, Chart, Document, Grid, Points, Quote, Section, Words
from qa_app.reports.paper import HEIGHT, INNER, Imprint, Paper, printed


def document_pdf(document: Document, *, cover: bool) -> bytes:
    """The PDF. The same content makes the same bytes. With `cover` the first page is for title and contents alone."""
    imprint = Imprint(document.title, document.council, document.foot)
    return printed(imprint, lambda paper: _write(paper, document, cover=cover))


def _write(paper: Paper, document: Document, *, cover: bool) -> None:
    if cover:
        paper.y -= 120
    paper.paragraph(document.council, size=11, muted=True)
    paper.heading(document.title, 1)
    for line in document.lines:
        paper.paragraph(line, size=10.5 if cover else 9.5)
    if cover:
        paper.y -= 20
        paper.heading("In this pack")
        paper.bullets((title for _, title in document.contents), size=10.5)
        paper.room(HEIGHT)
    for section in document.sections:
        _section(paper, section, small=section.level == 3)


def _section(paper: Paper, section: Section, *, small: bool) -> None:
    keep = 170.0 if section.blocks and isinstance(section.blocks[0], Chart) else 60.0
    paper.heading(section.title, section.level, keep=keep)
    for block in section.blocks:
        _block(paper, block, small=small)


def _block(paper: Paper, block: Block, *, small: bool) -> None:
    match block:
        case Words(text, strong):
            paper.paragraph(text, bold=strong, size=8.5 if small else 9.5)
        case Points(items):
            paper.bullets(items)
        case Grid(_, headers, rows, widths, numeric):
            paper.table(headers, rows, widths, numeric=numeric)
        case Chart(picture, _, width):
            paper.picture(picture, width=INNER * width)
            table = picture.table
            paper.table(table.headers, table.rows, block.widths, numeric=table.numeric, size=7.5)
        case Quote(text, said):
            paper.quotation(text, said)
