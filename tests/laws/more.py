"""What else stands around audits and can be changed: absences, mails, tools, files that wait, roles, batches."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access.permissions import Can, Role
from qa_app.case_keys import CaseKeys
from qa_app.intake.tools.template import template
from qa_app.models import (
    Absence,
    Audit,
    Batch,
    Case,
    Cycle,
    Expectation,
    Mail,
    Message,
    Moderation,
    OnceKey,
    Reflection,
    RoleGrant,
    StoredTool,
)
from qa_app.services import expectations, tokens, tools, uploads
from qa_app.services.reflection_links import _sha256
from tests.conftest import AT, SECRETS
from tests.qa_app.test_stored_tools import brought, published
from tests.world import World

HOUR = timedelta(hours=1)


@dataclass
class Things:
    """Ids by kind; what belongs to somebody comes with whose it is."""

    absences: dict[UUID, UUID] = field(default_factory=dict)  # to whom it belongs
    mails: dict[UUID, str] = field(default_factory=dict)  # its kind
    tools: dict[str, StoredTool] = field(default_factory=dict)  # by state
    uploads: dict[tuple[str, str], UUID] = field(default_factory=dict)  # by kind and person
    grants: dict[str, UUID] = field(default_factory=dict)
    batches: list[UUID] = field(default_factory=list)
    cases: list[UUID] = field(default_factory=list)
    cycles: dict[str, UUID] = field(default_factory=dict)  # by state
    audits: dict[str, tuple[UUID, UUID]] = field(default_factory=dict)  # by state: month and audit
    people: list[UUID] = field(default_factory=list)
    expectations: dict[UUID, UUID] = field(default_factory=dict)  # by month
    reflections: dict[str, tuple[UUID, str]] = field(default_factory=dict)  # by what opens it: its id and the token
    once: UUID = field(default_factory=uuid4)  # the key of a form somebody else has sent
    moderations: dict[str, tuple[UUID, UUID]] = field(default_factory=dict)  # by state: month and moderation
    evidence: dict[UUID, str] = field(default_factory=dict)  # whether it stands
    courses: list[UUID] = field(default_factory=list)
    complaints: list[UUID] = field(default_factory=list)
    values: list[int] = field(default_factory=list)  # of the plan, from elsewhere
    practice_alerts: dict[UUID, tuple[UUID, UUID]] = field(default_factory=dict)  # who raised it and who answers
    tokens: list[UUID] = field(default_factory=list)
    documents: dict[str, UUID] = field(default_factory=dict)  # by what there is of it: published, or a draft alone
    trainings: dict[UUID, bool] = field(default_factory=dict)  # whether it stands
    support: list[int] = field(default_factory=list)


def give_more(session: Session, world: World) -> Things:
    """One of each."""
    made = Things()
    for key, confirmed in {"manager_care": True, "moderator_1": False, "worker_care_1": False}.items():
        away = Absence(
            person_id=world.people[key].id, begins_on=date(2026, 12, 1), ends_on=date(2026, 12, 31), reason="leave",
            made_at=AT, made_by="test", confirmed_at=AT if confirmed else None,
            confirmed_by="test" if confirmed else None, approver="Head of South" if confirmed else "",
        )  # fmt: skip
        session.add(away)
        session.flush()
        made.absences[away.id] = away.person_id
    for key, kind, state in (
        ("qa_lead", "digest", "queued"),
        ("director", "urgent", "failed"),
        ("head_north", "link", "given_up"),
    ):
        mail = Mail(
            person_id=world.people[key].id, kind=kind, day=AT.date(), state=state, queued_at=AT, next_try_at=AT + HOUR,
        )  # fmt: skip
        session.add(mail)
        session.flush()
        session.add(
            Message(
                person_id=mail.person_id,
                kind="waiting.grade",
                detail={"moderations": "1"},
                urgent=False,
                not_before=AT.date(),
                queued_at=AT,
                mail_id=mail.id,
            )
        )
        made.mails[mail.id] = kind
    made.tools = {"live": published(session), "draft": tools.keep_draft(session, brought(2), by="test", at=AT)}
    _files_that_wait(session, world, made)
    for key, role in {"board": Role.ANALYST, "analyst": Role.BOARD}.items():
        asked = RoleGrant(person_id=world.people[key].id, role=role)
        session.add(asked)
        session.flush()
        made.grants[key] = asked.id
    held = select(RoleGrant.id).where(RoleGrant.person_id == world.people["moderator_3"].id)
    made.grants["held"] = session.scalars(held).one()
    batch = Batch(
        id=uuid4(), kind="register", file_sha256="0" * 64, added=0, changed=0, unchanged=0, left_out=0, refused=0,
        imported_at=AT, imported_by="test",
    )  # fmt: skip
    session.add(batch)
    made.batches = [batch.id]
    made.people = [world.people["manager_care"].id]
    made.cases = list(session.scalars(select(Case.id).order_by(Case.id).limit(1)))
    _links(session, made)
    key = OnceKey(key=made.once, person_id=made.people[0], endpoint="absences.say", body_sha256="0" * 64, done_at=AT)
    session.add(key)
    _months(session, made)
    token = tokens.make(session, "Power BI", "Dana Analyst", [Can.API_FIGURES], days=90, by="test", at=AT)
    made.tokens.append(token.row.id)
    return made


def _files_that_wait(session: Session, world: World, made: Things) -> None:
    keys = CaseKeys(SECRETS["case_key"])
    lists = dict.fromkeys(
        ("cases", "complaints", "register", "support", "training", "values"), b"Case ID,Team\n7001,Nowhere\n"
    )
    files = {**lists, "tool": template(), "staff": b"Employee number,Name,Team,Service\nT9001,Ada,Care,South\n"}
    for kind, data in files.items():
        owner = "administrator" if kind == "staff" else "qa_lead"
        for key in (owner, "worker_care_1"):
            kept = uploads.keep(session, keys, kind, data, by=f"person:{world.people[key].id}", at=AT)
            made.uploads[kind, "own" if key == owner else "another's"] = kept.id


def _links(session: Session, made: Things) -> None:
    """A reflection with a link not used yet, one with a pass, one whose pass has lapsed, one whose link is used."""
    unwritten = select(Reflection).where(Reflection.given_at.is_(None)).order_by(Reflection.id)
    for how, one in zip(("link", "pass", "lapsed", "used"), session.scalars(unwritten), strict=False):
        token = f"the token of a {how}"
        if how in ("link", "used"):
            one.link_sha256, one.link_ends_at, one.link_sent_at = _sha256(token), AT + HOUR, AT - HOUR
            one.link_used_at = AT if how == "used" else None
        else:
            one.pass_sha256, one.pass_ends_at = _sha256(token), AT + HOUR if how == "pass" else AT - HOUR
        made.reflections[how] = one.id, token
    session.flush()


def _months(session: Session, made: Things) -> None:
    for cycle in session.scalars(select(Cycle).where(~Cycle.on_demand)):
        made.cycles[cycle.state] = cycle.id
        expectations.propose(session, cycle, by="test", at=AT)
        found = select(Expectation.id).where(Expectation.cycle_id == cycle.id).order_by(Expectation.id).limit(1)
        for expectation in session.scalars(found):
            made.expectations[cycle.id] = expectation
    for audit in session.scalars(select(Audit).order_by(Audit.id)):
        state = f"{audit.state}, {audit.cycle.state}"
        made.audits.setdefault(state, (audit.cycle_id, audit.id))
    for moderation in session.scalars(select(Moderation).order_by(Moderation.id)):
        made.moderations.setdefault(moderation.state, (moderation.audit.cycle_id, moderation.id))
    assert made.expectations
    assert {"allocated, planned", "allocated, released"} <= made.audits.keys()
