"""The dashboard: whose figures somebody sees, what they open, and what a moderator must not learn from a total."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import NamedTuple

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.models import Audit, Cycle, Moderation, Person, RoleGrant
from qa_app.queries.sight import WHY
from qa_app.services import figures as live
from qa_app.services import moderations
from tests.busy import Busy
from tests.conftest import AT
from tests.months import ELEMENTS, submitted_audit
from tests.page import PageClient
from tests.world import World

SignIn = Callable[[Person], PageClient]


class Council(NamedTuple):
    """A busy council and somebody to look at it."""

    world: World
    database: Database
    sign_in: SignIn

    def page(self, who: str, path: str = "/dashboard", status: int = 200) -> str:
        return self.sign_in(self.world.people[who]).page(path, status).text

    def html(self, who: str, path: str = "/dashboard") -> str:
        return self.sign_in(self.world.people[who]).get(path).get_data(as_text=True)


@pytest.fixture
def council(database: Database, world: World, sign_in: SignIn, busy: Busy) -> Council:
    return Council(world, database, sign_in)


def test_without_a_month_the_page_says_what_to_do(world: World, sign_in: SignIn) -> None:
    assert "Bring in a register" in sign_in(world.people["qa_lead"]).page("/dashboard").text
    assert "once the QA lead" in sign_in(world.people["head_north"]).page("/dashboard").text


def test_the_strip_gives_counts_the_plans_verdict_and_the_run(council: Council) -> None:
    words = council.page("qa_lead")
    assert "8 of 8 judgements in October 2026" in words
    assert "A run of 1 month; 4 are asked for. The longest so far is 1. Not met yet." in words
    assert "Not met: 1 of 4 months" in words
    assert "Target: more than 85%" in words
    assert "Open, not counted" in words, "November is open"


def test_the_table_twin_says_what_the_chart_says(council: Council) -> None:
    words = council.page("qa_lead")
    assert "Case supervision judged good or better, by month" in words
    assert "Auditor: Good Moderator:" not in words, "the twin has headings of its own"
    assert words.count("Show as a table") >= 7


def test_a_bad_value_in_the_address_is_told_and_nothing_breaks(council: Council) -> None:
    words = council.page("qa_lead", "/dashboard?until=soon&window=ever&service=x&team=%00", 400)
    assert "The month in the address has no figures to show" in words
    assert "The period in the address is not one of those in the list" in words
    assert "The service in the address is not one of those in the list" in words
    assert "Against the target" in words, "the newest figures are shown all the same"
    council.page("qa_lead", "/dashboard/audits?until=9999-99&month=%F0&page=-5&measure=%3Cb%3E", 400)


def test_words_of_no_meaning_are_left_out_of_the_address_of_the_next_page(
    council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa_app.queries.drilldown.PER_PAGE", 2)
    path = "/dashboard/audits?measure=plans&endpoint=x&_method=POST&_scheme=x&_external=&page=1"
    assert "Page 2" not in council.page("qa_lead", path)
    following = re.search(r'href="([^"]+)" rel="next"', council.html("qa_lead", path))
    assert following is not None
    assert "measure=plans" in following[1]
    assert "page=2" in following[1]
    assert not re.search("endpoint|_method|_scheme|_external", following[1])


def test_a_head_of_service_singles_out_their_own_service_alone(council: Council) -> None:
    own, other = council.world.services["North"].id, council.world.services["South"].id
    assert "North" in council.page("head_north", f"/dashboard?service={own}")
    council.page("head_north", f"/dashboard?service={other}", 404)
    council.page("head_north", f"/dashboard?team={council.world.teams['Care'].id}", 404)
    council.page("head_north", f"/dashboard/audits?service={other}", 404)
    council.page("director", f"/dashboard?service={other}")


def test_no_team_of_another_service_stands_on_a_head_of_services_page(council: Council) -> None:
    html = council.html("head_north")
    assert "Assessment" in html
    assert "Leaving" not in html
    assert "South" not in html
    assert "Leaving" in council.html("director")


def test_the_list_behind_a_figure_holds_what_the_reader_may_open(council: Council) -> None:
    everything = council.page("qa_lead", "/dashboard/audits?measure=cases&month=2026-10")
    assert re.search(r"\b8 audits\.", everything)
    some = council.page("head_north", "/dashboard/audits?measure=cases&month=2026-10")
    assert "Only audits of your own service are listed" in some
    assert "South" not in some
    link = re.search(r"/audits/[0-9a-f-]{36}", council.html("head_north", "/dashboard/audits?month=2026-10"))
    assert link is not None
    council.page("head_north", link[0])


def test_a_cell_of_the_picture_opens_its_audits(council: Council) -> None:
    path = "/dashboard/audits?measure=agreement&window=all&auditor=good&moderator=requires_improvement"
    words = council.page("qa_lead", path)
    assert "auditor's grade good, moderator's grade requires improvement" in words
    assert "2 audits" in words
    html = council.html("qa_lead", "/dashboard?window=all")
    assert "measure=agreement&amp;auditor=good&amp;moderator=requires_improvement" in html


def test_the_list_holds_exactly_what_the_figure_counts(council: Council) -> None:
    with council.database.reading() as session:
        figures = live.figures(session, until=date(2026, 10, 1))
    for measure in ("supervision", "cases", "plans", "permanence", "chronology"):
        words = council.page("qa_lead", f"/dashboard/audits?measure={measure}&until=2026-10&window=all")
        counted = figures.share(measure).windows.all_closed.share.n
        assert f" {counted} {'audit' if counted == 1 else 'audits'}. " in words, measure


def test_the_chronology_list_says_how_many_answers_are_yes(council: Council) -> None:
    words = council.page("qa_lead", "/dashboard/audits?measure=chronology&month=2026-10")
    assert "Audits behind the figure: Chronologies" in words


def moderating_head(session: Session, world: World) -> None:
    """The director also moderates: one audit of the open month is theirs to grade."""
    person = world.people["director"]
    session.add(RoleGrant(person_id=person.id, role=Role.MODERATOR, granted_at=AT, granted_by="test"))
    theirs = session.scalars(select(Moderation).where(Moderation.state == "allocated")).first()
    assert theirs is not None
    theirs.moderator_id = person.id


def test_whoever_has_grades_to_give_learns_nothing_of_open_months(council: Council) -> None:
    with council.database.writing() as session, session.begin():
        moderating_head(session, council.world)
    words = council.page("director")
    assert WHY in words
    assert "Nov 2026" not in words
    assert "November" not in words
    assert "0 audits" in council.page("director", "/dashboard/audits?measure=cases&month=2026-11")
    client = council.sign_in(council.world.people["director"])
    answer = client.get("/dashboard/scorecard/2026-11")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/dashboard")
    assert client.get("/dashboard/scorecard/2026-10").status_code == 200


@pytest.mark.parametrize("grade", [Grade.OUTSTANDING, Grade.INADEQUATE])
def test_what_auditors_grade_in_an_open_month_changes_nothing_its_moderator_sees(
    council: Council, grade: Grade
) -> None:
    paths = ("/dashboard", "/dashboard?window=all", "/dashboard/audits?measure=cases&window=all")
    with council.database.writing() as session, session.begin():
        moderating_head(session, council.world)
    client = council.sign_in(council.world.people["director"])
    before = [client.page(path).text for path in paths]
    with council.database.writing() as session, session.begin():
        november = session.scalars(select(Cycle).where(Cycle.month == date(2026, 11, 1))).one()
        submitted_audit(session, council.world, november, 190, grade, at=AT)
    assert [client.page(path).text for path in paths] == before


def test_own_figures_count_until_five_and_never_show_anybody_else(council: Council) -> None:
    words = council.page("moderator_1", "/your-figures")
    assert "Your moderations and their auditors" in words
    assert "Audits expected and done" not in words
    auditor = council.page("manager_care", "/your-figures")
    assert "Your audits and their moderators" in auditor
    assert "A percentage is shown from 5 on" in auditor or "Nothing to compare yet" in auditor
    council.page("qa_lead", "/your-figures", 403)


def test_past_moderations_are_listed_once_they_are_graded(council: Council) -> None:
    with council.database.writing() as session, session.begin():
        waiting = session.scalars(
            select(Moderation).where(Moderation.state == "allocated", Moderation.moderator_id.is_not(None))
        ).first()
        assert waiting is not None
        moderator = session.get_one(Person, waiting.moderator_id)
        audit = session.get_one(Audit, waiting.audit_id)
        key = next(name for name, one in council.world.people.items() if one.id == moderator.id)
    assert audit.reference not in council.page(key, "/your-figures")
    with council.database.writing() as session, session.begin():
        moderations.grade(
            session, session.get_one(Moderation, waiting.id), session.get_one(Person, moderator.id),
            dict.fromkeys(ELEMENTS, Grade.GOOD), {}, by="test", at=AT,
        )  # fmt: skip
    assert audit.reference in council.page(key, "/your-figures")


def test_a_closed_month_that_moved_says_what_was_reported(council: Council) -> None:
    assert "Reported, and as they stand now" not in council.page("qa_lead")
    with council.database.writing() as session, session.begin():
        late = session.scalars(
            select(Audit).where(Audit.month == date(2026, 10, 1), Audit.id.not_in(select(Moderation.audit_id)))
        ).first()
        assert late is not None
        late.state, late.withdrawn_at, late.withdrawn_by, late.exit_reason = "withdrawn", AT, "test", "Wrong child"
    words = council.page("qa_lead")
    assert "Case supervision judged good or better, October 2026: reported 100% (n = 8), now 100% (n = 7)" in words


@pytest.mark.usefixtures("registered_beside")
def test_the_council_brought_in_is_on_the_page(database: Database, world: World, sign_in: SignIn) -> None:
    words = sign_in(world.people["qa_lead"]).page("/dashboard?window=last_12").text
    assert "226 of 276 audits, last 12 closed months" in words
    assert "40 of 41 pairs the same, last 12 closed months" in words
    assert "A run of 3 months; 4 are asked for. The longest so far is 3. Not met yet." in words


def test_what_a_figure_told_is_recorded_with_what_is_known_filled_in(council: Council) -> None:
    north = council.world.services["North"].id
    html = unescape(council.html("head_north", f"/dashboard?service={north}&window=last_3"))
    (told,) = set(re.findall(r'href="(/evidence/[^"]*figure=supervision[^"]*)"', html))
    form = council.html("head_north", told)
    for value in ("supervision", "dashboard", "2026-10", str(north)):
        assert re.search(rf'<option[^>]*value="{value}"[^>]*selected|<option[^>]*selected[^>]*value="{value}"', form), (
            value
        )
    assert "Record what this told you" in council.page("qa_lead")


def test_data_notes_lead_to_the_workbooks_one_may_take(council: Council) -> None:
    assert "/workbooks/figures" in council.html("head_north", "/data-notes")
    analyst = council.html("analyst", "/data-notes")
    assert "/workbooks/extract" in analyst
    assert "/workbooks/figures" not in analyst
    assert "/workbooks" not in council.html("worker_care_1", "/data-notes")


def test_the_plan_draws_each_computed_measure_over_its_closed_months(council: Council) -> None:
    for who in ("qa_lead", "board"):
        words = council.page(who, "/plan")
        for title in (
            "Case supervision judged good or better, by month: 100% in October 2026",
            "Auditors' grades that agree with the moderator's, by month:",
        ):
            assert title in words, who
        assert "Nov 2026" not in words, "an open month stands in no plan"
