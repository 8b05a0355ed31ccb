"""Figures name the versions of the tool they come from: dashboard, data notes, months as reported, the scorecard."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from pypdf import PdfReader
from sqlalchemy import update
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app.db import Database
from qa_app.models import Cycle, Person
from qa_app.queries.tool_versions import asked_with
from qa_app.reports.dates import tools_in_words
from qa_app.services import closing
from tests.conftest import AT
from tests.months import submitted_month
from tests.page import PageClient
from tests.world import World

OLD, NEW = date(2026, 9, 1), date(2026, 10, 1)
SAID = (
    "Asked with: Case file audit (imported register), version 0 (September 2026); "
    "Case file audit, version 1 (October 2026)."
)


@pytest.fixture
def two_versions(database: Database, world: World) -> World:
    """September asked with one version, October with the next; both closed."""
    with database.writing() as session, session.begin():
        for month, version in ((OLD, 0), (NEW, 1)):
            cycle, _ = submitted_month(session, world, [Grade.GOOD] * 3, at=AT, month=month)
            closing.close(session, cycle, by="test", at=AT)
            session.execute(update(Cycle).where(Cycle.month == month).values(tool_version=version))
    return world


def test_versions_are_told_with_their_months(session: Session, world: World) -> None:
    assert tools_in_words(asked_with(session)) == ""
    for month, version in ((OLD, 0), (NEW, 1)):
        cycle, _ = submitted_month(session, world, [Grade.GOOD], at=AT, month=month)
        cycle.tool_version = version
    session.flush()
    assert tools_in_words(asked_with(session)) == SAID
    assert tools_in_words(asked_with(session, until=OLD)) == SAID.partition("; ")[0] + "."
    assert tools_in_words(asked_with(session, months=[NEW])) == (
        "Asked with: Case file audit, version 1 (October 2026)."
    )


def test_every_place_of_figures_names_the_versions(
    two_versions: World, database: Database, sign_in: Callable[[Person], PageClient]
) -> None:
    lead = sign_in(two_versions.people["qa_lead"])
    assert SAID in lead.page("/dashboard").text
    assert SAID in lead.page("/data-notes").text
    assert "the case file audit alone" in lead.page("/data-notes").text
    pdf = PdfReader(io.BytesIO(lead.get("/dashboard/scorecard/2026-10").data))
    words = " ".join(" ".join(page.extract_text().split()) for page in pdf.pages)
    assert SAID in words
    with database.reading() as session:
        cycle = session.query(Cycle).where(Cycle.month == NEW).one().id
    assert "Case file audit, version 1" in lead.page(f"/cycles/{cycle}/reported").text
