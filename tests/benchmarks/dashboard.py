"""The dashboards at several sizes: their queries, their pages, and what counting the same rows otherwise costs."""

import atexit
import csv
import os
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from qa_app.db import Database
from qa_app.models import Audit, CountedAnswer, Cycle, FrameMember, Judgement, Moderation
from qa_app.queries.facts import TOOL
from qa_app.services import figures, snapshots, tallies
from tests.benchmarks import peers
from tests.benchmarks.browser import Browser, application
from tests.benchmarks.council import AT, ELEMENTS, MONTHS, People
from tests.benchmarks.tables import Goal, Line, Table, at_most_times, quicker, within
from tests.benchmarks.timing import alone, in_turns

# Of a million audits the open month alone has some 42,000, so there the goal is a ratio.
GOALS = {1_000: within(50), 2_400: within(50), 50_000: within(100), 1_000_000: at_most_times(2.2)}
PAGES: Final = ("/dashboard", "/agreement?window=all", "/plan", "/board")  # the head's; a manager's own is /team
LARGEST_AS_OBJECTS = 2_400
FEWEST_FOR_PANDAS = 10_000  # the goal is set from so many on


def table() -> Table:
    """The table these lines go into."""
    return Table(
        "The dashboards",
        "Every figure of 24 months for the whole council: all queries, the measures, runs and intervals, from an open "
        "connection; and whole pages with charts and tables, agreement over all 24 months. Closed months come from "
        "their kept counts, as they do once run-due has been by; ‘counted anew’ is the same without them. The council "
        "is made up: 30 teams, 12 parts of practice, 15 audits in 100 moderated, 1 in 100 withdrawn, a worker asked to "
        "reflect in every other one; the first column says how many audits, in 24 months of which one is open. "
        "Beside it: loading the same rows as objects and counting them in Python; pandas reading the judgements from a "
        "CSV file and grouping them as the dashboard does; and one scan of the index of judgements that only counts "
        "its rows.",
    )


def dashboard(
    database: Database, people: People, *, audits: int, where: str, rounds: int, objects_too: bool
) -> list[Line]:
    """The lines of one database at one size; `objects_too` loads even the most audits as objects, which takes long."""
    size, lines = f"{audits:,} audits", []
    goal: Goal | None = GOALS.get(audits)
    with database.reading() as session:
        counted, scanned = lambda: figures.figures(session), _scan(session.scalar)
        anew = in_turns({"counted": counted, "scanned": scanned}, rounds=rounds)
    _keep(database)
    with database.reading() as session:
        counted, scanned = lambda: figures.figures(session), _scan(session.scalar)
        took = in_turns({"counted": counted, "scanned": scanned}, rounds=rounds)
    scan = "one scan of the index"
    lines.append(Line(f"Every figure, {size}", where, took["counted"], scan, took["scanned"], goal))
    lines.append(Line(f"Counted anew, {size}", where, anew["counted"], scan, anew["scanned"]))
    if not peers.bring():
        took["pandas"] = alone(_from_csv(database), rounds=max(1, rounds // 8))
        lines.append(
            Line(
                f"Every figure, {size}",
                where,
                took["counted"],
                "pandas from CSV",
                took["pandas"],
                quicker(5) if audits >= FEWEST_FOR_PANDAS else None,
            )
        )
    if audits <= LARGEST_AS_OBJECTS or objects_too:
        took["objects"] = alone(lambda: _count_objects(database), rounds=max(1, rounds // 5))
        lines.append(
            Line(
                f"Every figure, {size}",
                where,
                took["counted"],
                "rows loaded as objects",
                took["objects"],
                quicker(50) if audits > LARGEST_AS_OBJECTS else None,
            )
        )
    _publish(database)
    app = application(database)
    for path, person in (*((path, people.head) for path in PAGES), ("/team", people.auditors[0])):
        page = alone(Browser(app, database, person).request(path), rounds=max(3, rounds // 3))
        lines.append(Line(f"The page {path}, {size}", where, page, "every figure", took["counted"]))
    return lines


def _keep(database: Database) -> None:
    """Have the counts of the closed months kept, as run-due does."""
    for at in (AT, AT + timedelta(minutes=10)):
        with database.writing() as session, session.begin():
            tallies.make(session, at=at, most=len(MONTHS))


def _publish(database: Database) -> None:
    """The snapshots of the closed months, which the board's page and the plan read."""
    with database.writing() as session, session.begin():
        closed = session.scalars(select(Cycle).where(Cycle.tool_key == TOOL, Cycle.state == "closed")).all()
        snapshots.take_all(session, closed, by="bench", at=AT)


def _from_csv(database: Database) -> Callable[[], object]:
    """What an analyst does without the product: a file of judgements, read and grouped by pandas."""
    import pandas

    columns = ("month", "element", "stage", "grade", "auditor_grade", "service_id", "team_id")
    with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False, newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        with database.reading() as session:
            rows = session.execute(
                select(*(getattr(Judgement, name) for name in columns)).execution_options(yield_per=5000)
            )
            writer.writerows(rows)
    atexit.register(os.unlink, file.name)

    def grouped() -> object:
        read = pandas.read_csv(file.name, low_memory=False)
        graded = read.groupby(["month", "element", "stage", "grade"]).size()
        pairs = read[read.stage == "moderator"].groupby(["month", "element", "auditor_grade", "grade"]).size()
        return graded, pairs

    return grouped


def _scan(scalar: Callable[..., object]) -> Callable[[], object]:
    query = select(func.count()).where(
        Judgement.tool_key == TOOL, Judgement.stage == "auditor", Judgement.element.in_(ELEMENTS)
    )
    return lambda: scalar(query)


def _count_objects(database: Database) -> object:
    """What a page does that asks the ORM for everything and counts in Python."""
    with database.reading() as session:
        audits = {audit.id: audit for audit in session.scalars(select(Audit).execution_options(yield_per=5000))}
        graded = Counter(
            (audits[one.audit_id].month, one.element, one.stage, one.grade)
            for one in session.scalars(select(Judgement).execution_options(yield_per=5000))
        )
        said = Counter(
            (one.month, one.question, one.value)
            for one in session.scalars(select(CountedAnswer).execution_options(yield_per=5000))
        )
        framed = Counter(
            (one.month, one.stratum) for one in session.scalars(select(FrameMember).execution_options(yield_per=5000))
        )
        moderated = Counter(one.mode for one in session.scalars(select(Moderation).execution_options(yield_per=5000)))
        return graded, said, framed, moderated
