"""Who may start an audit on which tool."""

from audit_forms.definition import Cases, Independence, Tool
from qa_app.access.permissions import Role


def may_start(roles: frozenset[Role], tool: Tool) -> bool:
    """Whether somebody with these roles may start an audit on this tool; ties to the child are another question.

    Auditors start every tool whose cases are not drawn. Reviewing officers and chairs often moderate and audit
    nothing: they start the tools that a child's own reviewing officer may do, and no other.
    """
    if tool.cases is not Cases.STARTED:
        return False
    if Role.AUDITOR in roles:
        return True
    return Role.MODERATOR in roles and tool.independence is Independence.NOT_LINE
