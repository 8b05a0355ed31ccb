"""The board pack: one content on page and paper, of closed months alone, with nothing hidden in either."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from qa_app.db import Database
from qa_app.models import AccessEntry, Event, Person
from qa_app.reports import pack
from qa_app.reports.document import Document
from qa_app.services import events, packs, protected, published
from tests.conftest import AT
from tests.page import PageClient
from tests.qa_app.imports.council import bring_cases, bring_register, bring_staff
from tests.world import World

SignIn = Callable[[Person], PageClient]
MONTH = date(2026, 10, 1)


@pytest.fixture
def council(database: Database, world: World) -> Database:
    with database.writing() as session, session.begin():
        bring_staff(session)
        bring_cases(session)
        bring_register(session)
        protected.keep(session, protected.decide(session, published.years(session)), at=AT)
    return database


def made(session: Session) -> Document:
    return pack.document(packs.of_month(session, MONTH, council="Testshire"))


def test_nothing_hidden_is_in_the_content_at_all(council: Database) -> None:
    with council.reading() as session:
        found = packs.of_month(session, MONTH, council="Testshire")
    assert found.breakdown is not None
    hidden = [row for table in found.breakdown.tables for row in table.rows if row.share is None]
    assert hidden
    assert all(row.interval is None and row.verdict is None and row.trend is None for row in hidden)


def test_an_open_month_and_one_that_never_was_have_no_pack(council: Database, world: World, sign_in: SignIn) -> None:
    board = sign_in(world.people["board"])
    for month in ("2026-11", "2031-01", "now", "2026-13"):
        for address in (f"/board/packs/{month}", f"/board/packs/{month}/board-pack.pdf"):
            assert board.get(address).status_code == 404


def test_the_same_month_makes_the_same_bytes_and_each_opening_is_logged(
    council: Database, world: World, sign_in: SignIn
) -> None:
    one, other = sign_in(world.people["board"]), sign_in(world.people["qa_lead"])
    address = "/board/packs/2026-10/board-pack.pdf"
    assert one.get(address).data == other.get(address).data
    with council.reading() as session:
        opened = session.query(AccessEntry).filter(AccessEntry.action == "pack.export").count()
    assert opened == 2


def test_the_head_of_the_record_changes_when_an_event_does(session: Session, world: World) -> None:
    events.record(session, "a.thing", "thing", "1", by="test", at=AT, count=1)
    events.record(session, "a.thing", "thing", "2", by="test", at=AT + timedelta(hours=1), reason="because")
    session.flush()
    whole, then = events.head(session), events.head(session, until=AT)
    assert whole.count == then.count + 1
    assert events.head(session, most=then.count) == then
    session.add(Event(at=AT - timedelta(days=900), by="x", action="a", object_kind="o", object_id="1", detail={}))
    session.flush()
    assert events.head(session, until=AT).sha256 != then.sha256
