"""What goes on around the demo's audits: actions, alerts, reflections, a re-audit, absences and a calendar changed."""

from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access.permissions import Role
from qa_app.clock import london_day
from qa_app.demo.answers import complete_answers
from qa_app.demo.writing import hand_in, write
from qa_app.models import (
    Action,
    Alert,
    AlertRecipient,
    Audit,
    Cycle,
    Expectation,
    Judgement,
    Person,
    Reaudit,
    Reflection,
    Step,
)
from qa_app.queries import reaudits as reaudit_queries
from qa_app.queries.ties import holders
from qa_app.queries.tools import tool_of
from qa_app.services import absences, actions, alerts, cycle_steps, disputes, expectations, reaudits, reflections
from qa_app.services.disputes import Decision
from qa_app.services.drafts import version_of
from qa_app.working_days import add_working_days

DONE = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
CHECKED = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
FEARED = datetime(2026, 11, 19, 11, 20, tzinfo=UTC)
SAW = datetime(2026, 9, 30, 12, 0, tzinfo=UTC)
SHOWN_BY = "The case notes of 17 November show it, and the plan has been changed."
HELPED = {
    "proud": "The child has a life story book now and talks about it.",
    "in_the_way": "Three workers in a year, and no room to meet in after school.",
    "needs": "Time for direct work, and supervision that is not moved.",
    "helped": "partly",
}  # fmt: skip
DIFFERENT = "Two visits in September are on the record under ‘contacts’. They were not counted."
ANSWERED = "I have read both visits with the auditor. They were short, and the child was not seen alone."


def lead_of(session: Session) -> str:
    """The QA lead as events name them."""
    return f"person:{holders(session, Role.QA_LEAD)[0].id}"


def follow_actions(session: Session) -> None:
    """Of the actions with an owner, one in four is closed, and one in eight waits to be checked; the rest are open."""
    found = session.scalars(
        select(Action).join(Audit, Audit.id == Action.audit_id).where(Action.owner_id.is_not(None))
        .order_by(Audit.number, Action.number)
    ).all()  # fmt: skip
    for place, action in enumerate(found):
        turn = place % 8
        if turn in (1, 2, 5):
            actions.finish(session, action, SHOWN_BY, by=f"person:{action.owner_id}", at=DONE)
        if turn in (1, 5):
            actions.close(session, action, "Read on the record.", by=lead_of(session), at=CHECKED)


def fear(session: Session, cycle: Cycle, chance: Random, *, at: datetime) -> None:
    """One child who was not safe was seen to last week and will be audited again; for another, nobody has answered."""
    open_ones = session.scalars(
        select(Audit).where(Audit.cycle_id == cycle.id, Audit.state == "allocated").order_by(Audit.number)
    ).all()
    first, second = open_ones[:2]
    hand_in(session, first, chance, at=FEARED, safe_now="no", overall="inadequate")
    raised = session.scalars(select(Alert).where(Alert.audit_id == first.id)).one()
    told = session.scalars(
        select(Person.id).join(AlertRecipient, AlertRecipient.person_id == Person.id)
        .where(AlertRecipient.alert_id == raised.id).order_by(AlertRecipient.because, Person.name)
    ).first()  # fmt: skip
    alerts.acknowledge(
        session, raised, "I phoned the worker, who saw the child the same afternoon. The plan was changed.",
        by=f"person:{told}", at=FEARED + timedelta(minutes=25),
    )  # fmt: skip
    said = complete_answers(tool_of(session, second), chance, told_on=london_day(at).isoformat(), safe_now="not_sure")
    started = ("plan_status", "look_back", "record_read_on", "independent", "safe_now", "safe_told", "safe_told_on")
    write(session, second, {key: said[key] for key in started if key in said}, at=at - timedelta(minutes=40))


def reflect(session: Session) -> None:
    """One worker accepts what was found, one disputes it, one dispute is answered; the others are still asked."""
    asked = session.scalars(
        select(Reflection).join(Audit, Audit.id == Reflection.audit_id)
        .where(Audit.state == "submitted").order_by(Audit.number)
    ).all()  # fmt: skip
    positions = ({"position": "accepts"}, *[{"position": "disputes", "dispute": DIFFERENT}] * 2)
    for one, position in zip(asked, positions, strict=False):
        said = HELPED | position
        reflections.write(session, one, said, version_of({}))
        reflections.give(session, one, version_of(said), by=f"person:{one.person_id}", at=DONE)
    disputes.decide(session, asked[2], Decision.STANDS, ANSWERED, seed="demo", by=lead_of(session), at=CHECKED)


def audit_again(session: Session, cycle: Cycle, chance: Random) -> None:
    """The child whose audit was inadequate in September is audited again by somebody else: did it change?"""
    first = session.scalars(
        select(Audit).join(Judgement, Judgement.audit_id == Audit.id)
        .where(Judgement.element == "overall", Judgement.stage == "auditor", Judgement.grade == "inadequate")
        .order_by(Audit.month.desc())
    ).first()  # fmt: skip
    if first is None:
        return
    reaudits.plan(session, first, by=f"person:{first.auditor_id}", at=SAW)
    planned = session.scalars(select(Reaudit).where(Reaudit.first_id == first.id)).one()
    free = reaudit_queries.free(session, planned).auditors
    second = reaudits.allocate(session, planned, free[0], cycle, by=lead_of(session), at=DONE - timedelta(days=9))
    hand_in(session, second, chance, at=DONE, overall="requires_improvement")


def be_away(session: Session, cycle: Cycle, *, at: datetime) -> None:
    """One auditor is away with cover, one says that they will be; a third is excused this month."""
    rows = session.scalars(
        select(Expectation).join(Person, Person.id == Expectation.person_id)
        .where(Expectation.cycle_id == cycle.id).order_by(Person.name, Person.employee_id)
    ).all()  # fmt: skip
    away, later, excused, cover = rows[:4]
    today = london_day(at)
    lead = lead_of(session)
    days = (today, add_working_days(today, 9))
    said = absences.say(session, away.person, days, "leave", by=f"person:{away.person_id}", at=at)
    absences.confirm(session, said, cover=cover.person, approver=_manager(away.person), by=lead, at=at)
    training = (add_working_days(today, 10), add_working_days(today, 12))
    absences.say(session, later.person, training, "training", by=f"person:{later.person_id}", at=at)
    expectations.excuse(
        session, excused, "Leads the whole service until the new manager starts.",
        approver=_manager(excused.person), by=lead, at=DONE,
    )  # fmt: skip


def change_calendar(session: Session, cycle: Cycle) -> None:
    """The month closes two working days later than the settings propose."""
    day = add_working_days(cycle_steps.calendar(session, cycle)[Step.CLOSE], 2)
    cycle_steps.move(
        session, cycle, Step.CLOSE, day, reason="The moderators train on the first of these days.",
        by=lead_of(session), at=DONE,
    )  # fmt: skip


def _manager(person: Person) -> str:
    return person.line_manager.name if person.line_manager else "Head of Service"
