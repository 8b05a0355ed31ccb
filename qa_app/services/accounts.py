"""Local sign-ins: making one, resetting it, changing its password, switching it off."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qa_app.access import passwords
from qa_app.models import Account, Person, SignInSession
from qa_app.services.events import record


class PasswordRefused(ValueError):  # noqa: N818
    """The password cannot be changed so; `old` tells that the old one was wrong."""

    def __init__(self, sentence: str, *, old: bool = False) -> None:
        super().__init__(sentence)
        self.old = old


class SignInRefused(ValueError):  # noqa: N818
    """This person's sign-in cannot be given, reset or switched off; the message says why and what to do."""


def give_sign_in(session: Session, person: Person, *, by: str, at: datetime, password: str | None = None) -> str:
    """Make or reset a person's sign-in; the answer is a password to be handed over once.

    A password that was not asked for by name is temporary: it must be changed at the first sign-in.

    Raises:
        SignInRefused: no email address, not active, or one's own sign-in.
    """
    _check_not_own(person, by)
    if not person.email:
        raise SignInRefused("This person has no email address. Add one to the staff list and import it again.")
    if not person.active:
        raise SignInRefused("This person is not active. Mark them as active in the staff list and import it again.")
    word = password or passwords.temporary()
    account = session.scalar(select(Account).where(Account.person_id == person.id))
    if account is None:
        account = Account(person_id=person.id, password_hash="", changed_at=at)
        session.add(account)
    account.password_hash = passwords.hash_password(word)
    account.must_change = password is None
    account.changed_at = at
    account.disabled_at = account.disabled_by = None
    session.flush()
    _end_sessions(session, person.id, at=at)
    record(session, "account.given", "person", person.id, by=by, at=at)
    return word


def change_password(
    session: Session, person_id: UUID, old: str, new: str, *, keeping: str = "", by: str, at: datetime
) -> None:
    """Change one's own password; every session of this person ends but the one whose token's hash is `keeping`.

    Raises:
        PasswordRefused: the old one is wrong, or the new one is too weak.
    """
    account = session.scalars(select(Account).where(Account.person_id == person_id)).one()
    if not passwords.fits(account.password_hash, old):
        raise PasswordRefused("This is not your password.", old=True)
    if new == old:
        raise PasswordRefused("Choose a password that differs from the old one.")
    fault = passwords.fault(new, about=f"{account.person.name} {account.person.email}")
    if fault:
        raise PasswordRefused(fault)
    account.password_hash = passwords.hash_password(new)
    account.must_change = False
    account.changed_at = at
    session.flush()
    _end_sessions(session, person_id, at=at, keeping=keeping)
    record(session, "account.password_changed", "person", person_id, by=by, at=at)


def switch_off(session: Session, person: Person, *, by: str, at: datetime) -> None:
    """Switch a person's sign-in off and end their sessions.

    Raises:
        SignInRefused: there is none, it is off already, or it is one's own.
    """
    _check_not_own(person, by)
    account = session.scalar(select(Account).where(Account.person_id == person.id))
    if account is None or account.disabled_at is not None:
        raise SignInRefused("This person's sign-in is already off.")
    account.disabled_at, account.disabled_by = at, by
    session.flush()
    _end_sessions(session, person.id, at=at)
    record(session, "account.switched_off", "person", person.id, by=by, at=at)


def _check_not_own(person: Person, by: str) -> None:
    if by == f"person:{person.id}":
        raise SignInRefused("Nobody looks after their own sign-in. Ask another administrator.")


def _end_sessions(session: Session, person_id: UUID, *, at: datetime, keeping: str = "") -> None:
    session.execute(
        update(SignInSession)
        .where(
            SignInSession.person_id == person_id,
            SignInSession.revoked_at.is_(None),
            SignInSession.token_sha256 != keeping,
        )
        .values(revoked_at=at)
    )
