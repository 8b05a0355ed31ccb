"""The improvement plan: each measure's target and where it stands, as published."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from qa_app.access.actor import Actor
from qa_app.access.current import now, session
from qa_app.access.permissions import Can
from qa_app.api.answers import Page
from qa_app.api.resources import listing
from qa_app.api.schemas import Query
from qa_app.clock import london_day
from qa_app.reports.plan_records import PlanRecord
from qa_app.services import plan_states
from qa_app.services.plan_states import Plan, State

# Somebody without a role: what they may see of the plan is what was published with the last closed month.
NOBODY: Final = Actor(UUID(int=0), "", frozenset(), None, frozenset())


@listing("/plan", Can.API_PLAN, query=Query, record=PlanRecord)
def plan(_asked: Mapping[str, Any]) -> Page:
    """List the measures of the improvement plan.

    Each with its target, where it stands by the last closed month, and where it stood when it was due.
    """
    whole = plan_states.whole(session(), NOBODY, today=london_day(now()))
    return Page([_record(state, whole) for _, states in whole.actions for state in states])


def _record(state: State, whole: Plan) -> PlanRecord:
    measure, standing = state.line.measure, state.now
    return PlanRecord(
        action=measure.action_ref,
        measure=measure.key,
        title=measure.title,
        code=measure.code,
        source=measure.source,
        due=state.line.due,
        target=state.target,
        until=whole.until,
        now=standing.state,
        figure=standing.figure,
        counts=standing.counts,
        words=standing.words,
        at_due=state.at_due.state,
        at_due_words=state.at_due.words,
    )
