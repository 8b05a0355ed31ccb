"""Files that are no list: each is refused with a sentence on the page it was chosen on, and nothing is saved."""

from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from tests.journeys.screens import UploadScreen
from tests.journeys.visitor import Visitor
from tests.world import World

pytestmark = [pytest.mark.journey, pytest.mark.one_database]
BOMB_BYTES = 200 * 1024 * 1024


def bomb(path: Path) -> bytes:
    """A workbook of a few hundred kilobytes that unpacks to 200 MB."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(BOMB_BYTES // 2**20):
                sheet.write(b"0" * 2**20)
    return path.read_bytes()


@pytest.mark.parametrize("page", ["/people/import", "/cases/import", "/imports/register"])
def test_what_is_no_list_is_refused_with_a_sentence(
    page: str, visit: Callable[..., Visitor], world: World, tmp_path: Path
) -> None:
    person = world.people["administrator" if page.startswith("/people") else "qa_lead"]
    visitor = visit(person).open(page)
    heading = visitor.heading
    files = {
        "picture.xlsx": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        "bomb.xlsx": bomb(tmp_path / "made.xlsx"),
        "empty.csv": b"",
    }
    for name, data in files.items():
        refused = UploadScreen(visitor).send(tmp_path / name, data, status=400)
        assert refused.heading == heading
        summary = visitor.page.locator(".govuk-error-summary").inner_text()
        assert summary.startswith("There is a problem")
        assert len(summary) > 60, summary


@pytest.mark.parametrize("page", ["/cases/import", "/imports/register"])
def test_a_letter_named_as_a_workbook_is_said_to_lack_every_column(
    page: str, visit: Callable[..., Visitor], world: World, tmp_path: Path
) -> None:
    visitor = visit(world.people["qa_lead"]).open(page)
    check = UploadScreen(visitor).send(tmp_path / "letter.xlsx", b"Dear all, a letter is no list.\n")
    assert "We could not find columns for" in check.text
    visitor.press("Give up this file")
    assert "The file is deleted. Nothing was saved." in visitor.text


def test_no_file_at_all_is_said(visit: Callable[..., Visitor], world: World) -> None:
    visitor = visit(world.people["qa_lead"]).open("/cases/import")
    visitor.press("Upload and check", status=400)
    assert "Choose a file." in visitor.text
