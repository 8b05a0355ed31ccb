"""People are away: said, confirmed, excused, covered for; their audits go to others and start anew."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.lifecycle import WrongMove
from moderation.independence import case_conflicts
from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.models import Absence, Audit, Cycle, Draft, Event, Expectation, Message, Person, RoleGrant
from qa_app.queries.ties import case_ties, judges
from qa_app.services import absences, audits, case_draws, cycles, expectations, reallocations, settings
from qa_app.services.absences import UnfitAbsence
from qa_app.services.audits import ReasonMissing
from qa_app.services.cycle_steps import CycleRefused
from qa_app.services.drafts import Written, version_of
from qa_app.services.expectations import UnfitExpectation
from tests.conftest import AT
from tests.page import PageClient
from tests.world import World

BY = "person:test"
DECEMBER, JANUARY, FEBRUARY = date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)
SignIn = Callable[[Person], PageClient]


def opened(session: Session, month: date = DECEMBER) -> Cycle:
    return cycles.open_month(session, month, by=BY, at=AT)


def running(session: Session) -> Cycle:
    cycle = opened(session)
    case_draws.draw_month(session, cycle, seed="a" * 32, by=BY, at=AT)
    cycles.release(session, cycle, by=BY, at=AT)
    return cycle


def of(session: Session, person: Person, cycle: Cycle) -> Expectation:
    found = select(Expectation).where(Expectation.person_id == person.id, Expectation.cycle_id == cycle.id)
    return session.scalars(found).one()


def audit_of(session: Session, person: Person) -> Audit:
    return session.scalars(select(Audit).where(Audit.auditor_id == person.id)).one()


def away(
    session: Session, person: Person, first: date, last: date | None, *, reason: str = "leave",
    cover: Person | None = None,
) -> Absence:  # fmt: skip
    made = absences.say(session, person, (first, last), reason, by=BY, at=AT)
    absences.confirm(session, made, cover=cover, approver="The director", by=BY, at=AT)
    return made


def test_each_group_is_expected_its_own_number(session: Session, world: World) -> None:
    iro, other = world.people["moderator_1"], world.people["worker_care_1"]
    for person in (iro, other):
        session.add(RoleGrant(person_id=person.id, role=Role.AUDITOR, granted_at=AT, granted_by=BY))
    for key, number in (("expected_audits", "2"), ("expected_iro", "0"), ("expected_other", "3")):
        settings.change(session, key, number, by=BY, at=AT)
    cycle = opened(session)
    expected = {(one.role_group, one.expected) for one in session.scalars(select(Expectation))}
    assert expected == {("manager", 2), ("iro", 0), ("other", 3)}
    assert of(session, iro, cycle).role_group == "iro"


def test_an_excuse_names_its_reason_and_who_agreed(session: Session, world: World) -> None:
    one = of(session, world.people["manager_care"], opened(session))
    for words, given in (
        ("Choose a reason", {"code": "holiday", "approver": "Head"}),
        ("Say why", {"code": "other", "approver": "Head"}),
        ("who agreed", {"code": "leave", "approver": " "}),
    ):
        with pytest.raises(UnfitExpectation, match=words):
            expectations.excuse(session, one, "", **given, by=BY, at=AT)
    expectations.excuse(session, one, "", code="conflict", approver="Head of South", by=BY, at=AT)
    assert (one.excused_code, one.excused_reason, one.approver) == (
        "conflict",
        "Conflict of interest",
        "Head of South",
    )
    expectations.expect(session, one, 1, by=BY, at=AT)
    assert (one.excused_code, one.excused_reason, one.approver) == ("", "", "")


def test_who_is_away_for_all_of_a_month_is_excused_in_each_until_it_ends(session: Session, world: World) -> None:
    care = world.people["manager_care"]
    absence = away(session, care, date(2026, 11, 24), None, reason="vacancy")
    for month in (DECEMBER, JANUARY):
        one = of(session, care, opened(session, month))
        assert (one.excused_code, one.approver) == ("vacancy", "The director")
        assert one.excused_reason == "Vacancy, until further notice"
    absences.end(session, absence, by=BY, at=AT)
    assert of(session, care, opened(session, FEBRUARY)).excused_at is None


def test_who_is_away_for_a_part_is_proposed_to_be_excused_and_not_excused_unasked(
    session: Session, world: World
) -> None:
    care = world.people["manager_care"]
    absence = away(session, care, date(2026, 12, 7), date(2026, 12, 18))
    one = of(session, care, opened(session))
    assert one.excused_at is None
    assert absences.touched(session, absence) == ((session.get_one(Cycle, one.cycle_id), one),)
    expectations.excuse_absent(session, one, absence, by=BY, at=AT)
    assert (one.excused_code, one.excused_reason) == ("leave", "Leave or absence, until 18 December 2026")


def test_an_absence_nobody_confirmed_excuses_nobody(session: Session, world: World) -> None:
    care = world.people["manager_care"]
    said = absences.say(session, care, (date(2026, 11, 24), None), "leave", by=BY, at=AT)
    one = of(session, care, opened(session))
    assert one.excused_at is None
    with pytest.raises(UnfitExpectation, match="Confirm"):
        expectations.excuse_absent(session, one, said, by=BY, at=AT)
    with pytest.raises(UnfitAbsence, match="who agreed"):
        absences.confirm(session, said, cover=None, approver="", by=BY, at=AT)


@pytest.mark.parametrize(
    ("days", "reason", "words"),
    [
        ((date(2026, 12, 2), date(2026, 12, 1)), "leave", "on or after"),
        ((date(2026, 11, 2), date(2026, 11, 20)), "leave", "are over"),
        ((date(2026, 12, 2), date(2100, 1, 1)), "leave", "Leave the last day empty"),
        ((date(2026, 12, 2), None), "holiday", "Choose a reason"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(
    session: Session, world: World, days: tuple[date, date | None], reason: str, words: str
) -> None:
    with pytest.raises(UnfitAbsence, match=words):
        absences.say(session, world.people["manager_care"], days, reason, by=BY, at=AT)
    assert session.scalars(select(Absence)).all() == []


def test_nobody_covers_for_themselves(session: Session, world: World) -> None:
    care = world.people["manager_care"]
    with pytest.raises(UnfitAbsence, match="themselves"):
        absences.say(session, care, (date(2026, 12, 2), None), "leave", cover=care, by=BY, at=AT)


def test_an_audit_given_to_somebody_else_starts_anew_on_the_same_case(session: Session, world: World) -> None:
    running(session)
    care = world.people["manager_care"]
    audit = audit_of(session, care)
    keys = frozenset({"story_now"})
    audits.write(session, audit, Written(keys, keys, {"story_now": "Half a page"}), version_of({}, keys), by=BY, at=AT)
    known = judges(session)
    assert audit.case is not None
    ties = case_ties(audit.case, known)
    fit = [one for key, one in world.people.items()
           if key.startswith("manager_") and one.id != care.id and not case_conflicts(known[one.id], ties)]  # fmt: skip
    made = reallocations.reallocate(session, audit, fit[0], "On leave", code="away", by=BY, at=AT)
    session.refresh(audit)
    assert (audit.state, audit.exit_code, audit.exit_reason) == ("handed_back", "away", "On leave")
    assert (made.case_id, made.auditor_id, made.replaces_id, made.state) == (
        audit.case_id,
        fit[0].id,
        audit.id,
        "allocated",
    )
    kept = session.scalars(select(Draft)).one()
    assert (kept.audit_id, kept.person_id) == (audit.id, care.id), "what was written stays its author's"
    told = {(one.kind, one.person_id) for one in session.scalars(select(Message).where(Message.kind.like("audit.%")))}
    assert told == {("audit.given", fit[0].id), ("audit.taken", care.id)}
    assert session.scalars(select(Event).where(Event.action == "audit.reallocated")).one().detail["code"] == "away"
    with pytest.raises((CycleRefused, WrongMove)):
        reallocations.reallocate(session, audit, fit[-1], "Again", code="away", by=BY, at=AT)


def test_an_audit_goes_to_nobody_who_is_tied_to_its_case(session: Session, world: World) -> None:
    running(session)
    audit = audit_of(session, world.people["manager_care"])
    tied = next(
        person for key, person in world.people.items() if key.startswith("manager_") and person.team_id == audit.team_id
    )
    for person in (tied, world.people["qa_lead"], world.people["manager_care"]):
        with pytest.raises(CycleRefused, match="not an auditor who is independent"):
            reallocations.reallocate(session, audit, person, "On leave", code="away", by=BY, at=AT)
    assert audit.state == "allocated"


def test_only_audits_that_are_not_submitted_and_of_a_running_month_move(session: Session, world: World) -> None:
    cycle = opened(session)
    case_draws.draw_month(session, cycle, seed="a" * 32, by=BY, at=AT)
    audit = audit_of(session, world.people["manager_care"])
    with pytest.raises(CycleRefused, match="released"):
        reallocations.reallocate(session, audit, world.people["manager_care"], "x", code="away", by=BY, at=AT)


def test_all_that_waits_goes_to_the_cover_or_to_those_with_least_to_do(session: Session, world: World) -> None:
    cycle = opened(session)
    care, planning = world.people["manager_care"], world.people["manager_planning"]
    expectations.expect(session, of(session, care, cycle), 4, by=BY, at=AT)
    case_draws.draw_month(session, cycle, seed="b" * 32, by=BY, at=AT)
    cycles.release(session, cycle, by=BY, at=AT)
    away(session, care, AT.date(), AT.date() + timedelta(days=20), cover=planning)
    with pytest.raises(ReasonMissing):
        reallocations.reallocate_all(session, care, " ", code="away", by=BY, at=AT)
    done = reallocations.reallocate_all(session, care, "On leave", code="away", by=BY, at=AT)
    assert (len(done.given), done.left) == (4, ())
    known = judges(session)
    for made in done.given:
        assert made.case is not None
        assert not case_conflicts(known[made.auditor_id], case_ties(made.case, known))
        if made.case.team_id != planning.team_id:
            assert made.auditor_id == planning.id, "who covers comes first"
    assert {one.state for one in session.scalars(select(Audit).where(Audit.auditor_id == care.id))} == {"handed_back"}


def test_nobody_who_is_away_is_given_an_audit(session: Session, world: World) -> None:
    running(session)
    care = world.people["manager_care"]
    for name in ("assessment", "planning", "leaving"):
        away(session, world.people[f"manager_{name}"], AT.date(), None)
    done = reallocations.reallocate_all(session, care, "On leave", code="away", by=BY, at=AT)
    assert (len(done.given), len(done.left)) == (0, 1)


def test_handing_back_keeps_the_reason_from_the_list_and_tells_the_qa_lead(session: Session, world: World) -> None:
    running(session)
    audit = audit_of(session, world.people["manager_care"])
    with pytest.raises(ReasonMissing, match="from the list"):
        audits.hand_back(session, audit, "I know them", code="tired", by=BY, at=AT)
    audits.hand_back(session, audit, "I know them", code="conflict", by=BY, at=AT)
    session.refresh(audit)
    assert audit.exit_code == "conflict"
    told = session.scalars(select(Message).where(Message.kind == "audit.handed_back")).one()
    said = {"reference": audit.reference, "cycle": str(audit.cycle_id)}
    assert (told.person_id, told.detail) == (world.people["qa_lead"].id, said)


def test_auditors_are_told_once_when_a_month_is_released(session: Session, world: World) -> None:
    running(session)
    told = session.scalars(select(Message).where(Message.kind == "audits.released")).all()
    assert {one.person_id for one in told} == {
        world.people[f"manager_{name}"].id for name in ("assessment", "planning", "care", "leaving")
    }
    assert told[0].detail == {"audits": "1 audit", "month": "December 2026", "due": "21 December 2026"}


def test_somebody_says_they_will_be_away_and_the_qa_lead_arranges_it(
    sign_in: SignIn, world: World, database: Database
) -> None:
    with database.writing() as session, session.begin():
        running(session)
    care, planning = world.people["manager_care"], world.people["manager_planning"]
    me, lead = sign_in(care), sign_in(world.people["qa_lead"])
    days = {"first-day": "7", "first-month": "12", "first-year": "2026", "last-day": "18", "last-month": "12"}
    assert "Enter the first day" in me.send("/account/away", {"reason": "leave"}, 400).get_data(as_text=True)
    wrong = days | {"last-year": "2025", "reason": "leave"}
    assert "on or after the first" in me.send("/account/away", wrong, 400).get_data(as_text=True)
    me.send("/account/away", days | {"last-year": "2026", "reason": "leave", "cover": str(planning.id)})
    assert "7 December 2026 to 18 December 2026: Leave. Manager Planning covers. Waits" in me.page("/account/away").text
    with database.reading() as session:
        absence_id = session.scalars(select(Absence.id)).one()
        expectation = session.scalars(select(Expectation.id).where(Expectation.person_id == care.id)).one()
    where = f"/absences/{absence_id}"
    assert "To confirm" in lead.page("/absences").text
    lead.send(f"{where}/confirm", {"cover": str(planning.id)}, 400)
    lead.send(f"{where}/confirm", {"cover": str(planning.id), "approver": "Head of South"})
    page = lead.page(where).text
    assert "1 expected." in page
    assert "Audits still to do" in page
    lead.send(f"{where}/excuse", {"expectation": str(expectation)})
    lead.send(f"{where}/reallocate", {"reason": ""}, 400)
    lead.send(f"{where}/reallocate", {"reason": "On leave"})
    page = lead.page(where).text
    assert "1 audit given to others." in page
    assert "Audits still to do" not in page
    assert "Excused" in page
    sign_in(planning).send(f"/account/away/{absence_id}/end", {}, 404)
    me.send(f"/account/away/{absence_id}/end", {})
    assert "Nobody is away" in lead.page("/absences").text


def test_the_qa_lead_adds_an_absence_and_gives_one_audit_to_somebody(
    sign_in: SignIn, world: World, database: Database
) -> None:
    with database.writing() as session, session.begin():
        cycle = running(session)
        audit = audit_of(session, world.people["manager_care"])
    lead = sign_in(world.people["qa_lead"])
    typed = {"person": str(world.people["manager_leaving"].id), "first-day": "1", "first-month": "12",
             "first-year": "2026", "reason": "vacancy"}  # fmt: skip
    assert "who agreed" in lead.send("/absences/new", typed, 400).get_data(as_text=True)
    assert lead.page("/absences").text.count("Manager Leaving") == 0
    lead.send("/absences/new", typed | {"approver": "Head of South"})
    assert "further notice" in lead.page("/absences").text
    where = f"/cycles/{cycle.id}/audits/{audit.id}/reallocate"
    page = lead.page(where).text
    assert "Manager Care’s now" in page
    lead.send(where, {"reason": "Leave"}, 400)
    lead.send(where, {"auditor": "no such", "code": "away", "reason": "Leave"}, 400)
    with database.reading() as session:
        chosen = session.get_one(Audit, audit.id)
        fit = next(p for k, p in world.people.items() if k in ("manager_assessment", "manager_planning")
                   and p.team_id != chosen.team_id)  # fmt: skip
    lead.send(where, {"auditor": str(fit.id), "code": "away", "reason": ""}, 400)
    lead.send(where, {"auditor": str(fit.id), "code": "away", "reason": "Leave"})
    assert f"on {fit.name}’s list" in lead.page(f"/cycles/{cycle.id}").text
    lead.page(where, 404)
    assert "QA-2026-12-005" in sign_in(fit).page("/audits").text
