"""Every page a person can walk to by links, opened in a browser by each role and looked at closely.

What is looked for on each stands in visitor.py: axe, 320 px, 200%, paper, the console. Pages of other screens are
opened too where links lead to them; of the screens named below every page is named, so that no new one is forgotten.
"""

from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.models import Audit, Person
from qa_app.services import absences, audits
from qa_app.services import tools as making
from tests.busy import busy_council
from tests.conftest import AT
from tests.crawl import pages
from tests.graded_again import grade_again
from tests.journeys.visitor import Visitor
from tests.laws.around import give_everything
from tests.page import PageClient
from tests.qa_app.test_stored_tools import brought
from tests.world import World

pytestmark = [pytest.mark.journey, pytest.mark.one_database]
OWNERS: dict[str, tuple[Role, ...]] = {
    "owner": (Role.PRACTITIONER,),
    "owner_who_left": (),
    "owner_who_moderates": (Role.MODERATOR,),
    "head_who_moderates": (Role.HEAD_OF_SERVICE, Role.MODERATOR),
}
# Who walks to which pages, besides those that everybody has.
EVERYBODY = "about.accessibility account.password data_notes.show own_absences.show reminders.show start.show"
PAGES = {
    "qa_lead": """
        absences.ask absences.index absences.show action_owners.ask actions.ask_cancel actions.ask_check
        actions.ask_due actions.index actions.show agreement_figures.audits agreement_figures.show alerts.index
        alerts.show asked.paper asked.show audits.ask_withdraw audits.index audits.show
        calibration_findings.ask_guidance calibration_findings.ask_reference calibration_runs.ask
        calibration_runs.ask_call_off calibration_runs.ask_file calibration_runs.ask_later calibration_runs.ask_people
        calibrations.index calibrations.show case_draws.ask_again case_draws.ask_replace case_draws.ask_swap
        cases.choose_file cases.index challenges.ask_give challenges.every closing.reported closing.show coverage.show
        cycle_steps.ask cycles.ask_release cycles.index cycles.show dashboard.audits dashboard.show disputes.index
        disputes.show draw_choices.ask_closure draw_choices.ask_pick draw_choices.ask_strata draw_choices.ask_theme
        expectations.ask_excuse expectations.show guidance.index imports.choose_file imports.index left_out.show
        letters.index letters.show modes.ask outbox.index overrides.ask overrides.index overrides.show people.index
        people.show planner.show quotas.person quotas.show reallocations.ask reaudits.ask_cancel reaudits.index
        reaudits.show samples.ask_choose samples.ask_give samples.proof samples.show sampling_plans.ask_stratum
        sampling_plans.ask_take_away sampling_plans.show self_checks.index self_checks.show settings.show
        supplements.ask third_readers.ask_give tool_preview.show tool_uploads.choose tools.ask_archive
        tools.ask_delete tools.ask_publish tools.index tools.show
    """,
    "manager_care": """
        action_owners.ask actions.ask_check actions.ask_done actions.index actions.show alerts.index alerts.show
        audits.ask_hand_back audits.index audits.show calibrations.check calibrations.grade calibrations.index
        calibrations.show challenges.ask challenges.own figures.show guidance.index letters.index letters.show
        recording.section recording.show self_checks.index self_checks.show starting.ask starting.choose
        submission.check unanswered.find unanswered.show
    """,
    "worker_care_1": """
        actions.index letters.index reflections.index reflections.show
    """,
    "owner": """
        actions.ask_done actions.index actions.show letters.index
    """,
    "director": """
        action_owners.ask actions.ask_cancel actions.ask_check actions.ask_due actions.index actions.show
        agreement_figures.audits agreement_figures.show alerts.index alerts.show audits.index audits.show
        calibrations.index dashboard.audits dashboard.show guidance.index letters.index letters.show overrides.index
        overrides.show quotas.person quotas.show self_checks.index
    """,
    "moderator_1": """
        actions.index agreement.show audits.index audits.show calibrations.check calibrations.grade calibrations.index
        calibrations.show challenges.index challenges.show figures.show guidance.index hand_backs.ask
        moderations.index moderations.show readings.check readings.section readings.show regrading.check
        regrading.section self_checks.index starting.ask starting.choose third_readers.ask
    """,
    "administrator": """
        account.ask_to_switch_off outbox.index people.choose_file people.index people.show
    """,
}
FILES = """
    audit_paper.show calendar.show cases.refused health.show imports.refused left_out.download letters.pdf
    people.refused reflection_link.letter_pdf scorecard.show static tool_uploads.copy tool_uploads.template
    tools.definition tools.uploaded
"""
# Reached by sending a form, by a link in a mail, or once something is in another state.
ELSEWHERE = """
    actions.ask_check audits.ask_withdraw calibration_runs.ask_reveal case_draws.ask_late case_draws.ask_take_out
    cases.preview guidance.show imports.ask_withdraw imports.preview people.preview reaudits.ask_keep
    reflection_link.check reflection_link.door reflection_link.letter reflection_link.look reflection_link.show
    reflections.check reminders.ask_for_another reminders.ask_to_switch_off restricted.show roles.suggested
    sampling_plans.ask_standing self_checks.check sign_in.show tool_preview.section tool_uploads.ask_replace
"""


