"""`qa agreement`: the whole agreement analysis of a plain CSV file, without a database."""

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa_app.commands.faults import CommandFault

if TYPE_CHECKING:
    from moderation.statistics.pair_list import PairRow
    from moderation.statistics.target import Target
    from qa_app.intake.pairs import PairsFile

SHOWN_FAULTS = 50


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
@click.option("--auditor", metavar="HEADING", help="The column of the auditor's grade, where it is not found.")
@click.option("--moderator", metavar="HEADING", help="The column of the moderator's grade, where it is not found.")
@click.option("--domain", metavar="NAME", help="Only this domain of the file.")
@click.option("--target", metavar="PERCENT", default="90", show_default=True, help="Agreement must be above this.")
@click.option("--at-least", is_flag=True, help="The target itself is enough.")
def agreement(
    file: Path,
    *,
    as_json: bool,
    auditor: str | None,
    moderator: str | None,
    domain: str | None,
    target: str,
    at_least: bool,
) -> int:
    """Analyse how auditors' and moderators' grades agree, from a CSV file.

    The file has a line for each pair and two columns of grades: Outstanding, Good, Requires improvement, Inadequate,
    or O, G, RI, I. Columns for the stratum, N (the audits of the stratum), the domain and the auditor are used where
    they are there. A line without a moderator's grade is an audit nobody moderated.

    Nothing is computed while a line cannot be read: each is listed, and the exit status is 1.
    """
    from moderation.statistics.pair_list import Settings, analysed_list
    from qa_app.intake.pairs import read_pairs
    from qa_app.reports.pair_list_json import analysis_json
    from qa_app.reports.pair_list_text import analysis_text

    settings = Settings(_target(target, at_least=at_least))
    chosen = {"auditor_grade": auditor, "moderator_grade": moderator}
    found = read_pairs(file.read_bytes(), {field: name for field, name in chosen.items() if name})
    if found.faults:
        _tell(found)
        return 1
    made = analysed_list(_of_domain(found, domain), found.audits, settings)
    if as_json:
        said = {"file": file.name, "columns": dict(found.columns), "notes": list(found.notes)}
        click.echo(json.dumps(said | analysis_json(made, settings), indent=2))
    else:
        click.echo("\n".join([f"{file.name}, {len(found.rows):,} lines", *found.notes]))
        click.echo(analysis_text(made, settings))
    return 0


def _of_domain(found: "PairsFile", domain: str | None) -> "list[PairRow]":
    if domain is None:
        return list(found.rows)
    rows = [row for row in found.rows if row.domain.casefold() == domain.casefold()]
    if not rows:
        known = ", ".join(dict.fromkeys(row.domain for row in found.rows if row.domain)) or "none"
        raise CommandFault(f"The file has no domain '{domain}'. Its domains: {known}.")
    return rows


def _tell(found: "PairsFile") -> None:
    for fault in found.faults[:SHOWN_FAULTS]:
        click.echo(f"Line {fault.line}: {fault.words}", err=True)
    more = len(found.faults) - SHOWN_FAULTS
    if more > 0:
        click.echo(f"And {more:,} more.", err=True)
    many = "1 line" if len(found.faults) == 1 else f"{len(found.faults):,} faults"
    click.echo(f"Nothing was computed: correct {many} and run the command again.", err=True)


def _target(text: str, *, at_least: bool) -> "Target":
    from moderation.statistics.target import Operator, Target

    try:
        line = Fraction(text.rstrip("% ")) / 100
        return Target(Operator.AT_LEAST if at_least else Operator.ABOVE, line.numerator, line.denominator)
    except (ValueError, ZeroDivisionError):
        raise CommandFault(f"'{text}' is not a percentage. Write a number between 0 and 100, such as 90.") from None
