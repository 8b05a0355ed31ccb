"""What may name somebody is pointed out before it is given for ever: mended, or kept with a reason that is logged."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from audit_forms import answers
from audit_forms.catalogue import latest
from audit_forms.identifiers import Kind
from audit_forms.marked import hard, marked
from qa_app.db import Database
from qa_app.models import Answers, Audit, Event, Person
from qa_app.services import audits, drafts, free_text
from qa_app.services.drafts import Written
from tests.conftest import AT
from tests.journeys.states import Allocated, released_month
from tests.page import PageClient
from tests.qa_app.audit_answers import stored
from tests.regrading import audit_to_moderate, fill, version_on
from tests.world import World

SignIn = Callable[[Person], PageClient]
TOOL = latest("case_file")
NUMBER = "943 476 5919"
STORY = f"A quiet child who likes trains. The hospital letter says {NUMBER} and a date, and there is more to it."


def written(database: Database, world: World, **changed: object) -> Allocated:
    """An audit whose draft is complete, with these answers changed."""
    with database.writing() as session, session.begin():
        given = released_month(session, world)[0]
        audit = session.get_one(Audit, given.id)
        said = stored(TOOL, **changed)
        keys = frozenset(said)
        audits.write(session, audit, Written(keys, keys, said), drafts.version_of({}, keys), by="test", at=AT)
        return given


def submit(client: PageClient, given: Allocated, status: int, **more: str) -> str:
    version = version_on(client, given.at("check"))
    answer = client.send(given.at("submit"), {"version": version, "acknowledged": "y", **more}, status)
    return answer.get_data(as_text=True)


def test_the_place_is_marked_with_its_words_and_a_link_to_the_box(
    database: Database, world: World, sign_in: SignIn
) -> None:
    given = written(database, world, story_now=STORY)
    page = sign_in(given.auditor).get(given.at("check")).get_data(as_text=True)
    assert f"<mark>{NUMBER}</mark>" in page
    assert "an NHS number" in page
    assert f'href="{given.at("sections/story")}#story_now"' in page


def test_it_is_not_submitted_until_it_is_mended_or_a_reason_is_given(
    database: Database, world: World, sign_in: SignIn
) -> None:
    given = written(database, world, story_now=STORY)
    client = sign_in(given.auditor)
    assert "or say why it stays" in submit(client, given, 400)
    assert "looks as if it holds an NHS number" in submit(client, given, 400, identifiers_reason=f"It is {NUMBER}")
    submit(client, given, 302, identifiers_reason="It is a made-up number from the training file.")
    with database.reading() as session:
        event = session.scalars(select(Event).where(Event.action == "identifiers.kept")).one()
        assert event.detail == {"found": {"nhs_number": 1}}
        assert event.reason == "It is a made-up number from the training file."
        everything = str([(e.detail, e.reason) for e in session.scalars(select(Event))])
        assert NUMBER not in everything
        assert session.scalars(select(Answers)).one().answers["story_now"] == STORY


def test_a_mended_text_asks_for_nothing(database: Database, world: World, sign_in: SignIn) -> None:
    given = written(database, world, story_now="A quiet child who likes trains.")
    client = sign_in(given.auditor)
    assert "Does this name somebody?" not in client.page(given.at("check")).text
    submit(client, given, 302)
    with database.reading() as session:
        assert session.scalars(select(Event).where(Event.action == "identifiers.kept")).all() == []


def test_a_name_of_the_staff_list_is_pointed_out_and_holds_nothing_up(
    database: Database, world: World, sign_in: SignIn
) -> None:
    given = written(database, world, story_why="Worker Planning 1 rang the school.")
    client = sign_in(given.auditor)
    page = client.get(given.at("check")).get_data(as_text=True)
    assert "This is a name on the staff list" in page
    assert "You need not do anything" in page
    submit(client, given, 302)


def test_the_text_of_an_action_is_looked_through_and_its_owner_may_be_named(database: Database, world: World) -> None:
    with database.writing() as session:
        action = {"what": "Ring 07700 900123 today", "owner": "Manager Care", "evidence": "a note to x@y.example"}
        values = answers.values(TOOL, stored(TOOL, voice_actions=[action], safe_told="Director"))
        found = marked(TOOL, values, names=free_text.staff_names(session))
    assert [(one.question.key, one.kind) for one in found] == [
        ("voice_actions", Kind.TELEPHONE), ("voice_actions", Kind.EMAIL),
    ]  # fmt: skip
    assert len(hard(found)) == 2


def test_a_moderator_is_asked_the_same(database: Database, world: World, sign_in: SignIn) -> None:
    with database.writing() as session, session.begin():
        task = audit_to_moderate(session, world, at=AT).id
    client = sign_in(world.people["moderator_1"])
    fill(client, task, words=f"Letter of {NUMBER}.")
    said = {"version": version_on(client, f"/moderations/{task}/check"), "acknowledged": "y", "certain": "y"}
    assert "<mark>" in client.send(f"/moderations/{task}/grades", said, 400).get_data(as_text=True)
    client.send(f"/moderations/{task}/grades", {**said, "identifiers_reason": "A training file."})
    with database.reading() as session:
        event = session.scalars(select(Event).where(Event.action == "identifiers.kept")).one()
        assert (event.object_kind, event.object_id) == ("moderation", str(task))
        assert sum(event.detail["found"].values()) > 1


@pytest.mark.parametrize("reason", [NUMBER, "ring 07700 900123", "born on 3 May 2019"])
def test_a_short_reason_that_names_somebody_is_refused_in_a_sentence(
    database: Database, world: World, sign_in: SignIn, reason: str
) -> None:
    given = written(database, world)
    client = sign_in(given.auditor)
    answer = client.send(given.at("hand-back"), {"reason": reason, "code": "other"}, 400).get_data(as_text=True)
    assert "This looks as if it holds" in answer
    assert "Take it out" in answer
