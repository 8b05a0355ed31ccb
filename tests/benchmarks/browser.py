"""Requests as a signed-in browser sends them, straight into a WSGI application, without a network."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app

from qa_app import create_app
from qa_app.access import sessions
from qa_app.config import Settings
from qa_app.db import Database
from tests.benchmarks.council import AT

# Long enough to be real secrets; they protect nothing.
SECRET_KEY, CASE_KEY = "bZ3v-9fQxB7mTn2LwRj8cYhD5sGpAe6U", "bq8-Jt4xNc7vHb2mZs9kRf3yLd6gPa5E"


def application(database: Database) -> Flask:
    """The product as it is served, with CSRF on, at a moment that stands still."""
    url = database.url.render_as_string(hide_password=False)
    settings = Settings(database_url=url, secret_key=SECRET_KEY, case_key=CASE_KEY, https=False, clock=lambda: AT)
    return create_app(settings, database)


class Refused(Exception):  # noqa: N818 - named for the fault
    """A page did not answer as it should, so there is nothing to time."""


class _Hidden(HTMLParser):
    """The hidden fields of the main part of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input" and found.get("type") == "hidden":
            self.fields[str(found.get("name"))] = str(found.get("value") or "")


class Browser:
    """A signed-in person's requests; making one is kept apart from sending it, which is what is timed."""

    def __init__(self, app: Flask, database: Database, person_id: UUID) -> None:
        self.app = app
        self._cookies = {"qa": sessions.begin(database, person_id, at=AT, lasting=timedelta(hours=12))}

    def form(self, path: str) -> dict[str, str]:
        """The hidden fields of a page: its CSRF token and the version of its answers."""
        client = Client(self.app)
        client.set_cookie("qa", self._cookies["qa"])
        response = client.get(path)
        if response.status_code != 200:
            raise Refused(f"{path} answered {response.status_code}.")
        cookie = client.get_cookie("form")
        if cookie is not None:
            self._cookies["form"] = cookie.value
        return _Hidden(response.get_data(as_text=True)).fields

    @property
    def cookie(self) -> str:
        """The cookies as a request sends them."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def request(self, path: str, data: Mapping[str, Any] | None = None) -> Callable[[], object]:
        """A request ready to be sent: a GET, or a POST of this form; sending it raises Refused when it fails."""
        return sender(self.app, path, data, self.cookie)


def sender(app: Any, path: str, data: Mapping[str, Any] | None, cookie: str = "") -> Callable[[], object]:
    """A request ready to be sent to any WSGI application."""
    method = "GET" if data is None else "POST"
    builder = EnvironBuilder(path=path, method=method, data=data, headers=[("Cookie", cookie)])
    body = builder.get_environ()["wsgi.input"].read()
    environ = builder.get_environ()

    def send() -> object:
        fresh = dict(environ)
        fresh["wsgi.input"] = BytesIO(body)
        answer, status, _headers = run_wsgi_app(app, fresh, buffered=True)
        if status[0] not in "23":
            raise Refused(f"{method} {path} answered {status}.")
        return answer

    return send
