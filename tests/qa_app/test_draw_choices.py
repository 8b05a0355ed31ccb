"""Other ways to choose cases: by service and plan type, a theme, closed cases, by hand; and what each draw left out."""

import csv
import io
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from moderation.case_draw import audited_lately
from moderation.independence import case_conflicts
from qa_app.case_keys import CaseKeys
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.models import Audit, Case, Cycle, Draw, Event, LeftOut, Message, Person
from qa_app.queries import candidates, left_out
from qa_app.queries.candidates import Lens
from qa_app.queries.references import matched
from qa_app.queries.ties import case_ties, judges
from qa_app.reports.left_out import left_out_csv
from qa_app.services import audits, case_draws, cycles
from qa_app.services.case_draws import NothingToDraw
from qa_app.services.cycle_steps import CycleRefused
from qa_app.services.draw_frames import TIED_TO_ALL, Choice, available, drawn_again
from tests.conftest import AT
from tests.page import PageClient
from tests.world import World

BY = "person:test"
SEED = "0123456789abcdef0123456789abcdef"
DECEMBER = date(2026, 12, 1)
SignIn = Callable[[Person], PageClient]


def opened(session: Session, month: date = DECEMBER) -> Cycle:
    return cycles.open_month(session, month, by=BY, at=AT)


def draw(session: Session, cycle: Cycle, choice: Choice, *, seed: str = SEED, reason: str = "") -> Draw:
    return case_draws.draw_month(session, cycle, seed=seed, choice=choice, reason=reason, by=BY, at=AT)


def audits_of(session: Session, cycle: Cycle) -> list[Audit]:
    return list(session.scalars(select(Audit).where(Audit.cycle_id == cycle.id).order_by(Audit.number)))


def of_plan(session: Session, world: World, plan: str, number: int) -> list[Case]:
    """That many cases put on another plan."""
    changed = [session.get_one(Case, case.id) for case in world.cases[:number]]
    for case in changed:
        case.plan_type = plan
    session.flush()
    return changed


def choices(session: Session, world: World) -> dict[str, Choice]:
    """One choice of each kind that draws a month, each with cases to draw."""
    of_plan(session, world, "Child Protection", 12)
    for case in world.cases[20:30]:
        session.get_one(Case, case.id).open = False
    session.flush()
    return {
        "random": Choice(),
        "stratified": Choice("stratified", quotas={"North: Child Protection": 2}),
        "thematic": Choice("thematic", Lens(plan_types=frozenset({"Child Protection"}))),
        "closure": Choice("closure", Lens(closed_since=AT - timedelta(days=60))),
    }


@pytest.mark.parametrize("kind", ["random", "stratified", "thematic", "closure"])
def test_every_kind_of_draw_is_made_again_from_what_is_kept(session: Session, world: World, kind: str) -> None:
    cycle = opened(session)
    kept = draw(session, cycle, choices(session, world)[kind])
    session.flush()
    session.expire(kept)
    made = audits_of(session, cycle)
    assert {(one.auditor, one.case_id) for one in drawn_again(kept).assigned} == {
        (str(audit.auditor_id), str(audit.case_id)) for audit in made
    }
    assert (kept.rule["kind"], {audit.stream for audit in made}, len(made)) == (kind, {kind}, 4)
    known = judges(session)
    for audit in made:
        assert audit.case is not None
        assert not case_conflicts(known[audit.auditor_id], case_ties(audit.case, known))


def test_a_draw_kept_by_the_version_before_is_made_again(session: Session, world: World) -> None:
    cycle = opened(session)
    kept = draw(session, cycle, Choice())
    before = Draw(
        cycle_id=cycle.id, kind="cases", seed=kept.seed, frame_sha256=kept.frame_sha256, excluded={}, drawn_at=AT,
        drawn_by=BY, rule={"what": "draw", "audited_within_months": 12, "pool": 48, "given": 4, "ruled_out": {}},
        frame={"auditors": kept.frame["auditors"], "cases": kept.frame["cases"], "reason": ""},
    )  # fmt: skip
    assert drawn_again(before).assigned == drawn_again(kept).assigned
    assert all(len(case) == 2 for case in kept.frame["cases"]), "a random draw keeps the frame it always kept"


def test_quotas_are_met_or_the_shortfall_is_kept(session: Session, world: World) -> None:
    of_plan(session, world, "Child Protection", 2)  # one of Assessment, one of Planning: both of North
    cycle = opened(session)
    quotas = {"North: Child Protection": 3, "South: Child in Need": 1}
    kept = draw(session, cycle, Choice("stratified", quotas=quotas))
    assert kept.rule["quotas"] == quotas
    given = kept.rule["quotas_given"]
    drawn = Counter(audit.plan_type for audit in audits_of(session, cycle))
    assert given["North: Child Protection"] == drawn["Child Protection"] == 2
    assert given["South: Child in Need"] >= 1


