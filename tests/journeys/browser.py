"""Debian's chromium, driven by Playwright: how it is started, and what to install where it is missing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

# The headless shell is the same browser without windows of its own: it takes a sixth of the processor's time.
CHROMIUMS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


class ChromiumMissing(Exception):  # noqa: N818
    """There is no browser to test with; the message says which package to install."""


@contextmanager
def chromium(paths: Sequence[Path] = CHROMIUMS) -> Iterator[Browser]:
    """A running browser: the first of these that is installed.

    Raises:
        ChromiumMissing: none is installed.
    """
    path = next((one for one in paths if one.exists()), None)
    if path is None:
        wanted = paths[0].name
        raise ChromiumMissing(f"There is no browser. Install one: apt-get install {wanted} fonts-liberation")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield running
        running.close()
