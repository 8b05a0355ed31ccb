"""The scorecard: the month's published figures on tagged paper, the same bytes each time, nothing read as markup."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.db import Database
from qa_app.models import Audit, Person
from qa_app.reports.paper import fitted
from qa_app.reports.scorecard import Scorecard, scorecard
from qa_app.services import figures
from qa_app.services.scorecards import NoSuchMonth, month_card
from tests.conftest import AT
from tests.page import PageClient
from tests.world import World

SignIn = Callable[[Person], PageClient]
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
PRINTED = date(2026, 12, 1)
HOSTILE = "Łukasz & Siân <b>bold</b> <img src='file:///etc/passwd'/> \x00\ud800 &amp; {0} %s"


def card_of(session: Session, month: date = OCTOBER) -> Scorecard:
    return month_card(session, month, council="Testshire", on=PRINTED)


def read(pdf: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(io.BytesIO(pdf))
    return reader, " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def structure(reader: PdfReader) -> list[dict[str, Any]]:
    """Every element of the structure tree, from the top."""
    found: list[dict[str, Any]] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if "/S" in node:
            found.append(node)
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, list) else [kids]:
            if hasattr(kid, "get_object") and "/S" in getattr(kid.get_object(), "keys", list)():
                walk(kid)

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    return found


@pytest.mark.usefixtures("busy")
def test_a_closed_month_is_printed_as_it_was_published(session: Session) -> None:
    card = card_of(session)
    _, words = read(scorecard(card))
    assert "Practice scorecard, October 2026" in words
    assert "Closed on 23 November 2026: figures as published then." in words
    assert "8 of 8 judgements in October 2026" in words
    assert "A run of 1 month; 4 are asked for. The longest so far is 1. Not met yet." in words
    assert f"rules {card.figures.rules_version}" in words
    assert re.search(r"Page 1 of (\d) .* Page \1 of \1", words)


@pytest.mark.usefixtures("busy")
def test_what_came_after_closing_does_not_move_the_scorecard(session: Session) -> None:
    before = scorecard(card_of(session))
    for audit in session.scalars(select(Audit).where(Audit.month == OCTOBER)):
        audit.state, audit.withdrawn_at, audit.withdrawn_by = "withdrawn", AT, "test"
    session.flush()
    assert not figures.figures(session, until=OCTOBER).supervision.months[0].share.n
    assert scorecard(month_card(session, OCTOBER, council="Testshire", on=date(2027, 1, 1))) == before


@pytest.mark.usefixtures("busy")
def test_an_open_month_is_marked_provisional(session: Session) -> None:
    card = card_of(session, NOVEMBER)
    _, words = read(scorecard(card))
    assert "Open month, provisional" in words
    assert "figures as they stood on 1 December 2026" in words
    assert "provisional · rules" in words


@pytest.mark.usefixtures("busy")
def test_a_month_without_audits_has_no_scorecard(session: Session, world: World) -> None:
    with pytest.raises(NoSuchMonth, match="There are no audits of 2031-01"):
        month_card(session, date(2031, 1, 1), council="Testshire", on=PRINTED)


@pytest.mark.usefixtures("busy")
def test_the_same_figures_make_the_same_bytes(session: Session) -> None:
    card = card_of(session)
    assert scorecard(card) == scorecard(card)


@pytest.mark.usefixtures("busy")
def test_the_paper_is_tagged_and_says_its_language_and_title(session: Session) -> None:
    reader, _ = read(scorecard(card_of(session)))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712  (pypdf's own boolean)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert reader.metadata is not None
    assert reader.metadata.title == "Practice scorecard, October 2026"
    kinds = [node["/S"] for node in structure(reader)]
    assert kinds[0] == "/Document"
    assert {"/H1", "/H2", "/H3", "/P", "/Table", "/TR", "/TH", "/TD", "/L", "/LI", "/Figure"} <= set(kinds)
    assert kinds.count("/H1") == 1


@pytest.mark.usefixtures("busy")
def test_every_heading_of_the_paper_has_a_bookmark(session: Session) -> None:
    reader, _ = read(scorecard(card_of(session)))
    title, under = reader.outline
    assert title.title == "Practice scorecard, October 2026"
    headings = [node for node in structure(reader) if node["/S"] == "/H2"]
    assert len(under) == len(headings)
    assert "Cases good or better" in [one.title for one in under]


@pytest.mark.usefixtures("busy")
def test_every_figure_says_in_words_what_it_shows(session: Session) -> None:
    reader, _ = read(scorecard(card_of(session)))
    drawn = [node for node in structure(reader) if node["/S"] == "/Figure"]
    assert len(drawn) == 5
    assert all(len(node["/Alt"]) > 60 and "/BBox" in node["/A"] for node in drawn)
    assert "The target is more than 85%." in drawn[0]["/Alt"]


@pytest.mark.usefixtures("busy")
def test_every_marked_piece_of_a_page_belongs_to_one_element(session: Session) -> None:
    reader, _ = read(scorecard(card_of(session)))
    numbers = reader.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    owners = {numbers[at]: numbers[at + 1].get_object() for at in range(0, len(numbers), 2)}
    for page in reader.pages:
        content = page.get_contents()
        assert content is not None
        marked = [int(one) for one in re.findall(rb"/MCID (\d+)", content.get_data())]
        assert marked == list(range(len(marked)))
        assert len(owners[page["/StructParents"]]) == len(marked)
        assert content.get_data().count(b"BDC") + content.get_data().count(b"BMC") == content.get_data().count(b"EMC")


@pytest.mark.usefixtures("busy")
def test_every_font_is_embedded(session: Session) -> None:
    reader, _ = read(scorecard(card_of(session)))
    fonts = {str(font): font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()}
    assert fonts
    for font in fonts.values():
        descriptor = font.get("/FontDescriptor")
        assert descriptor is not None, font["/BaseFont"]
        assert "/FontFile2" in descriptor.get_object()


@pytest.mark.usefixtures("busy")
def test_text_is_never_read_as_markup(session: Session) -> None:
    _, words = read(scorecard(replace(card_of(session), council=HOSTILE)))
    assert "Łukasz & Siân <b>bold</b> <img src='file:///etc/passwd'/>" in words
    assert "&amp; {0} %s" in words


def test_a_word_wider_than_the_line_is_cut() -> None:
    lines = fitted("W" * 400, font="Liberation Sans", size=10, width=200)
    assert "".join(lines) == "W" * 400
    assert len(lines) > 10


@pytest.mark.usefixtures("registered")
def test_the_council_brought_in_fits_on_four_sheets(session: Session) -> None:
    card = month_card(session, OCTOBER, council="Testshire County Council", on=PRINTED)
    reader, words = read(scorecard(card))
    assert len(reader.pages) == 4
    assert "226 of 276, 81.9%" in words
    assert "40 of 41, 97.6%" in words
    assert "Imported audits" in words


@pytest.mark.usefixtures("busy")
def test_the_button_downloads_it_under_a_fixed_name(database: Database, world: World, sign_in: SignIn) -> None:
    client = sign_in(world.people["head_north"])
    answer = client.get("/dashboard/scorecard/2026-10")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="scorecard-2026-10.pdf"'
    assert answer.data.startswith(b"%PDF-1.7")
    for wrong in ("2031-01", "October", "2026-13", "%00"):
        client.page(f"/dashboard/scorecard/{wrong}", 404)
