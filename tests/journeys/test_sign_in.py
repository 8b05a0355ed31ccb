"""Signing in: with the keyboard alone, with a wrong password, and back to where one was going."""

from collections.abc import Callable

import pytest

from qa_app.db import Database
from qa_app.models import Person
from qa_app.services import accounts
from tests.conftest import AT
from tests.journeys.visitor import Visitor
from tests.world import World

pytestmark = pytest.mark.journey
PASSWORD = "heron-lantern-orchard-52"


@pytest.fixture
def lead(world: World, database: Database) -> Person:
    with database.writing() as session, session.begin():
        person = session.get_one(Person, world.people["qa_lead"].id)
        accounts.give_sign_in(session, person, by="test", at=AT, password=PASSWORD)
    return person


def test_somebody_signs_in_and_out_with_the_keyboard_alone(lead: Person, visit: Callable[..., Visitor]) -> None:
    visitor = visit().open("/sign-in")
    keyboard = visitor.page.keyboard
    keyboard.press("Tab")
    assert visitor.page.locator(":focus").inner_text() == "Skip to main content"
    keyboard.press("Enter")
    assert visitor.page.evaluate("document.activeElement.id") == "main-content"
    keyboard.press("Tab")
    keyboard.type(lead.email or "")
    keyboard.press("Tab")
    keyboard.type(PASSWORD)
    visitor.press_key("Enter")
    assert visitor.path == "/"
    assert lead.name in visitor.text
    visitor.press("Sign out")
    assert "You are signed out." in visitor.text
    assert visitor.open("/").heading == "Sign in"


def test_a_wrong_password_is_said_and_its_link_leads_to_the_field(lead: Person, visit: Callable[..., Visitor]) -> None:
    visitor = visit().open("/sign-in")
    visitor.page.get_by_label("Email address").fill(lead.email or "")
    visitor.page.get_by_label("Password", exact=True).fill("not-the-password-77")
    visitor.press("Sign in", status=400)
    assert visitor.page.title().startswith("Error: ")
    summary = visitor.page.locator(".govuk-error-summary")
    assert summary.evaluate("e => e === document.activeElement")
    summary.get_by_role("link").first.click()
    assert visitor.page.evaluate("document.activeElement.name") == "email"
    assert visitor.page.get_by_label("Email address").input_value() == lead.email
    assert visitor.page.get_by_label("Password", exact=True).input_value() == ""


def test_signing_in_leads_to_where_one_was_going(lead: Person, visit: Callable[..., Visitor]) -> None:
    visitor = visit().open("/cases")
    assert visitor.heading == "Sign in"
    visitor.page.get_by_label("Email address").fill(lead.email or "")
    visitor.page.get_by_label("Password", exact=True).fill(PASSWORD)
    visitor.press("Sign in")
    assert visitor.path == "/cases"
