"""Where a council's figures can be read, and how: the tables of a page, the lines of a PDF, sheets and records."""

import io
import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final, NamedTuple

from pypdf import PdfReader
from python_calamine import CalamineWorkbook

# The measures by the titles that pages and papers give them.
TITLES: Final = {
    "supervision": "Case supervision judged good or better",
    "cases": "Audited cases judged good or better",
    "plans": "Audited plans judged good or better",
    "chronology": "Children with a complete, current and used chronology",
    "permanence": "Permanence judged good or better",
}
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Counts = dict[tuple[str, str], tuple[int, int]]  # k and n by measure and month, such as ("cases", "2026-10")
OF: Final = re.compile(r"([\d,]+) of ([\d,]+)")


class Sheet(NamedTuple):
    """A table of a page: what it is called, and its rows under their headings."""

    caption: str
    rows: list[dict[str, str]]


def month_of(words: str) -> str:
    """'Oct 2026' or 'October 2026' as 2026-10."""
    name, year = words.split()
    return f"{year}-{MONTHS.index(name[:3]) + 1:02d}"


def plain(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def tables(html: str) -> list[Sheet]:
    """Every table of a page."""
    return [_sheet(markup) for markup in re.findall(r"<table.*?</table>", html, re.DOTALL)]


def _sheet(markup: str) -> Sheet:
    caption = re.search(r"<caption[^>]*>(.*?)</caption>", markup, re.DOTALL)
    rows = [
        [plain(cell) for cell in re.findall(r"<t[hd]\b.*?</t[hd]>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", markup, re.DOTALL)
    ]
    return Sheet(plain(caption[1]) if caption else "", [dict(zip(rows[0], row, strict=True)) for row in rows[1:]])


def named(found: list[Sheet], start: str) -> Sheet:
    """The one table whose caption starts like this."""
    (one,) = [sheet for sheet in found if sheet.caption.startswith(start)]
    return one


def page_months(html: str) -> dict[tuple[str, str], dict[str, str]]:
    """The rows of the tables by month that stand under the charts of a page, by measure and month."""
    found = tables(html)
    return {
        (measure, month_of(row["Month"])): row
        for measure, title in TITLES.items()
        for row in named(found, f"{title}, by month").rows
    }


def counts(rows: dict[tuple[str, str], dict[str, str]]) -> Counts:
    """k and n of such rows."""
    made = {}
    for key, row in rows.items():
        counted, of = (("Good or better", "Audits"), ("All four", "Children"))["All four" in row]
        made[key] = (int(row[counted]), int(row[of]))
    return made


def paper(pdf: bytes) -> str:
    """The text of a PDF, a line for each cell."""
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return "\n".join(line.rstrip() for text in pages for line in text.splitlines())


def paper_months(text: str) -> Iterator[tuple[tuple[str, str], dict[str, str]]]:
    """The rows of the tables by month of a board pack on paper, each after the title of its chart."""
    row = re.compile(r"([A-Z][a-z]{2} \d{4})\n([\d,]+)\n([\d,]+)\n(\S[^\n]*)\n([^\n]*)\n([A-Z][^\n]*)")
    starts = {measure: text.index(f"{title}, by month") for measure, title in TITLES.items()}
    for found in row.finditer(text):
        before = [measure for measure, at in starts.items() if at < found.start()]
        if before and found.start() < text.index("Agreement of auditors with moderators", max(starts.values())):
            measure = max(before, key=starts.__getitem__)
            name, k, n, share, interval, standing = found.groups()
            yield (measure, month_of(name)), {"k": k, "n": n, "Share": share, "95% interval": interval,
                                              "Standing": standing}  # fmt: skip


def chart_counts(text: str, measure: str) -> dict[str, int]:
    """How many audits each month of a chart on paper counts, as printed under its marks."""
    after = text[text.index(f"{TITLES[measure]}, by month") :]
    after = after[after.index("\nn\n") : after.index("closed month")]
    made, year = {}, ""
    for name, said, n in re.findall(r"([A-Z][a-z]{2})\n(?:(\d{4})\n)? ?(\d+)(?=\n)", after):
        year = said or year
        made[f"{year}-{MONTHS.index(name) + 1:02d}"] = int(n)
    return made


def sheet(content: bytes, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet of a workbook under their headings."""
    headings, *rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()
    return [dict(zip(headings, row, strict=True)) for row in rows]
