"""`./run bench`: measures every part in one run and prints the tables; `--keep` writes docs/performance.md."""

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import select

from moderation.statistics.data_notes import data_notes
from qa_app.db import Database
from qa_app.models import Cycle
from qa_app.queries.facts import collect
from qa_app.reports.scorecard import Scorecard
from qa_app.services import figures as live
from qa_app.services import packs, snapshots
from tests.benchmarks import (
    agreement,
    council,
    crowd,
    dashboard,
    databases,
    figures,
    page,
    recording,
    registers,
    starting,
)
from tests.benchmarks.browser import application
from tests.benchmarks.databases import POSTGRESQL, SQLITE, Place
from tests.benchmarks.tables import Table

BOTH = (SQLITE, POSTGRESQL)


class Effort(NamedTuple):
    """How much is measured, and how often."""

    rounds: int
    sizes: tuple[int, ...]
    register_rows: tuple[int, ...]
    crowd_seconds: float
    objects_too: bool = False


QUICK = Effort(7, (500, 2_400), (552,), 8)
USUAL = Effort(25, (1_000, 2_400, 50_000), (552, 20_000), 40)
LONG = Effort(40, (1_000, 2_400, 50_000, 1_000_000), (552, 20_000, 100_000), 120, objects_too=True)


def main(arguments: list[str]) -> int:
    """Measure, print and, where asked, keep; 0 when done."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds: under 40 seconds")
    parser.add_argument(
        "--long", action="store_true", help="also 1,000,000 audits, 50,000 as objects and a register of 100,000 rows"
    )
    parser.add_argument("--keep", action="store_true", help="write the tables into docs/performance.md")
    asked = parser.parse_args(arguments)
    effort = QUICK if asked.quick else LONG if asked.long else USUAL
    began, tables, versions = time.monotonic(), [], []
    with databases.place() as place:
        for kind in BOTH:
            with place.database(kind) as database:
                versions.append(databases.version(database))
        for table in _measure(place, effort):
            tables.append(table)
            print(table.text(), flush=True)
    seconds = time.monotonic() - began
    print(f"\nIn {seconds:.0f} seconds, with {' and '.join(versions)}.")
    if asked.keep:
        print(f"Kept in {page.keep(tables, databases=versions, on=datetime.now(UTC).date(), seconds=seconds).name}.")
    return 0


def _measure(place: Place, effort: Effort) -> Iterator[Table]:
    recorded, crowded, shown = recording.table(), crowd.table(), dashboard.table()
    others: list[Table] = []
    for kind in BOTH:
        for size in effort.sizes:
            _say(f"{kind}, {size:,} audits")
            with place.database(kind) as database:
                people = council.fill(database, size)
                shown.lines += dashboard.dashboard(
                    database, people, audits=size, where=kind, rounds=effort.rounds, objects_too=effort.objects_too
                )
                if size == 2_400:
                    recorded.lines += recording.recording(database, people, where=kind, rounds=effort.rounds)
                    _say(f"{crowd.AUDITORS} auditors at once, {kind}")
                    crowded.lines += crowd.crowd(database, people, where=kind, seconds=effort.crowd_seconds)
                    if not others:
                        recorded.lines[:0] = recording.drawing(application(database), rounds=effort.rounds)
                        others = list(_arithmetic(database, effort.rounds))
    yield from (recorded, crowded, shown, *others)
    _say("agreement from raw pairs")
    yield agreement.agreement(rounds=effort.rounds)
    yield _registers(place, effort)
    _say("starting")
    yield starting.starting(rounds=min(effort.rounds, 9) // 2)


def _arithmetic(database: Database, rounds: int) -> Iterator[Table]:
    with database.reading() as session:
        facts, rules, until = collect(session), live.rules(session), council.MONTHS[-1]
        made = live.figures(session)
    yield figures.statistics(facts, rules, until, rounds=rounds)
    card = Scorecard(until, "Bench Council", made, data_notes(rules), council.AT.date(), provisional=True)
    with database.writing() as session:  # what is closed here for the pack is taken back
        closed = session.scalars(select(Cycle).where(Cycle.state == "closed").order_by(Cycle.month)).all()
        snapshots.take_all(session, closed, by="bench", at=council.AT)
        board = packs.of_month(session, closed[-1].month, council="Bench Council")
    yield figures.paper(made, card, board, rounds=min(rounds, 9))


def _registers(place: Place, effort: Effort) -> Table:
    table = registers.table()
    registers.register(place, SQLITE, rows=min(effort.register_rows), workbook=False)  # so that everything is imported
    for rows in effort.register_rows:
        for kind, workbook in ((SQLITE, False), (SQLITE, True), (POSTGRESQL, False)):
            _say(f"register of {rows:,} rows, {kind}")
            table.lines.append(registers.register(place, kind, rows=rows, workbook=workbook))
    return table


def _say(words: str) -> None:
    print(f"… {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
