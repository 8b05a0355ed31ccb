"""Debian's chromium, driven by Playwright: how it is started, and what to install where it is missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


class ChromiumMissing(Exception):  # noqa: N818
    """There is no browser to test with; the message says which package to install."""


@contextmanager
def chromium(path: Path = CHROMIUM) -> Iterator[Browser]:
    """A running browser.

    Raises:
        ChromiumMissing: the package is not installed.
    """
    if not path.exists():
        raise ChromiumMissing(f"There is no {path}. Install it with: apt-get install chromium fonts-liberation")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield running
        running.close()
