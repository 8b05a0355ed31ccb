"""Complaints and compliments: under the statutory clocks, every later fact a step, imported as safely as entered."""

import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from qa_app.db import Database
from qa_app.intake.limits import Limits
from qa_app.models import Complaint, ComplaintStep, Event, Person
from qa_app.queries import complaints as found
from qa_app.services import complaints
from qa_app.services.batches import Outcome
from qa_app.services.complaints import Facts, SteppedMeanwhile, UnfitFact
from qa_app.services.free_text import NamesSomebody
from qa_app.services.imports.complaints import plan_complaints, save_complaints
from qa_app.services.imports.opening import open_complaints
from tests.conftest import AT
from tests.page import PageClient
from tests.sources import TODAY, complained
from tests.world import World

SignIn = Callable[[Person], PageClient]
BEGUN = date(2026, 11, 2)  # a Monday
HEADINGS = "Reference,Type,Date received,Team,Theme,Stage,Stage began,Extended,Answered on,Outcome,Learning\n"


@pytest.mark.parametrize(
    ("stage", "extended", "due"),
    [
        ("one", False, date(2026, 11, 16)),
        ("one", True, date(2026, 11, 30)),
        ("two", False, date(2026, 12, 7)),
        ("two", True, date(2027, 2, 4)),
        ("three", False, date(2026, 12, 14)),
        ("", False, None),
    ],
)
def test_the_statutory_clocks(session: Session, stage: str, extended: bool, due: date | None) -> None:
    assert complaints.due(session, Facts(BEGUN, stage, extended)) == due


def test_a_later_fact_is_a_new_step_and_history_stays(session: Session, world: World) -> None:
    one = complained(session, world, on=BEGUN, theme="drift")
    step = Facts(BEGUN, theme="drift", extended=True)
    assert complaints.note(session, one, step, place=1, by="test", at=AT) == "extended"
    answered = Facts(BEGUN, extended=True, answered_on=date(2026, 11, 20), upheld="partly", theme="drift")
    assert complaints.note(session, one, answered, place=2, by="test", at=AT) == "answered"
    assert complaints.note(session, one, answered, place=3, by="test", at=AT) == ""
    moved = complaints.moved_up(answered, "two", date(2026, 11, 23))
    assert complaints.note(session, one, moved, place=3, by="test", at=AT) == "moved"
    assert [each.what for each in one.steps] == ["received", "extended", "answered", "moved"]
    assert [each.due_on for each in one.steps][:2] == [date(2026, 11, 16), date(2026, 11, 30)]
    stages = {each.stage: each for each in found.by_stage([found.Standing(one, one.now, TODAY)])}
    assert (stages["one"].n, stages["one"].in_time, stages["one"].partly) == (1, 1, 1)
    assert (stages["two"].n, stages["two"].answered) == (1, 0)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (Facts(BEGUN, "four"), "stage"),
        (Facts(BEGUN - timedelta(days=1)), "begun_on"),
        (Facts(TODAY + timedelta(days=1)), "begun_on"),
        (Facts(BEGUN, answered_on=BEGUN - timedelta(days=1)), "answered_on"),
        (Facts(BEGUN, answered_on=TODAY + timedelta(days=1)), "answered_on"),
        (Facts(BEGUN, upheld="yes"), "answered_on"),
        (Facts(BEGUN, "three", extended=True), "extended"),
        (Facts(BEGUN, theme="nothing"), "theme"),
        (Facts(BEGUN, learning="x" * 2001), "learning"),
    ],
)
def test_facts_that_do_not_fit_are_refused_at_their_field(
    session: Session, world: World, facts: Facts, field: str
) -> None:
    one = complained(session, world, on=BEGUN)
    with pytest.raises(UnfitFact) as refused:
        complaints.note(session, one, facts, place=1, by="test", at=AT)
    assert refused.value.field == field
    assert len(one.steps) == 1


def test_a_stage_never_goes_back_and_a_compliment_has_none(session: Session, world: World) -> None:
    one = complained(session, world, stage="two")
    with pytest.raises(UnfitFact, match="cannot go back"):
        complaints.note(session, one, Facts(BEGUN), place=1, by="test", at=AT)
    with pytest.raises(UnfitFact, match="no stage"):
        complained(session, world, kind="compliment", stage="one")


