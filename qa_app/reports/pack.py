"""The board pack of a closed month: what is in it and in which order, from published figures alone."""

from dataclasses import replace
from typing import Final

from moderation.statistics.figures import Figures, ShareFigure
from qa_app.charts.picture import NO_FIGURE, Picture
from qa_app.reports import breakdowns, outlook, pack_agreement, pictures, wording
from qa_app.reports import pack_sections as later
from qa_app.reports.dates import day_name, month_name
from qa_app.reports.document import Chart, Document, Grid, Points, Section, Words, points, words
from qa_app.reports.pack_learning import learning
from qa_app.reports.pack_sources import sources, themes
from qa_app.reports.pack_values import Pack

WINDOW: Final = "last_3"
HEADERS: Final = ("Measure", "Target", "Figure", "Counted", "Verdict", "Certainty and note")


def document(pack: Pack) -> Document:
    """The pack as content."""
    title = f"Board pack, {month_name(pack.month)}"
    rules = pack.figures.rules_version
    how = "brought in and closed" if pack.imported else "closed"
    period = breakdowns.period_words(pack.breakdown.period) if pack.breakdown else ""
    lines = (
        f"Whole council. Figures up to {month_name(pack.month)}, as published when the month was {how} on "
        f"{day_name(pack.closed_on)}.",
        f"Services and teams: {period}." if period else "",
        "Small numbers are protected. The pack is the same for everybody who may read it.",
        f"Rules {rules}.",
    )
    sections = (
        _summary(pack), _targets(pack), *_measures(pack), *pack_agreement.agreement(pack.figures), *later.plan(pack),
        *later.places(pack), *sources(pack.found), *themes(pack.found, pack.small_up_to), later.actions(pack),
        *learning(pack), later.revised(pack), later.reading(pack), *later.method(pack), later.record(pack),
    )  # fmt: skip
    foot = f"{title} · published {day_name(pack.closed_on)} · rules {rules}"
    return Document(title, pack.council, tuple(filter(None, lines)), sections, foot)


def cards(figures: Figures) -> list[wording.Card]:
    """The targets strip of what is published."""
    return [one for one in wording.cards(figures, WINDOW) if one.key != "expectations"]


def _summary(pack: Pack) -> Section:
    figures = pack.figures
    said = [_card_words(one) for one in cards(figures)]
    clear, _ = outlook.changes(pack.changed)
    at_risk = outlook.risks(figures, WINDOW)
    return Section(
        "summary",
        "Summary",
        (
            Points(tuple(said)),
            Words(later.plan_words(pack)),
            Words("What clearly changed since the three months before", strong=True),
            *(points([f"{one.name}: {one.words}" for one in clear]) or words("Nothing clearly changed.")),
            Words("What is at risk", strong=True),
            *(points([f"{one.name}: {one.words}" for one in at_risk]) or words("Nothing stands close to its target.")),
        ),
    )


def _card_words(card: wording.Card) -> str:
    if card.figure == NO_FIGURE:
        return f"{card.name}: no figure. {card.counts}."
    verdict = card.verdict[:1].lower() + card.verdict[1:]
    return f"{card.name}: {verdict}. {card.figure}, {card.counts}. {card.certainty}".strip()


def _targets(pack: Pack) -> Section:
    rows = tuple(
        (one.name, one.target, one.figure, one.counts, one.verdict,
         " ".join(filter(None, (one.certainty, one.note))) or "–")
        for one in cards(pack.figures)
    )  # fmt: skip
    title = f"Against the targets, {wording.WINDOWS[WINDOW].lower()}"
    whole = Grid(
        "The whole council, every measure", breakdowns.COUNCIL_HEADERS,
        tuple(breakdowns.council_rows(pack.figures, WINDOW)), (24, 22, 12, 15, 30, 32), (2, 3),
    )  # fmt: skip
    return Section("targets", title, (Grid(title, HEADERS, rows, (20, 14, 12, 24, 15, 36)), whole))


def _measures(pack: Pack) -> tuple[Section, ...]:
    figures, made = pack.figures, published_months(pack.figures)
    streak = figures.supervision.streak
    run: tuple[Words, ...] = ()
    if streak is not None:
        chance = wording.chance_words(streak, figures.supervision.measure.target)
        run = (Words(wording.run_words(streak), strong=True), *words(chance))
    others = tuple(Chart(made[key], "months", 0.8) for key in ("plans", "chronology", "permanence"))
    return (
        Section("supervision", "Supervision: four months running", (*run, Chart(made["supervision"], "months"))),
        Section("cases", "Cases good or better", (Chart(made["cases"], "months"), *pack_agreement.corrected(figures))),
        Section("others", "Plans, chronologies and permanence", others),
    )


def published_months(figures: Figures) -> dict[str, Picture]:
    """The council's shares month by month; a month that was still open is not published."""
    made = {}
    for one in figures.all:
        if isinstance(one, ShareFigure):
            questions = bool(one.measure.questions)
            made[one.measure.key] = pictures.by_month(
                replace(one, months=tuple(month for month in one.months if not month.open)),
                counted="All four" if questions else "Good or better",
                of="Children" if questions else "Audits",
            )
    return made
