"""A scene as a reportlab Drawing, for the PDF."""

from typing import Any

from reportlab.graphics import shapes
from reportlab.lib.colors import Color, HexColor

from qa_app.charts.scene import DASHED, WHITE, Circle, Line, Mark, Rect, Scene, Text


def draw(scene: Scene, width: float, *, font: str = "Helvetica", bold_font: str = "Helvetica-Bold") -> shapes.Drawing:
    """Return the scene as a drawing of this width in points, its height in proportion.

    Fonts are names known to reportlab; for a tagged PDF give fonts that are registered and embedded. Titles and links
    of marks are left out: paper has neither.
    """
    scale = width / scene.width
    drawing = shapes.Drawing(width, scene.height * scale)
    group = shapes.Group(transform=(scale, 0, 0, scale, 0, 0))
    for mark in scene.marks:
        group.add(_shape(mark, scene.height, bold_font if isinstance(mark, Text) and mark.bold else font))
    drawing.add(group)
    return drawing


def _shape(mark: Mark, height: float, font: str) -> Any:
    if isinstance(mark, Rect):
        place = (mark.x, height - mark.y - mark.height, mark.width, mark.height)
        return shapes.Rect(*place, **_paint(mark.fill, mark.stroke, mark.stroke_width))
    if isinstance(mark, Circle):
        paint = _paint(mark.fill or WHITE, mark.stroke, mark.stroke_width)
        return shapes.Circle(mark.x, height - mark.y, mark.radius, **paint)
    if isinstance(mark, Line):
        points = [value for x, y in mark.points for value in (x, height - y)]
        dashes = list(DASHED) if mark.dashed else None
        return shapes.PolyLine(
            points, strokeColor=_colour(mark.stroke), strokeWidth=mark.stroke_width, strokeDashArray=dashes
        )
    return shapes.String(
        mark.x,
        height - mark.y,
        mark.words,
        fontName=font,
        fontSize=mark.size,
        fillColor=_colour(mark.fill),
        textAnchor=mark.anchor,
    )


def _paint(fill: str | None, stroke: str | None, width: float) -> dict[str, Any]:
    return {"fillColor": _colour(fill), "strokeColor": _colour(stroke), "strokeWidth": width if stroke else 0}


def _colour(value: str | None) -> Color | None:
    return None if value is None else HexColor(value)
