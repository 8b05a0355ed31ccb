"""Which cells of a workbook hold formulas: the reader of sheets gives only what they came to when they were saved."""

import html
import io
import posixpath
import re
import zipfile
from typing import Final

_SHEET: Final = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
_LINK: Final = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE: Final = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_FORMULA: Final = re.compile(rb"""<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f[\s/>]""")
_ADDRESS: Final = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Z]{1,3}\d{1,7})["']""")


def formulas(data: bytes) -> dict[str, frozenset[str]]:
    """Sheet name -> the addresses (such as D7) of its cells with formulas. Only for a file that was looked through."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name.lower(): name for name in archive.namelist()}

        def read(name: str) -> bytes:
            found = parts.get(name.lower())
            return archive.read(found) if found is not None else b""

        targets = {}
        for each in _LINK.findall(read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")):
            said = _attributes(each)
            targets[said.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", said.get("Target", ""))).lstrip("/")
        found = {}
        for each in _SHEET.findall(read("xl/workbook.xml").decode("utf-8", "replace")):
            said = _attributes(each)
            link = next((value for name, value in said.items() if name.split(":")[-1] == "id"), "")
            found[html.unescape(said.get("name", ""))] = _addresses(read(targets.get(link, "")))
        return found


def _addresses(sheet: bytes) -> frozenset[str]:
    addresses = (_ADDRESS.search(attributes) for attributes in _FORMULA.findall(sheet))
    return frozenset(found[1].decode() for found in addresses if found is not None)


def _attributes(tag: str) -> dict[str, str]:
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(tag)}
