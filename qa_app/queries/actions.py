"""Actions as the pages list them: whose they are, what waits, what happened to one, and what an audit led to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session, joinedload

from audit_forms.definition import Tool
from qa_app.access import actions as seen
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.access.permissions import Can, Role
from qa_app.models import Action, ActionLink, ActionStep, Audit, Person, Team
from qa_app.models.audit import audit_reference
from qa_app.queries.doers import doer
from qa_app.queries.tools import tool

PAGE: Final = 25
LIVE: Final = seen.LIVE
WHOSE: Final = {
    "mine": "Mine to do",
    "line": "My team and line",
    "audits": "From audits I did",
    "service": "My service",
    "all": "Everybody’s",
}


class Wanted(NamedTuple):
    """What the list is narrowed to; empty is anything. `state` may be 'live': not closed and not cancelled."""

    whose: str = "mine"
    state: str = "live"
    overdue: bool = False
    theme: str = ""
    team_id: UUID | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listed:
    """One action on a list."""

    action_id: UUID
    audit_id: UUID
    what: str
    owner: str
    known: bool  # the owner is on the staff list
    team: str
    due_on: date
    overdue: bool
    state: str
    flagged: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, with how many there are in all, how many overdue and how many wait to be checked."""

    actions: tuple[Listed, ...]
    total: int
    overdue: int
    to_check: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


class Happened(NamedTuple):
    """One thing that happened to an action, and who did it."""

    what: str
    said: str
    due_before: date | None
    due_after: date | None
    at: datetime
    who: str
    owners: tuple[str, str] | None = None  # from whom and to whom, where it was given to another owner


@dataclass(frozen=True, slots=True)
class Counts:
    """What waits for somebody: their own actions to do and overdue, those to check, and the overdue of their line."""

    to_do: int
    overdue: int
    to_check: int
    line_overdue: int


def choices(actor: Actor) -> tuple[str, ...]:
    """The lists this person may choose between; a page opens on the first. A QA lead's is everybody's."""
    found = ["mine", "line"]
    found += ["audits"] if actor.may(Can.AUDIT_RECORD) else []
    found += ["service"] if Role.HEAD_OF_SERVICE in actor.roles else []
    return ("all", *found) if Role.QA_LEAD in actor.roles else tuple(found)


def widest(actor: Actor) -> str:
    """The list that holds the most of others' actions."""
    offered = choices(actor)
    return next((code for code in ("all", "service") if code in offered), "line")


def _of(actor: Actor, whose: str) -> ColumnElement[bool]:
    return {
        "line": lambda: seen.in_line(actor),
        "audits": lambda: Audit.auditor_id == actor.person_id,
        "service": lambda: seen.in_service(actor),
        "all": true,
    }.get(whose, lambda: seen.own(actor))()


def _overdue(today: date) -> ColumnElement[bool]:
    return (Action.state == "open") & (Action.due_on < today)


def _matching(actor: Actor, wanted: Wanted, today: date) -> Select[Action]:
    query = seen.visible_actions(actor).where(_of(actor, wanted.whose))
    if wanted.state == "live":
        query = query.where(Action.state.in_(LIVE))
    elif wanted.state:
        query = query.where(Action.state == wanted.state)
    if wanted.overdue:
        query = query.where(_overdue(today))
    if wanted.theme:
        query = query.where(Action.theme == wanted.theme)
    if wanted.team_id is not None:
        query = query.where(Action.team_id == wanted.team_id)
    return query


