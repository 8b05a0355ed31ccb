"""Actions: made from an audit's lists when it is submitted, then done, checked by a second person and closed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from audit_forms import answering
from audit_forms.answering import Answer
from audit_forms.completeness import Blank
from audit_forms.definition import Tool, Value
from audit_forms.following import asked_only
from qa_app.access.actions import LIVE, linkable
from qa_app.clock import london_day
from qa_app.models import Action, ActionLink, ActionStep, Audit
from qa_app.queries import owners
from qa_app.reports.dates import day_name
from qa_app.services.events import record
from qa_app.services.outbox import tell
from qa_app.working_days import add_working_days

WITHIN: Final = {"five_days": 5, "twenty_days": 20}
LONGEST_EVIDENCE: Final = 5000
LONGEST_REASON: Final = 500
LATEST: Final = date(2099, 12, 31)
STANDS: Final = {
    "open": "open",
    "done": "waiting to be checked",
    "closed": "closed already",
    "cancelled": "cancelled already",
}
LINK_GONE: Final = "The action you linked to is no longer open. Link to another, or describe a new one."


class ActionRefused(ValueError):  # noqa: N818 - named for the fault
    """This cannot be done with the action; the message says why and what to do."""


class SayMore(ActionRefused):
    """Something that has to be said is not, or is too long; the message asks for it."""


def proposed(priority: str, day: date) -> date:
    """The date that goes with a priority: the same day, or 5 or 20 working days after it."""
    return add_working_days(day, WITHIN[priority]) if priority in WITHIN else day


def faults(session: Session, audit: Audit, tool: Tool, values: Mapping[str, Value]) -> tuple[Blank, ...]:
    """What the lists of actions say that does not hold: an owner nobody knows, a link to what is no longer open."""
    lines = answering.listed(tool, asked_only(tool, values))
    unknown = owners.unclear(session, [line.action.owner for line in lines if not line.action.link])
    links = _linkable(session, audit, lines)
    found: list[Blank] = []
    for line in lines:
        section, question = tool.section_of(line.question), tool.question(line.question)
        if line.action.link and line.action.link not in links:
            found.append(Blank(section, question, LINK_GONE))
        elif line.action.owner in unknown and not line.action.link:
            found.append(Blank(section, question, unknown[line.action.owner].fault))
    return tuple(found)


def _linkable(session: Session, audit: Audit, lines: Sequence[Answer]) -> frozenset[str]:
    if not any(line.action.link for line in lines):
        return frozenset()
    return frozenset(str(one) for one in session.scalars(linkable(audit).with_only_columns(Action.id)))


def make(session: Session, audit: Audit, tool: Tool, values: Mapping[str, Value], *, by: str, at: datetime) -> int:
    """The actions and links of an audit that is being submitted; owners are told. The answer is how many are new.

    It belongs in the transaction of the submission, which happens once.
    """
    lines = answering.listed(tool, asked_only(tool, values))
    staff = owners.directory(session) if lines else owners.Directory()
    today = london_day(at)
    new = [line for line in lines if not line.action.link and not line.action.is_blank]
    rows = [
        _row(audit, number, line, staff.meant(line.action.owner).person_id, today=today, by=by, at=at)
        for number, line in enumerate(new, 1)
    ]
    linked = {(line.element, line.action.link) for line in lines if line.action.link}
    links = [{"id": uuid4(), "audit_id": audit.id, "element": one, "action_id": UUID(link)} for one, link in linked]
    if rows:
        session.execute(insert(Action), rows)
    if links:
        session.execute(insert(ActionLink), links)
    if rows or links:
        record(session, "actions.made", "audit", audit.id, by=by, at=at, new=len(rows), links=len(links))
    for row in rows:
        if row["owner_id"] not in (None, audit.auditor_id):
            tell(session, [row["owner_id"]], "action.given", at=at, about=("action", row["id"]),
                 action=str(row["id"]), due=day_name(row["due_on"]))  # fmt: skip
    return len(rows)


def _row(
    audit: Audit, number: int, line: Answer, owner_id: UUID | None, *, today: date, by: str, at: datetime
) -> dict[str, Any]:
    said = line.action
    return {
        "id": uuid4(), "audit_id": audit.id, "number": number, "case_id": audit.case_id,
        "service_id": audit.service_id, "team_id": audit.team_id, "element": line.element, "what": said.what,
        "whom": said.whom, "owner_id": owner_id, "owner_named": said.owner[:200],
        "due_on": said.due or proposed(said.priority, today), "priority": said.priority, "theme": said.theme,
        "evidence_wanted": said.evidence, "state": "open", "made_at": at, "made_by": by, "told_level": 0,
        "evidence": "", "closed_note": "", "cancelled_reason": "", "flagged_because": "",
    }  # fmt: skip


def finish(session: Session, action: Action, evidence: str, *, by: str, at: datetime) -> None:
    """The owner says that the action is done, and what shows it; somebody else then checks.

    Raises:
        SayMore: nothing shows that it is done.
        ActionRefused: it is no longer open.
    """
    said = worded(evidence, "Say what shows that it is done, and where it can be seen.", LONGEST_EVIDENCE)
    move(session, action, ("open",), "done", done_at=at, done_by=by, evidence=said)
    step(session, action, "done", said, by=by, at=at)
    tell(
        session,
        _checkers(session, action),
        "action.to_check",
        at=at,
        about=("action", action.id),
        action=str(action.id),
    )


def send_back(session: Session, action: Action, reason: str, *, by: str, at: datetime) -> None:
    """Send an action back to its owner: what was shown is not enough.

    Raises:
        SayMore: no reason is given.
        ActionRefused: it does not wait to be checked, or this is not a second person.
    """
    said = worded(reason, "Say what is missing, so that the owner knows what to do.", LONGEST_REASON)
    _check_second(action, by)
    move(session, action, ("done",), "open", done_at=None, done_by=None)
    step(session, action, "sent_back", said, by=by, at=at)
    if action.owner_id is not None:
        tell(session, [action.owner_id], "action.sent_back", at=at, about=("action", action.id), action=str(action.id))


def close(session: Session, action: Action, note: str, *, by: str, at: datetime) -> None:
    """Close an action that is done, once a second person has read what shows it.

    Raises:
        SayMore: the note is too long.
        ActionRefused: it does not wait to be checked, or this is not a second person.
    """
    said = worded(note, "", LONGEST_REASON)
    _check_second(action, by)
    move(session, action, ("done",), "closed", closed_at=at, closed_by=by, closed_note=said)
    step(session, action, "closed", said, by=by, at=at)


def cancel(session: Session, action: Action, reason: str, *, by: str, at: datetime) -> None:
    """Cancel an action that is not to be done any more.

    Raises:
        SayMore: no reason is given.
        ActionRefused: it is closed or cancelled already.
    """
    said = worded(reason, "Say why the action is not needed any more. The reason is kept.", LONGEST_REASON)
    move(session, action, LIVE, "cancelled", cancelled_at=at, cancelled_by=by, cancelled_reason=said)
    step(session, action, "cancelled", said, by=by, at=at)


def change_due(session: Session, action: Action, due_on: date | None, reason: str, *, by: str, at: datetime) -> None:
    """Give an open action another date; the line is told afresh if that passes too.

    Raises:
        SayMore: no date or no reason is given.
        ActionRefused: the action is not open, or the date is the one it has, or gone by.
    """
    said = worded(reason, "Say why the date changes. The reason is kept.", LONGEST_REASON)
    if due_on is None:
        raise SayMore("Enter the new date.")
    before = action.due_on
    if due_on == before:
        raise ActionRefused(f"It is due on {day_name(before)} already. Enter another date.")
    if not london_day(at) <= due_on <= LATEST:
        raise ActionRefused("Enter a date that has not passed.")
    move(session, action, ("open",), "open", due_on=due_on, told_level=0)
    step(session, action, "due_changed", said, dates=(before, due_on), by=by, at=at)
    if action.owner_id is not None:
        tell(session, [action.owner_id], "action.due_changed", at=at, about=("action", action.id),
             action=str(action.id), due=day_name(due_on))  # fmt: skip


def keep(session: Session, action: Action, *, by: str, at: datetime) -> None:
    """Keep an action although the answer it came from reads differently now.

    Raises:
        ActionRefused: it is not flagged, or closed or cancelled already.
    """
    if action.flagged_at is None:
        raise ActionRefused("Somebody has decided this already. Reload the page to see how it stands.")
    move(session, action, LIVE, action.state, flagged_at=None, flagged_because="")
    step(session, action, "kept", "", by=by, at=at)


def flag(session: Session, audit: Audit, elements: Sequence[str] | None, because: str, *, by: str, at: datetime) -> int:
    """Flag the live actions that answer these parts (all, where None): the answer they came from has changed.

    Owners and the auditor are told without its words; somebody decides whether to keep or cancel each.
    """
    found = session.scalars(select(Action).where(Action.audit_id == audit.id, Action.state.in_(LIVE))).all()
    changed = [one for one in found if elements is None or one.element in elements]
    for action in changed:
        action.flagged_at, action.flagged_because = at, because
        step(session, action, "flagged", "", by=by, at=at)
        people = [one for one in (action.owner_id, audit.auditor_id) if one is not None]
        tell(session, people, "action.flagged", at=at, about=("action", action.id), action=str(action.id))
    return len(changed)


def _checkers(session: Session, action: Action) -> list[UUID]:
    """Who is told that an action waits to be checked: its auditor, or else the owner's manager."""
    auditor_id = session.scalars(select(Audit.auditor_id).where(Audit.id == action.audit_id)).one()
    manager_id = action.owner.line_manager_id if action.owner else None
    not_second = (None, action.owner_id, _person(action.done_by))
    return [one for one in (auditor_id, manager_id) if one is not None and one not in not_second][:1]


