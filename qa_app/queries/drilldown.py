"""The audits behind a figure, as far as a person may open them: with the grades that the figure counts."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from audit_forms.grades import BEST_FIRST
from moderation.statistics.facts import BLIND, FINAL, OVERALL, OVERRIDDEN
from moderation.statistics.kinds import Kind
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.models import Audit, CountedAnswer, Judgement, Moderation, Service, Team
from qa_app.models.audit import audit_reference
from qa_app.queries.facts import CHRONOLOGY, DONE, TOOL
from qa_app.queries.reach import NOTHING_NARROWED, Narrow
from qa_app.queries.sight import Sight

PER_PAGE: Final = 50
GRADES: Final = tuple(grade.value for grade in BEST_FIRST)
SEEN: Final = (Kind.SIGHTED, Kind.JOINT)
"""The kinds of pairs known by how the moderator graded; the others were blind, and are known by their stream."""

_GOOD: Final = sum(grade.is_good_or_better for grade in BEST_FIRST)
DIFFERING: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "same": lambda auditor, moderator: auditor == moderator,
    "different": lambda auditor, moderator: auditor != moderator,
    "higher": lambda auditor, moderator: auditor < moderator,
    "lower": lambda auditor, moderator: auditor > moderator,
    "line": lambda auditor, moderator: (auditor < _GOOD) != (moderator < _GOOD),
    "far": lambda auditor, moderator: abs(auditor - moderator) > 1,
}
"""How two grades can lie to each other, by their places from the best: 'line' is with the good line between them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which audits: of which months, place and part of practice, and with which grades.

    `pairs` asks for those with a grade of both sides, of this `kind`; `chronology` for those that answered its
    questions. `grade` is the final grade, `auditor` and `moderator` those of a pair, `differing` how the two lie.
    `audited_by` and `moderated_by` are people. `narrow` and `stage` are those of a reach. `counted` are the final
    grades that the figure counts. `months` are the first and the last.
    """

    months: tuple[date, date]
    element: str = OVERALL
    services: Collection[UUID] | None = None
    team: UUID | None = None
    pairs: bool = False
    chronology: bool = False
    auditor: str = ""
    moderator: str = ""
    grade: str = ""
    counted: Collection[str] = ()
    kind: Kind = Kind.SAMPLED
    differing: str = ""
    audited_by: UUID | None = None
    moderated_by: UUID | None = None
    narrow: Narrow = NOTHING_NARROWED
    stage: str = FINAL


@dataclass(frozen=True, slots=True)
class Behind:
    """One audit behind a figure. Grades are codes; None where nobody gave one. `yes` counts chronology answers."""

    audit_id: UUID
    reference: str
    month: date
    team: str
    service: str
    auditor: str | None
    moderator: str | None
    final: str | None
    yes: int


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the audits behind a figure, and how many there are in all."""

    rows: tuple[Behind, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def behind(session: Session, actor: Actor, wanted: Wanted, seen: Sight, *, page: int = 1) -> Found:
    """The audits this person may open among those a figure counts, the newest first."""
    query = _query(actor, wanted, seen)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = min(max(page, 1), max(1, -(-total // PER_PAGE)))
    rows = session.execute(query.limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    return Found(tuple(_behind(row) for row in rows), total, page)


def _query(actor: Actor, wanted: Wanted, seen: Sight) -> Select[Any]:
    readable = scope.readable_audits(actor).with_only_columns(Audit.id)
    first, second, final, challenged = (aliased(Judgement) for _ in range(4))
    stands = func.coalesce(challenged.grade, final.grade, first.grade) if wanted.stage == FINAL else first.grade
    yes = (
        select(func.count())
        .where(CountedAnswer.audit_id == Audit.id, CountedAnswer.question.in_(CHRONOLOGY), CountedAnswer.value == "yes")
        .scalar_subquery()
    )
    return (
        select(
            Audit.id, Audit.number, Audit.month, Team.name, Service.name, first.grade, second.grade,
            stands, yes,
        )
        .join(Team, Team.id == Audit.team_id)
        .join(Service, Service.id == Audit.service_id)
        .outerjoin(Moderation, Moderation.audit_id == Audit.id)
        .outerjoin(first, _grade_of(first, wanted.element, "auditor"))
        .outerjoin(second, and_(_grade_of(second, wanted.element, "moderator"), Moderation.state.in_(DONE)))
        .outerjoin(final, _grade_of(final, wanted.element, "final"))
        .outerjoin(challenged, _grade_of(challenged, wanted.element, "challenged"))
        .where(Audit.id.in_(readable), *_limits(wanted, seen), *_graded(wanted, first, second, stands))
        .order_by(Audit.month.desc(), Audit.number)
    )  # fmt: skip


def _grade_of(judgement: Any, element: str, stage: str) -> ColumnElement[bool]:
    return and_(judgement.audit_id == Audit.id, judgement.element == element, judgement.stage == stage)


def _limits(wanted: Wanted, seen: Sight) -> list[ColumnElement[bool]]:
    first, last = wanted.months
    limits = [Audit.tool_key == TOOL, Audit.state != "withdrawn", Audit.month.between(first, seen.until(last))]
    limits += wanted.narrow.limits()
    if not seen.open_months:
        limits.append(Audit.cycle.has(state="closed"))
    if wanted.services is not None:
        limits.append(Audit.service_id.in_(sorted(wanted.services)))
    if wanted.team is not None:
        limits.append(Audit.team_id == wanted.team)
    return limits


def _graded(wanted: Wanted, first: Any, second: Any, stands: Any) -> list[ColumnElement[bool]]:
    if wanted.chronology:
        answered = select(CountedAnswer.audit_id).where(CountedAnswer.question.in_(CHRONOLOGY))
        return [Audit.id.in_(answered)]
    limits = [stands.is_not(None)]
    if wanted.pairs:
        limits += _paired(wanted, first, second)
    if wanted.auditor:
        limits.append(first.grade == wanted.auditor)
    if wanted.moderator:
        limits.append(second.grade == wanted.moderator)
    if wanted.counted:
        limits.append(stands.in_(sorted(wanted.counted)))
    if wanted.grade:
        limits.append(stands == wanted.grade)
    return limits


def _paired(wanted: Wanted, first: Any, second: Any) -> list[ColumnElement[bool]]:
    """That both sides gave one of the four grades, in a moderation of the kind asked for."""
    limits = [first.grade.in_(GRADES), second.grade.in_(GRADES)]
    overridden = Moderation.independence == OVERRIDDEN
    if wanted.kind is Kind.OVERRIDDEN:
        limits.append(overridden)
    elif wanted.kind in SEEN:
        limits += [Moderation.mode == wanted.kind.value, ~overridden]
    else:
        limits += [Moderation.stream == wanted.kind.value, Moderation.mode == BLIND, ~overridden]
    if wanted.differing:
        lies = DIFFERING[wanted.differing]
        limits.append(
            or_(
                *(
                    and_(first.grade == one.value, second.grade == two.value)
                    for row, one in enumerate(BEST_FIRST)
                    for column, two in enumerate(BEST_FIRST)
                    if lies(row, column)
                )
            )
        )
    if wanted.audited_by is not None:
        limits.append(Audit.auditor_id == wanted.audited_by)
    if wanted.moderated_by is not None:
        limits.append(Moderation.moderator_id == wanted.moderated_by)
    return limits


def _behind(row: Any) -> Behind:
    audit_id, number, month, team, service, auditor, moderator, final, yes = row
    reference = audit_reference(month, number)
    return Behind(audit_id, reference, month, team, service, auditor, moderator, final, yes)
