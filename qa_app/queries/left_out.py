"""The elimination log of a draw: which cases could go to nobody, and why; by label, never by reference."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from qa_app.models import Case, Draw, LeftOut, Team
from qa_app.models.case import case_label

PAGE: Final = 50


class Row(NamedTuple):
    """One case left out: its label, its team and plan type, and the reason."""

    label: str
    team: str
    plan_type: str
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the log."""

    rows: tuple[Row, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def draw_of(session: Session, cycle_id: UUID, draw_id: UUID) -> Draw | None:
    """A draw of cases of this cycle."""
    return session.scalar(select(Draw).where(Draw.id == draw_id, Draw.cycle_id == cycle_id, Draw.kind == "cases"))


def by_reason(session: Session, draw_id: UUID) -> dict[str, int]:
    """How many cases a draw left out, by reason, the most first."""
    n = func.count()
    rows = session.execute(
        select(LeftOut.reason, n).where(LeftOut.draw_id == draw_id).group_by(LeftOut.reason)
        .order_by(n.desc(), LeftOut.reason)
    )  # fmt: skip
    return dict(rows.all())


def page_of(session: Session, draw_id: UUID, *, reason: str = "", page: int = 1) -> Found:
    """One page of the log of a draw; a page past the last is the last."""
    query = _rows(draw_id, reason)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    at = min(max(page, 1), max(1, -(-total // PAGE)))
    rows = session.execute(query.limit(PAGE).offset((at - 1) * PAGE))
    return Found(tuple(_row(row) for row in rows), total, at)


def whole(session: Session, draw_id: UUID) -> tuple[Row, ...]:
    """The whole log of a draw."""
    return tuple(_row(row) for row in session.execute(_rows(draw_id, "")))


def _rows(draw_id: UUID, reason: str) -> Select[UUID, str, str, str]:
    query = (
        select(LeftOut.case_id, Team.name, Case.plan_type, LeftOut.reason)
        .join(Case, Case.id == LeftOut.case_id)
        .outerjoin(Team, Team.id == Case.team_id)
        .where(LeftOut.draw_id == draw_id)
        .order_by(LeftOut.reason, Team.name, LeftOut.case_id)
    )
    return query.where(LeftOut.reason == reason) if reason else query


def _row(row: Any) -> Row:
    case_id, team, plan_type, reason = row
    return Row(case_label(case_id), team or "", plan_type, reason)
