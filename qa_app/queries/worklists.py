"""What waits for whom: audits due, months to release or close, and moderations."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from audit_forms.answers import values
from audit_forms.completeness import Progress, Whole, progress, whole
from audit_forms.definition import Section
from audit_forms.lifecycle import State
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.access.alerts import shown_on_audits
from qa_app.models import Alert, Audit, Cycle, Draft, FrameMember, Moderation, Service, Team
from qa_app.queries.tools import ChangedTool, tool_of

OPEN = (State.ALLOCATED.value, State.DRAFT.value)


@dataclass(frozen=True, slots=True)
class Due:
    """An audit somebody has to do: on which tool, where it stands, when it is due, how far it is.

    `place` is the section its auditor was last at, where they have begun.
    """

    audit_id: UUID
    reference: str
    tool: str
    month: date
    team: str
    service: str
    state: State
    due_on: date
    late: bool
    whole: Whole
    place: Section | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An audit on a list of audits that may be read; no grade and no case reference comes with it."""

    audit_id: UUID
    reference: str
    month: date
    team: str
    service: str
    state: State
    submitted_on: date | None
    concern: bool


@dataclass(frozen=True, slots=True)
class Running:
    """A month that is not closed, as the QA lead has to run it."""

    cycle_id: UUID
    month: date
    state: str
    due_on: date
    drawn: int
    open: int
    submitted: int
    to_sample: int
    in_moderation: int
    handed_back: int


@dataclass(frozen=True, slots=True)
class Moderating:
    """How many moderations wait for somebody: to be graded, and to be agreed."""

    to_grade: int
    to_agree: int


def to_audit(session: Session, actor: Actor, *, demographics: bool) -> tuple[Due, ...]:
    """The audits this person has to do, the soonest due first, with how far each is."""
    mine = scope.own_audits(actor).where(Audit.state.in_(OPEN)).subquery()
    of = aliased(Audit, mine)
    rows = session.execute(
        select(of, Cycle.due_on, Service.name, Draft.answers, Draft.place)
        .join(Cycle, Cycle.id == of.cycle_id)
        .join(Service, Service.id == of.service_id)
        .outerjoin(Draft, (Draft.audit_id == of.id) & (Draft.stage == "auditor"))
        .order_by(Cycle.due_on, of.month, of.number)
    ).all()
    found = []
    for audit, due_on, service, answers, place in rows:
        title, stands = _progress(session, audit, answers or {}, demographics=demographics)
        found.append(
            Due(
                audit_id=audit.id,
                reference=audit.reference,
                tool=title,
                month=audit.month,
                team=audit.team.name,
                service=service,
                state=State(audit.state),
                due_on=due_on,
                late=audit.late_at is not None,
                whole=whole(stands),
                place=next((one.section for one in stands if one.section.key == place), None),
            )
        )
    return tuple(found)


def _progress(
    session: Session, audit: Audit, answers: Mapping[str, Any], *, demographics: bool
) -> tuple[str, tuple[Progress, ...]]:
    """The title of an audit's tool, and how far each section is; nothing where the tool is not what it was."""
    try:
        asked = tool_of(session, audit)
    except ChangedTool:
        return "Its questions have changed", ()
    return asked.title, progress(asked, values(asked, answers), demographics=demographics)


def readable(session: Session, actor: Actor, *, month: date | None = None, own: bool = False) -> tuple[Listed, ...]:
    """The submitted audits this person may read, newest first: of one month, or (`own`) those they did themselves."""
    query = scope.readable_audits(actor)
    if month is not None:
        query = query.where(Audit.month == month)
    if own:
        query = query.where(Audit.auditor_id == actor.person_id)
    found = query.subquery()
    of = aliased(Audit, found)
    feared = select(Alert.id).where(Alert.audit_id == of.id, Alert.lifted_at.is_(None), shown_on_audits()).exists()
    rows = session.execute(
        select(
            of.id, of.month, of.number, of.state, of.submitted_on, feared.label("feared"), Team.name.label("team"),
            Service.name.label("service"),
        )
        .join(Team, Team.id == of.team_id)
        .join(Service, Service.id == of.service_id)
        .order_by(of.month.desc(), of.number)
    ).all()  # fmt: skip
    return tuple(
        Listed(
            audit_id=row.id,
            reference=f"QA-{row.month:%Y-%m}-{row.number:03d}",
            month=row.month,
            team=row.team,
            service=row.service,
            state=State(row.state),
            submitted_on=row.submitted_on,
            concern=bool(row.feared),
        )
        for row in rows
    )


