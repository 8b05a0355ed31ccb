"""Audits put on auditors' lists: for a case that was drawn or picked, or anew on the case of another audit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from audit_forms.lifecycle import State
from qa_app.models import Audit, Case, Cycle, Person, Reaudit, Team
from qa_app.queries.tools import tool
from qa_app.reports.dates import day_name
from qa_app.services.cycle_steps import CycleRefused
from qa_app.services.outbox import tell

COPIED = (
    "cycle_id", "month", "case_id", "subject_id", "tool_key", "tool_version", "tool_sha256", "service_id", "team_id",
    "worker_id", "plan_type", "stream",
)  # fmt: skip


def allocate(
    session: Session, cycle: Cycle, pairs: Sequence[tuple[UUID, UUID]], *, stream: str = "random", at: datetime,
    replaces: UUID | None = None,
) -> list[Audit]:  # fmt: skip
    """An audit for each pair of an auditor and a case, numbered by the auditors' names."""
    people_by_id = {one.id: one for one in session.scalars(select(Person).where(Person.id.in_([a for a, _ in pairs])))}
    number = next_number(session, cycle.id)
    asked = tool(session, cycle.tool_key, cycle.tool_version)
    made: list[Audit] = []
    for auditor_id, case_id in sorted(pairs, key=lambda pair: (people_by_id[pair[0]].name, str(pair[1]))):
        made.append(
            Audit(
                number=number + len(made),
                cycle_id=cycle.id,
                month=cycle.month,
                auditor_id=auditor_id,
                auditor_role=people_by_id[auditor_id].job_title,
                tool_key=cycle.tool_key,
                tool_version=cycle.tool_version,
                tool_sha256=asked.sha256,
                state=State.ALLOCATED,
                stream=stream,
                allocated_at=at,
                replaces_id=replaces,
                **keys_of(session, case_id),
            )
        )
    session.add_all(made)
    session.flush()
    return made


def again(session: Session, audit: Audit, auditor: Person, *, at: datetime, **more: Any) -> Audit:
    """An audit in place of another one, on the same case, for this auditor; nothing of what was written goes with it.

    Raises:
        CycleRefused: there is one in its place already.
    """
    check_not_replaced(session, audit)
    made = Audit(
        id=uuid4(),
        number=next_number(session, audit.cycle_id),
        auditor_id=auditor.id,
        auditor_role=auditor.job_title,
        state=State.ALLOCATED,
        allocated_at=at,
        replaces_id=audit.id,
        **{name: getattr(audit, name) for name in COPIED},
        **more,
    )
    session.add(made)
    session.flush()
    # Where the other was a re-audit, this one is it now.
    session.execute(update(Reaudit).where(Reaudit.second_id == audit.id).values(second_id=made.id))
    return made


def keys_of(session: Session, case_id: UUID) -> dict[str, Any]:
    """What an audit is counted by, as its case stands today."""
    case, service_id = session.execute(
        select(Case, Team.service_id).join(Team, Team.id == Case.team_id).where(Case.id == case_id)
    ).one()
    return {
        "case_id": case.id,
        "service_id": service_id,
        "team_id": case.team_id,
        "worker_id": case.worker_id,
        "plan_type": case.plan_type,
    }


def tell_given(session: Session, audit: Audit, *, at: datetime) -> None:
    """Queue word to an auditor that an audit stands on their list."""
    tell(
        session, [audit.auditor_id], "audit.given", at=at, about=("audit", audit.id), reference=audit.reference,
        audit=str(audit.id), due=day_name(audit.cycle.due_on),
    )  # fmt: skip


def check_not_replaced(session: Session, audit: Audit) -> None:
    """Refuse a second audit in place of the same one.

    Raises:
        CycleRefused: there is one already.
    """
    if session.scalar(select(Audit.id).where(Audit.replaces_id == audit.id)):
        raise CycleRefused("This audit has been replaced already. Reload the page to see by which.")


def next_number(session: Session, cycle_id: UUID) -> int:
    """The number the next audit of a cycle gets; no other audit of its month has it, on whatever tool."""
    month = session.scalars(select(Cycle.month).where(Cycle.id == cycle_id)).one()
    # Whoever numbers an audit of this month at the same moment waits here.
    session.scalars(select(Cycle.id).where(Cycle.month == month).order_by(Cycle.id).with_for_update()).all()
    return (session.scalar(select(func.max(Audit.number)).where(Audit.month == month)) or 0) + 1
