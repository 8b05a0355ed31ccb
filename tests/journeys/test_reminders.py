"""Reminders: somebody says no to the daily mail and takes their due dates into their own calendar."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar

from qa_app.db import Database
from qa_app.models import Mail
from tests.conftest import AT
from tests.journeys.visitor import PHONE, Visitor
from tests.world import World

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_manager_chooses_and_subscribes(visit: Callable[..., Visitor], world: World, *, scripts: bool) -> None:
    visitor = visit(world.people["manager_care"], scripts=scripts).open("/")
    visitor.page.get_by_text("Your roles and your account").click()
    visitor.follow("Reminders and calendar")
    visitor.page.get_by_label("No reminders by email").check()
    visitor.press("Save")
    assert "Your choice is saved." in visitor.text
    assert visitor.page.get_by_label("No reminders by email").is_checked()
    visitor.press("Make a calendar address")
    assert visitor.heading == "Your calendar address"
    address = visitor.page.get_by_label("Address").input_value()
    answer = visitor.page.request.get(address)
    assert Calendar.from_ical(answer.body()).errors == []
    visitor.press("I have copied it")
    assert urlsplit(address).path not in visitor.page.content()
    visitor.press("Make a new address")
    visitor.press("Make a new address")
    assert visitor.page.request.get(address).status == 404
    visitor.press("I have copied it")
    visitor.follow("Switch the address off")
    visitor.press("Switch it off")
    assert "Make a calendar address" in visitor.text


def test_an_administrator_looks_after_a_mail_on_a_phone(
    visit: Callable[..., Visitor], world: World, database: Database
) -> None:
    with database.writing() as session, session.begin():
        for key, state in (("head_north", "given_up"), ("head_south", "failed"), ("board", "sent")):
            session.add(
                Mail(
                    person_id=world.people[key].id, kind="urgent", day=AT.date(), state=state, attempts=1, queued_at=AT,
                    next_try_at=AT + timedelta(minutes=5), sent_at=AT if state == "sent" else None,
                    fault="" if state == "sent" else "The mail server refused the person's email address (550 5.1.1).",
                )
            )  # fmt: skip
    visitor = visit(world.people["administrator"], width=PHONE["width"]).open("/")
    visitor.follow("1 email did not arrive")
    visitor.press("Try again the mail to Head North")
    assert "The mail goes with the next run." in visitor.text
    visitor.press("Give up the mail to Head South")
    assert visitor.page.get_by_text("Set aside", exact=True).count()
