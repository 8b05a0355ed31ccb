"""What a QA lead and a Head of Service find on the agreement page, and where its numbers lead."""

import re
from collections.abc import Callable

import pytest

from qa_app.db import Database
from tests.journeys.visitor import Visitor
from tests.pairs import half_a_year
from tests.world import World

pytestmark = pytest.mark.journey


@pytest.fixture
def graded(database: Database, world: World) -> World:
    with database.writing() as session, session.begin():
        half_a_year(session, world)
    return world


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_the_lead_reads_the_figure_and_opens_what_is_behind_it(
    visit: Callable[..., Visitor], graded: World, *, scripts: bool
) -> None:
    lead = visit(graded.people["qa_lead"], scripts=scripts).open("/agreement?window=all")
    assert "Auditor and moderator give the same overall grade in" in lead.text
    lead.follow("Show it as an XmR chart")
    assert "process limits" in lead.text
    lead.follow("Open those where the auditor was higher")
    assert "the auditor's grade is higher" in lead.text
    lead.follow(re.compile("^QA-"))
    lead.open("/agreement?window=all").follow("Graded together")
    assert "these pairs are shown apart and never enter the figure" in lead.text


def test_a_cell_of_the_table_opens_with_the_keyboard(visit: Callable[..., Visitor], graded: World) -> None:
    head = visit(graded.people["head_north"]).open("/agreement?window=all")
    head.page.locator(".app-chart--pairs svg a").first.focus()
    head.press_key("Enter")
    assert "auditor's grade" in head.text
    assert "Only audits of your own service are listed" in head.text
