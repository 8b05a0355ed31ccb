"""A month opened, drawn, looked through, released, and what comes back from it."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.lifecycle import State, WrongMove
from moderation.independence import case_conflicts
from qa_app.db import Database
from qa_app.models import Audit, Case, Cycle, Draw, Event, Expectation, Person
from qa_app.queries import candidates as pool
from qa_app.queries.ties import case_ties, judges
from qa_app.services import audits, case_draws, cycles, expectations
from tests.conftest import AT
from tests.page import PageClient
from tests.world import World

BY = "person:test"
MONTH = date(2026, 12, 1)
SEED = "0123456789abcdef0123456789abcdef"

SignIn = Callable[[Person], PageClient]


def opened(session: Session, month: date = MONTH) -> Cycle:
    return cycles.open_month(session, month, by=BY, at=AT)


def drawn(session: Session, seed: str = SEED) -> Cycle:
    cycle = opened(session)
    case_draws.draw_month(session, cycle, seed=seed, by=BY, at=AT)
    return cycle


def audits_of(session: Session, cycle: Cycle) -> list[Audit]:
    return list(session.scalars(select(Audit).where(Audit.cycle_id == cycle.id).order_by(Audit.number)))


def test_opening_a_month_expects_the_usual_of_every_auditor(session: Session, world: World) -> None:
    cycle = opened(session)
    kept = session.scalars(select(Expectation).where(Expectation.cycle_id == cycle.id)).all()
    assert {one.person.name for one in kept} == {
        f"Manager {team}" for team in ("Assessment", "Planning", "Care", "Leaving")
    }
    assert {(one.expected, one.role_group) for one in kept} == {(1, "manager")}
    assert (cycle.state, cycle.due_on, cycle.tool_key, cycle.tool_version) == (
        "planned",
        date(2026, 12, 21),
        "case_file",
        2,
    )


@pytest.mark.parametrize(
    ("title", "group"),
    [
        ("Team Manager", "manager"),
        ("Deputy Team Manager", "manager"),
        ("Service Manager, North", "manager"),
        ("Independent Reviewing Officer", "iro"),
        ("IRO", "iro"),
        ("Principal Social Worker", "other"),
        ("", "other"),
    ],
)
def test_job_titles_fall_into_groups(title: str, group: str) -> None:
    assert expectations.role_group(title) == group


def test_a_month_is_opened_once(session: Session, world: World) -> None:
    opened(session)
    with pytest.raises(cycles.CycleRefused, match="already"):
        opened(session)


def test_nobody_gets_a_case_they_are_tied_to(session: Session, world: World) -> None:
    known = judges(session)
    for n in range(20):
        cycle = opened(session, date(2027, 1 + n % 12, 1) if n < 12 else date(2028, 1 + n % 12, 1))
        case_draws.draw_month(session, cycle, seed=f"{n:032x}", by=BY, at=AT)
        for audit in audits_of(session, cycle):
            case = session.get_one(Case, audit.case_id)
            assert case_conflicts(known[audit.auditor_id], case_ties(case, known)) == ()
            assert case.team_id != session.get_one(Person, audit.auditor_id).team_id
        session.rollback()


def test_a_case_audited_in_the_last_twelve_cycle_months_is_not_drawn(session: Session, world: World) -> None:
    for month in (date(2025, 11, 1), date(2025, 12, 1), date(2026, 11, 1)):
        cycle = opened(session, month)
        case_draws.draw_month(session, cycle, seed=SEED, by=BY, at=AT)
    cycle = opened(session)
    draw = case_draws.draw_month(session, cycle, seed=SEED, by=BY, at=AT)
    # December 2025 is 12 months before and counts; November 2025 is 13 and does not.
    lately = set(session.scalars(select(Audit.case_id).where(Audit.month.in_([date(2025, 12, 1), date(2026, 11, 1)]))))
    assert draw.excluded == {"audited in one of the 12 months before": len(lately)}
    assert draw.rule["pool"] == 48 - len(lately)
    assert not {audit.case_id for audit in audits_of(session, cycle)} & lately


def test_every_exclusion_is_counted(session: Session, world: World) -> None:
    cases = session.scalars(select(Case).order_by(Case.reference_key)).all()
    cases[0].open = False
    cases[1].listed = False
    cases[2].team_id = None
    session.flush()
    draw = case_draws.draw_month(session, opened(session), seed=SEED, by=BY, at=AT)
    assert draw.excluded == {pool.CLOSED: 1, pool.UNLISTED: 1, pool.NO_TEAM: 1}
    assert draw.rule["pool"] == 45


def test_the_stored_draw_draws_the_same_again(session: Session, world: World) -> None:
    cycle = drawn(session)
    kept = session.scalars(select(Draw)).one()
    again = case_draws.drawn_again(kept)
    assert {(one.auditor, one.case_id) for one in again.assigned} == {
        (str(audit.auditor_id), str(audit.case_id)) for audit in audits_of(session, cycle)
    }
    assert len(kept.frame_sha256) == 64


def test_the_same_seed_draws_the_same_and_another_seed_another(session: Session, world: World) -> None:
    def cases_with(seed: str) -> list[object]:
        with session.begin_nested() as point:
            kept = [(audit.auditor_id, audit.case_id) for audit in audits_of(session, drawn(session, seed))]
            point.rollback()
        return kept

    assert cases_with(SEED) == cases_with(SEED)
    assert cases_with(SEED) != cases_with("f" * 32)


def test_drawing_again_needs_a_reason_and_keeps_the_earlier_draw(session: Session, world: World) -> None:
    cycle = drawn(session)
    with pytest.raises(cycles.CycleRefused, match="Say why"):
        case_draws.draw_month(session, cycle, seed="a" * 32, by=BY, at=AT)
    case_draws.draw_month(session, cycle, seed="b" * 32, reason="The case list was out of date", by=BY, at=AT)
    assert [draw.seed for draw in session.scalars(select(Draw).order_by(Draw.seed))] == [SEED, "b" * 32]
    assert [audit.number for audit in audits_of(session, cycle)] == [1, 2, 3, 4]


def test_the_keys_an_audit_is_counted_by_are_those_of_its_case(session: Session, world: World) -> None:
    for audit in audits_of(session, drawn(session)):
        case = session.get_one(Case, audit.case_id)
        assert case.team is not None
        assert (audit.team_id, audit.service_id, audit.worker_id) == (
            case.team_id,
            case.team.service_id,
            case.worker_id,
        )
        assert (audit.plan_type, audit.month, audit.auditor_role) == (case.plan_type, MONTH, "Team Manager")


def test_swapping_draws_another_independent_case_for_the_same_audit(session: Session, world: World) -> None:
    cycle = drawn(session)
    audit = audits_of(session, cycle)[0]
    before, others = audit.case_id, {one.case_id for one in audits_of(session, cycle)}
    with pytest.raises(cycles.CycleRefused, match="Say why"):
        case_draws.swap(session, audit, seed="c" * 32, reason=" ", by=BY, at=AT)
    case_draws.swap(session, audit, seed="c" * 32, reason="The family is known", by=BY, at=AT)
    assert audit.case_id != before
    assert audit.case_id not in others
    assert audit.number == 1


def test_a_released_month_is_not_drawn_again(session: Session, world: World) -> None:
    cycle = drawn(session)
    assert cycles.release(session, cycle, by=BY, at=AT) == 4
    with pytest.raises(cycles.CycleRefused, match="released"):
        case_draws.draw_month(session, cycle, seed=SEED, reason="Again", by=BY, at=AT)
    with pytest.raises(cycles.CycleRefused, match="already"):
        cycles.release(session, cycle, by=BY, at=AT)


def test_a_month_without_cases_is_not_released(session: Session, world: World) -> None:
    with pytest.raises(cycles.CycleRefused, match="drawn"):
        cycles.release(session, opened(session), by=BY, at=AT)


def test_somebody_excused_is_given_nothing(session: Session, world: World) -> None:
    cycle = opened(session)
    one = session.scalars(select(Expectation).where(Expectation.person_id == world.people["manager_care"].id)).one()
    with pytest.raises(expectations.UnfitExpectation, match="why"):
        expectations.excuse(session, one, "", approver="Head", by=BY, at=AT)
    expectations.excuse(session, one, "Leave", approver="Head", by=BY, at=AT)
    case_draws.draw_month(session, cycle, seed=SEED, by=BY, at=AT)
    assert world.people["manager_care"].id not in {audit.auditor_id for audit in audits_of(session, cycle)}


def test_a_handed_back_audit_is_replaced_once(session: Session, world: World) -> None:
    cycle = drawn(session)
    cycles.release(session, cycle, by=BY, at=AT)
    audit = audits_of(session, cycle)[0]
    with pytest.raises(cycles.CycleRefused):
        case_draws.replace(session, audit, audit.auditor, seed=SEED, reason="", by=BY, at=AT)
    audits.hand_back(session, audit, "I know the family", by=BY, at=AT)
    made = case_draws.replace(session, audit, audit.auditor, seed="d" * 32, reason="", by=BY, at=AT)
    assert (made.number, made.replaces_id, made.state) == (5, audit.id, "allocated")
    assert made.case_id != audit.case_id
    with pytest.raises(cycles.CycleRefused, match="replaced already"):
        case_draws.replace(session, audit, audit.auditor, seed="e" * 32, reason="", by=BY, at=AT)


def test_late_work_is_allocated_anew_beside_what_was_not_done(session: Session, world: World) -> None:
    cycle = drawn(session)
    cycles.release(session, cycle, by=BY, at=AT)
    audit = audits_of(session, cycle)[0]
    with pytest.raises(WrongMove):
        audits.accept_late(session, audit, "Sick leave", by=BY, at=AT)
    audit.state = State.NOT_DONE
    cycle.state, cycle.closed_at, cycle.closed_by = "closed", AT, BY
    session.flush()
    late = audits.accept_late(session, audit, "Sick leave", by=BY, at=AT)
    assert (late.state, late.case_id, late.late_reason, late.replaces_id) == (
        "allocated",
        audit.case_id,
        "Sick leave",
        audit.id,
    )
    assert audit.state == "not_done"


def test_every_step_leaves_an_event(session: Session, world: World) -> None:
    cycle = drawn(session)
    cycles.release(session, cycle, by=BY, at=AT)
    assert {"cycle.opened", "cases.draw", "cycle.released"} <= set(session.scalars(select(Event.action)))


def test_the_qa_lead_opens_draws_and_releases_on_screen(sign_in: SignIn, world: World, database: Database) -> None:
    lead = sign_in(world.people["qa_lead"])
    assert lead.page("/cycles").heading == "Cycles"
    where = lead.send("/cycles", {"month-month": "12", "month-year": "2026"}).location
    assert "Draw the cases" in lead.page(where).text
    with database.reading() as session:
        one = session.scalars(select(Expectation)).first()
        assert one is not None
        box = f"expected-{one.id}"
    refused = lead.send(f"{where}/expectations", {box: "many"}, 400).get_data(as_text=True)
    assert 'value="many"' in refused
    lead.send(f"{where}/expectations", {box: "2"})
    lead.send(f"{where}/draw")
    page = lead.page(where)
    assert "QA-2026-12-005" in page.text
    assert "Release to the auditors" in page.text
    lead.send(f"{where}/draw", {"reason": ""}, 400)
    lead.send(f"{where}/draw", {"reason": "Looked at the wrong month"})
    lead.page(f"{where}/release")
    lead.send(f"{where}/release")
    assert "0 of 5 audits submitted" in lead.page(where).text
    assert "5 audits submitted" in lead.page("/").text


def test_releasing_a_month_after_its_due_date_says_so_first(sign_in: SignIn, world: World) -> None:
    lead = sign_in(world.people["qa_lead"])
    late = lead.send("/cycles", {"month-month": "9", "month-year": "2026"}).location
    lead.send(f"{late}/draw")
    assert "21 September 2026, has passed" in lead.page(f"{late}/release").text
    ahead = lead.send("/cycles", {"month-month": "12", "month-year": "2026"}).location
    lead.send(f"{ahead}/draw")
    assert "has passed" not in lead.page(f"{ahead}/release").text


def test_a_month_that_is_no_month_comes_back_in_the_form(sign_in: SignIn, world: World) -> None:
    lead = sign_in(world.people["qa_lead"])
    answer = lead.send("/cycles", {"month-month": "13", "month-year": "2026"}, 400).get_data(as_text=True)
    assert 'value="13"' in answer
    assert "Enter a month and a year" in lead.send("/cycles", {}, 400).get_data(as_text=True)


def test_before_release_nobody_but_the_qa_lead_sees_an_audit(sign_in: SignIn, world: World, database: Database) -> None:
    with database.writing() as session, session.begin():
        cycle = drawn(session)
        audit = audits_of(session, cycle)[0]
        person = audit.auditor
    auditor = sign_in(person)
    assert audit.reference not in auditor.page("/audits").text
    assert audit.reference not in auditor.page("/").text
    auditor.page(f"/audits/{audit.id}/record", 404)
    auditor.page(f"/audits/{audit.id}/sections/about", 404)
    assert audit.reference in sign_in(world.people["qa_lead"]).page(f"/cycles/{cycle.id}").text
