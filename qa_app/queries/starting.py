"""What somebody may start: tools whose audits are not drawn, and the audits already begun about the same."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.definition import Tool
from audit_forms.lifecycle import State
from qa_app.access.permissions import Role
from qa_app.access.starting import may_start
from qa_app.models import Audit, AuditChild, Case
from qa_app.queries import tools

OPEN = (State.ALLOCATED.value, State.DRAFT.value)


def startable(session: Session, roles: frozenset[Role]) -> tuple[Tool, ...]:
    """The tools somebody with these roles may start an audit on, by title."""
    found = (tool for tool in tools.live(session) if may_start(roles, tool))
    return tuple(sorted(found, key=lambda tool: tool.title))


def startable_tool(session: Session, roles: frozenset[Role], key: str) -> Tool | None:
    """The tool with this key, if somebody with these roles may start an audit on it."""
    return next((tool for tool in startable(session, roles) if tool.key == key), None)


def case_matching(session: Session, reference_key: str) -> Case | None:
    """The child's case whose reference has this keyed hash."""
    return session.scalar(select(Case).where(Case.reference_key == reference_key))


def begun(
    session: Session, tool: Tool, *, case_id: UUID | None = None, subject_id: UUID | None = None
) -> Sequence[Audit]:
    """The audits on this tool about this child or member of staff that are begun and not submitted."""
    about = Audit.case_id == case_id if case_id is not None else Audit.subject_id == subject_id
    query = select(Audit).where(Audit.tool_key == tool.key, Audit.state.in_(OPEN), about)
    return session.scalars(query.order_by(Audit.month, Audit.number)).all()


def cases_of(session: Session, audit: Audit) -> tuple[Case, ...]:
    """The children whose records an audit is made from: its own child, or those of an audit about a member of staff."""
    if audit.case is not None:
        return (audit.case,)
    children = select(AuditChild).where(AuditChild.audit_id == audit.id).order_by(AuditChild.place)
    return tuple(child.case for child in session.scalars(children))
