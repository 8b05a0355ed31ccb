"""`qa import`: the good rows of a file saved, everything added, changed and refused printed with row numbers."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa_app.commands import place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qa_app.services.batches import Line, Outcome

MOST_LINES = 40  # of additions and changes; refused rows are all printed

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
dry_run_option = click.option("--dry-run", is_flag=True, help="Show what would happen and save nothing.")


@click.group("import")
def imports() -> None:
    """Bring in a file: CSV or Excel workbook.

    The good rows are saved. What was added, changed and refused is printed with row numbers; the exit status is 1 when
    rows were refused.
    """


@imports.command()
@file_argument
@dry_run_option
def staff(file: Path, *, dry_run: bool) -> int:
    """Bring in the staff list: people, teams, services and line managers."""
    from qa_app.intake.headings import Kind
    from qa_app.intake.limits import Limits
    from qa_app.services import people
    from qa_app.services.batches import keep_batch

    data = file.read_bytes()
    by, at = place.by(), place.now()
    with place.writing(keep=not dry_run) as session:
        read = people.read_file(session, data, limits=Limits.command_line())
        with counting("Saving people", len(read.good)) as advance:
            outcome = people.apply_staff(session, read, by=by, at=at, advance=advance)
        if not dry_run:
            keep_batch(session, Kind.STAFF, data, outcome, by=by, at=at)
    return show(outcome, "people", dry_run=dry_run)


@imports.command()
@file_argument
@dry_run_option
@click.option("--whole-list", is_flag=True, help="Cases that are not in the file count as closed from now on.")
def cases(file: Path, *, dry_run: bool, whole_list: bool) -> int:
    """Bring in the case list. Case references are encrypted and never printed."""
    from qa_app.clock import london_day
    from qa_app.intake.limits import Limits
    from qa_app.services.imports.cases import plan_cases, save_cases
    from qa_app.services.imports.opening import open_cases

    data, by, at, keys = file.read_bytes(), place.by(), place.now(), place.case_keys()
    with place.writing(keep=not dry_run) as session:
        opened = open_cases(session, data, limits=Limits.command_line(), today=london_day(at)).needed()
        plan = plan_cases(session, opened, keys=keys, whole_list=whole_list)
        if not dry_run:
            with counting("Saving cases", len(plan.new) + len(plan.changed)) as advance:
                save_cases(session, plan, data, keys=keys, by=by, at=at, advance=advance)
    return show(plan.outcome, "cases", dry_run=dry_run)


@imports.command()
@file_argument
@dry_run_option
def register(file: Path, *, dry_run: bool) -> int:
    """Bring in a register of past audits. Its months come in closed."""
    from qa_app.clock import london_day
    from qa_app.intake.limits import Limits
    from qa_app.services.imports.opening import open_register
    from qa_app.services.imports.register import save_register
    from qa_app.services.imports.register_plan import plan_register

    data, by, at, keys = file.read_bytes(), place.by(), place.now(), place.case_keys()
    with place.writing(keep=not dry_run) as session:
        opened = open_register(session, data, limits=Limits.command_line(), today=london_day(at)).needed()
        plan = plan_register(session, opened, keys=keys)
        if not dry_run:
            with counting("Saving audits", len(plan.audits)) as advance:
                save_register(session, plan, data, keys=keys, by=by, at=at, advance=advance)
    return show(plan.outcome, "audits", dry_run=dry_run)


@contextmanager
def counting(words: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal, nothing elsewhere; the answer is called with how many more are done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(words, total=total)
        yield lambda more: progress.advance(task, more)


def show(outcome: "Outcome", things: str, *, dry_run: bool) -> int:
    """Print an outcome; the answer is the exit status: 1 when rows were refused."""
    from rich.console import Console

    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    for note in outcome.notes:
        console.print(note)
    _lines(f"Added {things}", outcome.additions)
    _lines(f"Changed {things}", outcome.changes)
    _problems("Worth checking (these rows came in)", outcome.reports)
    _problems("Refused rows", outcome.refusals)
    left_out = f", {outcome.left_out:,} left out" if outcome.left_out else ""
    console.print(
        f"{outcome.added:,} added, {outcome.changed:,} changed, {outcome.unchanged:,} as before"
        f"{left_out}, {outcome.refused:,} refused."
    )
    if dry_run:
        console.print("This was a trial: nothing was saved.")
    return 1 if outcome.refused else 0


def _lines(title: str, lines: "Sequence[Line]") -> None:
    if not lines:
        return
    _print_table(
        f"{title}: {len(lines):,}",
        ("Row", "Who or what", "Details"),
        [(_number(line.row), line.name, line.what) for line in lines[:MOST_LINES]],
        more=len(lines) - MOST_LINES,
    )


def _problems(title: str, problems: "Sequence[object]") -> None:
    if not problems:
        return
    _print_table(
        title,
        ("Row", "Column", "Value", "Why"),
        [(_number(p.row_number), p.column, p.value or "", p.reason) for p in problems],  # type: ignore[attr-defined]
    )


def _number(row: int | None) -> str:
    return "" if row is None else str(row)


def _print_table(title: str, headings: tuple[str, ...], rows: list[tuple[str, ...]], *, more: int = 0) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = 200  # a file or a pipe has no edge to fold at
    table = Table(title=title, title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
    for position, heading in enumerate(headings):
        table.add_column(heading, justify="right" if position == 0 else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text("".join(c if c.isprintable() else "�" for c in cell)) for cell in row))
    console.print(table)
    if more > 0:
        console.print(f"… and {more:,} more")
    console.print()
