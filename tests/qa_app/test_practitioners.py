"""Who says that support helps their practice: the worker of an audit, once, with the latest answer."""

from datetime import date

from sqlalchemy.orm import Session

from qa_app.models import Audit, CountedAnswer
from qa_app.queries.facts import Reach, collect
from qa_app.queries.practitioners import QUESTION
from qa_app.services.figures import figures
from tests.conftest import AT
from tests.feedback import ACCEPTS, asked, give, reflection_of
from tests.months import MONTH, released_month
from tests.world import World

DECEMBER = date(2026, 12, 1)


def noted(session: Session, audit: Audit, answer: str) -> None:
    """What the worker said to the auditor."""
    keys = {"month": audit.month, "service_id": audit.service_id, "team_id": audit.team_id, "tool_key": audit.tool_key}
    session.add(CountedAnswer(audit_id=audit.id, question=QUESTION, value=answer, **keys))
    session.flush()


def reflected(session: Session, audit: Audit, answer: str) -> None:
    give(session, reflection_of(session, audit), ACCEPTS | {"helped": answer})


def counted(session: Session, **reach: object) -> list[tuple[date, str, date | None, int]]:
    return [tuple(row) for row in collect(session, Reach(**reach)).practitioners]  # type: ignore[arg-type,misc]


def test_a_reflection_stands_over_what_the_worker_said_to_the_auditor_before(session: Session, world: World) -> None:
    audit = asked(session, world, "worker_care_1")
    noted(session, audit, "no")
    assert counted(session) == [(MONTH, "no", None, 1)]
    reflected(session, audit, "yes")
    assert counted(session) == [(MONTH, "yes", None, 1)]


def test_two_audits_of_one_worker_are_one_practitioner(session: Session, world: World) -> None:
    month = released_month(session, world, at=AT)
    first = asked(session, world, "worker_care_1", cycle=month)
    reflected(session, first, "yes")
    later = released_month(session, world, at=AT, month=DECEMBER)
    again = asked(session, world, "worker_care_1", number=2, cycle=later)
    reflected(session, again, "partly")
    other = asked(session, world, "worker_leaving_1", number=3, cycle=later)
    reflected(session, other, "yes")
    assert counted(session) == [
        (MONTH, "yes", DECEMBER, 1), (DECEMBER, "partly", None, 1), (DECEMBER, "yes", None, 1),
    ]  # fmt: skip
    for one in (month, later):
        one.state, one.closed_at, one.closed_by = "closed", AT, "test"
    session.flush()
    over = figures(session).share("supervision_helps").windows.last_3.share
    assert (over.k, over.n) == (1, 2)


def test_an_answer_about_a_withdrawn_audit_or_of_nobody_known_is_not_counted(session: Session, world: World) -> None:
    month = released_month(session, world, at=AT)
    gone = asked(session, world, "worker_care_1", cycle=month)
    reflected(session, gone, "yes")
    gone.state = "withdrawn"
    unknown = asked(session, world, None, number=2, cycle=month)
    noted(session, unknown, "yes")
    assert counted(session) == []


def test_a_service_sees_the_answers_to_audits_of_its_own_cases(session: Session, world: World) -> None:
    audit = asked(session, world, "worker_care_1")
    reflected(session, audit, "yes")
    assert counted(session, services=frozenset((audit.service_id,)))
    assert not counted(session, services=frozenset((world.services["North"].id,)))
