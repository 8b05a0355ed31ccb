"""Sampling plans: the council's standing one and a cycle's own, each version kept, fixed by a cycle's first draw."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final, Literal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from moderation.plans import DEFAULT_RULES, StratumRule, checked, from_plain, plain, plan_sha256
from qa_app.models import Cycle, Draw, SamplingPlan
from qa_app.services.events import record

Source = Literal["draw", "own", "standing", "default"]
LONGEST_REASON: Final = 500


class PlanFixed(ValueError):  # noqa: N818
    """The cycle's plan can no longer change; the message says why."""


class PlanChanged(ValueError):  # noqa: N818
    """Somebody else changed the plan meanwhile."""


@dataclass(frozen=True)
class Plan:
    """The strata in force, and where they come from: fixed by a draw, the cycle's own, the standing plan, or ours."""

    rules: tuple[StratumRule, ...]
    source: Source

    @cached_property
    def sha256(self) -> str:
        return plan_sha256(self.rules)


def in_force(session: Session, cycle: Cycle | None) -> Plan:
    """The plan a cycle is drawn by; without a cycle, the council's standing plan."""
    if cycle is not None:
        drawn = _first_draw(session, cycle)
        if drawn is not None:
            return Plan(drawn, "draw")
        own = newest(session, cycle)
        if own is not None and own.strata:
            return Plan(from_plain(own.strata), "own")
    standing = newest(session, None)
    return Plan(DEFAULT_RULES, "default") if standing is None else Plan(from_plain(standing.strata), "standing")


def newest(session: Session, cycle: Cycle | None) -> SamplingPlan | None:
    """The plan saved last for a cycle, or as the standing one."""
    return session.scalars(_saved(cycle).order_by(SamplingPlan.number.desc()).limit(1)).first()


def is_fixed(session: Session, cycle: Cycle) -> str:
    """Why a cycle's plan can no longer change; empty while it can."""
    if cycle.state in ("closed", "withdrawn"):
        return "The month is closed, so its plan stays as it was."
    if _first_draw(session, cycle) is not None:
        return "The sample has been drawn, so the plan of this month can no longer change."
    return ""


def save(
    session: Session, cycle: Cycle | None, rules: Iterable[StratumRule], *, was: str, reason: str, by: str,
    at: datetime,
) -> bool:  # fmt: skip
    """Keep a new version of a plan; tells whether anything changed. ``was`` is the hash of the plan it was made from.

    Raises:
        PlanFault: the strata make no plan.
        PlanFixed: the cycle has been drawn from, or is closed.
        PlanChanged: the plan is no longer the one it was made from.
    """
    plan = checked(rules)
    before = _open(session, cycle, was)
    if plan == before.rules:
        return False
    _keep(session, cycle, plan, reason=reason, by=by, at=at)
    return True


def follow_standing(session: Session, cycle: Cycle, *, was: str, reason: str, by: str, at: datetime) -> bool:
    """Let a cycle follow the standing plan again; tells whether it had a plan of its own.

    Raises:
        PlanFixed: the cycle has been drawn from, or is closed.
        PlanChanged: the plan is no longer the one that was looked at.
    """
    if _open(session, cycle, was).source != "own":
        return False
    _keep(session, cycle, (), reason=reason, by=by, at=at)
    return True


def _open(session: Session, cycle: Cycle | None, was: str) -> Plan:
    """The plan in force, held so that nobody draws or saves meanwhile."""
    if cycle is not None:
        hold(session, cycle)
        if why := is_fixed(session, cycle):
            raise PlanFixed(why)
    else:
        session.scalars(_saved(None).with_for_update()).all()
    before = in_force(session, cycle)
    if before.sha256 != was:
        raise PlanChanged("Somebody else changed the plan meanwhile. Look at it as it is now, then change it again.")
    return before


def hold(session: Session, cycle: Cycle) -> None:
    """Keep a cycle to this transaction: nobody else draws from it, changes its plan or closes it meanwhile."""
    session.flush()
    session.refresh(cycle, with_for_update=True)


def _keep(
    session: Session, cycle: Cycle | None, rules: tuple[StratumRule, ...], *, reason: str, by: str, at: datetime
) -> None:
    last = newest(session, cycle)
    number = 1 if last is None else last.number + 1
    kept = SamplingPlan(
        cycle_id=cycle and cycle.id, number=number, strata=plain(rules), sha256=plan_sha256(rules), reason=reason,
        made_at=at, made_by=by,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    record(
        session, "sampling_plan.saved", "sampling_plan", kept.id, by=by, at=at, reason=reason,
        cycle=str(cycle.id) if cycle else "", number=number, strata=len(rules), sha256=kept.sha256,
    )  # fmt: skip


def _saved(cycle: Cycle | None) -> Select[SamplingPlan]:
    whose = SamplingPlan.cycle_id.is_(None) if cycle is None else SamplingPlan.cycle_id == cycle.id
    return select(SamplingPlan).where(whose)


def _first_draw(session: Session, cycle: Cycle) -> tuple[StratumRule, ...] | None:
    """The strata the cycle was first drawn by; None before its first draw."""
    drawn = session.scalars(
        select(Draw.rule).where(Draw.cycle_id == cycle.id, Draw.kind == "moderation").order_by(Draw.drawn_at).limit(1)
    ).first()
    return from_plain(drawn["rules"]) if drawn is not None and "rules" in drawn else None
