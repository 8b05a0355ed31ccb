"""The learning loop: triangulation, chains with the later measure, training, and the use of dashboards."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.statistics.before_after import before_and_after
from moderation.statistics.directions import Direction
from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.models import AccessEntry, Audit, CpdAttendance, CpdSession, Event, Evidence, Person, Service
from qa_app.queries import cpd as sessions
from qa_app.queries import viewed
from qa_app.queries.reach import Reach
from qa_app.queries.sight import Sight
from qa_app.queries.sources import Source, Span
from qa_app.services import cpd, evidence, learning
from qa_app.services import figures as live
from qa_app.services.cpd import Course, CpdRefused
from qa_app.services.evidence import Said
from qa_app.services.triangulation import GRADES, TICKED, gather, on_theme
from tests.conftest import AT
from tests.months import released_month, submitted_audit
from tests.page import PageClient
from tests.sources import NOVEMBER, complained, feedback, raised
from tests.world import World, actor_for

SignIn = Callable[[Person], PageClient]
TODAY = AT.date()
SPAN = Span(date(2026, 9, 1), NOVEMBER)
CHANGED = date(2026, 6, 10)


@pytest.fixture
def council(database: Database, world: World, registered_beside: None) -> World:
    """Two years of audits from a register."""
    return world


def entry(session: Session, world: World, *, service: UUID | None = None, **more: object) -> Evidence:
    said: dict[str, object] = {
        "on": TODAY, "learned": "Supervision was late.", "changed": "It is planned ahead.", "different": "Plans move.",
        "known": "Audits.", "theme_code": "supervision", "figure_key": "supervision", "changed_on": CHANGED,
        "led_by": "dashboard", "led_from": date(2026, 3, 1), "led_to": date(2026, 5, 1),
    }  # fmt: skip
    return evidence.write(
        session, Said(**(said | more)), owner_id=world.people["qa_lead"].id, service_id=service, by="test", at=AT,  # type: ignore[arg-type]
        today=TODAY,
    )  # fmt: skip


def line(session: Session, theme: str, source: str, reach: Reach | None = None, seen: Sight | None = None) -> object:
    found = gather(session, reach or Reach(), SPAN, seen or Sight(), few=5)
    return next(one for one in on_theme(found, theme, theme).lines if one.source == source)


def test_each_source_counts_what_it_named_of_what_it_was_heard(session: Session, world: World) -> None:
    for n in range(6):
        feedback(session, world, themes_concerns=["family"] if n else ["worker"], themes_strengths=["listening"])
    raised(session, world, theme="voice")
    found = gather(session, Reach(), SPAN, Sight(), few=5)
    voice = {one.source: one for one in on_theme(found, "family_time", "Family").lines}
    assert (voice[Source.VOICE].worries, voice[Source.VOICE].strengths, voice[Source.VOICE].n) == (5, 0, 6)
    assert voice[Source.VOICE].direction is Direction.DOWN
    assert voice[Source.ALERTS].direction is Direction.NOTHING
    alerts = {one.source: one for one in on_theme(found, "voice", "Voice").lines}[Source.ALERTS]
    assert (alerts.worries, alerts.n, alerts.direction, alerts.newest) == (1, 1, Direction.TOO_LITTLE, TODAY)


def test_other_services_are_left_out(session: Session, world: World) -> None:
    complained(session, world, team="Care", theme="voice")
    north = Reach(services=frozenset((world.services["North"].id,)))
    south = Reach(services=frozenset((world.services["South"].id,)))
    assert line(session, "voice", Source.COMPLAINTS, south).worries == 1  # type: ignore[attr-defined]
    assert line(session, "voice", Source.COMPLAINTS, north).n == 0  # type: ignore[attr-defined]


def test_audits_speak_once_and_only_of_closed_months_in_sight(session: Session, world: World) -> None:
    cycle = released_month(session, world, at=AT, month=date(2026, 10, 1))
    for number in range(1, 7):
        submitted_audit(session, world, cycle, number, at=AT, answers={"themes_concerns": ["voice"]})
    assert line(session, "voice", TICKED).n == 0  # type: ignore[attr-defined]
    cycle.state, cycle.closed_at, cycle.closed_by = "closed", AT, "test"
    session.flush()
    found = on_theme(gather(session, Reach(), SPAN, Sight(), few=5), "voice", "Voice")
    ticked = next(one for one in found.lines if one.source == TICKED)
    graded = next(one for one in found.lines if one.source == GRADES)
    assert (ticked.worries, ticked.n, ticked.direction) == (6, 6, Direction.DOWN)
    assert (graded.strengths, graded.n, graded.direction) == (6, 6, Direction.UP)
    assert found.together.says == (graded.label,)
    blind = Sight(open_months=False, last=date(2026, 9, 1))
    assert line(session, "voice", TICKED, seen=blind).n == 0  # type: ignore[attr-defined]
    assert line(session, "voice", GRADES, seen=blind).n == 0  # type: ignore[attr-defined]


def test_grades_are_those_of_the_dashboard(council: World, database: Database) -> None:
    with database.reading() as session:
        until = max(one.month for one in live.figures(session).months if not one.open)
        months = live.windows(session, until)["last_3"]
        found = gather(session, Reach(), Span(months[0], months[-1]), Sight(), few=5)
        graded = next(one for one in on_theme(found, "supervision", "Supervision").lines if one.source == GRADES)
        share = live.figures(session, until=until).supervision.windows.last_3.share
        assert (graded.strengths, graded.n) == (share.k, share.n)
        assert share.n > 0
        blind = gather(session, Reach(), Span(months[0], months[-1]), Sight(last=months[0]), few=5)
        assert blind.audit_months == months[:1]


def test_the_pages_show_it_and_a_theme_that_is_not_there_is_not_found(
    council: World, database: Database, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        for _ in range(5):
            feedback(session, council, themes_concerns=["plan"], themes_strengths=[])
    lead = sign_in(council.people["qa_lead"])
    assert "Planning with the family" in lead.page("/triangulation").text
    page = lead.page("/triangulation/planning?window=last_12")
    assert "Points down" in page.text
    assert "Record what you learned" in page.text
    lead.page("/triangulation/no_such", 404)


def test_before_and_after_are_the_closed_months_around_the_change(council: World, database: Database) -> None:
    with database.writing() as session, session.begin():
        made = entry(session, council)
        later = learning.later(session, actor_for(session.get_one(Person, council.people["qa_lead"].id)), made)
        months = live.figures(session, reach=Reach(open_months=False)).supervision.months
        assert later is not None
        assert later.made == before_and_after(months, CHANGED)
        assert len(later.made.before_months) == 3


def test_a_services_own_counts_are_for_those_who_answer_for_it(council: World, database: Database) -> None:
    with database.writing() as session, session.begin():
        busiest = session.scalars(
            select(Service.id).join(Audit, Audit.service_id == Service.id).group_by(Service.id).order_by(Service.id)
        ).first()
        made = entry(session, council, service=busiest)
        seen = {
            who: learning.later(session, actor_for(session.get_one(Person, council.people[who].id)), made)
            for who in ("qa_lead", "director", "head_north", "board", "manager_care")
        }
        name = session.get_one(Service, busiest).name
    places = {who: one.place for who, one in seen.items() if one is not None}
    assert places == {
        "qa_lead": name, "director": name, "head_north": "Whole council", "board": "Whole council",
        "manager_care": "Whole council",
    }  # fmt: skip
    whole, own = seen["board"], seen["qa_lead"]
    assert whole is not None and own is not None and whole.made is not None and own.made is not None  # noqa: PT018
    assert whole.made.before.n > own.made.before.n
    assert whole.note == learning.OF_THE_COUNCIL


def test_a_chain_is_read_by_the_board_and_claims_no_cause(council: World, database: Database, sign_in: SignIn) -> None:
    with database.writing() as session, session.begin():
        made = entry(session, council)
        cpd.make(session, course(council, evidence=frozenset((made.id,))), by="test", at=AT, today=TODAY)
    page = sign_in(council.people["board"]).page(f"/learning/{made.id}").text
    assert "does not show that the change did it" in page
    assert "June 2026, the month of the change, is on neither side" in page
    assert "Voice of the child in plans" in page


def course(world: World, **more: object) -> Course:
    said: dict[str, object] = {
        "title": "Voice of the child in plans",
        "held_on": TODAY,
        "themes": frozenset(("voice",)),
    }
    return Course(**(said | more))  # type: ignore[arg-type]


def test_attendance_is_noted_struck_out_and_counted_by_service(session: Session, world: World) -> None:
    made = cpd.make(session, course(world), by="test", at=AT, today=TODAY)
    care = [world.people["manager_care"].id, world.people["worker_care_1"].id]
    assert cpd.attend(session, made, frozenset(care), among=care, by="test", at=AT) == (2, 0)
    assert sessions.held(made).by_service == (("South", 2),)
    assert cpd.attend(session, made, frozenset(care[:1]), among=care, by="test", at=AT) == (0, 1)
    assert sessions.held(made).attended == 1
    assert cpd.attend(session, made, frozenset(care), among=care, by="test", at=AT) == (1, 0)
    assert len(session.scalars(select(CpdAttendance)).all()) == 2
    kept = [one.detail for one in session.scalars(select(Event).where(Event.action == "cpd.attended"))]
    assert {"noted": 0, "struck": 1} in kept


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": " "}, "title"),
        ({"held_on": TODAY + timedelta(days=1)}, "held_on"),
        ({"themes": frozenset()}, "themes"),
        ({"feedback": "Call 07700 900123."}, "feedback"),
    ],
)
def test_a_session_that_cannot_be_kept_says_why(
    session: Session, world: World, more: dict[str, object], field: str
) -> None:
    with pytest.raises(CpdRefused) as refused:
        cpd.make(session, course(world, **more), by="test", at=AT, today=TODAY)
    assert refused.value.field == field
    assert not session.scalars(select(CpdSession)).all()


def test_a_withdrawn_session_counts_nowhere(session: Session, world: World) -> None:
    made = cpd.make(session, course(world), by="test", at=AT, today=TODAY)
    cpd.withdraw(session, made, reason="It did not take place.", by="test", at=AT)
    assert sessions.listed(session) == []
    with pytest.raises(CpdRefused):
        cpd.withdraw(session, made, reason="Again.", by="test", at=AT)


def test_names_of_those_who_attended_are_for_the_qa_lead(world: World, database: Database, sign_in: SignIn) -> None:
    manager = world.people["manager_care"]
    lead = sign_in(world.people["qa_lead"])
    form = {"title": "Voice", "held_on-day": "2", "held_on-month": "11", "held_on-year": "2026", "themes": "voice"}
    assert lead.send("/cpd/new", form).status_code == 302
    with database.writing() as session, session.begin():
        made = session.scalars(select(CpdSession)).one()
        cpd.attend(session, made, frozenset((manager.id,)), among=[manager.id], by="test", at=AT)
        name = session.get_one(Person, manager.id).name
    assert name in lead.page(f"/cpd/{made.id}/attendance").text
    for who in ("board", "head_south", "moderator_1"):
        assert name not in sign_in(world.people[who]).page(f"/cpd/{made.id}").text


def test_opening_a_page_is_noted_and_counted_in_its_week(world: World, database: Database, sign_in: SignIn) -> None:
    sign_in(world.people["qa_lead"]).page("/learning")
    with database.reading() as session:
        assert [one.object_id for one in session.scalars(select(AccessEntry).where(AccessEntry.action == "page.open"))]
        found = viewed.use(session, until=TODAY, weeks=2)
    assert [(one.page, one.people, one.roles) for one in found] == [("learning", None, ())]


ROLES = st.dictionaries(st.uuids(), st.frozensets(st.sampled_from((Role.AUDITOR, Role.MODERATOR, Role.QA_LEAD))))


@given(ROLES)
def test_no_role_and_no_rest_is_smaller_than_five(roles: dict[UUID, frozenset[Role]]) -> None:
    made = dict(viewed.shown(roles))
    assert all(number >= viewed.FEWEST for number in made.values())
    rest = sum(not (held & made.keys()) for held in roles.values())
    assert not made or rest == 0 or rest >= viewed.FEWEST


def test_the_page_of_use_names_nobody(world: World, database: Database, sign_in: SignIn) -> None:
    lead = sign_in(world.people["qa_lead"])
    lead.page("/learning")
    with database.reading() as session:
        name = session.get_one(Person, world.people["qa_lead"].id).name
    page = sign_in(world.people["director"]).page("/learning/use").text
    assert "fewer than 5" in page
    assert name not in page
