"""An alert that a child may not be safe: raised and lifted by the answer, told to the right people, told again."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from audit_forms.grades import Grade
from qa_app.access.permissions import Role
from qa_app.models import Alert, AlertRecipient, Audit, Event, Message, Moderation, Person, RoleGrant
from qa_app.queries import alerts as found
from qa_app.queries import ties
from qa_app.reports.messages import words
from qa_app.services import alerts, audits, drafts, regrading
from qa_app.services.drafts import Written
from tests.conftest import AT
from tests.journeys.states import released_month
from tests.regrading import audit_to_moderate
from tests.world import World, actor_for

SAFE = frozenset({"safe_now", "safe_told", "safe_told_on", "safe_agreed"})
HOUR = timedelta(hours=1)


@pytest.fixture
def audit(session: Session, world: World) -> Audit:
    """An audit somebody has to do."""
    return session.get_one(Audit, released_month(session, world)[0].id)


def answer(session: Session, audit: Audit, said: str | None, at: datetime = AT) -> Alert | None:
    """Save the answer on the page 'Safe now?', as its auditor; the newest alert."""
    writer = audits.writer_of(audit)
    answers = {"safe_now": said} if said else {}
    version = drafts.version_of(drafts.load(session, writer), SAFE)
    audits.write(session, audit, Written(SAFE, SAFE, answers), version, by=f"person:{audit.auditor_id}", at=at)
    newest = select(Alert).where(Alert.audit_id == audit.id, Alert.stage == "auditor")
    return session.scalars(newest.order_by(Alert.raised_at.desc())).first()


def one(session: Session, audit: Audit, said: str, at: datetime = AT) -> Alert:
    raised = answer(session, audit, said, at)
    assert raised is not None
    return raised


def told(session: Session, alert: Alert) -> dict[str, str]:
    """Name -> why, of those who were told."""
    rows = session.execute(
        select(Person.name, AlertRecipient.because)
        .join(Person, Person.id == AlertRecipient.person_id)
        .where(AlertRecipient.alert_id == alert.id)
    )
    return dict(rows.all())


def mails(session: Session) -> list[str]:
    return [words(m.kind, m.detail).text for m in session.scalars(select(Message).where(Message.urgent))]


def service_manager(session: Session, world: World, audit: Audit) -> Person:
    """One above the team manager of the child's worker."""
    head = "head_north" if audit.service_id == world.services["North"].id else "head_south"
    made = world.person(session, "sue", "Practice", (Role.AUDITOR,), AT, manager=head, title="Service Manager, East")
    worker = session.get_one(Person, audit.worker_id)
    assert worker.line_manager is not None
    worker.line_manager.line_manager_id = made.id
    session.flush()
    return made


def test_service_manager_and_heads_are_told_at_once_and_nobody_else(
    session: Session, world: World, audit: Audit
) -> None:
    manager = service_manager(session, world, audit)
    alert = one(session, audit, "no")
    service = audit.service.name
    assert told(session, alert) == {
        manager.name: "service_manager", f"Head {service}": "head_of_service", "Director": "head_of_service",
    }  # fmt: skip
    assert len(mails(session)) == 3
    assert all(audit.reference in said for said in mails(session))
    assert all(m.about_id == alert.id for m in session.scalars(select(Message).where(Message.urgent)))


def test_a_mail_says_the_number_of_the_audit_and_nothing_of_child_team_or_people(
    session: Session, world: World, audit: Audit
) -> None:
    one(session, audit, "no")
    alerts.remind(session, at=AT + 3 * HOUR)
    plain = {session.get_one(Person, audit.worker_id).name, audit.team.name, audit.auditor.name, "90000"}
    assert mails(session)
    for said in mails(session):
        assert not [word for word in plain if word in said]


def test_where_there_is_no_service_manager_the_qa_lead_is_told_too(
    session: Session, world: World, audit: Audit
) -> None:
    assert told(session, one(session, audit, "not_sure"))["Qa Lead"] == "qa_lead"


def test_where_none_of_them_can_sign_in_the_qa_lead_is_told_too(session: Session, world: World, audit: Audit) -> None:
    service_manager(session, world, audit)
    for grant in session.scalars(select(RoleGrant).where(RoleGrant.role.in_(("auditor", "head_of_service")))):
        grant.ended_at, grant.ended_by = AT, "test"
    head = world.people["director"]
    session.add(RoleGrant(person_id=head.id, role="head_of_service", granted_at=AT, granted_by="test"))
    session.flush()
    assert "Qa Lead" not in told(session, one(session, audit, "no"))
    answer(session, audit, "yes")
    alert = session.scalars(select(Alert)).one()
    alerts.acknowledge(session, alert, "Seen.", by="person:x", at=AT)
    session.execute(RoleGrant.__table__.delete().where(RoleGrant.person_id == head.id))
    assert "Qa Lead" in told(session, one(session, audit, "no", AT + HOUR))


