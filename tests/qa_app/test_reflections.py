"""The worker's reflection: who is asked and how, what is kept while it is written, and that it is given once."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app.db import Database
from qa_app.models import Event, Mail, Message, Moderation, Person, RoleGrant
from qa_app.queries import ties
from qa_app.services import disputes, moderators, reflection_links, reflections, sampling
from qa_app.services.disputes import Decision, DisputeRefused
from qa_app.services.drafts import NewerDraft, version_of
from qa_app.services.reflection_links import Stands
from tests.conftest import AT
from tests.feedback import ACCEPTS, DISPUTES, KEYS, asked, give, moderated, reflection_of, token_sent
from tests.months import released_month
from tests.world import World


def told(session: Session, kind: str) -> set[str]:
    rows = session.execute(
        select(Person.name).join(Message, Message.person_id == Person.id).where(Message.kind == kind)
    )
    return set(rows.scalars())


def test_a_worker_who_signs_in_is_told_and_one_who_does_not_gets_a_link(session: Session, world: World) -> None:
    first = asked(session, world, "worker_assessment_1")
    assert told(session, "reflection.asked") == {"Worker Assessment 1"}
    assert session.scalars(select(Mail)).all() == []
    second = asked(session, world, "worker_assessment_2", number=2, cycle=first.cycle)
    mail = session.scalars(select(Mail)).one()
    token = token_sent(session, world.people["worker_assessment_2"])
    kept = reflection_of(session, second)
    assert mail.person_id == world.people["worker_assessment_2"].id
    assert token not in repr(vars(kept)) + mail.sealed
    assert kept.link_ends_at == AT + timedelta(days=14)


@pytest.mark.parametrize("fault", ["unknown", "left", "did it themselves"])
def test_nobody_is_asked_where_there_is_nobody_to_ask(session: Session, world: World, fault: str) -> None:
    audit = asked(session, world, None)
    worker = None if fault == "unknown" else session.get_one(Person, world.people["worker_care_1"].id)
    if worker is not None:
        worker.active = fault != "left"
        audit.worker_id = audit.auditor_id if fault == "did it themselves" else worker.id
    session.flush()
    session.expire(audit)
    assert reflections.invite(session, audit, keys=KEYS, by="test", at=AT) is None
    assert session.scalars(select(Mail)).all() + session.scalars(select(Message)).all() == []


def test_a_worker_without_an_address_is_kept_as_asked_so_that_the_page_can_be_printed(
    session: Session, world: World
) -> None:
    session.get_one(Person, world.people["worker_assessment_2"].id).email = None
    audit = asked(session, world, "worker_assessment_2")
    assert reflection_of(session, audit).link_sha256 is None
    assert session.scalars(select(Mail)).all() == []


def test_a_link_is_used_once_and_its_pass_expires(session: Session, world: World) -> None:
    audit = asked(session, world, "worker_assessment_2")
    token = token_sent(session, world.people["worker_assessment_2"])
    for _ in range(2):  # looking changes nothing: a mail scanner looks
        found = reflection_links.find(session, token, at=AT)
        assert found is not None
        assert found.stands is Stands.GOOD
    used = reflection_links.use(session, token, at=AT)
    assert used is not None
    kept, made = used
    assert kept.audit_id == audit.id
    assert reflection_links.use(session, token, at=AT) is None
    again = reflection_links.find(session, token, at=AT)
    assert again is not None
    assert again.stands is Stands.USED
    assert reflection_links.by_pass(session, made, at=AT + timedelta(hours=11)) is kept
    assert reflection_links.by_pass(session, made, at=AT + timedelta(hours=13)) is None
    assert reflection_links.by_pass(session, token, at=AT) is None


def test_an_expired_link_opens_nothing_and_a_new_one_ends_the_old(session: Session, world: World) -> None:
    audit = asked(session, world, "worker_assessment_2")
    worker = world.people["worker_assessment_2"]
    token = token_sent(session, worker)
    later = AT + timedelta(days=14)
    found = reflection_links.find(session, token, at=later)
    assert found is not None
    assert found.stands is Stands.EXPIRED
    assert reflection_links.use(session, token, at=later) is None
    with pytest.raises(reflection_links.SentAlready):
        reflection_links.send(
            session, reflection_of(session, audit), keys=KEYS, by="test", at=AT + timedelta(minutes=5)
        )
    reflection_links.send(session, reflection_of(session, audit), keys=KEYS, by="test", at=later)
    assert reflection_links.find(session, token, at=later) is None
    assert reflection_links.use(session, token_sent(session, worker), at=later) is not None


def test_a_link_of_somebody_who_has_left_opens_nothing(session: Session, world: World) -> None:
    asked(session, world, "worker_assessment_2")
    token = token_sent(session, world.people["worker_assessment_2"])
    used = reflection_links.use(session, token, at=AT)
    assert used is not None
    session.get_one(Person, world.people["worker_assessment_2"].id).active = False
    session.flush()
    assert reflection_links.by_pass(session, used[1], at=AT) is None
    assert reflection_links.find(session, token, at=AT) is None


def test_a_reflection_is_given_once_and_then_stands(session: Session, world: World) -> None:
    audit = asked(session, world, "worker_assessment_1")
    kept = reflection_of(session, audit)
    give(session, kept, ACCEPTS)
    assert (kept.proud, kept.helped, kept.position, kept.draft) == ("The visits.", "yes", "accepts", {})
    assert not reflections.give(session, kept, version_of({}), by="test", at=AT)
    with pytest.raises(reflections.Closed, match="given"):
        reflections.write(session, kept, {"proud": "More"}, version_of({}))
    assert told(session, "reflection.given") == {audit.auditor.name}
    assert told(session, "reflection.disputed") == set()


def test_nothing_newer_is_overwritten_from_another_tab(session: Session, world: World) -> None:
    kept = reflection_of(session, asked(session, world, "worker_assessment_1"))
    old = version_of({})
    reflections.write(session, kept, {"proud": "One tab"}, old)
    with pytest.raises(NewerDraft) as caught:
        reflections.write(session, kept, {"proud": "Other tab"}, old)
    assert caught.value.stored == {"proud": "One tab"}
    with pytest.raises(NewerDraft):
        reflections.give(session, kept, old, by="test", at=AT)
    assert kept.draft == {"proud": "One tab"}


@given(said=st.fixed_dictionaries({
    "helped": st.sampled_from(["", "yes", "partly", "no", "not_applicable"]),
    "position": st.sampled_from(["", "accepts", "disputes"]),
    "dispute": st.sampled_from(["", "The file."]), "asks_moderation": st.sampled_from(["", "y"]),
}))  # fmt: skip
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_is_given_only_when_whole_and_a_dispute_is_only_kept_when_there_is_one(
    database: Database, world: World, said: dict[str, str]
) -> None:
    whole = said["helped"] and said["position"] and (said["position"] == "accepts" or said["dispute"])
    with database.writing() as session:
        kept = reflection_of(session, asked(session, world, "worker_assessment_1"))
        version = reflections.write(session, kept, said, version_of({}))
        if whole:
            assert reflections.give(session, kept, version, by="test", at=AT)
            disputes_it = said["position"] == "disputes"
            assert kept.dispute == (said["dispute"] if disputes_it else "")
            assert kept.asks_moderation is (disputes_it and bool(said["asks_moderation"]))
        else:
            with pytest.raises(reflections.Unanswered):
                reflections.give(session, kept, version, by="test", at=AT)
            assert kept.given_at is None
        session.rollback()


def test_somebody_else_can_be_asked_and_the_first_pass_is_worth_nothing_then(session: Session, world: World) -> None:
    audit = asked(session, world, "worker_assessment_2")
    used = reflection_links.use(session, token_sent(session, world.people["worker_assessment_2"]), at=AT)
    assert used is not None
    reflections.write(session, used[0], {"proud": "Mine"}, version_of({}))
    other = session.get_one(Person, world.people["worker_assessment_1"].id)
    kept = reflections.ask_another(session, audit, other, keys=KEYS, by="test", at=AT)
    assert (kept.person_id, kept.draft) == (other.id, {})
    assert reflection_links.by_pass(session, used[1], at=AT) is None
    assert told(session, "reflection.asked") == {"Worker Assessment 1"}
    auditor = session.get_one(Person, audit.auditor_id)
    with pytest.raises(reflections.NotTheirs):
        reflections.ask_another(session, audit, auditor, keys=KEYS, by="test", at=AT)


def test_a_dispute_reaches_the_qa_lead_but_not_one_who_may_yet_grade_it_blind(session: Session, world: World) -> None:
    both = world.person(session, "lead_who_moderates", "Practice", ("qa_lead", "moderator"), AT)  # type: ignore[arg-type]
    audit = asked(session, world, "worker_assessment_1")
    give(session, reflection_of(session, audit), DISPUTES)
    assert told(session, "reflection.disputed") == {"Qa Lead"}
    assert both.id not in reflections.deciders(session, audit)
    day = reflections.decide_by(session, reflection_of(session, audit))
    assert day is not None
    assert f"{day:%Y-%m-%d}" == "2026-12-07"  # ten working days after 23 November


def test_a_dispute_can_ask_for_moderation_that_stays_out_of_the_headline(session: Session, world: World) -> None:
    kept = reflection_of(session, asked(session, world, "worker_assessment_1"))
    give(session, kept, DISPUTES)
    disputes.decide(session, kept, Decision.MODERATE, "Let us look again.", seed="s", by="person:lead", at=AT)
    made = session.scalars(select(Moderation)).one()
    assert (made.stream, made.state, kept.audit.state) == ("disputed", "allocated", "selected")
    assert told(session, "reflection.decided") == {"Worker Assessment 1"}
    with pytest.raises(DisputeRefused, match="decided already"):
        disputes.decide(session, kept, Decision.STANDS, "No.", seed="s", by="person:lead", at=AT)


@pytest.mark.parametrize(("state", "words"), [
    ("selected", "being moderated already"), ("agreed", "final grades are agreed"), ("closed", "month is closed"),
])  # fmt: skip
def test_what_cannot_be_moderated_says_why_and_can_still_be_answered(
    session: Session, world: World, state: str, words: str
) -> None:
    kept = reflection_of(session, asked(session, world, "worker_assessment_1"))
    give(session, kept, DISPUTES)
    kept.audit.state = state
    session.flush()
    assert words in disputes.why_not_moderated(kept.audit)
    with pytest.raises(DisputeRefused, match=words):
        disputes.decide(session, kept, Decision.MODERATE, "Again.", seed="s", by="person:lead", at=AT)
    disputes.decide(session, kept, Decision.RESOLVED, "The note is put right.", seed="s", by="person:lead", at=AT)
    assert session.scalars(select(Moderation)).all() == []


def test_a_decision_needs_a_note_and_a_dispute(session: Session, world: World) -> None:
    kept = reflection_of(session, asked(session, world, "worker_assessment_1"))
    with pytest.raises(DisputeRefused, match="does not dispute"):
        disputes.decide(session, kept, Decision.STANDS, "So.", seed="s", by="person:lead", at=AT)
    give(session, kept, DISPUTES)
    with pytest.raises(DisputeRefused, match="note"):
        disputes.decide(session, kept, Decision.STANDS, "  ", seed="s", by="person:lead", at=AT)


def test_whoever_was_asked_to_reflect_is_never_given_the_audit_to_grade(session: Session, world: World) -> None:
    audit = asked(session, world, "worker_assessment_1")
    moderator = session.get_one(Person, world.people["moderator_1"].id)
    assert moderators.conflicts(session, audit, moderator) == ()
    reflections.ask_another(session, audit, moderator, keys=KEYS, by="test", at=AT)
    assert str(moderator.id) in ties.readers(session, (audit.id,))[audit.id]
    assert moderators.conflicts(session, audit, moderator) != ()


def test_a_moderator_of_the_audit_is_not_asked(session: Session, world: World) -> None:
    cycle = released_month(session, world, at=AT)
    audit = asked(session, world, "worker_assessment_1", grade=Grade.INADEQUATE, cycle=cycle)
    sampling.draw_sample(session, cycle, seed="s", by="test", at=AT)
    made = session.scalars(select(Moderation)).one()
    assert made.moderator is not None
    with pytest.raises(reflections.NotTheirs):
        reflections.ask_another(session, audit, made.moderator, keys=KEYS, by="test", at=AT)
    moderated(session, made, Grade.GOOD)


def test_no_event_and_no_message_holds_a_word_of_it(session: Session, world: World) -> None:
    kept = reflection_of(session, asked(session, world, "worker_assessment_1"))
    give(session, kept, DISPUTES)
    disputes.decide(session, kept, Decision.STANDS, "A note of mine.", seed="s", by="person:lead", at=AT)
    events = [f"{one.detail} {one.reason}" for one in session.scalars(select(Event))]
    messages = [f"{one.kind} {one.detail}" for one in session.scalars(select(Message))]
    said = " ".join(events + messages)
    assert "chronology is on" not in said
    assert "A note of mine" not in said
    assert {one.action for one in session.scalars(select(Event))} >= {"reflection.given", "reflection.decided"}


def test_a_role_ended_means_a_link_next_time(session: Session, world: World) -> None:
    person = session.get_one(Person, world.people["worker_care_1"].id)
    assert reflections.reached_by(session, person) == "sign_in"
    for one in session.scalars(select(RoleGrant).where(RoleGrant.person_id == person.id)):
        one.ended_at, one.ended_by = AT, "test"
    session.flush()
    assert reflections.reached_by(session, person) == "link"