def _person(by: str | None) -> UUID | None:
    """The member of staff that `by` names."""
    kind, _, name = (by or "").partition(":")
    return UUID(name) if kind == "person" else None


def _check_second(action: Action, by: str) -> None:
    if by in (action.done_by, f"person:{action.owner_id}"):
        raise ActionRefused("You own this action or said that it is done, so somebody else has to check it.")


def worded(text: str, advice: str, longest: int) -> str:
    """What was said with an action, tidied.

    Raises:
        SayMore: nothing was said where `advice` asks for it, or too much.
    """
    said = text.strip()
    if not said and advice:
        raise SayMore(advice)
    if len(said) > longest:
        raise SayMore(f"Shorten this to {longest} characters or fewer. It has {len(said)}.")
    return said


def move(session: Session, action: Action, before: Sequence[str], after: str, **values: object) -> None:
    """Take an action to its next state.

    Raises:
        ActionRefused: somebody else moved it, gave it another date or gave it to somebody first.
    """
    moved = session.execute(
        update(Action)
        .where(
            Action.id == action.id,
            Action.state.in_(before),
            Action.due_on == action.due_on,
            Action.owner_id == action.owner_id,
        )
        .values(state=after, **values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(action)
    if not moved.rowcount:  # type: ignore[attr-defined]
        raise ActionRefused(f"This action is {STANDS[action.state]}. Reload the page to see what can be done with it.")


def step(
    session: Session, action: Action, what: str, said: str, *, by: str, at: datetime,
    dates: tuple[date, date] | None = None, owners: tuple[UUID | None, UUID] | None = None,
) -> None:  # fmt: skip
    """Keep what happened to an action: a row of its history and an event."""
    due_before, due_after = dates or (None, None)
    owner_before, owner_after = owners or (None, None)
    session.add(
        ActionStep(
            action_id=action.id, what=what, said=said, due_before=due_before, due_after=due_after,
            owner_before_id=owner_before, owner_after_id=owner_after, taken_at=at, taken_by=by,
        )
    )  # fmt: skip
    session.flush()
    record(session, f"action.{what}", "action", action.id, by=by, at=at)