def test_what_can_be_drawn_is_counted_by_service_and_plan_type(session: Session, world: World) -> None:
    of_plan(session, world, "", 1)
    assert available(session, opened(session)) == {
        "North: Child in Need": 23,
        "North: No plan recorded": 1,
        "South: Child in Need": 24,
    }


@pytest.mark.parametrize("how", ["plan", "service", "age", "listed"])
def test_a_theme_draws_only_its_own_cases_and_logs_all_others(session: Session, world: World, how: str) -> None:
    for case in of_plan(session, world, "Child Protection", 8):
        case.age_band = "0 to 4"
    session.flush()
    own = {case.id for case in world.cases[:8]}
    north = {case.id for case in world.cases if case.team_id in _teams(world, "North")}
    lens = {
        "plan": Lens(plan_types=frozenset({"Child Protection"})),
        "service": Lens(services=frozenset({world.services["North"].id})),
        "age": Lens(age_bands=frozenset({"0 to 4"})),
        "listed": Lens(listed=frozenset(own)),
    }[how]
    wanted = north if how == "service" else own
    cycle = opened(session)
    kept = draw(session, cycle, Choice("thematic", lens, title="Neglect"))
    assert {audit.case_id for audit in audits_of(session, cycle)} <= wanted
    assert left_out.by_reason(session, kept.id) == {candidates.OFF_THEME: 48 - len(wanted)}
    assert kept.frame["title"] == "Neglect"


def _teams(world: World, service: str) -> set[UUID]:
    return {team.id for team in world.teams.values() if team.service_id == world.services[service].id}


def test_closure_draws_cases_closed_lately_and_no_others(session: Session, world: World) -> None:
    lately = [session.get_one(Case, case.id) for case in world.cases[:5]]
    long_ago = session.get_one(Case, world.cases[5].id)
    for case in (*lately, long_ago):
        case.open = False
    long_ago.changed_at = AT - timedelta(days=61)
    session.flush()
    cycle = opened(session)
    closure = Choice("closure", Lens(closed_since=AT - timedelta(days=60)))
    kept = draw(session, cycle, closure)
    assert {audit.case_id for audit in audits_of(session, cycle)} <= {case.id for case in lately}
    assert left_out.by_reason(session, kept.id) == {candidates.NOT_CLOSED: 43}
    for case in lately:
        case.open = True
    session.flush()
    with pytest.raises(NothingToDraw, match="No case was closed lately"):
        draw(session, cycle, closure, reason="Again")


def test_every_case_left_out_is_logged_with_its_first_reason(session: Session, world: World) -> None:
    earlier = opened(session, date(2026, 11, 1))
    draw(session, earlier, Choice())
    cases = [session.get_one(Case, case.id) for case in world.cases]
    audited = {audit.case_id for audit in audits_of(session, earlier)}
    free = [case for case in cases if case.id not in audited]
    free[0].open = False
    free[1].listed = False
    free[2].team_id = None
    free[3].reviewer_id = None
    session.flush()
    kept = draw(session, opened(session), Choice())
    logged = {row.case_id: row.reason for row in session.scalars(select(LeftOut).where(LeftOut.draw_id == kept.id))}
    assert logged == {
        free[0].id: candidates.CLOSED,
        free[1].id: candidates.UNLISTED,
        free[2].id: candidates.NO_TEAM,
        **{case_id: audited_lately(12) for case_id in audited},
    }
    assert Counter(logged.values()) == kept.excluded


def test_a_case_every_auditor_is_tied_to_is_logged(session: Session, world: World) -> None:
    for team in ("planning", "care", "leaving"):
        session.get_one(Person, world.people[f"manager_{team}"].id).active = False
    session.flush()
    kept = draw(session, opened(session), Choice())
    assert left_out.by_reason(session, kept.id) == {TIED_TO_ALL: 12}


def test_the_log_is_one_insert_and_never_changes(session: Session, world: World) -> None:
    cycle = opened(session)
    for case in world.cases[:40]:
        session.get_one(Case, case.id).open = False
    session.flush()
    said: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *seen: said.append(seen[2]))
    kept = draw(session, cycle, Choice())
    assert sum("INTO left_out" in one for one in said) == 1
    assert sum(left_out.by_reason(session, kept.id).values()) == 40
    row = session.scalars(select(LeftOut)).first()
    assert row is not None
    row.reason = "another"
    with pytest.raises(DBAPIError):
        session.flush()


