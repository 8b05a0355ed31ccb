"""The settings of the programme: changed on screen by the QA lead, with a reason, and told in docs/settings.md."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.commands.docs import settings_page
from qa_app.config import ROOT
from qa_app.db import Database
from qa_app.models import Event, Person
from qa_app.services import settings
from qa_app.services.choices import SETTINGS
from tests.conftest import AT
from tests.page import PageClient
from tests.world import World

SignIn = Callable[[Person], PageClient]


def as_they_are() -> dict[str, str]:
    return {key: str(choice.default) for key, choice in SETTINGS.items()} | {"reason": ""}


def test_every_default_is_a_value_its_setting_takes() -> None:
    assert all(choice.check(choice.default) == choice.default for choice in SETTINGS.values())


def test_a_change_is_kept_with_its_reason(session: Session) -> None:
    assert settings.change(session, "due_working_day", "20", reason="Half-term", by="test", at=AT)
    assert not settings.change(session, "due_working_day", "20", reason="Again", by="test", at=AT)
    assert settings.number(session, "due_working_day") == 20
    session.flush()
    kept = session.scalars(select(Event).where(Event.action == "setting.changed")).one()
    assert (kept.detail, kept.reason) == ({"old": 15, "new": 20}, "Half-term")


def test_the_qa_lead_changes_a_setting_with_a_reason(world: World, sign_in: SignIn, database: Database) -> None:
    client = sign_in(world.people["qa_lead"])
    assert "Audits expected of each manager a month" in client.page("/settings").text
    sent = as_they_are() | {"new_auditor_audits": "20", "supervision_gap": "hold"}
    page = client.send("/settings", sent, 400).get_data(as_text=True)
    assert "Enter the reason for the change." in page
    assert 'value="20"' in page, "what was typed comes back"
    client.send("/settings", sent | {"reason": "Agreed by the board"})
    with database.reading() as session:
        assert settings.number(session, "new_auditor_audits") == 20
        assert settings.value(session, "supervision_gap") == "hold"
    page_now = client.page("/settings")
    assert "2 settings are changed." in page_now.text
    assert "Agreed by the board" in page_now.text
    assert "Ends the run to Holds the run" in page_now.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"due_working_day": "41"}, "enter a whole number from 1 to 40"),
        ({"due_working_day": "½"}, "enter a whole number from 1 to 40"),
        ({"due_working_day": ""}, "enter a whole number from 1 to 40"),
        ({"due_working_day": "9" * 5000}, "enter a whole number from 1 to 40"),
        ({"demographics": "perhaps"}, "choose Off or On"),
        ({"reason": "a\x00b"}, "characters"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_nothing_changes(
    world: World, sign_in: SignIn, database: Database, typed: dict[str, str], words: str
) -> None:
    client = sign_in(world.people["qa_lead"])
    sent = as_they_are() | {"smallest_shown": "3", "reason": "Trial"} | typed
    page = client.send("/settings", sent, 400).get_data(as_text=True)
    assert "There is a problem" in page
    assert words in page
    with database.reading() as session:
        assert settings.number(session, "smallest_shown") == 5


def test_sending_the_settings_as_they_are_changes_nothing(world: World, sign_in: SignIn, database: Database) -> None:
    client = sign_in(world.people["qa_lead"])
    client.send("/settings", as_they_are())
    assert "Nothing was changed" in client.page("/settings").text
    with database.reading() as session:
        assert session.scalars(select(Event).where(Event.action == "setting.changed")).all() == []


def test_nobody_but_the_qa_lead_opens_the_settings(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.people["administrator"]).page("/settings", 403).heading == "You cannot open this page"


def test_the_page_about_settings_is_fresh() -> None:
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == settings_page(), "Run: ./run qa docs"


def test_every_setting_stands_once_under_a_heading_that_the_contents_list_leads_to(
    world: World, sign_in: SignIn
) -> None:
    html = sign_in(world.people["qa_lead"]).get("/settings").get_data(as_text=True)
    first, *groups = html.split('<h2 class="govuk-heading-l" id="')
    names = {group.split('"')[0]: re.findall(r'name="(\w+)"', group) for group in groups}
    assert set(re.findall(r'href="#([\w-]+)"', first)) - {"main-content"} == names.keys()
    held = [key for fields in names.values() for key in dict.fromkeys(fields) if key in SETTINGS]
    assert held == list(SETTINGS)
    assert all(fields for fields in names.values())
