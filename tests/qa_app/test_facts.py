"""The counts behind the figures: what is counted, what is left out, and by which index."""

from collections import Counter
from datetime import date, timedelta
from typing import cast

import pytest
from sqlalchemy import ClauseElement, event, select, text
from sqlalchemy.orm import ORMExecuteState, Session

from audit_forms.grades import Grade
from moderation.statistics.months import Month
from qa_app.models import Audit, CountedAnswer, Expectation
from qa_app.queries.facts import CHRONOLOGY, Reach, breakdown, collect, cycle_months, latest_month
from qa_app.services import closing
from tests.conftest import AT
from tests.months import submitted_audit, submitted_month
from tests.world import World

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def counted(session: Session, basis: str, element: str = "supervision", month: date = OCTOBER) -> Counter[str]:
    tally: Counter[str] = Counter()
    for row in collect(session).grades:
        if (row.basis, row.element, row.month) == (basis, element, month):
            tally[row.grade] += row.n
    return tally


@pytest.mark.usefixtures("busy")
def test_a_planned_month_is_not_a_month_of_figures(session: Session, world: World) -> None:
    assert cycle_months(session) == (Month(OCTOBER), Month(NOVEMBER, open=True))
    assert latest_month(session) == NOVEMBER
    assert collect(session, Reach(open_months=False)).months == (Month(OCTOBER),)
    assert {row.month for row in collect(session, Reach(open_months=False)).grades} == {OCTOBER}


@pytest.mark.usefixtures("busy")
def test_the_final_grade_takes_the_auditors_place_wherever_there_is_one(session: Session, world: World) -> None:
    assert counted(session, "auditor") == {"good": 7, "inadequate": 1}
    assert counted(session, "final") == {"good": 8}, "the inadequate one was agreed as good"


@pytest.mark.usefixtures("busy")
def test_withdrawn_audits_are_in_no_count(session: Session, world: World) -> None:
    for audit in session.scalars(select(Audit).where(Audit.month == OCTOBER)):
        audit.state, audit.withdrawn_at, audit.withdrawn_by = "withdrawn", AT, "test"
    session.flush()
    found = collect(session)
    for rows in (found.grades, found.pairs, found.frame, found.chronology, found.quality):
        assert OCTOBER not in {row.month for row in rows}


@pytest.mark.usefixtures("busy")
def test_pairs_and_frame_add_up(session: Session, world: World) -> None:
    found = collect(session, Reach(open_months=False))
    assert sum(pair.n for pair in found.pairs) == 3
    frame = {row.stratum: row for row in found.frame}
    assert [row.certainty for row in found.frame] == sorted((row.certainty for row in found.frame), reverse=True)
    assert sum(row.audits for row in frame.values()) == 8
    assert all(row.selected == row.done_blind + row.done_otherwise + row.not_done for row in frame.values())
    assert sum(row.done_blind for row in frame.values()) == 3


@pytest.mark.usefixtures("busy")
def test_one_service_or_team_narrows_every_count(session: Session, world: World) -> None:
    whole = collect(session)
    parts = [collect(session, Reach(services=frozenset((one.id,)))) for one in world.services.values()]
    for name in ("grades", "pairs", "frame", "quality"):
        total = sum(_size(row) for row in getattr(whole, name))
        assert total == sum(_size(row) for part in parts for row in getattr(part, name))
    assert not parts[0].expectations, "people are expected to audit for the whole council"
    team = collect(session, Reach(team=world.teams["Care"].id))
    assert 0 < sum(row.n for row in team.grades) < sum(row.n for row in whole.grades)


def _size(row: object) -> int:
    return int(getattr(row, "audits", 0) or getattr(row, "n", 0))


@pytest.mark.usefixtures("busy")
def test_a_breakdown_keeps_teams_apart_and_stays_within_its_months(session: Session, world: World) -> None:
    found = breakdown(session, Reach(by_team=True, elements=("overall",), pair_elements=(), months=(OCTOBER, OCTOBER)))
    assert {row.month for row in found.grades} == {OCTOBER}
    assert {row.team for row in found.grades} <= {str(team.id) for team in world.teams.values()}
    assert found.pairs == ()


def test_a_chronology_counts_when_all_four_answers_are_yes(session: Session, world: World) -> None:
    cycle, audits = submitted_month(session, world, [Grade.GOOD] * 3, at=AT, month=OCTOBER)
    for audit, yes in zip(audits, (4, 3, 0), strict=True):
        for place, question in enumerate(CHRONOLOGY):
            session.add(
                CountedAnswer(
                    audit_id=audit.id, question=question, value="yes" if place < yes else "partly",
                    month=audit.month, service_id=audit.service_id, team_id=audit.team_id, tool_key=audit.tool_key,
                )
            )  # fmt: skip
    session.flush()
    rows = collect(session).chronology
    assert (sum(row.k for row in rows), sum(row.n for row in rows)) == (1, 3)
    closing.close(session, cycle, by="test", at=AT)


