"""Who may change what: every POST address asked for by everybody, as the tables of `changes*.py` say.

Whatever is done is judged and taken back. Of rows between which no rule makes a difference for people of the same
roles, one is asked for.
"""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.laws import changes, changes_learning, changes_second
from tests.laws.changes import APART, BY_LINK, NOTHING, Ask, Change, Place
from tests.laws.conftest import Standing
from tests.laws.telling import Telling
from tests.laws.test_objects import Reader
from tests.page import PageClient

TABLES = (changes.TABLE, changes_second.SECOND, changes_learning.LEARNING)
TABLE = {rule: change for table in TABLES for rule, change in table.items()}
CARRIED_OUT_ELSEWHERE = (
    changes.CARRIED_OUT_ELSEWHERE | changes_second.CARRIED_OUT_ELSEWHERE | changes_learning.CARRIED_OUT_ELSEWHERE
)
PART = re.compile(r"<[^>]+>")
REFUSED = {400, 409}  # with a sentence: the row is theirs, and what they said does not fit it
ADD = (
    "Add a line to LEARNING in tests/laws/changes_learning.py (or to the table of its neighbours): the roles that have "
    "the right, the rows it is theirs on, and what its form says. A new table goes into TABLES here."
)


def address(rule: str, ask: Ask) -> str:
    parts = iter(ask.ids)
    return PART.sub(lambda _: quote(str(next(parts))), rule)


def place_of(standing: Standing) -> Place:
    return Place(standing.world, standing.council, standing.things, standing.seconds)


def asks(place: Place, change: Change, reader: Reader) -> Iterator[Ask]:
    """Of those without the right each asks once."""
    if not change.who & reader.roles:
        yield next(change.asks(place, reader))._replace(facts=())
    else:
        yield from change.asks(place, reader)


def test_the_table_holds_every_address_that_changes_something(standing: Standing) -> None:
    rules = {rule.rule for rule in standing.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    known = TABLE.keys() | BY_LINK | APART
    assert not rules - known, f"No law says who may post to {sorted(rules - known)}. {ADD}"
    assert not known - rules, f"The tables of tests/laws speak of addresses that are gone: {sorted(known - rules)}."
    assert len(TABLE) == sum(map(len, TABLES)), "An address stands in two tables."


def test_everybody_changes_exactly_what_is_theirs(standing: Standing) -> None:
    place, tells = place_of(standing), Telling()
    wrong, done, outcomes = [], set(), Counter[str]()
    for who, reader in standing.council.readers.items():
        client = standing.sign_in(reader.person)
        token = client.token()
        for rule, change in TABLE.items():
            said = change.said(place) if callable(change.said) else change.said
            has_right = bool(change.who & reader.roles)
            for ask in asks(place, change, reader):
                # Rows come in any order: one on which it can be done is looked for until it was done once.
                sought = ask.theirs and has_right and rule not in done | CARRIED_OUT_ELSEWHERE
                told = (rule, reader.roles, has_right, ask.theirs, not ask.facts and ask.ids)
                if not tells(told, ask.facts) and not sought:
                    continue
                status = client.post(address(rule, ask), data={"csrf_token": token, **said}).status_code
                expected = "done" if ask.theirs and has_right else str(ask.refusal) if has_right else "403"
                fine = status < 400 or status in REFUSED if expected == "done" else str(status) == expected
                if "<uuid:upload_id>" in rule and has_right and not ask.theirs:
                    fine = status == 302  # to the page where a file of one's own is chosen
                if not fine:
                    wrong.append((who, rule, ask, status, expected))
                outcomes[expected] += 1
                if expected == "done" and status < 400:
                    done.add(rule)
    assert not wrong, "\n".join(map(str, wrong))
    assert min(outcomes[one] for one in ("done", "403", "404")) > len(TABLE)
    undone = TABLE.keys() - done
    assert undone <= CARRIED_OUT_ELSEWHERE, f"Nobody could do this at all: {sorted(undone - CARRIED_OUT_ELSEWHERE)}."


@pytest.fixture
def stranger(standing: Standing) -> PageClient:
    client = standing.app.test_client()
    assert isinstance(client, PageClient)
    return client


def test_a_link_opens_its_own_reflection_once(standing: Standing, stranger: PageClient) -> None:
    _, token = standing.things.reflections["link"]
    answer = stranger.send(f"/reflection/link/{token}")
    assert answer.location == "/reflection/mine"
    assert "reflection=" in answer.headers["Set-Cookie"]
    for bad in (standing.things.reflections["used"][1], standing.things.reflections["pass"][1], "guessed"):
        refused = stranger.send(f"/reflection/link/{quote(bad)}")
        assert refused.location == f"/reflection/link/{quote(bad)}"
        assert "reflection=" not in str(refused.headers.getlist("Set-Cookie"))


def test_only_a_pass_that_lasts_writes_and_only_on_its_own_reflection(standing: Standing, stranger: PageClient) -> None:
    said = {"version": "", "proud": "The visits."}
    for how in ("", "guessed", "lapsed", "link"):
        stranger.set_cookie("reflection", standing.things.reflections.get(how, ("", how))[1])
        for page in ("", "/autosave", "/give"):
            answer = stranger.send(f"/reflection/mine{page}", said, 401)
            assert "The visits." not in answer.get_data(as_text=True)
    mine, token = standing.things.reflections["pass"]
    stranger.set_cookie("reflection", token)
    for page, status in (("", (302, 409)), ("/autosave", (200, 409)), ("/give", (302, 400, 409))):
        data = {**said, "csrf_token": stranger.token()}
        assert stranger.post(f"/reflection/mine{page}", data=data).status_code in status
    for one in standing.council.reflections:
        for page in ("", "/autosave", "/give"):
            data = {**said, "csrf_token": stranger.token()}
            assert stranger.post(f"/reflections/{one.id}{page}", data=data).status_code in (302, 401)
    assert mine in {one.id for one in standing.council.reflections}


def test_anybody_may_ask_for_a_new_link_which_goes_to_the_known_address(
    standing: Standing, stranger: PageClient
) -> None:
    for one in standing.council.reflections[:4]:
        answer = stranger.send(f"/reflection/{one.id}/link")
        assert answer.location == f"/reflection/{one.id}"
        assert "@" not in answer.get_data(as_text=True)
    stranger.send(f"/reflection/{NOTHING}/link", {}, 404)