def readable_months(session: Session, actor: Actor) -> tuple[date, ...]:
    """The months with audits this person may read, newest first."""
    found = scope.readable_audits(actor).subquery()
    return tuple(session.scalars(select(found.c.month).distinct().order_by(found.c.month.desc())))


def running(session: Session) -> tuple[Running, ...]:
    """The months that are not closed, the earliest first, with what is still open in each."""
    cycles = session.scalars(
        select(Cycle)
        .where(Cycle.state.not_in(("closed", "withdrawn")), ~Cycle.on_demand)
        .order_by(Cycle.month, Cycle.tool_key)
    ).all()
    counted: Counter[tuple[UUID, str]] = Counter()
    rows = session.execute(
        select(Audit.cycle_id, Audit.state, func.count())
        .where(Audit.cycle_id.in_([cycle.id for cycle in cycles]))
        .group_by(Audit.cycle_id, Audit.state)
    )
    for cycle_id, state, n in rows:
        counted[cycle_id, state] = n
    other = aliased(Audit)
    replaced = select(other.id).where(other.replaces_id == Audit.id).exists()
    waiting = Counter(
        session.scalars(select(Audit.cycle_id).where(Audit.state == State.HANDED_BACK.value, ~replaced)).all()
    )
    undrawn = Counter(
        session.scalars(
            select(Audit.cycle_id).where(
                Audit.state == State.SUBMITTED.value, Audit.id.not_in(select(FrameMember.audit_id)),
                Audit.cycle_id.in_([cycle.id for cycle in cycles]),
            )
        ).all()
    )  # fmt: skip
    return tuple(_running(cycle, counted, waiting[cycle.id], undrawn[cycle.id]) for cycle in cycles)


def _running(cycle: Cycle, counted: Counter[tuple[UUID, str]], handed_back: int, to_sample: int) -> Running:
    def of(*states: State) -> int:
        return sum(counted[cycle.id, state.value] for state in states)

    return Running(
        cycle_id=cycle.id,
        month=cycle.month,
        state=cycle.state,
        due_on=cycle.due_on,
        drawn=of(*State) - of(State.HANDED_BACK, State.WITHDRAWN, State.NOT_DONE),
        open=of(State.ALLOCATED, State.DRAFT),
        submitted=sum(of(state) for state in State if state.is_submitted),
        to_sample=to_sample,
        in_moderation=of(State.SELECTED, State.MODERATING, State.MODERATED),
        handed_back=handed_back,
    )


def moderating(session: Session, actor: Actor) -> Moderating:
    """How many moderations this person has to grade and to agree."""
    found = scope.own_moderations(actor).subquery()
    rows = session.execute(select(found.c.state, func.count().label("n")).group_by(found.c.state))
    counted: dict[str, int] = {row.state: row.n for row in rows}
    return Moderating(counted.get("allocated", 0) + counted.get("moderating", 0), counted.get("moderated", 0))


def undone(session: Session) -> int:
    """How many moderations of months that are not closed have no moderator."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Moderation)
            .join(Audit, Audit.id == Moderation.audit_id)
            .join(Cycle, Cycle.id == Audit.cycle_id)
            .where(Moderation.moderator_id.is_(None), Moderation.state != "not_done", Cycle.state != "closed")
        )
        or 0
    )
