"""The feedback letter of an audit: what is strong, what would make it better and what happens next, on one page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final, NamedTuple

from qa_app.reports.dates import day_name, month_name
from qa_app.reports.paper import Imprint, Paper, length, printed

# (most items of a list, most characters of an item): the first that fits one page is taken.
BUDGETS: Final = ((14, 1200), (12, 500), (10, 300), (8, 220), (6, 160), (5, 120), (4, 90), (3, 70), (2, 60))
REST: Final = "Some of this is shortened to fit one page. The rest is on the letter’s page in Beyond Auditing."


class Said(NamedTuple):
    """Something said of one part of practice."""

    part: str
    words: str


class Next(NamedTuple):
    """An action: what, who and by when."""

    what: str
    owner: str
    due_on: date | None
    done: bool

    @property
    def words(self) -> str:
        """The action on one line."""
        who = f" ({self.owner}{f', by {day_name(self.due_on)}' if self.due_on else ''})" if self.owner else ""
        return f"{'Done: ' if self.done else ''}{self.what}{who}"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter is made of. `grades` are the final ones, each with the parts of practice that have it."""

    council: str
    reference: str
    month: date
    tool: str
    worker: str
    manager: str
    auditor: str
    leads: tuple[str, ...]
    moderated: bool
    overall: str
    meaning: str
    grades: tuple[tuple[str, tuple[str, ...]], ...]
    changed: tuple[str, ...]
    strengths: tuple[Said, ...]
    better: tuple[Said, ...]
    steps: tuple[Next, ...]
    given_on: date | None
    answer_days: int

    @property
    def title(self) -> str:
        return f"Feedback letter {self.reference}"

    @property
    def greeting(self) -> str:
        return f"Dear {self.worker}," if self.worker else "Dear colleague,"

    @property
    def opening(self) -> str:
        """The first words: thanks, and what this letter is for."""
        return (
            f"Thank you for your work with this child and family. {self.auditor} audited the child’s record for "
            f"{month_name(self.month)} ({self.tool}). This letter says what is strong, what would make it better and "
            "what happens next. Audits are for learning: what you do well is as much a finding as what could be better."
        )

    @property
    def about_the_grades(self) -> str:
        """How the grades came to be final."""
        if not self.moderated:
            return "These are the final grades, as the auditor gave them."
        which = _listed(self.changed) if len(self.changed) <= 3 else f"{len(self.changed)} of the grades"
        changed = f" Moderation changed {which}." if self.changed else ""
        return f"A moderator graded the same work independently, and both agreed the final grades below.{changed}"

    @property
    def talk_to(self) -> str:
        """Who to talk to."""
        manager = (
            f"Talk it through with {self.manager}, your manager, or with" if self.manager else "Talk it through with"
        )
        leads = f" The QA lead is {_listed(self.leads)}." if self.leads else ""
        return f"{manager} {self.auditor}, who did the audit. Bring what you are proud of and what you need.{leads}"

    @property
    def disagree(self) -> str:
        """How to dispute."""
        if self.given_on is not None:
            return (
                f"You gave your reflection on {day_name(self.given_on)}. If something is still not right, tell the QA "
                "lead, who can put it right."
            )
        return (
            "You can say how you see it, or dispute a finding, on your reflection page for this audit. The QA lead "
            f"answers every dispute within {self.answer_days} working days."
        )


def letter_pdf(letter: Letter) -> bytes:
    """The letter as a PDF of one page; lists are shortened until it fits, and then it says so."""
    imprint = Imprint(letter.title, letter.council, f"{letter.title} · {month_name(letter.month)}")
    for budget in BUDGETS:
        write = partial(_write, letter=letter, budget=budget)
        if length(imprint, write) == 1:
            return printed(imprint, write)
    return printed(imprint, write, most=1, rest=REST)


def _write(paper: Paper, letter: Letter, budget: tuple[int, int]) -> None:
    paper.paragraph(letter.council, size=11, muted=True)
    paper.heading(letter.title, 1)
    paper.paragraph(letter.greeting)
    paper.paragraph(letter.opening)
    lists = (
        ("What is strong", [f"{one.part}: {one.words}" for one in letter.strengths]),
        ("What would make it better", [f"{one.part}: {one.words}" for one in letter.better]),
        ("What happens next", [one.words for one in letter.steps]),
    )
    cut = False
    for title, items in lists:
        shown = list(_within(items, budget))
        cut = cut or shown != items
        if shown:
            paper.heading(title, 2, keep=30)
            paper.bullets(shown, size=9)
    paper.heading("The final grades", 2, keep=40)
    if letter.overall:
        paper.paragraph(f"Overall: {letter.overall}. {letter.meaning}", bold=True, size=9)
    paper.paragraph(letter.about_the_grades, size=9)
    paper.table(("Grade", "Parts of practice"), [(grade, "; ".join(parts)) for grade, parts in letter.grades], (30, 70))
    paper.heading("Talk about it", 2, keep=40)
    paper.paragraph(f"{letter.talk_to} {letter.disagree}", size=9)
    if cut:
        paper.paragraph(REST, size=8.5, bold=True)


def _within(items: Sequence[str], budget: tuple[int, int]) -> Iterator[str]:
    most, longest = budget
    for item in items[:most]:
        yield item if len(item) <= longest else f"{item[:longest].rsplit(None, 1)[0]} …"


def _listed(names: Sequence[str]) -> str:
    """Names as they are said: one, two and three."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
