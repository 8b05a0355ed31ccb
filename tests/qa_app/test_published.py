"""The board's figures: what is published of services and teams, and that nothing hidden can be worked out of it."""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from moderation.statistics import publication, suppression
from moderation.statistics.periods import Period
from moderation.statistics.place_tables import Breakdown, Decided, Reading, Row, place_tables
from moderation.statistics.publication import PlaceCount
from moderation.statistics.rules import Rules
from qa_app.access.audience import PUBLIC, Audience, audience
from qa_app.db import Database
from qa_app.models import Audit, Person, Service, Team
from qa_app.reports import breakdowns
from qa_app.services import closing, published, snapshots
from tests.attacker import told
from tests.busy import busy_council
from tests.conftest import AT
from tests.months import submitted_month
from tests.page import PageClient
from tests.world import World, actor_for

SignIn = Callable[[Person], PageClient]
SMALL = range(1, 6)
YEAR = Period(date(2025, 4, 1), date(2026, 3, 1))


@pytest.fixture
def register(registered: None, session: Session) -> Session:
    """Two years of audits of a council of four services and nine teams, brought in from its register."""
    return session


Cell = tuple[Any, ...]


class Seen:
    """All counts a reader sees in every table of a year and its quarters, and the sums they know to hold."""

    def __init__(self, session: Session, reader: Audience) -> None:
        self.shown: dict[Cell, int] = {}
        self.true: dict[Cell, int] = {}
        self.open: set[Cell] = set()
        self.own: set[Cell] = set()
        self.sums: list[tuple[Cell, list[Cell]]] = []
        self.withheld: set[Cell] = set()
        everywhere = Audience(everywhere=True)
        periods = [one for one in published.periods(session) if one.year == YEAR]
        for period in periods:
            truth = published.breakdown_for(session, everywhere, period)
            self._tables(published.breakdown_for(session, reader, period), truth, reader)
            self._council(truth)
        for year in (one for one in periods if one.is_year):
            self._year(year, [one for one in periods if one != year and one.year == year])

    def _tables(self, seen: Breakdown, truth: Breakdown, reader: Audience) -> None:
        for table, whole in zip(seen.tables, truth.tables, strict=True):
            rows = {(row.service, row.team): row for row in table.rows}
            for row in whole.rows:
                place = (seen.period, table.measure.key, row.service, row.team)
                assert row.share is not None
                self._count(place, row.share.k, row.share.n)
                if table.withheld:
                    self.withheld.update((*place, part) for part in ("k", "rest", "n"))
                self._shown(place, rows.get((row.service, row.team)))
                if reader.sees(*_ids(row)):
                    self.own.update((*place, part) for part in ("k", "rest", "n"))

    def _count(self, place: Cell, k: int, n: int) -> None:
        self.true |= {(*place, "k"): k, (*place, "rest"): n - k, (*place, "n"): n}
        self.sums.append(((*place, "n"), [(*place, "k"), (*place, "rest")]))

    def _shown(self, place: Cell, row: Row | None) -> None:
        if row is not None and row.share is not None:
            k, n = row.share.k, row.share.n
            self.shown |= {(*place, "k"): k, (*place, "rest"): n - k, (*place, "n"): n}
        elif row is not None and row.n is not None:
            self.shown[*place, "n"] = row.n

    def _council(self, truth: Breakdown) -> None:
        """The council's own counts, which stand open in every snapshot, and what adds up to them."""
        for table in truth.tables:
            rows = [(truth.period, table.measure.key, row.service, row.team) for row in table.rows]
            for part in ("k", "rest", "n"):
                if not table.by_team:
                    whole = (truth.period, table.measure.key, "", "", part)
                    self.true[whole] = self.shown[whole] = sum(self.true[*row, part] for row in rows)
                    self.open.add(whole)
                    self.sums.append((whole, [(*row, part) for row in rows]))
                    continue
                for service in {row[2] for row in rows}:
                    total = (truth.period, table.measure.key, service, "", part)
                    self.sums.append((total, [(*row, part) for row in rows if row[2] == service]))

    def _year(self, year: Period, quarters: list[Period]) -> None:
        for cell in [cell for cell in self.true if cell[0] == year and not cell[3]]:
            self.sums.append((cell, [(one, *cell[1:]) for one in quarters if (one, *cell[1:]) in self.true]))

    def worked_out(self) -> dict[Cell, tuple[int, int]]:
        """The small counts that this reader can bound within 2."""
        small = [cell for cell, n in self.true.items() if n in SMALL and cell not in self.shown]
        for cell in [cell for cell in self.true if cell[4] == "n" and cell[1] != "cases"]:
            whole = (cell[0], "cases", *cell[2:])
            if self.true[whole] >= self.true[cell]:
                self.sums.append((whole, [cell, ("left out", *cell)]))
        return told(small, small, self.shown, self.sums, anyway={*self.open, *self.own})


