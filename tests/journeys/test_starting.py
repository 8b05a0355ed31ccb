"""Starting an audit that is not drawn: with the keyboard alone, without scripts, and on a telephone."""

from collections.abc import Callable

import pytest

from audit_forms.catalogue import latest
from tests.journeys.screens import CheckScreen, SectionScreen
from tests.journeys.visitor import Visitor
from tests.world import World

pytestmark = pytest.mark.journey
Visit = Callable[..., Visitor]
CARE = "900002"


def test_a_plan_audit_is_started_recorded_and_submitted_without_scripts(visit: Visit, world: World) -> None:
    visitor = visit(world.people["manager_assessment"], scripts=False)
    visitor.open("/audits").press("Start an audit")
    visitor.follow("Plan audit")
    visitor.page.get_by_label("The child’s reference in the case system").fill("no such child")
    visitor.press("Start", status=400)
    assert "No child on the case list has this reference" in visitor.text
    visitor.page.get_by_label("The child’s reference in the case system").fill(CARE)
    visitor.press("Start")
    assert "About 15 minutes" not in visitor.text
    screen = SectionScreen(visitor.follow("The plan you read"))
    assert "Answer this only if you answered ‘There is no plan’ to ‘Which plan is it?’." in screen.text
    for section in latest("plan").sections:
        screen = screen.complete(section)
    done = CheckScreen(visitor).submit()
    assert "Plan audit, version 1" in done.text


def test_somebody_is_found_by_name_and_observed_with_the_keyboard_alone(visit: Visit, world: World) -> None:
    visitor = visit(world.people["manager_care"])
    visitor.open("/audits/start/observation")
    box = visitor.page.get_by_label("Who is it about?")
    box.focus()
    visitor.page.keyboard.type("worker care")
    visitor.page.keyboard.press("Tab")
    visitor.press_key("Enter")
    visitor.page.get_by_label("Worker Care 1").focus()
    visitor.page.keyboard.press("Space")
    visitor.page.get_by_role("button", name="Start", exact=True).focus()
    visitor.press_key("Enter")
    assert "Worker Care 1" in visitor.text
    visitor.follow("Meeting the family")
    visitor.look()


@pytest.mark.parametrize("key", ["feedback_young", "chair_check"])
def test_the_pages_fit_a_telephone(visit: Visit, world: World, key: str) -> None:
    visitor = visit(world.people["manager_assessment"], width=320)
    visitor.open(f"/audits/start/{key}")
    visitor.page.get_by_label("The child’s reference in the case system").fill(CARE)
    visitor.press("Start")
    start = visitor.path.removesuffix("/record")
    longest = max(latest(key).sections, key=lambda section: len(section.questions))
    visitor.open(f"{start}/sections/{longest.key}")
    assert visitor.heading == longest.title
    visitor.look()
