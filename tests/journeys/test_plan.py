"""By keys alone: a board reader opens the plan and its evidence; a QA lead gives a measure another target."""

from collections.abc import Callable
from datetime import date

import pytest

from audit_forms.grades import Grade
from qa_app.db import Database
from qa_app.services import closing, evidence
from qa_app.services.evidence import Said
from tests.conftest import AT
from tests.journeys.keyboard import Keyboard
from tests.journeys.visitor import Visitor
from tests.months import submitted_month
from tests.world import World

Visit = Callable[..., Visitor]
LEARNT = "Service managers evidence how quality assurance learning improved outcomes for children"


@pytest.fixture
def october(database: Database, world: World) -> None:
    """A closed month, and one entry of evidence."""
    said = Said(
        on=date(2026, 11, 2), learned="Supervision was late.", changed="Managers plan it a month ahead.",
        different="Plans move between reviews.", known="Audits since June.", measure_key="learning_used",
    )  # fmt: skip
    with database.writing() as session, session.begin():
        cycle, _ = submitted_month(
            session, world, [Grade.INADEQUATE, *[Grade.GOOD] * 7], at=AT, month=date(2026, 10, 1)
        )
        closing.close(session, cycle, by="test", at=AT)
        head = world.people["head_north"]
        evidence.write(session, said, owner_id=head.id, service_id=None, by="test", at=AT, today=AT.date())


@pytest.mark.usefixtures("october")
def test_a_board_reader_opens_the_plan_a_measure_and_its_evidence(world: World, visit: Visit) -> None:
    board = visit(world.people["board"]).open("/")
    keys = Keyboard(board).follow("Read where Priority 2 stands")
    assert "7 of 8 audits, last 3 closed months" in board.text
    keys.follow(LEARNT).follow("2 November 2026, whole council")
    assert "Plans move between reviews." in board.text
    keys.follow("Figures").follow("Months")
    assert "Closed" in board.text


@pytest.mark.usefixtures("october")
def test_a_qa_lead_gives_a_measure_another_target(world: World, visit: Visit) -> None:
    lead = visit(world.people["qa_lead"]).open("/plan/measures/cases")
    keys = Keyboard(lead).press("Change the target").press("Change the target", status=400)
    keys.answer({"target": "90", "reason": "The board asks for more."}).press("Change the target")
    assert "At least 90%" in lead.text
    assert "The board asks for more." in lead.text
    lead.open("/plan").follow("Agency workers, reduction on the September 2020 baseline").press("Enter a value")
