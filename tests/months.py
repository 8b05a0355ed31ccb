"""A released month with submitted audits, made straight as rows, for tests of what comes after recording."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.catalogue import latest
from audit_forms.grades import Grade
from qa_app.models import Answers, Audit, Case, Cycle, Judgement, Person
from tests.world import World

MONTH = date(2026, 11, 1)
TOOL = latest("case_file")
ELEMENTS = tuple(element.key for element in TOOL.elements)
AUDITORS = ("manager_assessment", "manager_planning", "manager_care", "manager_leaving")
MEANT = {"visits": "Visited every two weeks.", "overall": "Sound work."}


def released_month(session: Session, world: World, *, at: datetime, month: date = MONTH) -> Cycle:
    """A month that auditors are working on."""
    cycle = Cycle(
        month=month, tool_key=TOOL.key, tool_version=TOOL.version, state="released", due_on=month.replace(day=15),
        opened_at=at, opened_by="test", released_at=at, released_by="test",
    )  # fmt: skip
    session.add(cycle)
    session.flush()
    return cycle


def submitted_audit(
    session: Session, world: World, cycle: Cycle, number: int, grade: Grade = Grade.GOOD, *, at: datetime,
    answers: dict[str, Any] | None = None, by: str | None = None, case: Case | None = None,
) -> Audit:  # fmt: skip
    """One submitted audit of another team's case, every element with the same grade."""
    auditor = world.people[by or AUDITORS[number % 4]]
    case = case or next(c for c in world.cases[(number * 5) % 40 :] if c.team_id != auditor.team_id)
    team = next(t for t in world.teams.values() if t.id == case.team_id)
    audit = Audit(
        number=number, cycle_id=cycle.id, month=cycle.month, case_id=case.id, auditor_id=auditor.id,
        tool_key=TOOL.key, tool_version=TOOL.version, service_id=team.service_id, team_id=team.id,
        worker_id=case.worker_id, plan_type="Child in Need", state="submitted", allocated_at=at, submitted_at=at,
        submitted_on=at.date(),
    )  # fmt: skip
    session.add(audit)
    session.flush()
    judge(session, audit, auditor, "auditor", dict.fromkeys(ELEMENTS, grade), at=at)
    session.add(
        Answers(
            audit_id=audit.id, stage="auditor", person_id=auditor.id, tool_key=TOOL.key, tool_version=TOOL.version,
            answers={**dict.fromkeys(ELEMENTS, str(grade)), **(answers or {})}, given_at=at,
        )
    )  # fmt: skip
    session.flush()
    return audit


def judge(
    session: Session, audit: Audit, person: Person, stage: str, grades: dict[str, Grade], *, at: datetime
) -> None:
    """Judgement rows with the keys an audit carries."""
    firsts = {
        one.element: one.grade
        for one in session.scalars(
            select(Judgement).where(Judgement.audit_id == audit.id, Judgement.stage == "auditor")
        )
    }
    session.add_all(
        Judgement(
            audit_id=audit.id, element=element, stage=stage, grade=str(grade), month=audit.month,
            auditor_grade=None if stage == "auditor" else firsts.get(element),
            service_id=audit.service_id, team_id=audit.team_id, tool_key=audit.tool_key, judge_id=person.id,
            given_at=at,
        )
        for element, grade in grades.items()
    )  # fmt: skip
    session.flush()


def submitted_month(
    session: Session, world: World, grades: Sequence[Grade], *, at: datetime, month: date = MONTH, first: int = 0
) -> tuple[Cycle, list[Audit]]:
    """A released month with one submitted audit for each grade, numbered from after ``first``."""
    cycle = released_month(session, world, at=at, month=month)
    audits = [submitted_audit(session, world, cycle, n, grade, at=at) for n, grade in enumerate(grades, first + 1)]
    return cycle, audits