@pytest.fixture
def council(database: Database, world: World) -> World:
    """A council in the middle of its work, with something of every kind."""
    with database.writing() as session, session.begin():
        fill(session, world)
    return world


def fill(session: Session, world: World) -> None:
    busy = busy_council(session, world)
    grade_again(session, world, busy.open)
    for key, roles in OWNERS.items():
        world.person(session, key, "Care", roles, AT, manager="manager_care")
    give_everything(session, world)
    to_do = select(Audit).where(Audit.cycle_id == busy.open.id, Audit.state == "allocated").order_by(Audit.number)
    back = [one for one in session.scalars(to_do) if one.auditor_id != world.people["manager_care"].id]
    audits.hand_back(session, back[0], "Knows the family.", code="conflict", by="test", at=AT)
    for version in (1, 2):
        kept = making.keep_draft(session, brought(version), by="test", at=AT)
        if version == 1:
            making.publish(session, kept, by="test", at=AT)
    for key in ("manager_planning", "manager_leaving"):
        away = absences.say(
            session, world.people[key], (date(2026, 11, 2), None), "leave", cover=None, by="test", at=AT
        )
    absences.confirm(session, away, approver="Head South", cover=None, by="test", at=AT)


def endpoints(app: Flask) -> set[str]:
    """The pages that can be asked for."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}


def walked(app: Flask, client: PageClient, wanted: set[str]) -> dict[str, str]:
    """The pages somebody comes to from the start page, each with one address.

    Six of a kind are looked into, and more where a page that is wanted hangs on one further down a list: random ids
    decide which come first.
    """
    urls = app.url_map.bind("localhost")
    found: dict[str, str] = {}
    for each in (6, 30):
        for address, _ in pages(client, most=5_000, each=each):
            found.setdefault(urls.match(urlsplit(address).path)[0], address)
        if wanted <= set(found):
            break
    return found


@pytest.mark.parametrize("who", PAGES)
def test_every_page_of_a_role_is_sound(
    who: str, app: Flask, council: World, visit: Callable[..., Visitor], sign_in: Callable[[Person], PageClient]
) -> None:
    person = council.people[who]
    wanted = set(f"{EVERYBODY} {PAGES[who]}".split())
    found = walked(app, sign_in(person), wanted)
    assert wanted <= set(found)
    window = visit(person)
    for address in found.values():
        window.open(address)


def test_no_page_of_these_screens_is_forgotten(app: Flask) -> None:
    named = set(" ".join((EVERYBODY, ELSEWHERE, FILES, *PAGES.values())).split())
    screens = {one.partition(".")[0] for one in named}
    asked = {one for one in endpoints(app) if one.partition(".")[0] in screens}
    assert sorted(asked - named) == []
    assert sorted(named - asked) == []
