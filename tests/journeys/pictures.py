"""Pictures of every main page for people to look at: `python -m tests.journeys.pictures OUT_DIR` (a few minutes).

Makes the demo council in a folder of its own, serves it, and saves each page for each role at a desktop's width, at a
telephone's, and as it prints. The desktop dashboard is also the README's picture (docs/images/dashboard.png).
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from qa_app import create_app
from qa_app.access import sessions
from qa_app.clock import system_clock
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.demo import council
from qa_app.models import Person
from tests.conftest import SECRETS
from tests.journeys.browser import chromium
from tests.journeys.server import serving
from tests.journeys.visitor import DESKTOP, PHONE

LINK = "a:"
"""An entry that begins so is a link or a button to follow from the page before, by a pattern of its words."""
PAGES: dict[str, tuple[tuple[str, ...], ...]] = {
    "QA lead": (
        ("/",), ("/dashboard",), ("/cycles",), ("/cycles", "a:November 2026"),
        ("/cycles", "a:November 2026", "a:The sample to moderate"), ("/cycles", "a:November 2026", "a:Close the month"),
        ("/cycles", "a:November 2026", "a:left out"), ("/cycles", "a:November 2026", "a:Change.*closes"),
        ("/cycles", "a:October 2026"), ("/cycles", "a:October 2026", "a:Figures as reported"),
        ("/cases",), ("/cases", "a:Import case list"), ("/imports",), ("/imports/register",), ("/settings",),
        ("/audits",), ("/audits", "a:^QA-"), ("/data-notes",), ("/actions?whose=all",), ("/alerts",),
        ("/alerts", "a:^QA-|^Audit QA-"), ("/disputes",), ("/disputes", "a:QA-"), ("/re-audits",),
        ("/re-audits", "a:QA-"),
        ("/letters",), ("/absences",), ("/absences", "a:Confirm"), ("/quota",), ("/people",), ("/tools",),
        ("/tools", "a:Missing"), ("/tools", "a:Missing", "a:[Pp]review"), ("/tools/upload",), ("/outbox",),
    ),
    "Head of Service": (
        ("/",), ("/dashboard",), ("/dashboard", "a:Open these audits"), ("/audits",), ("/audits", "a:^QA-"),
        ("/alerts",), ("/alerts", "a:^QA-|^Audit QA-"), ("/actions?whose=line",), ("/letters",),
        ("/letters", "a:QA-"), ("/quota",),
    ),
    "Auditor": (
        ("/",), ("/audits",), ("/audits", "a:^QA-"), ("/audits", "a:^QA-", "a:Voice and lived"),
        ("/audits", "a:^QA-", "a:Judgement|Overall"), ("/audits", "a:^QA-", "a:Check and submit"), ("/your-figures",),
        ("/audits/start",), ("/audits/start/supervision",), ("/actions",), ("/actions", "a:."),
        ("/actions?whose=audits",), ("/alerts",), ("/letters",),
        ("/account/reminders",), ("/account/away",),
    ),
    "Moderator": (
        ("/",), ("/moderations",), ("/moderations", "a:^QA-"), ("/moderations", "a:^QA-", "a:Voice and lived"),
        ("/your-figures",),
    ),
    "Practitioner": (
        ("/",), ("/", "a:Reflect on audit"), ("/reflections",), ("/letters",), ("/letters", "a:QA-"), ("/actions",),
    ),
    "Administrator": (
        ("/",), ("/people",), ("/people/import",), ("/people", "a:Dev"), ("/outbox",), ("/account/password",),
    ),
    "Board reader": (("/",),),
    "Data analyst": (("/",),),
}  # fmt: skip
LOOKS = {
    "wide": {"viewport": DESKTOP},
    "phone": {"viewport": PHONE},
}
README_SIZE = {"width": 1180, "height": 1770}
README_PAGE = "/dashboard?window=last_12"


def main(folder: Path) -> None:
    """Make the council, serve it, and save every picture in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="qa-pictures-") as place:
        settings = _demo(Path(place))
        database = Database(settings.database_url)
        with serving(create_app(settings, database)) as address, chromium() as browser:
            _nobody(browser, address, folder)
            for role, person in _people(database):
                token = sessions.begin(database, person.id, at=system_clock(), lasting=timedelta(hours=1))
                _take(browser, address, folder, role, token)
        database.dispose()


def _demo(place: Path) -> Settings:
    url = f"sqlite:///{place / 'qa.sqlite3'}"
    told = {"QA_DATABASE_URL": url, "QA_SECRET_KEY": SECRETS["secret_key"], "QA_CASE_KEY": SECRETS["case_key"]}
    subprocess.run([sys.executable, "-m", "qa_app", "demo", "--no-serve"], check=True, env={**os.environ, **told})
    return Settings(database_url=url, council="Harbourshire Council (demo)", https=False, **SECRETS)


def _people(database: Database) -> Iterator[tuple[str, Person]]:
    with database.reading() as session:
        found = [
            (one.role, session.scalars(select(Person).where(Person.email == one.email)).one())
            for one in council.sign_ins(session)
        ]
    yield from found


def _nobody(browser: Browser, address: str, folder: Path) -> None:
    for look, options in LOOKS.items():
        page = browser.new_page(**options)  # type: ignore[arg-type]
        page.goto(f"{address}/sign-in")
        page.screenshot(path=folder / f"sign-in.{look}.png", full_page=True)
        page.close()


def _take(browser: Browser, address: str, folder: Path, role: str, token: str) -> None:
    for look, options in LOOKS.items():
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
        context.add_cookies([{"name": "qa", "value": token, "url": address}])
        page = context.new_page()
        for way in PAGES.get(role, ()):
            name = _file_name(role, way)
            if not _go(page, address, way):
                sys.stdout.write(f"{role}: no way to {' > '.join(way)}\n")
                continue
            page.screenshot(path=folder / f"{name}.{look}.png", full_page=True)
            if look == "wide":
                _print(page, folder / f"{name}.print.png")
                if (role, way) == ("Head of Service", ("/dashboard",)):
                    _readme(page, address, folder / "README.dashboard.png")
        context.close()


def _go(page: Page, address: str, way: tuple[str, ...]) -> bool:
    """Follow a way to its page; False where a link on it is missing."""
    for step in way:
        if not step.startswith(LINK):
            page.goto(address + step)
            continue
        words = re.compile(step.removeprefix(LINK))
        inside = page.locator("main")
        found = inside.get_by_role("link", name=words).or_(inside.get_by_role("button", name=words))
        if not found.count():
            return False
        with page.expect_navigation():
            found.first.click()
    return True


def _print(page: Page, path: Path) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})
    page.screenshot(path=path, full_page=True)
    page.emulate_media(media="screen")
    page.set_viewport_size(DESKTOP)


def _readme(page: Page, address: str, path: Path) -> None:
    """The top of the dashboard in few colours, so that the file stays small."""
    page.set_viewport_size(README_SIZE)
    page.goto(address + README_PAGE)
    page.screenshot(path=path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256).save(path, optimize=True)
    page.set_viewport_size(DESKTOP)


def _file_name(role: str, way: tuple[str, ...]) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", " ".join((role, *way)).lower().replace(LINK, ""))
    return words.strip("-")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
