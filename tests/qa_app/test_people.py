"""Bringing in the staff list, by service and on screen."""

import io
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.case_keys import CaseKeys
from qa_app.db import Database
from qa_app.intake.headings import Kind
from qa_app.intake.limits import Limits, UnreadableFile
from qa_app.models import Batch, Person, RoleGrant, Team, Upload
from qa_app.services import people, uploads
from qa_app.services.batches import Outcome
from tests.conftest import AT, SECRETS
from tests.page import Page, PageClient
from tests.world import World

HEADINGS = "employee_id,name,email,job_title,service,team,line_manager,fte,active"
LIST = (
    "E1,Ada North,ada@c.example,Head of Service,Care,Duty,,1.0,Y",
    "E2,Ben Hill,ben@c.example,Team Manager,Care,Duty,E1,1.0,Y",
    "E3,Cat Dale,cat@c.example,Social Worker,Care,Duty,E2,0.6,Y",
)
SignIn = Callable[[Person], PageClient]


def staff(*rows: str) -> bytes:
    return "\n".join((HEADINGS, *rows)).encode()


def bring_in(session: Session, *rows: str) -> Outcome:
    read = people.read_file(session, staff(*rows), limits=Limits())
    outcome = people.apply_staff(session, read, by="test", at=AT)
    session.expire_all()
    return outcome


def called(session: Session, number: str) -> Person:
    return session.scalars(select(Person).where(Person.employee_id == number)).one()


def test_a_staff_list_brings_people_teams_services_and_line_managers(session: Session) -> None:
    outcome = bring_in(session, *LIST)
    assert (outcome.added, outcome.changed, outcome.unchanged, outcome.refused) == (3, 0, 0, 0)
    cat = called(session, "E3")
    assert cat.team is not None
    assert (cat.team.name, cat.team.service.name) == ("Duty", "Care")
    assert cat.line_manager is not None
    assert cat.line_manager.name == "Ben Hill"


def test_the_same_list_again_changes_nothing(session: Session) -> None:
    bring_in(session, *LIST)
    again = bring_in(session, *LIST)
    assert (again.added, again.changed, again.unchanged, again.changes) == (0, 0, 3, ())


def test_a_changed_row_says_what_changes_and_leaves_the_others(session: Session) -> None:
    bring_in(session, *LIST)
    outcome = bring_in(session, LIST[0], LIST[1], "E3,Cat Dale,cat@c.example,Social Worker,Care,Leaving Care,E1,1.0,Y")
    assert [(line.row, line.name) for line in outcome.changes] == [(4, "Cat Dale")]
    assert "Team: Leaving Care, was Duty" in outcome.changes[0].what
    assert "Line manager: E1, was E2" in outcome.changes[0].what
    assert "Full-time equivalent: 1.00, was 0.60" in outcome.changes[0].what


def test_a_preview_says_what_applying_does_and_changes_nothing(session: Session) -> None:
    bring_in(session, LIST[0])
    read = people.read_file(session, staff(*LIST), limits=Limits())
    promised = people.preview_staff(session, read)
    assert session.scalar(select(func.count()).select_from(Person)) == 1
    assert people.apply_staff(session, read, by="test", at=AT) == promised


def test_people_missing_from_the_file_stay_and_are_counted(session: Session) -> None:
    bring_in(session, *LIST)
    outcome = bring_in(session, LIST[0])
    assert called(session, "E3").active
    assert any("2 people are here and not in this file" in note for note in outcome.notes)


def test_somebody_listed_as_not_active_ends(session: Session) -> None:
    bring_in(session, *LIST)
    outcome = bring_in(session, "E3,Cat Dale,cat@c.example,Social Worker,Care,Duty,E2,0.6,N")
    assert outcome.changes[0].what == "Active: no, was yes"
    assert not called(session, "E3").active


def test_job_titles_only_suggest_roles(session: Session) -> None:
    bring_in(session, *LIST)
    grants = session.scalars(select(RoleGrant)).all()
    assert {(one.person.employee_id, one.role) for one in grants} == {
        ("E1", "head_of_service"), ("E2", "auditor"), ("E3", "practitioner"),
    }  # fmt: skip
    assert all(one.granted_at is None and one.suggested_at == AT for one in grants)


