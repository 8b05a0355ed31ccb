"""The demo council: made by the product's own imports, with somebody to look around as in every role."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access import passwords
from qa_app.access.permissions import Role
from qa_app.case_keys import CaseKeys
from qa_app.demo import council
from qa_app.models import Account, Audit, Batch, Cycle, Moderation
from tests.conftest import AT, SECRETS
from tests.world import actor_for


@contextmanager
def quietly(_words: str, _total: int) -> Iterator[Callable[[int], None]]:
    yield lambda _more: None


@pytest.fixture
def filled(session: Session) -> Session:
    council.fill(session, CaseKeys(SECRETS["case_key"]), counting=quietly, at=AT)
    council.give_sign_ins(session, "heron-copper-lantern-12", at=AT)
    return session


def test_the_demo_has_somebody_in_every_role_and_a_month_under_way(filled: Session) -> None:
    people = council.sign_ins(filled)
    assert {one.role for one in people} == {role.label for role in Role}
    accounts = filled.scalars(select(Account)).all()
    assert len(accounts) == len({one.email for one in people})
    assert all(passwords.fits(account.password_hash, "heron-copper-lantern-12") for account in accounts)
    heads = [account.person for account in accounts if account.person.job_title == "Head of Service"]
    assert [actor_for(person).services for person in heads] == [{heads[0].team.service_id}]  # type: ignore[union-attr]
    assert sorted(filled.scalars(select(Batch.kind))) == ["cases", "register", "staff"]
    states = set(filled.scalars(select(Audit.state).join(Cycle).where(Cycle.state == "released")))
    assert states == {"allocated", "submitted", "selected"}
    assert filled.scalars(select(Moderation).where(Moderation.state == "allocated")).all()
