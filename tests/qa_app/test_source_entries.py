"""Numbers of the other sources lead to their entries, and to no entry that somebody may not open."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.charts.counted import MonthCount, draw
from qa_app.db import Database
from qa_app.models import AccessEntry, Person
from qa_app.queries import entries
from qa_app.queries.entries import Narrowing
from qa_app.queries.practice_alerts import Kind
from qa_app.queries.reach import Reach
from qa_app.queries.sources import Source, Span
from qa_app.reports.source_pictures import finding
from tests.page import PageClient
from tests.sources import NOVEMBER, SAID, acting, complained, feedback, raised, told
from tests.world import World

SignIn = Callable[[Person], PageClient]
SPAN = Span(date(2026, 9, 1), NOVEMBER)
PAGES = ("/voice", "/iro", "/complaints", "/observations")
NUMBER = re.compile(r'<a class="govuk-link" href="(/heard/[^"]+)">([\d,]+)<span')
ENTRY = re.compile(r'<th scope="row" class="govuk-table__header"[^>]*><span><a class="govuk-link" href="/(?!heard)')


@pytest.fixture
def heard(database: Database, world: World) -> Database:
    ticked = {"themes_concerns": ["drift"], "themes_strengths": ["voice"]}
    with database.writing() as session, session.begin():
        feedback(session, world)
        feedback(session, world, agreed="no")
        feedback(session, world, month=date(2026, 10, 1))
        for quality in ("green", "amber"):
            told(session, world, "chair_check", quality=quality, in_time="yes", child_part="led", **ticked)
        told(session, world, "observation", rate_whole="secure", rate_child="strength", **ticked)
        raised(session, world)
        raised(session, world, kind=Kind.GOOD_PRACTICE, to=None)
        complained(session, world, theme="drift")
        complained(session, world, kind="compliment")
    return database


def test_every_number_leads_to_as_many_entries(heard: Database, world: World, sign_in: SignIn) -> None:
    lead, followed = sign_in(world.people["qa_lead"]), set()
    for page in PAGES:
        html = lead.get(page).get_data(as_text=True)
        for href, number in NUMBER.findall(html):
            behind = lead.get(unescape(href))
            assert behind.status_code == 200
            assert len(ENTRY.findall(behind.get_data(as_text=True))) == int(number), (page, href)
            followed.add(href.split("?")[0])
        assert len(NUMBER.findall(html)) >= 2, page
    assert followed == {f"/heard/{source.value}" for source in Source}
    with heard.reading() as session:
        assert session.query(AccessEntry).filter(AccessEntry.action == "sources.entries").count() >= len(followed)


def test_entries_of_another_service_are_nobodys_to_open(heard: Database, world: World, sign_in: SignIn) -> None:
    elsewhere, own = sign_in(world.people["head_north"]), sign_in(world.people["head_south"])
    for source in Source:
        assert ENTRY.findall(own.get(f"/heard/{source.value}").get_data(as_text=True)), source
        assert not ENTRY.findall(elsewhere.get(f"/heard/{source.value}").get_data(as_text=True)), source
        for who in ("board", "manager_care", "worker_care_1", "analyst"):
            assert sign_in(world.people[who]).get(f"/heard/{source.value}").status_code == 403
    south = world.services["South"].id
    assert elsewhere.get(f"/heard/voice?service={south}").status_code == 404
    own.page("/heard/nothing", 404)
    assert "counted" in own.page("/heard/voice?month=x&theme=%00&question=best_thing&answer=y&as=z").text


def test_an_answer_that_no_page_counts_narrows_nothing(heard: Database, world: World, sign_in: SignIn) -> None:
    lead = sign_in(world.people["qa_lead"])
    assert "2 are counted" in lead.page("/heard/voice").text
    assert "2 are counted" in lead.page(f"/heard/voice?question=best_thing&answer={SAID['best_thing']}x").text
    assert "0 are counted" in lead.page("/heard/voice?question=things_now&answer=worse").text


def test_each_source_has_its_months_as_a_chart_with_a_table(heard: Database, world: World, sign_in: SignIn) -> None:
    lead = sign_in(world.people["qa_lead"])
    assert "voice, by month: 1 in November 2026, as in October 2026" in lead.page("/voice").text
    for page, title in (
        ("/iro", "Practice alerts, by month: 2 in November 2026"), ("/complaints", "compliments, by month: 2 in"),
        ("/observations", "observations, by month: 1 in"),
    ):  # fmt: skip
        words = lead.page(page).text
        assert title in words
        assert "Show as a table" in words
        assert words.count("What this cannot tell you") == 1


counted = st.integers(0, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(counted, min_size=1, max_size=24))
def test_the_bars_and_the_table_say_the_same(months: list[tuple[int, int]]) -> None:
    points = [MonthCount(date(2025 + place // 12, place % 12 + 1, 1), k, n) for place, (k, n) in enumerate(months)]
    picture = draw(points, title=finding(points), name="x", parts=("Worries", "Others"))
    for point, row in zip(points, picture.table.rows, strict=True):
        assert row == (point.name, f"{point.k:,}", f"{point.n - point.k:,}", f"{point.n:,}")
    bars = [mark for mark in picture.scene.marks if getattr(mark, "name", "") == "month"]
    assert len(bars) == sum((point.k > 0) + (point.n > point.k) for point in points)
    assert all(mark.y >= 61.9 and mark.height >= 0 for mark in bars if hasattr(mark, "height"))


def test_whoever_may_not_read_an_audit_finds_it_behind_no_number(heard: Database, world: World) -> None:
    with heard.reading() as session:
        counted = entries.of_source(session, Source.CHECKS, Reach(), SPAN, Narrowing())
        mine = entries.readable(session, acting(session, world, "qa_lead"), counted)
        theirs = entries.readable(session, acting(session, world, "worker_leaving_1"), counted)
    assert (len(mine.rows), mine.counted, mine.are_all) == (2, 2, True)
    assert (theirs.rows, theirs.counted, theirs.are_all) == ((), 2, False)
