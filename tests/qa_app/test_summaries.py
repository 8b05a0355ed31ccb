"""The month in seven minutes: sentences without names or small numbers, approved words alone, one page on paper."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from moderation.statistics.share import Share
from qa_app.db import Database
from qa_app.models import Audit, Cycle, Event, Moderation, Person, SummaryVersion
from qa_app.queries import quotations as quoted
from qa_app.queries import summaries as found
from qa_app.reports.summary import FOUND, document, finding
from qa_app.services import closing, quotations, sampling, summaries
from qa_app.services.summaries import SummaryRefused, Text
from tests.conftest import AT
from tests.months import submitted_month
from tests.page import PageClient
from tests.sources import acting, feedback
from tests.world import World

SignIn = Callable[[Person], PageClient]
OCTOBER, NAME = date(2026, 10, 1), "2026-10"
TEXT = Text("Visits were planned with children.", "- Say why.\n- Write it down.", "", "Ask one more question.")
SAID = {"went_well": TEXT.went_well, "do_better": TEXT.do_better, "next_month": TEXT.next_month, "seen": "0"}
GRADES = [Grade.REQUIRES_IMPROVEMENT] * 7 + [Grade.GOOD] * 9


def closed_october(session: Session, world: World, grades: list[Grade] = GRADES) -> Cycle:
    cycle, _ = submitted_month(session, world, grades, at=AT, month=OCTOBER)
    closing.close(session, cycle, by="test", at=AT)
    return cycle


def published(session: Session, said: Text = TEXT) -> SummaryVersion:
    seen = len(found.versions(session, OCTOBER))
    draft = summaries.write(session, OCTOBER, said, seen=seen, by="test", at=AT)
    return summaries.publish(
        session, OCTOBER, draft.version, council="Testshire", named_nobody=False, by="test", at=AT
    )  # fmt: skip


def approve(session: Session, world: World, audit_id: UUID, ruling: str = "approved", words: str = "") -> None:
    lead = acting(session, world, "qa_lead")
    one = quoted.one(session, lead, audit_id, "best_thing")
    assert one is not None
    quotations.decide(session, one, ruling, words=words, reason="Asked.", place=one.place, by="test", at=AT)


def paper(client: PageClient, name: str = NAME) -> PdfReader:
    return PdfReader(BytesIO(client.get(f"/summaries/{name}/seven-minutes.pdf").data))


def squeezed(words: str) -> str:
    return re.sub(r"\s+", "", words)


SMALL = 5


@given(st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from(sorted(FOUND)))
def test_no_sentence_tells_a_small_number_or_leaves_it_to_be_worked_out(counts: tuple[int, int], key: str) -> None:
    """Who knows the rule asks which counts give this sentence: those that are small must stay three apart."""
    k, n = counts
    says = finding(*FOUND[key], Share(k, n), SMALL)
    same = [one for one in range(n + 1) if finding(*FOUND[key], Share(one, n), SMALL) == says]
    for hidden, every in ((k, same), (n - k, [n - one for one in same])):
        if 0 < hidden <= SMALL:
            assert max(every) - min(every) >= min(3, n)
    if 0 < n < 2 * SMALL:
        assert len(same) == n + 1


@pytest.mark.one_database
def test_page_and_paper_say_the_same_and_everybody_reads_it(database: Database, world: World, sign_in: SignIn) -> None:
    with database.writing() as session, session.begin():
        closed_october(session, world)
        version = published(session, replace(TEXT, theme_code="voice"))
        made = document(summaries.told(session, version, council="Testshire"))
    for key in ("administrator", "governance", "worker_care_1", "board", "analyst"):
        client = sign_in(world.people[key])
        assert "October 2026 on one page" in client.page("/").text
        page = client.page(f"/summaries/{NAME}").text
        assert "9 of 16 audits (56%)" in page
        assert "edit" not in page.lower().replace("audit", "")
    pdf = paper(client)
    assert len(pdf.pages) == 1
    sheet = squeezed(pdf.pages[0].extract_text())
    for section in made.sections:
        for block in section.blocks:
            for words in getattr(block, "items", None) or (block.text,):  # type: ignore[union-attr]
                assert squeezed(words) in squeezed(page)
                assert squeezed(words) in sheet
    assert pdf.trailer["/Root"]["/Lang"] == "en-GB"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_a_month_of_few_audits_gives_no_figure(session: Session, world: World) -> None:
    closed_october(session, world, [Grade.GOOD] * 4)
    made = document(summaries.told(session, published(session), council="Testshire"))
    said = " ".join(str(section.blocks) for section in made.sections)
    assert "5 children’s files or fewer" in said
    assert "too few audits to give a figure" in said
    assert "%" not in said


def test_an_open_month_is_nobodys_and_a_draft_only_its_writers(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        cycle, _ = submitted_month(session, world, GRADES, at=AT, month=OCTOBER)
    lead, worker = sign_in(world.people["qa_lead"]), sign_in(world.people["worker_care_1"])
    for path in ("/write", "/versions/1", "", "/seven-minutes.pdf"):
        assert lead.get(f"/summaries/{NAME}{path}").status_code == 404
    assert "There is nothing to read yet" in worker.page("/summaries").text
    with database.writing() as session, session.begin():
        closing.close(session, session.get_one(Cycle, cycle.id), by="test", at=AT)
    lead.send(f"/summaries/{NAME}/write", SAID)
    assert worker.get(f"/summaries/{NAME}").status_code == 404
    assert "in seven minutes" not in worker.page("/").text
    assert worker.get(f"/summaries/{NAME}/versions/1").status_code == 403
    assert "This is how everybody would read it." in lead.page(f"/summaries/{NAME}/versions/1").text
    lead.send(f"/summaries/{NAME}/publish", {"version": "1"})
    assert TEXT.went_well in worker.page(f"/summaries/{NAME}").text
    assert "October 2026" in worker.page("/summaries").text


def test_whoever_has_grades_to_give_of_the_month_reads_it_once_they_are_given(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        cycle, _ = submitted_month(session, world, GRADES, at=AT, month=OCTOBER)
        sampling.draw_sample(session, cycle, seed="x", by="test", at=AT)
        closing.close(session, cycle, by="test", at=AT)
        published(session)
        waits_for = session.scalars(select(Moderation).join(Audit).where(Audit.cycle_id == cycle.id)).first()
        assert waits_for is not None
        waits_for.state = "allocated"  # as a reading that is still to be given
    blind = []
    for key in ("moderator_1", "moderator_2", "moderator_3"):
        client = sign_in(world.people[key])
        with database.reading() as session:
            waits = OCTOBER not in found.closed(session, acting(session, world, key))
        blind.append(waits)
        assert client.get(f"/summaries/{NAME}").status_code == (404 if waits else 200)
        assert client.get(f"/summaries/{NAME}/seven-minutes.pdf").status_code == (404 if waits else 200)
        assert ("October 2026" in client.page("/summaries").text) is not waits
    assert blind.count(True) == 1


def test_words_that_are_no_longer_approved_are_gone_and_others_were_never_there(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        closed_october(session, world)
        given = feedback(session, world, month=OCTOBER, best_thing="She listens to me.")
        other = feedback(session, world, month=OCTOBER, best_thing="He is kind.")
        approve(session, world, given.id)
        chosen = (str(given.id), "best_thing")
        published(session, replace(TEXT, quotations=(chosen,)))
        for refused in ((str(other.id), "best_thing"), (str(given.id), "change_thing"), ("", "")):
            with pytest.raises(SummaryRefused, match="may not be shown"):
                summaries.write(session, OCTOBER, replace(TEXT, quotations=(refused,)), seen=2, by="test", at=AT)
    client = sign_in(world.people["worker_care_1"])
    for shown, ruling, words in (
        ("She listens to me.", "", ""), ("My worker listens.", "redacted", "My worker listens."), ("", "refused", ""),
    ):  # fmt: skip
        if ruling:
            with database.writing() as session, session.begin():
                approve(session, world, given.id, ruling, words)
        page, sheet = client.page(f"/summaries/{NAME}").text, paper(client).pages[0].extract_text()
        for one in ("She listens to me.", "My worker listens.", "He is kind.", "More time with my brother."):
            assert (one in page) is (one == shown)
            assert (one in sheet) is (one == shown)
        assert ("own words" in page) is bool(shown)


def test_versions_stay_and_the_newest_published_is_read(database: Database, world: World, sign_in: SignIn) -> None:
    with database.writing() as session, session.begin():
        closed_october(session, world)
        published(session)
        assert summaries.write(session, OCTOBER, TEXT, seen=2, by="test", at=AT).version == 2  # nothing new
        summaries.write(session, OCTOBER, replace(TEXT, went_well="Plans moved."), seen=2, by="test", at=AT)
        with pytest.raises(SummaryRefused, match="Somebody else"):
            summaries.write(session, OCTOBER, TEXT, seen=2, by="test", at=AT)
    lead = sign_in(world.people["qa_lead"])
    assert TEXT.went_well in lead.page(f"/summaries/{NAME}").text
    assert "in place of version 2" in lead.page(f"/summaries/{NAME}/versions/3").text
    lead.send(f"/summaries/{NAME}/publish", {"version": "2"}, status=409)
    lead.send(f"/summaries/{NAME}/publish", {"version": "3"})
    page = lead.page(f"/summaries/{NAME}").text
    assert "Plans moved." in page
    assert "in place of what was published on 23 November 2026" in page
    assert TEXT.went_well in lead.page(f"/summaries/{NAME}/versions/2").text
    lead.send(f"/summaries/{NAME}/publish", {"version": "4"}, status=409)
    with database.reading() as session:
        events = session.execute(select(Event.action, Event.detail, Event.reason).where(Event.object_kind == "month"))
        noted = [tuple(one) for one in events if one[0].startswith("summary")]
    assert sorted(one[1]["version"] for one in noted) == [1, 2, 3, 4]
    assert "Plans" not in str(noted)
    with (
        database.writing() as session,
        session.begin(),
        pytest.raises(DBAPIError, match="kept"),
        session.begin_nested(),
    ):
        session.execute(text("UPDATE summary_version SET went_well = 'x'"))


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"went_well": "Ring 01702 215000."}, "went_well", "a telephone number"),
        ({"example": "SS1 2AB"}, "example", "a postcode"),
        ({"theme_code": "no_such"}, "theme_code", "Choose a theme"),
        ({"do_better": "x" * 901}, "do_better", "Shorten"),
        ({"next_month": " "}, "next_month", "before you publish"),
        ({"do_better": "\n\n".join("abcdefgh" * 2 for _ in range(50))}, "version", "more than one page"),
        ({"do_better": "Ask Manager Care."}, "named_nobody", "looks like a name"),
    ],
)
def test_what_names_somebody_is_missing_or_does_not_fit_is_refused(
    session: Session, world: World, said: dict[str, str], field: str, sentence: str
) -> None:
    closed_october(session, world)
    with pytest.raises(SummaryRefused, match=sentence) as refused:
        published(session, replace(TEXT, **said))
    assert refused.value.field == field
    assert found.published(session, OCTOBER) is None


def test_the_form_keeps_what_was_typed_and_a_name_is_looked_at_before_publishing(
    database: Database, world: World, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        closed_october(session, world)
    lead = sign_in(world.people["qa_lead"])
    answer = lead.send(f"/summaries/{NAME}/write", {**SAID, "example": "Ring 01702 215000."}, 400).text
    assert "a telephone number" in answer
    assert TEXT.went_well in answer
    lead.send(f"/summaries/{NAME}/write", {**SAID, "went_well": "Manager Care helped."})
    assert "This looks like a name on the staff list: Manager Care" in lead.page(f"/summaries/{NAME}/versions/1").text
    assert "It is not published" in lead.send(f"/summaries/{NAME}/publish", {"version": "1"}, 409).text
    lead.send(f"/summaries/{NAME}/publish", {"version": "1", "named_nobody": "yes"})


def test_only_the_qa_lead_writes(world: World, sign_in: SignIn) -> None:
    for key in ("head_north", "board", "administrator", "manager_care"):
        client = sign_in(world.people[key])
        assert client.get(f"/summaries/{NAME}/write").status_code == 403
        client.send(f"/summaries/{NAME}/publish", {"version": "1"}, 403)
