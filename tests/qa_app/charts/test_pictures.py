"""Every chart, as empty and as full as it may come: well-formed, inside its box, in the PDF, said again in a table."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from moderation.statistics.share import Share
from qa_app.charts import control, funnel, intervals, months, pairs
from qa_app.charts.control import ControlPoint
from qa_app.charts.funnel import Bound, TeamPoint
from qa_app.charts.intervals import GroupShare
from qa_app.charts.months import MonthPoint
from qa_app.charts.picture import Picture
from qa_app.charts.scene import Circle, Line, Rect, Scene, Text, bounds, shorten

TARGET = Fraction(85, 100)
LONG = "Children with disabilities and complex health needs, the western half of the borough"


def a_month(place: int, k: int, n: int, *, is_open: bool = False, in_run: bool = False) -> MonthPoint:
    year, month = divmod(2024 * 12 + 10 + place, 12)
    ends = Share(k, n).wilson()
    low, high = (ends.low, ends.high) if ends else (None, None)
    return MonthPoint(date(year, month + 1, 1), k, n, low, high, open=is_open, in_run=in_run, href=f"/audits?m={place}")


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own SVG


def by_month(points: list[MonthPoint]) -> Picture:
    return months.draw(points, title="Supervision by month", target=TARGET, target_words="more than 85%")


def by_team(groups: list[GroupShare]) -> Picture:
    return intervals.draw(groups, title="By team", target=TARGET, target_words="at least 85%")


def of_pairs(counts: list[list[int]]) -> Picture:
    return pairs.draw(counts, title="Auditor and moderator", hrefs=[["/pairs"] * 4] * 4)


def charted(points: list[ControlPoint], centre: float | None = 0.9) -> Picture:
    return control.draw(
        points, title="Month by month", name="control", description="Agreement by month.", centre=centre,
        centre_words="mean of all months: 90.0%", limits_words="limits of chance",
    )  # fmt: skip


def a_point(place: int, k: int, n: int, *, counted: bool = True, signal: str = "") -> ControlPoint:
    year, month = divmod(2024 * 12 + 10 + place, 12)
    return ControlPoint(date(year, month + 1, 1), k, n, 0.6, 1.0, counted=counted, signal=signal, href=f"/m?m={place}")


def funnelled(points: list[TeamPoint], most: int) -> Picture:
    bounds_of = [Bound(n, None if n < 3 else 0.2, 0.4, 1.0, None) for n in range(1, most + 1)]
    return funnel.draw(
        points, bounds_of, title="Teams", name="funnel", description="Teams by size.", centre=Fraction(9, 10)
    )


TWO_YEARS = [a_month(place, 1200 if place == 20 else 17, 1234 if place == 20 else 20) for place in range(23)]
PICTURES = {
    "no month": by_month([]),
    "one month": by_month([a_month(0, 3, 4)]),
    "one month of a run": by_month([a_month(0, 4, 4, in_run=True)]),
    "a month with nothing": by_month([a_month(0, 0, 0)]),
    "two years and an open month": by_month([*TWO_YEARS, a_month(23, 20, 20, is_open=True)]),
    "two years in the run": by_month([a_month(place, 20, 20, in_run=True) for place in range(24)]),
    "none at all, then all": by_month([a_month(0, 0, 9), a_month(1, 9, 9)]),
    "no pair": of_pairs([[0] * 4] * 4),
    "many pairs": of_pairs([[12_345] * 4] * 4),
    "no team": by_team([]),
    "thirty teams": by_team([GroupShare(f"{LONG} {each}", each, 30, 0.0, 1.0, f"/t/{each}") for each in range(30)]),
    "a team with nothing": by_team([GroupShare("Leaving care", 0, 0)]),
    "a team with large counts": by_team([GroupShare(LONG, 12_345, 12_345, 0.99, 1.0)]),
    "no month to control": charted([], None),
    "two years under control": charted([a_point(place, 9, 10) for place in range(24)]),
    "a gap, a hollow month and a signal": charted(
        [a_point(0, 9, 10), a_point(1, 0, 0), a_point(2, 1, 3, counted=False), a_point(3, 0, 9, signal="Below")]
    ),
    "no team in the funnel": funnel.draw([], [], title="Teams", name="funnel", description="None.", centre=None),
    "teams in the funnel": funnelled(
        [TeamPoint(LONG, 40, 40, "Above the others", stands_out=True, href="/t"), TeamPoint("Care", 0, 1, "Too few")],
        41,
    ),
    "a team far out on the left": funnelled([TeamPoint(LONG, 0, 1, "Far below the others", stands_out=True)], 2),
    "a team too small to show": by_team([GroupShare("Leaving care", 0, 0, note="1 to 5 audits, not shown")]),
}


@pytest.fixture(params=list(PICTURES))
def picture(request: pytest.FixtureRequest) -> Picture:
    return PICTURES[request.param]


def test_the_svg_is_well_formed_and_says_what_it_is(picture: Picture) -> None:
    root = parsed(picture.svg)
    title, description = root[0], root[1]
    assert title.text == picture.title
    assert description.text
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_nothing_in_the_svg_needs_inline_style_or_script(picture: Picture) -> None:
    for element in parsed(picture.svg).iter():
        assert element.tag.rpartition("}")[2] in {"svg", "title", "desc", "a", "rect", "circle", "polyline", "text"}
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]


def test_every_mark_stands_inside_the_box(picture: Picture) -> None:
    for mark in picture.scene.marks:
        left, top, right, bottom = bounds(mark)
        assert left >= 0, mark
        assert top >= 0, mark
        assert right <= picture.scene.width, mark
        assert bottom <= picture.scene.height, mark


def test_it_can_be_drawn_in_a_pdf(picture: Picture, tmp_path: Path) -> None:
    drawn = picture.drawing(400)
    canvas = Canvas(str(tmp_path / "chart.pdf"))
    drawn.drawOn(canvas, 0, 0)
    canvas.save()
    assert drawn.width == 400
    assert drawn.height == pytest.approx(400 * picture.scene.height / picture.scene.width)
    assert (tmp_path / "chart.pdf").read_bytes().startswith(b"%PDF")


def test_its_table_has_a_cell_for_every_heading(picture: Picture) -> None:
    assert all(len(row) == len(picture.table.headers) for row in picture.table.rows)
    assert all(0 < place < len(picture.table.headers) for place in picture.table.numeric)


def test_a_picture_with_links_is_a_group_so_that_the_links_can_be_reached() -> None:
    assert parsed(PICTURES["one month"].svg).get("role") == "group"
    assert parsed(PICTURES["no team"].svg).get("role") == "img"


def test_markup_in_a_name_stays_text() -> None:
    svg = by_team([GroupShare('<script>alert("x")</script>', 1, 2, href='/t?"><script>')]).svg
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg


def test_a_control_character_in_a_name_leaves_the_svg_well_formed() -> None:
    assert parsed(by_team([GroupShare("Court\x00\x0b team", 1, 2)]).svg) is not None


def test_a_month_with_nothing_has_no_dot_and_leaves_a_gap_in_the_line() -> None:
    marks = by_month([a_month(0, 5, 6), a_month(1, 0, 0), a_month(2, 5, 6)]).scene.marks
    assert sum(isinstance(mark, Circle) and mark.name == "month" for mark in marks) == 2
    assert not [mark for mark in marks if isinstance(mark, Line) and mark.stroke_width == 2]


def test_an_open_month_is_hollow_and_its_line_dashed() -> None:
    marks = by_month([a_month(0, 5, 6), a_month(1, 5, 6, is_open=True)]).scene.marks
    closed, opened = [mark for mark in marks if isinstance(mark, Circle) and mark.name == "month"]
    assert closed.fill is not None
    assert opened.fill is None
    assert [
        mark.dashed for mark in marks if isinstance(mark, Line) and mark.stroke_width == 2 and len(mark.points) == 2
    ][-1]


def test_a_month_with_too_few_is_hollow_and_one_that_stands_out_is_ringed_and_said_in_the_table() -> None:
    picture = PICTURES["a gap, a hollow month and a signal"]
    circles = [mark for mark in picture.scene.marks if isinstance(mark, Circle)]
    assert [mark.fill is None for mark in circles if mark.name == "month"] == [False, True, False]
    assert sum(mark.name == "signal" for mark in circles) == 1
    assert [row[-1] for row in picture.table.rows] == ["–", "–", "Too few to count", "Below"]


def test_a_funnels_limits_are_steps_and_stop_where_no_team_can_stand_out() -> None:
    limits = [
        mark for mark in funnelled([], 5).scene.marks if isinstance(mark, Line) and mark.name == "limit"
    ]  # fmt: skip
    assert [len(mark.points) for mark in limits] == [6, 10, 10], "low alarm from 3 on, the high alarm nowhere"
    assert all(
        one[1] == two[1] for mark in limits for one, two in zip(mark.points[::2], mark.points[1::2], strict=True)
    )


def test_a_run_is_marked_by_a_band_and_by_words() -> None:
    run = [a_month(place, 20, 20, in_run=place > 1) for place in range(5)]
    marks = by_month(run).scene.marks
    assert [mark.name for mark in marks if isinstance(mark, Rect)] == ["run"]
    assert "run of 3" in [mark.words for mark in marks if isinstance(mark, Text)]


def test_a_share_at_the_target_is_not_written_as_being_over_it() -> None:
    [row] = by_month([a_month(0, 17, 20)]).table.rows
    assert row[1:4] == ("17", "20", "85%")


def test_the_month_table_says_how_each_month_counts() -> None:
    points = [a_month(0, 5, 6), a_month(1, 6, 6, in_run=True), a_month(2, 6, 6, is_open=True)]
    assert [row[5] for row in by_month(points).table.rows] == ["Closed", "In the current run", "Open, not counted"]


def test_the_table_counts_what_does_not_apply_where_there_is_any() -> None:
    points = [a_month(0, 17, 20), replace(a_month(1, 17, 20), not_applicable=3)]
    table = by_month(points).table
    assert table.headers[-1] == "Does not apply"
    assert [row[-1] for row in table.rows] == ["0", "3"]
    assert "Does not apply" not in by_month(points[:1]).table.headers


def test_agreement_is_outlined_and_named_as_well_as_coloured() -> None:
    marks = of_pairs([[4, 2, 0, 0], [1, 22, 5, 0], [0, 2, 12, 1], [0, 0, 1, 3]]).scene.marks
    words = [mark.words for mark in marks if isinstance(mark, Text)]
    assert sum(isinstance(mark, Rect) and mark.name == "same" for mark in marks) == 4
    assert words.count("same grade") == 4
    assert words.count("auditor higher") == 3
    assert words.count("auditor lower") == 3


def test_the_pairs_describe_themselves_in_a_sentence() -> None:
    scene = of_pairs([[4, 2, 0, 0], [1, 22, 5, 0], [0, 2, 12, 1], [0, 0, 1, 3]]).scene
    assert scene.description == (
        "53 pairs of grades. The same grade in 41, 77.4%; the auditor's grade was higher in 8 and lower in 4."
    )


def test_a_table_of_pairs_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="4x4"):
        of_pairs([[1, 2], [3, 4]])


def test_a_team_too_small_to_show_has_no_dot_and_no_counts() -> None:
    picture = PICTURES["a team too small to show"]
    assert not [mark for mark in picture.scene.marks if isinstance(mark, Circle)]
    assert picture.table.rows == (("Leaving care", "–", "–", "1 to 5 audits, not shown", "–"),)


def test_long_words_are_shortened_to_what_fits() -> None:
    short = shorten(LONG, 200, 14)
    assert short.endswith("…")
    assert Text(0, 0, short, 14).width <= 200
    assert shorten("Court", 200, 14) == "Court"


def test_a_hollow_dot_is_white_inside_so_that_the_line_does_not_cross_it() -> None:
    svg = Picture("x", Scene(20, 20, "t", "d", (Circle(10, 10, 5, None, "#000000"),)), PICTURES["no team"].table).svg
    assert 'fill="#ffffff" stroke="#000000"' in svg