def page_of(session: Session, actor: Actor, wanted: Wanted, *, today: date) -> Page:
    """One page of a list: what can still be done first, the soonest due before the others."""
    query = _matching(actor, wanted, today)
    counted = session.execute(
        query.with_only_columns(
            func.count(), func.count().filter(_overdue(today)), func.count().filter(Action.state == "done")
        )
    ).one()
    page = min(max(1, wanted.page), max(1, -(-counted[0] // PAGE)))
    rows = session.execute(
        query.join(Team, Team.id == Action.team_id)
        .add_columns(Team.name)
        .order_by(Action.state.in_(LIVE).desc(), Action.due_on, Action.id)
        .options(joinedload(Action.owner))
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return Page(tuple(_listed(one, team, today) for one, team in rows), counted[0], counted[1], counted[2], page)


def _listed(action: Action, team: str, today: date) -> Listed:
    return Listed(
        action_id=action.id, audit_id=action.audit_id, what=action.what,
        owner=action.owner.name if action.owner else action.owner_named, known=action.owner is not None, team=team,
        due_on=action.due_on, overdue=action.state == "open" and action.due_on < today, state=action.state,
        flagged=action.flagged_at is not None and action.state in LIVE,
    )  # fmt: skip


def counts(session: Session, actor: Actor, *, today: date) -> Counts:
    """What waits for this person, for the start page."""
    visible = seen.visible_actions(actor)
    mine = session.execute(
        visible.where(seen.own(actor), Action.state == "open").with_only_columns(
            func.count(), func.count().filter(_overdue(today))
        )
    ).one()
    to_check = visible.where(Audit.auditor_id == actor.person_id, Action.state == "done", ~seen.own(actor))
    line = visible.where(_of(actor, widest(actor)), ~seen.own(actor), _overdue(today))
    rest = [session.scalar(one.with_only_columns(func.count())) or 0 for one in (to_check, line)]
    return Counts(mine[0], mine[1], rest[0], rest[1])


def teams(session: Session, actor: Actor, whose: str) -> list[tuple[UUID, str]]:
    """The teams whose actions stand on a list, by name."""
    found = seen.visible_actions(actor).where(_of(actor, whose)).with_only_columns(Action.team_id)
    rows = session.execute(select(Team.id, Team.name).where(Team.id.in_(found)).order_by(Team.name))
    return [(team_id, name) for team_id, name in rows]


def themes(session: Session, actor: Actor, whose: str) -> dict[str, str]:
    """The themes that stand on a list, code -> words, in the order of the words."""
    asked = seen.visible_actions(actor).where(_of(actor, whose), Action.theme != "")
    rows = session.execute(asked.with_only_columns(Action.theme, Audit.tool_key, Audit.tool_version).distinct()).all()
    words = {theme: theme_words(tool(session, key, version), theme) for theme, key, version in rows}
    return dict(sorted(words.items(), key=lambda pair: pair[1]))


def theme_words(asked: Tool, theme: str) -> str:
    """A theme as the tool words it; its code where the tool has it no more."""
    known = {
        choice.code: choice.label
        for question in asked.questions
        if question.kind == "actions"
        for choice in question.choices
    }
    return known.get(theme, theme)


def part_words(asked: Tool, element: str) -> str:
    """The title of the graded part an action answers; empty where it answers none."""
    return next((one.title for one in asked.elements if one.key == element), "")


def history(session: Session, action: Action) -> tuple[Happened, ...]:
    """What happened to an action, the latest first."""
    steps = session.scalars(
        select(ActionStep).where(ActionStep.action_id == action.id).order_by(ActionStep.taken_at.desc(), ActionStep.id)
    )
    return tuple(
        Happened(
            one.what, one.said, one.due_before, one.due_after, one.taken_at, doer(session, one.taken_by),
            _owners(session, action, one),
        )
        for one in steps
    )  # fmt: skip


def _owners(session: Session, action: Action, step: ActionStep) -> tuple[str, str] | None:
    """From whom to whom an action was given; a role, where nobody on the staff list owned it before."""
    if step.owner_after_id is None:
        return None
    before = session.get(Person, step.owner_before_id) if step.owner_before_id else None
    return before.name if before else action.owner_named, session.get_one(Person, step.owner_after_id).name


def linked_from(session: Session, actor: Actor, action: Action) -> tuple[tuple[UUID, str], ...]:
    """The later audits that link to an action, of those this person may read: (id, reference)."""
    readable = scope.readable_audits(actor).with_only_columns(Audit.id)
    rows = session.execute(
        select(Audit.id, Audit.month, Audit.number)
        .join(ActionLink, ActionLink.audit_id == Audit.id)
        .where(ActionLink.action_id == action.id, Audit.id.in_(readable))
        .distinct()
        .order_by(Audit.month, Audit.number)
    )
    return tuple((audit_id, audit_reference(month, number)) for audit_id, month, number in rows)


def of_audit(session: Session, actor: Actor, audit: Audit, *, today: date) -> tuple[Listed, ...]:
    """The actions an audit led to or linked to, as far as this person may see them."""
    links = select(ActionLink.action_id).where(ActionLink.audit_id == audit.id)
    rows = session.execute(
        seen.visible_actions(actor)
        .where((Action.audit_id == audit.id) | Action.id.in_(links))
        .join(Team, Team.id == Action.team_id)
        .add_columns(Team.name)
        .order_by(Action.made_at, Action.number)
        .options(joinedload(Action.owner))
    )
    return tuple(_listed(one, team, today) for one, team in rows)


def to_link(session: Session, audit: Audit) -> Sequence[Action]:
    """The open actions of the same child that the auditor of this audit may link to, the soonest due first."""
    return session.scalars(seen.linkable(audit).order_by(Action.due_on, Action.id)).all()


STATES: Final[Mapping[str, str]] = {
    "open": "Open",
    "done": "To be checked",
    "closed": "Closed",
    "cancelled": "Cancelled",
}
