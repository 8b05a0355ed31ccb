"""Somebody without a mouse: everything is reached with the Tab key and done with keys, and where one is can be seen."""

import re
from collections.abc import Mapping

from playwright.sync_api import Locator

from tests.journeys.visitor import Visitor

FAR = 260  # presses of Tab after which somebody has gone round any page
HERE = "e => e === document.activeElement"
IN_THIS_GROUP = "e => document.activeElement.type === 'radio' && document.activeElement.name === e.name"
MARKED = """() => { const e = document.activeElement
  const marked = s => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none'
  const label = e.labels && e.labels[0]
  return marked(getComputedStyle(e)) || ['::before', '::after'].some(p => label && marked(getComputedStyle(label, p)))
}"""


class Keyboard:
    """The keys of one visitor's window."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page

    def reach(self, place: Locator, *, here: str = HERE) -> None:
        """Go on with Tab until this place has the focus, and see that it shows."""
        found = place.element_handle()  # a locator would look for it again at every step
        for _ in range(FAR):
            if found.evaluate(here):
                assert self.page.evaluate(MARKED), (
                    f"The focus does not show: {found.evaluate('e => e.outerHTML')[:300]}"
                )
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {place} on {self.visitor.path}")

    def press(self, name: str | re.Pattern[str], *, status: int = 200, within: Locator | None = None) -> "Keyboard":
        """Go to the button with these words, press Enter, arrive."""
        button = (within or self.page).get_by_role("button", name=name, exact=isinstance(name, str)).first
        return self._enter(button, status)

    def follow(self, name: str | re.Pattern[str], *, within: Locator | None = None) -> "Keyboard":
        """Go to the link with these words, press Enter, arrive."""
        link = (within or self.page).get_by_role("link", name=name, exact=isinstance(name, str)).first
        return self._enter(link, 200)

    def unfold(self, words: str) -> "Keyboard":
        """Open what is folded away under these words."""
        self.reach(self.page.locator("summary", has_text=words))
        self.page.keyboard.press("Enter")
        return self

    def answer(self, answers: Mapping[str, str]) -> "Keyboard":
        """Type, tick or choose, by the names of the boxes, in the order of the page."""
        for name, said in answers.items():
            box = self.page.locator(f'[name="{name}"]').first
            kind = box.evaluate("e => e.type")
            if kind == "radio":
                self._choose(name, said)
            elif kind == "checkbox":
                self.reach(self.page.locator(f'[name="{name}"][value="{said}"]'))
                self.page.keyboard.press("Space")
            else:
                self.reach(box)
                self.page.keyboard.type(said)
        return self

    def _choose(self, name: str, value: str) -> None:
        """Tab leads into a group of choices, the arrow keys within it."""
        wanted = self.page.locator(f'[name="{name}"][value="{value}"]')
        self.reach(wanted, here=IN_THIS_GROUP)
        self.page.keyboard.press("Space")
        for _ in range(self.page.locator(f'[name="{name}"]').count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"The arrow keys do not choose {value} of {name}")

    def _enter(self, place: Locator, status: int) -> "Keyboard":
        self.reach(place)
        self.visitor.press_key("Enter", status=status)
        return self
