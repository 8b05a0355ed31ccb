"""Two periods, services or teams beside each other, what changed since the months before, and what is at risk."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select

from moderation.statistics.difference import difference
from moderation.statistics.months import after
from qa_app.db import Database
from qa_app.models import Audit, Person, Service
from qa_app.queries.asked import Asked, asked_of_audits
from qa_app.queries.facts import collect
from qa_app.services import comparisons
from qa_app.services import figures as live
from tests.page import PageClient
from tests.world import World, actor_for

SignIn = Callable[[Person], PageClient]


@pytest.fixture
def council(database: Database, world: World, registered_beside: None) -> World:
    """Two years of audits from a register."""
    return world


def side(world: World, database: Database, **words: str) -> Asked:
    with database.reading() as session:
        lead = session.get_one(Person, world.people["qa_lead"].id)
        return asked_of_audits(session, actor_for(lead), words)


def newest(world: World, database: Database) -> date:
    until = side(world, database).until
    assert until is not None
    return until


def test_the_months_before_are_the_three_before_the_last_three(council: World, database: Database) -> None:
    until = newest(council, database)
    with database.reading() as session:
        now, before = live.figures(session), live.figures(session, until=after(until, -3))
        pairs = {one.measure.key: one for one in comparisons.since_before(session, collect(session), now)}
    cases = pairs["cases"]
    assert cases.one.share == now.cases.windows.last_3.share
    assert cases.other.share == before.cases.windows.last_3.share
    assert cases.difference == difference(cases.one.share, cases.other.share)
    assert not set(now.cases.windows.last_3.months) & set(before.cases.windows.last_3.months)


def test_periods_apart_have_an_interval_and_periods_that_share_months_have_none(
    council: World, database: Database
) -> None:
    until = newest(council, database)
    now = side(council, database)
    for steps, apart in ((3, True), (1, False), (0, False)):
        other = side(council, database, until=f"{after(until, -steps):%Y-%m}")
        with database.reading() as session:
            cases = next(one for one in comparisons.beside(session, now, other) if one.measure.key == "cases")
        assert (cases.difference.interval is not None) is apart
        assert cases.difference.value == cases.one.share.fraction - cases.other.share.fraction  # type: ignore[operator]


def test_two_services_are_apart_and_a_service_is_not_apart_from_its_council_or_its_team(
    council: World, database: Database
) -> None:
    with database.reading() as session:
        by_size = select(Audit.service_id).group_by(Audit.service_id).order_by(func.count().desc())
        one, two = session.scalars(by_size).all()[:2]
        team = session.scalars(select(Audit.team_id).where(Audit.service_id == one)).first()
    first = side(council, database, service=str(one), window="all")
    for other, apart in (
        (side(council, database, service=str(two), window="all"), True),
        (side(council, database, window="all"), False),
        (side(council, database, team=str(team), window="all"), False),
        (side(council, database, service=str(one), window="all", stage="auditor"), False),
    ):
        with database.reading() as session:
            cases = next(each for each in comparisons.beside(session, first, other) if each.measure.key == "cases")
        assert (cases.difference.interval is not None) is apart


def test_the_page_compares_with_the_months_before_unless_told(council: World, sign_in: SignIn) -> None:
    lead = sign_in(council.people["qa_lead"])
    page = lead.page("/dashboard/compare")
    assert page.heading == "Compare"
    assert re.search(r"Supervision [\d.]+% \(\d+ of \d+\)", page.text)
    assert "no clear change" in page.text or "clearly" in page.text
    with_all = lead.page("/dashboard/compare?with_window=all").text
    assert "Some audits are in both" in with_all


def test_a_word_that_makes_no_sense_on_either_side_is_said(council: World, sign_in: SignIn) -> None:
    lead = sign_in(council.people["qa_lead"])

    def said(words: str) -> str:
        return lead.page(f"/dashboard/compare?{words}", status=400).text

    for words in ("until=1066-10", "with_until=1066-10", "with_stage=x"):
        assert "one of those in the list" in said(words) or "no figures to show" in said(words), words
    stranger = "with_service=00000000-0000-4000-8000-000000000000"
    assert lead.get(f"/dashboard/compare?{stranger}").status_code == 404


def test_a_head_of_one_service_compares_no_other(council: World, database: Database, sign_in: SignIn) -> None:
    head = sign_in(council.people["head_north"])
    with database.reading() as session:
        others = session.scalars(select(Service.id).where(Service.id != council.services["North"].id)).all()
    assert others
    for other in others:
        assert head.get(f"/dashboard/compare?with_service={other}").status_code == 404


def test_the_dashboard_says_what_changed_and_what_is_at_risk(council: World, sign_in: SignIn) -> None:
    words = sign_in(council.people["qa_lead"]).page("/dashboard").text
    assert "What changed" in words
    assert "What is at risk" in words
    assert re.search(r"before [\d.]+% \(\d+ of \d+\)", words)
