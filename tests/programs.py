"""Programs that read the interface: a token made as an administrator makes one, and a client that sends it."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from qa_app.access.permissions import BY_TOKEN, Can
from qa_app.db import Database
from qa_app.services import tokens
from tests.conftest import AT


def token_for(database: Database, *scopes: Can, days: int = 90) -> str:
    """A token with these scopes, or with every one."""
    with database.writing() as session, session.begin():
        made = tokens.make(
            session, "Power BI", "Dana Analyst", scopes or tuple(sorted(BY_TOKEN)), days=days, by="test", at=AT
        )
        return made.token


class Program:
    """A program with a token."""

    def __init__(self, app: Flask, token: str) -> None:
        self.client, self.token = app.test_client(), token

    def ask(self, path: str, /, *, headers: Mapping[str, str] | None = None, **words: Any) -> TestResponse:
        """One request."""
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return self.client.get(f"/api/v1{path}", query_string=words, headers=sent)

    def page(self, path: str, /, **words: Any) -> dict[str, Any]:
        """One page that must be there."""
        answer = self.ask(path, **words)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found: dict[str, Any] = answer.get_json()
        return found

    def all(self, path: str, /, **words: Any) -> list[dict[str, Any]]:
        """Every record, page after page."""
        found: list[dict[str, Any]] = []
        page = self.page(path, **words)
        found += page["items"]
        while page["next"] is not None:
            page = self.page(path, **{**words, "cursor": page["next"]})
            assert page["items"]
            found += page["items"]
        return found
