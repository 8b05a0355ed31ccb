"""The scorecard of a month as a PDF for a board: the same figures as on the page, three or four sheets of A4."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from moderation.statistics.data_notes import IMPORTED, NoteSection
from moderation.statistics.figures import AgreementWindow, Figures, ShareFigure
from moderation.statistics.share import Share
from qa_app.reports import pictures, wording
from qa_app.reports.dates import day_name, month_name, span
from qa_app.reports.paper import INNER, Imprint, Paper, printed

WINDOW: Final = "last_3"
READING: Final = (
    "k of n: of n audits, k are so. Every percentage stands beside its k and n; with fewer than 20 audits it has no "
    "decimals.",
    "Met and not met are what the plan's own words make of the figure. The second word says how certain that is: "
    "whether the whole 95% interval lies on the same side of the target.",
    "Not judged: too few audits for a verdict. No figure: nothing was seen, which is neither 0% nor a failure.",
    "In the charts the thick line is the target, shaded months are the run that stands, thin upright lines are 95% "
    "intervals, and hollow dots are months still open, which never count.",
    "In the table of grades the outlined diagonal is agreement; above it the auditor was over-optimistic, below it "
    "over-critical.",
)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A month's figures and what they are printed with. `provisional`: the month is still open.

    `made_on` is the day the month was closed, or for an open month the day of printing.
    """

    month: date
    council: str
    figures: Figures
    notes: tuple[NoteSection, ...]
    made_on: date
    provisional: bool = False
    imported: bool = False
    asked_with: str = ""  # the versions of the tool behind the figures, as a sentence

    @property
    def standing(self) -> str:
        """Whether these are the published figures, in a sentence."""
        if self.provisional:
            return f"Open month, provisional: figures as they stood on {day_name(self.made_on)}. They will change."
        brought = "Brought in and closed" if self.imported else "Closed"
        return f"{brought} on {day_name(self.made_on)}: figures as published then."


def scorecard(card: Scorecard) -> bytes:
    """The PDF. The same scorecard makes the same bytes."""
    title = f"Practice scorecard, {month_name(card.month)}"
    state = "provisional" if card.provisional else f"published {day_name(card.made_on)}"
    foot = f"{title} · {state} · rules {card.figures.rules_version}"
    return printed(Imprint(title, card.council, foot), lambda paper: _write(paper, card, title))


def _write(paper: Paper, card: Scorecard, title: str) -> None:
    figures = card.figures
    paper.paragraph(card.council, size=11, muted=True)
    paper.heading(title, 1)
    paper.paragraph(f"{card.standing} Rules {figures.rules_version}.", bold=card.provisional)
    _targets(paper, figures)
    paper.heading("Supervision: four months running")
    streak = figures.supervision.streak
    if streak is not None:
        paper.paragraph(wording.run_words(streak), bold=True)
        paper.paragraph(wording.chance_words(streak, figures.supervision.measure.target))
    paper.picture(pictures.by_month(figures.supervision, counted="Good or better", of="Audits"))
    _agreement(paper, figures)
    _month_itself(paper, card)
    _reading(paper, card)
    _cases(paper, figures)
    _others(paper, figures)
    _notes(paper, card)


def _targets(paper: Paper, figures: Figures) -> None:
    paper.heading(f"Against the targets, {wording.WINDOWS[WINDOW].lower()}")
    paper.table(
        ("Measure", "Target", "Figure", "Counted", "Verdict", "Certainty and note"),
        [
            (
                one.name,
                one.target,
                one.figure,
                one.counts,
                one.verdict,
                " ".join(filter(None, (one.certainty, one.note))) or "–",
            )
            for one in wording.cards(figures, WINDOW)
        ],
        (20, 14, 12, 24, 15, 36),
        bold=(0, 2, 4),
    )


def _agreement(paper: Paper, figures: Figures) -> None:
    over = figures.agreement.windows.last_12
    paper.heading("Agreement of auditors with moderators")
    paper.paragraph(wording.direction_words(over.pairs.direction))
    paper.picture(pictures.agreement(over), width=INNER * 0.52)
    paper.table(
        ("Period", "Weighted", "95% interval", "Unweighted", "Verdict", "Certainty", "Audits covered"),
        list(_windows(figures)),
        (23, 15, 17, 20, 13, 30, 22),
        bold=(0, 4),
    )
    paper.paragraph(_moderated(over))


def _windows(figures: Figures) -> Iterator[tuple[str, ...]]:
    target = figures.agreement.measure.target
    limits = (target.line,) if target is not None else ()
    for name, window in figures.agreement.windows.items():
        card = next(one for one in wording.cards(figures, name) if one.key == "agreement")
        yield (
            wording.WINDOWS[name],
            card.figure,
            wording.interval_words(window.interval, *limits),
            window.share.text,
            card.verdict,
            card.certainty or "–",
            window.covered.text,
        )


