"""Mails that carry a link used once: queued with the link sealed, and opened only by whoever sends them."""

import json
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from qa_app.clock import london_day
from qa_app.mail_keys import MailKeys
from qa_app.models import Mail


def queue(session: Session, person_id: UUID, kind: str, *, keys: MailKeys, at: datetime, **detail: str) -> Mail:
    """Queue a mail of this kind to a person, to be sent at once; its whole detail is sealed.

    `kind` names a sentence of `qa_app/reports/messages.py`, whose path takes the secret part from `detail`. What sends
    the mail opens it with `opened`, and empties `sealed` once it is sent or given up.
    """
    made = uuid4()
    mail = Mail(
        id=made, person_id=person_id, kind="link", day=london_day(at), state="queued", attempts=0, queued_at=at,
        next_try_at=at, sealed=keys.seal(json.dumps({"kind": kind, "detail": detail}), made),
    )  # fmt: skip
    session.add(mail)
    session.flush()
    return mail


def opened(mail: Mail, keys: MailKeys) -> tuple[str, dict[str, str]]:
    """The kind of message in a link mail and its detail, as `reports.messages.words` takes them.

    Raises:
        WrongMailKey: the site's secret key has changed since it was queued.
    """
    held = json.loads(keys.open(mail.sealed, mail.id))
    return held["kind"], held["detail"]
