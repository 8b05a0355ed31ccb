"""The agreement page: one number everywhere, every number opens its rows, and nobody learns what is not theirs."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from difflib import unified_diff
from html import unescape
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from moderation.statistics.agreement_json import with_analysis
from moderation.statistics.analysis import Subject
from moderation.statistics.kinds import Kind
from moderation.statistics.share import Share, percent
from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.models import Audit, Cycle, Moderation, Person, RoleGrant
from qa_app.queries.facts import Reach
from qa_app.queries.sight import WHY
from qa_app.services import cycles
from qa_app.services import figures as live
from qa_app.services.compared import compared, every_window, team_names
from tests.conftest import AT
from tests.months import AUDITORS, submitted_audit
from tests.page import PageClient
from tests.pairs import CLOSED, moderated
from tests.world import World

SignIn = Callable[[Person], PageClient]
UNTIL = CLOSED[-1]
WINDOWS = ("last_3", "last_12", "all")
LINE = Share(9, 10).fraction
assert LINE is not None


class Council(NamedTuple):
    """A council with half a year of moderated audits and somebody to look at it."""

    world: World
    database: Database
    sign_in: SignIn

    def words(self, who: str, path: str = "/agreement", status: int = 200) -> str:
        return self.sign_in(self.world.people[who]).page(path, status).text

    def html(self, who: str, path: str = "/agreement") -> str:
        return self.sign_in(self.world.people[who]).get(path).get_data(as_text=True)


@pytest.fixture
def council(database: Database, world: World, sign_in: SignIn, half_year: None) -> Council:
    return Council(world, database, sign_in)


def test_the_same_number_stands_on_the_page_on_the_dashboard_and_in_the_file(council: Council) -> None:
    with council.database.reading() as session:
        figures = live.figures(session, until=UNTIL)
        beside = every_window(session, until=UNTIL)
        analysed = {name: one.analysis for name, one in beside.items()}
        elements = {name: one.elements for name, one in beside.items()}
        file = with_analysis(figures, analysed, elements, team_names(session))["measures"]["agreement"]
    for window in WINDOWS:
        over = dict(figures.agreement.windows.items())[window]
        told = file["windows"][window]
        assert over.estimate is not None
        assert over.interval is not None
        assert (told["k"], told["n"], told["estimate"]) == (over.share.k, over.share.n, float(over.estimate))
        figure = percent(over.estimate, max(over.share.n, 20), (LINE,) if LINE else ())
        page = council.words("qa_lead", f"/agreement?window={window}")
        dashboard = council.words("qa_lead", f"/dashboard?window={window}")
        assert f"the same overall grade in {figure} of audits, as far as {over.share.n} pairs can tell" in page
        assert f"Agreement {figure} {over.share.k} of {over.share.n} pairs the same" in dashboard
        line = told["good_line"]
        side = f"The same side of the good line {Share(line['k'], line['n']).text}"
        assert side in page
        assert side.replace("The same side of the good line", "the same side of the good line:") in dashboard
        assert f"The same grade in {told['k']} of {told['n']} pairs" in page
        assert f"Same grade: {told['k']} of {told['n']}. Outlined." in page
        assert f"Same grade: {told['k']} of {told['n']}. Outlined." in dashboard
        for element in told["elements"]:
            row = f"{live.ELEMENTS[element['element']]} {element['k']} {element['n']} "
            assert row in page
            assert row in dashboard


def test_what_is_asked_for_a_service_is_that_services_on_the_page_and_on_the_dashboard(council: Council) -> None:
    north = council.world.services["North"].id
    path = f"?window=all&service={north}"
    found = re.search(r"the same overall grade in ([\d.]+%) of audits, as far as (\d+) pairs",
                      council.words("qa_lead", f"/agreement{path}"))  # fmt: skip
    assert found is not None
    assert f"Agreement {found[1]} " in council.words("qa_lead", f"/dashboard{path}")
    whole = re.search(r"as far as (\d+) pairs", council.words("qa_lead", "/agreement?window=all"))
    assert whole is not None
    assert int(found[2]) < int(whole[1])


def listed(council: Council, who: str, narrowing: str) -> int:
    found = re.search(r"(\d+) pairs?: ", council.words(who, f"/agreement/audits?window=all{narrowing}"))
    assert found is not None
    return int(found[1])


def test_every_number_opens_as_many_audits_as_it_counts(council: Council) -> None:
    with council.database.reading() as session:
        for kind in (Kind.SAMPLED, Kind.SIGHTED, Kind.JOINT, Kind.CHOSEN, Kind.DISPUTED):
            subject = Subject(kind)
            found = compared(session, reach=Reach(), until=UNTIL, window="all", subject=subject)
            pairs, address = found.analysis.pairs, f"&kind={kind}"
            assert listed(council, "qa_lead", address) == pairs.n
            across = pairs.across_the_line
            for lies, counted in {
                "same": pairs.exact.k, "different": pairs.n - pairs.exact.k, "far": pairs.n - pairs.within_one.k,
                "line": across.differing, "higher": pairs.direction.auditor_higher,
                "lower": pairs.direction.moderator_higher,
            }.items():  # fmt: skip
                assert listed(council, "qa_lead", f"{address}&differing={lies}") == counted, (kind, lies)
            for line in found.elements:
                assert listed(council, "qa_lead", f"{address}&element={line.name}") == line.pairs.n
            for line in found.analysis.teams:
                assert listed(council, "qa_lead", f"{address}&team={line.name}") == line.pairs.n
            for line in found.analysis.auditors:
                assert listed(council, "qa_lead", f"{address}&audited_by={line.name}") == line.pairs.n
            for line in found.analysis.moderators:
                assert listed(council, "qa_lead", f"{address}&moderated_by={line.name}") == line.pairs.n
        months = compared(session, reach=Reach(), until=UNTIL, window="all").analysis.over_time
        for month, point in zip(months.months, months.p.points, strict=True):
            assert listed(council, "qa_lead", f"&month={month:%Y-%m}") == point.share.n


def links(html: str) -> Iterator[str]:
    for found in re.findall(r'href="(/agreement[^"#]*)', html):
        yield found.replace("&amp;", "&")


def test_every_link_of_the_page_leads_somewhere(council: Council) -> None:
    client = council.sign_in(council.world.people["qa_lead"])
    followed = set(links(council.html("qa_lead", "/agreement?window=all&chart=xmr")))
    assert len(followed) > 20
    for path in sorted(followed):
        assert client.get(path).status_code == 200, path


def test_pairs_that_are_not_the_figures_are_shown_apart_and_say_so(council: Council) -> None:
    words = council.words("qa_lead", "/agreement?window=all")
    assert "With sight of the auditor's grades 6 " in words
    assert "Graded together 6 " in words
    assert "Blind, chosen by hand 6 " in words
    apart = council.words("qa_lead", "/agreement?window=all&kind=joint")
    assert "these pairs are shown apart and never enter the figure" in apart
    assert "The target of" not in apart
    part = council.words("qa_lead", "/agreement?window=all&element=plan")
    assert "These are the pairs of one part of practice" in part
    assert "The target of" not in part


def test_a_bad_value_in_the_address_is_told_and_nothing_breaks(council: Council) -> None:
    words = council.words("qa_lead", "/agreement?until=soon&window=x&kind=all&element=%00&chart=pie&service=1", 400)
    for told in ("month", "period", "kind of pairs", "part of practice", "chart", "service"):
        assert f"The {told} in the address" in words
    council.words("qa_lead", "/agreement/audits?kind=x&element=y&month=z&differing=w&page=-1&auditor=q", 400)
    council.words("qa_lead", "/agreement/audits?audited_by=nobody", 404)
    council.words("qa_lead", f"/agreement/audits?audited_by={UUID(int=1)}", 404)


def test_without_a_month_the_page_says_what_to_do(world: World, sign_in: SignIn) -> None:
    assert "Bring in a register" in sign_in(world.people["qa_lead"]).page("/agreement").text
    assert "once the QA lead" in sign_in(world.people["head_north"]).page("/agreement/audits").text


def test_a_head_of_one_service_sees_the_teams_and_people_of_their_own_alone(council: Council) -> None:
    html = council.html("head_north", "/agreement?window=all")
    assert "Manager Assessment" in html
    assert "Planning" in html
    for other in ("Manager Care", "Manager Leaving", ">Leaving", "Another team", "Moderator 1", "South"):
        assert other not in html, other
    assert "Moderator 1" in council.html("director", "/agreement?window=all")
    world = council.world
    council.words("head_north", f"/agreement?service={world.services['South'].id}", 404)
    council.words("head_north", f"/agreement?team={world.teams['Care'].id}", 404)
    for asked in ("audited_by", "moderated_by"):
        person = world.people["manager_care" if asked == "audited_by" else "moderator_1"].id
        council.words("head_north", f"/agreement/audits?{asked}={person}", 404)
        council.words("director", f"/agreement/audits?{asked}={person}")


def test_nothing_is_said_of_a_person_with_fewer_than_five_pairs(council: Council) -> None:
    with council.database.reading() as session:
        found = compared(session, reach=Reach(), until=UNTIL, window="last_3").analysis
        names = {str(key): name for key, name in session.execute(select(Person.id, Person.name))}
    few = [names[line.name] for line in found.auditors if not line.enough]
    assert few
    assert len(few) < len(AUDITORS), "and somebody has enough"
    html = council.html("qa_lead", "/agreement?window=last_3")
    for line in found.auditors:
        assert (names[line.name] in html) == line.enough


def test_teams_and_people_stand_by_name_whatever_their_figures(council: Council) -> None:
    html = council.html("qa_lead", "/agreement?window=all")
    for section, wanted in (
        ("teams", ["Assessment", "Care", "Leaving", "Planning"]),
        ("people", [f"Manager {team}" for team in ("Assessment", "Care", "Leaving", "Planning")]),
    ):
        part = html[html.index(f'<section id="{section}">') :]
        part = part[: part.index("</section>")]
        for table in re.findall(r"<tbody.*?</tbody>", part, re.DOTALL):
            rows = re.findall(r'<th scope="row".*?<span>(?:<a [^>]+>)?([^<]+)</', table, re.DOTALL)
            if rows[0].startswith("Moderator"):
                continue
            assert rows == wanted
    leaning = html[html.index("How far each auditor leans") :]
    assert len(re.findall(r"<span><a [^>]*audited_by=", leaning[: leaning.index("</tbody>")])) == len(wanted)


def moderating(session: Session, world: World, key: str) -> Audit:
    """Somebody who reads figures also moderates: a late audit of a closed month is theirs to grade."""
    person = world.people[key]
    session.add(RoleGrant(person_id=person.id, role=Role.MODERATOR, granted_at=AT, granted_by="test"))
    cycle = session.scalars(select(Cycle).where(Cycle.month == CLOSED[-2])).one()
    audit = submitted_audit(session, world, cycle, 191, Grade.GOOD, at=AT)
    audit.state = "selected"
    session.add(
        Moderation(
            audit_id=audit.id, moderator_id=person.id, stream="chosen", mode="blind", state="allocated",
            allocated_at=AT,
        )
    )  # fmt: skip
    session.flush()
    return audit


PATHS = (
    *("/agreement", "/agreement?window=all", "/agreement?window=all&chart=xmr", "/agreement?window=all&kind=chosen"),
    *("/agreement/audits?window=all", "/agreement/audits?month=2026-09", "/agreement/audits?month=2026-10"),
)


@pytest.mark.parametrize("who", ["director", "qa_lead"])
def test_whoever_has_a_grade_to_give_sees_nothing_from_its_month_on(council: Council, who: str) -> None:
    with council.database.writing() as session, session.begin():
        moderating(session, council.world, who)
    for path in PATHS:
        words = council.words(who, path)
        assert WHY in words, path
        if "month=" in path:
            assert "0 pairs: " in words, path
        else:
            assert not re.search("October|September", words), path


def unsigned(client: PageClient, path: str) -> list[str]:
    """Every line of a page but the token of its forms, which is another each time."""
    return re.sub(
        r'(?:name="(?:csrf_token|page_pass)" value|data-token)="[^"]+"', "", client.get(path).get_data(as_text=True)
    ).splitlines()


@pytest.mark.parametrize("who", ["director", "qa_lead"])
def test_what_other_auditors_grade_in_those_months_changes_nothing_that_they_see(council: Council, who: str) -> None:
    with council.database.writing() as session, session.begin():
        moderating(session, council.world, who)
        november = cycles.open_month(session, date(2026, 11, 1), by="test", at=AT)
        november.state = "released"
    client = council.sign_in(council.world.people[who])
    before = [unsigned(client, path) for path in PATHS]
    with council.database.writing() as session, session.begin():
        for month in (CLOSED[-2], CLOSED[-1], date(2026, 11, 1)):
            cycle = session.scalars(select(Cycle).where(Cycle.month == month)).one()
            audit = submitted_audit(session, council.world, cycle, 192, Grade.INADEQUATE, at=AT)
            moderated(session, council.world, cycle, audit, 3)
    after = [unsigned(client, path) for path in PATHS]
    assert [line for one, two in zip(before, after, strict=True) for line in unified_diff(one, two, n=0)] == []


def test_open_months_are_not_a_moderating_readers_to_see(council: Council) -> None:
    with council.database.writing() as session, session.begin():
        session.add(
            RoleGrant(
                person_id=council.world.people["director"].id, role=Role.MODERATOR, granted_at=AT, granted_by="test"
            )
        )
        november = cycles.open_month(session, date(2026, 11, 1), by="test", at=AT)
        november.state = "released"
        audit = submitted_audit(session, council.world, november, 193, Grade.GOOD, at=AT)
        moderated(session, council.world, november, audit, 1)
    assert "November" not in council.words("director", "/agreement")
    assert "0 pairs: " in council.words("director", "/agreement/audits?month=2026-11")
    assert "1 pair: " in council.words("qa_lead", "/agreement/audits?month=2026-11")


def test_an_auditor_is_told_who_else_sees_their_figures(council: Council) -> None:
    words = council.words("manager_care", "/your-figures")
    assert "The QA lead and the Heads of Service you answer to see how often your grades agree too" in words
    council.words("manager_care", "/agreement", 403)
    council.words("moderator_1", "/agreement", 403)


def test_an_audit_moderated_by_somebody_tied_to_it_stands_apart_and_opens_its_own_row(council: Council) -> None:
    with council.database.writing() as session, session.begin():
        sampled = select(Moderation).join(Audit).where(Moderation.stream == "sampled", Moderation.mode == "blind")
        one = session.scalars(sampled.where(Audit.month == UNTIL).order_by(Audit.number)).first()
        assert one is not None
        one.independence = "overridden"
        reference = session.get_one(Audit, one.audit_id).reference
    kind = f"kind={Kind.OVERRIDDEN.value}"
    page = council.html("qa_lead")
    (apart,) = re.findall(rf'<a class="govuk-link" href="([^"]*{kind}[^"]*)">By somebody tied to the audit', page)
    shown = council.words("qa_lead", unescape(apart))
    assert "1 of 1" in shown or "0 of 1" in shown
    rows = council.words("qa_lead", f"/agreement/audits?window=last_3&{kind}")
    assert reference in rows
    assert reference not in council.words("qa_lead", f"/agreement/audits?window=last_3&kind={Kind.SAMPLED.value}")
