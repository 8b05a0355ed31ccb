"""Mails with a link used once: nothing of the link stands in the database in the clear."""

import pytest
from sqlalchemy.orm import Session

from qa_app.config import Settings
from qa_app.mail_keys import MailKeys, WrongMailKey
from qa_app.models import Mail
from qa_app.services import link_mail
from tests.conftest import AT
from tests.world import World

TOKEN = "x9Kq-not-a-real-token"


def test_a_link_is_sealed_until_it_is_sent_and_opens_with_the_sites_key_alone(
    session: Session, world: World, settings: Settings
) -> None:
    keys = MailKeys(settings.secret_key)
    person = world.people["worker_care_2"]
    mail = link_mail.queue(session, person.id, "reflection.link", keys=keys, at=AT, token=TOKEN, reference="QA-1")
    session.expire_all()
    kept = session.get_one(Mail, mail.id)
    assert (kept.kind, kept.state, kept.person_id, kept.next_try_at) == ("link", "queued", person.id, AT)
    assert TOKEN not in kept.sealed
    assert "QA-1" not in kept.sealed
    assert link_mail.opened(kept, keys) == ("reflection.link", {"token": TOKEN, "reference": "QA-1"})
    with pytest.raises(WrongMailKey):
        link_mail.opened(kept, MailKeys(settings.secret_key[::-1]))


def test_what_is_sealed_for_one_mail_does_not_open_as_another(
    session: Session, world: World, settings: Settings
) -> None:
    keys = MailKeys(settings.secret_key)
    first, second = (
        link_mail.queue(session, world.people["worker_care_2"].id, "reflection.link", keys=keys, at=AT, token=token)
        for token in ("one", "two")
    )
    assert first.sealed != second.sealed
    first.sealed = second.sealed
    with pytest.raises(WrongMailKey):
        link_mail.opened(first, keys)
    first.sealed = "cut off"
    with pytest.raises(WrongMailKey):
        link_mail.opened(first, keys)