def test_nobody_is_never_told(session: Session, world: World, audit: Audit) -> None:
    session.execute(RoleGrant.__table__.delete())
    assert told(session, one(session, audit, "no")).keys() >= {"Director"}


def test_who_raises_it_is_not_told_of_their_own(session: Session, world: World, audit: Audit) -> None:
    session.add(RoleGrant(person_id=audit.auditor_id, role="qa_lead", granted_at=AT, granted_by="test"))
    session.flush()
    alert = one(session, audit, "no")
    assert audit.auditor.name not in told(session, alert)
    with pytest.raises(alerts.NotTheirs):
        alerts.acknowledge(session, alert, "I saw to it.", by=alert.raised_by, at=AT)


def test_saving_again_raises_nothing_new(session: Session, world: World, audit: Audit) -> None:
    first = one(session, audit, "no")
    before = len(mails(session))
    assert one(session, audit, "no", AT + HOUR) is first
    assert one(session, audit, "not_sure", AT + HOUR) is first
    assert len(mails(session)) == before


def test_safe_lifts_it_and_it_still_waits(session: Session, world: World, audit: Audit) -> None:
    alert = one(session, audit, "no")
    answer(session, audit, "yes", AT + HOUR)
    assert alert.lifted_at == AT + HOUR
    assert [
        w.alert_id
        for w in found.waiting(session, actor_for(session.get_one(Person, world.people["director"].id)), at=AT)
    ] == [alert.id]
    before = len(mails(session))
    answer(session, audit, "no", AT + 2 * HOUR)
    assert (alert.lifted_at, alert.raised_at) == (None, AT)
    assert len(mails(session)) == 2 * before


def test_a_fear_that_grows_is_told_again(session: Session, world: World, audit: Audit) -> None:
    alert = one(session, audit, "not_sure")
    before = len(mails(session))
    assert one(session, audit, "no", AT + HOUR) is alert
    assert len(mails(session)) == 2 * before


def test_an_acknowledged_alert_is_raised_anew_when_the_fear_comes_back_or_grows(
    session: Session, world: World, audit: Audit
) -> None:
    first = one(session, audit, "not_sure")
    alerts.acknowledge(session, first, "Visited today.", by=f"person:{world.people['director'].id}", at=AT + HOUR)
    assert one(session, audit, "not_sure", AT + 2 * HOUR) is first
    second = one(session, audit, "no", AT + 3 * HOUR)
    assert second is not first
    alerts.acknowledge(session, second, "Moved.", by=f"person:{world.people['director'].id}", at=AT + 4 * HOUR)
    assert one(session, audit, "no", AT + 5 * HOUR) is second
    answer(session, audit, "yes", AT + 6 * HOUR)
    assert one(session, audit, "not_sure", AT + 7 * HOUR) not in (first, second)


def test_who_acknowledged_when_and_after_how_long_is_on_record(session: Session, world: World, audit: Audit) -> None:
    alert = one(session, audit, "no")
    by = f"person:{world.people['director'].id}"
    with pytest.raises(alerts.NoteMissing):
        alerts.acknowledge(session, alert, "  ", by=by, at=AT)
    alerts.acknowledge(session, alert, "Seen by the duty team.", by=by, at=AT + timedelta(minutes=134))
    with pytest.raises(alerts.Answered):
        alerts.acknowledge(session, alert, "Me too.", by="person:other", at=AT + 3 * HOUR)
    event = session.scalars(select(Event).where(Event.action == "alert.acknowledged")).one()
    assert (event.by, event.at, event.detail["minutes"]) == (by, AT + timedelta(minutes=134), 134)
    assert "duty" not in str(event.detail) + event.reason
    assert (alert.acknowledged_note, alert.acknowledged_by) == ("Seen by the duty team.", by)


def test_nobody_answered_so_it_is_told_again_and_one_level_further_up_each_time(
    session: Session, world: World, audit: Audit
) -> None:
    manager = service_manager(session, world, audit)
    for grant in session.scalars(select(RoleGrant).where(RoleGrant.role == "head_of_service")):
        grant.ended_at, grant.ended_by = AT, "test"
    session.flush()
    alert = one(session, audit, "no")
    assert set(told(session, alert)) == {manager.name, "Qa Lead"}
    assert alerts.remind(session, at=AT + HOUR) == 0
    assert alerts.remind(session, at=AT + 2 * HOUR) == 1
    assert alerts.remind(session, at=AT + 2 * HOUR) == 0
    head = f"Head {audit.service.name}"
    assert told(session, alert)[head] == "line_manager"
    assert "Director" not in told(session, alert)
    assert alerts.remind(session, at=AT + 4 * HOUR) == 1
    assert told(session, alert)["Director"] == "line_manager"
    alerts.acknowledge(session, alert, "Done.", by="person:x", at=AT + 5 * HOUR)
    assert alerts.remind(session, at=AT + 9 * HOUR) == 0


