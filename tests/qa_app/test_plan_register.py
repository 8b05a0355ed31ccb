"""The register begins with the plan's own actions, measures, targets and dates, and keeps what was written."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from qa_app.models import (
    Evidence,
    EvidenceVersion,
    Person,
    PlanAction,
    PlanDate,
    PlanMeasure,
    PlanTarget,
    RecordedValue,
)
from tests.conftest import AT
from tests.world import World

BY = {"set_at": AT, "set_by": "test"}


def first_target(session: Session, key: str) -> PlanTarget:
    return session.get_one(PlanTarget, (key, 1))


def value(**given: object) -> RecordedValue:
    plain: dict[str, object] = {
        "measure_key": "asye", "numerator": Decimal(9), "denominator": Decimal(10), "period_from": date(2026, 4, 1),
        "period_to": date(2026, 6, 30), "origin": "Workforce team", "dated": date(2026, 7, 3), "reason": "",
        "recorded_at": AT, "recorded_by": "test",
    }  # fmt: skip
    return RecordedValue(**(plain | given))


def test_the_plan_has_its_actions_in_order_with_their_due_months(session: Session) -> None:
    due = dict(session.execute(select(PlanDate.action_ref, PlanDate.due)).all())
    refs = session.scalars(select(PlanAction.ref).order_by(PlanAction.position)).all()
    assert refs == ["2.1", "2.2", "2.4", "2.5", "2.6", "2.8", "3.8"]
    assert {ref: f"{month:%Y-%m}" for ref, month in due.items()} == {
        "2.1": "2021-12", "2.2": "2022-04", "2.4": "2021-09", "2.5": "2021-12", "2.6": "2021-12", "2.8": "2021-09",
        "3.8": "2021-10",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "operator", "target"),
    [
        ("agency", "<=", "8.45"), ("recruitment", "=", "3"), ("asye", ">=", "90"), ("supernumerary", "<", "2"),
        ("supported", ">=", "84"), ("supervision", ">", "85"), ("agreement", ">", "90"), ("cases", ">=", "85"),
        ("audit_expectations", "=", "100"), ("chronology", "=", "100"), ("repeat_plans", "<", "11"),
        ("plans", ">=", "75"), ("cpd_helps", ">=", "85"),
    ],
)  # fmt: skip
def test_every_target_is_exactly_the_plans(session: Session, key: str, operator: str, target: str) -> None:
    kept = first_target(session, key)
    assert (kept.operator, kept.target) == (operator, Decimal(target))


def test_the_target_for_agency_workers_is_35_per_cent_below_13(session: Session) -> None:
    kept = first_target(session, "agency")
    assert kept.baseline is not None
    assert kept.reduction_percent is not None
    assert kept.baseline * (100 - kept.reduction_percent) / 100 == kept.target


def test_supervision_is_asked_for_four_months_running_and_the_dashboard_has_a_milestone(session: Session) -> None:
    assert first_target(session, "supervision").consecutive_months == 4
    assert first_target(session, "dashboard").milestone == date(2021, 11, 1)


def test_narrative_and_reported_measures_have_no_target(session: Session) -> None:
    without = {key for key, target in session.execute(select(PlanTarget.measure_key, PlanTarget.target)) if not target}
    told = set(session.scalars(select(PlanMeasure.key).where(PlanMeasure.source.in_(("narrative", "product")))))
    assert without == told | {"permanence"}


def test_a_measure_of_another_lead_says_so(session: Session) -> None:
    measure = session.get_one(PlanMeasure, "plans")
    assert (measure.lead, measure.action.lead) == ("Head of Service (RB)", "Head of Service (LD)")


def written(session: Session, person: Person) -> None:
    session.add(value())
    entry = Evidence(owner_id=person.id, made_at=AT, made_by="test")
    words = {"learned": "a", "changed": "b", "different": "c", "known": "d"}
    entry.versions.append(EvidenceVersion(version=1, on=date(2026, 11, 2), written_at=AT, written_by="test", **words))
    session.add(entry)
    session.flush()


@pytest.mark.parametrize("table", [PlanDate, PlanTarget, RecordedValue, EvidenceVersion])
def test_what_was_written_is_never_changed_or_deleted(session: Session, world: World, table: type) -> None:
    written(session, world.people["qa_lead"])
    column = next(name for name in ("due", "target", "origin", "learned") if hasattr(table, name))
    new = date(2030, 1, 1) if column == "due" else Decimal(1) if column == "target" else "x"
    before = session.scalar(select(func.count()).select_from(table))
    assert before
    for statement in (update(table).values({column: new}), delete(table)):
        with pytest.raises(DBAPIError, match="kept as they were recorded"), session.begin_nested():
            session.execute(statement)
    assert session.scalar(select(func.count()).select_from(table)) == before


def _taken_back_at_once() -> RecordedValue:
    return value(numerator=None, denominator=None)


def _backwards() -> RecordedValue:
    return value(period_from=date(2026, 7, 1))


@pytest.mark.parametrize("make", [_taken_back_at_once, _backwards])
def test_the_database_refuses_a_value_that_says_nothing_or_runs_backwards(
    session: Session, make: Callable[[], RecordedValue]
) -> None:
    session.add(make())
    with pytest.raises(IntegrityError):
        session.flush()


def test_one_value_is_corrected_once(session: Session) -> None:
    first = value()
    session.add(first)
    session.flush()
    session.add(value(corrects_id=first.id, reason="Miscounted."))
    session.flush()
    session.add(value(corrects_id=first.id, reason="Again."))
    with pytest.raises(IntegrityError):
        session.flush()
