"""The data notes: everybody who signs in reads what the figures count, under the settings in force."""

from collections.abc import Callable

import pytest

from moderation.statistics.rules import RULES_VERSION
from qa_app.db import Database
from qa_app.models import Person
from qa_app.services import settings
from tests.conftest import AT
from tests.page import PageClient
from tests.world import World

SignIn = Callable[[Person], PageClient]


@pytest.mark.parametrize("who", ["qa_lead", "head_north", "manager_care", "moderator_1", "board", "administrator"])
def test_everybody_reads_them(world: World, sign_in: SignIn, who: str) -> None:
    words = sign_in(world.people[who]).page("/data-notes").text
    assert f"Rules {RULES_VERSION}" in words
    assert "Counted: the final grade of the supervision domain" in words
    assert "Every setting is at its default." in words
    assert "the draw cannot be verified" in words


def test_a_changed_setting_stands_on_top_and_in_the_sentence(world: World, sign_in: SignIn, database: Database) -> None:
    with database.writing() as session, session.begin():
        settings.change(session, "supervision_gap", "hold", by="test", at=AT)
    words = sign_in(world.people["board"]).page("/data-notes").text
    assert "A month without a supervision judgement Holds the run Ends the run" in words
    assert "leaves the run as it stands, without adding to it" in words


def test_every_page_links_to_them_once_somebody_has_signed_in(world: World, sign_in: SignIn) -> None:
    assert 'href="/data-notes"' in sign_in(world.people["board"]).get("/").get_data(as_text=True)
