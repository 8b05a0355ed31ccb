"""Counts of how staff are supported: recorded, corrected and taken back, a row each time; the newest stands."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_app.models import SupportCount
from qa_app.queries import support
from qa_app.queries.support import KINDS
from qa_app.services.events import record
from qa_app.services.free_text import NamesSomebody, refuse

MOST: Final = 1_000_000
LONGEST_DAYS: Final = 100
AGAIN: Final = "Entered again after it was taken back."


class SupportRefused(ValueError):  # noqa: N818 - named for the fault
    """A count that cannot be kept; `field` is what it is about, and the message says what to do."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Counted:
    """k of n in one service over a period, and where it is from."""

    service_id: UUID
    kind: str
    period_from: date
    period_to: date
    k: int
    n: int
    origin: str
    dated: date


def check(counted: Counted, *, today: date) -> None:
    """Let a count be kept.

    Raises:
        SupportRefused: it makes no sense, speaks of days to come, or does not say where it is from.
    """
    if counted.kind not in KINDS:
        raise SupportRefused("kind", f"Choose one of: {', '.join(one.title for one in KINDS.values())}.")
    if not 0 <= counted.n < MOST:
        raise SupportRefused("n", "Write how many there are, as a whole number.")
    if not 0 <= counted.k <= counted.n:
        raise SupportRefused("k", "This is more than it is out of, or less than 0. Correct one of the two numbers.")
    if counted.period_to < counted.period_from:
        raise SupportRefused("period_to", "The last day of the period is before its first day. Correct one of them.")
    if (counted.period_to - counted.period_from).days > LONGEST_DAYS:
        raise SupportRefused("period_to", "Give a month or a quarter. This period is longer.")
    for field in ("period_to", "dated"):
        if getattr(counted, field) > today:
            raise SupportRefused(field, "This day has not come yet. Give a count for a period that is over.")
    if not counted.origin.strip():
        raise SupportRefused("origin", "Say where the count is from.")
    try:
        refuse(counted.origin)
    except NamesSomebody as fault:
        raise SupportRefused("origin", str(fault)) from None


def enter(
    session: Session, counted: Counted, *, batch_id: UUID | None = None, by: str, at: datetime, today: date
) -> SupportCount:
    """Record a count for a service and period that has none.

    Raises:
        SupportRefused: it cannot be kept, or there is one, which is to be corrected instead.
    """
    check(counted, today=today)
    last = support.last_of(session, counted.service_id, counted.kind, counted.period_from, counted.period_to)
    if last is not None and last.k is not None:
        raise SupportRefused("period_from", "There is a count for this service and period. Correct that one instead.")
    return _keep(
        session, counted, corrects=last, reason=AGAIN if last is not None else "", batch_id=batch_id, by=by, at=at
    )


def correct(
    session: Session, before: SupportCount, counted: Counted, *, reason: str, batch_id: UUID | None = None, by: str,
    at: datetime, today: date,
) -> SupportCount:  # fmt: skip
    """Put another count in the place of one that was wrong; the wrong one stays in the history.

    Raises:
        SupportRefused: it cannot be kept, is the same, no reason is given, or it was corrected meanwhile.
    """
    check(counted, today=today)
    if all(getattr(before, name) == getattr(counted, name) for name in Counted.__dataclass_fields__):
        raise SupportRefused("reason", "Nothing is different from what stands already.")
    return _keep(session, counted, corrects=before, reason=_said(reason), batch_id=batch_id, by=by, at=at)


def take_back(session: Session, before: SupportCount, *, reason: str, by: str, at: datetime) -> SupportCount:
    """Say that a count should never have been recorded; it counts no more and stays in the history.

    Raises:
        SupportRefused: no reason is given, or it was corrected or taken back meanwhile.
    """
    return _keep(session, None, corrects=before, reason=_said(reason), batch_id=None, by=by, at=at)


def _said(reason: str) -> str:
    if not reason.strip():
        raise SupportRefused("reason", "Say why. The reason is kept with the count.")
    return reason


def _keep(
    session: Session, counted: Counted | None, *, corrects: SupportCount | None, reason: str, batch_id: UUID | None,
    by: str, at: datetime,
) -> SupportCount:  # fmt: skip
    source = counted or corrects
    assert source is not None  # noqa: S101  (only a count that stands is taken back)
    made = SupportCount(
        service_id=source.service_id, kind=source.kind, period_from=source.period_from, period_to=source.period_to,
        k=counted.k if counted else None, n=counted.n if counted else None, origin=source.origin, dated=source.dated,
        corrects_id=corrects.id if corrects else None, reason=reason, batch_id=batch_id, recorded_at=at,
        recorded_by=by,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise SupportRefused(
            "reason" if corrects else "period_from", "Somebody else has recorded this meanwhile. Read it again."
        ) from None
    what = "recorded" if corrects is None else "corrected" if counted else "taken_back"
    record(session, f"support.{what}", "support_count", made.id, by=by, at=at, reason=reason, kind=source.kind)
    return made
