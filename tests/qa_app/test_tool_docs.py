"""docs/tools.md is what the layout says, and its worked example goes through the product from upload to submission."""

from collections.abc import Callable
from itertools import takewhile

from qa_app.commands.docs import tools_page
from qa_app.config import ROOT
from qa_app.db import Database
from qa_app.intake.tools.layout import CHOICES, SETTINGS, SURVEY
from qa_app.models import Person, StoredTool
from tests.conftest import AT
from tests.months import released_month
from tests.page import PageClient
from tests.qa_app.intake.workbooks import workbook
from tests.qa_app.test_tool_pages import audit_on, draft, fields_of, publish
from tests.world import World

PAGE = ROOT / "docs" / "tools.md"


def example() -> bytes:
    """The workbook whose sheets are the tables of the worked example."""
    _, _, told = PAGE.read_text(encoding="utf-8").partition("## A worked example")
    return workbook({name: rows(told, name) for name in (SETTINGS, SURVEY, CHOICES)})


def rows(told: str, sheet: str) -> list[list[object]]:
    """The cells of the table under the name of a sheet, without the line of dashes."""
    _, _, rest = told.partition(f"`{sheet}`:\n\n")
    lines = list(takewhile(lambda line: line.startswith("|"), rest.splitlines()))
    cells = [[cell.strip() or None for cell in line.split("|")[1:-1]] for line in lines]
    return [*cells[:1], *cells[2:]]  # type: ignore[list-item]


def test_the_page_is_what_the_layout_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == tools_page(), "Run: ./run qa docs"


def test_the_worked_example_is_uploaded_published_and_audited_with(
    database: Database, world: World, sign_in: Callable[[Person], PageClient]
) -> None:
    lead = sign_in(world.people["qa_lead"])
    address = draft(lead, example())
    assert lead.page(address).heading == "Visits dip sample"
    publish(lead, address)
    with database.writing() as session, session.begin():
        live = session.query(StoredTool).one()
        audit = f"/audits/{audit_on(session, world, live, released_month(session, world, at=AT).id).id}"
    auditor = sign_in(world.people["manager_care"])
    first = f"{audit}/sections/last_visits"
    said = {"visit_for": "plan", "seen_alone": "no", "not_alone": "Nobody asked.", "days_between": "40"}
    auditor.send(first, {**fields_of(auditor, first), **said})
    second = f"{audit}/sections/judged"
    auditor.send(second, {**fields_of(auditor, second), "visiting": "good", "visiting_why": "They have a purpose."})
    auditor.send(f"{audit}/submit", fields_of(auditor, f"{audit}/check"))
    page = auditor.page(audit).text
    assert "Visits dip sample, version 1" in page
    assert "Why not? Nobody asked." in page
