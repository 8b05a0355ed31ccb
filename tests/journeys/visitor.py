"""A person at a browser: goes from page to page, and fails the test when a page on the way is badly made.

On every page: no message of the console, nothing the Content-Security-Policy refused, no answer of 4xx or 5xx that was
not expected. axe, the width of a phone, enlarging to 200% and a sheet of paper are checked once for each make of page:
pages with one address pattern, status and kinds of element are one make, whatever words they hold. Without scripts axe
looks at the same HTML.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response, ViewportSize
from playwright.sync_api import TimeoutError as Unanswered

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = {
    "runOnly": {"type": "tag", "values": STANDARDS},
    "rules": {"target-size": {"enabled": True}},  # a rule of WCAG 2.2 that axe leaves off unless asked
    "resultTypes": ["violations"],
    "preload": False,  # reads style sheets and films once more, for rules about films
}
PHONE: ViewportSize = {"width": 320, "height": 700}
ENLARGED: ViewportSize = {"width": 640, "height": 450}  # what is left of a window of 1280 at 200%
PAPER: ViewportSize = {"width": 718, "height": 1047}  # what A4 leaves between margins of 1 cm
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
# What differs from page to page of one pattern: ids, and the names of sections.
VARYING = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?<=/sections/)[a-z_]+")
NOTE_REFUSALS = """
window.refusedByPolicy = []
document.addEventListener('securitypolicyviolation', event => {
  window.refusedByPolicy.push(`${event.violatedDirective} refused ${event.blockedURI}`)
})
"""
MAKE = """() => [...new Set([...document.querySelectorAll('*')].map(e => `${e.tagName}.${e.className}.${e.type || ''}`)
  )].sort().join()"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
  [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 5).map(e => e.outerHTML.slice(0, 160))"""
NARROW_ENOUGH = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
JUDGE = "options => axe.run(document, options).then(found => found.violations)"


class Make(NamedTuple):
    """What a page is made of; pages of one make are looked at closely once."""

    pattern: str
    status: int
    elements: str


class Seen:
    """The makes of page that were looked at closely already, by whichever process: a file for each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def __contains__(self, make: Make) -> bool:
        return self._file(make).exists()

    def add(self, make: Make) -> None:
        self._file(make).touch()

    def _file(self, make: Make) -> Path:
        return self.folder / sha256(repr(make).encode()).hexdigest()


class Eyes(NamedTuple):
    """What looks closely at pages: what it saw already, and a window with scripts for pages whose own has none."""

    seen: Seen
    twin: Page


class Visitor:
    """One browser window of one person."""

    def __init__(self, context: BrowserContext, address: str, eyes: Eyes, *, scripts: bool = True) -> None:
        self.context, self.address, self.eyes, self.scripts = context, address, eyes, scripts
        self.status = 0
        self.expected: set[int] = set()
        self.faults: list[str] = []
        if scripts:
            context.add_init_script(NOTE_REFUSALS)
        self.page: Page = context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.page.on("response", self._note)

    def open(self, path: str, status: int = 200) -> "Visitor":
        """Go to an address of the site."""
        return self._arrive(lambda: self.page.goto(self.address + path), status)

    def follow(self, name: str | re.Pattern[str], *, status: int = 200, within: Locator | None = None) -> "Visitor":
        """Follow the link with these words."""
        link = (within or self.page).get_by_role("link", name=name, exact=isinstance(name, str)).first
        return self._arrive(link.click, status)

    def press(self, name: str | re.Pattern[str], *, status: int = 200, within: Locator | None = None) -> "Visitor":
        """Press the button with these words and arrive at the next page."""
        button = (within or self.page).get_by_role("button", name=name, exact=isinstance(name, str)).first
        return self._arrive(button.click, status)

    def press_key(self, key: str, *, status: int = 200) -> "Visitor":
        """Press a key that leads to another page."""
        return self._arrive(lambda: self.page.keyboard.press(key), status)

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """While this lasts, answers with these statuses behind the page are no fault."""
        self.expected |= set(statuses)
        yield
        self.page.wait_for_timeout(50)
        self.expected -= set(statuses)

    @property
    def heading(self) -> str:
        """The words of the h1."""
        return " ".join(self.page.locator("h1").inner_text().split())

    @property
    def text(self) -> str:
        """What can be read on the page, with single spaces."""
        return " ".join(self.page.locator("body").inner_text().split())

    @property
    def path(self) -> str:
        """The address without the site."""
        return self.page.url.removeprefix(self.address)

    def look(self) -> None:
        """Check the page as it stands; also for a page that scripts have changed."""
        if self.scripts:
            self.faults += self.page.evaluate("() => (window.refusedByPolicy || []).splice(0)")
        make = Make(VARYING.sub("<one>", re.split("[?#]", self.path)[0]), self.status, self.page.evaluate(MAKE))
        if make not in self.eyes.seen:
            self.faults += self._when_narrow() + self._by_axe()
            self.eyes.seen.add(make)
        found, self.faults = self.faults, []
        assert not found, f"{self.path} ({self.status}):\n" + "\n".join(found)

    def _arrive(self, act: Callable[[], Any], status: int) -> "Visitor":
        try:
            with self.page.expect_navigation() as arrival:
                act()
        except Unanswered as fault:
            raise AssertionError(f"Nothing happened on {self.path}: {fault}\n{self.text[:3000]}") from fault
        self.status = arrival.value.status if arrival.value else 0
        assert self.status == status, f"{self.path} answered {self.status}:\n{self.text[:2000]}"
        self.look()
        return self

    def _hear(self, message: ConsoleMessage) -> None:
        # The browser says every 4xx on the console; those are judged by their status instead.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _note(self, response: Response) -> None:
        if response.request.is_navigation_request() or response.status < 400 or response.status in self.expected:
            return
        self.faults.append(f"{response.request.method} {response.url} answered {response.status}")

    def _when_narrow(self) -> list[str]:
        before, faults = self.page.viewport_size, list[str]()
        for size in (ENLARGED, PHONE):
            faults += self._sideways(size, f"at {size['width']} px")
        self.page.emulate_media(media="print")
        faults += self._sideways(PAPER, "on paper")
        self.page.emulate_media(media="screen")
        if before:
            self.page.set_viewport_size(before)
        return faults

    def _sideways(self, size: ViewportSize, where: str) -> list[str]:
        self.page.set_viewport_size(size)
        if self.page.evaluate(NARROW_ENOUGH):
            return []
        return [f"scrolls sideways {where}: {'; '.join(self.page.evaluate(TOO_WIDE))}"]

    def _by_axe(self) -> list[str]:
        if self.scripts:
            return judged_by_axe(self.page)
        # axe waits on timers, which stand still where scripts are off: a window with scripts gets the same HTML.
        html = self.page.content()
        twin, address = self.eyes.twin, self.page.url
        twin.unroute_all()
        twin.route("**/*.js*", lambda route: route.abort())
        twin.route(address, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        twin.goto(address)
        return judged_by_axe(twin)


def judged_by_axe(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA, one line for each element."""
    page.evaluate(AXE_SCRIPT)
    return [
        f"axe {one['id']}: {one['help']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for one in page.evaluate(JUDGE, AXE)
        for node in one["nodes"]
    ]
