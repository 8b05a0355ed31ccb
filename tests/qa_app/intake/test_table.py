"""Files as councils save them become tables; what is no list, or too much, is refused in a sentence."""

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.demo import demo_file
from qa_app.intake.headings import Kind
from qa_app.intake.limits import Limits, UnreadableFile
from qa_app.intake.table import Table, read_table
from tests.qa_app.intake.workbooks import made_of, workbook

HEADINGS = "Person ID,Team,Date Opened"
ROWS: list[list[object]] = [["Person ID", "Team", "Date Opened"], ["400047", "Court Team", "1/2/2026"]]


def table(text: str | bytes, **limits: int) -> Table:
    data = text.encode() if isinstance(text, str) else text
    return read_table(data, limits=Limits(**limits))


def refusal(data: bytes | str, **limits: int) -> str:
    with pytest.raises(UnreadableFile) as refused:
        table(data, **limits)
    sentence = refused.value.sentence
    assert sentence.endswith(".")
    assert "Traceback" not in sentence
    return sentence


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_separator_encoding_and_line_ends_are_found_out(separator: str, encoding: str, line_end: str) -> None:
    lines = [HEADINGS.replace(",", separator), separator.join(["1", "Siân’s team", "3/4/2026"])]
    read = table(line_end.join(lines).encode(encoding))
    assert read.headings == ("Person ID", "Team", "Date Opened")
    assert [(row.number, row.cells) for row in read.rows] == [(2, ("1", "Siân’s team", "3/4/2026"))]


def test_lines_above_the_headings_and_below_the_rows_are_left_out_and_row_numbers_are_the_files_own() -> None:
    read = table(f"Report: open cases\n\n{HEADINGS}\n1,A,1/2/2026\n,,\n\n2,B,2/2/2026\n\nTotal rows: 3\n")
    assert [row.number for row in read.rows] == [4, 7]
    assert any("row 3" in note for note in read.notes)
    assert any("says that it has 3 rows; 2 were found" in note for note in read.notes)


def test_a_workbook_that_begins_lower_down_and_to_the_right_keeps_its_row_numbers() -> None:
    read = table(workbook({"Cases": ROWS}, top=4, left=2))
    assert [row.number for row in read.rows] == [6]
    assert "400047" in read.rows[0].cells


def test_the_sheet_whose_headings_fit_is_taken() -> None:
    notes: list[list[object]] = [["Read me first", "Please"], ["Team", ""]]
    book = workbook({"Notes": notes, "Open": ROWS, "Pivot": [["Sum", "of", "x"]]})
    assert table(book).sheet == "Open"


def test_a_kind_decides_between_sheets_of_two_kinds() -> None:
    staff: list[list[object]] = [
        ["Employee ID", "Name", "Team", "Service", "Email", "FTE"],
        ["E1", "Ann", "A", "S", "a@b.cd", 1],
    ]
    book = workbook({"Staff": staff, "Cases": ROWS})
    assert read_table(book, limits=Limits(), kind=Kind.CASES).sheet == "Cases"
    assert read_table(book, limits=Limits(), kind=Kind.STAFF).sheet == "Staff"


def test_numbers_dates_and_formula_like_text_of_a_workbook_keep_their_meaning() -> None:
    rows: list[list[object]] = [
        *ROWS[:1],
        [400047, "=SUM(1,2) typed by mistake", date(2026, 10, 31)],
        [1.5, True, False],
    ]
    read = table(workbook({"S": rows}))
    assert read.rows[0].cells == (400047, "=SUM(1,2) typed by mistake", date(2026, 10, 31))
    assert read.rows[1].cells == (1.5, "TRUE", "FALSE")


def test_text_is_trimmed_and_composed() -> None:
    assert table(f"{HEADINGS}\n  1 ,Sia\u0302n,\u00a0x\u00a0").rows[0].cells == ("1", "Siân", "x")


