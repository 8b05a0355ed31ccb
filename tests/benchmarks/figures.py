"""The arithmetic alone: intervals, agreement from counts, every measure from the facts, charts and the printed page."""

from datetime import date

import numpy as np

from moderation.statistics.facts import Facts
from moderation.statistics.figures import AgreementWindow, Figures
from moderation.statistics.measures import compute
from moderation.statistics.rules import Rules
from moderation.statistics.share import Share
from qa_app.reports import pictures
from qa_app.reports.document_paper import document_pdf
from qa_app.reports.pack import document
from qa_app.reports.pack_values import Pack
from qa_app.reports.scorecard import Scorecard, scorecard
from tests.benchmarks.tables import Line, Table, within
from tests.benchmarks.timing import alone, in_turns, processor_ms

PAIRS = 1_000_000


def statistics(facts: Facts, rules: Rules, until: date, *, rounds: int) -> Table:
    """Closed forms on counts: their cost does not grow with the number of audits."""
    table = Table(
        "The arithmetic",
        "SQL hands over counts, so every estimate and interval is a closed form on a few hundred numbers, whatever the "
        "number of audits. One `numpy.bincount` of a million pairs stands beside it to say how little that is. ",
    )
    grades = np.random.default_rng(1).integers(0, 16, PAIRS)
    took = in_turns(
        {"figures": lambda: compute(facts, rules, until), "floor": lambda: np.bincount(grades, minlength=16)},
        rounds=rounds,
    )
    beside = "one bincount of 1,000,000 pairs"
    table.lines.append(
        Line(
            "Every measure, run and interval of 24 months",
            "2,400 audits",
            took["figures"],
            beside,
            took["floor"],
            within(30),
        )
    )
    table.lines.append(
        Line("One Wilson interval", "k = 41 of 50", alone(_interval, rounds=rounds * 100), "", None, within(30))
    )
    return table


def _interval() -> object:
    return Share(41, 50).wilson()


def paper(figures: Figures, card: Scorecard, board: Pack, *, rounds: int) -> Table:
    """Charts as SVG, and the scorecard and the board pack as PDF."""
    table = Table(
        "Charts and reports on paper",
        "Charts are drawn as plain shapes; processor time for the PDFs, which are one month's scorecard and board pack "
        "with their charts, tagged for screen readers. The pack's goal is that of 20 pages.",
    )
    window: AgreementWindow = dict(figures.agreement.windows.items())["all"]
    drawn = {
        "A share over 24 months": lambda: str(
            pictures.by_month(figures.share("supervision"), counted="Good or better", of="Audits").svg
        ),
        "The auditor and moderator table": lambda: str(pictures.agreement(window).svg),
    }
    for what, ms in in_turns(drawn, rounds=rounds * 10).items():
        table.lines.append(Line(what, "SVG", ms, "", None, within(1)))
    made = {
        "One month's scorecard": (lambda: scorecard(card), within(1000)),
        "One month's board pack": (lambda: document_pdf(document(board), cover=True), within(2000)),
    }
    for what, (drawing, goal) in made.items():
        pages = drawing().count(b"/Type /Page\n")
        size = f"PDF, {pages} pages" if pages else "PDF"
        table.lines.append(Line(what, size, processor_ms(drawing, rounds=rounds), "", None, goal))
    return table
