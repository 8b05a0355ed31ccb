"""The header: few places stand in one row, many in groups; each leads to a page its reader may open."""

import re
from collections.abc import Callable

import pytest

from qa_app.models import Person
from qa_app.web.navigation import FEW
from tests.page import PageClient
from tests.world import World

SignIn = Callable[[Person], PageClient]
LINK = re.compile(r'<a class="govuk-[^"]*link[^"]*" href="([^"]*)"( aria-current="true")?>')


def _rows(html: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """The links of the first and of the second row, each with whether it is where one is."""
    first = html.split('id="navigation">', 1)[-1].split("</ul>", 1)[0]
    second = html.split('class="app-subnavigation">', 1)[-1].split("</ul>", 1)[0]
    rows = [first, second if "app-subnavigation" in html else ""]
    return tuple([(href, bool(here)) for href, here in LINK.findall(row)] for row in rows)  # type: ignore[return-value]


@pytest.mark.parametrize("who", ["qa_lead", "head_north", "manager_assessment", "moderator_1", "administrator"])
def test_every_place_in_the_header_opens_and_says_where_one_is(sign_in: SignIn, world: World, who: str) -> None:
    client = sign_in(world.people[who])
    first, _ = _rows(client.get("/").text)
    assert 1 < len(first) <= FEW
    reached = {href for href, _ in first}
    for href, _ in first:
        reached |= {inner for inner, _ in _rows(client.get(href).text)[1]}
    for href in reached:
        page = client.get(href)
        assert page.status_code == 200, href
        rows = [row for row in _rows(page.text) if row]
        assert [sum(here for _, here in row) for row in rows] == [1] * len(rows), href
        assert (href, True) in rows[-1]


def test_a_qa_lead_finds_each_of_many_places_in_its_group(sign_in: SignIn, world: World) -> None:
    page = sign_in(world.people["qa_lead"]).get("/re-audits")
    first, second = _rows(page.text)
    assert [href for href, here in first if here] == ["/audits"]
    assert {
        "/audits",
        "/alerts",
        "/actions",
        "/re-audits",
        "/letters",
        "/disputes",
        "/challenges/all",
        "/overrides",
    } == {href for href, _ in second}
    assert 'aria-label="Audits" class="app-subnavigation"' in page.text


def test_somebody_with_few_places_has_one_row(sign_in: SignIn, world: World) -> None:
    first, second = _rows(sign_in(world.people["worker_care_1"]).get("/actions").text)
    assert ("/actions", True) in first
    assert ("/alerts", False) not in first
    assert second == []
