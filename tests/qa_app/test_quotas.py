"""The quota page: what was expected and done, by team and role, from the same counts as measure 5."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from moderation.statistics.share import Share
from qa_app.access.actor import Actor
from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.models import Audit, Cycle, Expectation, Moderation, Person, RoleGrant
from qa_app.queries import quotas
from qa_app.queries.facts import collect
from qa_app.queries.quotas import Standing, added_up
from qa_app.queries.sight import Sight
from qa_app.services import closing, figures
from tests.conftest import AT
from tests.months import AUDITORS, released_month, submitted_audit
from tests.page import PageClient
from tests.world import World, actor_for

OCTOBER = date(2026, 10, 1)
SignIn = Callable[[Person], PageClient]


def lead_of(session: Session, world: World) -> Actor:
    return actor_for(session.get_one(Person, world.people["qa_lead"].id))


def expect(
    session: Session, cycle: Cycle, person: Person, number: int, group: str = "manager", *, code: str | None = None
) -> None:
    made = Expectation(cycle_id=cycle.id, person_id=person.id, role_group=group, expected=number)
    if code is not None:
        made.excused_at, made.excused_by, made.excused_code, made.excused_reason = AT, "test", code, code
    session.add(made)
    session.flush()


def a_month(session: Session, world: World, month: date = OCTOBER) -> Cycle:
    """Due on the 23rd: one in time, one late, one too few, one excused, an IRO in time; one is withdrawn."""
    cycle = released_month(session, world, at=AT, month=month)
    cycle.due_on = AT.date()
    late = AT + timedelta(days=2)
    submitted_audit(session, world, cycle, 1, at=AT, by="manager_assessment")
    submitted_audit(session, world, cycle, 2, at=late, by="manager_planning")
    submitted_audit(session, world, cycle, 3, at=AT, by="manager_care")
    gone = submitted_audit(session, world, cycle, 4, at=AT, by="manager_care")
    gone.state, gone.withdrawn_at, gone.withdrawn_by = "withdrawn", AT, "test"
    submitted_audit(session, world, cycle, 5, at=AT, by="moderator_1")
    for name, number, group, code in (
        ("manager_assessment", 1, "manager", None), ("manager_planning", 1, "manager", None),
        ("manager_care", 2, "manager", None), ("manager_leaving", 1, "manager", "leave"),
        ("moderator_1", 1, "iro", None),
    ):  # fmt: skip
        expect(session, cycle, world.people[name], number, group, code=code)
    return cycle


def test_each_person_s_audits_are_in_time_late_or_outstanding(session: Session, world: World) -> None:
    cycle = a_month(session, world)
    rows = {one.name: one for one in quotas.standings(session, lead_of(session, world), cycle)}
    assert {name: (one.expected, one.in_time, one.late, one.outstanding) for name, one in rows.items()} == {
        "Manager Assessment": (1, 1, 0, 0),
        "Manager Planning": (1, 0, 1, 0),
        "Manager Care": (2, 1, 0, 1),
        "Manager Leaving": (0, 0, 0, 0),
        "Moderator 1": (1, 1, 0, 0),
    }
    tally = added_up(rows.values(), lambda one: one.role_group)["manager"]
    assert (tally.share, tally.expected, tally.in_time, tally.late, tally.outstanding, dict(tally.excused)) == (
        Share(1, 3), 4, 2, 1, 1, {"leave": 1},
    )  # fmt: skip


def a_random_month(session: Session, world: World, chance: Random, month: date) -> Cycle:
    cycle = released_month(session, world, at=AT, month=month)
    cycle.due_on = AT.date()
    people = [*AUDITORS, "moderator_1", "moderator_2", "worker_care_1"]
    number = 0
    for name in people:
        group = "manager" if name in AUDITORS else "iro" if name.startswith("moderator") else "other"
        code = chance.choice([None, None, None, "leave", "conflict"])
        expect(session, cycle, world.people[name], chance.randrange(4), group, code=code)
        for _ in range(chance.randrange(4)):
            number += 1
            made = submitted_audit(session, world, cycle, number, at=AT + timedelta(days=chance.randrange(3)), by=name)
            if not chance.randrange(5):
                made.state, made.withdrawn_at, made.withdrawn_by = "withdrawn", AT, "test"
    session.flush()
    return cycle


@pytest.mark.parametrize("seed", range(5))
def test_the_page_says_what_measure_5_says(session: Session, world: World, seed: int) -> None:
    chance = Random(seed)  # noqa: S311
    lead = lead_of(session, world)
    for month in (date(2026, 9, 1), OCTOBER):
        cycle = a_random_month(session, world, chance, month)
        closing.close(session, cycle, by="test", at=AT)
    measured = {one.month: one for one in figures.figures(session).expectations.months}
    for cycle in quotas.months(session, Sight()):
        rows = quotas.standings(session, lead, cycle)
        by_role = added_up(rows, lambda one: one.role_group)
        month = measured[cycle.month]
        assert by_role["manager"].share == month.share
        assert by_role["manager"].excused.total() == month.excused
        assert {group.role_group: (group.share, group.excused) for group in month.by_group} == {
            group: (tally.share, tally.excused.total()) for group, tally in by_role.items()
        }
        counted = {row.role_group: row for row in collect(session).expectations if row.month == cycle.month}
        for group, tally in by_role.items():
            assert (counted[group].met, counted[group].expected) == (tally.met, tally.people)
        by_team = added_up(rows, lambda one: (one.team, one.role_group))
        for what in ("people", "met", "expected", "in_time", "late", "outstanding"):
            assert sum(getattr(one, what) for one in by_team.values()) == sum(
                getattr(one, what) for one in by_role.values()
            )


def test_what_is_expected_is_in_time_late_or_outstanding_and_nothing_else() -> None:
    for asked in range(4):
        for in_time in range(5):
            for more in range(5):
                one = Standing(AUDIT_OF_NOBODY, "", "", "", "", "manager", asked, None, in_time, in_time + more)
                assert one.in_time + one.late + one.outstanding == one.expected
                assert min(one.in_time, one.late, one.outstanding) >= 0


AUDIT_OF_NOBODY = UUID(int=0)


def test_the_qa_lead_sees_a_closed_month_with_its_verdict(sign_in: SignIn, world: World, database: Database) -> None:
    with database.writing() as session, session.begin():
        cycle = a_month(session, world)
        closing.close(session, cycle, by="test", at=AT)
        november = released_month(session, world, at=AT)
        november.due_on = AT.date() - timedelta(days=1)
        expect(session, november, world.people["manager_care"], 1)
    lead = sign_in(world.people["qa_lead"])
    shown = lead.page("/quota?month=2026-10").text
    assert "all managers: Not met" in shown
    assert "Managers 1 of 3" in shown
    assert "1 leave or absence" in shown
    assert "IROs and chairs (outside the target)" in shown
    assert "Not done" in shown
    newest = lead.page("/quota").text
    assert "November 2026" in newest
    assert "Overdue" in newest
    assert "Nothing is judged before the month closes" in newest
    assert "nothing to show" in lead.page("/quota?month=2019-01").text
    lead.page("/quota?month=%00")
    person = lead.page(f"/quota/people/{world.people['manager_planning'].id}?month=2026-10").text
    assert "QA-2026-10-002" in person
    assert "25 November 2026" in person
    lead.page(f"/quota/people/{world.people['manager_planning'].id}?month=2026-11", 404)


def test_a_head_of_service_sees_their_own_people_alone_and_no_verdict(
    sign_in: SignIn, world: World, database: Database
) -> None:
    with database.writing() as session, session.begin():
        closing.close(session, a_month(session, world), by="test", at=AT)
    head = sign_in(world.people["head_north"])
    shown = head.page("/quota").text
    assert "Manager Planning" in shown
    assert "Manager Care" not in shown
    assert "all managers:" not in shown
    head.page(f"/quota/people/{world.people['manager_planning'].id}")
    head.page(f"/quota/people/{world.people['manager_care'].id}", 404)
    sign_in(world.people["manager_care"]).page("/quota", 403)
    assert "No month has expectations" not in sign_in(world.people["director"]).page("/quota").text


def test_who_moderates_sees_no_open_month_and_none_they_have_yet_to_grade(
    sign_in: SignIn, world: World, database: Database
) -> None:
    with database.writing() as session, session.begin():
        session.add(RoleGrant(person_id=world.people["qa_lead"].id, role=Role.MODERATOR, granted_at=AT, granted_by="t"))
        september = a_month(session, world, date(2026, 9, 1))
        closing.close(session, september, by="test", at=AT)
        october = a_month(session, world)
    lead = sign_in(world.people["qa_lead"])
    shown = lead.page("/quota?month=2026-10").text
    assert "September 2026 Closed" in shown
    assert "October 2026" not in shown
    lead.page(f"/quota/people/{world.people['manager_care'].id}?month=2026-10")
    assert "QA-2026-10" not in lead.page(f"/quota/people/{world.people['manager_care'].id}?month=2026-10").text
    with database.writing() as session, session.begin():
        audit = session.scalars(select(Audit).where(Audit.cycle_id == september.id).limit(1)).one()
        session.add(
            Moderation(
                audit_id=audit.id, moderator_id=world.people["qa_lead"].id, stream="sampled", state="allocated",
                allocated_at=AT,
            )
        )  # fmt: skip
    assert october.month > september.month
    assert "No month has expectations" in lead.page("/quota").text


def test_grades_are_nowhere_on_the_page(sign_in: SignIn, world: World, database: Database) -> None:
    said = []
    for grade in (Grade.GOOD, Grade.INADEQUATE):
        with database.writing() as session, session.begin():
            month = OCTOBER if grade is Grade.GOOD else date(2026, 9, 1)
            cycle = released_month(session, world, at=AT, month=month)
            submitted_audit(session, world, cycle, 1, grade, at=AT, by="manager_care")
            expect(session, cycle, world.people["manager_care"], 1)
        page = sign_in(world.people["qa_lead"]).page(f"/quota?month={month:%Y-%m}").text
        said.append(page.replace("September", "October"))
    assert "Manager Care" in said[0]
    assert not any(word in said[1] for word in ("Inadequate", "inadequate"))