def test_cases_picked_by_hand_are_added_whatever_their_past(session: Session, world: World) -> None:
    earlier = opened(session, date(2026, 11, 1))
    draw(session, earlier, Choice())
    audited = audits_of(session, earlier)[0].case_id
    assert audited is not None
    session.get_one(Case, audited).open = False
    cycle = opened(session)
    with pytest.raises(CycleRefused, match="Say why"):
        case_draws.pick(session, cycle, [audited], None, seed=SEED, reason=" ", by=BY, at=AT)
    kept = case_draws.pick(session, cycle, [audited], None, seed=SEED, reason="A complaint", by=BY, at=AT)
    (picked,) = audits_of(session, cycle)
    assert (picked.case_id, picked.stream, kept.rule["given"]) == (audited, "targeted", 1)
    assert left_out.by_reason(session, kept.id) == {}, "cases nobody picked are not left out"
    draw(session, cycle, Choice())  # the first draw of the month: no reason is asked for
    assert picked.id in {audit.id for audit in audits_of(session, cycle)}
    held = Counter(audit.auditor_id for audit in audits_of(session, cycle))
    assert set(held.values()) == {1}, "it counts towards what is expected"
    draw(session, cycle, Choice(), reason="Again")
    assert picked.id in {audit.id for audit in audits_of(session, cycle)}
    with pytest.raises(CycleRefused, match="not drawn"):
        case_draws.swap(session, picked, seed=SEED, reason="Wrong", by=BY, at=AT)
    case_draws.take_out(session, picked, reason="Wrong child", by=BY, at=AT)
    assert "targeted" not in {audit.stream for audit in audits_of(session, cycle)}
    session.flush()
    assert session.scalars(select(Event.reason).where(Event.action == "cases.taken_out")).one() == "Wrong child"


def test_nobody_is_given_a_picked_case_they_are_tied_to(session: Session, world: World) -> None:
    cycle, care = opened(session), world.people["manager_care"]
    own = next(case for case in world.cases if case.team_id == care.team_id)
    with pytest.raises(NothingToDraw, match="independent"):
        case_draws.pick(session, cycle, [own.id], care, seed=SEED, reason="A complaint", by=BY, at=AT)
    kept = case_draws.pick(session, cycle, [own.id], None, seed=SEED, reason="A complaint", by=BY, at=AT)
    assert kept.rule["given"] == 1
    assert audits_of(session, cycle)[0].auditor_id != care.id


def test_who_handed_a_case_back_for_a_conflict_never_gets_it_again(session: Session, world: World) -> None:
    cycle = opened(session)
    draw(session, cycle, Choice())
    cycles.release(session, cycle, by=BY, at=AT)
    audit = audits_of(session, cycle)[0]
    auditor, case_id = session.get_one(Person, audit.auditor_id), audit.case_id
    assert case_id is not None
    audits.hand_back(session, audit, "I know them", code="conflict", by=BY, at=AT)
    with pytest.raises(NothingToDraw):
        case_draws.pick(session, opened(session, date(2027, 1, 1)), [case_id], auditor, seed=SEED,
                        reason="A complaint", by=BY, at=AT)  # fmt: skip


def test_a_swap_and_a_replacement_stay_within_the_theme(session: Session, world: World) -> None:
    own = {case.id for case in of_plan(session, world, "Child Protection", 12)}
    cycle = opened(session)
    draw(session, cycle, Choice("thematic", Lens(plan_types=frozenset({"Child Protection"}))))
    first, second = audits_of(session, cycle)[:2]
    case_draws.swap(session, first, seed="b" * 32, reason="Known family", by=BY, at=AT)
    assert first.case_id in own
    cycles.release(session, cycle, by=BY, at=AT)
    audits.hand_back(session, second, "Moved", code="moved", by=BY, at=AT)
    made = case_draws.replace(session, second, second.auditor, seed="c" * 32, reason="", by=BY, at=AT)
    assert (made.case_id in own, made.stream) == (True, "thematic")


def test_references_are_matched_by_their_hash(session: Session, world: World, settings: Settings) -> None:
    keys = CaseKeys(settings.case_key)
    found = matched(session, keys, "900001\n 90 0002 \n\nnobody\n900001")
    assert found == (frozenset({world.cases[1].id, world.cases[2].id}), ("nobody",))
    with pytest.raises(ValueError, match="300 references or fewer"):
        matched(session, keys, "\n".join(str(n) for n in range(301)))


def test_no_cell_of_the_file_can_become_a_formula() -> None:
    said = left_out_csv([("C-1", "=cmd()", "+plan", "closed")]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(said)))[1] == ["C-1", "'=cmd()", "'+plan", "closed"]


