"""A second audit owed to a child: planned when the first is inadequate, given to another auditor, kept or cancelled."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from audit_forms.consistency import OVERALL
from audit_forms.definition import Value
from audit_forms.grades import Grade
from qa_app.clock import london_day, month_of
from qa_app.models import Audit, Cycle, Person, Reaudit
from qa_app.queries.reaudits import conflicts, waiting
from qa_app.services import allocations, settings
from qa_app.services.events import record
from qa_app.working_days import add_working_days, next_working_day

STREAM: Final = "re_audit"
NEEDED, BY_WHEN = "reaudit_needed", "reaudit_by"
LONGEST_REASON: Final = 500


class ReauditRefused(ValueError):  # noqa: N818 - named for the fault
    """This cannot be done with the re-audit; the message says why and what to do."""


def plan_on_submission(session: Session, audit: Audit, values: Mapping[str, Value], *, by: str, at: datetime) -> None:
    """Plan a re-audit of an audit that is being submitted: when it is inadequate, or when its auditor asks for one."""
    asked_for = values.get(BY_WHEN)
    if values.get(OVERALL) is Grade.INADEQUATE:
        plan(session, audit, by=by, at=at)
    elif values.get(NEEDED) == "yes" and isinstance(asked_for, date):
        due = max(asked_for, london_day(at))
        _plan(session, audit, "asked", london_day(at), next_working_day(due), by=by, at=at)


def plan(session: Session, audit: Audit, *, by: str, at: datetime) -> None:
    """Plan the re-audit of an audit whose overall grade is inadequate, some weeks from today; once."""
    today = london_day(at)
    first = next_working_day(today + timedelta(weeks=settings.number(session, "reaudit_from_weeks")))
    last = add_working_days(today + timedelta(weeks=settings.number(session, "reaudit_to_weeks"), days=1), -1)
    _plan(session, audit, "inadequate", first, max(first, last), by=by, at=at)


def _plan(
    session: Session, audit: Audit, because: str, not_before: date, due_on: date, *, by: str, at: datetime
) -> None:
    """Plan it, unless the audit is about no child or has one already."""
    if audit.case_id is None or session.scalar(select(Reaudit.id).where(Reaudit.first_id == audit.id)):
        return
    made = Reaudit(id=uuid4(), first_id=audit.id, not_before=not_before, due_on=due_on, because=because, planned_at=at)
    session.add(made)
    session.flush()
    record(session, "reaudit.planned", "reaudit", made.id, by=by, at=at)


def plan_on_agreement(session: Session, audit: Audit, final: Mapping[str, object], *, by: str, at: datetime) -> None:
    """Plan a re-audit once an inadequate overall grade is agreed, where the auditor's own grade did not ask for it."""
    if final.get(OVERALL) == Grade.INADEQUATE:
        plan(session, audit, by=by, at=at)


def allocate(session: Session, reaudit: Reaudit, auditor: Person, cycle: Cycle, *, by: str, at: datetime) -> Audit:
    """Give a planned re-audit to an independent auditor, who is not the first one, in a month that is not closed.

    Raises:
        ReauditRefused: it is not planned any more, the month does not fit, or the auditor is not independent.
    """
    if cycle.state not in ("planned", "released") or cycle.batch_id is not None:
        raise ReauditRefused("This month is closed. Choose a month that is open.")
    first = reaudit.first
    if cycle.tool_key != first.tool_key:
        raise ReauditRefused("That month asks for another audit tool. Choose a month of the tool of the first audit.")
    if first.case_id is None or first.case is None or first.case.team_id is None:
        raise ReauditRefused("No team holds this child’s case any more. Import the case list, or cancel the re-audit.")
    if found := conflicts(session, reaudit, auditor.id):
        raise ReauditRefused(f"{auditor.name} cannot do this re-audit. {found[0]}")
    _planned(session, reaudit, planned_at=reaudit.planned_at)  # holds the row, so that nobody else allocates it too
    (second,) = allocations.allocate(
        session, cycle, [(auditor.id, first.case_id)], stream=STREAM, at=at, replaces=_stood_before(session, reaudit)
    )
    reaudit.state, reaudit.second_id = "allocated", second.id
    session.flush()
    record(session, "reaudit.allocated", "reaudit", reaudit.id, by=by, at=at, audit=str(second.id))
    return second


def keep(session: Session, reaudit: Reaudit, reason: str, *, by: str, at: datetime) -> None:
    """Keep a planned re-audit although the first audit is no longer inadequate.

    Raises:
        ReauditRefused: no reason is given, or it is not planned any more.
    """
    said = _said(reason, "Say why the re-audit is kept. The reason is kept.")
    _planned(session, reaudit, kept_at=at, kept_by=by, kept_reason=said)
    record(session, "reaudit.kept", "reaudit", reaudit.id, by=by, at=at)


def cancel(session: Session, reaudit: Reaudit, reason: str, *, by: str, at: datetime) -> None:
    """Cancel a planned re-audit.

    Raises:
        ReauditRefused: no reason is given, or it is not planned any more.
    """
    said = _said(reason, "Say why the re-audit is cancelled. The reason is kept.")
    _planned(
        session, reaudit, state="cancelled", second_id=None, cancelled_at=at, cancelled_by=by, cancelled_reason=said
    )
    record(session, "reaudit.cancelled", "reaudit", reaudit.id, by=by, at=at)


def _stood_before(session: Session, reaudit: Reaudit) -> UUID | None:
    """The second audit that was handed back, withdrawn or not done, where nothing stands in its place yet."""
    replaced = select(Audit.id).where(Audit.replaces_id == reaudit.second_id)
    return None if reaudit.second_id is None or session.scalar(replaced) else reaudit.second_id


def due_month(reaudit: Reaudit) -> date:
    """The month whose cycle should hold it."""
    return month_of(reaudit.due_on)


def _planned(session: Session, reaudit: Reaudit, **values: object) -> None:
    """Change a re-audit that still has to be given to somebody, whoever else is at it."""
    moved = session.execute(
        update(Reaudit)
        .where(Reaudit.id == reaudit.id, waiting())
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    session.refresh(reaudit)
    if not moved.rowcount:  # type: ignore[attr-defined]
        raise ReauditRefused("This re-audit is allocated or cancelled already. Reload the page to see how it stands.")


def _said(reason: str, advice: str) -> str:
    said = reason.strip()
    if not said:
        raise ReauditRefused(advice)
    if len(said) > LONGEST_REASON:
        raise ReauditRefused(f"Shorten the reason to {LONGEST_REASON} characters or fewer. It has {len(said)}.")
    return said
