"""Which part of the council a reader asked for, as conditions on the rows that are counted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal, select

from audit_forms.lifecycle import State
from moderation.statistics.facts import FINAL
from qa_app.models import Audit

TOOL = "case_file"
COUNTED = ("overall", "supervision", "plan", "permanence")
CHRONOLOGY = ("chronology_present", "chronology_up_to_date", "chronology_comprehensive", "chronology_used")
DONE = ("moderated", "agreed")
REMEMBERED: Final = 64
"""For so many reaches each query is kept as it was built: building one costs as much as asking it of one month."""


class Narrow(NamedTuple):
    """Which audits alone are counted; empty and None are all. `stream` is how an audit's case came to be chosen."""

    plan_type: str = ""
    version: int | None = None
    stream: str = ""

    def limits(self) -> list[ColumnElement[bool]]:
        """The limits on a table of audits."""
        limits: list[ColumnElement[bool]] = []
        if self.plan_type:
            limits.append(Audit.plan_type == self.plan_type)
        if self.version is not None:
            limits.append(Audit.tool_version == self.version)
        if self.stream:
            limits.append(Audit.stream == self.stream)
        return limits


NOTHING_NARROWED: Final = Narrow()


@dataclass(frozen=True)
class Reach:
    """Which part of the council a reader asked for, and how finely to count.

    `services`, `teams` and `team` narrow every count; None is all. So does `narrow`, to some of the audits. `stage`
    says whose grades stand: the final ones, or the auditors' as they were submitted. `by_team` keeps services and teams
    apart, `by_person` auditors and moderators; without them these keys are empty, which keeps the counts few. `months`,
    where given, are the first and last month of the grades and pairs. `before_challenges` counts final grades as they
    were agreed.
    """

    services: frozenset[UUID] | None = None
    teams: frozenset[UUID] | None = None
    team: UUID | None = None
    narrow: Narrow = NOTHING_NARROWED
    stage: str = FINAL
    elements: Collection[str] = COUNTED
    pair_elements: Collection[str] = ("overall",)
    by_team: bool = False
    by_person: bool = False
    open_months: bool = True
    months: tuple[date, date] | None = None
    before_challenges: bool = False

    def __post_init__(self) -> None:
        # Queries are built once for each reach, so it has to be something that can be looked up by.
        for name in ("elements", "pair_elements"):
            object.__setattr__(self, name, tuple(getattr(self, name)))


def kept(column: Any, reach: Reach) -> ColumnElement[bool]:
    """That the audit in this column was not withdrawn."""
    return cast("ColumnElement[bool]", column.not_in(withdrawn(reach)))


def withdrawn(reach: Reach) -> Select[Any]:
    """The withdrawn audits of the months asked for, few of them: answered from an index of these alone."""
    state = literal(State.WITHDRAWN.value, literal_execute=True)
    return select(Audit.id).where(Audit.state == state, Audit.tool_key == TOOL, *during(reach, Audit.month))


def during(reach: Reach, month: Any) -> list[ColumnElement[bool]]:
    """The limit to the months asked for. One month is asked for as one: SQLite then knows that its rows are few."""
    if reach.months is None:
        return []
    first, last = reach.months
    return [month == first if first == last else month.between(first, last)]


def within(reach: Reach, month: Any, service: Any, team: Any, audit: Any = None) -> list[ColumnElement[bool]]:
    """The limits of a reach on a table that carries these keys; `audit` is its column of audits, where it has one."""
    limits = during(reach, month)
    if reach.services is not None:
        limits.append(service.in_(sorted(reach.services)))
    if reach.teams is not None:
        limits.append(team.in_(sorted(reach.teams)))
    if reach.team is not None:
        limits.append(team == reach.team)
    if audit is not None and any(reach.narrow):
        limits.append(audit.in_(select(Audit.id).where(Audit.tool_key == TOOL, *reach.narrow.limits())))
    return limits


def place(reach: Reach, service: Any, team: Any) -> list[Any]:
    """The columns that keep services and teams apart, where that was asked."""
    return [service, team] if reach.by_team else []


def split(reach: Reach, row: Any) -> tuple[str, str, tuple[Any, ...]]:
    """The place of a counted row as text, and the rest of it."""
    if reach.by_team:
        return str(row[0]), str(row[1]), tuple(row[2:])
    return "", "", tuple(row)
