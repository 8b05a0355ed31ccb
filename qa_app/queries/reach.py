"""Which part of the council a reader asked for, as conditions on the rows that are counted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal, select

from audit_forms.lifecycle import State
from qa_app.models import Audit

TOOL = "case_file"
COUNTED = ("overall", "supervision", "plan", "permanence")
CHRONOLOGY = ("chronology_present", "chronology_up_to_date", "chronology_comprehensive", "chronology_used")
DONE = ("moderated", "agreed")


@dataclass(frozen=True)
class Reach:
    """Which part of the council a reader asked for, and how finely to count.

    `services` and `team` narrow every count; None is all. `by_team` keeps services and teams apart, `by_person`
    auditors and moderators; without them these keys are empty, which keeps the counts few. `months`, where given, are
    the first and last month of the grades and pairs. `before_challenges` counts final grades as they were agreed.
    """

    services: frozenset[UUID] | None = None
    team: UUID | None = None
    elements: Collection[str] = COUNTED
    pair_elements: Collection[str] = ("overall",)
    by_team: bool = False
    by_person: bool = False
    open_months: bool = True
    months: tuple[date, date] | None = None
    before_challenges: bool = False


def kept(column: Any) -> ColumnElement[bool]:
    """That the audit in this column was not withdrawn."""
    return cast("ColumnElement[bool]", column.not_in(withdrawn()))


def withdrawn() -> Select[Any]:
    """The audits that were withdrawn, few of them; both databases answer this from an index of these alone."""
    return select(Audit.id).where(Audit.state == literal(State.WITHDRAWN.value, literal_execute=True))


def within(reach: Reach, month: Any, service: Any, team: Any) -> list[ColumnElement[bool]]:
    """The limits of a reach on a table that carries these keys."""
    limits: list[ColumnElement[bool]] = []
    if reach.months is not None:
        limits.append(month.between(*reach.months))
    if reach.services is not None:
        limits.append(service.in_(sorted(reach.services)))
    if reach.team is not None:
        limits.append(team == reach.team)
    return limits


def place(reach: Reach, service: Any, team: Any) -> list[Any]:
    """The columns that keep services and teams apart, where that was asked."""
    return [service, team] if reach.by_team else []


def split(reach: Reach, row: Any) -> tuple[str, str, tuple[Any, ...]]:
    """The place of a counted row as text, and the rest of it."""
    if reach.by_team:
        return str(row[0]), str(row[1]), tuple(row[2:])
    return "", "", tuple(row)
