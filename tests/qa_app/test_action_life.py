"""The life of one action with several people at work on it in any order: each takes only their own steps."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access import actions as seen
from qa_app.db import Database
from qa_app.models import Action, ActionStep, Audit, Person
from qa_app.services import action_owners, actions
from qa_app.services.actions import ActionRefused
from tests.conftest import AT
from tests.qa_app.test_actions import row, submitted
from tests.world import World, actor_for

ACTORS = ("worker_assessment_1", "manager_assessment", "manager_care", "head_north", "qa_lead", "manager_planning")
STEPS = ("finish", "send_back", "close", "cancel", "change_due", "give", "keep", "flag")
MAY = {"finish": "owns", "cancel": "cancels", "give": "gives"}
AFTER = {
    ("open", "finish"): "done", ("done", "send_back"): "open", ("done", "close"): "closed",
    ("open", "cancel"): "cancelled", ("done", "cancel"): "cancelled", ("open", "change_due"): "open",
    ("open", "give"): "open", ("open", "keep"): "open", ("done", "keep"): "done",
}  # fmt: skip
OWNERS = ("worker_assessment_1", "worker_assessment_2")
lives = st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(ACTORS)), min_size=1, max_size=30)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(life=lives)
def test_whoever_does_what_in_whatever_order(life: list[tuple[str, str]], database: Database, world: World) -> None:
    with database.writing() as session:
        submitted(session, world, row("Worker Assessment 1"))
        session.scalars(select(Audit)).one().state = "agreed"
        action = session.scalars(select(Action)).one()
        said = []
        for number, (step, key) in enumerate(life):
            before, flagged, due, owner = action.state, action.flagged_at, action.due_on, action.owner_id
            words = f"{step} {number}"
            taken = _take(session, world, action, step=step, key=key, number=number)
            if taken and step not in ("keep", "flag"):
                said.append(words)
            expected = AFTER.get((before, step), before) if taken else before
            assert action.state == expected
            assert (action.due_on != due) is (taken and step == "change_due")
            assert (action.owner_id != owner) is (taken and step == "give")
            assert taken or action.flagged_at == flagged
            assert action.closed_by is None or action.closed_by not in (action.done_by, f"person:{action.owner_id}")
        kept = set(session.scalars(select(ActionStep.said).where(ActionStep.said != "")))
        assert kept == set(said)
        session.rollback()


def _take(session: Session, world: World, action: Action, *, step: str, key: str, number: int) -> bool:
    """Take a step if the page would let this person; whether it was taken."""
    actor, words = actor_for(session.get_one(Person, world.people[key].id)), f"{step} {number}"
    if step == "flag":
        audit = session.get_one(Audit, action.audit_id)
        return bool(actions.flag(session, audit, ["voice"], "final_grade", by="test", at=AT))
    if session.scalar(seen.visible_actions(actor).where(Action.id == action.id)) is None:
        assert key == "manager_planning" or (key == OWNERS[0] and action.owner_id != actor.person_id)
        return False
    stands = seen.standing(session, actor, action)
    if not getattr(stands, MAY.get(step, "checks")):
        return False
    try:
        if step == "keep":
            actions.keep(session, action, by=actor.by, at=AT)
        elif step == "change_due":
            due = date(2027, 1, 1) + timedelta(days=number)
            actions.change_due(session, action, due, words, by=actor.by, at=AT)
        elif step == "give":
            other = next(world.people[one] for one in OWNERS if world.people[one].id != action.owner_id)
            action_owners.give(session, action, other, words, by=actor.by, at=AT)
        else:
            getattr(actions, step)(session, action, words, by=actor.by, at=AT)
    except ActionRefused:
        assert (action.state, step) not in AFTER or step in ("keep", "close", "send_back")
        return False
    return True
