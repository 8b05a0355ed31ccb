"""What children, chairs, observers and complainants said, made straight as rows, for tests of the other sources."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.catalogue import latest
from qa_app.access.actor import Actor
from qa_app.models import Answers, Audit, Complaint, Cycle, Person, PracticeAlert
from qa_app.queries.practice_alerts import Kind
from qa_app.services import complaints, practice_alerts
from qa_app.services.complaints import Facts
from qa_app.services.practice_alerts import Raised
from tests.conftest import AT
from tests.world import World, actor_for

NOVEMBER = date(2026, 11, 1)
TODAY = AT.date()
SAID = {
    "agreed": "yes", "listens": "yes", "keeps_word": "no", "things_now": "better", "things_scale": 7,
    "best_thing": "She listens.", "change_thing": "More time with my brother.", "may_quote": "yes", "safe_now": "yes",
    "themes_strengths": ["listening"], "themes_concerns": ["family"],
}  # fmt: skip


def told(
    session: Session, world: World, tool_key: str, *, team: str = "Care", month: date = NOVEMBER, at: datetime = AT,
    worker: str | None = None, **said: Any,
) -> Audit:  # fmt: skip
    """A submitted audit on a tool that people start, with these answers."""
    tool = latest(tool_key)
    cycle = session.scalar(select(Cycle).where(Cycle.month == month, Cycle.tool_key == tool_key)) or Cycle(
        month=month, tool_key=tool_key, tool_version=tool.version, state="released", on_demand=True,
        due_on=month.replace(day=28), opened_at=at, opened_by="test", released_at=at, released_by="test",
    )  # fmt: skip
    session.add(cycle)
    session.flush()
    taken = len(session.scalars(select(Audit.id).where(Audit.cycle_id == cycle.id)).all())
    held = world.teams[team]
    subject = world.people[f"worker_{team.lower()}_1"]
    case = next(one for one in world.cases if one.team_id == held.id)
    about = {"subject_id": subject.id} if tool_key == "observation" else {"case_id": case.id}
    auditor = world.people["moderator_1" if tool_key == "chair_check" else "manager_planning"]
    made = Audit(
        number=taken + 1, cycle_id=cycle.id, month=month, auditor_id=auditor.id, tool_key=tool_key,
        tool_version=tool.version, service_id=held.service_id, team_id=held.id, state="submitted", stream="started",
        worker_id=world.people[worker].id if worker else None, allocated_at=at, submitted_at=at,
        submitted_on=at.date(), **about,
    )  # fmt: skip
    session.add(made)
    session.flush()
    session.add(
        Answers(
            audit_id=made.id, stage="auditor", person_id=auditor.id, tool_key=tool_key, tool_version=tool.version,
            answers=said, given_at=at,
        )
    )  # fmt: skip
    session.flush()
    return made


def feedback(session: Session, world: World, tool_key: str = "feedback_older", **more: Any) -> Audit:
    """Feedback of somebody who answered."""
    return told(session, world, tool_key, **(SAID | more))


def raised(
    session: Session, world: World, *, kind: Kind = Kind.ALERT, team: str = "Care", theme: str = "drift",
    stage: str = "informal", to: str | None = "manager_care", on: date = TODAY, by: str = "moderator_1",
    at: datetime = AT,
) -> PracticeAlert:  # fmt: skip
    """A practice alert of a reviewing officer."""
    person = world.people[by]
    what = Raised(
        kind, on, world.teams[team], theme, "The plan has stood still since the summer.", stage=stage,
        recipient=world.people[to] if to else None,
    )  # fmt: skip
    return practice_alerts.raise_(session, what, person, by=f"person:{person.id}", at=at)


def complained(
    session: Session, world: World, *, kind: str = "complaint", team: str = "Care", reference: str = "",
    on: date = date(2026, 11, 2), at: datetime = AT, **facts: Any,
) -> Complaint:  # fmt: skip
    """A complaint or compliment."""
    what = complaints.received(kind, on, world.teams[team], reference)
    stage = "" if kind == "compliment" else "one"
    return complaints.enter(session, what, Facts(**({"begun_on": on, "stage": stage} | facts)), by="test", at=at)


def acting(session: Session, world: World, key: str) -> Actor:
    """Somebody as the rules of access see them, read in this session."""
    return actor_for(session.get_one(Person, world.people[key].id))
