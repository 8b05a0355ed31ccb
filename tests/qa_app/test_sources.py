"""What the sources beside audit say in plain counts, by theme, place and month."""

from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.catalogue import latest
from qa_app.models import Alert, Case, Person, Service
from qa_app.queries import chair_checks, complaints, observations, practice_alerts, voice
from qa_app.queries.practice_alerts import Kind
from qa_app.queries.reach import Reach
from qa_app.queries.sight import Sight
from qa_app.queries.sources import Heard, Source, Span, tally
from qa_app.queries.told import distributions
from qa_app.services import audits, starting
from qa_app.services.drafts import Written, version_of
from qa_app.services.starting import Whom
from tests.conftest import AT
from tests.months import released_month, submitted_audit
from tests.sources import NOVEMBER, complained, feedback, raised, told
from tests.world import World

SPAN = Span(date(2026, 9, 1), NOVEMBER)
PLACES = (uuid4(), uuid4(), uuid4())
THEMES = ("voice", "drift", "plans")
HEARD = st.builds(
    Heard,
    day=st.dates(date(2026, 9, 1), date(2026, 11, 30)),
    month=st.sampled_from((date(2026, 9, 1), date(2026, 10, 1), NOVEMBER)),
    service_id=st.sampled_from(PLACES),
    team_id=st.sampled_from(PLACES),
    worries=st.frozensets(st.sampled_from(THEMES)),
    strengths=st.frozensets(st.sampled_from(THEMES)),
)


@given(st.lists(HEARD, max_size=30))
def test_counts_add_up_however_they_are_kept_apart(heard: list[Heard]) -> None:
    for theme in THEMES:
        for by in (("theme",), ("theme", "service"), ("theme", "team", "month")):
            found = [one for one in tally(Source.VOICE, heard, by) if one.theme == theme]
            assert sum(one.k for one in found) == sum(theme in one.worries for one in heard)
            assert sum(one.good for one in found) == sum(theme in one.strengths for one in heard)
            assert all(max(one.k, one.good) <= one.n <= len(heard) for one in found)
    whole = tally(Source.VOICE, heard, ("month", "team"))
    assert sum(one.n for one in whole) == len(heard)
    for one in whole:
        within = [each.day for each in heard if (each.month, each.team_id) == (one.month, one.team_id)]
        assert one.newest == max(within)


def test_counts_are_kept_apart_by_what_there_is() -> None:
    with pytest.raises(ValueError, match="by worker"):
        tally(Source.VOICE, (), ("worker",))


def test_a_span_ends_on_the_last_day_of_its_last_month() -> None:
    assert Span(date(2026, 11, 1), date(2026, 12, 1)).days == (date(2026, 11, 1), date(2026, 12, 31))


def test_voice_counts_those_who_answered_by_the_themes_of_the_one_list(session: Session, world: World) -> None:
    feedback(session, world)
    feedback(session, world, "feedback_carer", team="Planning")
    feedback(session, world, agreed="no")
    feedback(session, world, month=date(2026, 8, 1))
    found = {one.theme: one for one in voice.counts(session, Reach(), SPAN)}
    assert (found["family_time"].k, found["family_time"].good, found["family_time"].n) == (2, 0, 2)
    assert (found["voice"].good, found["listening"].good) == (1, 1)
    assert (found["voice"].newest, found["voice"].source) == (AT.date(), Source.VOICE)
    by_team = voice.counts(session, Reach(), SPAN, by=("team",))
    assert {one.team_id: one.n for one in by_team} == {world.teams["Care"].id: 1, world.teams["Planning"].id: 1}


def test_a_withdrawn_audit_is_in_no_count(session: Session, world: World) -> None:
    one = feedback(session, world)
    one.state, one.withdrawn_at, one.withdrawn_by = "withdrawn", AT, "test"
    session.flush()
    assert voice.feedback(session, Reach(), SPAN) == ()


