"""Words of children and families are shown only with permission, and only once somebody has read them for that."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.models import Answers, Person, QuotationRuling
from qa_app.queries import quotations as quoted
from qa_app.queries.reach import Reach
from qa_app.queries.sources import Span
from qa_app.services import quotations
from qa_app.services.quotations import DecidedMeanwhile, UnfitRuling
from tests.conftest import AT
from tests.page import PageClient
from tests.sources import NOVEMBER, acting, feedback
from tests.world import World

SignIn = Callable[[Person], PageClient]
SPAN = Span(NOVEMBER, NOVEMBER)
BEST = "She listens."


def shown(session: Session) -> list[str]:
    return [one.shown for one in quoted.shown(session, Reach(), SPAN)]


def best(session: Session, world: World, audit_id: object) -> quoted.Quotation:
    found = quoted.one(session, acting(session, world, "qa_lead"), audit_id, "best_thing")  # type: ignore[arg-type]
    assert found is not None
    return found


def test_nothing_is_shown_without_permission_or_before_a_decision(session: Session, world: World) -> None:
    feedback(session, world, may_quote="no")
    audit = feedback(session, world)
    assert shown(session) == []
    found = quoted.to_decide(session, acting(session, world, "qa_lead"))
    assert [(one.audit_id, one.question) for one in found] == [(audit.id, "best_thing"), (audit.id, "change_thing")]
    quotations.decide(session, best(session, world, audit.id), "approved", place=0, by="test", at=AT)
    assert shown(session) == [BEST]


def test_the_newest_decision_counts_and_the_original_stays(session: Session, world: World) -> None:
    audit = feedback(session, world)
    quotations.decide(session, best(session, world, audit.id), "approved", place=0, by="test", at=AT)
    quotations.decide(
        session, best(session, world, audit.id), "redacted", words="My worker listens.", reason="Easily known.",
        place=1, by="test", at=AT,
    )  # fmt: skip
    assert shown(session) == ["My worker listens."]
    quotations.decide(
        session, best(session, world, audit.id), "refused", reason="The family asked.", place=2, by="test", at=AT
    )
    assert shown(session) == []
    kept = session.scalars(select(Answers.answers).where(Answers.audit_id == audit.id)).one()
    assert kept["best_thing"] == BEST
    assert [one.place for one in session.scalars(select(QuotationRuling).order_by(QuotationRuling.place))] == [1, 2, 3]


@pytest.mark.parametrize(
    ("original", "decision", "field"),
    [
        ("Ring me on 01702 215000.", {"ruling": "approved"}, "ruling"),
        ("Ring me.", {"ruling": "redacted", "words": "Ring 01702 215000.", "reason": "x"}, "words"),
        ("Manager Care is kind.", {"ruling": "approved"}, "reason"),
        ("Kind.", {"ruling": "redacted", "reason": "x"}, "words"),
        ("Kind.", {"ruling": "refused"}, "reason"),
        ("Kind.", {"ruling": ""}, "ruling"),
    ],
)
def test_a_decision_that_would_name_somebody_or_gives_no_reason_is_refused(
    session: Session, world: World, original: str, decision: dict[str, str], field: str
) -> None:
    audit = feedback(session, world, best_thing=original)
    with pytest.raises(UnfitRuling) as refused:
        quotations.decide(session, best(session, world, audit.id), place=0, by="test", at=AT, **decision)
    assert refused.value.field == field
    assert shown(session) == []


def test_two_people_do_not_decide_at_once_and_rows_stay(session: Session, world: World) -> None:
    audit = feedback(session, world)
    stale = best(session, world, audit.id)
    quotations.decide(session, stale, "approved", place=0, by="test", at=AT)
    for place in (-1, 0, 1):
        with pytest.raises(DecidedMeanwhile):
            quotations.decide(session, stale, "refused", reason="No.", place=place, by="test", at=AT)
    with pytest.raises(DBAPIError, match="kept as they were recorded"), session.begin_nested():
        session.execute(text("DELETE FROM quotation_ruling"))


def test_a_service_manager_decides_for_their_line_and_a_head_sees_nothing_undecided(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        manager = world.person(
            session, "service_manager", "Care", (Role.AUDITOR,), AT, manager="head_south", title="Service Manager"
        )
        session.get_one(Person, world.people["manager_care"].id).line_manager_id = manager.id
        theirs = feedback(session, world, worker="worker_care_1")
        other = feedback(session, world, team="Planning", worker="worker_planning_1", best_thing="He is on time.")
    client = sign_in(world.people["service_manager"])
    page = client.page("/quotations").text
    assert BEST in page
    assert "He is on time." not in page
    client.page(f"/quotations/{other.id}/best_thing", 404)
    client.send(f"/quotations/{other.id}/best_thing", {"ruling": "approved", "place": "0"}, status=404)
    head = sign_in(world.people["head_south"])
    assert BEST not in head.get("/voice").text
    client.send(f"/quotations/{theirs.id}/best_thing", {"ruling": "approved", "place": "0"})
    assert BEST in head.page("/voice").text
    assert BEST not in sign_in(world.people["head_north"]).get("/voice").text
    below = sign_in(world.people["manager_care"])  # in the line, and no service manager
    assert BEST not in below.page("/quotations").text
    assert "No words wait for you" in sign_in(world.people["manager_leaving"]).page("/quotations").text
