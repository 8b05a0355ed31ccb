"""A database that is busy or gone: the service says so and asks to try again; it does not claim a fault of its own."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from qa_app.access.current import session as request_session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.models import Service
from tests.page import PageClient


def refuse(_session: Session) -> None:
    raise OperationalError("COMMIT", None, Exception("the database is locked"))


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """An application of these tests' own: they put a route on it."""
    return own_app


@pytest.fixture
def locked_at_commit() -> Iterator[None]:
    event.listen(Session, "before_commit", refuse)
    yield
    event.remove(Session, "before_commit", refuse)


def test_a_commit_that_cannot_be_made_asks_to_try_again(app: Flask, locked_at_commit: None) -> None:
    def write() -> str:
        request_session().add(Service(name="never kept"))
        return "done"

    app.add_url_rule("/write", "write", needs(Can.SIGN_IN)(write), methods=["POST"])
    client = app.test_client()
    assert isinstance(client, PageClient)
    answer = client.post("/write", data={"csrf_token": client.token()})
    assert answer.status_code == 503
    assert "Try again in a minute" in answer.get_data(as_text=True)
