"""A whole audit as a PDF: who took part, the grades, what came of moderation, every answer, the worker's side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from qa_app.reports.dates import month_name
from qa_app.reports.paper import Imprint, Paper, printed

MOST_PAGES: Final = 60
REST: Final = f"This copy stops at {MOST_PAGES} pages. The rest is on the audit’s page in Beyond Auditing."


class Answer(NamedTuple):
    """A question and its answer in words."""

    question: str
    words: str


class Part(NamedTuple):
    """Answers under a heading, with a line above them where there is something to say of them."""

    title: str
    answers: tuple[Answer, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class AuditPaper:
    """What is printed of an audit. Text is drawn as it is written, never read as markup."""

    council: str
    reference: str
    month: date
    tool: str
    standing: str
    facts: tuple[Answer, ...]
    grade_headings: tuple[str, ...]
    grades: tuple[tuple[str, ...], ...]
    parts: tuple[Part, ...]

    @property
    def title(self) -> str:
        return f"Audit {self.reference}"


def audit_pdf(paper: AuditPaper) -> bytes:
    """The PDF; long texts flow over pages, up to a limit that it names."""
    foot = f"{paper.title} · {month_name(paper.month)} · confidential"
    imprint = Imprint(paper.title, paper.council, foot)
    return printed(imprint, lambda sheet: _write(sheet, paper), most=MOST_PAGES, rest=REST)


def _write(sheet: Paper, paper: AuditPaper) -> None:
    sheet.paragraph(paper.council, size=11, muted=True)
    sheet.heading(paper.title, 1)
    sheet.paragraph(f"{paper.tool}, {month_name(paper.month)}", size=11)
    sheet.paragraph(paper.standing, bold=True)
    for fact in paper.facts:
        sheet.paragraph(f"{fact.question}: {fact.words}")
    if paper.grades:
        sheet.heading("Grades")
        shares = (40, *[60 / (len(paper.grade_headings) - 1)] * (len(paper.grade_headings) - 1))
        sheet.table(paper.grade_headings, paper.grades, shares)
    for part in paper.parts:
        sheet.heading(part.title)
        sheet.paragraph(part.about)
        for answer in part.answers:
            sheet.question(answer.question)
            _text(sheet, answer.words)


def _text(sheet: Paper, words: str) -> None:
    """A text as it was written, each of its lines a paragraph."""
    lines: Sequence[str] = [line for line in words.split("\n") if line.strip()]
    for line in lines:
        sheet.paragraph(line)


def answers(pairs: Iterable[tuple[str, str]]) -> tuple[Answer, ...]:
    """Questions and answers in words, those left blank without."""
    return tuple(Answer(question, words) for question, words in pairs if words)
