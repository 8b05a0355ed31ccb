"""The calendar of a month in working days: proposed from the settings, changed with a reason, and who is told by it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from qa_app import migrate
from qa_app.db import Database
from qa_app.models import Absence, Audit, Cycle, CycleStep, Event, Message, Person, Step
from qa_app.queries.absences import covering
from qa_app.queries.reminders import ToTell, to_tell
from qa_app.reports.messages import words
from qa_app.services import case_draws, cycle_steps, cycles, reminders, settings
from qa_app.services.choices import SETTINGS
from qa_app.services.cycle_steps import LINES, CycleRefused
from qa_app.working_days import is_working_day
from tests.conftest import AT
from tests.laws.test_migrations import bare  # noqa: F401 - a fixture
from tests.page import PageClient
from tests.world import World

BY = "person:test"
DECEMBER = date(2026, 12, 1)
DEFAULTS = {key: choice.default for key, choice in SETTINGS.items()}
NUMBERS = [key for key in SETTINGS if "working_day" in key]
SignIn = Callable[[Person], PageClient]


def opened(session: Session, month: date = DECEMBER) -> Cycle:
    return cycles.open_month(session, month, by=BY, at=AT)


def running(session: Session) -> Cycle:
    """December with a case drawn for everybody, on the auditors' lists."""
    cycle = opened(session)
    case_draws.draw_month(session, cycle, seed="a" * 32, by=BY, at=AT)
    cycles.release(session, cycle, by=BY, at=AT)
    return cycle


def test_a_december_has_its_steps_on_working_days_around_the_bank_holidays(session: Session, world: World) -> None:
    cycle = opened(session)
    assert cycle_steps.calendar(session, cycle) == {
        Step.DRAWN: date(2026, 11, 24),
        Step.TOLD: date(2026, 12, 1),
        Step.REMINDER: date(2026, 12, 14),
        Step.DUE: date(2026, 12, 21),
        Step.LATE: date(2026, 12, 22),
        Step.MANAGER_TOLD: date(2026, 12, 24),
        Step.HEAD_TOLD: date(2026, 12, 30),  # Christmas Day, a weekend and the substitute for Boxing Day between
        Step.MODERATION_BEGINS: date(2026, 12, 21),
        Step.MODERATION_ENDS: date(2026, 12, 30),
        Step.RESOLVED: date(2027, 1, 7),
        Step.CLOSE: date(2027, 1, 7),
    }
    assert cycle.due_on == date(2026, 12, 21)


@given(
    st.dates(date(2020, 1, 1), date(2035, 12, 1)),
    st.fixed_dictionaries(
        {key: st.integers(SETTINGS[key].lowest, SETTINGS[key].highest) for key in NUMBERS}
    ),
)  # fmt: skip
def test_whatever_the_settings_no_step_is_on_a_holiday_or_out_of_order(day: date, numbers: dict[str, int]) -> None:
    days = cycle_steps.propose(day.replace(day=1), DEFAULTS | numbers)
    assert set(days) == set(Step)
    assert all(is_working_day(on) for on in days.values())
    for line in LINES:
        assert [days[step] for step in line] == sorted(days[step] for step in line)


