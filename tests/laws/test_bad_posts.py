"""Every address that changes something is sent bad data by somebody who may change it: a sentence, never a fault.

What `test_bad_input.py` finds by its links is what there is to click on; this is every address there is.
"""

import io
from collections.abc import Iterator, Mapping
from itertools import cycle
from typing import Any

from tests.crawl import Reader as Forms
from tests.laws.changes import APART, BY_LINK
from tests.laws.changes_learning import NOBODYS
from tests.laws.conftest import Standing
from tests.laws.test_changes_around import TABLE, address, place_of
from tests.page import Page, PageClient

FOREIGN = "99999999-9999-4999-8999-999999999999"
POISONS = {
    "nothing": "", "blank": "  \t ", "a NUL": "before\x00after", "too long": "x" * 70_000, "foreign": FOREIGN,
    "a huge number": "9" * 400, "a number of another script": "\N{ARABIC-INDIC DIGIT SEVEN}", "below nothing": "-1",
    "not finite": "NaN", "an impossible date": "2026-02-31", "a year too far": "99999", "control": "\x1b[31m\x7f",
    "both ways": "\N{RIGHT-TO-LEFT OVERRIDE}abc", "markup": "<b>{{ 7*7 }}",
}  # fmt: skip
# Of an address that is like many others each of the rest is sent to every third: no field has a reader of its own.
ALWAYS = ("nothing", "a NUL", "too long", "foreign", "a huge number")
TURNS, SINGLY, SHORTEST_SENTENCE = 3, 4, 20


def fields_on(client: PageClient, path: str) -> dict[str, str]:
    """What the forms to this address hold, on its own page or the page it stands on."""
    found: dict[str, str] = {}
    for page in (path, path.rsplit("/", 1)[0] or "/"):
        answer = client.get(page)
        if answer.status_code < 300 and answer.headers["Content-Type"].startswith("text/html"):
            for form in Forms(answer.get_data(as_text=True)).forms:
                if form.method == "post" and form.action in ("", path):
                    found |= form.fields
    return {name: text for name, text in found.items() if name not in ("csrf_token", "once")}


def bad_data(fields: Mapping[str, Any], turn: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """All fields at once, some by themselves beside what is right, one left out, one sent twice, unknown ones."""
    others = [name for name in POISONS if name not in ALWAYS]
    for name in (*ALWAYS, *others[turn % TURNS :: TURNS]):
        yield name, dict.fromkeys(fields, POISONS[name])
    some = list(fields)[:: max(1, len(fields) // SINGLY)][: SINGLY + 1]
    for field, name in zip(some, cycle((*ALWAYS, "an impossible date")), strict=False):
        yield f"{field}: {name}", {**fields, field: POISONS[name]}
    for field in some[:1]:
        yield f"{field}: left out", {key: text for key, text in fields.items() if key != field}
        yield f"{field}: twice", {**fields, field: [fields[field] or "one", "another"]}
        yield f"{field}: a file", {**fields, field: (io.BytesIO(b"\x00\xff"), "\x00../x.csv")}
    yield "no such field", {**fields, "no such field": "x", "x" * 3000: "y", "": "z"}
    yield "a key of nothing", {**fields, "once": "not a key"}


def test_no_address_that_changes_something_can_be_made_to_fail(standing: Standing) -> None:
    place = place_of(standing)
    reached, wrong = set(), []
    for turn, (rule, change) in enumerate(TABLE.items()):
        for reader in place.council.readers.values():
            asks = (one for one in change.asks(place, reader) if one.theirs) if change.who & reader.roles else iter(())
            if (ask := next(asks, None)) is not None:
                break
        else:
            continue
        client = standing.sign_in(reader.person)
        path, token = address(rule, ask), client.token()
        said = change.said(place) if callable(change.said) else change.said
        fields = {**fields_on(client, path), **said}
        reached.add(rule)
        for name, data in bad_data(fields, turn):
            answer = client.post(path, data={"csrf_token": token, **data})
            if (fault := _fault(answer)) is not None:
                wrong.append((rule, name, fault))
        foreign = {"csrf_token": token, **fields, "once": str(standing.things.once)}
        answer = client.post(path, data=foreign)
        if answer.status_code != 409 or "You sent this form before" not in answer.get_data(as_text=True):
            wrong.append((rule, "a key of another form", answer.status_code))
    assert not wrong, "\n".join(map(str, wrong))
    assert reached == TABLE.keys() - NOBODYS


def _fault(answer: Any) -> object:
    """What is wrong with an answer; None where nothing is."""
    if answer.status_code >= 500 or b"Traceback" in answer.data:
        return answer.status_code
    if answer.status_code < 400:
        return None
    if answer.headers["Content-Type"].startswith("text/html"):
        page = Page(answer.get_data(as_text=True))
        return None if page.heading and len(page.text) > len(page.heading) + SHORTEST_SENTENCE else page.text
    said = answer.json or {}
    return None if any(len(str(one)) > SHORTEST_SENTENCE for one in said.values()) else said


def test_a_reflection_by_link_cannot_be_made_to_fail(standing: Standing) -> None:
    client = standing.app.test_client()
    assert isinstance(client, PageClient)
    mine, token = standing.things.reflections["pass"]
    client.set_cookie("reflection", token)
    pages = {
        "/reflection/mine", "/reflection/mine/autosave", "/reflection/mine/give", f"/reflection/{mine}/link",
        "/reflection/link/%00", "/reflection/link/%F0%9F%98%80", f"/reflection/link/{'x' * 3000}",
    }  # fmt: skip
    fields = {"version": "", "proud": "", "helped": "yes", "position": "accepts", "dispute": "", "asks_moderation": "y"}
    wrong = []
    for turn, path in enumerate(sorted(pages)):
        for name, data in bad_data(fields, turn):
            answer = client.post(path, data={"csrf_token": client.token(), **data})
            if (fault := _fault(answer)) is not None:
                wrong.append((path[:60], name, fault))
    for cookie in ("\\x00", "x" * 3000, "é"):
        client.set_cookie("reflection", cookie)
        wrong += [(cookie, path) for path in sorted(pages)[2:5] if client.get(path).status_code >= 500]
    assert not wrong, "\n".join(map(str, wrong))
    assert len(BY_LINK) + len(APART) == 7
