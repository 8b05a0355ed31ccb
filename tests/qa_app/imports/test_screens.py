"""The case list and the register over HTTP: checked first, saved on a yes, and bad files answered with a sentence."""

import io
import zipfile
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from qa_app.db import Database
from qa_app.demo import demo_file
from qa_app.models import AccessEntry, Audit, Case, ColumnMapping, Person, Upload
from tests.page import Page, PageClient
from tests.qa_app.imports import council
from tests.world import World

SignIn = Callable[[Person], PageClient]
WORKBOOK_HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


@pytest.fixture
def lead(sign_in: SignIn, world: World) -> PageClient:
    return sign_in(world.people["qa_lead"])


@pytest.fixture
def staffed(database: Database, world: World) -> None:
    with database.writing() as session, session.begin():
        council.bring_staff(session)


def send_file(client: PageClient, path: str, data: bytes, status: int = 302) -> str:
    """Upload a file; the answer is where it leads, or the page."""
    edge = b"--edge\r\nContent-Disposition: form-data; name="
    token = edge + b'"csrf_token"\r\n\r\n' + client.token().encode() + b"\r\n"
    file = edge + b'"file"; filename="list.csv"\r\n\r\n' + data + b"\r\n--edge--\r\n"
    # Written out here: the test client would keep a large body in a file of its own that it never closes.
    answer = client.post(path, data=token + file, content_type="multipart/form-data; boundary=edge")
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return str(answer.location) if status == 302 else Page(answer.get_data(as_text=True)).text


