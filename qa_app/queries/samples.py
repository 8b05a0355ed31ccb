"""The moderation of a month as the QA lead runs it: draws, strata, who moderates what, and never a grade."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Integer, cast, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from audit_forms.lifecycle import State
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.access.permissions import Role
from qa_app.models import Audit, Cycle, Draw, FrameMember, Moderation, Person, Supplement, Team
from qa_app.models.audit import audit_reference
from qa_app.queries import moderations
from qa_app.queries.doers import doer
from qa_app.queries.reach import TOOL


class Held(NamedTuple):
    """A moderation of a month and whose it is."""

    moderation_id: UUID
    audit_id: UUID
    reference: str
    team: str
    moderator: str
    state: str
    stream: str
    knows: bool  # its moderator was told of an alert about it, so they cannot grade it blind
    mode: str = "blind"
    independence: str = "checked"

    @property
    def waits(self) -> bool:
        """Whether it can still be given to somebody else."""
        return self.state in {"allocated", "moderating"}


class StratumCount(NamedTuple):
    """One stratum of a draw: its audits, those drawn first and further, and the chance each had over all draws."""

    name: str
    audits: int
    drawn: int
    more: int
    chance: Fraction


class Further(NamedTuple):
    """A further draw: when and by whom, of which stratum, how many and why."""

    number: int
    at: datetime
    who: str
    stratum: str
    extra: int
    left: int
    reason: str
    seed: str


class Choosable(NamedTuple):
    """A submitted audit that nobody drew, which the QA lead may have moderated."""

    audit_id: UUID
    reference: str
    team: str
    auditor: str


def held(session: Session, cycle_id: UUID) -> tuple[Held, ...]:
    """Every moderation of a month, by the number of its audit."""
    rows = session.execute(
        select(
            Moderation.id, Audit.id, Audit.month, Audit.number, Team.name, Person.name, Moderation.state,
            Moderation.stream, moderations.knows_of_it(), Moderation.mode, Moderation.independence,
        )
        .join(Audit, Audit.id == Moderation.audit_id)
        .join(Team, Team.id == Audit.team_id)
        .outerjoin(Person, Person.id == Moderation.moderator_id)
        .where(Audit.cycle_id == cycle_id)
        .order_by(Audit.number)
    )  # fmt: skip
    return tuple(
        Held(moderation, audit, audit_reference(month, number), team, moderator or "", state, stream, knows, mode, tied)
        for moderation, audit, month, number, team, moderator, state, stream, knows, mode, tied in rows
    )


def draws(session: Session, cycle_id: UUID) -> Sequence[Draw]:
    """The draws of audits to moderate, the latest first."""
    query = select(Draw).where(Draw.cycle_id == cycle_id, Draw.kind == "moderation").order_by(Draw.drawn_at.desc())
    return session.scalars(query).all()


def draws_of_month(session: Session, month: date) -> Sequence[Draw]:
    """The draws of audits to moderate of a month of figures, the first one first."""
    query = (
        select(Draw)
        .join(Cycle, Cycle.id == Draw.cycle_id)
        .where(Cycle.month == month, Cycle.tool_key == TOOL, Cycle.state != "withdrawn", Draw.kind == "moderation")
        .order_by(Draw.drawn_at)
    )
    return session.scalars(query).all()


def draw(session: Session, cycle_id: UUID, draw_id: UUID) -> Draw | None:
    """One draw of audits to moderate of this month."""
    return session.scalar(select(Draw).where(Draw.id == draw_id, Draw.cycle_id == cycle_id, Draw.kind == "moderation"))


def strata(session: Session, draw_id: UUID) -> tuple[StratumCount, ...]:
    """What a draw and its further draws found and took, by stratum, those drawn whole first."""
    further = session.execute(
        select(Supplement.stratum, Supplement.extra, Supplement.chance_numerator, Supplement.chance_denominator)
        .where(Supplement.draw_id == draw_id)
        .order_by(Supplement.number)
    ).all()
    more = Counter[str]()
    chances: dict[str, Fraction] = {}
    for stratum, extra, top, bottom in further:
        more[stratum] += extra
        chances[stratum] = Fraction(top, bottom)
    rows = session.execute(
        select(
            FrameMember.stratum, func.count(), func.sum(cast(FrameMember.selected, Integer)),
            func.max(FrameMember.chance_numerator), func.max(FrameMember.chance_denominator),
        )
        .where(FrameMember.draw_id == draw_id)
        .group_by(FrameMember.stratum, FrameMember.certainty)
        .order_by(FrameMember.certainty.desc(), FrameMember.stratum)
    )  # fmt: skip
    return tuple(
        StratumCount(name, n, int(drawn), more[name], chances.get(name, Fraction(top, bottom)))
        for name, n, drawn, top, bottom in rows
    )


def further(session: Session, draw_id: UUID) -> tuple[Further, ...]:
    """The further draws from what a draw left, in the order they were made."""
    rows = session.scalars(select(Supplement).where(Supplement.draw_id == draw_id).order_by(Supplement.number))
    return tuple(
        Further(
            one.number, one.drawn_at, doer(session, one.drawn_by), one.stratum, one.extra, len(one.frame), one.reason,
            one.seed,
        )
        for one in rows
    )  # fmt: skip


def submitted(session: Session, cycle_id: UUID) -> int:
    """How many audits of a month are submitted and stand."""
    query = select(func.count()).select_from(Audit).where(Audit.cycle_id == cycle_id, Audit.state.in_(scope.SUBMITTED))
    return session.scalar(query) or 0


def choosable(session: Session, actor: Actor, cycle_id: UUID) -> tuple[Choosable, ...]:
    """The submitted audits of a month that can be moderated by hand; who moderates is not told whose they are."""
    found = select(Audit).where(Audit.cycle_id == cycle_id, Audit.state == State.SUBMITTED)
    rows = session.scalars(found.order_by(Audit.number).options(joinedload(Audit.auditor))).unique().all()
    told = Role.MODERATOR not in actor.roles
    return tuple(Choosable(one.id, one.reference, one.team.name, one.auditor.name if told else "") for one in rows)


def must_stay_blind(session: Session, actor: Actor, cycle_id: UUID) -> bool:
    """Whether this person has audits of the month to grade, or may be given some, so that no stratum may be shown."""
    mine = or_(scope.awaiting_own_grade(actor), scope.may_come_to_grade(actor))
    return bool(session.scalar(select(exists().where(Audit.cycle_id == cycle_id, mine))))


def moderation(session: Session, cycle_id: UUID, moderation_id: UUID) -> Moderation:
    """A moderation of a month.

    Raises:
        OutOfScopeError: there is none.
    """
    found = session.get(Moderation, moderation_id)
    if found is None or found.audit.cycle_id != cycle_id:
        raise scope.OutOfScopeError
    return found


def cycle(session: Session, cycle_id: UUID) -> Cycle:
    """The cycle with this id; whoever runs moderation sees all of them.

    Raises:
        OutOfScopeError: there is none.
    """
    found = session.get(Cycle, cycle_id)
    if found is None or found.on_demand:
        raise scope.OutOfScopeError
    return found