def test_a_suggestion_turned_down_is_not_made_again(session: Session) -> None:
    bring_in(session, *LIST)
    for one in session.scalars(select(RoleGrant)):
        one.ended_at, one.ended_by = AT, "test"
    session.flush()
    bring_in(session, LIST[0], "E2,Ben Hill,ben@c.example,Team Manager,Care,Access,E1,1.0,Y")
    assert len(called(session, "E2").grants) == 1


def test_somebody_an_imported_register_named_becomes_the_person_in_the_list(session: Session) -> None:
    known = Person(name="Ben Hill", active=False)
    session.add(known)
    session.flush()
    outcome = bring_in(session, *LIST)
    assert (outcome.added, outcome.changed) == (2, 1)
    assert called(session, "E2").id == known.id


def test_two_people_of_one_name_are_never_taken_for_the_one_a_register_named(session: Session) -> None:
    session.add(Person(name="Ben Hill", active=False))
    session.flush()
    outcome = bring_in(session, LIST[1].replace("E1,1.0", ",1.0"), "E9,Ben Hill,,Social Worker,Care,Duty,,1.0,Y")
    assert (outcome.added, outcome.changed) == (2, 0)


def test_two_people_may_swap_their_addresses_in_one_file(session: Session) -> None:
    bring_in(session, *LIST)
    swapped = (LIST[0], LIST[1].replace("ben@", "cat@"), LIST[2].replace("cat@", "ben@"))
    assert bring_in(session, *swapped).changed == 2
    assert called(session, "E2").email == "cat@c.example"


def test_an_address_somebody_else_holds_refuses_the_row(session: Session) -> None:
    bring_in(session, *LIST)
    outcome = bring_in(session, "E4,Dan Moor,cat@c.example,Social Worker,Care,Duty,,1.0,Y")
    assert (outcome.added, outcome.refused) == (0, 1)
    assert outcome.refusals[0].row_number == 2
    assert "has this email address" in outcome.refusals[0].reason


def test_a_team_that_moves_takes_its_people_to_the_new_service(session: Session) -> None:
    bring_in(session, *LIST)
    outcome = bring_in(session, *(row.replace(",Care,Duty", ",Help,Duty") for row in LIST))
    assert outcome.changed == 3
    assert session.scalars(select(Team)).one().service.name == "Help"
    assert bring_in(session, *(row.replace(",Care,Duty", ",Help,Duty") for row in LIST)).unchanged == 3


def test_a_file_that_is_no_staff_list_says_which_columns_it_needs(session: Session) -> None:
    with pytest.raises(UnreadableFile, match="no column ‘Employee number’"):
        people.read_file(session, b"name,team,service\nA,B,C\n", limits=Limits())


def test_a_waiting_file_is_sealed_and_only_its_owners(session: Session) -> None:
    keys = CaseKeys(SECRETS["case_key"])
    kept = uploads.keep(session, keys, Kind.STAFF, staff(*LIST), by="person:1", at=AT)
    assert b"Ada North" not in kept.sealed
    assert uploads.unseal(keys, uploads.waiting(session, kept.id, Kind.STAFF, by="person:1", at=AT)) == staff(*LIST)
    for other in ({"by": "person:2", "kind": Kind.STAFF}, {"by": "person:1", "kind": Kind.CASES}):
        with pytest.raises(uploads.UploadGoneError):
            uploads.waiting(session, kept.id, other["kind"], by=other["by"], at=AT)  # type: ignore[arg-type]


def test_a_file_left_waiting_for_a_day_is_deleted_with_the_next(session: Session) -> None:
    keys = CaseKeys(SECRETS["case_key"])
    old = uploads.keep(session, keys, Kind.STAFF, b"old", by="person:1", at=AT)
    later = AT + timedelta(days=1, minutes=1)
    with pytest.raises(uploads.UploadGoneError):
        uploads.waiting(session, old.id, Kind.STAFF, by="person:1", at=later)
    uploads.keep(session, keys, Kind.STAFF, b"new", by="person:2", at=later)
    assert session.scalars(select(Upload.uploaded_by)).all() == ["person:2"]


