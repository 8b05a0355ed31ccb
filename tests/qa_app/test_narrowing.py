"""Filters of the dashboard that leave only some of the audits, and whose grades are counted."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from moderation.statistics.facts import AUDITOR, FINAL
from qa_app.db import Database
from qa_app.models import Audit, Moderation, Person
from qa_app.queries import narrowing
from qa_app.queries.facts import Reach, collect
from qa_app.queries.reach import Narrow
from tests.busy import Busy
from tests.page import PageClient
from tests.world import World

LEADS = re.compile(r'href="(/dashboard/audits[^"]*)"')
SignIn = Callable[[Person], PageClient]


@pytest.fixture
def council(database: Database, world: World, busy: Busy) -> World:
    """A council at work, whose audits are of two plan types and one of them closed."""
    with database.writing() as session, session.begin():
        for at, audit_id in enumerate(session.scalars(select(Audit.id).order_by(Audit.number))):
            plan_type = "Child protection plan" if at % 2 else "Child in need"
            session.execute(update(Audit).where(Audit.id == audit_id).values(plan_type=plan_type))
    return world


def overall(session: Session, basis: str = FINAL, **narrow: object) -> int:
    reach = Reach(narrow=Narrow(**narrow))  # type: ignore[arg-type]
    return sum(row.n for row in collect(session, reach).grades if (row.element, row.basis) == ("overall", basis))


def test_the_plan_types_there_are_stand_in_order_and_once(council: World, database: Database) -> None:
    with database.reading() as session:
        assert narrowing.offered(session).plan_types == ("Child in need", "Child protection plan")


def test_the_parts_of_a_filter_add_up_to_the_whole(council: World, database: Database) -> None:
    with database.reading() as session:
        whole = overall(session)
        assert whole > 0
        for name, values in (
            ("plan_type", narrowing.offered(session).plan_types),
            ("version", tuple(number for number, _ in narrowing.offered(session).versions)),
            ("stream", tuple(narrowing.EVERY_STREAM)),
        ):
            parts = [overall(session, **{name: value}) for value in values]
            assert sum(parts) == whole, name
        assert all(overall(session, plan_type=one) < whole for one in narrowing.offered(session).plan_types)


def test_everything_counted_is_narrowed(council: World, database: Database) -> None:
    with database.reading() as session:
        facts = collect(session, Reach(narrow=Narrow(plan_type="Nothing of the kind")))
    assert facts.months
    assert not any((facts.grades, facts.pairs, facts.frame, facts.chronology, facts.expectations, facts.quality))


def test_the_auditors_own_grades_stand_where_they_are_asked_for(council: World, database: Database) -> None:
    def of(reach: Reach, basis: str) -> set[tuple[object, ...]]:
        return {
            (row.month, row.element, row.grade, row.n) for row in collect(session, reach).grades if row.basis == basis
        }

    with database.reading() as session:
        assert of(Reach(), FINAL) != of(Reach(), AUDITOR)
        assert of(Reach(stage=AUDITOR), FINAL) == of(Reach(), AUDITOR)


def test_the_page_keeps_what_was_chosen_and_says_it(council: World, sign_in: SignIn) -> None:
    lead = sign_in(council.people["qa_lead"])
    address = "/dashboard?plan_type=Child+in+need&stage=auditor&stream=random"
    page = lead.page(address)
    assert "Only these audits: plan type ‘Child in need’; drawn at random." in page.text
    assert "before moderation" in page.text
    assert "Audits expected and done" not in page.text
    html = lead.get(address).get_data(as_text=True)
    assert "/dashboard/audits?" in html
    assert all("plan_type=Child+in+need" in one and "stage=auditor" in one for one in re.findall(LEADS, html))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("plan_type=None+such", "The plan type in the address is not one of those in the list."),
        ("version=77", "The version of the tool in the address is not one of those in the list."),
        ("stream=sideways", "How cases were chosen is not one of those in the list."),
        ("stage=second", "Whose grades are meant is not one of those in the list."),
    ],
)
def test_what_makes_no_sense_narrows_nothing_and_is_said(
    council: World, sign_in: SignIn, words: str, said: str
) -> None:
    page = sign_in(council.people["qa_lead"]).page(f"/dashboard?{words}", status=400)
    assert said in page.text
    assert "Only these audits" not in page.text


def test_a_head_of_one_service_narrows_their_own_service_alone(council: World, sign_in: SignIn) -> None:
    head = sign_in(council.people["head_north"])
    page = head.page("/dashboard?plan_type=Child+in+need", status=400)
    assert "Choose one of your services first" in page.text
    assert "Only these audits" not in page.text
    north = council.services["North"].id
    assert "Only these audits" in head.page(f"/dashboard?service={north}&plan_type=Child+in+need").text


def test_the_list_behind_a_figure_holds_as_many_audits_as_it_counts(
    council: World, database: Database, sign_in: SignIn
) -> None:
    lead = sign_in(council.people["qa_lead"])
    with database.reading() as session:
        months = collect(session).months
    for words in ("plan_type=Child+in+need", "plan_type=Child+protection+plan&stage=auditor"):
        at, stage = months[-1].month, AUDITOR if "stage" in words else FINAL
        with database.reading() as session:
            reach = Reach(narrow=Narrow(plan_type=words[10:].split("&")[0].replace("+", " ")), stage=stage)
            rows = [
                r for r in collect(session, reach).grades if (r.element, r.basis, r.month) == ("overall", FINAL, at)
            ]
        counted = sum(row.n for row in rows if row.grade not in ("not_applicable", "not_enough_evidence"))
        page = lead.page(f"/dashboard/audits?measure=cases&month={at:%Y-%m}&{words}")
        assert counted > 0
        assert f"{counted} audit" in page.text


def test_the_agreement_page_says_what_it_is_narrowed_to_and_lists_no_other_audits(
    council: World, database: Database, sign_in: SignIn
) -> None:
    lead = sign_in(council.people["qa_lead"])

    def listed(words: str = "") -> int:
        found = re.search(r"(\d+) pairs?:", lead.page(f"/agreement/audits?window=all{words}").text)
        assert found is not None
        return int(found.group(1))

    with database.writing() as session, session.begin():
        paired = select(Moderation.audit_id).where(Moderation.state.in_(("moderated", "agreed")))
        one = session.scalars(select(Audit).where(Audit.id.in_(paired), Audit.cycle.has(state="closed"))).first()
        assert one is not None
        session.execute(update(Audit).values(plan_type="Child in need"))
        session.execute(update(Audit).where(Audit.id == one.id).values(plan_type="Placement order"))
    assert "Only these audits" not in lead.page("/agreement?window=all").text
    assert "Only these audits: plan type ‘Placement order’" in lead.page("/agreement?plan_type=Placement+order").text
    assert listed("&plan_type=Placement+order") == 1
    assert listed() == listed("&plan_type=Child+in+need") + 1 > 1
