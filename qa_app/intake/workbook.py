"""Whether a workbook is safe to open, found by looking through its parts before anything is parsed, and its sheets."""

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import python_calamine

from qa_app.intake.limits import Limits, UnreadableFile, megabytes

OLE_FILE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old .xls, and any workbook with a password
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_PIECE: Final = 1 << 20
_LONG_CELL: Final = 33_000  # Excel itself stops at 32,767 characters
_SHARED_CELL: Final = re.compile(rb"""\st\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v[^>]*>\s*(\d{1,9})""")
_CELL: Final = re.compile(rb"<(?:\w+:)?c[\s>/]")
_SHARED_TEXT: Final = re.compile(rb"<(?:\w+:)?si[\s>/]")
_DAMAGED: Final = "The workbook is damaged. Open it in Excel, save it again as .xlsx and choose the new file."
_TRICK: Final = (
    "The workbook unpacks to far more than a list of rows should. Copy the rows into a new workbook and try again."
)


def open_sheets(data: bytes, limits: Limits) -> Iterator[tuple[str, Any]]:
    """Each worksheet's name and its calamine sheet, once the parts of the file were found to be within the limits.

    Raises:
        UnreadableFile: encrypted, damaged, another kind of file, or more than the limits allow.
    """
    _look_through(data, limits)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            for name in _worksheets(workbook, limits):
                yield name, workbook.get_sheet_by_name(name)
    except python_calamine.PasswordError:
        raise locked() from None
    except (python_calamine.CalamineError, OSError, ValueError):
        raise UnreadableFile(_DAMAGED) from None
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":  # a parser's panic is no Exception, and the class has no name here
            raise
        raise UnreadableFile(_DAMAGED) from None


def _worksheets(workbook: Any, limits: Limits) -> list[str]:
    if len(workbook.sheet_names) > limits.sheets:
        raise UnreadableFile(
            f"The workbook has more than {limits.sheets} sheets. Save the one sheet you need as a new file."
        )
    return [one.name for one in workbook.sheets_metadata if one.typ == python_calamine.SheetTypeEnum.WorkSheet]


def refuse_old(data: bytes) -> UnreadableFile:
    """Why a file in Microsoft's old container cannot be read: it has a password, or it is an old .xls."""
    if _ENCRYPTED in data:
        return locked()
    return UnreadableFile("This is an old Excel file (.xls). Open it in Excel and save it as .xlsx or CSV.")


def locked() -> UnreadableFile:
    return UnreadableFile("The workbook has a password. Open it in Excel, remove the password, save it and try again.")