def upload(client: PageClient, data: bytes, status: int = 302) -> str:
    answer = client.send("/people/import", {"file": (io.BytesIO(data), "staff.csv")}, status)
    return answer.location or answer.get_data(as_text=True)


def test_an_administrator_sees_what_a_list_would_do_before_it_is_saved(
    world: World, sign_in: SignIn, database: Database
) -> None:
    client = sign_in(world.people["administrator"])
    assert "Employee number" in client.page("/people/import").text
    place = upload(client, staff(*LIST, "E9,No Team,,,Care,,,,Y"))
    page = client.page(place)
    assert "Ada North" in page.text
    assert "This cell is empty and must be filled in." in page.text
    with database.reading() as session:
        assert session.scalar(select(Person).where(Person.employee_id == "E1")) is None
    client.send(f"{place}/confirm")
    with database.reading() as session:
        assert called(session, "E1").name == "Ada North"
        batch = session.scalars(select(Batch)).one()
        assert (batch.kind, batch.added, batch.refused) == ("staff", 3, 1)
        assert session.scalars(select(Upload)).all() == []
    assert "Staff list saved: 3 added" in client.page("/people/suggested-roles").text


def test_the_refused_rows_come_back_as_a_file_with_formulas_kept_as_text(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.people["administrator"])
    place = upload(client, staff(*LIST, "E9,=1+1,,,Care,,,,Y"))
    answer = client.get(f"{place}/refused.csv")
    assert "'=1+1" in answer.get_data(as_text=True)
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_list_can_be_given_up_and_confirming_it_then_saves_nothing(
    world: World, sign_in: SignIn, database: Database
) -> None:
    client = sign_in(world.people["administrator"])
    place = upload(client, staff(*LIST))
    client.send(f"{place}/give-up")
    assert client.send(f"{place}/confirm").location == "/people/import"
    assert "not waiting any more" in client.page("/people/import").text
    with database.reading() as session:
        assert session.scalar(select(Person).where(Person.employee_id == "E1")) is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.7 not a list\n\x00\x01", ""),
        (b"name,team\nA,B\n", "does not look like a staff list"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    world: World, sign_in: SignIn, data: bytes, words: str
) -> None:
    page = upload(sign_in(world.people["administrator"]), data, 400)
    assert "There is a problem" in page
    assert words in page


def test_no_file_at_all_is_refused_in_a_sentence(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.people["administrator"]).send("/people/import", {}, 400)
    assert "Choose the file with the staff list." in answer.get_data(as_text=True)


def test_the_list_of_people_is_searched_by_name_team_and_role(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.people["qa_lead"])
    assert "Nobody fits this search" in client.page("/people?name=zebra").text
    assert "1 person" in client.page("/people?name=manager+care").text
    assert "3 people" in client.page("/people?role=moderator").text
    team = world.teams["Planning"].id
    assert "3 people" in client.page(f"/people?team={team}").text
    assert "1 person" in client.page(f"/people?team={team}&role=none").text


@pytest.mark.parametrize("query", ["name=%00", "name=%25_", "page=999999999999999999999", "page=-1", "team=x&role=y"])
def test_a_strange_search_is_still_a_page(world: World, sign_in: SignIn, query: str) -> None:
    assert sign_in(world.people["qa_lead"]).page(f"/people?{query}").heading == "People"


def test_the_list_shows_fifty_people_a_page(world: World, sign_in: SignIn, database: Database) -> None:
    with database.writing() as session, session.begin():
        session.add_all(Person(name=f"Person {n:03d}") for n in range(60))
    client = sign_in(world.people["qa_lead"])
    first, second = client.page("/people"), client.page("/people?page=2")
    assert "Page 2" not in first.text
    assert "Previous" in second.text
    assert "Previous" not in first.text


def test_a_person_nobody_knows_is_not_found(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.people["qa_lead"]).page(f"/people/{uuid4()}", 404).heading == "Page not found"


def test_the_qa_lead_reads_a_person_and_changes_nothing(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.people["qa_lead"])
    page: Page = client.page(f"/people/{world.people['manager_care'].id}")
    assert page.heading == "Manager Care"
    assert "Grant a role" not in page.text
    assert "Reset the password" not in page.text
