"""The board pack: one content on page and paper, of closed months alone, with nothing hidden in either."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy.orm import Session

from moderation.statistics.suppression import Rule, protect
from qa_app.db import Database
from qa_app.models import AccessEntry, Event, Person
from qa_app.queries.sources import Count, Source
from qa_app.reports import pack
from qa_app.reports.document import Chart, Document, Grid
from qa_app.reports.document_paper import document_pdf
from qa_app.services import events, heard, packs, protected, published
from tests.conftest import AT
from tests.page import PageClient
from tests.qa_app.imports.council import bring_cases, bring_register, bring_staff
from tests.world import World

SignIn = Callable[[Person], PageClient]
MONTH = date(2026, 10, 1)


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


def test_every_number_of_every_measure_is_the_same_on_page_and_paper(
    council: Database, world: World, sign_in: SignIn
) -> None:
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