@pytest.mark.parametrize("bad", ["\0", "\x07", "\x1b", "\x7f", "\uffff"])
def test_a_row_with_an_unprintable_character_is_refused_and_the_others_come_in(bad: str) -> None:
    read = table(f"{HEADINGS}\n1,A{bad}B,1/1/2026\n2,B,1/1/2026\n3,A{bad}B,1/1/2026")
    assert [row.number for row in read.rows] == [3]
    assert [problem.row_number for _, problem in read.unreadable] == [2, 4]
    assert all(problem.refused and bad not in str(row) for row, problem in read.unreadable)


def test_a_lone_surrogate_or_a_nul_in_a_workbook_never_reaches_a_cell() -> None:
    cells = '<c r="A2" t="inlineStr"><is><t>1_x0000_</t></is></c><c r="B2" t="inlineStr"><is><t>_xD800_</t></is></c>'
    heads = "".join(f'<c r="{c}1" t="inlineStr"><is><t>{t}</t></is></c>' for c, t in zip("AB", ROWS[0], strict=False))
    read = table(made_of(f'<row r="1">{heads}</row><row r="2">{cells}</row>'))
    texts = [str(cell) for row in (*read.rows, *(row for row, _ in read.unreadable)) for cell in row.cells]
    assert len(texts) == 2
    assert not any(ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 for text in texts for letter in text)


def test_a_row_with_cells_beyond_the_headings_is_refused() -> None:
    read = table(f"{HEADINGS}\n1,A, Ltd,1/1/2026\n2,B,1/1/2026,,\n")
    assert [problem.row_number for _, problem in read.unreadable] == [2]
    assert [row.number for row in read.rows] == [3]


