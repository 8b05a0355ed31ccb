"""Signing in: the check of email and password, slowed down for guessers and the same for known and unknown people."""

import hashlib
import hmac
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from qa_app.access import passwords
from qa_app.access.journal import Entry, write
from qa_app.db import Database
from qa_app.models import Account, Person, SignInAttempt

WINDOW = timedelta(minutes=5)
MOST_PER_ACCOUNT, MOST_PER_ADDRESS, MOST_IN_ALL = 10, 30, 1000


class Refused(Enum):
    """Why somebody was not signed in."""

    WRONG = "The email address or the password is not right."
    SLOW_DOWN = "There were too many tries to sign in. Wait 5 minutes and try again."


def check(
    database: Database, email: str, password: str, *, address: str, secret: str, at: datetime, request_id: str = ""
) -> UUID | Refused:
    """The person these belong to, or why not. Every try is kept, and logged without the email address."""
    account_key, address_key = _keyed(secret, email.strip().casefold()), _keyed(secret, address)
    if _too_many(database, account_key, address_key, at=at):
        write(
            database,
            (Entry(None, "sign_in.slowed", "account", account_key[:16], "denied"),),
            at=at,
            request_id=request_id,
        )
        return Refused.SLOW_DOWN
    with database.reading() as session:
        account = session.scalar(select(Account).join(Person).where(func.lower(Person.email) == email.strip().lower()))
        kept = account.password_hash if account else None
        usable = account is not None and account.disabled_at is None and account.person.active
        person_id = account.person_id if account else None
    succeeded = passwords.fits(kept, password) and usable
    with database.writing() as session, session.begin():
        session.add(SignInAttempt(tried_at=at, account_key=account_key, address_key=address_key, succeeded=succeeded))
    entry = Entry(
        person_id if succeeded else None,
        "sign_in",
        "account",
        str(person_id) if succeeded else account_key[:16],
        "allowed" if succeeded else "denied",
    )
    write(database, (entry,), at=at, request_id=request_id)
    return person_id if succeeded and person_id is not None else Refused.WRONG


def _keyed(secret: str, text: str) -> str:
    return hmac.new(secret.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _too_many(database: Database, account_key: str, address_key: str, *, at: datetime) -> bool:
    def failed(*conditions: ColumnElement[bool]) -> int:
        return (
            session.scalar(
                select(func.count())
                .select_from(SignInAttempt)
                .where(SignInAttempt.tried_at > at - WINDOW, SignInAttempt.succeeded.is_(False), *conditions)
            )
            or 0
        )

    with database.reading() as session:
        return (
            failed(SignInAttempt.account_key == account_key) >= MOST_PER_ACCOUNT
            or failed(SignInAttempt.address_key == address_key) >= MOST_PER_ADDRESS
            or failed() >= MOST_IN_ALL
        )
