"""The outbox: what is queued."""

from datetime import timedelta

from sqlalchemy.orm import Session

from qa_app.services import outbox
from tests.conftest import AT
from tests.world import World


def test_what_is_said_once_is_queued_once(session: Session, world: World) -> None:
    people = [world.people["manager_care"].id, world.people["head_south"].id]
    assert outbox.tell(session, people, "anything", at=AT, once="a") == 2
    assert outbox.tell(session, people, "anything", at=AT + timedelta(days=1), once="a") == 0
    assert outbox.tell(session, people, "anything", at=AT, once="b") == 2
    assert outbox.tell(session, people * 2, "anything", at=AT) == 2
