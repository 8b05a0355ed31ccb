"""The board pack: one content on page and paper, of closed months alone, with nothing hidden in either."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.statistics.periods import Period
from moderation.statistics.suppression import Rule, protect
from qa_app.db import Database
from qa_app.models import AccessEntry, Complaint, Event, Person
from qa_app.queries import quotations as quoted
from qa_app.queries.sources import Count, Source
from qa_app.reports import pack, pack_learning
from qa_app.reports.document import Chart, Document, Grid
from qa_app.reports.document_paper import document_pdf
from qa_app.reports.learning import NO_CAUSE
from qa_app.services import complaints, events, evidence, heard, packs, protected, published, quotations
from qa_app.services.evidence import Said
from qa_app.services.learning import WATCHED
from tests.conftest import AT
from tests.page import PageClient
from tests.qa_app.imports.council import bring_cases, bring_register, bring_staff
from tests.sources import acting, complained, feedback, raised, told
from tests.world import World

SignIn = Callable[[Person], PageClient]
MONTH = date(2026, 10, 1)
QUARTER = Period(date(2026, 7, 1), date(2026, 9, 1))
WORDS = {
    "She listens to me.": True, "He fetched my family.": True, "He fetched my Nan from Leeds.": False,
    "He knows my dog Rex.": False, "She rings on Sundays.": False, "More time at Gran’s.": False,
}  # fmt: skip


@pytest.fixture
def council(database: Database, world: World) -> Database:
    with database.writing() as session, session.begin():
        bring_staff(session)
        bring_cases(session)
        bring_register(session)
        protected.keep(session, protected.decide(session, published.years(session)), at=AT)
    return database


def made(session: Session) -> Document:
    return pack.document(packs.of_month(session, MONTH, council="Testshire"))


def squeezed(text: str) -> str:
    """The text without spaces: paper breaks its lines elsewhere."""
    return re.sub(r"\s+", "", text)


def chain(session: Session, world: World) -> None:
    """An entry of the period, whose change lies between closed months."""
    said = Said(
        on=date(2026, 10, 20), learned="Plans stood still.", changed="Supervision asks why.", different="They move.",
        known="Audits.", theme_code="supervision", led_by="dashboard", led_from=date(2026, 3, 1),
        led_to=date(2026, 5, 1), figure_key="supervision", changed_on=date(2026, 6, 10),
    )  # fmt: skip
    owner = world.people["qa_lead"].id
    evidence.write(session, said, owner_id=owner, service_id=None, by="test", at=AT, today=AT.date())
    evidence.write(
        session, replace(said, figure_key="part_voice", learned="Another."), owner_id=owner, service_id=None, by="test",
        at=AT, today=AT.date(),
    )  # fmt: skip


def words_of_children(session: Session, world: World) -> None:
    """One for each thing that can be decided about words, and one that nobody has decided about."""
    for best, ruling, other in (
        ("She listens to me.", "approved", ""), ("He fetched my Nan from Leeds.", "redacted", "He fetched my family."),
        ("He knows my dog Rex.", "refused", ""), ("She rings on Sundays.", "", ""),
    ):  # fmt: skip
        audit = feedback(session, world, month=QUARTER.last, best_thing=best, change_thing="More time at Gran’s.")
        found = quoted.one(session, acting(session, world, "qa_lead"), audit.id, "best_thing")
        assert found is not None
        if ruling:
            quotations.decide(session, found, ruling, words=other, reason="Read.", place=0, by="test", at=AT)


def test_page_and_paper_have_the_same_numbers_the_chain_of_learning_and_approved_words_alone(
    council: Database, world: World, sign_in: SignIn
) -> None:
    with council.writing() as session, session.begin():
        chain(session, world)
        words_of_children(session, world)
    board = sign_in(world.people["board"])
    page = squeezed(unescape(re.sub(r"<[^>]+>", " ", board.get("/board-packs/2026-10").get_data(as_text=True))))
    pdf = PdfReader(BytesIO(board.get("/board-packs/2026-10/board-pack.pdf").data))
    paper = squeezed(" ".join(one.extract_text() for one in pdf.pages))
    with council.reading() as session:
        document = made(session)
    rows = [
        (row, table.title)
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Grid | Chart)
        for table in [block if isinstance(block, Grid) else block.picture]
        for row in (block.rows if isinstance(block, Grid) else block.picture.table.rows)
    ]
    assert len(rows) > 150
    for row, title in rows:
        for cell in row:
            assert squeezed(cell) in page, (title, cell)
            assert squeezed(cell) in paper or len(cell) > 20, (title, cell)  # long cells are broken on paper
    assert f"{WATCHED['supervision']}, whole council" in {title for _, title in rows}
    for said in ("What told it: the dashboard, March to May 2026.", NO_CAUSE, pack_learning.NOT_PUBLISHED):
        assert squeezed(said) in page
        assert squeezed(said) in paper
    for said, shown in WORDS.items():
        assert (squeezed(said) in page) is shown
        assert (squeezed(said) in paper) is shown


def test_nothing_hidden_is_in_the_content_at_all(council: Database) -> None:
    with council.reading() as session:
        found = packs.of_month(session, MONTH, council="Testshire")
    assert found.breakdown is not None
    hidden = [row for table in found.breakdown.tables for row in table.rows if row.share is None]
    assert hidden
    assert all(row.interval is None and row.verdict is None and row.trend is None for row in hidden)


def test_an_open_month_and_one_that_never_was_have_no_pack(council: Database, world: World, sign_in: SignIn) -> None:
    board = sign_in(world.people["board"])
    for month in ("2026-11", "2031-01", "now", "2026-13"):
        for address in (f"/board-packs/{month}", f"/board-packs/{month}/board-pack.pdf"):
            assert board.get(address).status_code == 404


def test_the_same_month_makes_the_same_bytes_and_each_opening_is_logged(
    council: Database, world: World, sign_in: SignIn
) -> None:
    one, other = sign_in(world.people["board"]), sign_in(world.people["qa_lead"])
    address = "/board-packs/2026-10/board-pack.pdf"
    assert one.get(address).data == other.get(address).data
    with council.reading() as session:
        opened = session.query(AccessEntry).filter(AccessEntry.action == "pack.export").count()
    assert opened == 2


def test_the_paper_is_tagged_and_says_in_words_what_its_charts_show(council: Database) -> None:
    with council.reading() as session:
        pdf = PdfReader(BytesIO(document_pdf(made(session), cover=True)))
    root = pdf.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    kinds: list[tuple[str, str]] = []

    def walk(node: object) -> None:
        node = node.get_object()  # type: ignore[attr-defined]
        if "/S" in node:  # type: ignore[operator]
            scope = node.get("/A", {}).get("/Scope", "")  # type: ignore[attr-defined]
            kinds.append((node["/S"], str(node.get("/Alt", scope))))  # type: ignore[index,attr-defined]
        kids = node.get("/K", [])  # type: ignore[attr-defined]
        for kid in kids if isinstance(kids, list) else [kids]:
            if not isinstance(kid, int):
                walk(kid)

    walk(root["/StructTreeRoot"]["/K"])
    named = [kind for kind, _ in kinds]
    assert named.count("/H1") == 1
    assert {"/H2", "/H3", "/P", "/L", "/LI", "/Table", "/TR", "/TD", "/Figure"} <= set(named)
    assert all(alt for kind, alt in kinds if kind == "/Figure")
    assert {scope for kind, scope in kinds if kind == "/TH"} == {"/Column", "/Row"}
    fonts = [font.get_object() for page in pdf.pages for font in page["/Resources"]["/Font"].values()]
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)
    assert len(pdf.outline[1]) > 10  # under the title, each section


def test_the_head_of_the_record_changes_when_an_event_does(session: Session, world: World) -> None:
    events.record(session, "a.thing", "thing", "1", by="test", at=AT, count=1)
    events.record(session, "a.thing", "thing", "2", by="test", at=AT + timedelta(hours=1), reason="because")
    session.flush()
    whole, then = events.head(session), events.head(session, until=AT)
    assert whole.count == then.count + 1
    assert events.head(session, most=then.count) == then
    session.add(Event(at=AT - timedelta(days=900), by="x", action="a", object_kind="o", object_id="1", detail={}))
    session.flush()
    assert events.head(session, until=AT).sha256 != then.sha256


def test_the_last_page_names_the_head_of_the_record(council: Database) -> None:
    with council.reading() as session:
        document = made(session)
        found = packs.of_month(session, MONTH, council="Testshire")
        assert events.head(session, most=found.events).sha256 == found.events_sha256
        last = PdfReader(BytesIO(document_pdf(document, cover=True))).pages[-1].extract_text()
    assert squeezed(found.events_sha256) in squeezed(last)


def test_a_small_count_of_a_theme_is_hidden_and_not_told_by_what_remains() -> None:
    """Every complaint names one theme, so a single hidden count would be what the others leave of all of them."""
    whole = {Source.COMPLAINTS: Count(Source.COMPLAINTS, 20, 0, 20, AT.date())}
    named = [("plan", 12), ("voice", 6), ("other", 2)]
    counts = {Source.COMPLAINTS: [Count(Source.COMPLAINTS, k, 0, 20, AT.date(), code) for code, k in named]}
    values = heard.counted(whole, counts, ["plan", "voice", "other", "health"])
    done = protect(heard.tables(whole, values), rule=Rule())
    hidden = {cell.theme for cell in done.hidden if isinstance(cell, heard.ThemeCell)}
    assert "other" in hidden
    assert len(hidden) > 1 or done.withheld


def test_what_is_entered_after_the_last_month_of_a_quarter_closed_moves_none_of_its_packs(
    session: Session, world: World
) -> None:
    quarter = Period(date(2026, 10, 1), date(2026, 12, 1))
    for at in (AT, AT + timedelta(days=1)):
        feedback(session, world, at=at)
        told(session, world, "chair_check", themes_concerns=["voice"], at=at)
        told(session, world, "observation", themes_concerns=["voice"], at=at)
        raised(session, world, at=at)
        held = complained(session, world, at=at, theme="voice")
    late = heard.of_quarter(session, quarter, known_by=AT + timedelta(days=1), up_to=0)
    assert [one.n for one in late.lines] == [2] * 5
    found = heard.of_quarter(session, quarter, known_by=AT, up_to=0)
    assert [one.n for one in found.lines] == [1] * 5
    assert found.counted_on == AT.date()
    first = session.scalars(select(Complaint).where(Complaint.id != held.id)).one()
    complaints.note(
        session, first, replace(complaints.facts_of(first.now), theme="supervision"), place=1, by="test",
        at=AT + timedelta(days=2),
    )  # fmt: skip
    session.expire_all()
    assert heard.of_quarter(session, quarter, known_by=AT, up_to=0) == found
