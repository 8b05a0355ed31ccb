"""From one unanswered question to the next, across sections, with nothing but links and buttons."""

from collections.abc import Callable

import pytest

from audit_forms import answers
from audit_forms.catalogue import latest
from audit_forms.completeness import blanks
from qa_app.db import Database
from qa_app.models import Audit, Person
from qa_app.services import audits, drafts
from qa_app.services.drafts import Written
from tests.conftest import AT
from tests.crawl import Reader
from tests.journeys.states import Allocated, released_month
from tests.page import PageClient
from tests.qa_app.audit_answers import stored
from tests.regrading import version_on
from tests.world import World

SignIn = Callable[[Person], PageClient]
TOOL = latest("case_file")
LEFT_OUT = ("look_back", "story_now", "plan")


def written(database: Database, world: World, *left_out: str, **changed: object) -> Allocated:
    with database.writing() as session, session.begin():
        given = released_month(session, world)[0]
        audit = session.get_one(Audit, given.id)
        said = {key: answer for key, answer in stored(TOOL, **changed).items() if key not in left_out}
        keys = frozenset(said)
        audits.write(session, audit, Written(keys, keys, said), drafts.version_of({}, keys), by="test", at=AT)
        return given


@pytest.fixture
def given(database: Database, world: World) -> Allocated:
    return written(database, world, *LEFT_OUT)


def goes_to(client: PageClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_each_press_leads_to_the_next_and_round_again(sign_in: SignIn, given: Allocated) -> None:
    client, find = sign_in(given.auditor), given.at("unanswered/next")
    first = goes_to(client, find)
    assert first == given.at("sections/about?question=look_back#look_back")
    assert goes_to(client, f"{find}?after=look_back&within=about").endswith(
        "sections/story?question=story_now#story_now"
    )
    assert goes_to(client, f"{find}?after=story_now").endswith("question=plan#plan")
    assert goes_to(client, f"{find}?after=plan") == first
    assert goes_to(client, f"{find}?within=story").endswith("#story_now")
    assert goes_to(client, f"{find}?within=nothing&after=nothing") == first


def test_the_button_saves_what_was_typed_and_goes_on_from_the_question_one_was_led_to(
    sign_in: SignIn, given: Allocated
) -> None:
    client = sign_in(given.auditor)
    page = client.get(given.at("sections/about?question=look_back")).get_data(as_text=True)
    assert 'value="unanswered:look_back"' in page
    address = given.at("sections/story")
    version = version_on(client, address)
    said = {"version": version, "story_now": "A child who likes trains.", "then": "unanswered:story_now"}
    sent = client.send(address, said).headers["Location"]
    assert sent == given.at("unanswered/next?after=story_now&within=story")
    assert goes_to(client, sent).endswith("question=plan#plan")
    assert "A child who likes trains." in client.page(address).text


def test_the_list_has_every_one_under_its_section_with_a_link_that_works(sign_in: SignIn, given: Allocated) -> None:
    client = sign_in(given.auditor)
    page = client.get(given.at("unanswered")).get_data(as_text=True)
    links = [link for link in Reader(page).links if "?question=" in link]
    assert [link.split("question=")[1].split("#")[0] for link in links] == list(LEFT_OUT)
    for link in links:
        path, _, box = link.partition("#")
        assert f'id="{box}"' in client.get(path).get_data(as_text=True)
    assert "3 things are left before you can submit" in client.page(given.at("unanswered")).text


def test_with_nothing_left_it_leads_to_the_check(sign_in: SignIn, database: Database, world: World) -> None:
    given = written(database, world)
    client = sign_in(given.auditor)
    assert goes_to(client, given.at("unanswered/next")) == given.at("check")
    assert "Nothing is left to answer" in client.page(given.at("unanswered")).text


def test_nobody_elses_audit_is_looked_through(sign_in: SignIn, given: Allocated, world: World) -> None:
    other = next(p for n, p in world.people.items() if n.startswith("manager_") and p.id != given.auditor.id)
    for rest in ("unanswered", "unanswered/next"):
        sign_in(other).page(given.at(rest), 404)


def test_how_far_each_section_is_stands_in_words_and_numbers_wherever_it_is_listed(
    sign_in: SignIn, given: Allocated
) -> None:
    client = sign_in(given.auditor)
    needed = len([q for s in TOOL.sections for q in s.questions if q.is_needed({})])
    assert needed > 20
    record = client.get(given.at("record")).get_data(as_text=True)
    assert "required answers, 17 of 20 sections complete" in record
    assert record.count("<progress") > 15
    for address in ("/", "/audits"):
        assert "required answers, 17 of 20 sections complete" in client.page(address).text


@pytest.mark.parametrize(
    ("told_on", "said"),
    [("2026-11-24", "in the future"), ("2016-11-23", "long before you read the record"), ("2026-11-23", "")],
)
def test_the_day_somebody_was_told_is_one_that_can_be(
    sign_in: SignIn, database: Database, world: World, told_on: str, said: str
) -> None:
    unsafe = {"safe_now": "no", "safe_told": "Duty manager", "safe_agreed": "A visit", "record_read_on": "2026-11-20"}
    given = written(database, world, safe_told_on=told_on, **unsafe)
    client = sign_in(given.auditor)
    text = client.page(given.at("check")).text
    version = version_on(client, given.at("check"))
    answer = client.send(given.at("submit"), {"version": version, "acknowledged": "y"}, 400 if said else 302).get_data(
        as_text=True
    )
    assert (said in text and said in answer) if said else "complete before you submit" not in text


def test_what_does_not_sit_together_is_told_on_both_pages_and_by_each_saving(
    sign_in: SignIn, database: Database, world: World
) -> None:
    given = written(database, world, assessment="inadequate")
    client = sign_in(given.auditor)
    sentence = "Assessment, risk and analysis is inadequate, so the overall grade must be inadequate too"
    for section in ("assessment", "judgement"):
        assert sentence in client.page(given.at(f"sections/{section}")).text
    assert sentence not in client.page(given.at("sections/voice")).text
    address = given.at("sections/assessment")
    for grade, there in (("good", False), ("inadequate", True)):
        saved = client.send(
            f"{address}/autosave", {"version": version_on(client, address), "assessment": grade}, 200,
            headers={"Accept": "application/json"},
        ).get_json()  # fmt: skip
        assert any(sentence in notice for notice in saved["notices"]) is there


def test_the_list_is_what_stops_the_audit(database: Database, world: World, given: Allocated) -> None:
    with database.reading() as session:
        audit = session.get_one(Audit, given.id)
        kept = answers.values(TOOL, drafts.load(session, audits.writer_of(audit)))
        assert [blank.question.key for blank in blanks(TOOL, kept)] == list(LEFT_OUT)
