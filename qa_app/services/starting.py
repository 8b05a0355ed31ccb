"""Starting an audit no case is drawn for: about a child or a member of staff, by somebody who is not tied to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit_forms.definition import Tool
from audit_forms.lifecycle import State
from moderation.independence import Conflict, child_conflicts, staff_conflicts
from qa_app.clock import london_day, month_of
from qa_app.models import Audit, AuditChild, Case, Cycle, Person, Team
from qa_app.queries.starting import begun
from qa_app.queries.ties import case_ties, judges
from qa_app.services import audits, settings
from qa_app.services.allocations import next_number
from qa_app.services.events import record
from qa_app.working_days import add_working_days

STARTED = "started"


class CannotStart(ValueError):  # noqa: N818 - named for the fault
    """An audit about this child or member of staff cannot be started; the message says why and what to do."""


class NotIndependent(CannotStart):
    """The auditor is too close to the work; `conflicts` say how."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        self.conflicts = tuple(conflicts)
        why = " ".join(conflict.to_you for conflict in conflicts)
        super().__init__(f"You cannot do this audit yourself. {why} Ask a colleague who is not tied to this work.")


class BegunAlready(Exception):  # noqa: N818 - named for the fault
    """An audit on the same tool about the same child or person is begun; `audits` are those that are."""

    def __init__(self, audits: Sequence[Audit]) -> None:
        super().__init__("An audit on this tool is begun already.")
        self.audits = tuple(audits)


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom an audit is about: a child by their case, or a member of staff and the children whose records are read."""

    case: Case | None = None
    subject: Person | None = None
    children: tuple[Case, ...] = ()

    @property
    def team(self) -> Team | None:
        """The team that holds the child's record, or that the member of staff works in."""
        held = self.case or self.subject
        return held.team if held is not None else None


def start(
    session: Session, tool: Tool, auditor: Person, whom: Whom, *, again: bool = False, by: str, at: datetime
) -> Audit:
    """Start an audit in this month's round of the tool, which is made if it is the first.

    Raises:
        NotIndependent, CannotStart: the auditor is too close, or nobody holds the record or the person.
        BegunAlready: one is begun already, and `again` does not say that another is wanted.
    """
    if audits.must_read_first(session, auditor.id, tool.key):
        raise CannotStart(str(audits.GuidanceFirst()))
    if (team := whom.team) is None:
        raise CannotStart(_teamless(whom))
    if conflicts := _conflicts(session, tool, auditor, whom):
        raise NotIndependent(conflicts)
    already = begun(session, tool, **_ids(whom))
    if already and not again:
        raise BegunAlready(already)
    audit = _made(session, tool, auditor, whom, team=team, cycle=round_of(session, tool, by=by, at=at), at=at)
    session.add(audit)
    session.flush()
    session.add_all(AuditChild(audit_id=audit.id, place=n, case_id=one.id) for n, one in enumerate(whom.children, 1))
    session.flush()
    record(session, "audit.started", "audit", audit.id, by=by, at=at, tool=tool.key, version=tool.version)
    return audit


def _made(
    session: Session, tool: Tool, auditor: Person, whom: Whom, *, team: Team, cycle: Cycle, at: datetime
) -> Audit:
    return Audit(
        id=uuid4(),
        number=next_number(session, cycle.id),
        cycle_id=cycle.id,
        month=cycle.month,
        auditor_id=auditor.id,
        auditor_role=auditor.job_title,
        tool_key=tool.key,
        tool_version=tool.version,
        tool_sha256=tool.sha256,
        service_id=team.service_id,
        team_id=team.id,
        worker_id=whom.case.worker_id if whom.case else None,
        plan_type=whom.case.plan_type if whom.case else "",
        state=State.ALLOCATED,
        stream=STARTED,
        allocated_at=at,
        **_ids(whom),
    )


def _ids(whom: Whom) -> dict[str, UUID | None]:
    """Whom an audit is about, as it is kept."""
    return {
        "case_id": whom.case.id if whom.case else None,
        "subject_id": whom.subject.id if whom.subject else None,
    }


def round_of(session: Session, tool: Tool, *, by: str, at: datetime) -> Cycle:
    """This month's round of a tool that is started: there from its first audit on, released, and never closed."""
    month = month_of(london_day(at))
    standing = select(Cycle).where(Cycle.month == month, Cycle.tool_key == tool.key, Cycle.state != "withdrawn")
    found = session.scalar(standing)
    if found is not None:
        return found
    last = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    made = Cycle(
        month=month,
        tool_key=tool.key,
        tool_version=tool.version,
        state="released",
        on_demand=True,
        due_on=add_working_days(last, settings.number(session, "started_due_days")),
        opened_at=at,
        opened_by=by,
        released_at=at,
        released_by=by,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # somebody else started the first one at the same moment
        return session.scalars(standing).one()
    record(session, "cycle.opened", "cycle", made.id, by=by, at=at, month=month.isoformat(), tool=tool.key)
    return made


def _conflicts(session: Session, tool: Tool, auditor: Person, whom: Whom) -> tuple[Conflict, ...]:
    known = judges(session)
    if whom.subject is not None:
        return staff_conflicts(tool.independence, known[auditor.id], known[whom.subject.id])
    return child_conflicts(tool.independence, known[auditor.id], case_ties(whom.case, known))


def _teamless(whom: Whom) -> str:
    if whom.subject is not None:
        return "This person belongs to no team on the staff list. Ask your administrator to put that right first."
    return "No team holds this child’s record on the case list. Ask the QA lead to import the case list again."