def test_the_due_date_takes_the_reminder_and_the_late_steps_with_it(session: Session, world: World) -> None:
    cycle = opened(session)
    cycle_steps.move(session, cycle, Step.DUE, date(2026, 12, 18), reason="Before Christmas", by=BY, at=AT)
    days = cycle_steps.calendar(session, cycle)
    assert cycle.due_on == days[Step.DUE] == date(2026, 12, 18)
    assert (days[Step.REMINDER], days[Step.LATE]) == (date(2026, 12, 11), date(2026, 12, 21))
    assert (days[Step.MANAGER_TOLD], days[Step.HEAD_TOLD]) == (date(2026, 12, 23), date(2026, 12, 29))
    session.flush()
    event = session.scalars(select(Event).where(Event.action == "cycle.step_moved")).one()
    assert (event.reason, event.detail["before"], event.detail["after"]) == (
        "Before Christmas",
        "2026-12-21",
        "2026-12-18",
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((Step.DUE, date(2026, 12, 25), "Why"), "25 December 2026 is not a working day.*such as 29 December"),
        ((Step.DUE, date(2026, 12, 19), "Why"), "not a working day"),
        ((Step.DUE, date(2026, 12, 17), " "), "Say why"),
        ((Step.DUE, date(2026, 11, 30), "Why"), "in the month of the cycle"),
        ((Step.DUE, date(2027, 2, 1), "Why"), "The month closes.*would come before"),
        ((Step.REMINDER, date(2026, 12, 22), "Why"), "Audits are due.*would come before.*reminded"),
    ],
)
def test_a_day_that_does_not_fit_is_refused_and_nothing_moves(
    session: Session, world: World, change: tuple[Step, date, str], words: str
) -> None:
    step, on, reason = change
    cycle = opened(session)
    before = cycle_steps.calendar(session, cycle)
    with pytest.raises(CycleRefused, match=words):
        cycle_steps.move(session, cycle, step, on, reason=reason, by=BY, at=AT)
    assert cycle_steps.calendar(session, cycle) == before


def test_a_closed_month_keeps_its_calendar(session: Session, world: World) -> None:
    cycle = opened(session)
    cycle.state, cycle.closed_at, cycle.closed_by = "closed", AT, BY
    with pytest.raises(CycleRefused, match="closed"):
        cycle_steps.move(session, cycle, Step.DUE, date(2026, 12, 18), reason="Why", by=BY, at=AT)


def test_a_month_from_before_calendars_keeps_its_due_date(session: Session, world: World) -> None:
    cycle = opened(session)
    session.execute(delete(CycleStep))
    cycle.due_on = date(2026, 12, 15)
    days = cycle_steps.calendar(session, cycle)
    assert (days[Step.DUE], days[Step.LATE]) == (date(2026, 12, 15), date(2026, 12, 16))
    assert session.scalars(select(CycleStep)).all() == []
    cycle_steps.move(session, cycle, Step.CLOSE, date(2027, 1, 8), reason="Staff day", by=BY, at=AT)
    assert cycle.due_on == date(2026, 12, 15)


def test_settings_of_the_version_before_become_working_days_and_groups(bare: Database) -> None:  # noqa: F811
    migrate.upgrade(bare, "0003")
    row = "INSERT INTO setting (key, value, changed_at, changed_by) VALUES (:key, :value, :at, 'test')"
    with bare.engine.begin() as connection:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        connection.execute(text(row), [{"key": key, "value": n, "at": at} for key, n in _OLD.items()])
    migrate.upgrade(bare)
    with bare.reading() as session:
        now = {key: settings.value(session, key) for key in ("due_working_day", "expected_audits", "expected_iro")}
    assert now == {"due_working_day": 14, "expected_audits": 2, "expected_iro": 2}


_OLD = {"due_day": "20", "expected_audits": "2"}


def told(session: Session, day: date) -> dict[str, int]:
    counted: dict[str, int] = {}
    for one in to_tell(session, day):
        counted[one.kind] = counted.get(one.kind, 0) + one.audits
    return counted


def test_who_is_told_follows_the_calendar(session: Session, world: World) -> None:
    running(session)
    assert told(session, date(2026, 12, 11)) == {}
    assert told(session, date(2026, 12, 14)) == {"audits.reminder": 4}
    assert told(session, date(2026, 12, 21)) == {"audits.reminder": 4}
    assert told(session, date(2026, 12, 22)) == {"audits.late": 4}
    assert told(session, date(2026, 12, 24)) == {"audits.late": 4, "audits.team_late": 4}
    late = to_tell(session, date(2026, 12, 30))
    heads = {one.person_id: one.audits for one in late if one.kind == "audits.service_late"}
    assert heads == {world.people["head_north"].id: 2, world.people["head_south"].id: 2}


def test_who_has_submitted_is_told_nothing(session: Session, world: World) -> None:
    running(session)
    done = session.scalars(select(Audit).where(Audit.auditor_id == world.people["manager_care"].id)).one()
    done.state = "not_done"
    session.flush()
    assert told(session, date(2026, 12, 22)) == {"audits.late": 3}


