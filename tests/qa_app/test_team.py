"""A manager's own page: whose teams it shows, what it counts, and what nobody learns from it."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from qa_app.access import line
from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.models import Audit, Person, RoleGrant, Team
from qa_app.queries.facts import Reach, collect
from qa_app.services import figures as live
from tests.busy import Busy
from tests.conftest import AT
from tests.page import PageClient
from tests.sources import complained, raised
from tests.world import World

SignIn = Callable[[Person], PageClient]


@pytest.fixture
def council(database: Database, world: World, busy: Busy) -> World:
    return world


def led(world: World, database: Database, who: str) -> set[str]:
    with database.reading() as session:
        keys = line.teams_led(session, world.people[who].id)
        return set(session.scalars(select(Team.name).where(Team.id.in_(keys))))


def test_a_manager_leads_the_team_that_reports_to_them_and_a_head_leads_the_teams_below(
    council: World, database: Database
) -> None:
    assert led(council, database, "manager_care") == {"Care"}
    assert {"Assessment", "Planning"} <= led(council, database, "head_north")
    assert led(council, database, "worker_care_1") == set()


def test_one_report_in_another_team_does_not_open_that_team(council: World, database: Database) -> None:
    with database.writing() as session, session.begin():
        report = session.get_one(Person, council.people["worker_leaving_1"].id)
        report.line_manager_id = council.people["manager_care"].id
    assert led(council, database, "manager_care") == {"Care"}


def test_the_page_counts_the_audits_of_the_teams_own_children(
    council: World, database: Database, sign_in: SignIn
) -> None:
    words = sign_in(council.people["manager_care"]).page("/team").text
    with database.reading() as session:
        figures = live.figures(session, reach=Reach(team=council.teams["Care"].id))
        share = figures.cases.windows.last_3.share
        whole = live.figures(session).cases.windows.last_3.share
    assert 0 < share.n < whole.n
    assert f"{share.k} of {share.n}" in words
    assert f"({whole.k:,} of {whole.n:,})" in words


def test_few_audits_are_counts_without_a_percentage(council: World, database: Database, sign_in: SignIn) -> None:
    with database.reading() as session:
        share = live.figures(session, reach=Reach(team=council.teams["Care"].id)).cases.windows.last_3.share
    assert share.n < 5, "this test wants few"
    words = sign_in(council.people["manager_care"]).page("/team").text
    assert f"Cases good or better {share.k} of {share.n} Too few to say" in words


def test_nobody_looks_at_a_team_that_is_not_theirs(council: World, sign_in: SignIn) -> None:
    manager = sign_in(council.people["manager_care"])
    assert manager.get(f"/team?team={council.teams['Leaving'].id}").status_code == 404
    assert manager.page(f"/team?team={council.teams['Care'].id}").heading == "Your team"
    assert "not one of those in the list" in manager.page("/team?team=x", status=400).text


def test_an_auditor_without_a_team_is_told_whose_page_it_is(
    council: World, database: Database, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        for person in session.scalars(
            select(Person).where(Person.line_manager_id == council.people["manager_care"].id)
        ):
            person.line_manager_id = None
    page = sign_in(council.people["manager_care"]).page("/team")
    assert "This page is for managers" in page.text
    assert "Your team’s figures" not in sign_in(council.people["manager_care"]).page("/").text


def test_a_manager_finds_it_from_their_work(council: World, sign_in: SignIn) -> None:
    assert "Your team’s figures" in sign_in(council.people["manager_care"]).page("/").text


def test_a_manager_who_moderates_sees_no_open_month(council: World, database: Database, sign_in: SignIn) -> None:
    with database.writing() as session, session.begin():
        key = council.people["manager_care"].id
        session.add(RoleGrant(person_id=key, role=Role.MODERATOR, granted_at=AT, granted_by="test"))
    words = sign_in(council.people["manager_care"]).page("/team").text
    assert "is still open" not in words
    assert "left out here" in words


def test_the_counts_of_a_team_are_its_own(council: World, database: Database) -> None:
    with database.reading() as session:
        teams = session.scalars(select(Audit.team_id).distinct()).all()
        parts = [
            sum(row.n for row in collect(session, Reach(teams=frozenset((one,)))).grades if row.basis == "final")
            for one in teams
        ]
        both = sum(row.n for row in collect(session, Reach(teams=frozenset(teams))).grades if row.basis == "final")
        whole = sum(row.n for row in collect(session).grades if row.basis == "final")
    assert sum(parts) == both == whole


def test_a_manager_sees_how_often_other_sources_spoke_of_their_own_team(
    council: World, database: Database, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        complained(session, council, on=date(2026, 10, 2))
        complained(session, council, kind="compliment", on=date(2026, 10, 5))
        complained(session, council, team="Planning", on=date(2026, 10, 2))
        raised(session, council, team="Planning", on=date(2026, 10, 2))
    manager = sign_in(council.people["manager_care"])
    words = manager.page("/team?until=2026-10").text
    assert "Complaints and compliments 2 1 1 5 October 2026" in words
    assert "Practice alerts 0 0 0 Nothing heard" in words
    assert "/heard/" not in manager.get("/team").get_data(as_text=True)
    for source in ("complaints", "voice"):
        assert manager.get(f"/heard/{source}").status_code == 403
