"""Who is away on a day, and who covers for them; only what the QA lead has confirmed counts."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, joinedload

from qa_app.models import Absence

OPEN_END: Final = date(2099, 12, 31)  # away until further notice


def in_force(first: date, last: date) -> ColumnElement[bool]:
    """Absences that were confirmed, were not taken back, and touch the days from `first` to `last`."""
    return and_(
        Absence.confirmed_at.is_not(None), Absence.ended_at.is_(None), Absence.begins_on <= last,
        Absence.ends_on >= first,
    )  # fmt: skip


def away(session: Session, day: date) -> dict[UUID, Absence]:
    """The people who are away on a day, each with the absence that ends last."""
    rows = session.scalars(select(Absence).where(in_force(day, day)).order_by(Absence.ends_on))
    return {one.person_id: one for one in rows}


def covering(session: Session, person_id: UUID, day: date) -> UUID | None:
    """Who covers for this person on a day: their cover, or that one's own cover; None where nobody does or needs to."""
    return stands_in(person_id, away(session, day))


def stands_in(person_id: UUID, absent: Mapping[UUID, Absence]) -> UUID | None:
    """The first person along the covers who is not away themselves."""
    seen = set()
    asked = person_id
    while asked in absent and asked not in seen:
        seen.add(asked)
        cover = absent[asked].cover_id
        if cover is None:
            return None
        asked = cover
    return asked if asked != person_id and asked not in absent else None


def current(session: Session, day: date) -> tuple[Absence, ...]:
    """Absences that are not over and were not taken back: those to confirm first, then by their first day."""
    rows = session.scalars(
        select(Absence)
        .where(Absence.ended_at.is_(None), Absence.ends_on >= day)
        .options(joinedload(Absence.person), joinedload(Absence.cover))
        .order_by(Absence.confirmed_at.is_not(None), Absence.begins_on, Absence.id)
    )
    return tuple(rows)


def to_confirm(session: Session, day: date) -> int:
    """How many absences that are not over wait for the QA lead's yes."""
    waiting = select(func.count()).select_from(Absence).where(
        Absence.confirmed_at.is_(None), Absence.ended_at.is_(None), Absence.ends_on >= day
    )  # fmt: skip
    return session.scalar(waiting) or 0


def own(session: Session, person_id: UUID, day: date) -> tuple[Absence, ...]:
    """A person's own absences that are not over, by their first day."""
    return tuple(one for one in current(session, day) if one.person_id == person_id)