def _look_through(data: bytes, limits: Limits) -> None:
    """Refuse what would be costly to parse; sizes are measured by unpacking, not taken from what the file declares."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or len(data) < end + 22:
        raise UnreadableFile(_DAMAGED)
    if struct.unpack_from("<L", data, end + 12)[0] > limits.members * 1000:
        raise UnreadableFile(_TRICK)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error):
        raise UnreadableFile(_DAMAGED) from None
    names = {part.filename.lower() for part in parts}
    if not any(name.startswith("xl/workbook") and name.endswith(".xml") for name in names):
        raise UnreadableFile("This is not an Excel workbook (.xlsx). Save the list as .xlsx or CSV and try again.")
    if len(parts) > limits.members or len(names) < len(parts):
        raise UnreadableFile(_TRICK)
    if sum(part.file_size for part in parts) > limits.unpacked:
        raise _unpacks_too_far(limits)
    scan = _Scan(limits)
    for part in parts:
        scan.part(data, part)
    scan.weigh(data, parts)


def _unpacks_too_far(limits: Limits) -> UnreadableFile:
    return UnreadableFile(
        f"The workbook unpacks to more than {megabytes(limits.unpacked)}. Copy the rows you need into a new workbook."
    )


def _pieces(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked bytes of one part, a megabyte at a time, cut only where a tag begins."""
    start = part.header_offset
    if part.flag_bits & 1:
        raise locked()
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or len(data) < start + 30:
        raise UnreadableFile(_DAMAGED)
    name, extra = struct.unpack_from("<HH", data, start + 26)
    start += 30 + name + extra
    packed = data[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    unpacker = zlib.decompressobj(-15)
    rest = b""
    try:
        while packed and not unpacker.eof:
            piece = rest + unpacker.decompress(packed, _PIECE)
            packed = unpacker.unconsumed_tail
            cut = piece.rfind(b"<")
            if cut <= 0:
                cut = len(piece)
            yield piece[:cut]
            rest = piece[cut:]
    except zlib.error:
        raise UnreadableFile(_DAMAGED) from None
    yield rest


class _Scan:
    """Counts over every part: bytes, rows, columns, cells and the longest text; raises as soon as a limit is passed."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.unpacked = 0
        self.cells = 0
        self.across = 0  # cells without an address in the row that is being counted
        self.text = 0  # length of the shared text that is being measured
        self.longest = 0
        # A cell's address beyond the limits: a column past `columns`, or a row past `last_row`. One such cell makes a
        # parser lay out every cell before it. `maybe_far` is quick and sees every one that is written as Excel writes.
        letters, digits = _letters_past(limits.columns), len(str(limits.last_row))
        self.maybe_far = re.compile(
            rb' r="(?:' + letters + rb"|[A-Za-z]{3}|[A-Za-z]*(?:0|[0-9]{" + str(digits).encode() + rb"}))"
        )
        self.far = re.compile(
            rb"""\sr\s*=\s*["']\s*(?:[A-Za-z]{3}|"""
            + letters
            + rb"|[A-Za-z]{0,2}0*(?:"
            + _digits_past(limits.last_row)
            + rb"))|\sr\s*=\s*[\"'][^\"']*&"
        )

    def part(self, data: bytes, part: zipfile.ZipInfo) -> None:
        rows = 0
        for piece in _pieces(data, part):
            self.unpacked += len(piece)
            if self.unpacked > self.limits.unpacked:
                raise _unpacks_too_far(self.limits)
            if part.filename.lower().endswith("sharedstrings.xml"):
                self._measure_texts(piece)
            here = piece.count(b"<row") + piece.count(b":row")
            rows += here
            if rows > self.limits.last_row:
                raise self.limits.too_many_rows()
            cells = piece.count(b"<c") + piece.count(b":c")  # a few too many (<cols>), which only costs a closer look
            self.cells += cells
            if self.cells > self.limits.cells:
                raise self.limits.too_many_cells()
            if here or (cells and _CELL.search(piece)):
                self._addresses(piece, cells, here)

    def _addresses(self, piece: bytes, cells: int, rows: int) -> None:
        addresses = piece.count(b' r="')
        # At the machine itself files are large and their owner's own: there the quick look goes first.
        close = self.limits.rows is not None or addresses != cells + rows
        if (close or self.maybe_far.search(piece)) and self.far.search(piece):
            raise UnreadableFile(
                "The workbook has a cell far outside the list. Copy the rows of the list into a new workbook."
            )
        if cells > addresses - rows:
            self._count_across(piece)

    def _count_across(self, piece: bytes) -> None:
        """Cells without an address stand side by side: none of their rows may be wider than the limit."""
        begun, *rows = re.split(rb"<(?:\w+:)?row", piece)
        self.across += len(_CELL.findall(begun))
        for row in rows:
            if self.across > 2 * self.limits.columns:
                break
            self.across = len(_CELL.findall(row))
        if self.across > 2 * self.limits.columns:
            raise self.limits.too_many_columns()

    def _measure_texts(self, piece: bytes) -> None:
        """The longest shared text so far; a piece may end inside one and the next piece go on with it."""
        begun, *texts = _SHARED_TEXT.split(piece)
        self.text += len(begun)
        self.longest = max(self.longest, self.text, *map(len, texts))
        if texts:
            self.text = len(texts[-1])

    def weigh(self, data: bytes, parts: list[zipfile.ZipInfo]) -> None:
        """Refuse a workbook whose cells repeat a long shared text until it fills the memory."""
        if self.longest > 4 * _LONG_CELL:
            raise UnreadableFile(
                "A cell of the workbook holds more text than Excel allows (32,767 characters). Shorten it."
            )
        if self.cells * self.longest <= self.limits.text:
            return
        used: Counter[bytes] = Counter()
        lengths: list[int] = []
        for part in parts:
            whole = b"".join(_pieces(data, part))
            if part.filename.lower().endswith("sharedstrings.xml"):
                lengths = [len(text) for text in _SHARED_TEXT.split(whole)[1:]]
            else:
                used.update(_SHARED_CELL.findall(whole))
        total = sum(lengths[int(index)] * times for index, times in used.items() if int(index) < len(lengths))
        if total > self.limits.text:
            raise UnreadableFile(_TRICK)


def _letters_past(columns: int) -> bytes:
    """A pattern for two letters whose column starts past this many columns, rounded up to a whole first letter."""
    first = min(max((columns - 1) // 26, 1), 25)  # the first letter of the last column allowed: 200 is GR, so G
    following = chr(ord("A") + first)
    return f"[{following}-Z{following.lower()}-z][A-Za-z]".encode()


def _digits_past(number: int) -> bytes:
    """A pattern for whole numbers above this one: longer, or the same length with a greater digit first."""
    digits = str(number)
    ways = [rf"[1-9]\d{{{len(digits)},}}"]
    for position, digit in enumerate(digits):
        if digit != "9":
            left = len(digits) - position - 1
            ways.append(rf"{digits[:position]}[{int(digit) + 1}-9]\d{{{left}}}(?!\d)")
    return "|".join(ways).encode()
