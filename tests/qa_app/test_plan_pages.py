"""The page of Priority 2 and what hangs on it, for each reader."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app.db import Database
from qa_app.models import (
    Cycle,
    Evidence,
    EvidenceVersion,
    Moderation,
    Person,
    PlanMeasure,
    PlanTarget,
    RecordedValue,
    RoleGrant,
    Snapshot,
    Upload,
)  # fmt: skip
from qa_app.queries import plan as register
from qa_app.services import closing, recorded_values
from qa_app.services.recorded_values import Given
from tests.conftest import AT
from tests.months import released_month, submitted_audit
from tests.page import PageClient
from tests.world import World

SignIn = Callable[[Person], PageClient]
READERS = ("board", "analyst", "qa_lead", "director", "head_north")
TODAY = date(2026, 11, 23)
OCTOBER = date(2026, 10, 1)
ENTRY = {
    "learned": "Supervision was late in one team.", "changed": "Managers plan it a month ahead.",
    "different": "Plans move between reviews.", "known": "Audits since June.", "on-day": "2", "on-month": "11",
    "on-year": "2026", "measure_key": "learning_used", "action_ref": "", "theme_code": "supervision", "service": "",
}  # fmt: skip
VALUE = {
    "numerator": "9", "denominator": "10", "period_from-day": "1", "period_from-month": "7", "period_from-year": "2026",
    "period_to-day": "30", "period_to-month": "9", "period_to-year": "2026", "origin": "Workforce team",
    "dated-day": "5", "dated-month": "10", "dated-year": "2026",
}  # fmt: skip


def closed_october(session: Session, world: World, grades: list[Grade]) -> Cycle:
    cycle = released_month(session, world, at=AT, month=OCTOBER)
    for number, grade in enumerate(grades, 1):
        submitted_audit(session, world, cycle, number, grade, at=AT)
    closing.close(session, cycle, by="test", at=AT)
    return cycle


@pytest.fixture
def october(database: Database, world: World) -> None:
    """October closed with three good audits and one that is not."""
    with database.writing() as session, session.begin():
        closed_october(session, world, [Grade.GOOD] * 3 + [Grade.INADEQUATE])


def html(client: PageClient, address: str) -> str:
    client.page(address)
    return client.get(address).get_data(as_text=True)


def recorded(session: Session, key: str = "asye", k: str = "9", n: str | None = "10") -> RecordedValue:
    given = Given(
        Decimal(k), None if n is None else Decimal(n), date(2026, 7, 1), date(2026, 9, 30), "Workforce",
        date(2026, 10, 5),
    )  # fmt: skip
    measure = session.get_one(PlanMeasure, key)
    return recorded_values.enter(session, measure, given, by="test", at=AT, today=TODAY)


@pytest.mark.parametrize("who", READERS)
def test_every_reader_reads_every_measure_on_one_page(world: World, sign_in: SignIn, october: None, who: str) -> None:
    page = html(sign_in(world.people[who]), "/plan")
    for ref in ("2.1", "2.2", "2.4", "2.5", "2.6", "2.8", "3.8"):
        assert f'id="action-{ref.replace(".", "-")}"' in page
    assert page.count('data-label="Target"') == 21
    assert "3 of 4 audits, last 3 closed months" in page
    assert "75%" in page


def test_before_any_month_is_closed_the_page_says_that_there_are_no_figures(world: World, sign_in: SignIn) -> None:
    assert "No month is closed yet" in html(sign_in(world.people["board"]), "/plan")


@pytest.mark.parametrize("who", ["manager_care", "moderator_1", "administrator", "governance", "worker_care_1"])
def test_nobody_else_reads_it(world: World, sign_in: SignIn, who: str) -> None:
    sign_in(world.people[who]).page("/plan", 403)


def test_the_board_reads_what_was_published_and_who_reads_figures_sees_that_it_moved(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        cycle = closed_october(session, world, [Grade.GOOD] * 3 + [Grade.INADEQUATE])
        submitted_audit(session, world, cycle, 9, Grade.GOOD, at=AT)  # accepted late
    board, lead = html(sign_in(world.people["board"]), "/plan"), html(sign_in(world.people["qa_lead"]), "/plan")
    assert "3 of 4 audits" in board
    assert "4 of 5 audits" not in board
    assert "Reported when October 2026 closed: 75% (3 of 4 audits, last 3 closed months)" in lead
    assert "Now: 80% (4 of 5 audits, last 3 closed months)" in lead
    assert "Revised" in html(sign_in(world.people["qa_lead"]), "/months")
    assert "Revised" not in html(sign_in(world.people["board"]), "/months")


def test_an_open_month_is_on_nobodys_plan(database: Database, world: World, sign_in: SignIn, october: None) -> None:
    before = {who: html(sign_in(world.people[who]), "/plan") for who in READERS}
    with database.writing() as session, session.begin():
        cycle = released_month(session, world, at=AT)
        for number in range(20, 26):
            submitted_audit(session, world, cycle, number, Grade.OUTSTANDING, at=AT)
    for who, page in before.items():
        assert _without_tokens(html(sign_in(world.people[who]), "/plan")) == _without_tokens(page)


def _without_tokens(page: str) -> str:
    return "\n".join(one for one in page.splitlines() if "csrf" not in one and "once" not in one and "data-" not in one)


def test_who_has_a_month_to_grade_reads_the_plan_up_to_the_month_before(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        september = released_month(session, world, at=AT, month=date(2026, 9, 1))
        submitted_audit(session, world, september, 1, Grade.GOOD, at=AT)
        closing.close(session, september, by="test", at=AT)
        cycle = closed_october(session, world, [Grade.INADEQUATE] * 4)
        late = submitted_audit(session, world, cycle, 9, Grade.INADEQUATE, at=AT)
        session.add(RoleGrant(person_id=world.people["board"].id, role="moderator", granted_at=AT, granted_by="test"))
        session.flush()
        _to_grade(session, world.people["board"], late.id)
    page = html(sign_in(world.people["board"]), "/plan")
    assert "up to September 2026" in page
    assert "1 of 1 audit, last 3 closed months" in page
    assert "1 of 5" not in page
    assert "up to October 2026" in html(sign_in(world.people["analyst"]), "/plan")


def _to_grade(session: Session, person: Person, audit_id: object) -> None:
    session.add(
        Moderation(audit_id=audit_id, moderator_id=person.id, stream="sampled", mode="blind", state="allocated",
                   allocated_at=AT)
    )  # fmt: skip
    session.flush()


def test_a_target_is_changed_with_a_reason_and_both_stand_in_the_history(
    database: Database, world: World, sign_in: SignIn, october: None
) -> None:
    lead = sign_in(world.people["qa_lead"])
    sent = {
        "operator": ">=", "target": "70", "baseline": "", "reduction_percent": "", "consecutive_months": "",
        "milestone": "", "version": "1",
    }  # fmt: skip
    lead.send("/plan/measures/cases/target", sent, 400)
    lead.send("/plan/measures/cases/target", sent | {"reason": "Agreed by the board."})
    page = html(lead, "/plan/measures/cases")
    assert "At least 70%" in page
    assert "At least 85%" in page
    assert "Agreed by the board." in page
    assert "Met on these audits, not yet certain" in html(lead, "/plan")
    lead.send("/plan/measures/cases/target", sent | {"target": "60", "reason": "Again."}, 400)  # an older page
    with database.reading() as session:
        snapshot = session.scalars(select(Snapshot)).one()
        assert len(session.scalars(select(PlanTarget).where(PlanTarget.measure_key == "cases")).all()) == 2
        assert any("at least 85%" in note[2] for note in snapshot.figures["notes"])
    assert "Not met" in html(sign_in(world.people["board"]), "/plan")  # as it was published


@pytest.mark.parametrize(
    ("key", "change", "words"),
    [
        ("cases", {"target": "101"}, "between 0 and 100"),
        ("cases", {"target": "many"}, "Write a number"),
        ("cases", {"operator": "="}, "has to be 100"),
        ("cases", {"consecutive_months": "3"}, "not judged over months running"),
        ("supervision", {"consecutive_months": ""}, "how many months running"),
        ("agency", {"reduction_percent": "35", "target": "1"}, "Write the baseline"),
        ("cases", {"milestone": "soon"}, "is not a month"),
        ("cases", {"operator": "=="}, "Not a valid choice"),
    ],
)
def test_what_can_be_no_target_is_refused_beside_its_box(
    world: World, sign_in: SignIn, key: str, change: dict[str, str], words: str
) -> None:
    sent = {
        "operator": ">=", "target": "70", "baseline": "", "reduction_percent": "", "consecutive_months": "",
        "milestone": "", "version": "1", "reason": "Agreed.",
    }  # fmt: skip
    answer = sign_in(world.people["qa_lead"]).send(f"/plan/measures/{key}/target", sent | change, 400)
    assert words in answer.get_data(as_text=True)


def test_a_reduction_is_worked_out_exactly(database: Database, world: World, sign_in: SignIn) -> None:
    sent = {
        "operator": "<=", "target": "", "baseline": "15", "reduction_percent": "35", "consecutive_months": "",
        "milestone": "", "version": "1", "reason": "A new baseline.",
    }  # fmt: skip
    sign_in(world.people["qa_lead"]).send("/plan/measures/agency/target", sent)
    with database.reading() as session:
        assert register.targets(session, "agency")[0].target == Decimal("9.75")


def test_a_date_is_changed_with_a_reason(world: World, sign_in: SignIn, october: None) -> None:
    lead = sign_in(world.people["qa_lead"])
    lead.send("/plan/actions/2.8/date", {"due": "2026-10", "version": "1"}, 400)
    lead.send("/plan/actions/2.8/date", {"due": "2020-10", "version": "1", "reason": "Earlier."}, 400)
    lead.send("/plan/actions/2.8/date", {"due": "2026-10", "version": "1", "reason": "Moved by the board."})
    page = html(lead, "/plan")
    assert "January 2021 to October 2026 (date changed: Moved by the board)" in page
    assert "October 2026<br>" in page


def test_a_value_is_entered_corrected_and_taken_back_and_all_of_it_stays(
    database: Database, world: World, sign_in: SignIn, october: None
) -> None:
    head = sign_in(world.people["head_north"])
    head.send("/plan/measures/asye/values/new", VALUE)
    assert "90%" in html(head, "/plan/measures/asye")
    head.send("/plan/measures/asye/values/new", VALUE, 400)  # the period has one
    with database.reading() as session:
        first = session.scalars(select(RecordedValue)).one().id
    head.send(f"/plan/values/{first}/correct", VALUE | {"numerator": "8"}, 400)
    head.send(f"/plan/values/{first}/correct", VALUE | {"numerator": "8", "reason": "Counted twice."})
    page = html(head, "/plan/measures/asye")
    assert "80% (8 of 10)" in page
    assert "90% (9 of 10)" in page
    assert "Counted twice." in page
    head.page(f"/plan/values/{first}/correct", 404)
    with database.reading() as session:
        second = session.scalars(select(RecordedValue).where(RecordedValue.corrects_id == first)).one().id
    head.send(f"/plan/values/{second}/take-back", {}, 400)
    head.send(f"/plan/values/{second}/take-back", {"reason": "Another measure."})
    assert "Taken back" in html(head, "/plan/measures/asye")
    assert "No value is recorded." in html(head, "/plan")


@pytest.mark.parametrize(
    ("key", "change", "words"),
    [
        ("asye", {"numerator": "11"}, "more than it is out of"),
        ("asye", {"denominator": ""}, "out of how many"),
        ("agency", {}, "plain number"),
        ("asye", {"period_to-year": "2027"}, "has not come yet"),
        ("asye", {"period_to-year": "2025"}, "before its first day"),
        ("asye", {"origin": ""}, "where the value is from"),
        ("asye", {"origin": "Ring 07700 900123"}, "telephone"),
        ("asye", {"numerator": "nine"}, "Write a number"),
        ("asye", {"dated-day": ""}, "There is a problem"),
    ],
)
def test_a_value_that_cannot_be_judged_is_refused_beside_its_box(
    world: World, sign_in: SignIn, key: str, change: dict[str, str], words: str
) -> None:
    analyst = sign_in(world.people["analyst"])
    answer = analyst.send(f"/plan/measures/{key}/values/new", VALUE | change, 400)
    assert words in answer.get_data(as_text=True)
    assert "No value is recorded yet" in html(analyst, f"/plan/measures/{key}")


def test_a_measure_that_is_worked_out_here_takes_no_value(world: World, sign_in: SignIn) -> None:
    sign_in(world.people["qa_lead"]).page("/plan/measures/cases/values/new", 404)


LIST = (
    "Measure,Number,Out of,Period from,Period to,Source,Date of the source\n"
    "asye,9,10,01/07/2026,30/09/2026,Workforce,05/10/2026\n"
    "c162,8,,01/07/2026,30/09/2026,Workforce,05/10/2026\n"
    "nobody knows,8,,01/07/2026,30/09/2026,Workforce,05/10/2026\n"
    "supported,9,8,01/07/2026,30/09/2026,Survey,05/10/2026\n"
    "supported,7,8,01/07/2027,30/09/2027,Survey,05/10/2026\n"
)


def test_a_list_is_checked_row_by_row_and_kept_on_a_yes(database: Database, world: World, sign_in: SignIn) -> None:
    with database.writing() as session, session.begin():
        recorded(session, k="8")
    analyst = sign_in(world.people["analyst"])
    analyst.send("/plan/import", {"file": (io.BytesIO(LIST.encode()), "values.csv")})
    with database.reading() as session:
        upload = session.scalars(select(Upload)).one().id
        assert len(session.scalars(select(RecordedValue)).all()) == 1
    page = html(analyst, f"/plan/import/{upload}")
    assert "The plan records no measure of this name." in page
    assert "more than it is out of" in page
    assert "becomes 90%, 9 of 10, 1 July to 30 September 2026" in page
    analyst.send(f"/plan/import/{upload}/confirm", {})
    with database.reading() as session:
        standing = register.standing_values(session)
        assert [(one.numerator, one.denominator) for one in standing["asye"]] == [(Decimal(9), Decimal(10))]
        assert [one.numerator for one in standing["agency"]] == [Decimal(8)]
        assert "supported" not in standing


def test_evidence_is_written_corrected_and_withdrawn(
    database: Database, world: World, sign_in: SignIn, october: None
) -> None:
    head = sign_in(world.people["head_north"])
    for missing in ("learned", "changed", "different", "known"):
        head.send("/evidence/new", ENTRY | {missing: ""}, 400)
    head.send("/evidence/new", ENTRY | {"known": "Call 07700 900123."}, 400)
    north = str(world.services["North"].id)
    head.send("/evidence/new", ENTRY | {"service": str(world.services["South"].id)}, 400)
    head.send("/evidence/new", ENTRY | {"service": north})
    with database.reading() as session:
        entry = session.scalars(select(Evidence)).one().id
    board = sign_in(world.people["board"])
    assert "1 entry" in html(board, "/plan")
    assert "Plans move between reviews." in html(board, f"/evidence/{entry}")
    board.page(f"/evidence/{entry}/correct", 403)
    sign_in(world.people["head_south"]).page(f"/evidence/{entry}/correct", 404)
    head.send(f"/evidence/{entry}/correct", ENTRY | {"known": "Audits since May.", "version": "1"}, 400)
    head.send(
        f"/evidence/{entry}/correct", ENTRY | {"known": "Audits since May.", "version": "1", "reason": "The month."}
    )
    assert "Version 1" in html(board, f"/evidence/{entry}")
    head.page(f"/evidence/{entry}/withdraw", 403)
    lead = sign_in(world.people["qa_lead"])
    lead.send(f"/evidence/{entry}/withdraw", {}, 400)
    lead.send(f"/evidence/{entry}/withdraw", {"reason": "Written twice."})
    board.page(f"/evidence/{entry}", 404)
    assert "Written twice." in html(head, f"/evidence/{entry}")
    assert "1 entry" not in html(board, "/plan")
    with database.reading() as session:
        assert len(session.scalars(select(EvidenceVersion)).all()) == 2


def test_the_board_keeps_the_value_that_was_published_when_it_is_corrected_later(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        first = recorded(session)
        closed_october(session, world, [Grade.GOOD])
        given = Given(Decimal(7), Decimal(10), first.period_from, first.period_to, first.origin, first.dated)
        recorded_values.correct(session, first, given, reason="Miscounted.", by="test", at=AT, today=TODAY)
    assert "9 of 10, 1 July to 30 September 2026" in html(sign_in(world.people["board"]), "/plan")
    page = html(sign_in(world.people["qa_lead"]), "/plan")
    assert "Reported when October 2026 closed: 90% for 1 July to 30 September 2026. Now: 70%." in page
