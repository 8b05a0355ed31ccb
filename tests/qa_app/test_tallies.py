"""Kept counts of closed months say what counting the rows says, and are not believed once anything has changed."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from moderation.statistics.facts import Facts, PractitionerCount
from qa_app.db import Database
from qa_app.models import Audit, Cycle, Expectation, FrameMember, Moderation, MonthMark, Person, Reflection, Tally
from qa_app.queries import facts as counted
from qa_app.queries import tallies
from qa_app.queries.facts import collect
from qa_app.queries.reach import Narrow, Reach
from qa_app.services import tallies as keeping
from qa_app.services.figures import ELEMENTS, broken_down, figures
from tests.busy import Busy
from tests.conftest import AT
from tests.months import judge, submitted_month
from tests.world import World

AFTER = AT + timedelta(minutes=6)


@pytest.fixture
def council(database: Database, world: World, busy: Busy) -> World:
    """A council with a closed month whose counts are kept."""
    with database.writing() as session, session.begin():
        everybody_reflects(session, world)
        keeping.make(session, at=AT)
    with database.writing() as session, session.begin():
        assert keeping.make(session, at=AFTER) == 1
    return world


def everybody_reflects(session: Session, world: World) -> None:
    """Two workers' answers to every other audit of both months, so that they answer again, in other teams too."""
    workers = [world.people["worker_care_1"], world.people["worker_care_2"]]
    audits = session.scalars(
        select(Audit).where(Audit.submitted_at.is_not(None)).order_by(Audit.month, Audit.number)
    ).all()
    for n, audit in enumerate(audits[::2]):
        reflect(session, audit, workers[n % 2], ("yes", "no", "partly")[n % 3])
    session.flush()


def reflect(session: Session, audit: Audit, worker: Person, helped: str) -> None:
    session.add(
        Reflection(
            audit_id=audit.id, person_id=worker.id, invited_at=AT, invited_by="test", helped=helped, given_at=AT,
        )
    )  # fmt: skip


def closed_month(session: Session) -> date:
    return session.scalars(select(Cycle.month).where(Cycle.state == "closed", Cycle.tool_key == "case_file")).one()


def as_sets(facts: Facts) -> dict[str, set[object]]:
    return {name: set(getattr(facts, name)) for name in (*tallies.ROWS, "practitioners", "months")}


def anew(session: Session, reach: Reach, monkeypatch: pytest.MonkeyPatch) -> Facts:
    """The facts as the rows have them, with no tally believed."""
    with monkeypatch.context() as patch:
        patch.setattr(counted.tallies, "counts", lambda *_: tallies.Kept())
        return collect(session, reach)


def reaches(world: World) -> list[Reach]:
    north = frozenset((world.services["North"].id,))
    return [
        Reach(),
        Reach(open_months=False),
        Reach(services=north),
        Reach(services=frozenset((world.services["South"].id,)), open_months=False),
        Reach(pair_elements=("overall", "plan")),
        Reach(elements=("overall",)),
        Reach(team=world.teams["Care"].id),
        Reach(teams=frozenset((world.teams["Care"].id,))),
        Reach(teams=frozenset(team.id for team in world.teams.values())),
        Reach(services=north, team=world.teams["Care"].id),
        Reach(teams=frozenset()),
        Reach(narrow=Narrow(stream="random")),
        Reach(stage="auditor"),
        Reach(before_challenges=True),
    ]


def test_a_month_is_kept_only_a_while_after_it_was_marked(database: Database, busy: Busy) -> None:
    with database.writing() as session, session.begin():
        assert keeping.make(session, at=AT) == 0
        assert keeping.make(session, at=AT + timedelta(minutes=4)) == 0
        assert keeping.make(session, at=AFTER) == 1
        assert keeping.make(session, at=AFTER) == 0, "it holds"


