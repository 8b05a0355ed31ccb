"""Further draws: more audits of one stratum, from those a draw left, by a seed and for a reason of their own."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit_forms.lifecycle import State
from moderation import sampling as arithmetic
from qa_app.models import Audit, Draw, FrameMember, Supplement, SupplementMember
from qa_app.services import sample_record
from qa_app.services.events import record
from qa_app.services.moderators import WrongState, hand_out
from qa_app.services.sampling_plans import hold


class CannotSupplement(ValueError):  # noqa: N818
    """No such further draw can be made; the message says why."""


def left(session: Session, draw: Draw) -> tuple[tuple[str, int], ...]:
    """The strata of a draw with audits that can still be drawn, and how many, in the order of the plan."""
    rows = session.execute(
        select(FrameMember.stratum, func.count())
        .join(Audit, Audit.id == FrameMember.audit_id)
        .where(
            FrameMember.draw_id == draw.id,
            ~FrameMember.selected,
            ~FrameMember.certainty,
            Audit.state == State.SUBMITTED,
        )
        .group_by(FrameMember.stratum)
    )
    counts: dict[str, int] = {stratum: n for stratum, n in rows}  # noqa: C416  # rows are no pairs to the type checker
    order = [rule.name for rule in sample_record.rules(draw)]
    return tuple((name, counts[name]) for name in order if name in counts)


def draw_further(
    session: Session, draw: Draw, stratum: str, extra: int, *, seed: str, reason: str, by: str, at: datetime
) -> Supplement:
    """Draw more audits of one stratum and give them to moderators.

    Raises:
        WrongState: the month is not open.
        CannotSupplement: the draw has no such stratum, or not so many audits are left of it, or there is no reason.
    """
    cycle = sample_record.cycle_of(session, draw)
    hold(session, cycle)
    if cycle.state != "released":
        raise WrongState("Draw more audits while the month is open: after its release and before it is closed.")
    if not sample_record.is_verifiable(draw):
        raise CannotSupplement("This sample was drawn outside this service, so no more can be drawn from it here.")
    first = sample_record.recorded(session, draw)
    earlier = sample_record.supplements(session, draw)
    try:
        made = arithmetic.supplement(
            first, stratum, extra, seed, reason, earlier=earlier, gone=_gone(session, draw, stratum)
        )
    except (LookupError, ValueError) as fault:
        raise CannotSupplement(str(fault)) from fault
    kept = _keep(session, draw, made, number=len(earlier) + 1, by=by, at=at)
    without = hand_out(session, [UUID(one) for one in made.drawn], seed=seed, stream="sampled", at=at)
    record(
        session, "sample.supplemented", "cycle", cycle.id, by=by, at=at, reason=reason, draw=str(draw.id),
        supplement=str(kept.id), seed=seed, frame=len(made.pool), frame_sha256=kept.frame_sha256, extra=extra,
        without_moderator=len(without),
    )  # fmt: skip
    return kept


def _gone(session: Session, draw: Draw, stratum: str) -> Sequence[str]:
    """Audits of the stratum that can no longer be drawn: withdrawn, drawn, or moderated because somebody chose them."""
    query = (
        select(Audit.id)
        .join(FrameMember, FrameMember.audit_id == Audit.id)
        .where(FrameMember.draw_id == draw.id, FrameMember.stratum == stratum, Audit.state != State.SUBMITTED)
    )
    return [str(audit_id) for audit_id in session.scalars(query)]


def _keep(
    session: Session, draw: Draw, made: arithmetic.Supplement, *, number: int, by: str, at: datetime
) -> Supplement:
    chance: Fraction = made.chance
    kept = Supplement(
        draw_id=draw.id, number=number, stratum=made.stratum, seed=made.seed, extra=len(made.drawn),
        reason=made.reason, chance_numerator=chance.numerator, chance_denominator=chance.denominator,
        frame_sha256=arithmetic.pool_sha256(made.pool), frame=list(made.pool), drawn_at=at, drawn_by=by,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    session.add_all(SupplementMember(supplement_id=kept.id, audit_id=UUID(audit_id)) for audit_id in made.drawn)
    session.flush()
    return kept