def test_bytes_that_windows_1252_does_not_have_do_no_harm_and_are_noted() -> None:
    read = table(HEADINGS.encode() + b"\n1,A\x81\x8dB\xe9,1/1/2026")
    assert read.rows[0].cells[1] == "A\ufffd\ufffdBé"
    assert any("could not be read" in note for note in read.notes)


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "empty"),
        (OLD, "old Excel file"),
        (OLD + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"<html><table><tr><td>Person ID</td></tr></table></html>", "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "web page or XML"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "not a list"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 20, "not a list"),
        (b"PK\x03\x04 and no more", "damaged"),
        (demo_file("case_list.xlsx")[:40_000], "damaged"),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(data: bytes, says: str) -> None:
    assert says in refusal(data)


def test_too_large_too_many_rows_columns_or_sheets_are_refused() -> None:
    assert "larger than 1 MB" in refusal(b"a" * 1_000_001, size=1_000_000)
    many = HEADINGS + "\n1,A,1/1/2026" * 11
    assert "more than 10 rows" in refusal(many, rows=10)
    assert len(table(many, rows=11).rows) == 11
    assert "more than 10 rows" in refusal(workbook({"S": ROWS[:1] + ROWS[1:] * 11}), rows=10)
    assert "200 columns" in refusal(",".join(f"c{n}" for n in range(300)) + "\n1")
    assert "200 columns" in refusal(HEADINGS + "\n" + "," * 5000)
    cells = "<row>" + "<c><v>1</v></c>" * 100 + "</row>"
    assert "1,000 cells" in refusal(made_of(cells, sheets=11), cells=1000)
    assert "50 sheets" in refusal(made_of("", sheets=51))
    assert "more than 20,000 rows" in refusal(HEADINGS + "\n" * 30_000)


def test_the_command_line_has_no_row_limit() -> None:
    text = HEADINGS + "\n1,A,1/1/2026" * 20_001
    assert len(read_table(text.encode(), limits=Limits.command_line()).rows) == 20_001


def test_a_five_megabyte_cell_is_refused() -> None:
    assert "never ends" in refusal(f'{HEADINGS}\n1,"{"x" * 5_000_000}",1/1/2026')
    assert "never ends" in refusal(f'{HEADINGS}\n1,"not closed,1/1/2026\n' + "2,B,1/1/2026\n" * 20_000)
    long = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    assert "32,767" in refusal(made_of(long, f"<si><t>{'x' * 5_000_000}</t></si>"))


def test_a_workbook_of_a_million_rows_is_refused_before_it_is_parsed() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="str"><f>SUM(1,2)</f><v>3</v></c></row>' for n in range(1, 1_000_001))
    bomb = made_of(rows)
    assert len(rows) > 60_000_000
    assert "rows" in refusal(bomb)


def test_a_workbook_that_unpacks_too_far_is_refused_whatever_it_declares() -> None:
    bomb = made_of("<row r='1'><c r='A1'><v>1</v></c></row>" + " " * 120_000_000)
    assert "unpacks" in refusal(bomb)
    size = (120_000_000).to_bytes(4, "little")[2:]  # the upper half of any size near it
    lying = bytearray(bomb)
    position = lying.rfind(b"PK\x01\x02", 0, lying.rfind(b"sheet1.xml"))
    assert lying[position + 26 : position + 28] == size
    lying[position + 24 : position + 28] = (900).to_bytes(4, "little")
    assert "unpacks" in refusal(bytes(lying))


@pytest.mark.parametrize(
    "far",
    [
        '<row r="1"><c r="XFD1"><v>1</v></c></row>',
        '<row r="1"><c r="HA1"><v>1</v></c></row>',
        "<row r='1'><c\n r = 'xfd1'><v>1</v></c></row>",
        '<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
        '<row r="1"><c r="A21001"><v>1</v></c></row>',
        '<row r="1"><c r="A&#49;048576"><v>1</v></c></row>',
        '<x:row r="900000"><x:c><v>1</v></x:c></x:row>',
    ],
)
def test_one_cell_far_outside_cannot_make_the_parser_lay_out_everything_before_it(far: str) -> None:
    near = '<row r="1"><c r="A1"><v>1</v></c></row>'
    assert "far outside" in refusal(made_of(near + far))


def test_a_row_of_very_many_cells_without_an_address_is_refused() -> None:
    assert "columns" in refusal(made_of("<row>" + "<c/>" * 100_000 + "<c><v>1</v></c></row>"))


def test_a_long_text_shared_by_very_many_cells_is_refused() -> None:
    row = '<c r="A1" t="s"><v>0</v></c>' * 150
    book = made_of("".join(f"<row>{row}</row>" for _ in range(300)), f"<si><t>{'x' * 32_000}</t></si>")
    assert "unpacks to far more" in refusal(book)


def test_a_long_text_used_once_among_very_many_cells_comes_in() -> None:
    row = '<c t="s"><v>0</v></c>' * 100
    heads = "".join(f'<c t="s"><v>{n}</v></c>' for n in (1, 2))
    shared = "<si><t>x</t></si><si><t>Person ID</t></si><si><t>Team</t></si>" + f"<si><t>{'y' * 30_000}</t></si>"
    data = f'<row>{heads}</row><row><c t="s"><v>3</v></c></row>' + "".join(f"<row>{row}</row>" for _ in range(100))
    read = table(made_of(data, shared))
    assert len(str(read.rows[0].cells[0])) == 30_000


def test_no_damage_to_a_workbook_is_anything_but_a_sentence() -> None:
    whole = demo_file("case_list.xlsx")
    chance = random.Random(20_261_031)  # noqa: S311 (nothing secret)
    outcomes = set()
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            outcomes.add(type(table(bytes(damaged))).__name__)
        except UnreadableFile as refused:
            outcomes.add(refused.sentence)
    assert len(outcomes) > 1


@settings(deadline=None, max_examples=150)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_give_a_table_or_a_sentence(data: bytes) -> None:
    try:
        read = table(data)
    except UnreadableFile:
        return
    assert all(len(row.cells) == len(read.headings) for row in read.rows)