def test_learning_names_nobody(session: Session, world: World) -> None:
    with pytest.raises(NamesSomebody):
        complained(session, world, learning="Write to a.person@council.example.")


def test_two_people_do_not_add_the_same_step_and_rows_stay(session: Session, world: World) -> None:
    one = complained(session, world)
    complaints.note(session, one, Facts(BEGUN, extended=True), place=1, by="test", at=AT)
    for place in (-1, 0, 1, 5):
        with pytest.raises(SteppedMeanwhile):
            complaints.note(session, one, Facts(BEGUN), place=place, by="test", at=AT)
    for table in ("complaint", "complaint_step"):
        with pytest.raises(DBAPIError, match="kept as they were recorded"), session.begin_nested():
            session.execute(text(f"DELETE FROM {table}"))  # noqa: S608


DAYS = st.dates(BEGUN - timedelta(days=3), TODAY + timedelta(days=2))
FACTS = st.builds(
    Facts, begun_on=DAYS, stage=st.sampled_from(("one", "two", "three")), extended=st.booleans(),
    answered_on=st.none() | DAYS, upheld=st.sampled_from(("", "yes", "no")), theme=st.sampled_from((None, "drift")),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(FACTS, max_size=6))
def test_whatever_is_noted_history_only_grows_and_its_last_step_is_what_stands(
    session: Session, world: World, steps: list[Facts]
) -> None:
    one = complained(session, world, on=BEGUN)
    for facts in steps:
        before = [(each.what, complaints.facts_of(each)) for each in one.steps]
        try:
            what = complaints.note(session, one, facts, place=len(before), by="test", at=AT)
        except UnfitFact:
            what = ""
        after = [(each.what, complaints.facts_of(each)) for each in one.steps]
        assert after[: len(before)] == before
        assert after == (before if not what else [*before, (what, facts)])
        assert [each.place for each in one.steps] == list(range(1, len(after) + 1))
        stages = [found.UP.index(each.stage) for each in one.steps]
        assert stages == sorted(stages)
        assert one.now.due_on == complaints.due(session, complaints.facts_of(one.now))
    session.rollback()


def brought(session: Session, rows: str) -> Outcome:
    data = (HEADINGS + rows).encode()
    opened = open_complaints(session, data, limits=Limits(), today=TODAY).needed()
    return save_complaints(session, plan_complaints(session, opened), data, by="test", at=AT)


def test_an_import_knows_a_row_again_and_keeps_what_is_new_as_a_step(session: Session, world: World) -> None:
    first = (
        "C-101,Complaint,02/11/2026,Care,Drift and delay,Stage 1,,,,,\nC-102,Compliment,03/11/2026,Care,,,,,,,Thanks\n"
    )
    made = brought(session, first)
    assert (made.added, made.changed, made.unchanged, made.refused) == (2, 0, 0, 0)
    again = brought(session, first)
    assert (again.added, again.changed, again.unchanged, again.refused) == (0, 0, 2, 0)
    later = brought(session, "c-101,,02/11/2026,Care,,2,16/11/2026,,,,\nC-102,Compliment,03/11/2026,Care,,,,,,,\n")
    assert (later.changed, later.unchanged) == (1, 1)
    assert "Stage: Stage 1 → Stage 2" in later.changes[0].what
    one = session.scalars(select(Complaint).where(Complaint.reference == "C-101")).one()
    assert [(step.what, step.stage, step.theme_code) for step in one.steps] == [
        ("received", "one", "drift"), ("moved", "two", "drift"),
    ]  # fmt: skip
    assert session.scalar(select(func.count()).select_from(Complaint)) == 2
    actions = session.scalars(select(Event.action)).all()
    assert actions.count("complaints.imported") == 3
    assert not any(action.startswith("complaint.") for action in actions)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("Smith,Complaint,02/11/2026,Care,,,,,,,", "Never use a name"),
        (",Complaint,02/11/2026,Care,,,,,,,", "There is no reference"),
        ("C-9,Moan,02/11/2026,Care,,,,,,,", "Write Complaint or Compliment"),
        ("C-9,Complaint,02/12/2026,Care,,,,,,,", "Check the year"),
        ("C-9,Complaint,02/11/2026,Nowhere,,,,,,,", "no team called"),
        ("C-9,Complaint,02/11/2026,Care,,9,,,,,", "Write Stage 1"),
        ("C-9,Complaint,02/11/2026,Care,,2,,,,,", "Write when stage 2 began"),
        ("C-9,Complaint,02/11/2026,Care,,,,,01/11/2026,,", "The answer comes after"),
        ("C-9,Complaint,02/11/2026,Care,,,,,,Upheld,", "Enter the day of the answer"),
        ("C-9,Complaint,02/11/2026,Care,,,,,,,Ring 01702 215000", "a telephone number"),
        ("C-1,Complaint,03/11/2026,Care,,,,,,,", "another kind, team or day"),
        ("C-1,Complaint,02/11/2026,Leaving,,,,,,,", "another kind, team or day"),
    ],
)
def test_a_row_that_cannot_come_in_says_why(session: Session, world: World, row: str, why: str) -> None:
    complained(session, world, reference="C-1", on=BEGUN)
    made = brought(session, f"{row}\n")
    assert (made.added, made.changed, made.unchanged, made.refused) == (0, 0, 0, 1)
    assert why in made.refusals[0].reason


