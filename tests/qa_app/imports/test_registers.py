"""Registers brought in: known again, never changed, refused with a reason, and withdrawn as a whole."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.demo import demo_file
from qa_app.models import Answers, Audit, Batch, Cycle, FrameMember, Judgement, Moderation, Person, Team
from qa_app.queries.facts import collect
from qa_app.services.imports.withdrawal import NotWithdrawable, withdraw
from tests.conftest import AT
from tests.qa_app.imports import council
from tests.world import World

HEADINGS = (
    "Audit ID,Cycle,Person ID,Service,Team,Worker,Auditor,Date submitted,Supervision,Overall,Selected by,Moderator,"
    "Date moderated,Moderation type,Mod Overall,Final Overall,Strengths"
)


def row(audit: str, overall: str = "Good", **more: str) -> str:
    cells = {
        "month": "Oct 2026", "case": "900001", "service": "North", "team": "Assessment", "worker": "",
        "auditor": "Manager Planning", "on": "12/10/2026", "supervision": "G", "by": "", "moderator": "",
        "moderated": "", "mode": "", "second": "", "final": "", "strengths": "",
    } | more  # fmt: skip
    order = ("month", "case", "service", "team", "worker", "auditor", "on", "supervision")
    rest = ("by", "moderator", "moderated", "mode", "second", "final", "strengths")
    return ",".join((audit, *(cells[key] for key in order), overall, *(cells[key] for key in rest)))


def bring(session: Session, *rows: str) -> tuple[int, list[str]]:
    """How many came in, and the reasons of those that did not."""
    done = council.bring_register(session, council.csv_file(HEADINGS, *rows))
    return done.added, [problem.reason for problem in done.refusals]


def moderated(audit: str, **more: str) -> str:
    given = {"by": "Random", "moderator": "Moderator 1", "moderated": "20/10/2026", "mode": "Blind", "second": "RI"}
    return row(audit, **(given | {"final": "RI"} | more))


def test_the_same_register_again_is_known(session: Session) -> None:
    council.bring_staff(session)
    council.bring_register(session)
    again = council.bring_register(session, demo_file("audit_register.xlsx"))
    assert (again.added, again.unchanged, again.refused) == (0, 552, 0)


def test_a_changed_row_is_refused_and_what_was_recorded_stays(world: World, session: Session) -> None:
    bring(session, row("A1"), row("A2"))
    added, reasons = bring(session, row("A1"), row("A2", "Outstanding"), row("A3"))
    assert added == 1
    assert len(reasons) == 1
    assert reasons[0].startswith("This audit was imported before with different details.")
    grades = select(Judgement.grade).join(Audit).where(Audit.source_id == "A2", Judgement.element == "overall")
    assert session.scalars(grades).all() == ["good"]


def test_an_audit_comes_out_as_if_it_had_been_recorded_here(world: World, session: Session) -> None:
    bring(session, moderated("A1", strengths="=SUM(1;2) typed by mistake"), row("A2", "Inadequate", by="Always"))
    audit = session.scalars(select(Audit).where(Audit.source_id == "A1")).one()
    assert (audit.state, audit.tool_version, audit.submitted_on) == ("closed", 0, date(2026, 10, 12))
    assert audit.cycle.state == "closed"
    assert audit.auditor_id == world.people["manager_planning"].id
    grades = session.execute(
        select(Judgement.stage, Judgement.grade).where(Judgement.audit_id == audit.id, Judgement.element == "overall")
    )
    assert dict(map(tuple, grades)) == {
        "auditor": "good", "moderator": "requires_improvement", "final": "requires_improvement"
    }  # fmt: skip
    moderation = session.scalars(select(Moderation).where(Moderation.audit_id == audit.id)).one()
    assert (moderation.stream, moderation.mode, moderation.state) == ("sampled", "blind", "agreed")
    assert moderation.independence == "not_checked"
    answers = session.scalars(select(Answers.answers).where(Answers.audit_id == audit.id)).one()
    assert answers["strengths"] == "=SUM(1;2) typed by mistake"
    members = session.execute(
        select(FrameMember.stratum, FrameMember.certainty, FrameMember.selected, FrameMember.chance_numerator)
    )
    assert sorted(map(tuple, members)) == [("everything else", False, True, 1), ("inadequate", True, True, 1)]
    not_done = session.scalars(select(Moderation.state).where(Moderation.audit_id != audit.id)).all()
    assert not_done == ["not_done"]


def test_a_moderation_picked_by_hand_stays_outside_the_sample(world: World, session: Session) -> None:
    bring(session, moderated("A1", by="Manager asked"))
    assert session.scalars(select(Moderation.stream)).all() == ["chosen"]
    assert session.scalars(select(FrameMember.selected)).all() == [False]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (moderated("A1", moderator="Manager Planning"), "Nobody moderates an audit of their own"),
        (row("A1", final="RI"), "A final grade differs from the auditor's"),
        (row("A1", team="Nowhere", service=""), "There is no team of this name"),
        (row("A1", "Goodish"), "This is not a grade we know"),
        (row("A1", month="Oct 2036"), "The year of this month is not possible"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_reason(
    world: World, session: Session, line: str, reason: str
) -> None:
    added, reasons = bring(session, line, row("A2"))
    assert added == 1
    assert len(reasons) == 1
    assert reasons[0].startswith(reason)


def test_people_and_teams_of_the_past_come_in_and_are_told(world: World, session: Session) -> None:
    done = council.bring_register(
        session, council.csv_file(HEADINGS, row("A1", auditor="Long Gone", team="Old Team", worker="E99"))
    )
    assert done.added == 1
    assert {problem.column for problem in done.reports} == {"Auditor", "Team", "Worker"}
    gone = session.scalars(select(Person).where(Person.name == "Long Gone")).one()
    assert (gone.active, gone.employee_id) == (False, None)
    assert session.scalars(select(Team).where(Team.name == "Old Team")).one().service.name == "North"
    assert bring(session, row("A1", auditor="Long Gone", team="Old Team", worker="E99"), row("A2", auditor="Long Gone"))
    assert session.scalar(select(func.count()).where(Person.name == "Long Gone")) == 1


def test_a_month_recorded_here_takes_no_imported_audits(world: World, session: Session) -> None:
    session.add(
        Cycle(month=date(2026, 10, 1), tool_key="case_file", tool_version=1, state="planned",
              due_on=date(2026, 10, 15), opened_at=AT, opened_by="test")
    )  # fmt: skip
    session.flush()
    added, reasons = bring(session, row("A1"), row("A2", month="Sep 2026"))
    assert added == 1
    assert reasons[0].startswith("This month is recorded here, not imported.")


def test_later_rows_of_an_imported_month_join_it(world: World, session: Session) -> None:
    bring(session, row("A1"), row("A2"))
    assert bring(session, row("A3")) == (1, [])
    assert sorted(session.scalars(select(Audit.number))) == [1, 2, 3]
    assert session.scalar(select(func.count()).select_from(Cycle)) == 1


def test_a_withdrawn_register_counts_nowhere_and_can_come_in_again(session: Session) -> None:
    council.bring_staff(session)
    council.bring_register(session)
    batch = session.scalars(select(Batch).where(Batch.kind == "register")).one()
    before = collect(session)
    assert withdraw(session, batch, reason="An old file", by="test", at=AT) == 552
    session.expire_all()
    assert collect(session).months == ()
    assert collect(session).grades == ()
    again = council.bring_register(session)
    assert (again.added, again.refused) == (552, 0)
    session.expire_all()
    assert collect(session) == before
    with pytest.raises(NotWithdrawable, match="withdrawn already"):
        withdraw(session, batch, reason="Twice", by="test", at=AT)


def test_a_register_that_a_later_month_builds_on_stays(world: World, session: Session) -> None:
    bring(session, row("A1"))
    batch = session.scalars(select(Batch)).one()
    later = AT + timedelta(days=10)
    session.add(
        Cycle(month=date(2026, 11, 1), tool_key="case_file", tool_version=1, state="closed", due_on=date(2026, 11, 15),
              opened_at=AT, opened_by="test", closed_at=later, closed_by="test")
    )  # fmt: skip
    session.flush()
    with pytest.raises(NotWithdrawable, match="November 2026"):
        withdraw(session, batch, reason="Wrong", by="test", at=later)


def test_the_first_of_two_registers_of_a_month_waits_for_the_second(world: World, session: Session) -> None:
    bring(session, row("A1"))
    first = session.scalars(select(Batch)).one()
    bring(session, row("A2"))
    with pytest.raises(NotWithdrawable, match="Withdraw that one first"):
        withdraw(session, first, reason="Wrong", by="test", at=AT)
    second = session.scalars(select(Batch).where(Batch.id != first.id)).one()
    assert withdraw(session, second, reason="Wrong", by="test", at=AT) == 1
    assert withdraw(session, first, reason="Wrong", by="test", at=AT) == 1