def test_answers_fall_as_counts_over_all_that_is_offered_and_nothing_is_added_up(
    session: Session, world: World
) -> None:
    for scale in (0, 7, 7, 10):
        feedback(session, world, things_scale=scale, things_now="same")
    given_ = voice.answered(voice.feedback(session, Reach(), SPAN))
    found = {one.key: one for one in distributions(latest("feedback_older"), given_, ("rating", "scale"))}
    assert found["things_scale"].counts == (1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 1)
    assert (found["things_now"].counts, found["things_now"].n) == ((0, 4, 0), 4)
    assert (found["know_why"].n, found["listens"].n) == (0, 4)


def test_asked_rates_come_from_case_file_audits_of_months_the_reader_may_look_into(
    session: Session, world: World
) -> None:
    cycle = released_month(session, world, at=AT)
    for number, (child, parent) in enumerate((("yes", "no"), ("no", "no"), ("not_appropriate", "yes")), 1):
        submitted_audit(session, world, cycle, number, at=AT, answers={"child_asked": child, "parent_asked": parent})
    child, parent = voice.asked_rates(session, Reach(), SPAN, Sight())
    assert (child.yes, child.no, child.not_right, child.n) == (1, 1, 1, 3)
    assert (parent.yes, parent.no, parent.not_right) == (1, 2, 0)
    blind = voice.asked_rates(session, Reach(), SPAN, Sight(open_months=False))
    assert [one.n for one in blind] == [0, 0]
    past = voice.asked_rates(session, Reach(), SPAN, Sight(last=date(2026, 10, 1)))
    assert [one.n for one in past] == [0, 0]


def test_checks_observations_alerts_and_complaints_are_counted_alike(session: Session, world: World) -> None:
    ticked = {"themes_concerns": ["drift"], "themes_strengths": ["voice"]}
    told(
        session, world, "chair_check", quality="amber", in_time="yes", child_part="led", concern_raised="yes", **ticked
    )
    told(session, world, "observation", rate_whole="secure", rate_child="strength", themes_concerns=["curiosity"])
    raised(session, world)
    raised(session, world, kind=Kind.GOOD_PRACTICE, to=None)
    complained(session, world, theme="drift")
    complained(session, world, kind="compliment")
    asked = (session, Reach(services=frozenset((world.services["South"].id,))), SPAN)
    drift = {
        one.source: (one.k, one.good, one.n)
        for query in (chair_checks, observations, practice_alerts, complaints)
        for one in query.counts(*asked)
        if one.theme == "drift"
    }
    assert drift == {Source.CHECKS: (1, 0, 1), Source.ALERTS: (1, 1, 2), Source.COMPLAINTS: (1, 0, 2)}
    assert [one.theme for one in observations.counts(*asked)] == ["curiosity"]
    month = chair_checks.by_month(chair_checks.checks(*asked))[0]
    assert (month.green, month.amber, month.red, month.in_time, month.took_part, month.concerns) == (0, 1, 0, 1, 1, 1)
    seen = observations.observations(*asked)
    assert observations.whole(seen).counts == (0, 1, 0)
    assert {one.key: one.n for one in observations.by_part(seen)}["rate_child"] == 1
    elsewhere = Reach(services=frozenset((world.services["North"].id,)))
    assert practice_alerts.counts(session, elsewhere, SPAN) == ()
    assert session.get_one(Service, world.services["South"].id).id in {
        one.service_id for one in complaints.counts(*asked, by=("service",))
    }


@pytest.mark.parametrize("tool", ["feedback_young", "feedback_older", "feedback_carer", "chair_check"])
def test_a_worry_about_safety_is_told_at_once_from_every_source(session: Session, world: World, tool: str) -> None:
    held = select(Case).where(Case.team_id == world.teams["Care"].id).limit(1)
    case = session.scalars(held).one()
    officer = world.people["moderator_1" if tool == "chair_check" else "manager_planning"]
    auditor = session.get_one(Person, officer.id)
    audit = starting.start(session, latest(tool), auditor, Whom(case=case), by=f"person:{auditor.id}", at=AT)
    keys = frozenset(("safe_now",))
    audits.write(session, audit, Written(keys, keys, {"safe_now": "no"}), version_of({}, keys), by="test", at=AT)
    raised_now = session.scalars(select(Alert).where(Alert.audit_id == audit.id)).one()
    assert raised_now.raised_at == AT
