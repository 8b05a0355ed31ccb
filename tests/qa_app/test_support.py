"""Support for staff by service: counts that are corrected and never changed, compared without an order."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from moderation.statistics.homogeneity import Alike, homogeneity
from moderation.statistics.share import Share
from qa_app.clock import london_day
from qa_app.db import Database
from qa_app.models import Person, SupportCount, Training
from qa_app.queries import support as found
from qa_app.queries.support import Period
from qa_app.services import support
from qa_app.services.support import Counted, SupportRefused
from tests.conftest import AT
from tests.page import PageClient
from tests.world import World, actor_for

SignIn = Callable[[Person], PageClient]
TODAY = london_day(AT)
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))


def counted(world: World, service: str = "North", k: int = 30, n: int = 40, kind: str = "conversations") -> Counted:
    return Counted(world.services[service].id, kind, *OCTOBER, k, n, "HR system", date(2026, 11, 5))


def enter(session: Session, said: Counted) -> SupportCount:
    return support.enter(session, said, by="test", at=AT, today=TODAY)


def test_a_count_is_corrected_taken_back_and_entered_again_and_every_row_stays(session: Session, world: World) -> None:
    first = enter(session, counted(world))
    with pytest.raises(SupportRefused, match="Correct that one"):
        enter(session, counted(world, k=31))
    who = {"by": "test", "at": AT}
    for said, reason, why in (
        (counted(world, k=31), " ", "Say why"),
        (counted(world), "Typed wrong.", "Nothing is different"),
    ):
        with pytest.raises(SupportRefused, match=why):
            support.correct(session, first, said, reason=reason, today=TODAY, **who)
    second = support.correct(session, first, counted(world, k=31), reason="Typed wrong.", today=TODAY, **who)
    with pytest.raises(SupportRefused, match="meanwhile"):
        support.correct(session, first, counted(world, k=32), reason="Later.", today=TODAY, **who)
    assert [(one.k, one.n) for one in found.standing(session)] == [(31, 40)]
    support.take_back(session, second, reason="Another service.", **who)
    assert found.standing(session) == []
    assert found.periods(session) == []
    enter(session, counted(world, k=29))
    assert [one.k for one in found.standing(session)] == [29]
    assert session.scalar(select(func.count()).select_from(SupportCount)) == 4


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"k": 41}, "k"),
        ({"n": -1}, "n"),
        ({"kind": "other"}, "kind"),
        ({"period_to": date(2026, 9, 1)}, "period_to"),
        ({"period_to": date(2027, 1, 31)}, "period_to"),
        ({"period_from": date(2026, 1, 1)}, "period_to"),
        ({"dated": date(2027, 1, 1)}, "dated"),
        ({"origin": " "}, "origin"),
        ({"origin": "Ring 07700 900123"}, "origin"),
    ],
)
def test_a_count_that_cannot_be_is_refused(
    session: Session, world: World, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(SupportRefused) as fault:
        enter(session, replace(counted(world), **wrong))  # type: ignore[arg-type]
    assert fault.value.field == field


def test_the_database_keeps_every_count(database: Database, world: World) -> None:
    with database.writing() as session, session.begin():
        enter(session, counted(world))
    for change in ("UPDATE support_count SET k = 1", "DELETE FROM support_count"):
        with database.writing() as session, pytest.raises(DBAPIError, match="are kept as they were recorded"):
            session.execute(text(change))


def test_a_head_sees_their_service_beside_the_council_and_no_other(
    session: Session, sign_in: SignIn, world: World
) -> None:
    for service, k in (("North", 30), ("South", 17), ("Quality", 11)):
        enter(session, counted(world, service, k))
    session.commit()
    (north,) = found.compared(session, actor_for(session.merge(world.people["head_north"])), OCTOBER)
    assert [(one.service.name, one.share) for one in north.services] == [("North", Share(30, 40))]
    assert (north.council, north.words) == (Share(58, 120), found.WORDS[Alike.DIFFER])
    session.rollback()
    page = sign_in(world.people["head_north"]).page("/development/support").text
    assert "30 of 40" in page
    assert "58 of 120" in page
    assert "17 of 40" not in page
    assert "11 of 40" not in page
    text = sign_in(world.people["qa_lead"]).page("/development/support").text
    places = [text.index(f"{name} {k} of 40") for name, k in (("North", 30), ("Quality", 11), ("South", 17))]
    assert places == sorted(places)


def test_the_lead_records_corrects_and_takes_back_on_screen(sign_in: SignIn, world: World) -> None:
    lead = sign_in(world.people["qa_lead"])
    days = {
        f"{name}-{part}": value
        for name, day in (("period_from", "1"), ("period_to", "31"))
        for part, value in (("day", day), ("month", "10"), ("year", "2026"))
    }
    source = {"origin": "HR system", "dated-day": "5", "dated-month": "11", "dated-year": "2026"}
    said = {"service": str(world.services["North"].id), "kind": "group", "k": "3", "n": "4", **days, **source}
    for wrong in ({"k": "5"}, {"k": "many"}, {"n": ""}, {"period_to-year": ""}, {"service": "x"}):
        lead.send("/development/support/new", {**said, **wrong}, status=400)
    where = lead.send("/development/support/new", said).location
    page = lead.get(where).get_data(as_text=True)
    assert "3 of 4, 75%" in page
    correct = page.split('href="/development/support/')[-1].split('"')[0]
    base = f"/development/support/{correct.split('/')[0]}"
    assert correct.endswith("/correct")
    lead.send(f"{base}/correct", {**source, "k": "3", "n": "5", "reason": ""}, status=400)
    lead.send(f"{base}/correct", {**source, "k": "3", "n": "5", "reason": "A team was missing."})
    lead.page(f"{base}/correct", 404)
    text = lead.page("/development/support").text
    assert "3 of 5, 60%" in text
    assert "A team was missing." in text


def test_lists_of_support_and_training_come_in_with_a_preview(
    sign_in: SignIn, world: World, database: Database
) -> None:
    lead = sign_in(world.people["qa_lead"])
    number = world.people["manager_care"].employee_id
    lists = {
        "/development/support/import": (
            "Service,What was counted,Period from,Period to,Number,Out of,Source,Date of the source\n"
            "North,Annual conversations,01/10/2026,31/10/2026,30,40,HR,05/11/2026\n"
            "North,Group supervision,01/10/2026,31/10/2026,5,4,HR,05/11/2026\n"
            "Nowhere,Group supervision,01/10/2026,31/10/2026,3,4,HR,05/11/2026\n"
        ),
        "/development/training/import": (
            f"Employee number,Training,Date,Given by\n{number},Auditor,27/10/2026,Practice team\n"
            "X999,Auditor,27/10/2026,Practice team\n"
            f"{number},Swimming,27/10/2026,Practice team\n"
        ),
    }
    for base, data in lists.items():
        assert "Download a workbook to fill in" in lead.page(base).text
        assert lead.get(f"{base}/template.xlsx").data[:2] == b"PK"
        mine = lead.send(base, {"file": (io.BytesIO(data.encode()), "list.csv")}).location
        assert "2 " in lead.page(mine).text
        lead.send(f"{mine}/confirm")
        again = lead.send(base, {"file": (io.BytesIO(data.encode()), "list.csv")}).location
        lead.send(f"{again}/confirm")
    listed = lead.page("/imports").text
    assert "Support for staff" in listed
    assert "Training" in listed
    with database.reading() as session:
        assert [(one.k, one.n) for one in session.scalars(select(SupportCount))] == [(30, 40)]
        assert [one.kind for one in session.scalars(select(Training))] == ["auditor"]


def test_services_with_the_same_share_do_not_differ_and_few_say_nothing() -> None:
    assert homogeneity([Share(30, 40), Share(30, 40)]).verdict is Alike.NOT_CLEAR
    assert homogeneity([Share(36, 40), Share(16, 40)]).verdict is Alike.DIFFER
    assert homogeneity([Share(3, 4), Share(1, 4)]).verdict is Alike.TOO_FEW
    assert homogeneity([Share(30, 40), Share(0, 0)]).verdict is Alike.TOO_FEW
    assert homogeneity([Share(40, 40), Share(40, 40)]).verdict is Alike.NOT_CLEAR


@given(st.lists(st.integers(20, 80).flatmap(lambda n: st.integers(0, n).map(lambda k: Share(k, n))), min_size=2))
def test_the_test_is_scipys_and_no_order_of_services_changes_it(shares: list[Share]) -> None:
    from scipy.stats import chi2_contingency

    made = homogeneity(shares)
    assert homogeneity(shares[::-1]).verdict is made.verdict
    pooled = sum(shares, Share(0, 0))
    if made.p is not None and 0 < pooled.k < pooled.n:
        peer = chi2_contingency([[one.k, one.n - one.k] for one in shares], correction=False)
        assert made.p == pytest.approx(peer.pvalue, abs=1e-9)