def test_an_unknown_theme_is_reported_and_the_row_comes_in(session: Session, world: World) -> None:
    made = brought(session, "C-9,,02/11/2026,Care,Parking,,,,,,\n")
    assert made.added == 1
    assert "not on the list" in made.reports[0].reason


def test_a_list_comes_in_on_screen_with_its_check_first(database: Database, world: World, sign_in: SignIn) -> None:
    lead = sign_in(world.people["qa_lead"])
    assert "Download a workbook to fill in" in lead.page("/complaints/import").text
    assert lead.get("/complaints/import/template.xlsx").data[:2] == b"PK"
    rows = "C-101,Complaint,02/11/2026,Care,Drift and delay,,,,,,\nNobody,,02/11/2026,Care,,,,,,,\n"
    file = (io.BytesIO((HEADINGS + rows).encode()), "complaints.csv")
    where = lead.send("/complaints/import", {"file": file}).location
    page = lead.page(where).text
    assert "Never use a name" in page
    assert "Nothing is saved yet" in page
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Complaint)) == 0
    lead.send(f"{where}/confirm")
    assert "C-101" in lead.page("/complaints").text
    assert "Complaints and compliments" in lead.page("/imports").text


def test_a_complaint_is_entered_and_goes_on_on_screen(database: Database, world: World, sign_in: SignIn) -> None:
    lead = sign_in(world.people["qa_lead"])
    said = {
        "kind": "complaint", "received_on": "2026-11-02", "team": str(world.teams["Care"].id), "stage": "one",
        "theme": "drift", "reference": "C-7", "upheld": "",
    }  # fmt: skip
    refused = lead.send("/complaints/new", said | {"team": "", "learning": "Kept words."}, status=400)
    assert "Choose a team." in refused.text
    assert "Kept words." in refused.text
    where = lead.send("/complaints/new", said).location
    assert "Overdue" in lead.page(where).text
    assert "already" in lead.send("/complaints/new", said, status=400).text
    step = {"place": "1", "stage": "one", "begun_on": "2026-11-02", "theme": "drift", "upheld": ""}
    lead.send(where, step | {"answered_on": "2026-11-12", "upheld": "yes"})
    assert "in time" in lead.page(where).text
    assert "Somebody else has changed this" in lead.send(where, step | {"extended": "y"}, status=409).text
    head = sign_in(world.people["head_south"])
    assert "C-7" in head.page("/complaints").text
    head.page(where)
    head.send(where, step, status=403)
    other = sign_in(world.people["head_north"])
    other.page(where, 404)
    assert "C-7" not in other.page("/complaints").text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ComplaintStep)) == 2