def test_an_expectation_is_met_by_the_due_date_and_excused_people_are_apart(session: Session, world: World) -> None:
    cycle, audits = submitted_month(session, world, [Grade.GOOD] * 3, at=AT, month=OCTOBER)
    cycle.due_on = AT.date()
    audits.append(submitted_audit(session, world, cycle, 4, at=AT + timedelta(days=1)))
    for audit in audits:
        session.add(Expectation(cycle_id=cycle.id, person_id=audit.auditor_id, role_group="manager", expected=1))
    away = Expectation(cycle_id=cycle.id, person_id=world.people["moderator_1"].id, role_group="iro", expected=1)
    away.excused_at, away.excused_by, away.excused_reason = AT, "test", "On leave"
    session.add(away)
    session.flush()
    rows = {row.role_group: row for row in collect(session).expectations}
    assert (rows["manager"].met, rows["manager"].expected, rows["manager"].apart) == (3, 4, False)
    assert (rows["iro"].expected, rows["iro"].excused, rows["iro"].apart) == (0, 1, True)


@pytest.mark.usefixtures("busy")
def test_what_grows_with_every_audit_is_counted_from_an_index_alone(
    session: Session, world: World, engine_kind: str
) -> None:
    grows = [one for one in _statements(session) if "'auditor'" in one or "FROM counted_answer" in one]
    asked = [one for one in grows if "audit_id IN (SELECT" not in one]  # those are of the few withdrawn
    assert len(asked) >= 2
    if engine_kind == "sqlite":
        for one in asked:
            plan = " ".join(row[-1] for row in session.execute(text(f"EXPLAIN QUERY PLAN {one}")))
            assert "USING COVERING INDEX ix_" in plan, plan
        return
    # With so few rows every way is as cheap; the ways that are no index of counts are taken away until the rollback.
    for table, columns in (("judgement", "audit_id_element_stage"), ("counted_answer", "audit_id_question")):
        session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT uq_{table}_{columns}"))
    session.execute(text("DROP INDEX ix_judgement_paired"))
    for way in ("seqscan", "bitmapscan"):
        session.execute(text(f"SET LOCAL enable_{way} = off"))
    for one in asked:
        plan = " ".join(row[0] for row in session.execute(text(f"EXPLAIN {one}")))
        assert "Index Only Scan using ix_" in plan, plan


GROWS = frozenset(("audit", "judgement", "moderation", "counted_answer", "frame_member", "reflection"))
LEADS = ("month=?", "audit_id=?", "(id=?", "cycle_id=?")


def test_one_month_is_counted_from_its_own_rows(session: Session, world: World, engine_kind: str) -> None:
    """Nothing that grows with every audit is read through: each search names the month, or a row found by it."""
    submitted_month(session, world, [Grade.GOOD] * 2, at=AT, month=NOVEMBER)
    for service in (None, *world.services.values()):
        asked = _statements(session, Reach(services=frozenset((service.id,)) if service else None))
        of_many = [one for one in asked if GROWS & set(one.split())]
        assert len(of_many) >= 8
        for one in of_many:
            assert "month = '2026-11-01'" in one or "month BETWEEN '2026-11-01' AND '" in one.replace("::DATE", ""), one
            if engine_kind == "sqlite":
                plan = [row[-1] for row in session.execute(text(f"EXPLAIN QUERY PLAN {one}"))]
                assert all(any(lead in step for lead in LEADS) for step in plan if _reads_many(step)), plan


def _reads_many(step: str) -> bool:
    what, _, rest = step.partition(" ")
    return what in {"SCAN", "SEARCH"} and rest.split()[0].removesuffix("_1") in GROWS


def _statements(session: Session, reach: Reach | None = None) -> list[str]:
    """What `collect` asks the database, with its parameters written in."""
    found: list[str] = []

    def note(state: ORMExecuteState) -> None:
        statement = cast("ClauseElement", state.statement)
        found.append(str(statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True})))

    event.listen(session, "do_orm_execute", note)
    collect(session, reach)
    event.remove(session, "do_orm_execute", note)
    return found


def test_a_month_that_is_not_released_counts_nowhere(session: Session, world: World) -> None:
    cycle, _ = submitted_month(session, world, [Grade.GOOD], at=AT, month=OCTOBER)
    assert collect(session).grades
    cycle.state = "planned"
    session.flush()
    assert collect(session).grades == ()
