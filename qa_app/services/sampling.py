"""The moderation sample of a month: drawn by stratum with a stored seed, and given to independent moderators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.lifecycle import State
from moderation.allocation import NotGiven
from moderation.plans import Candidate, asked_of, plain
from moderation.sampling import Draw as Drawing
from moderation.sampling import draw as draw_from
from qa_app.models import Audit, Cycle, Draw, FrameMember, Moderation
from qa_app.queries.sampling_frames import candidates
from qa_app.services import letters, sampling_plans, settings
from qa_app.services.events import record
from qa_app.services.moderators import WrongState, hand_out
from qa_app.services.sampling_plans import Plan

INADEQUATE = "inadequate"
EVERYTHING_ELSE = "everything else"


class NothingToDraw(LookupError):  # noqa: N818
    """No submitted audit of this month is waiting to be drawn from."""


@dataclass(frozen=True)
class Sample:
    """What came of a draw: the strata with their counts, and the audits nobody may moderate."""

    draw: Draw
    strata: tuple[tuple[str, int, int], ...]  # name, audits, drawn
    without_moderator: tuple[NotGiven, ...]


def draw_sample(session: Session, cycle: Cycle, *, seed: str, by: str, at: datetime) -> Sample:
    """Draw the month's sample from what is submitted and not yet drawn from, and allocate its moderators.

    Raises:
        NothingToDraw: there is nothing to draw from.
        WrongState: the month is not released, or is closed.
    """
    sampling_plans.hold(session, cycle)
    if cycle.state != "released":
        raise WrongState("Draw the sample while the month is open: after its release and before it is closed.")
    plan = sampling_plans.in_force(session, cycle)
    new_below = settings.number(session, "new_auditor_audits")
    frame = candidates(session, cycle, asked_of(plan.rules), new_below=new_below)
    if not frame:
        raise NothingToDraw("No submitted audit is waiting to be drawn from. Draw when more have come in.")
    drawing = draw_from(frame, seed, plan.rules)
    kept = _keep(session, cycle, plan, drawing, frame, by=by, at=at)
    selected = [UUID(audit_id) for audit_id in drawing.selected]
    without = hand_out(session, selected, seed=seed, stream="sampled", at=at)
    strata = tuple((one.rule.name, len(one.audits), len(one.drawn)) for one in drawing.strata)
    record(
        session, "sample.drawn", "cycle", cycle.id, by=by, at=at,
        draw=str(kept.id), seed=seed, frame=len(frame), frame_sha256=drawing.frame_sha256, selected=len(selected),
        without_moderator=len(without), plan_sha256=plan.sha256,
    )  # fmt: skip
    letters.tell_settled(session, (UUID(one.audit_id) for one in frame), at=at)
    return Sample(kept, strata, without)


def _keep(
    session: Session, cycle: Cycle, plan: Plan, drawing: Drawing, frame: Sequence[Candidate], *, by: str, at: datetime
) -> Draw:
    kept = Draw(
        cycle_id=cycle.id,
        kind="moderation",
        seed=drawing.seed,
        rule={
            "strata": [one.rule.text for one in drawing.strata],
            "rules": plain(plan.rules),
            "plan_sha256": plan.sha256,
            "plan_from": plan.source,
        },
        frame={"audits": sorted(_in_frame(one) for one in frame)},
        frame_sha256=drawing.frame_sha256,
        excluded={},
        drawn_at=at,
        drawn_by=by,
    )
    session.add(kept)
    session.flush()
    for stratum in drawing.strata:
        drawn = set(stratum.drawn)
        session.add_all(
            FrameMember(
                draw_id=kept.id,
                audit_id=UUID(audit_id),
                month=cycle.month,
                stratum=stratum.rule.name,
                certainty=stratum.rule.certainty,
                selected=audit_id in drawn,
                chance_numerator=stratum.chance.numerator,
                chance_denominator=stratum.chance.denominator,
            )
            for audit_id in stratum.audits
        )
    session.flush()
    return kept


def _in_frame(one: Candidate) -> list[Any]:
    """An audit of a frame as it is kept; without marks where the plan asks for none."""
    return [one.audit_id, one.grade, sorted(one.marks)] if one.marks else [one.audit_id, one.grade]


def choose(session: Session, audit: Audit, *, reason: str, seed: str, by: str, at: datetime) -> Moderation:
    """Have an audit moderated that nobody drew; it is shown apart and never enters the headline.

    Raises:
        WrongState: it is not submitted, or was drawn already.
    """
    return _moderate(session, audit, "chosen", reason=reason, seed=seed, by=by, at=at)


def dispute(session: Session, audit: Audit, *, seed: str, by: str, at: datetime) -> Moderation:
    """Have an audit moderated because its worker disputes it; it is shown apart and never enters the headline.

    Raises:
        WrongState: it is not submitted, or was drawn already.
    """
    return _moderate(session, audit, "disputed", reason="", seed=seed, by=by, at=at)


def _moderate(
    session: Session, audit: Audit, stream: str, *, reason: str, seed: str, by: str, at: datetime
) -> Moderation:
    if audit.state != State.SUBMITTED:
        raise WrongState(f"Only a submitted audit can be chosen. This one is ‘{State(audit.state).label.lower()}’.")
    hand_out(session, [audit.id], seed=seed, stream=stream, at=at)
    record(session, f"moderation.{stream}", "audit", audit.id, by=by, at=at, reason=reason)
    return session.scalars(select(Moderation).where(Moderation.audit_id == audit.id)).one()