def count(database: Database, model: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", b"<workbook/>")
        book.writestr(
            "xl/worksheets/sheet1.xml", WORKBOOK_HEAD + b'<row r="1"><c r="A1"><v>1</v></c></row>' * 4_000_000
        )
    return out.getvalue()


def test_a_case_list_is_checked_first_and_saved_on_a_yes(lead: PageClient, staffed: None, database: Database) -> None:
    before = count(database, Case)
    where = send_file(lead, "/cases/import", demo_file("case_list.xlsx"))
    page = lead.page(where)
    assert "1,170" in page.text
    assert "Did you mean ‘Assessment A’?" in page.text
    assert "400047" not in page.text
    assert count(database, Case) == before
    lead.send(f"{where}/confirm")
    assert "1,170 added" in lead.page("/cases").text
    assert count(database, Case) == before + 1170
    assert count(database, Upload) == 0
    assert "This file is not waiting any more" in lead.page("/cases/import").text or lead.get(where).status_code == 302


def test_cases_close_only_with_the_tick(lead: PageClient, world: World, database: Database) -> None:
    file = council.csv_file("Person ID,Team,Date Opened", "900000,Assessment,01/02/2026")
    where = send_file(lead, "/cases/import", file)
    assert "This is the whole list of open cases" in lead.page(where).text
    lead.send(f"{where}/confirm", {"whole_list": "yes"})
    assert "1 open case" in lead.page("/cases").text


def test_refused_rows_come_back_as_files_without_formulas(lead: PageClient, world: World) -> None:
    file = council.csv_file("Person ID,Team,Plan type,Date Opened", "900000,Nowhere,=1+1,01/02/2026")
    where = send_file(lead, "/cases/import", file)
    text = lead.get(f"{where}/refused.csv").get_data(as_text=True)
    assert "'=1+1" in text
    assert "There is no team called ‘Nowhere’." in text
    book = lead.get(f"{where}/refused.xlsx").get_data()
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_columns_are_set_right_and_kept_for_the_next_file(lead: PageClient, world: World, database: Database) -> None:
    file = council.csv_file("Kid,Group,Since", "900999,Assessment,01/02/2026")
    where = send_file(lead, "/cases/import", file)
    assert "We could not find columns for" in lead.page(where).text
    assert ">Kid</option>" in lead.get(where).get_data(as_text=True)
    lead.send(f"{where}/confirm", status=400)
    chosen = dict.fromkeys(("age", "sex", "family_group", "status", "plan_type", "legal_status"), "-1")
    chosen |= dict.fromkeys(("worker_name", "worker_id", "iro", "last_supervision"), "-1")
    twice = {**chosen, "reference": "0", "team": "1", "opened_on": "1"}
    answer = lead.send(f"{where}/columns", twice, 400)
    assert "This column is already chosen for" in answer.get_data(as_text=True)
    lead.send(f"{where}/columns", {**twice, "opened_on": "2", "keep": "y"})
    assert "To add 1" in lead.page(where).text
    assert count(database, ColumnMapping) == 1
    assert '<option value="0" selected>Kid</option>' in lead.get(where).get_data(as_text=True)
    lead.send(f"{where}/give-up")
    assert "To add 1" in lead.page(send_file(lead, "/cases/import", file)).text


def test_a_reference_is_shown_on_a_logged_page_only(
    lead: PageClient, sign_in: SignIn, world: World, database: Database
) -> None:
    case = world.cases[0]
    assert "900000" not in lead.page("/cases").text
    assert "900000" in lead.send(f"/cases/{case.id}/reveal", status=200).get_data(as_text=True)
    with database.reading() as session:
        entry = session.scalars(select(AccessEntry).where(AccessEntry.action == "case.reveal")).one()
    assert (entry.object_id, entry.person_id) == (str(case.id), world.people["qa_lead"].id)
    auditor = sign_in(world.people["manager_care"])
    auditor.send(f"/cases/{case.id}/reveal", status=404)
    auditor.page("/cases", 403)


def test_a_register_comes_in_and_is_withdrawn(lead: PageClient, staffed: None, database: Database) -> None:
    where = send_file(lead, "/imports/register", demo_file("audit_register.xlsx"))
    assert "552 audits of Nov 2024 to Oct 2026, 93 of them moderated" in lead.page(where).text
    lead.send(f"{where}/confirm")
    assert count(database, Audit) == 552
    listed = lead.get("/imports").get_data(as_text=True)
    withdrawing = listed.split('href="/imports/')[1:]
    path = next(part.split('"')[0] for part in withdrawing if "/withdraw" in part)
    lead.page(f"/imports/{path}")
    assert "Say why this import is withdrawn" in lead.send(f"/imports/{path}", {"reason": ""}, 400).get_data(True)
    lead.send(f"/imports/{path}", {"reason": "An old version"})
    assert "552 audits count no longer" in lead.page("/imports").text


@pytest.mark.parametrize("path", ["/cases/import", "/imports/register"])
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "This is not a list of rows we can read"),
        (b"PK\x03\x04 no workbook", "The workbook is damaged"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "This is a web page or XML"),
        (bomb(), "The workbook"),
    ],
    ids=["empty", "picture", "damaged", "page", "bomb"],
)
def test_what_is_no_list_is_refused_with_a_sentence(lead: PageClient, path: str, data: bytes, sentence: str) -> None:
    assert sentence in send_file(lead, path, data, 400)


@pytest.mark.parametrize("path", ["/cases/import", "/imports/register"])
def test_a_file_past_the_limit_is_refused(lead: PageClient, path: str) -> None:
    assert "larger than 10 MB" in send_file(lead, path, b"a,b\n" * 2_600_000, 400)
    assert "too large" in send_file(lead, path, b"a,b\n" * 3_000_000, 413)
    assert "Choose a file" in lead.send(path, status=400).get_data(as_text=True)


def test_bytes_that_break_a_store_are_refused_with_their_row(lead: PageClient, world: World) -> None:
    file = b"Person ID,Team,Plan type,Date Opened\n900000,Assessment,a\0b,01/02/2026\n"
    page = lead.page(send_file(lead, "/cases/import", file))
    assert "characters that cannot be stored" in page.text


def test_another_persons_file_is_not_there(lead: PageClient, sign_in: SignIn, world: World) -> None:
    where = send_file(lead, "/cases/import", council.csv_file("Person ID,Team,Date Opened", "900000,Care,01/02/2026"))
    lead.page(where)
    assert sign_in(world.people["administrator"]).get(where).status_code == 403
