"""The demo council: made by the product's own imports, with somebody to look around as in every role."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access import feedback, passwords
from qa_app.access.permissions import Role
from qa_app.case_keys import CaseKeys
from qa_app.demo import council
from qa_app.models import (
    Absence,
    Account,
    Action,
    Alert,
    Audit,
    Batch,
    Calibration,
    Challenge,
    Cycle,
    Expectation,
    Mail,
    Moderation,
    Override,
    Person,
    Reading,
    Reaudit,
    Reflection,
    RestrictedAnswers,
    StoredTool,
    SummaryVersion,
)  # fmt: skip
from qa_app.queries import (
    chair_checks,
    complaints,
    observations,
    practice_alerts,
    quotations,
    reaudits,
    tokens,
    viewed,
    voice,
)  # fmt: skip
from qa_app.queries.reach import Reach
from qa_app.queries.sources import Span
from qa_app.queries.tools import tool_of
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
    looked = viewed.use(filled, until=AT.date(), weeks=12)
    assert {role for one in looked for role, _ in one.roles} >= {Role.AUDITOR, Role.HEAD_OF_SERVICE}
    assert [one.owner for one in tokens.listed(filled, at=AT).working] == ["Demo Analyst"]
    accounts = filled.scalars(select(Account)).all()
    assert len(accounts) == len({one.email for one in people})
    assert all(passwords.fits(account.password_hash, "heron-copper-lantern-12") for account in accounts)
    heads = [account.person for account in accounts if account.person.job_title == "Head of Service"]
    assert [actor_for(person).services for person in heads] == [{heads[0].team.service_id}]  # type: ignore[union-attr]
    assert sorted(filled.scalars(select(Batch.kind))) == ["cases", "register", "staff"]
    states = set(filled.scalars(select(Audit.state).join(Cycle).where(Cycle.state == "released")))
    assert states == {"allocated", "draft", "submitted", "selected", "moderated", "agreed"}
    assert filled.scalars(select(Moderation).where(Moderation.state == "allocated")).all()
    _check_loop(filled)
    assert [one.quotations != [] for one in filled.scalars(select(SummaryVersion)) if one.state == "published"] == [
        True
    ]
    _check_around(filled)
    _check_tools(filled)


def _sees(session: Session, role: Role) -> Person:
    """Whom the demo shows in a role."""
    address = next(one.email for one in council.sign_ins(session) if one.role == role.label)
    return session.scalars(select(Person).where(Person.email == address)).one()


def _check_loop(session: Session) -> None:
    """From a finding to a change: actions at every stage, an alert to answer, reflections, letters, a re-audit done."""
    actions = session.scalars(select(Action)).all()
    assert {one.state for one in actions} == {"open", "done", "closed"}
    assert [one for one in actions if one.state == "open" and one.due_on < AT.date()]
    assert sorted(one.acknowledged_at is None for one in session.scalars(select(Alert))) == [False, True]
    reflections = session.scalars(select(Reflection)).all()
    disputes = [one for one in reflections if one.position == "disputes"]
    assert sorted(one.decided_at is None for one in disputes) == [False, True]
    assert {one.position for one in reflections} == {"", "accepts", "disputes"}
    worker = actor_for(_sees(session, Role.PRACTITIONER))
    assert [one for one in session.scalars(feedback.own_reflections(worker)) if one.given_at is None]
    assert session.scalars(feedback.letters(worker)).all()
    again = session.scalars(select(Reaudit).order_by(Reaudit.state)).all()
    assert [one.state for one in again] == ["allocated", "planned"]
    first = again[0].first
    lead = actor_for(_sees(session, Role.QA_LEAD))
    assert reaudits.change(session, lead, tool_of(session, first), first) is not None


def _check_around(session: Session) -> None:
    """Absences, an excuse with who agreed, mails that wait; the calendar of the open month was changed."""
    assert {one.confirmed_at is None for one in session.scalars(select(Absence))} == {True, False}
    excused = session.scalars(select(Expectation).where(Expectation.excused_at.is_not(None))).all()
    assert all(one.approver for one in excused)
    assert excused
    assert set(session.scalars(select(Mail.kind))) == {"digest", "urgent"}
    assert set(session.scalars(select(Mail.state))) == {"queued"}


def _check_tools(session: Session) -> None:
    """Every tool that is started has an audit submitted and one begun; the council has a tool of its own."""
    assert sorted(session.scalars(select(StoredTool.state))) == ["draft", "live"]
    rows = session.execute(select(Audit.tool_key, Audit.state).where(Audit.stream == "started"))
    started = {(key, state) for key, state in rows}
    keys = {key for key, _ in started}
    assert {"supervision", "plan", "observation", "chair_check", "missing_dip_sample"} < keys
    assert started == {(key, state) for key in keys for state in ("submitted", "draft")}
    assert session.scalars(select(RestrictedAnswers)).all()


def test_people_of_the_demo_learn_together_and_from_themselves(filled: Session) -> None:
    assert sorted(filled.scalars(select(Calibration.state))) == ["open", "revealed"]
    assert sorted(filled.scalars(select(Reading.state).where(Reading.kind == "self"))) == ["asked", "given"]


def test_the_demo_has_something_of_every_source_in_every_state(filled: Session) -> None:
    whole = (filled, Reach(), Span(date(2026, 9, 1), date(2026, 11, 1)))
    for query in (voice, chair_checks, practice_alerts, complaints, observations):
        assert sum(one.n for one in query.counts(*whole, by=("month",))) > 3, query.__name__
        assert query.counts(*whole), query.__name__
    lead = next(one for one in council.sign_ins(filled) if one.role == Role.QA_LEAD.label)
    actor = actor_for(filled.scalars(select(Person).where(Person.email == lead.email)).one())
    alerts = {one.words for one in practice_alerts.listed(filled, actor, today=AT.date())}
    assert alerts == {"Overdue", "To answer", "Answered", "Resolved", "Noted"}
    assert {one.words for one in complaints.listed(filled, actor, today=AT.date())} >= {"Overdue", "Open", "Compliment"}
    assert {one.state for one in quotations.to_decide(filled, actor)} == {"waiting", "approved", "redacted", "refused"}


def test_second_grades_of_the_demo_are_challenged_read_again_and_given_to_somebody_tied(filled: Session) -> None:
    challenge = filled.scalars(select(Challenge)).one()
    assert challenge.decided_at is not None
    assert filled.scalars(select(Reading).where(Reading.kind == "third")).one().state == "asked"
    override = filled.scalars(select(Override)).one()
    assert override.state == "agreed"
    assert override.moderation.independence == "overridden"
