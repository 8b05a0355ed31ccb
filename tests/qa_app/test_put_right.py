"""What was typed and refused, and what clashed with another page: kept, shown again anywhere, until it is put right."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audit_forms.catalogue import latest
from qa_app.db import Database
from qa_app.models import Person
from tests.page import PageClient
from tests.qa_app.test_recording import Round, kept, put, record_all, submit, version
from tests.world import World

SignIn = Callable[[Person], PageClient]
JSON = {"Accept": "application/json"}
TOOL = latest("case_file")


@pytest.fixture
def month(database: Database, world: World) -> Round:
    with database.writing() as session, session.begin():
        made = Round(session)
        session.expunge_all()
    return made


def hidden(html: str, name: str) -> str:
    return html.split(f'name="{name}" value="')[1].split('"', maxsplit=1)[0]


@pytest.mark.parametrize(
    ("section", "typed", "shown"),
    [
        ("about", {"record_read_on-day": "3"}, 'value="3"'),
        ("about", {"workers_in_year": "lots"}, 'value="lots"'),
        ("story", {"story_now": "far too long " * 500}, "far too long far too long"),
    ],
)
@pytest.mark.parametrize("by_itself", [True, False])
def test_what_was_refused_is_there_on_another_machine_with_its_error(  # noqa: PLR0917
    sign_in: SignIn,
    month: Round,
    database: Database,
    section: str,
    typed: dict[str, str],
    shown: str,
    *,
    by_itself: bool,
) -> None:
    client, path = sign_in(month.auditor), month.at(f"sections/{section}")
    sent = {"version": version(client, path), **typed}
    if by_itself:
        answer = client.send(f"{path}/autosave", sent, 200, headers=JSON)
        assert answer.json is not None
        assert "Kept, but to be put right before you submit" in answer.json["saved_at"]
    else:
        client.send(path, sent, 400)
    elsewhere = sign_in(month.auditor).get(path).get_data(as_text=True)
    assert shown in elsewhere
    assert "There is a problem" in elsewhere
    assert kept(database, month) == {}


def test_nothing_is_submitted_over_what_was_refused(sign_in: SignIn, month: Round) -> None:
    client = sign_in(month.auditor)
    record_all(client, month)
    path = month.at("sections/about")
    html = client.get(path).get_data(as_text=True)
    client.send(f"{path}/autosave", {"version": hidden(html, "version"), "workers_in_year": "lots"}, 200, headers=JSON)
    assert "Put right or clear what you typed" in submit(client, month, 400)


def test_a_page_opened_before_something_was_refused_does_not_wipe_it_out(
    sign_in: SignIn, month: Round, database: Database
) -> None:
    client, path = sign_in(month.auditor), month.at("sections/about")
    old = version(client, path)
    client.send(f"{path}/autosave", {"version": old, "record_read_on-day": "3"}, 200, headers=JSON)
    client.send(path, {"version": old, "plan_status": "other", "then": "list"})
    assert 'value="3"' in client.get(path).get_data(as_text=True)
    assert kept(database, month) == {"plan_status": "other"}


def two_tabs(client: PageClient, path: str, first: dict[str, str], second: dict[str, str]) -> str:
    """The page of the second tab after both were saved."""
    old = version(client, path)
    client.send(path, {"version": old, **first})
    return client.send(path, {"version": old, **second}, 409).get_data(as_text=True)


def test_both_texts_are_shown_and_joined_and_either_can_be_taken(
    sign_in: SignIn, month: Round, database: Database
) -> None:
    client, path = sign_in(month.auditor), month.at("sections/story")
    two_tabs(client, path, {"story_now": "From the office"}, {"story_now": "From home"})
    html = sign_in(month.auditor).get(path).get_data(as_text=True)
    assert "From the office\n\nFrom home</textarea>" in html
    marks = {name: hidden(html, name) for name in ("version", "aside", "merges")}
    for chosen, expected in (("0", "From the office"), ("1", "From home"), ("both", "From the office\n\nFrom home")):
        sent = {**marks, "story_now": "In between", "story_why": "Typed meanwhile", "use": f"story_now:{chosen}"}
        shown = client.send(path, sent, 200).get_data(as_text=True)
        assert f"\n{expected}</textarea>" in shown
        assert "Typed meanwhile</textarea>" in shown
        assert kept(database, month) == {"story_now": "From the office"}
    client.send(path, {**marks, "story_now": "Both, in my words", "then": "list"})
    assert kept(database, month) == {"story_now": "Both, in my words"}
    assert "two places" not in client.page(path).text


def test_while_texts_are_merged_saving_by_itself_changes_neither(
    sign_in: SignIn, month: Round, database: Database
) -> None:
    client, path = sign_in(month.auditor), month.at("sections/story")
    html = two_tabs(client, path, {"story_now": "From the office"}, {"story_now": "From home"})
    marks = {name: hidden(html, name) for name in ("version", "aside", "merges")}
    answer = client.send(f"{path}/autosave", {**marks, "story_now": "Half merged"}, 200, headers=JSON).json
    assert answer is not None
    assert "not merged yet" in answer["saved_at"]
    assert kept(database, month) == {"story_now": "From the office"}
    again = client.page(path).text
    assert all(words in again for words in ("From the office", "From home", "Half merged"))
    sent = {**marks, "version": answer["version"], "aside": answer["aside"], "story_now": "Merged", "then": "list"}
    client.send(path, sent)
    assert kept(database, month) == {"story_now": "Merged"}
    assert "two places" not in client.page(path).text


def test_nothing_is_submitted_over_texts_that_wait_to_be_merged(sign_in: SignIn, month: Round) -> None:
    client = sign_in(month.auditor)
    record_all(client, month)
    path = month.at("sections/story")
    client.send(f"{path}/autosave", {"version": "", "story_now": "From home"}, 409, headers=JSON)
    assert "Put together what you typed in two places" in submit(client, month, 400)


def test_a_choice_and_a_date_that_clash_are_shown_and_either_can_be_taken(
    sign_in: SignIn, month: Round, database: Database
) -> None:
    client, path = sign_in(month.auditor), month.at("sections/about")
    first = {"plan_status": "child_protection", "record_read_on": "2026-11-02"}
    html = two_tabs(client, path, first, {"plan_status": "other", "record_read_on": "2026-11-03"})
    assert "2 November 2026" in html
    assert "3 November 2026" in html
    marks = {name: hidden(html, name) for name in ("version", "aside", "merges")}
    sent = {**marks, "plan_status": "other", "record_read_on": "2026-11-03", "use": "record_read_on:0"}
    shown = client.send(path, sent, 200).get_data(as_text=True)
    assert 'name="record_read_on-day" type="text" inputmode="numeric" value="2"' in shown


def test_pressing_a_button_that_is_not_there_changes_nothing(sign_in: SignIn, month: Round, database: Database) -> None:
    client, path = sign_in(month.auditor), month.at("sections/story")
    html = two_tabs(client, path, {"story_now": "From the office"}, {"story_now": "From home"})
    marks = {name: hidden(html, name) for name in ("version", "aside", "merges")}
    for use in ("", "story_now", "story_now:9", "story_now:-1", "nothing:0", "story_now:\N{SUPERSCRIPT TWO}", ":both"):
        shown = client.send(path, {**marks, "story_now": "As typed", "use": use}, 200).get_data(as_text=True)
        assert "As typed</textarea>" in shown
    for marked in ("x" * 300, "a:b " * 99, "\x00"):
        client.send(
            f"{path}/autosave", {**marks, "merges": marked, "aside": marked, "story_now": "z"}, 200, headers=JSON
        )


def test_every_list_leads_back_to_where_one_was(sign_in: SignIn, month: Round) -> None:
    client = sign_in(month.auditor)
    put(client, month.at("sections/voice"), {"voice_strengths": "Seen alone"})
    where = f"Carry on where you were: {TOOL.section('voice').title}"
    assert where in sign_in(month.auditor).page(month.at("record")).text
    for page in ("/", "/audits"):
        shown = client.get(page).get_data(as_text=True)
        assert shown.count("Carry on where you were") == 1
        assert f'href="{month.at("sections/voice")}"' in shown


@given(data=st.data())
@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_in_any_box_of_any_kind_is_answered_and_comes_back(
    sign_in: SignIn, month: Round, data: st.DataObject
) -> None:
    """Any text in any box, once or twice: an answer with a sentence, never a fault, and the page opens afterwards."""
    client = sign_in(month.auditor)
    section = data.draw(st.sampled_from(TOOL.sections))
    path = month.at(f"sections/{section.key}")
    html = client.get(path).get_data(as_text=True)
    form = html.split('data-autosave-url="')[1]
    names = sorted(
        {part.split('"')[0] for part in form.split(' name="')[1:]}
        - {"csrf_token", "page_pass", "use", "then", "add_row"}
    )
    text = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(
        ["\x00", "9" * 40, "-1", "x" * 5001, "\udc80"]
    )
    filled: dict[str, Any] = data.draw(
        st.dictionaries(st.sampled_from(names), st.lists(text, min_size=1, max_size=2), max_size=4)
    )
    raw = {
        name: [one.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for one in texts]
        for name, texts in filled.items()
    }
    for address in (path, f"{path}/autosave"):
        answer = client.post(address, data={"version": hidden(html, "version"), **raw, "csrf_token": client.token()})
        assert answer.status_code in (200, 302, 400, 409), answer.status_code
    assert client.get(path).status_code == 200
    assert client.get(month.at("check")).status_code == 200
