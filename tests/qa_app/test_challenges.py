"""An auditor challenges final grades in time; somebody else decides; figures before and after stay computable."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app.models import Action, Challenge, Event, Judgement, Message, Moderation, Reaudit
from qa_app.queries import facts, findings, standing
from qa_app.services import challenges, settings
from qa_app.services.challenges import ChallengeRefused, Ruling
from qa_app.services.moderators import NotIndependent
from tests.conftest import AT
from tests.months import ELEMENTS
from tests.seconds import WHY, agreed, challenged
from tests.world import World

DECIDED = "Both visits are on the record, and the child was seen alone."


def decide(session: Session, challenge: Challenge, grade: Grade = Grade.GOOD, *elements: str) -> None:
    rulings = {element: Ruling(grade, DECIDED) for element in elements or ("overall",)}
    assert challenge.decider is not None
    challenges.decide(session, challenge, challenge.decider, rulings, by=f"person:{challenge.decider_id}", at=AT)


def test_a_challenge_goes_to_somebody_who_gave_none_of_the_grades_and_both_are_told(
    session: Session, world: World
) -> None:
    made = agreed(session, world)
    found = challenged(session, made, "overall", "plan")
    assert found.decider_id in {world.people["moderator_2"].id, world.people["moderator_3"].id}
    told = dict(session.execute(select(Message.kind, Message.person_id).where(Message.kind.like("challenge.%"))).all())
    assert told == {"challenge.to_decide": found.decider_id, "challenge.raised": made.moderator_id}
    event = session.scalars(select(Event).where(Event.action == "challenge.raised")).one()
    assert WHY not in repr(event.detail)


def test_grades_are_challenged_within_so_many_working_days_and_once(session: Session, world: World) -> None:
    made = agreed(session, world)
    audit = made.audit
    last = challenges.last_day(session, made)
    assert last is not None
    settings.change(session, "challenge_days", 3, by="test", at=AT)
    shorter = challenges.last_day(session, made)
    assert shorter is not None
    assert shorter < last
    late = AT + (shorter - AT.date()) + timedelta(days=1)
    with pytest.raises(ChallengeRefused, match="could be challenged until"):
        challenges.raise_challenge(session, audit, {"overall": WHY}, by="test", at=late)
    challenges.raise_challenge(session, audit, {"overall": WHY}, by="test", at=late - timedelta(days=1))
    with pytest.raises(ChallengeRefused, match="challenged before"):
        challenged(session, made, "plan")


@pytest.mark.parametrize("points", [{}, {"overall": "  "}, {"nothing": WHY}])
def test_a_challenge_names_changed_grades_each_with_a_reason(
    session: Session, world: World, points: dict[str, str]
) -> None:
    made = agreed(session, world)
    with pytest.raises(ChallengeRefused, match="at least one grade"):
        challenges.raise_challenge(session, made.audit, points, by="test", at=AT)


def test_grades_that_were_not_changed_cannot_be_challenged(session: Session, world: World) -> None:
    made = agreed(session, world, final=Grade.GOOD)
    with pytest.raises(ChallengeRefused, match="No grade of yours was changed"):
        challenged(session, made)


def test_neither_moderator_nor_auditor_nor_somebody_tied_decides(session: Session, world: World) -> None:
    made = agreed(session, world)
    found = challenged(session, made)
    moderator = world.people["moderator_1"]
    with pytest.raises(NotIndependent):
        challenges.give(session, found, moderator, reason="leave", by="test", at=AT)
    found.decider_id = moderator.id
    with pytest.raises(NotIndependent):
        decide(session, found)
    tied = world.people["moderator_2"]
    found.decider_id = tied.id
    made.audit.case.reviewer_id = tied.id
    session.flush()
    with pytest.raises(NotIndependent):
        decide(session, found)
    challenges.give(session, found, world.people["moderator_3"], reason="tied", by="test", at=AT)
    assert found.decider_id == world.people["moderator_3"].id


def test_every_challenged_grade_is_decided_with_a_note_and_once(session: Session, world: World) -> None:
    found = challenged(session, agreed(session, world), "overall", "plan")
    with pytest.raises(ChallengeRefused, match="every challenged grade"):
        decide(session, found, Grade.GOOD, "overall")
    session.refresh(found)
    assert found.decider is not None
    blank = {element: Ruling(Grade.GOOD, " ") for element in ("overall", "plan")}
    with pytest.raises(ChallengeRefused, match="with a note"):
        challenges.decide(session, found, found.decider, blank, by="test", at=AT)
    decide(session, found, Grade.GOOD, "overall", "plan")
    with pytest.raises(ChallengeRefused, match="decided already"):
        decide(session, found, Grade.OUTSTANDING, "overall", "plan")


def test_final_grades_stay_and_figures_before_and_after_a_challenge_are_both_counted(
    session: Session, world: World
) -> None:
    made = agreed(session, world)
    decide(session, challenged(session, made, "overall", "plan"), Grade.GOOD, "overall", "plan")
    rows = select(Judgement.stage, Judgement.grade).where(Judgement.element == "overall")
    assert dict(session.execute(rows).all()) == {
        "auditor": "good", "moderator": "requires_improvement", "final": "requires_improvement", "challenged": "good",
    }  # fmt: skip

    def counted(*, before: bool) -> dict[str, int]:
        found = facts.collect(session, facts.Reach(before_challenges=before))
        return {one.grade: one.n for one in found.grades if one.basis == "final" and one.element == "overall"}

    assert counted(before=False) == {"good": 1}
    assert counted(before=True) == {"requires_improvement": 1}
    pairs = [(one.auditor_grade, one.moderator_grade, one.n) for one in facts.collect(session).pairs]
    assert pairs == [("good", "requires_improvement", 1)], "agreement rests on the first grades"
    assert standing.grades(session, made.audit_id)["overall"] is Grade.GOOD
    letter = findings.findings(session, made.audit)
    assert letter.overall is not None
    assert letter.overall.grade == "Good"


def test_a_challenge_that_changes_nothing_leaves_the_final_grades_and_says_why(session: Session, world: World) -> None:
    made = agreed(session, world)
    found = challenged(session, made)
    decide(session, found, Grade.REQUIRES_IMPROVEMENT)
    assert not session.scalars(select(Judgement).where(Judgement.stage == "challenged")).all()
    event = session.scalars(select(Event).where(Event.action == "challenge.decided")).one()
    assert event.detail == {"grades": 1, "changed": 0}
    told = set(session.scalars(select(Message.person_id).where(Message.kind == "challenge.decided")))
    assert told == {made.audit.auditor_id, made.moderator_id}


def test_what_follows_from_a_grade_follows_from_a_challenge(session: Session, world: World) -> None:
    made = agreed(session, world, Grade.OUTSTANDING, Grade.GOOD, Grade.GOOD)
    audit = made.audit
    action = Action(
        audit_id=audit.id, number=1, case_id=audit.case_id, service_id=audit.service_id, team_id=audit.team_id,
        element="overall", what="Visit.", owner_named="A", due_on=AT.date(), made_at=AT, made_by="test",
    )  # fmt: skip
    session.add(action)
    session.flush()
    decide(session, challenged(session, made), Grade.INADEQUATE)
    assert action.flagged_because == "final_grade"
    assert session.scalars(select(Reaudit.because).where(Reaudit.first_id == audit.id)).all() == ["inadequate"]


def test_the_database_keeps_a_challenged_grade_from_who_graded_before_and_without_a_final_one(
    session: Session, world: World
) -> None:
    made = agreed(session, world)
    first = session.scalars(select(Judgement).where(Judgement.stage == "final", Judgement.element == "plan")).one()
    row = {
        name: getattr(first, name)
        for name in ("audit_id", "month", "service_id", "team_id", "tool_key", "auditor_grade", "given_at")
    }
    other = world.people["moderator_3"].id

    def refused(sentence: str, **values: object) -> None:
        with pytest.raises(DBAPIError, match=sentence), session.begin_nested():
            session.execute(insert(Judgement).values(**{**row, "stage": "challenged", "grade": "good", **values}))

    refused("gave none of the grades", element="plan", judge_id=made.moderator_id)
    refused("about a final grade", element="made_up", judge_id=other, auditor_grade=None)
    session.execute(insert(Judgement).values(**row, stage="challenged", grade="good", element="plan", judge_id=other))
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(update(Judgement).where(Judgement.stage == "challenged").values(grade="inadequate"))


def test_an_imported_audit_is_not_challenged(session: Session, world: World) -> None:
    made = agreed(session, world)
    assert challenges.last_day(session, made) is not None
    assert challenges.last_day(session, Moderation(agreed_at=AT, batch_id=made.id)) is None
    assert len(ELEMENTS) > 5
