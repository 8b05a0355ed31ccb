"""The demo council: its files brought in by the product's own imports, and a month under way by its own services."""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from audit_forms.lifecycle import State
from qa_app.access import feedback
from qa_app.access.permissions import Can, Role
from qa_app.case_keys import CaseKeys
from qa_app.clock import london_day
from qa_app.demo import (
    around,
    demo_file,
    development,
    learning,
    loop,
    plan,
    sample,
    second_grades,
    sources,
    summary,
    tools,
)  # fmt: skip
from qa_app.demo.writing import hand_in
from qa_app.intake.headings import Kind
from qa_app.intake.limits import Limits
from qa_app.models import Alert, AlertRecipient, Audit, Moderation, Person, Reflection, RoleGrant, Service
from qa_app.services import accounts, case_draws, cycles, making, people, protected, published, roles, tokens
from qa_app.services.batches import keep_batch
from qa_app.services.imports.cases import import_cases
from qa_app.services.imports.register import import_register

BY = "demo"
MONTH = date(2026, 11, 1)  # the month after the register's last
GIVEN = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)  # roles, long before what people did in them
WRITTEN = datetime(2026, 11, 5, 14, 0, tzinfo=UTC)
SEED = "demo-2026-11"
SUBMITTED_OF = 3  # two in three audits of the open month are submitted
ADMINISTRATOR = "administrator@council.example"
SHOWN = (
    Role.QA_LEAD, Role.HEAD_OF_SERVICE, Role.AUDITOR, Role.MODERATOR, Role.ADMINISTRATOR, Role.ANALYST, Role.BOARD,
    Role.INFORMATION_GOVERNANCE, Role.PRACTITIONER,
)  # fmt: skip

TOKEN = (
    "Power BI report for the improvement board", "Demo Analyst", (Can.API_FIGURES, Can.API_PLAN, Can.API_TABLES)
)  # fmt: skip

Counting = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]


class SignIn(NamedTuple):
    """One person to look around as."""

    role: str
    name: str
    email: str


def fill(session: Session, keys: CaseKeys, *, counting: Counting, at: datetime) -> None:
    """Bring the demo council's staff, cases and two years of audits in, and set a month going."""
    listed = demo_file("staff.csv")
    staff = people.read_file(session, listed, limits=Limits())
    with counting("Bringing in the staff list", len(staff.good)) as advance:
        outcome = people.apply_staff(session, staff, by=BY, at=at, advance=advance)
    keep_batch(session, Kind.STAFF, listed, outcome, by=BY, at=at)
    roles.make_administrator(session, ADMINISTRATOR, "Demo Administrator", by=BY, at=at)
    _confirm_roles(session, at=GIVEN)
    _add_readers(session, at=GIVEN)
    plan.fill(session)
    with counting("Bringing in the case list", 1170) as advance:
        import_cases(session, demo_file("case_list.xlsx"), keys=keys, by=BY, at=at, advance=advance)
    with counting("Bringing in two years of audits", 552) as advance:
        import_register(session, demo_file("audit_register.xlsx"), keys=keys, by=BY, at=at, advance=advance)
    _set_a_month_going(session, counting=counting, at=at)


def _confirm_roles(session: Session, *, at: datetime) -> None:
    """The roles the staff list suggests; the QA lead leaves moderating to others, and so may see the open month."""
    suggested = session.scalars(select(RoleGrant).where(RoleGrant.granted_at.is_(None))).all()
    leads = {one.person_id for one in suggested if one.role == Role.QA_LEAD}
    rest = []
    for one in suggested:
        if one.role == Role.MODERATOR and one.person_id in leads:
            roles.turn_down(session, one, by=BY, at=at)
        elif one.role == Role.HEAD_OF_SERVICE:
            roles.grant(session, one.person, Role.HEAD_OF_SERVICE, service=_answered_for(one.person), by=BY, at=at)
        else:
            rest.append(one)
    roles.confirm(session, rest, by=BY, at=at)


def _answered_for(person: Person) -> Service | None:
    """The service a Head of Service answers for; a director answers for the whole council."""
    return None if person.team is None or "Director" in person.job_title else person.team.service


def _add_readers(session: Session, *, at: datetime) -> None:
    """Somebody in each role that no job title of the staff list suggests."""
    for role in (Role.ANALYST, Role.BOARD, Role.INFORMATION_GOVERNANCE):
        address = f"{role.label.lower().replace(' ', '.')}@council.example"
        person = Person(name=f"Demo {role.label}", email=address, job_title=role.label)
        session.add(person)
        session.flush()
        roles.grant(session, person, role, by=BY, at=at)


