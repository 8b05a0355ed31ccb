"""The eyes of the journeys can see: each check fails on a page that deserves it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.browser import ChromiumMissing, chromium
from tests.journeys.visitor import Seen, Visitor
from tests.world import World

pytestmark = [pytest.mark.journey, pytest.mark.one_database]

FAULTS = {
    "axe": "document.querySelector('label').remove()",
    "sideways": "document.querySelector('main').append(Object.assign(document.createElement('pre'), {id: 'wide',"
    " textContent: 'x'.repeat(400)}))",
    "at 640 px": "document.styleSheets[0].insertRule('@media (width > 600px) { h1 { width: 1000px } }',"
    " document.styleSheets[0].cssRules.length)",
    "on paper": "document.styleSheets[0].insertRule('@media print { h1 { width: 1000px } }',"
    " document.styleSheets[0].cssRules.length)",
    "style-src": "document.querySelector('h1').setAttribute('style', 'color: red')",
    "console": "console.error('something broke')",
}


@pytest.mark.parametrize("word", FAULTS)
def test_a_fault_on_a_page_is_seen(word: str, visit: Callable[..., Visitor], world: World, tmp_path: Path) -> None:
    visitor = visit().open("/sign-in")
    visitor.eyes = visitor.eyes._replace(seen=Seen(tmp_path / "nothing seen yet"))
    visitor.page.evaluate(FAULTS[word])
    with pytest.raises(AssertionError, match=word):
        visitor.look()


def test_a_page_that_is_not_the_one_expected_is_seen(visit: Callable[..., Visitor], world: World) -> None:
    with pytest.raises(AssertionError, match="404"):
        visit(world.people["qa_lead"]).open("/nothing-here")


def test_a_missing_browser_is_said_with_what_to_install() -> None:
    with pytest.raises(ChromiumMissing, match="apt-get install chromium"), chromium([Path("/nowhere/chromium")]):
        pass
