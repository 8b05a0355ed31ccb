"""The life of an audit over the services: whatever is tried in whatever order, only what may follow follows."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit_forms.catalogue import latest
from audit_forms.lifecycle import MAY_FOLLOW, State, WrongMove
from qa_app.access.scope import OutOfScopeError
from qa_app.clock import london_day
from qa_app.db import Database
from qa_app.models import Answers, Audit, CountedAnswer, Cycle, Draft, Judgement
from qa_app.services import audits, case_draws, cycles, drafts, submission
from qa_app.services.drafts import Written
from tests.conftest import AT
from tests.qa_app.audit_answers import fill, stored
from tests.world import World

TOOL = latest("case_file")
WHOLE = stored(TOOL)
BY = "person:test"


def released(session: Session) -> Audit:
    cycle = cycles.open_month(session, date(2026, 12, 1), by=BY, at=AT)
    case_draws.draw_month(session, cycle, seed="0" * 32, by=BY, at=AT)
    cycles.release(session, cycle, by=BY, at=AT)
    audit = session.scalars(select(Audit).order_by(Audit.number)).first()
    assert audit is not None
    return audit


def write(session: Session, audit: Audit, said: dict[str, Any] | None = None) -> None:
    said = WHOLE if said is None else said
    keys = frozenset(WHOLE) | frozenset(said)
    version = drafts.version_of(drafts.load(session, audits.writer_of(audit)), keys)
    audits.write(session, audit, Written(keys, keys, said), version, by=BY, at=AT)


def submit(session: Session, audit: Audit) -> bool:
    checked = submission.check(session, audit, demographics=False)
    made = submission.submit(
        session, audit, version=checked.version, acknowledged=True, demographics=False, by=BY, at=AT
    )
    session.refresh(audit)
    return made


ACTIONS: dict[str, Callable[[Session, Audit], object]] = {
    "write": write,
    "blank": lambda session, audit: write(session, audit, {}),
    "submit": submit,
    "hand_back": lambda session, audit: audits.hand_back(session, audit, "Leave", by=BY, at=AT),
    "withdraw": lambda session, audit: audits.withdraw(session, audit, "Wrong child", by=BY, at=AT),
    "late": lambda session, audit: audits.accept_late(session, audit, "Sick", by=BY, at=AT),
}
REFUSALS = (WrongMove, audits.NotOpen, submission.Incomplete, cycles.CycleRefused)


@given(st.lists(st.sampled_from(sorted(ACTIONS)), max_size=10))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_only_what_may_follow_follows(database: Database, world: World, steps: list[str]) -> None:
    with database.writing() as session:
        audit = released(session)
        for step in steps:
            before = State(audit.state)
            point = session.begin_nested()
            try:
                ACTIONS[step](session, audit)
                session.flush()
            except REFUSALS:
                point.rollback()
            else:
                point.commit()
            session.refresh(audit)
            after = State(audit.state)
            assert after is before or after in MAY_FOLLOW[before]
            judged = session.scalar(select(func.count()).where(Judgement.audit_id == audit.id))
            kept = after.is_submitted or after is State.WITHDRAWN
            assert judged == (len(TOOL.elements) if kept else 0)
            assert session.scalar(select(func.count()).select_from(Answers)) == int(kept)
            assert (audit.submitted_at is not None) is kept
            assert session.scalar(select(func.count()).select_from(Draft)) == int(after is State.DRAFT)
        session.rollback()


def test_a_submitted_audit_carries_its_keys_on_every_row(session: Session, world: World) -> None:
    audit = fill(session, released(session).id, at=AT, chronology_used="partly")
    keys = {(audit.month, audit.service_id, audit.team_id, "case_file")}
    for table in (Judgement, CountedAnswer):
        rows = session.execute(select(table.month, table.service_id, table.team_id, table.tool_key)).all()
        assert {tuple(row) for row in rows} == keys
    used = select(CountedAnswer.value).where(CountedAnswer.question == "chronology_used")
    assert session.scalars(used).one() == "partly"


def test_the_day_of_submission_is_the_day_in_london(session: Session, world: World) -> None:
    audit = released(session)
    write(session, audit)
    checked = submission.check(session, audit, demographics=False)
    late = AT.replace(year=2027, month=6, day=30, hour=23, minute=30)
    submission.submit(session, audit, version=checked.version, acknowledged=True, demographics=False, by=BY, at=late)
    session.refresh(audit)
    assert (audit.submitted_on, london_day(late)) == (date(2027, 7, 1), date(2027, 7, 1))
    assert audit.month == date(2026, 12, 1)  # it belongs to its cycle's month whatever day it is submitted


def test_nothing_is_written_in_a_closed_month_unless_accepted_as_late(session: Session, world: World) -> None:
    audit = released(session)
    write(session, audit)
    cycle = session.get_one(Cycle, audit.cycle_id)
    cycle.state, cycle.closed_at, cycle.closed_by = "closed", AT, BY
    session.flush()
    with pytest.raises(audits.NotOpen, match="late"):
        write(session, audit)
    with pytest.raises(audits.NotOpen, match="late"):
        submit(session, audit)
    audit.state = State.NOT_DONE
    session.flush()
    late = audits.accept_late(session, audit, "Sick leave", by=BY, at=AT + timedelta(days=30))
    write(session, late)
    assert submit(session, late)
    assert (late.state, audit.state) == ("submitted", "not_done")


def test_what_left_the_auditor_s_hands_is_out_of_scope(session: Session, world: World) -> None:
    audit = released(session)
    assert audits.is_open(audit)
    audits.hand_back(session, audit, "Leave", by=BY, at=AT)
    with pytest.raises(OutOfScopeError):
        audits.is_open(audit)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_reason_is_asked_for(session: Session, world: World, reason: str) -> None:
    with pytest.raises(audits.ReasonMissing):
        audits.hand_back(session, released(session), reason, by=BY, at=AT)
