"""Case lists brought in: what is new, what changed in words, what is gone, and what is never written down."""

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.demo import demo_file
from qa_app.models import Batch, Case, Event
from qa_app.services import settings
from tests.conftest import AT
from tests.qa_app.imports import council
from tests.world import World

HEADINGS = "Person ID,Age,Gender,Family Group,Case Status,Plan Type,Team,Worker ID,Date Opened"
LATER = datetime(2026, 12, 1, tzinfo=UTC)


def row(reference: str, team: str = "Assessment", plan: str = "Child in Need", **more: str) -> str:
    return ",".join(
        (
            reference,
            more.get("age", "7"),
            "F",
            "F1",
            more.get("status", "Open"),
            plan,
            team,
            "",
            more.get("on", "01/02/2026"),
        )
    )


def case_of(session: Session, reference: str) -> Case:
    return session.scalars(select(Case).where(Case.reference_key == council.KEYS.match(reference))).one()


def test_the_same_list_again_changes_nothing(session: Session) -> None:
    council.bring_staff(session)
    first = council.bring_cases(session)
    again = council.bring_cases(session, demo_file("case_list.xlsx"))
    assert (again.added, again.changed, again.unchanged) == (0, 0, first.added)
    assert [batch.unchanged for batch in session.scalars(select(Batch).order_by(Batch.added))] == [first.added, 0]


def test_what_changed_is_told_in_words_and_saved(world: World, session: Session) -> None:
    council.bring_cases(session, council.csv_file(HEADINGS, row("7001"), row("7002")))
    file = council.csv_file(HEADINGS, row("7001", "Planning", "Child Protection"), row("7002"))
    done = council.bring_cases(session, file)
    assert (done.added, done.changed, done.unchanged) == (0, 1, 1)
    assert done.changes[0].row == 2
    assert done.changes[0].what == "Team: Assessment → Planning; Plan type: Child in Need → Child Protection"
    assert case_of(session, "7001").team_id == world.teams["Planning"].id


def test_a_column_the_file_does_not_have_keeps_what_is_known(world: World, session: Session) -> None:
    council.bring_cases(session, council.csv_file(HEADINGS, row("7001")))
    done = council.bring_cases(session, council.csv_file("Person ID,Team,Date Opened", "7001,Assessment,01/02/2026"))
    assert done.unchanged == 1
    assert case_of(session, "7001").plan_type == "Child in Need"


def test_cases_missing_from_the_file_close_only_when_it_is_the_whole_list(world: World, session: Session) -> None:
    council.bring_cases(session, council.csv_file(HEADINGS, row("7001"), row("7002")))
    part = council.csv_file(HEADINGS, row("7001"))
    told = council.bring_cases(session, part)
    gone = len(world.cases) + 1
    assert any(note.startswith(f"{gone} cases are open here and not in this list") for note in told.notes)
    assert case_of(session, "7002").open
    whole = council.bring_cases(session, part, whole_list=True)
    assert whole.changed == gone
    assert not case_of(session, "7002").open
    assert case_of(session, "7001").open
    back = council.bring_cases(session, council.csv_file(HEADINGS, row("7002")))
    assert back.changes[0].what == "Open again"


def test_a_refused_row_never_closes_its_case(world: World, session: Session) -> None:
    council.bring_cases(session, council.csv_file(HEADINGS, row("7001"), row("7002")))
    done = council.bring_cases(
        session, council.csv_file(HEADINGS, row("7001"), row("7002", "Asessment")), whole_list=True
    )
    assert done.refused == 1
    assert case_of(session, "7002").open


def test_references_are_sealed_and_stand_in_no_event(world: World, session: Session) -> None:
    council.bring_cases(session, council.csv_file(HEADINGS, row("7001999")))
    case = case_of(session, "7001999")
    assert council.KEYS.open(case.reference_sealed, case.id) == b"7001999"
    assert b"7001999" not in case.reference_sealed
    events = session.scalars(select(Event)).all()
    assert "cases.imported" in {event.action for event in events}
    assert all("7001999" not in str((event.object_id, event.detail)) for event in events)


def test_sex_comes_in_only_where_the_council_asks_for_it(world: World, session: Session) -> None:
    council.bring_cases(session, council.csv_file(HEADINGS, row("7001")))
    assert case_of(session, "7001").sex is None
    settings.change(session, "demographics", "on", reason="Agreed", by="test", at=AT)
    council.bring_cases(session, council.csv_file(HEADINGS, row("7001")))
    assert case_of(session, "7001").sex == "F"


def test_a_case_known_from_a_register_becomes_a_listed_one(session: Session) -> None:
    council.bring_staff(session)
    council.bring_register(session)
    known = session.scalars(select(Case).where(Case.listed.is_(False))).all()
    assert len(known) == 439
    assert not any(case.open for case in known)
    done = council.bring_cases(session)
    assert done.added == 1170
    assert case_of(session, "401766").listed
    assert case_of(session, "401766").opened_on is not None
    assert isinstance(case_of(session, "401766").opened_on, date)
