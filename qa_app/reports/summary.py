"""The month in seven minutes: one page for the whole workforce, in sentences, without names or small numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from moderation.statistics.figures import Figures
from moderation.statistics.share import Share, percent
from qa_app.reports.dates import day_name, month_name
from qa_app.reports.document import Block, Document, Points, Quote, Section, Words, words
from qa_app.reports.plain_text import parts

# Each measure: what it is of, and what is said of the audits that counted for it.
FOUND: Final = {
    "cases": ("Practice as a whole", "was good or better in"),
    "supervision": ("Supervision", "was good or better in"),
    "plans": ("The child’s plan", "was good or better in"),
    "chronology": ("The chronology", "was there, up to date, complete and used in"),
    "permanence": ("Planning for permanence", "was good or better in"),
}
WHY: Final = (
    "Each file is about a child. We read them to learn what helps children and what does not, not to judge anybody."
)
COUNCIL: Final = "These are the figures of the whole council, as they were reported when the month was closed."


@dataclass(frozen=True, slots=True)
class Told:
    """Everything a summary is made of; the last ones are what the QA lead wrote, as typed.

    `instead_of` is the day on which what it replaces was published.
    """

    month: date
    council: str
    figures: Figures
    small_up_to: int
    published_on: date | None
    instead_of: date | None
    theme: str
    went_well: str
    do_better: str
    example: str
    next_month: str
    quotations: tuple[tuple[str, str], ...]


def document(told: Told) -> Document:
    """The summary as content, for the page and for paper."""
    title = f"{month_name(told.month)} in seven minutes"
    when = f"Published {day_name(told.published_on)}" if told.published_on else "Draft"
    before = f", in place of what was published on {day_name(told.instead_of)}" if told.instead_of else ""
    lines = (f"For everybody who works with children and families. {when}{before}.",)
    sections = (
        _background(told), _found(told), *_heard(told), *_typed("well", "What went well", told.went_well),
        *_typed("better", "What we can do better", told.do_better),
        *_typed("good", "What good looks like", told.example),
        *_typed("next", "What to do next month", told.next_month), _questions(told),
    )  # fmt: skip
    return Document(title, told.council, lines, sections, f"{title} · {when}")


def _background(told: Told) -> Section:
    count = share_of(told, "cases").n
    of = month_name(told.month)
    if count == 0:
        said = f"No audit of a child’s file was counted in {of}."
    elif count <= told.small_up_to:
        said = f"In {of} we audited {told.small_up_to} children’s files or fewer."
    else:
        said = f"In {of} we audited {count:,} children’s files."
    theme = f"The theme of this month: {told.theme}." if told.theme else ""
    return Section("background", "What we looked at, and why it matters", (*words(f"{said} {WHY}"), *_strong(theme)))


def _strong(text: str) -> tuple[Words, ...]:
    return (Words(text, strong=True),) if text else ()


def _found(told: Told) -> Section:
    said = tuple(finding(*says, share_of(told, key), told.small_up_to) for key, says in FOUND.items())
    hidden = f" Where a number is from 1 to {told.small_up_to}, no more is told, so that nobody can be recognised."
    return Section("found", "What we found", (Points(said), Words(COUNCIL + (hidden if told.small_up_to else ""))))


def finding(about: str, says: str, share: Share, up_to: int) -> str:
    """A share in a sentence that tells no small number: not k, not the rest, and of few audits nothing."""
    if share.fraction is None:
        return f"{about}: no audit of the month graded this."
    if share.n < 2 * up_to:
        return f"{about}: too few audits to give a figure. There were fewer than {2 * up_to}."
    return f"{about} {says} {_counted(share, share.fraction, up_to)}."


def _counted(share: Share, fraction: Fraction, up_to: int) -> str:
    if share.k == share.n:
        return f"all {share.n:,} audits"
    if share.k == 0:
        return f"none of {share.n:,} audits"
    if share.k <= up_to:
        return f"{up_to} or fewer of {share.n:,} audits"
    if share.n - share.k <= up_to:
        return f"all but {up_to} or fewer of {share.n:,} audits"
    return f"{share.k:,} of {share.n:,} audits ({percent(fraction, share.n)})"


def share_of(told: Told, key: str) -> Share:
    """The council's share of a measure in the month alone, so that no two summaries differ by a single month."""
    return next((one.share for one in told.figures.share(key).months if one.month == told.month), Share(0, 0))


def _heard(told: Told) -> Iterator[Section]:
    if told.quotations:
        said = tuple(Quote(text, who) for text, who in told.quotations)
        yield Section("words", "In children’s and families’ own words", said)


def _typed(key: str, title: str, text: str) -> Iterator[Section]:
    """What somebody typed: paragraphs and lists."""
    blocks: list[Block] = []
    for part in parts(text):
        if part.kind == "list":
            blocks.append(Points(part.texts))
        else:
            blocks.append(Words(part.texts[0], strong=part.kind != "paragraph"))
    if blocks:
        yield Section(key, title, tuple(blocks))


def _questions(told: Told) -> Section:
    about = f" about ‘{told.theme}’" if told.theme else ""
    asked = (
        "Where do we see this in our own work? What are we proud of?",
        f"What would the children and families we work with say{about}?",
        "What one thing do we do differently from now on, and how will we know that it helps?",
    )
    return Section("questions", "Questions for your team meeting", (Points(asked),))
