"""What was expected of each person in each month, and what they submitted in time and late: counted here alone."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, select

from audit_forms.lifecycle import State
from qa_app.models import Audit, Cycle, Expectation
from qa_app.queries.reach import TOOL


def expected(
    months: tuple[date, date] | None = None,
) -> Select[UUID, date, UUID, str, int, datetime | None, str, Any, Any]:
    """One row for each expectation of case file audits; a withdrawn audit is none, one by the due date is in time.

    `months` are the first and the last, where only some are asked for.
    """
    between = [] if months is None else [Cycle.month.between(*months)]
    done = (
        select(
            Audit.cycle_id,
            Audit.auditor_id,
            func.sum(case((Audit.submitted_on <= Cycle.due_on, 1), else_=0)).label("in_time"),
            func.count().label("done"),
        )
        .join(Cycle, Cycle.id == Audit.cycle_id)
        .where(Audit.submitted_on.is_not(None), Audit.state != State.WITHDRAWN, *between)
        .group_by(Audit.cycle_id, Audit.auditor_id)
        .subquery()
    )
    return (
        select(
            Cycle.id.label("cycle_id"),
            Cycle.month,
            Expectation.person_id,
            Expectation.role_group,
            Expectation.expected,
            Expectation.excused_at,
            Expectation.excused_code,
            func.coalesce(done.c.in_time, 0).label("in_time"),
            func.coalesce(done.c.done, 0).label("done"),
        )
        .join(Cycle, Cycle.id == Expectation.cycle_id)
        .outerjoin(done, and_(done.c.cycle_id == Cycle.id, done.c.auditor_id == Expectation.person_id))
        .where(Cycle.tool_key == TOOL, *between)
    )