def test_reminders_are_queued_once_and_again_when_the_due_date_moves(session: Session, world: World) -> None:
    cycle = running(session)
    at = datetime(2026, 12, 14, 8, 0, tzinfo=UTC)
    assert reminders.queue(session, at=at) == 4
    assert reminders.queue(session, at=at + timedelta(days=1)) == 0
    cycle_steps.move(session, cycle, Step.DUE, date(2026, 12, 23), reason="Snow", by=BY, at=at)
    assert reminders.queue(session, at=at + timedelta(days=3)) == 4
    said = {words(one.kind, one.detail).text for one in session.scalars(select(Message))}
    assert "Due 23 December 2026: 1 audit of December 2026 on your list." in said


def absence(
    session: Session, person: Person, cover: Person | None, *, first: date, last: date, confirmed: bool = True
) -> Absence:
    made = Absence(
        person_id=person.id, cover_id=cover.id if cover else None, begins_on=first, ends_on=last, reason="leave",
        made_at=AT, made_by=BY, confirmed_at=AT if confirmed else None, confirmed_by=BY if confirmed else None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def test_who_covers_is_told_instead_of_who_is_away(session: Session, world: World) -> None:
    running(session)
    care, planning = world.people["manager_care"], world.people["manager_planning"]
    day = date(2026, 12, 14)
    absence(session, care, planning, first=day, last=date(2026, 12, 31))
    mine: list[ToTell] = [one for one in to_tell(session, day) if one.person_id in (care.id, planning.id)]
    assert {(one.kind, one.person_id) for one in mine} == {
        ("audits.reminder", planning.id),
        ("audits.cover_reminder", planning.id),
    }
    assert reminders.queue(session, at=datetime(2026, 12, 14, 8, 0, tzinfo=UTC)) == 4


def test_cover_passes_on_and_never_goes_round(session: Session, world: World) -> None:
    care, planning, leaving = (world.people[f"manager_{name}"] for name in ("care", "planning", "leaving"))
    first, last = date(2026, 12, 14), date(2026, 12, 18)
    assert covering(session, care.id, first) is None
    absence(session, care, planning, first=first, last=last)
    assert covering(session, care.id, first) == planning.id
    assert covering(session, care.id, last + timedelta(days=1)) is None
    round_about = absence(session, planning, care, first=first, last=last)
    assert covering(session, care.id, first) is None
    round_about.cover_id = leaving.id
    session.flush()
    assert covering(session, care.id, first) == leaving.id
    absence(session, leaving, None, first=first, last=last, confirmed=False)
    assert covering(session, care.id, first) == leaving.id, "what nobody confirmed does not count"


def test_the_qa_lead_sees_the_calendar_and_changes_a_day(sign_in: SignIn, world: World, database: Database) -> None:
    with database.writing() as session, session.begin():
        where = f"/cycles/{opened(session).id}"
    lead = sign_in(world.people["qa_lead"])
    page = lead.page(where).text
    assert "Heads of Service are told how many are late Wednesday 30 December 2026" in page
    assert "Next in the calendar, on Tuesday 24 November 2026: Cases are drawn." in page
    assert "Monday 21 December 2026 now" in lead.page(f"{where}/steps/due").text
    typed = {"on-day": "26", "on-month": "12", "on-year": "2026"}
    assert "Say why" in lead.send(f"{where}/steps/due", typed, 400).get_data(as_text=True)
    refused = lead.send(f"{where}/steps/due", typed | {"reason": "Half-term"}, 400).get_data(as_text=True)
    assert "not a working day" in refused
    assert 'value="Half-term"' in refused
    lead.send(f"{where}/steps/due", typed | {"on-day": "18", "reason": "Half-term"})
    assert "Due 18 December 2026" in lead.page(where).text
    lead.page(f"{where}/steps/nothing", 404)
    lead.send(f"{where}/steps/due", {"reason": "x"}, 400)
