"""The spread of an exercise as a picture: every mark inside its box, and a table that says the same."""

from audit_forms.grades import Grade
from qa_app.charts.scene import Rect, bounds
from qa_app.charts.spread import Spread, draw

ROWS = (
    Spread("Voice and lived experience", (1, 3, 0, 1), 1, Grade.GOOD),
    Spread("Case supervision and management oversight, with a very long name that is cut", (0, 12, 0, 0)),
)


def test_everything_stands_inside_its_box() -> None:
    scene = draw(ROWS, title="How people graded", name="file-1").scene
    for mark in scene.marks:
        left, top, right, bottom = bounds(mark)
        assert left >= 0, mark
        assert right <= scene.width, mark
        assert top >= 0, mark
        assert bottom <= scene.height, mark


def test_the_reference_is_outlined_and_the_table_says_the_same() -> None:
    picture = draw(ROWS, title="How people graded", name="file-1")
    outlined = [mark for mark in picture.scene.marks if isinstance(mark, Rect) and mark.name == "reference"]
    assert len(outlined) == 1
    assert picture.table.rows[0] == ("Voice and lived experience", "1", "3", "0", "1", "1", "Good")
    assert picture.table.rows[1][-1] == "Not set"
    assert picture.scene.description == "12 people graded 2 parts; in 1 of them they gave more than one grade."