def _set_a_month_going(session: Session, *, counting: Counting, at: datetime) -> None:
    """November is released; most audits are submitted, a sample is with the moderators, the rest is still to do."""
    cycle = cycles.open_month(session, MONTH, by=BY, at=at)
    case_draws.draw_month(session, cycle, seed=SEED, by=BY, at=at)
    released = cycles.release(session, cycle, by=BY, at=at)
    chance = Random(SEED)  # noqa: S311  # made-up answers, no secret
    tools.make_tool(session)
    with counting("Setting November going", released) as advance:
        given = session.scalars(
            select(Audit).where(Audit.cycle_id == cycle.id).order_by(Audit.number).options(selectinload(Audit.cycle))
        ).all()
        for audit in given:
            if audit.number % SUBMITTED_OF:
                hand_in(session, audit, chance, at=WRITTEN + timedelta(days=audit.number % 9))
            advance(1)
    sample.plan_and_draw(session, cycle, seed=SEED, by=BY, at=at)
    second_grades.regrade(session, cycle, lead=around.lead_of(session), at=at)
    tools.start_audits(session, chance)
    around.audit_again(session, cycle, chance)
    around.fear(session, cycle, chance, at=at)
    around.follow_actions(session)
    around.reflect(session)
    around.be_away(session, cycle, at=at)
    around.change_calendar(session, cycle)
    learning.learn(session, at=at)
    sources.tell(session)
    loop.close_the_loop(session)
    summary.tell_the_month(session)
    development.develop(session)
    tokens.make(session, *TOKEN, days=180, by=around.lead_of(session), at=at)
    protected.keep(session, protected.decide(session, published.years(session)), at=at)


def sign_ins(session: Session) -> list[SignIn]:
    """One person for each role, the ones with work waiting where there is a choice."""
    found = []
    for role in SHOWN:
        person = _with_work(session, role)
        if person is not None and person.email is not None:
            found.append(SignIn(role.label, person.name, person.email))
    return found


def give_sign_ins(session: Session, password: str, *, at: datetime) -> None:
    """Let the demo's people sign in with one password."""
    for one in sign_ins(session):
        person = session.scalars(select(Person).where(Person.email == one.email)).one()
        accounts.give_sign_in(session, person, by=BY, at=at, password=password)
    _queue_mail(session, at=at)


def _queue_mail(session: Session, *, at: datetime) -> None:
    """What `run-due` would send if mail were on: the alert's mails and the day's digests, waiting in the outbox."""
    day = london_day(at)
    making.make_urgent(session, at=at)
    making.make_digests(session, making.wanted(session, day), day=day, at=at)


def new_password() -> str:
    """A password for this demo alone."""
    return "-".join(secrets.choice(WORDS) for _ in range(3)) + f"-{secrets.randbelow(90) + 10}"


WORDS = (
    "heron", "copper", "lantern", "willow", "harbour", "meadow", "saddle", "thistle", "pebble", "orchard", "cobalt",
    "feather", "marble", "juniper", "anchor", "velvet", "bramble", "kettle", "saffron", "glacier",
)  # fmt: skip


def _with_work(session: Session, role: Role) -> Person | None:
    holders = select(Person).join(RoleGrant, RoleGrant.person_id == Person.id).where(
        RoleGrant.role == role, RoleGrant.granted_at.is_not(None), RoleGrant.ended_at.is_(None), Person.active,
        Person.email.is_not(None),
    ).order_by(Person.job_title.desc(), Person.name)  # fmt: skip
    everybody = session.scalars(holders).all()
    waiting = _waited_for(session, role)
    return next((person for person in everybody if person.id in waiting), everybody[0] if everybody else None)


def _waited_for(session: Session, role: Role) -> set[UUID]:
    """The people of a role something waits for: an audit, a moderation, an alert or a reflection."""
    found: dict[Role, Select[Any]] = {
        Role.AUDITOR: select(Audit.auditor_id).where(Audit.state == State.ALLOCATED),
        Role.MODERATOR: select(Moderation.moderator_id).where(Moderation.moderator_id.is_not(None)),
        Role.HEAD_OF_SERVICE: select(AlertRecipient.person_id).join(Alert).where(Alert.acknowledged_at.is_(None)),
        Role.PRACTITIONER: select(Reflection.person_id).join(Audit).where(
            Reflection.given_at.is_(None), feedback.settled()
        ),
    }  # fmt: skip
    return set(session.scalars(found[role])) if role in found else set()