def test_the_qa_lead_draws_by_service_and_plan_type(sign_in: SignIn, world: World, database: Database) -> None:
    with database.writing() as session, session.begin():
        of_plan(session, world, "Child Protection", 2)
        where = f"/cycles/{opened(session).id}"
    lead = sign_in(world.people["qa_lead"])
    page = f"{where}/draw/by-service-and-plan"
    assert "North: Child Protection 2" in lead.page(page).text
    assert "at least one service" in lead.send(page, {}, 400).get_data(as_text=True)
    wrong = lead.send(page, {"quota-North: Child Protection": "some"}, 400).get_data(as_text=True)
    assert "North: Child Protection: enter a whole number from 0 to 50." in wrong
    assert 'value="some"' in wrong
    lead.send(page, {"quota-North: Child Protection": "3"})
    shown = lead.page(where).text
    assert "fewer than you asked for of North: Child Protection: 2 of 3" in shown
    assert "By service and plan" in shown
    assert "Say why" in lead.send(page, {"quota-North: Child Protection": "1"}, 400).get_data(as_text=True)


def test_the_qa_lead_draws_a_theme_from_a_list_of_references(sign_in: SignIn, world: World, database: Database) -> None:
    with database.writing() as session, session.begin():
        cycle = opened(session)
    where = f"/cycles/{cycle.id}"
    lead = sign_in(world.people["qa_lead"])
    page = f"{where}/draw/theme"
    lead.page(page)
    assert "Say what the theme is" in lead.send(page, {}, 400).get_data(as_text=True)
    assert "in common" in lead.send(page, {"title": "Neglect"}, 400).get_data(as_text=True)
    typed = {"title": "Neglect", "references": "900001\n900002\n900003\n900004\n999999"}
    refused = lead.send(page, typed, 400).get_data(as_text=True)
    assert "Not in the case list: 999999" in refused
    assert "900004" in refused, "what was typed comes back"
    typed["references"] = "\n".join(f"90{n:04d}" for n in range(8))
    lead.send(page, typed)
    shown = lead.page(where).text
    assert "Theme: Neglect. 4 cases were drawn from the 8 that could be" in shown
    with database.reading() as session:
        kept = session.scalars(select(Draw)).one()
        assert "900001" not in str(kept.rule) + str(kept.frame)
    log = f"{where}/draws/{kept.id}/left-out"
    assert "900001" not in lead.page(log).text
    assert "40 cases" in lead.page(log).text
    assert "Outside the theme 40" in lead.page(log).text
    assert "No case was left out for the reason" in lead.page(f"{log}?reason=nothing&page=9").text
    lead.page(f"{log}?reason=outside+the+theme&page=x")
    answer = lead.get(f"{log}.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert len(answer.get_data(as_text=True).splitlines()) == 41
    lead.page(f"{where}/draws/{cycle.id}/left-out", 404)


def test_the_qa_lead_draws_closed_cases_and_picks_one_by_hand(
    sign_in: SignIn, world: World, database: Database
) -> None:
    with database.writing() as session, session.begin():
        for case in world.cases[:10]:
            session.get_one(Case, case.id).open = False
        where = f"/cycles/{opened(session).id}"
    lead = sign_in(world.people["qa_lead"])
    assert "last 60 days" in lead.page(f"{where}/draw/closed-cases").text
    lead.send(f"{where}/draw/closed-cases", {})
    assert "Cases closed lately. 4 cases were drawn from the 10" in lead.page(where).text
    page = f"{where}/pick"
    lead.page(page)
    assert "at least one case" in lead.send(page, {}, 400).get_data(as_text=True)
    assert "Say why" in lead.send(page, {"references": "900020"}, 400).get_data(as_text=True)
    lead.send(page, {"references": "900020", "reason": "A complaint"})
    shown = lead.page(where).text
    assert "Picked by hand: 1 of 1." in shown
    assert "Targeted" in shown
    with database.reading() as session:
        picked = session.scalars(select(Audit).where(Audit.stream == "targeted")).one()
    lead.page(f"{where}/audits/{picked.id}/take-out")
    lead.send(f"{where}/audits/{picked.id}/take-out", {"reason": ""}, 400)
    lead.send(f"{where}/audits/{picked.id}/take-out", {"reason": "Wrong child"})
    lead.send(f"{where}/release")
    lead.page(f"{where}/draw/theme", 404)
    lead.send(page, {"references": "900021", "reason": "A complaint"})
    with database.reading() as session:
        assert session.scalars(select(Message.kind).where(Message.kind == "audit.given")).all() == ["audit.given"]
