"""Closing a month: what is still missing, and the snapshot of figures, counts and rules that closing makes."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit_forms.lifecycle import State, check_move
from qa_app.models import Alert, Audit, Cycle, Moderation, Snapshot
from qa_app.queries.plan import without_value
from qa_app.queries.sampling_frames import waiting
from qa_app.services import letters, readings, snapshots
from qa_app.services.events import record
from qa_app.services.moderators import WrongState

NOT_SUBMITTED = (State.ALLOCATED, State.DRAFT)
LEFT = (State.HANDED_BACK, State.WITHDRAWN)
STAYS = (State.HANDED_BACK, State.WITHDRAWN, State.NOT_DONE, State.CLOSED)


@dataclass(frozen=True)
class Missing:
    """What a month still lacks, in counts."""

    not_started: int
    in_draft: int
    not_drawn: int
    not_moderated: int
    not_agreed: int
    not_replaced: int = 0

    @property
    def anything(self) -> bool:
        """Whether something is outstanding."""
        return any(asdict(self).values())


def missing(session: Session, cycle: Cycle) -> Missing:
    """What would be left undone if the month closed now."""
    audits = select(Audit.state, func.count()).where(Audit.cycle_id == cycle.id).group_by(Audit.state)
    given = (
        select(Moderation.state, func.count())
        .join(Audit, Audit.id == Moderation.audit_id)
        .where(Audit.cycle_id == cycle.id)
        .group_by(Moderation.state)
    )
    states = Counter(dict[str, int](session.execute(audits).all()))
    moderations = Counter(dict[str, int](session.execute(given).all()))
    return Missing(
        not_started=states[State.ALLOCATED],
        in_draft=states[State.DRAFT],
        not_drawn=waiting(session, cycle),
        not_moderated=moderations["allocated"] + moderations["moderating"],
        not_agreed=moderations["moderated"],
        not_replaced=_not_replaced(session, cycle),
    )


def _not_replaced(session: Session, cycle: Cycle) -> int:
    """How many audits were handed back or withdrawn without another in their place."""
    instead = select(Audit.replaces_id).where(Audit.replaces_id.is_not(None))
    left = select(func.count()).where(Audit.cycle_id == cycle.id, Audit.state.in_(LEFT), Audit.id.not_in(instead))
    return session.scalar(left) or 0


def close(session: Session, cycle: Cycle, *, by: str, at: datetime) -> Snapshot:
    """Close a month and keep its snapshot. What was not done is marked so; drafts are kept, and nothing is lost.

    Raises:
        WrongState: the month is not released, is closed already, or an earlier month is still open.
    """
    if cycle.state != "released":
        raise WrongState("Only a month that was released, and is not closed yet, can be closed.")
    earlier = session.scalar(
        select(Cycle.month)
        .where(Cycle.tool_key == cycle.tool_key, Cycle.month < cycle.month, Cycle.state == "released")
        .order_by(Cycle.month)
    )
    if earlier is not None:
        raise WrongState(f"Close {earlier:%B %Y} first: months are closed in order, so that runs of months hold.")
    outstanding, unsettled = missing(session, cycle), _alerts(session, cycle)
    of_cycle = session.scalars(select(Audit.id).where(Audit.cycle_id == cycle.id)).all()
    readings.end_of_month(session, of_cycle, by=by, at=at)
    _end_audits(session, cycle)
    cycle.state, cycle.closed_at, cycle.closed_by = "closed", at, by
    session.flush()
    record(session, "month.closed", "cycle", cycle.id, by=by, at=at, **asdict(outstanding))
    of_month = select(Audit.id).where(Audit.cycle_id == cycle.id, Audit.batch_id.is_(None))
    letters.tell_settled(session, session.scalars(of_month), at=at)
    kept = asdict(outstanding) | {"without_value": len(without_value(session, cycle.month)), "alerts": unsettled}
    return snapshots.take(session, cycle, missing=kept, by=by, at=at)


def _alerts(session: Session, cycle: Cycle) -> int:
    """How many alerts of a month's audits nobody has acknowledged; closing changes nothing about them."""
    of_cycle = select(Audit.id).where(Audit.cycle_id == cycle.id)
    found = select(func.count()).where(Alert.acknowledged_at.is_(None), Alert.audit_id.in_(of_cycle))
    return session.scalar(found) or 0


def _end_audits(session: Session, cycle: Cycle) -> None:
    for audit in session.scalars(select(Audit).where(Audit.cycle_id == cycle.id, Audit.state.not_in(STAYS))):
        to = State.NOT_DONE if audit.state in NOT_SUBMITTED else State.CLOSED
        check_move(State(audit.state), to)
        audit.state = to
    left = select(Moderation).join(Audit, Audit.id == Moderation.audit_id)
    open_ones = left.where(Audit.cycle_id == cycle.id, Moderation.state.in_(("allocated", "moderating")))
    for moderation in session.scalars(open_ones):
        moderation.state = "not_done"
    session.flush()
