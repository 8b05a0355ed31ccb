"""The pages of sampling plans and of further draws: said, changed with a reason, refused, and blind where needed."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from audit_forms.grades import Grade
from moderation.plans import DEFAULT_RULES, StratumRule
from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.models import Audit, Cycle, Draw, Moderation, Person, RoleGrant, SamplingPlan, Supplement
from qa_app.services import sampling, sampling_plans
from tests.conftest import AT
from tests.months import submitted_month
from tests.page import PageClient
from tests.world import World

SAID = {"name": "new auditors", "share": "50", "least": "2", "most": "", "new_auditors": "y", "place": "1",
        "reason": "They are new"}  # fmt: skip


@pytest.fixture
def cycle(database: Database, world: World) -> UUID:
    with database.writing() as session, session.begin():
        made, _ = submitted_month(session, world, [Grade.INADEQUATE, *[Grade.GOOD] * 19], at=AT)
        return made.id


@pytest.fixture
def lead(world: World, sign_in: Callable[[Person], PageClient]) -> PageClient:
    return sign_in(world.people["qa_lead"])


def was(client: PageClient, address: str) -> str:
    """The hash of the plan a form was made from."""
    found = re.search(r'name="was" value="(\w+)"', client.get(address).get_data(as_text=True))
    assert found
    return found[1]


def change(client: PageClient, address: str, said: dict[str, Any], status: int = 302) -> str:
    return client.send(address, {"was": was(client, address), **said}, status).get_data(as_text=True)


def rules(database: Database, cycle_id: UUID | None = None) -> tuple[StratumRule, ...]:
    with database.reading() as session:
        return sampling_plans.in_force(session, session.get(Cycle, cycle_id) if cycle_id else None).rules


def test_the_standing_plan_is_shown_and_a_stratum_is_added_to_it(lead: PageClient, database: Database) -> None:
    page = lead.page("/sampling-plan")
    assert "Inadequate Graded inadequate All" in page.text
    assert "Everything else Every audit that belongs to none above 15%, at least 4" in page.text
    assert "Nobody has changed it" in page.text
    change(lead, "/sampling-plan/strata/3", SAID)
    page = lead.page("/sampling-plan")
    assert "New auditors By new auditors 50%, at least 2" in page.text
    assert "An auditor is new for their first 3 audits" in page.text
    assert "They are new" in page.text
    assert "inadequate: all; new auditors: 50%, at least 2; everything else: 15%, at least 4" in page.text
    new = StratumRule("new auditors", Fraction(1, 2), 2, marks=frozenset({"new_auditor"}))
    assert rules(database) == (DEFAULT_RULES[0], new, DEFAULT_RULES[1])


def test_every_question_and_the_place_are_kept_and_come_back(
    lead: PageClient, database: Database, world: World
) -> None:
    team, service = next(iter(world.teams.values())), next(iter(world.services.values()))
    said = {**SAID, "share": "12.5 %", "most": "9", "grades": ["good", "outstanding"], "teams": [str(team.id)],
            "services": [str(service.id)], "streams": ["random"], "place": "0"}  # fmt: skip
    change(lead, "/sampling-plan/strata/3", said)
    first = rules(database)[0]
    marks = {"new_auditor", f"team:{team.id}", f"service:{service.id}", "stream:random"}
    assert first == StratumRule("new auditors", Fraction(1, 8), 2, frozenset({"good", "outstanding"}), marks, 9)
    page = lead.get("/sampling-plan/strata/1").get_data(as_text=True)
    assert 'value="12.5"' in page
    for value in ("good", "outstanding", str(team.id), str(service.id), "random"):
        assert re.search(rf'value="{value}"[^>]* checked', page), value
    assert f"of the team {team.name}" in lead.page("/sampling-plan").text
    change(lead, "/sampling-plan/strata/1", {**said, "place": "1"})
    assert [rule.name for rule in rules(database)] == ["inadequate", "new auditors", "everything else"]


def test_the_last_stratum_changes_its_numbers_alone(lead: PageClient, database: Database) -> None:
    assert "Grades the auditor gave" not in lead.page("/sampling-plan/strata/2").text
    change(lead, "/sampling-plan/strata/2", {"name": "the rest", "share": "20", "reason": "More of it"})
    assert rules(database)[1] == StratumRule("the rest", Fraction(1, 5))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"share": "101"}, "Enter a share from 0 to 100"),
        ({"share": "½"}, "Enter a share from 0 to 100"),
        ({"least": "-1"}, "Enter a whole number"),
        ({"least": "9", "most": "8"}, "at most as many as at least"),
        ({"most": "0"}, "at most as many as at least"),
        ({"share": "0", "least": ""}, "share above 0% or a least number"),
        ({"new_auditors": ""}, "Say which audits belong to it"),
        ({"name": " "}, "Give the stratum a name"),
        ({"name": "Inadequate"}, "a name of its own"),
        ({"name": "x" * 61}, "60"),
        ({"reason": ""}, "Say why the plan changes"),
        ({"teams": "nobody"}, "nobody"),
        ({"place": "7"}, "choice"),
        ({"name": "born 03/02/2015 sw1a 1aa"}, "postcode"),
    ],
)
def test_what_makes_no_stratum_comes_back_with_what_to_change(
    lead: PageClient, database: Database, said: dict[str, str], words: str
) -> None:
    page = change(lead, "/sampling-plan/strata/3", {**SAID, **said}, 400)
    assert words.lower() in page.lower()
    assert rules(database) == DEFAULT_RULES


def test_a_stratum_is_taken_away_with_a_reason_but_never_the_last(lead: PageClient, database: Database) -> None:
    address = "/sampling-plan/strata/1/take-away"
    assert "Say why the plan changes." in change(lead, address, {"reason": " "}, 400)
    change(lead, address, {"reason": "Nobody is inadequate"})
    assert rules(database) == DEFAULT_RULES[1:]
    assert "Every audit 15%, at least 4" in lead.page("/sampling-plan").text
    for address in ("/sampling-plan/strata/1/take-away", "/sampling-plan/strata/9", "/sampling-plan/strata/0"):
        lead.page(address, 404)


def test_a_plan_that_changed_meanwhile_is_not_overwritten(lead: PageClient, database: Database) -> None:
    before = was(lead, "/sampling-plan/strata/3")
    change(lead, "/sampling-plan/strata/2", {"name": "the rest", "share": "20", "reason": "More"})
    page = lead.send("/sampling-plan/strata/3", {"was": before, **SAID}, 409).get_data(as_text=True)
    assert "Somebody else changed the plan meanwhile" in page
    assert 'value="new auditors"' in page, "what was typed comes back"
    assert len(rules(database)) == 2


def test_a_month_gets_its_own_plan_is_drawn_by_it_and_keeps_it(
    lead: PageClient, database: Database, cycle: UUID
) -> None:
    here = f"/cycles/{cycle}/sampling-plan"
    assert "This month follows the standing plan" in lead.page(here).text
    change(lead, f"{here}/strata/2", {"name": "everything else", "share": "50", "reason": "A look"})
    assert "This month has a plan of its own" in lead.page(here).text
    assert "This month’s own plan" in lead.page(f"/cycles/{cycle}/sample").text
    assert rules(database) == DEFAULT_RULES
    change(lead, f"{here}/standing", {"reason": "As ever"})
    assert rules(database, cycle) == DEFAULT_RULES
    change(lead, f"{here}/strata/2", {"name": "everything else", "share": "50", "reason": "A look"})
    before = was(lead, f"{here}/strata/2")
    lead.send(f"/cycles/{cycle}/sample")
    assert "Everything else 19 10" in lead.page(f"/cycles/{cycle}/sample").text
    page = lead.page(here)
    assert "has been drawn, so the plan of this month can no longer change" in page.text
    assert "Add a stratum" not in page.text
    said = {"was": before, "name": "x", "share": "1", "reason": "Late"}
    assert "has been drawn" in lead.send(f"{here}/strata/2", said, 409).get_data(as_text=True)
    assert lead.get(f"{here}/strata/2").status_code == 302
    with database.reading() as session:
        assert [one.number for one in session.scalars(select(SamplingPlan).order_by(SamplingPlan.number))] == [1, 2, 3]


def drawn(database: Database, cycle: UUID) -> UUID:
    with database.writing() as session, session.begin():
        return sampling.draw_sample(session, session.get_one(Cycle, cycle), seed="s", by="test", at=AT).draw.id


def test_more_audits_are_drawn_with_a_reason_and_shown_with_their_chance(
    lead: PageClient, database: Database, cycle: UUID
) -> None:
    draw = drawn(database, cycle)
    sample, address = f"/cycles/{cycle}/sample", f"/cycles/{cycle}/sample/draws/{draw}/more"
    assert "Everything else (15 left)" in lead.page(address).text
    said = {"stratum": "everything else", "extra": "3", "reason": "Moderators have time"}
    assert "Say why more audits" in lead.send(address, {**said, "reason": ""}, 400).get_data(as_text=True)
    assert "Enter how many more" in lead.send(address, {**said, "extra": "0"}, 400).get_data(as_text=True)
    assert "Ask for 1 to 15 more" in lead.send(address, {**said, "extra": "16"}, 409).get_data(as_text=True)
    assert "no stratum called" in lead.send(address, {**said, "stratum": "other"}, 409).get_data(as_text=True)
    lead.send(address, said)
    page = lead.page(sample)
    assert "3 more audits are drawn" in page.text
    assert "Everything else 19 4 3 36.8%" in page.text
    proof = lead.page(f"{sample}/draws/{draw}")
    assert "the same audits were drawn" in proof.text
    assert "3 of the 15 left" in proof.text
    assert "Moderators have time" in proof.text
    with database.reading() as session:
        assert len(session.scalars(select(Moderation)).all()) == 8


def test_whoever_may_come_to_grade_an_audit_learns_no_stratum_and_draws_no_more(
    lead: PageClient, database: Database, world: World, cycle: UUID
) -> None:
    draw = drawn(database, cycle)
    with database.writing() as session, session.begin():
        person = world.people["qa_lead"]
        session.add(RoleGrant(person_id=person.id, role=Role.MODERATOR, granted_at=AT, granted_by="test"))
    address = f"/cycles/{cycle}/sample/draws/{draw}/more"
    page = lead.page(address)
    assert "Ask a QA lead who does not moderate" in page.text
    assert "left)" not in page.text
    lead.send(address, {"stratum": "everything else", "extra": "1", "reason": "x"}, 403)
    assert "Draw more from it" not in lead.page(f"/cycles/{cycle}/sample").text
    with database.reading() as session:
        assert session.scalars(select(Supplement)).all() == []


def test_a_draw_of_another_month_or_none_is_not_found(lead: PageClient, database: Database, cycle: UUID) -> None:
    draw = drawn(database, cycle)
    nowhere = "00000000-0000-4000-8000-000000000000"
    lead.page(f"/cycles/{nowhere}/sample/draws/{draw}/more", 404)
    lead.page(f"/cycles/{cycle}/sample/draws/{nowhere}/more", 404)
    lead.page(f"/cycles/{nowhere}/sampling-plan", 404)
    with database.writing() as session, session.begin():
        made = session.get_one(Cycle, cycle)
        made.state, made.closed_at, made.closed_by = "closed", AT, "test"
    assert "while the month is open" in lead.page(f"/cycles/{cycle}/sample/draws/{draw}/more").text
    with database.reading() as session:
        assert session.scalars(select(Draw.id)).one() == draw
        assert session.scalars(select(Audit.id)).first() is not None