def _ids(row: Row) -> tuple[Any, Any]:
    return UUID(row.service), UUID(row.team) if row.team else None


def readers(session: Session) -> Iterator[Audience]:
    yield PUBLIC
    for service in session.scalars(select(Service.id).join(Team).join(Audit, Audit.team_id == Team.id).distinct()):
        yield Audience(services=frozenset((service,)))


@pytest.mark.one_database
def test_no_reader_works_out_a_small_count_of_another_service_or_team(register: Session) -> None:
    seen = 0
    for reader in readers(register):
        found = Seen(register, reader)
        seen += len(found.shown)
        assert not any(n in SMALL for cell, n in found.shown.items() if cell not in {*found.open, *found.own})
        assert not found.worked_out()
    assert seen > 300, "much is shown all the same"


@pytest.mark.one_database
def test_the_same_attack_succeeds_where_only_the_small_counts_are_hidden(
    register: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget()
    monkeypatch.setattr(suppression, "narrow", lambda puzzle, width: [])
    try:
        assert Seen(register, PUBLIC).worked_out()
    finally:
        forget()


def forget() -> None:
    publication.publish.cache_clear()
    publication._quarter.cache_clear()


@pytest.mark.one_database
def test_two_councils_that_differ_in_what_is_hidden_have_the_same_tables(register: Session) -> None:
    """One audit more good in one hidden service, one less in another: nobody who reads can tell which it was."""
    quarter = next(one for one in published.periods(register) if not one.is_year)
    kept = snapshots.reported_places(register, quarter.months)
    counts = [count for month in sorted(kept) for count in kept[month]]
    before = _published(counts, quarter)
    same = 0
    for more, less in permutations(range(len(counts)), 2):
        one, other = counts[more], counts[less]
        if one.measure != other.measure or one.k == one.n or not other.k or one.service == other.service:
            continue
        changed = list(counts)
        changed[more], changed[less] = one._replace(k=one.k + 1), other._replace(k=other.k - 1)
        if _hidden(changed, quarter) == _hidden(counts, quarter):
            places = {one.service, other.service}
            assert _published(changed, quarter, but=places) == _published(counts, quarter, but=places)
            if all((quarter, one.measure, place, "k") in _hidden(counts, quarter) for place in places):
                assert _published(changed, quarter) == before
                same += 1
        if same == 3:
            return
    pytest.fail("no such pair of services was found")


def _hidden(counts: list[PlaceCount], period: Period) -> frozenset[Any]:
    return publication.publish(tuple(counts), (period,), suppression.Rule()).hidden


def _published(counts: list[PlaceCount], period: Period, but: Collection[str] = ()) -> list[Any]:
    decided = Decided(publication.publish(tuple(counts), (period,), suppression.Rule()), period)
    tables = place_tables(decided, None, Reading(lambda service, team: False, {}, Rules()))
    return [(table.measure.key, row) for table in tables for row in table.rows if row.service not in but]


@pytest.mark.one_database
def test_a_row_that_is_hidden_has_nothing_to_show(register: Session) -> None:
    for period in published.periods(register):
        for table in published.breakdown_for(register, PUBLIC, period).tables:
            for row in table.rows:
                if row.share is None:
                    assert (row.interval, row.verdict, row.trend) == (None, None, None)
                    assert breakdowns.cells(row, table.measure)[1] == "c"
                else:
                    assert row.share.k not in SMALL
                    assert row.n == row.share.n


def test_a_head_of_service_sees_the_true_counts_of_their_own_service(register: Session) -> None:
    quarter = next(one for one in published.periods(register) if not one.is_year)
    hidden = [row for row in published.breakdown_for(register, PUBLIC, quarter).tables[0].rows if row.share is None]
    own = UUID(hidden[0].service)
    rows = published.breakdown_for(register, Audience(services=frozenset((own,))), quarter).tables[0].rows
    assert [row.service for row in rows if row.share is not None] == [str(own)]


def test_who_sees_true_counts(session: Session, world: World) -> None:
    def seen(name: str) -> Audience:
        return audience(session, actor_for(session.get_one(Person, world.people[name].id)))

    north, south = world.services["North"].id, world.services["South"].id
    care = world.teams["Care"].id
    assert seen("qa_lead").sees(south, care)
    assert seen("director").sees(south)
    assert seen("head_north").sees(north)
    assert not seen("head_north").sees(south, care)
    assert seen("manager_care").sees(south, care)
    assert not seen("manager_care").sees(south)
    assert seen("board") == seen("analyst") == seen("worker_care_1") == PUBLIC


def test_a_period_is_published_once_every_month_of_it_is_closed(session: Session, world: World) -> None:
    months = [date(2026, month, 1) for month in (4, 5, 6)]
    for number, month in enumerate(months):
        cycle, _ = submitted_month(session, world, [Grade.GOOD] * 3, at=AT, month=month, first=10 * number)
        assert published.periods(session) == ()
        closing.close(session, cycle, by="test", at=AT)
    assert published.periods(session) == (Period(months[0], months[-1]),)
    assert published.periods(session, until=months[1]) == ()


def test_a_month_closed_before_such_counts_were_kept_is_not_broken_down(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle, _ = submitted_month(session, world, [Grade.GOOD] * 3, at=AT, month=date(2026, 6, 1))
    monkeypatch.setattr(snapshots, "PLACES", "an earlier version kept none")
    closing.close(session, cycle, by="test", at=AT)
    monkeypatch.undo()
    assert published.periods(session) == ()
    assert published.figures_for(session).breakdown is None


def test_the_board_reads_closed_months_alone(database: Database, world: World, sign_in: SignIn) -> None:
    board = sign_in(world.people["board"])
    assert "Nothing is published yet" in board.page("/board").text
    with database.writing() as session, session.begin():
        busy_council(session, world)
    words = board.page("/board").text
    assert "As reported when October 2026 was closed" in words
    assert "November" not in words
    assert "8 of 8 judgements in October 2026" in words
    assert "with the first quarter whose months are all closed" in words
    board.page("/board?until=2026-11", 400)
    board.page("/board?until=%00&window=ever&tables=x", 400)
    board.page("/dashboard", 403)


@pytest.mark.one_database
@pytest.mark.usefixtures("registered_beside")
def test_the_board_sees_marks_and_their_key_where_counts_are_hidden(
    database: Database, world: World, sign_in: SignIn
) -> None:
    board, head = sign_in(world.people["board"]), sign_in(world.people["head_north"])
    words = board.page("/board").text
    assert "c: between 1 and 5, or hidden so that such a number cannot be worked out." in words
    assert "July to September 2026" in words
    year = board.page("/board?tables=2025-04-to-2026-03").text
    assert "by team, the year April 2025 to March 2026" in year
    assert "This table is withheld" in board.page("/board?tables=2026-04-to-2026-06").text
    assert _main(head, "/board") == _main(board, "/board"), "the page is the same for everybody"


def _main(client: PageClient, path: str) -> str:
    found = re.search(r"<main.*</main>", client.get(path).get_data(as_text=True), re.DOTALL)
    assert found is not None
    return re.sub("data-token=.[^>]*", "", found[0])


def test_a_figure_that_moved_after_closing_is_told_for_the_council_alone(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        for number, month in enumerate((date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1))):
            cycle, _ = submitted_month(session, world, [Grade.GOOD] * 8, at=AT, month=month, first=20 * number)
            if month.month == 6:
                before = snapshots.reported_places(session, [date(2026, 4, 1)])
                late = session.scalars(select(Audit).where(Audit.month == date(2026, 4, 1))).first()
                assert late is not None
                late.state, late.withdrawn_at, late.withdrawn_by, late.exit_reason = "withdrawn", AT, "test", "Wrong"
            closing.close(session, cycle, by="test", at=AT)
        assert snapshots.reported_places(session, [date(2026, 4, 1)]) == before
    words = sign_in(world.people["board"]).page("/board").text
    assert "April 2026: reported 100% (n = 8), with June 2026 100% (n = 7)" in words