def _moderated(over: AgreementWindow) -> str:
    counts = (
        f"In the last 12 closed months {over.selected:,} audits were selected for moderation: {over.done_blind:,} were "
        f"moderated blind, {over.done_otherwise:,} otherwise, {over.not_done:,} not at all."
    )
    return " ".join((counts, *over.notes))


def _cases(paper: Paper, figures: Figures) -> None:
    paper.heading("Cases good or better")
    paper.picture(pictures.by_month(figures.cases, counted="Good or better", of="Audits"), width=INNER * 0.78)
    corrected = figures.cases.corrected
    if corrected is None or figures.cases.as_graded is None:
        return
    graded = {one.month: one.share for one in figures.cases.as_graded}
    rows = []
    for (name, window), pooled in zip(corrected.items(), dict(figures.cases.windows.items()).values(), strict=True):
        auditors = sum((graded[month] for month in pooled.months), Share(0, 0))
        rows.append(
            (
                wording.WINDOWS[name],
                pooled.share.text,
                wording.interval_words(pooled.interval),
                auditors.text,
                wording.estimate_words(window.estimate, window.interval),
            )
        )
    headings = ("Period", "Final grades", "95% interval", "As auditors graded", "Corrected by moderation")
    paper.table(headings, rows, (24, 24, 16, 24, 26))
    paper.paragraph(f"Corrected: what moderators would have said of every audit. {corrected.last_12.note}")


def _others(paper: Paper, figures: Figures) -> None:
    paper.heading("Plans, chronologies and audits expected", keep=150)
    plans = pictures.by_month(figures.plans, counted="Good or better", of="Audits")
    chronology = pictures.by_month(figures.chronology, counted="All four", of="Children")
    for picture in (plans, chronology):
        paper.picture(picture, width=INNER * 0.58)
    latest = figures.expectations.latest
    if latest is not None and latest.by_group:
        groups = "; ".join(
            f"{_group(one.role_group)}: {one.share.text}, {one.excused:,} excused" for one in latest.by_group
        )
        paper.paragraph(
            f"Did what was expected in {month_name(latest.month)}. {groups}. Audit forms judged sound in moderation: "
            f"{latest.sound_forms.text}."
        )


def _group(code: str) -> str:
    return {
        "manager": "Team and service managers",
        "iro": "Independent reviewing officers (outside the target)",
    }.get(code, "Others (outside the target)")


def _month_itself(paper: Paper, card: Scorecard) -> None:
    paper.heading(f"The month itself: {month_name(card.month)}")
    rows = list(_shares(card.month, (one for one in card.figures.all if isinstance(one, ShareFigure))))
    agreement = next((one for one in card.figures.agreement.months if one.month == card.month), None)
    if agreement is not None:
        ends = wording.interval_words(agreement.share.wilson())
        rows.append(("Agreement, unweighted", agreement.share.text, ends, "Judged over periods only"))
    paper.table(("Measure", "Share", "95% interval", "Against the target"), rows, (58, 22, 19, 40))
    if card.provisional:
        paper.paragraph("The month is open, so nothing in it is judged and it counts in no period above.")


def _shares(month: date, figures: Iterable[ShareFigure]) -> Iterator[tuple[str, ...]]:
    for figure in figures:
        one = next((one for one in figure.months if one.month == month), None)
        if one is None:
            continue
        verdict = (
            one.verdict.words.capitalize() if one.verdict is not None else "Not judged" if one.open else "No target"
        )
        ends = wording.interval_words(one.share.wilson())
        yield (figure.measure.title, one.share.text, ends, " ".join(filter(None, (f"{verdict}.", one.note))))


def _reading(paper: Paper, card: Scorecard) -> None:
    windows = card.figures.agreement.windows
    paper.heading("How to read this")
    periods = (
        f"The last 3 closed months are {span(windows.last_3.months)}; the last 12 are {span(windows.last_12.months)}."
    )
    paper.bullets((*READING, periods, *filter(None, [card.asked_with])), size=8)


def _notes(paper: Paper, card: Scorecard) -> None:
    paper.heading(f"Data notes: what every figure counts, rules {card.figures.rules_version}")
    for section in card.notes:
        _note(paper, section.title, section.sentences)
    if card.imported:
        _note(paper, "Imported audits", IMPORTED)


def _note(paper: Paper, title: str, sentences: Iterable[str]) -> None:
    paper.heading(title, 3, keep=20)
    paper.paragraph(" ".join(sentences), size=7.6)
