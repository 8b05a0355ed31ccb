"""Workbooks made for the tests: honest ones through XlsxWriter, and hostile ones part by part."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date

import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]], *, top: int = 0, left: int = 0) -> bytes:
    """A workbook with these sheets of rows, each beginning at this row and column."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows, start=top):
                for column, cell in enumerate(row, start=left):
                    if isinstance(cell, date):
                        sheet.write_datetime(line, column, cell, day)
                    elif cell is not None:
                        sheet.write(line, column, cell)
    return out.getvalue()


def made_of(sheet_data: str, shared: str | None = None, sheets: int = 1) -> bytes:
    """A workbook whose sheets are this XML between <sheetData> tags, with these shared strings."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        kinds = f'<Default Extension="rels" ContentType="{PACKAGE}/relationships+xml"/>'
        kinds += '<Default Extension="xml" ContentType="application/xml"/>'
        archive.writestr("[Content_Types].xml", f'{HEAD}<Types xmlns="{PACKAGE}/content-types">{kinds}</Types>')
        archive.writestr("_rels/.rels", _relations([("rId1", "officeDocument", "xl/workbook.xml")]))
        names = "".join(f'<sheet name="S{one}" sheetId="{one}" r:id="rId{one}"/>' for one in range(1, sheets + 1))
        book = f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{names}</sheets></workbook>'
        archive.writestr("xl/workbook.xml", book)
        links = [(f"rId{one}", "worksheet", f"worksheets/sheet{one}.xml") for one in range(1, sheets + 1)]
        links += [("rIdS", "sharedStrings", "sharedStrings.xml")] if shared is not None else []
        archive.writestr("xl/_rels/workbook.xml.rels", _relations(links))
        body = f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{sheet_data}</sheetData></worksheet>'
        for one in range(1, sheets + 1):
            archive.writestr(f"xl/worksheets/sheet{one}.xml", body)
        if shared is not None:
            archive.writestr("xl/sharedStrings.xml", f'{HEAD}<sst xmlns="{MAIN}">{shared}</sst>')
    return out.getvalue()


def _relations(links: Sequence[tuple[str, str, str]]) -> str:
    inner = "".join(f'<Relationship Id="{i}" Type="{OFFICE}/{kind}" Target="{to}"/>' for i, kind, to in links)
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{inner}</Relationships>'
