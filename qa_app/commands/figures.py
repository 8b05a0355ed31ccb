"""`qa figures` and `qa scorecard`: every figure as a table or as JSON, and a month's scorecard as a PDF."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa_app.commands import place
from qa_app.commands.faults import CommandFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from rich.console import Console

    from moderation.statistics.figures import Figures

Row = tuple[str, ...]


@click.command()
@click.option("--until", metavar="MONTH", help="The last month included, such as 2026-10; the newest one unless told.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
@click.option("--before-challenges", is_flag=True, help="Count final grades as they were agreed, before any challenge.")
def figures(*, until: str | None, as_json: bool, before_challenges: bool) -> int:
    """Print every figure, as the database stands now.

    Without any audits it says so and exits with 1; the JSON then has no months.
    """
    from moderation.statistics.agreement_json import with_analysis
    from qa_app.queries.reach import Reach
    from qa_app.services import compared
    from qa_app.services.figures import NoMonthYet
    from qa_app.services.figures import figures as now

    month = _month(until) if until is not None else None
    with place.reading() as session:
        try:
            made = now(session, reach=Reach(before_challenges=before_challenges), until=month)
        except NoMonthYet as fault:
            if as_json:
                click.echo(json.dumps(_nothing()))
            click.echo(str(fault), err=True)
            return 1
        beside = compared.every_window(session, until=made.until) if as_json else {}
        teams = compared.team_names(session) if as_json else {}
    if as_json:
        analysed = {name: one.analysis for name, one in beside.items()}
        elements = {name: one.elements for name, one in beside.items()}
        click.echo(json.dumps(with_analysis(made, analysed, elements, teams), indent=2))
    else:
        _print(made)
    return 0


def _month(text: str) -> "date":
    from moderation.statistics import months

    try:
        return months.read(text)
    except ValueError as fault:
        raise CommandFault(str(fault)) from fault


def _nothing() -> dict[str, object]:
    """The JSON of a database without a month: the same shape, with no month in it and no figure."""
    from moderation.statistics.agreement_json import with_analysis
    from moderation.statistics.analysis import analyse
    from moderation.statistics.facts import Facts
    from moderation.statistics.measures import compute
    from moderation.statistics.rules import Rules
    from moderation.statistics.scope import Scope

    scope = Scope(Facts(), Rules(), place.now().date().replace(day=1))
    made = compute(scope.facts, scope.rules, scope.until)
    analysed = {name: analyse(window, scope) for name, window in made.agreement.windows.items()}
    return {**with_analysis(made, analysed, {}, {}), "until": None}


def _print(made: "Figures") -> None:
    from rich.console import Console

    from qa_app.reports import wording
    from qa_app.reports.dates import month_name

    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = 160  # a file or a pipe has no edge to fold at
    console.print(f"Figures up to {month_name(made.until)}, rules {made.rules_version}\n")
    strip = [
        (c.name, c.target, c.figure, c.counts, c.verdict, f"{c.certainty} {c.note}")
        for c in wording.cards(made, "last_3")
    ]
    _table(
        console,
        "Against the targets",
        ("Measure", "Target", "Figure", "Counted", "Verdict", "Certainty and note"),
        strip,
    )
    headings = (
        "Month",
        "Supervision",
        "Cases, final",
        "Cases, as graded",
        "Plans",
        "Chronology",
        "Permanence",
        "Agreement",
    )
    _table(console, "By month", headings, _by_month(made))
    columns: Row = ("Period", "Weighted", "95% interval", "Unweighted", "Verdict", "Certainty", "Covered")
    _table(console, "Agreement", columns, _agreement(made))
    columns = ("Period", "Final grades", "95% interval", "Corrected by moderation")
    _table(console, "Cases good or better", columns, _cases(made))


def _by_month(made: "Figures") -> "Iterator[Row]":
    shown = (
        made.supervision.months, made.cases.months, made.cases.as_graded or (), made.plans.months,
        made.chronology.months, made.share("permanence").months, made.agreement.months,
    )  # fmt: skip
    for one, *rest in zip(*shown, strict=True):
        name = f"{one.month:%Y-%m}{' (open)' if one.open else ''}"
        yield (name, one.share.text, *(other.share.text for other in rest))


def _agreement(made: "Figures") -> "Iterator[Row]":
    from qa_app.reports import wording

    for name, window in made.agreement.windows.items():
        card = next(one for one in wording.cards(made, name) if one.key == "agreement")
        ends = wording.interval_words(window.interval)
        yield (
            wording.WINDOWS[name], card.figure, ends, window.share.text, card.verdict, card.certainty,
            window.covered.text,
        )  # fmt: skip


def _cases(made: "Figures") -> "Iterator[Row]":
    from qa_app.reports import wording

    corrected = dict(made.cases.corrected.items()) if made.cases.corrected is not None else {}
    for name, pooled in made.cases.windows.items():
        estimate = wording.estimate_words(corrected[name].estimate, corrected[name].interval)
        yield (wording.WINDOWS[name], pooled.share.text, wording.interval_words(pooled.interval), estimate)


def _table(console: "Console", title: str, headings: Row, rows: "Iterable[Row]") -> None:
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print()


@click.command()
@click.argument("month")
@click.option(
    "-o", "--output", "target", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the PDF; scorecard-MONTH.pdf here unless told.",
)  # fmt: skip
def scorecard(month: str, target: Path | None) -> None:
    """Write the scorecard of a month, such as 2026-10, as a PDF.

    A closed month is printed as it was published; an open one is marked provisional.
    """
    from moderation.statistics import months
    from qa_app.clock import london_day
    from qa_app.reports.scorecard import scorecard as made
    from qa_app.services.scorecards import NoSuchMonth, month_card

    wanted = _month(month)
    council, on = place.settings().council, london_day(place.now())
    with place.reading() as session:
        try:
            card = month_card(session, wanted, council=council, on=on)
        except NoSuchMonth as fault:
            raise CommandFault(str(fault)) from fault
    path = target or Path(f"scorecard-{months.name(wanted)}.pdf")
    path.write_bytes(made(card))
    click.echo(f"{path} is written. {card.standing}")
