"""One council for a whole module: whatever is posted is carried out, judged and taken back, so nothing changes."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from qa_app import create_app
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.models import Person
from tests.busy import busy_council
from tests.conftest import AT, SECRETS
from tests.kept import Kept, empty, renew
from tests.laws.around import Council, give_everything, people_who_ask, read
from tests.laws.developing import give_development
from tests.laws.learning import give_learning
from tests.laws.more import Things, give_more
from tests.laws.second_grades import Seconds, give_second_grades, read_second_grades
from tests.page import PageClient
from tests.world import World


class _Rehearsed(Session):
    """A request's session: what it would keep is written, with every check of the database, and taken back."""

    def commit(self) -> None:
        self.flush()
        self.rollback()


class Rehearsal(Database):
    """The database for requests; signing in and the access log have transactions of their own and are kept."""

    def writing(self) -> Session:
        return _Rehearsed(self.engine, expire_on_commit=False)


class Standing:
    """A council in the middle of its work that stays as it is."""

    def __init__(self, rehearsal: Rehearsal, world: World, council: Council, things: Things, seconds: Seconds) -> None:
        self.world, self.council, self.things, self.seconds = world, council, things, seconds
        url = rehearsal.url.render_as_string(hide_password=False)
        settings = Settings(database_url=url, council="Testshire", https=False, clock=lambda: AT, **SECRETS)
        self.app = create_app(settings, rehearsal)
        self.app.config["TESTING"] = False
        self.app.test_client_class = PageClient
        self._database = rehearsal

    def sign_in(self, person: Person) -> PageClient:
        """A browser signed in as a person."""
        client = self.app.test_client()
        assert isinstance(client, PageClient)
        client.enter_as(self._database, person.id, at=AT)
        return client


def _hastily(connection: Connection) -> None:
    """Nothing here has to outlive a loss of power."""
    connection.exec_driver_sql("SET LOCAL synchronous_commit = off")


def _everything(session: Session) -> tuple[World, Things]:
    """A council in the middle of its work, and one of each of what there can be."""
    world = World.build(session, Settings(database_url="", https=False, **SECRETS), at=AT)
    busy_council(session, world)
    people_who_ask(session, world)
    give_everything(session, world)
    give_second_grades(session, world)
    things = give_more(session, world)
    give_learning(session, world, things)
    give_development(session, world, things)
    return world, things


@pytest.fixture(scope="module")
def standing(
    engine_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, kept: Kept
) -> Iterator[Standing]:
    """The council and everybody who asks; the database is emptied when the module is done."""
    if engine_kind == "postgresql":
        plain: Database = request.getfixturevalue("migrated_postgresql")
        begun_with = request.getfixturevalue("begun_with")
        done: Callable[[], None] = lambda: empty(plain, begun_with)  # noqa: E731
    else:
        plain = Database(f"sqlite:///{tmp_path_factory.mktemp('standing') / 'qa.sqlite3'}")
        renew(plain, request.getfixturevalue("empty_sqlite"))
        done = lambda: None  # noqa: E731
    world, things = kept(plain, "everything", _everything)
    made = Rehearsal(plain.url.render_as_string(hide_password=False))
    if engine_kind == "postgresql":
        event.listen(made.engine, "begin", _hastily)
    try:
        council = read(made, world)
        with made.reading() as session:
            seconds = read_second_grades(session, council)
        yield Standing(made, world, council, things, seconds)
    finally:
        with suppress(Exception):
            made.dispose()
        done()
