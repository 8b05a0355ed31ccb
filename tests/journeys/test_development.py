"""Guidance is read: an auditor says so, and the QA lead sees it."""

from collections.abc import Callable

import pytest

from qa_app.db import Database
from tests.conftest import AT
from tests.journeys.visitor import PHONE, Visitor
from tests.qa_app.test_documents import published
from tests.world import World

pytestmark = pytest.mark.journey


def test_an_auditor_reads_and_says_so_and_the_lead_sees_it(
    visit: Callable[..., Visitor], world: World, database: Database
) -> None:
    with database.writing() as session, session.begin():
        published(session)
    auditor = visit(world.people["manager_care"], width=PHONE["width"]).open("/")
    auditor.follow("Audit Guidance")
    assert auditor.heading == "Audit Guidance"
    auditor.press("I have read this")
    assert "It is recorded that you have read this version." in auditor.text
    assert "Read it, and say that you have." not in auditor.open("/").text
    auditor.open("/development/own")
    assert f"Version 1, {AT.day} November 2026" in auditor.text

    lead = visit(world.people["qa_lead"]).open("/development")
    lead.follow("Audit Guidance")
    assert "1 of 7 who have to read version 1 say that they have." in lead.text
    lead.follow("Manager Care")
    assert f"Version 1, {AT.day} November 2026" in lead.text
    lead.open("/development/support")
    assert "Nothing is counted yet." in lead.text
