"""A test client that checks every page any test opens, and posts forms as a browser would: with their CSRF token."""

from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from qa_app.access import sessions
from qa_app.db import Database

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}


class Page(HTMLParser):
    """What a page holds, and what is wrong with it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.controls: list[tuple[str, bool]] = []
        self.labelled: set[str] = set()
        self.referred: list[str] = []
        self.headings: list[str] = []
        self.title = ""
        self.lang = ""
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self._judge()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if tag == "h1":
            self.headings.append("")
        if tag == "html":
            self.lang = found.get("lang", "")
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "label" and "for" in found:
            self.labelled.add(found["for"])
        if tag in ("input", "select", "textarea") and found.get("type", "text") not in UNLABELLED:
            self.controls.append((found.get("id", ""), "aria-label" in found or "aria-labelledby" in found))
        self.referred += found.get("aria-describedby", "").split()
        self.faults += _faults_of(tag, found)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open and self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "h1" in self._open and self.headings:
            self.headings[-1] += data
        if self._open and self._open[-1] == "title" and "svg" not in self._open:
            self.title += data
        self.words.append(data)

    @property
    def heading(self) -> str:
        return " ".join(self.headings[0].split()) if self.headings else ""

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def _judge(self) -> None:
        title = " ".join(self.title.split())
        if len(self.headings) != 1:
            self.faults.append(f"{len(self.headings)} h1 headings")
        elif not title.removeprefix("Error: ").startswith(self.heading):
            self.faults.append(f"the title “{title}” does not begin with the heading “{self.heading}”")
        if not self.lang:
            self.faults.append("no language")
        doubled = {one for one in self.ids if self.ids.count(one) > 1}
        self.faults += [f"the id {one} stands twice" for one in sorted(doubled)]
        for control, named in self.controls:
            if not named and control not in self.labelled:
                self.faults.append(f"the control “{control}” has no label")
        self.faults += [f"aria-describedby points at nothing: {one}" for one in self.referred if one not in self.ids]


def _faults_of(tag: str, found: dict[str, str]) -> list[str]:
    """What is wrong with one element by itself."""
    wrong = {
        f"inline style on <{tag}>": "style" in found or tag == "style",
        f"inline handler on <{tag}>": any(name.startswith("on") for name in found),
        "inline script": tag == "script" and "src" not in found,
        "a form without an action": tag == "form" and "action" not in found,
        "an image without alt": tag == "img" and "alt" not in found,
    }
    return [fault for fault, holds in wrong.items() if holds]


class PageClient(FlaskClient):
    """Opens pages as somebody, and fails the test when a page is badly made."""

    def enter_as(self, database: Database, person_id: UUID, *, at: datetime) -> None:
        """Sign in without the password page."""
        token = sessions.begin(database, person_id, at=at, lasting=timedelta(hours=12))
        self.set_cookie("qa", token)

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        kind = response.headers.get("Content-Type", "")
        if kind.startswith("text/html") and response.status_code not in (301, 302, 303, 307, 308):
            page = Page(response.get_data(as_text=True))
            if page.faults:
                where = response.request.path if response.request else "?"
                raise AssertionError(f"{where} ({response.status_code}): " + "; ".join(page.faults))
        return response

    def page(self, path: str, status: int = 200) -> Page:
        """The page at an address, which must answer with this status."""
        response = self.get(path)
        assert response.status_code == status, (path, response.status_code, response.get_data(as_text=True)[:2000])
        return Page(response.get_data(as_text=True))

    def token(self) -> str:
        """A CSRF token of this browser's session."""
        with self.session_transaction() as flask_session:
            kept = dict(flask_session)
        with self.application.test_request_context():
            from flask import session as request_session
            from flask_wtf.csrf import generate_csrf

            request_session.update(kept)
            made = generate_csrf()
            raw = request_session["csrf_token"]
        with self.session_transaction() as flask_session:
            flask_session["csrf_token"] = raw
        return str(made)

    def send(self, path: str, data: dict[str, Any] | None = None, status: int = 302, **kwargs: Any) -> TestResponse:
        """Post a form with its token; the answer must have this status."""
        response = self.post(path, data={"csrf_token": self.token(), **(data or {})}, **kwargs)
        assert response.status_code == status, (path, response.status_code, response.get_data(as_text=True)[:3000])
        return response
