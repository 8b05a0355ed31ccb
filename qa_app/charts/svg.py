"""A scene as inline SVG, in presentation attributes alone, so that a strict content policy draws it as it is meant."""

from markupsafe import Markup, escape

from qa_app.charts.scene import WHITE, Circle, Line, Mark, Rect, Scene, Text


def draw(scene: Scene, name: str) -> Markup:
    """Return the scene as an `<svg>`.

    Args:
        scene: what to draw; every title and word is escaped.
        name: start of the ids of title and description; must differ between the charts of one page.
    """
    # A picture whose parts are links is a group to a screen reader: role img would hide the links in it.
    role = "group" if any(mark.href for mark in scene.marks) else "img"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(scene.width)} {_n(scene.height)}" role="{role}" '
        f'aria-labelledby="{name}-title {name}-description" font-family="Arial, sans-serif">'
        f'<title id="{name}-title">{_e(scene.title)}</title>'
        f'<desc id="{name}-description">{_e(scene.description)}</desc>'
        f'<rect width="{_n(scene.width)}" height="{_n(scene.height)}" fill="{WHITE}"/>'
    ]
    parts.extend(map(_mark, scene.marks))
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 - every value was escaped or is a number


def _mark(mark: Mark) -> str:
    title = f"<title>{_e(mark.title)}</title>" if mark.title else ""
    kind = f' class="{_e(mark.name)}"' if mark.name else ""
    drawn = _SHAPES[type(mark)](mark, kind, title)  # type: ignore[operator]
    if not mark.href:
        return str(drawn)
    label = f' aria-label="{_e(mark.title)}"' if mark.title else ""
    return f'<a href="{_e(mark.href)}"{label}>{drawn}</a>'


def _rect(mark: Rect, kind: str, title: str) -> str:
    return (
        f'<rect{kind} x="{_n(mark.x)}" y="{_n(mark.y)}" width="{_n(mark.width)}" height="{_n(mark.height)}"'
        f"{_paint(mark.fill, mark.stroke, mark.stroke_width)}>{title}</rect>"
    )


def _circle(mark: Circle, kind: str, title: str) -> str:
    paint = _paint(mark.fill or WHITE, mark.stroke, mark.stroke_width)
    return f'<circle{kind} cx="{_n(mark.x)}" cy="{_n(mark.y)}" r="{_n(mark.radius)}"{paint}>{title}</circle>'


def _line(mark: Line, kind: str, title: str) -> str:
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in mark.points)
    dashes = ' stroke-dasharray="5 4"' if mark.dashed else ""
    return f'<polyline{kind} points="{points}"{_paint(None, mark.stroke, mark.stroke_width)}{dashes}>{title}</polyline>'


def _text(mark: Text, kind: str, title: str) -> str:
    bold = ' font-weight="700"' if mark.bold else ""
    anchor = f' text-anchor="{mark.anchor}"' if mark.anchor != "start" else ""
    place = f'x="{_n(mark.x)}" y="{_n(mark.y)}" font-size="{_n(mark.size)}"'
    return f'<text{kind} {place}{bold}{anchor} fill="{mark.fill}">{title}{_e(mark.words)}</text>'


_SHAPES = {Rect: _rect, Circle: _circle, Line: _line, Text: _text}


def _paint(fill: str | None, stroke: str | None, width: float) -> str:
    edge = f' stroke="{stroke}" stroke-width="{_n(width)}"' if stroke else ""
    return f' fill="{fill or "none"}"{edge}'


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _e(words: str) -> str:
    kept = words if words.isprintable() else "".join(each for each in words if each.isprintable())
    return str(escape(kept))
