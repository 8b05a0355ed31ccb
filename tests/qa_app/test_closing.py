"""Closing a month: what is missing is counted, nothing is lost, and the snapshot stays as it was."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app.models import Audit, Moderation, Snapshot
from qa_app.services import audits, closing, moderations, moderators, sampling
from tests.conftest import AT
from tests.months import ELEMENTS, submitted_month
from tests.world import World

GRADES = [Grade.INADEQUATE, *[Grade.GOOD] * 9]


def test_what_is_missing_is_counted(session: Session, world: World) -> None:
    cycle, given = submitted_month(session, world, GRADES, at=AT)
    assert closing.missing(session, cycle) == closing.Missing(0, 0, 10, 0, 0)
    sampling.draw_sample(session, cycle, seed="s", by="test", at=AT)
    found = closing.missing(session, cycle)
    assert (found.not_drawn, found.not_moderated) == (0, 5)
    moderated = session.scalars(select(Moderation).where(Moderation.audit_id == given[0].id)).one()
    assert moderated.moderator is not None
    moderations.grade(
        session, moderated, moderated.moderator, dict.fromkeys(ELEMENTS, Grade.INADEQUATE), {}, by="test", at=AT
    )
    found = closing.missing(session, cycle)
    assert (found.not_moderated, found.not_agreed) == (4, 1)


def test_what_was_handed_back_or_withdrawn_is_missing_until_it_is_replaced(session: Session, world: World) -> None:
    cycle, submitted = submitted_month(session, world, GRADES, at=AT)
    audits.withdraw(session, submitted[3], "The wrong child's file", by="test", at=AT)
    found = closing.missing(session, cycle)
    assert (found.not_replaced, found.anything) == (1, True)
    submitted[4].replaces_id = submitted[3].id
    session.flush()
    assert closing.missing(session, cycle).not_replaced == 0


def test_closing_keeps_a_snapshot_of_the_figures_and_the_counts(session: Session, world: World) -> None:
    cycle, _ = submitted_month(session, world, GRADES, at=AT)
    sampling.draw_sample(session, cycle, seed="s", by="test", at=AT)
    snapshot = closing.close(session, cycle, by="test", at=AT)
    supervision = snapshot.figures["measures"]["supervision"]
    assert supervision["months"] == [{"month": "2026-11", "k": 9, "n": 10, "open": False}]
    assert supervision["streak"]["current"] == 1
    plans = [row for row in snapshot.counts["grades"] if row["element"] == "plan"]
    assert {(row["basis"], row["grade"], row["n"]) for row in plans} == {
        (basis, grade, n) for basis in ("auditor", "final") for grade, n in (("good", 9), ("inadequate", 1))
    }
    assert snapshot.missing["not_moderated"] == 5
    assert set(session.scalars(select(Audit.state))) == {"closed"}
    assert set(session.scalars(select(Moderation.state))) == {"not_done"}


def test_a_month_is_closed_once_and_after_the_months_before_it(session: Session, world: World) -> None:
    october, _ = submitted_month(session, world, [Grade.GOOD], at=AT, month=date(2026, 10, 1))
    november, _ = submitted_month(session, world, [Grade.GOOD], at=AT)
    with pytest.raises(moderators.WrongState, match="Close October 2026 first"):
        closing.close(session, november, by="test", at=AT)
    closing.close(session, october, by="test", at=AT)
    closing.close(session, november, by="test", at=AT)
    with pytest.raises(moderators.WrongState, match="not closed yet"):
        closing.close(session, november, by="test", at=AT)
    assert session.scalars(select(Snapshot.month).order_by(Snapshot.month)).all() == [october.month, november.month]
