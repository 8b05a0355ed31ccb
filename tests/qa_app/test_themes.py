"""The one list of themes: it holds every theme of the shipped tools, and is kept without touching what carries one."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.catalogue import latest, tools
from audit_forms.definition import Tool
from qa_app.db import Database
from qa_app.models import Event, Person, Theme
from qa_app.queries import themes as listed
from qa_app.services import themes
from qa_app.services.themes import UnfitTheme
from tests.conftest import AT
from tests.page import PageClient
from tests.world import World

SignIn = Callable[[Person], PageClient]


def themes_of(tool: Tool) -> set[tuple[str, str]]:
    return {
        (choice.code, choice.label)
        for section in tool.sections
        for question in section.questions
        if question.kind == "actions" or question.key.startswith("themes_")
        for choice in question.choices
    }


def test_every_theme_of_the_shipped_tools_is_on_the_list_or_stands_for_one_that_is(session: Session) -> None:
    known = set(session.scalars(select(Theme.code)))
    assert known == {listed.meant(tool.key, code) for tool in tools() for code, _ in themes_of(tool)}
    for tool, codes in listed.STANDS_FOR.items():
        assert codes.keys() <= {code for code, _ in themes_of(latest(tool))}


def test_the_words_are_those_of_the_case_file_audit(session: Session) -> None:
    words = {(theme.code, theme.label) for theme in session.scalars(select(Theme))}
    asked = themes_of(latest("case_file"))
    assert asked
    assert asked <= words


def test_something_else_is_the_last_that_is_offered_and_stays(session: Session) -> None:
    themes.add(session, "Friends and  hobbies", by="test", at=AT)
    assert [one.label for one in listed.offered(session)][-2:] == ["Friends and hobbies", "Something else"]
    with pytest.raises(UnfitTheme, match="It stays"):
        themes.retire(session, session.get_one(Theme, "other"), by="test", at=AT)


def test_a_code_never_changes_and_is_never_taken_twice(session: Session) -> None:
    first = themes.add(session, "Friends", by="test", at=AT)
    themes.rename(session, first, "Friends and hobbies", by="test", at=AT)
    second = themes.add(session, "Friends", by="test", at=AT)
    assert (first.code, second.code) == ("friends", "friends_2")
    assert listed.labels(session)["friends"] == "Friends and hobbies"


@pytest.mark.parametrize(
    ("label", "why"),
    [
        ("  ", "Enter what"),
        ("x" * 81, "It has 81"),
        ("voice of  the CHILD", "of this name already"),
    ],
)
def test_a_name_that_does_not_fit_is_refused_in_words(session: Session, label: str, why: str) -> None:
    with pytest.raises(UnfitTheme, match=why):
        themes.add(session, label, by="test", at=AT)


def test_a_retired_theme_is_offered_no_more_is_still_known_and_can_come_back(session: Session) -> None:
    theme = session.get_one(Theme, "court")
    themes.retire(session, theme, by="test", at=AT)
    assert theme not in listed.offered(session)
    assert listed.labels(session)["court"] == "Work before and in court"
    with pytest.raises(UnfitTheme, match="bring it back"):
        themes.add(session, "Work before and in court", by="test", at=AT)
    themes.bring_back(session, theme, by="test", at=AT)
    assert theme in listed.offered(session)
    actions = set(session.scalars(select(Event.action).where(Event.object_kind == "theme")))
    assert actions == {"theme.retired", "theme.brought_back"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(["voice", "court", "other", "health"]), st.booleans()), max_size=12))
def test_moving_changes_the_order_and_nothing_else(session: Session, moves: list[tuple[str, bool]]) -> None:
    before = [one.code for one in listed.offered(session)]
    for code, up in moves:
        order = [one.code for one in listed.offered(session)]
        here = order.index(code)
        moved = themes.move(session, session.get_one(Theme, code), up=up, by="test", at=AT)
        now = [one.code for one in listed.offered(session)]
        assert moved == (0 <= here + (-1 if up else 1) < len(order))
        assert now.index(code) == here + (0 if not moved else -1 if up else 1)
    assert sorted(one.code for one in listed.offered(session)) == sorted(before)
    session.rollback()


def test_the_page_keeps_the_list(sign_in: SignIn, world: World, database: Database) -> None:
    lead = sign_in(world.people["qa_lead"])
    assert "Voice of the child" in lead.page("/themes").text
    lead.send("/themes", {"label": "Friends"})
    lead.send("/themes/friends/name", {"label": "Friends and hobbies"})
    lead.send("/themes/friends/move", {"way": "up"})
    assert "Friends and hobbies" in lead.page("/themes").text
    lead.send("/themes/friends/retire")
    page = lead.page("/themes/friends").text
    assert "It can no longer be chosen." in page
    refused = lead.send("/themes", {"label": "Voice of the child"}, status=400)
    assert "There is a theme of this name already." in refused.get_data(as_text=True)
    lead.page("/themes/nothing", 404)
    with database.reading() as session:
        assert session.get_one(Theme, "friends").retired_by == f"person:{world.people['qa_lead'].id}"
