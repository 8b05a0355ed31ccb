"""What leaves the QA team: the month in seven minutes, written and read, and the board's way to its pack."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from audit_forms.grades import Grade
from qa_app.db import Database
from qa_app.services import closing
from tests.conftest import AT
from tests.journeys.visitor import PHONE, Visitor
from tests.months import submitted_month
from tests.world import World

pytestmark = pytest.mark.journey
OCTOBER = date(2026, 10, 1)


def downloaded(window: Visitor, link: str) -> bytes:
    with window.page.expect_download() as download:
        window.page.get_by_role("link", name=link, exact=True).click()
    return Path(download.value.path()).read_bytes()


def test_a_month_is_told_to_everybody_and_the_board_takes_its_pack(
    visit: Callable[..., Visitor], world: World, database: Database
) -> None:
    with database.writing() as session, session.begin():
        grades = [Grade.REQUIRES_IMPROVEMENT] * 7 + [Grade.GOOD] * 9
        cycle, _ = submitted_month(session, world, grades, at=AT, month=OCTOBER)
        closing.close(session, cycle, by="test", at=AT)
    lead = visit(world.people["qa_lead"]).open("/summaries")
    lead.follow("Write October 2026")
    lead.page.get_by_label("What went well?").fill("Visits were planned with children.")
    lead.page.get_by_label("What can we do better?").fill("- Say why.\n- Write it down.")
    lead.page.get_by_label("What should everybody do next month?").fill("Ask one more question.")
    lead.press("Save and look at it")
    assert "This is how everybody would read it." in lead.text
    lead.press("Publish it")
    worker = visit(world.people["worker_care_1"], width=PHONE["width"], scripts=False).open("/")
    worker.follow("October 2026 on one page")
    assert "9 of 16 audits (56%)" in worker.text
    assert "Visits were planned with children." in worker.text
    assert downloaded(worker, "Download it as a PDF").startswith(b"%PDF")
    board = visit(world.people["board"]).open("/")
    board.open("/board").follow("Board packs").follow("Board pack, October 2026")
    assert board.heading == "Board pack, October 2026"
    assert downloaded(board, "Download this pack as a PDF").startswith(b"%PDF")
    board.open("/").follow("Board pack, October 2026")
