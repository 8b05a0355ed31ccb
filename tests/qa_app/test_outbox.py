"""The outbox: what is queued."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from qa_app.db import Database
from qa_app.models import Message
from qa_app.services import outbox
from tests.conftest import AT
from tests.world import World


def test_what_is_said_once_is_queued_once(session: Session, world: World) -> None:
    people = [world.people["manager_care"].id, world.people["head_south"].id]
    assert outbox.tell(session, people, "anything", at=AT, once="a") == 2
    assert outbox.tell(session, people, "anything", at=AT + timedelta(days=1), once="a") == 0
    assert outbox.tell(session, people, "anything", at=AT, once="b") == 2
    assert outbox.tell(session, people * 2, "anything", at=AT) == 2


def test_two_transactions_at_one_moment_say_it_once_and_both_commit(database: Database, world: World) -> None:
    person, together = world.people["manager_care"].id, Barrier(2)

    def say(_: int) -> int:
        together.wait()
        with database.writing() as session, session.begin():
            return outbox.tell(session, [person], "anything", at=AT, once="a")

    with ThreadPoolExecutor(2) as both:
        for _ in range(10):
            queued = list(both.map(say, range(2)))
            with database.writing() as session, session.begin():
                assert session.scalar(select(func.count()).select_from(Message)) == 1
                assert sum(queued) == 1
                session.execute(delete(Message))


def test_who_says_it_while_another_has_not_committed_says_nothing(database: Database, world: World) -> None:
    person, holding, done = world.people["manager_care"].id, Barrier(2), []

    def first() -> None:
        with database.writing() as session, session.begin():
            done.append(outbox.tell(session, [person], "anything", at=AT, once="b"))
            holding.wait()

    def second() -> None:
        holding.wait()
        with database.writing() as session, session.begin():
            done.append(outbox.tell(session, [person], "anything", at=AT, once="b"))

    with ThreadPoolExecutor(2) as both:
        for ended in [both.submit(first), both.submit(second)]:
            ended.result()
    assert sorted(done) == [0, 1]