def test_kept_counts_are_the_counts_of_the_rows(
    council: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.reading() as session:
        for reach in reaches(council):
            assert as_sets(collect(session, reach)) == as_sets(anew(session, reach, monkeypatch)), reach
        month = closed_month(session)
        assert tallies.counts(session, Reach(), [month]).months == {month}, "and they were believed"
        for place in reaches(council)[:8]:
            assert tallies.counts(session, place, [month]).months == {month}, place


def test_figures_and_their_parts_are_the_same_with_and_without(
    council: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def everything(session: Session) -> object:
        reach, teams = Reach(), Reach()
        made = figures(session, reach=reach)
        return made, broken_down(session, made.cases.windows.last_3.months, reach=reach, teams=teams)

    with database.reading() as session:
        kept = everything(session)
        assert tallies.parts(session, Reach(elements=ELEMENTS, pair_elements=ELEMENTS), [closed_month(session)]).months
        monkeypatch.setattr(counted.tallies, "counts", lambda *_: tallies.Kept())
        monkeypatch.setattr(counted.tallies, "parts", lambda *_: tallies.Kept())
        assert everything(session) == kept


def test_what_tallies_do_not_keep_is_never_answered_from_them(council: World, database: Database) -> None:
    with database.reading() as session:
        month = closed_month(session)
        for reach in reaches(council)[8:]:
            assert not tallies.counts(session, reach, [month]).months, reach
        assert not tallies.counts(session, Reach(by_team=True), [month]).months
        both = frozenset((council.services["North"].id, council.services["South"].id))
        assert not tallies.counts(session, Reach(services=both), [month]).months


def graded_late(session: Session) -> None:
    audit = session.scalars(
        select(Audit).where(Audit.month == closed_month(session), Audit.id.not_in(select(Moderation.audit_id)))
    ).first()
    assert audit is not None
    other = session.scalars(select(Moderation.moderator_id)).first()
    assert other is not None
    session.add(
        Moderation(
            audit_id=audit.id, moderator_id=other, stream="chosen", state="moderated", mode="blind",
            allocated_at=AT, graded_at=AT, form_sound=True,
        )
    )  # fmt: skip
    session.flush()
    judge(session, audit, session.get_one(Person, other), "moderator", {"overall": Grade.GOOD}, at=AT)


def withdrawn(session: Session) -> None:
    audit = session.scalars(select(Audit).where(Audit.month == closed_month(session))).first()
    assert audit is not None
    audit.state, audit.withdrawn_at, audit.withdrawn_by, audit.exit_reason = "withdrawn", AT, "test", "Wrong child"


def excused(session: Session) -> None:
    of_month = select(Cycle.id).where(Cycle.month == closed_month(session))
    one = session.scalars(select(Expectation).where(Expectation.cycle_id.in_(of_month))).first()
    if one is None:
        person = session.scalars(select(Audit.auditor_id).where(Audit.month == closed_month(session))).first()
        cycle = session.scalars(of_month).one()
        session.add(Expectation(cycle_id=cycle, person_id=person, role_group="manager", expected=1))
    else:
        one.excused_at, one.excused_by, one.excused_code, one.excused_reason = AT, "test", "leave", "Away"


def answered(session: Session) -> None:
    audit = session.scalars(
        select(Audit).where(Audit.month == closed_month(session), Audit.id.not_in(select(Reflection.audit_id)))
    ).first()
    worker = session.scalars(select(Person).where(Person.id.in_(select(Reflection.person_id)))).first()
    assert audit is not None
    assert worker is not None
    audit_before = session.scalars(select(Reflection).join(Audit).where(Audit.month == audit.month)).all()
    for one in audit_before:
        one.helped = "not_applicable"
    reflect(session, audit, session.get_one(Person, audit.auditor_id), "yes")


def form_judged(session: Session) -> None:
    month = closed_month(session)
    session.execute(
        update(Moderation)
        .where(Moderation.audit_id.in_(select(Audit.id).where(Audit.month == month)))
        .values(form_sound=False)
    )


@pytest.mark.parametrize(
    "change", [graded_late, withdrawn, excused, answered, form_judged], ids=lambda one: one.__name__
)
def test_whatever_changes_in_a_closed_month_is_counted_at_once_and_kept_anew_later(
    council: World, database: Database, monkeypatch: pytest.MonkeyPatch, change: Callable[[Session], None]
) -> None:
    with database.reading() as session:
        before = as_sets(collect(session))
    with database.writing() as session, session.begin():
        change(session)
    with database.reading() as session:
        now = as_sets(collect(session))
        assert now != before
        assert now == as_sets(anew(session, Reach(), monkeypatch))
        assert not tallies.counts(session, Reach(), [closed_month(session)]).months
    with database.writing() as session, session.begin():
        assert keeping.make(session, at=AFTER) == 1
    with database.reading() as session:
        assert tallies.counts(session, Reach(), [closed_month(session)]).months
        assert as_sets(collect(session)) == now


@pytest.fixture
def three_months(database: Database, world: World) -> list[date]:
    """Three closed months and an open one, none of them kept yet."""
    with database.writing() as session, session.begin():
        for month in (9, 10, 11, 12):
            cycle, (audit, _) = submitted_month(
                session, world, [Grade.GOOD, Grade.INADEQUATE], at=AT, month=date(2026, month, 1)
            )
            reflect(session, audit, world.people["worker_care_1"], "yes" if month % 2 else "no")
            if month < 12:
                cycle.state, cycle.closed_at, cycle.closed_by = "closed", AT, "test"
        keeping.make(session, at=AT)
    return [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)]


def test_months_are_counted_a_few_at_a_time_the_newest_first(three_months: list[date], database: Database) -> None:
    def held() -> list[date]:
        with database.reading() as session:
            return sorted(tallies.counts(session, Reach(), three_months).months)

    for most, kept in ((1, three_months[2:]), (1, three_months[1:]), (keeping.MOST, three_months)):
        with database.writing() as session, session.begin():
            assert keeping.make(session, at=AFTER, most=most) == 1
        assert held() == kept


def test_a_changed_month_is_counted_alone_and_answers_still_follow_each_other(
    three_months: list[date], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session, session.begin():
        assert keeping.make(session, at=AFTER) == 3
    with database.writing() as session, session.begin():
        middle = session.scalars(select(Reflection).join(Audit).where(Audit.month == three_months[1])).one()
        middle.helped = "partly"
    asked: list[list[date]] = []
    count = counted.count

    def noted(session: Session, reach: Reach, months: list[date]) -> Facts:
        asked.append(months)
        return count(session, reach, months)

    with database.reading() as session, monkeypatch.context() as patch:
        patch.setattr(counted, "count", noted)
        found = collect(session)
    december = date(2026, 12, 1)
    assert asked == [[three_months[1]], [december]]
    answers = [("yes", three_months[1]), ("partly", three_months[2]), ("yes", december), ("no", None)]
    assert found.practitioners == tuple(
        PractitionerCount(month, answer, again, 1)
        for month, (answer, again) in zip([*three_months, december], answers, strict=True)
    )
    with database.reading() as session:
        assert as_sets(found) == as_sets(anew(session, Reach(), monkeypatch))


def test_every_table_that_is_counted_raises_the_mark(council: World, database: Database) -> None:
    """The triggers themselves, a row of each table at a time."""

    def changes() -> int:
        with database.reading() as session:
            return session.scalars(select(MonthMark.changes)).one()

    with database.reading() as session:
        month = closed_month(session)
        audit = session.scalars(select(Audit.id).where(Audit.month == month)).first()
        member = session.scalars(select(FrameMember).where(FrameMember.month == month)).first()
    assert member is not None
    touched = {
        "audit": "UPDATE audit SET auditor_id = auditor_id WHERE id = :audit",
        "cycle": "UPDATE cycle SET due_on = due_on WHERE state = 'closed'",
        "moderation": "UPDATE moderation SET mode = mode",
        "reflection": "UPDATE reflection SET helped = helped",
        "counted_answer": (
            "INSERT INTO counted_answer (audit_id, question, value, month, service_id, team_id, tool_key)"
            " SELECT id, 'anything', 'yes', month, service_id, team_id, tool_key FROM audit WHERE id = :audit"
        ),
    }
    for table, statement in touched.items():
        before = changes()
        with database.engine.begin() as connection:
            key = audit.hex if database.sqlite else audit
            connection.execute(text(statement), {"audit": key} if ":audit" in statement else {})
        assert changes() > before, table


def test_another_shape_is_not_believed(council: World, database: Database) -> None:
    with database.writing() as session, session.begin():
        session.execute(update(Tally).values(shape="older"))
    with database.reading() as session:
        assert not tallies.counts(session, Reach(), [closed_month(session)]).months
    with database.writing() as session, session.begin():
        assert keeping.make(session, at=AFTER) == 1