def test_a_round_that_another_run_has_taken_is_not_taken_again(session: Session, world: World, audit: Audit) -> None:
    alert = one(session, audit, "no")
    assert alerts._take(session, alert, at=AT + 2 * HOUR)
    set_committed_value(alert, "reminders", 0)  # as a run sees it that read the alert before
    assert not alerts._take(session, alert, at=AT + 2 * HOUR)


def test_whoever_has_the_audit_to_grade_blind_is_never_told_of_the_auditors_fear(
    session: Session, world: World, audit: Audit
) -> None:
    director = world.people["director"]
    session.add(
        Moderation(audit_id=audit.id, moderator_id=director.id, stream="sampled", state="allocated", allocated_at=AT)
    )
    session.flush()
    alert = one(session, audit, "no")
    alerts.remind(session, at=AT + 2 * HOUR)
    alerts.remind(session, at=AT + 4 * HOUR)
    assert "Director" not in told(session, alert)


def test_whoever_grades_the_audit_is_told_after_all_when_nobody_else_is_left(
    session: Session, world: World, audit: Audit
) -> None:
    lead = world.people["qa_lead"]
    session.add(
        Moderation(audit_id=audit.id, moderator_id=lead.id, stream="sampled", state="allocated", allocated_at=AT)
    )
    for grant in session.scalars(select(RoleGrant).where(RoleGrant.role == "head_of_service")):
        grant.ended_at, grant.ended_by = AT, "test"
    session.flush()
    first = one(session, audit, "no")
    assert first.audit_id == audit.id
    assert "Qa Lead" not in told(session, first)
    assert told(session, first)  # the line above the auditor
    for person in session.scalars(select(Person).where(Person.id.not_in([lead.id, audit.auditor_id]))):
        person.active = False
    session.flush()
    alerts.remind(session, at=AT + 2 * HOUR)
    assert told(session, first)["Qa Lead"] == "qa_lead"
    session.execute(AlertRecipient.__table__.delete())
    alerts.acknowledge(session, first, "Seen.", by="person:x", at=AT + 3 * HOUR)
    answer(session, audit, "yes", AT + 4 * HOUR)
    assert told(session, one(session, audit, "no", AT + 5 * HOUR)) == {"Qa Lead": "qa_lead"}
    assert str(lead.id) in ties.readers(session, [audit.id])[audit.id]


def test_a_person_told_counts_as_having_read_the_audit(session: Session, world: World, audit: Audit) -> None:
    assert ties.readers(session, [audit.id]) == {audit.id: frozenset()}
    one(session, audit, "no")
    assert str(world.people["director"].id) in ties.readers(session, [audit.id])[audit.id]


def test_a_moderators_fear_is_an_alert_of_its_own(session: Session, world: World) -> None:
    moderation = audit_to_moderate(session, world, Grade.GOOD, at=AT)
    session.add(
        Alert(audit_id=moderation.audit_id, stage="auditor", answer="no", raised_at=AT, raised_by="person:x",
              reminders=0, acknowledged_note="")
    )  # fmt: skip
    session.flush()
    moderator = world.people["moderator_1"]
    for said in ("no", "yes"):
        version = drafts.version_of(drafts.load(session, regrading.writer_of(moderation, moderator)), SAFE)
        regrading.write(
            session, moderation, moderator, Written(SAFE, SAFE, {"safe_now": said}), version,
            by=f"person:{moderator.id}", at=AT + HOUR,
        )  # fmt: skip
    both = {one.stage: one for one in session.scalars(select(Alert))}
    assert both["moderator"].lifted_at == AT + HOUR
    assert both["auditor"].lifted_at is None
    assert moderator.name not in told(session, both["moderator"])


STEPS = st.lists(st.sampled_from(["yes", "not_sure", "no", None, "acknowledge", "remind"]), max_size=12)


@given(STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_answered_one_alert_at_most_is_open_and_a_standing_fear_is_never_without_one(
    session: Session, world: World, audit: Audit, steps: list[str | None]
) -> None:
    point = session.begin_nested()
    for hours, step in enumerate(steps):
        at = AT + 2 * hours * HOUR
        waiting = session.scalars(select(Alert).where(Alert.acknowledged_at.is_(None))).all()
        if step == "acknowledge":
            for alert in waiting:
                alerts.acknowledge(session, alert, "Seen.", by="person:x", at=at)
        elif step == "remind":
            assert alerts.remind(session, at=at) <= len(waiting)
        else:
            newest = answer(session, audit, step, at)
            if step in ("not_sure", "no"):
                assert newest is not None
                assert newest.lifted_at is None
                assert told(session, newest)
        open_ = session.scalars(select(Alert).where(Alert.acknowledged_at.is_(None))).all()
        assert len(open_) <= 1
    point.rollback()
