"""Closing a month on screen: what is missing by name, the question, and the figures as they were reported."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select

from audit_forms.grades import Grade
from qa_app.db import Database
from qa_app.models import Alert, Audit, Cycle, Person, RecordedValue
from qa_app.services import sampling
from tests.conftest import AT
from tests.months import submitted_audit, submitted_month
from tests.page import PageClient
from tests.world import World


@pytest.fixture
def cycle(database: Database, world: World) -> UUID:
    """Nine of ten good, one audit in draft, the sample drawn and nothing moderated."""
    with database.writing() as session, session.begin():
        made, audits = submitted_month(session, world, [Grade.INADEQUATE, *[Grade.GOOD] * 9], at=AT)
        sampling.draw_sample(session, made, seed="s", by="test", at=AT)
        auditor = world.people["manager_care"]
        left = ("month", "case_id", "tool_key", "tool_version", "service_id", "team_id")
        session.add(
            Audit(
                number=90, cycle_id=made.id, auditor_id=auditor.id, state="draft", allocated_at=AT,
                **{name: getattr(audits[0], name) for name in left},
            )
        )  # fmt: skip
        return made.id


@pytest.fixture
def lead(world: World, sign_in: Callable[[Person], PageClient]) -> PageClient:
    return sign_in(world.people["qa_lead"])


def state_of(database: Database, cycle: UUID) -> str:
    with database.reading() as session:
        return session.get_one(Cycle, cycle).state


def test_what_is_missing_is_named_and_counted(lead: PageClient, cycle: UUID) -> None:
    page = lead.page(f"/cycles/{cycle}/close")
    assert "1 audits not submitted: 0 not started, 1 in draft" not in page.text
    assert "1 audit not submitted" in page.text
    assert "QA-2026-11-090 Manager Care" in page.text
    assert "5 moderations not graded" in page.text
    assert "Moderator 1" in page.text


def test_a_month_is_closed_only_by_who_knows_it_stays_closed(lead: PageClient, database: Database, cycle: UUID) -> None:
    answer = lead.send(f"/cycles/{cycle}/close", {}, 400).get_data(as_text=True)
    assert "Confirm that you know the month cannot be opened again." in answer
    assert state_of(database, cycle) == "released"
    lead.send(f"/cycles/{cycle}/close", {"certain": "y"})
    assert state_of(database, cycle) == "closed"
    answer = lead.send(f"/cycles/{cycle}/close", {"certain": "y"}, 409).get_data(as_text=True)
    assert "not closed yet" in answer
    assert lead.get(f"/cycles/{cycle}/close").location.endswith("/reported")


def test_the_snapshot_shows_figures_counts_rules_and_what_was_missing(lead: PageClient, cycle: UUID) -> None:
    lead.page(f"/cycles/{cycle}/reported", 404)
    lead.send(f"/cycles/{cycle}/close", {"certain": "y"})
    page = lead.page(f"/cycles/{cycle}/reported")
    assert "By Qa Lead" in page.text
    assert "Version" in page.text
    assert "(9 of 10)" in page.text
    assert "Final grades 0 9 0 1" in page.text
    assert "Moderations not graded 5" in page.text
    assert "Work accepted since then" not in page.text
    assert "Figures as reported" in lead.page(f"/cycles/{cycle}").text


def test_late_work_moves_the_live_figure_and_never_the_reported_one(
    lead: PageClient, database: Database, world: World, cycle: UUID
) -> None:
    lead.send(f"/cycles/{cycle}/close", {"certain": "y"})
    with database.writing() as session, session.begin():
        made = session.get_one(Cycle, cycle)
        late = submitted_audit(session, world, made, 91, Grade.INADEQUATE, at=AT)
        late.late_at, late.late_by, late.late_reason = AT, "test", "Illness"
    page = lead.page(f"/cycles/{cycle}/reported")
    assert "Work accepted since then has moved" in page.text
    assert "reported 90% (9 of 10), now 82% (9 of 11)" in page.text


def test_a_month_with_an_earlier_one_open_is_not_closed(
    lead: PageClient, database: Database, world: World, cycle: UUID
) -> None:
    with database.writing() as session, session.begin():
        november = session.get_one(Cycle, cycle).month
        later, _ = submitted_month(session, world, [Grade.GOOD], at=AT, month=november.replace(year=2027))
        later_id = later.id
    answer = lead.send(f"/cycles/{later_id}/close", {"certain": "y"}, 409).get_data(as_text=True)
    assert "Close November 2026 first" in answer
    with database.reading() as session:
        assert set(session.scalars(select(Cycle.state))) == {"released"}


def test_measures_without_a_value_for_the_month_are_named_and_counted(
    lead: PageClient, database: Database, cycle: UUID
) -> None:
    page = lead.page(f"/cycles/{cycle}/close").text
    assert "6 measures of the plan have no value for this month" not in page
    assert "7 measures of the plan have no value for this month" in page
    assert "Agency workers, reduction on the September 2020 baseline" in page
    with database.writing() as session, session.begin():
        session.add(
            RecordedValue(
                measure_key="agency", numerator=Decimal(8), period_from=date(2026, 10, 1), period_to=date(2026, 12, 31),
                origin="Workforce", dated=date(2026, 11, 20), recorded_at=AT, recorded_by="test",
            )
        )  # fmt: skip
    page = lead.page(f"/cycles/{cycle}/close").text
    assert "6 measures of the plan have no value for this month" in page
    assert "Agency workers" not in page
    lead.send(f"/cycles/{cycle}/close", {"certain": "y"})
    assert "Measures of the plan without a value for the month 6" in lead.page(f"/cycles/{cycle}/reported").text


def test_alerts_of_the_month_that_nobody_acknowledged_are_named(
    lead: PageClient, database: Database, cycle: UUID
) -> None:
    assert "Alerts nobody has acknowledged" not in lead.page(f"/cycles/{cycle}/close").text
    with database.writing() as session, session.begin():
        audit = session.scalars(select(Audit).where(Audit.cycle_id == cycle, Audit.state == "draft")).one()
        session.add(Alert(audit_id=audit.id, stage="auditor", answer="no", raised_at=AT, raised_by="test"))
    page = lead.page(f"/cycles/{cycle}/close").text
    assert "Alerts nobody has acknowledged" in page
    assert "Audit QA-2026-11-090" in page
    lead.send(f"/cycles/{cycle}/close", {"certain": "y"})
    assert "Alerts not acknowledged 1" in lead.page(f"/cycles/{cycle}/reported").text
