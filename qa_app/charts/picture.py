"""A chart as pages and reports take it: the scene, and the table that says the same in words."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from markupsafe import Markup
from reportlab.graphics.shapes import Drawing

from moderation.statistics.share import percent
from qa_app.charts import drawing, svg
from qa_app.charts.scene import Scene, Table

NO_FIGURE = "No figure"


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart. `name` starts the ids in its SVG, so it differs between the charts of one page."""

    name: str
    scene: Scene
    table: Table

    @property
    def title(self) -> str:
        return self.scene.title

    @property
    def svg(self) -> Markup:
        return svg.draw(self.scene, self.name)

    def drawing(self, width: float, *, font: str = "Helvetica", bold_font: str = "Helvetica-Bold") -> Drawing:
        """Return the chart for a PDF, this many points wide."""
        return drawing.draw(self.scene, width, font=font, bold_font=bold_font)


@lru_cache(maxsize=4096)
def percentage(k: int, n: int, target: Fraction | None) -> str:
    """Return k of n in percent, never on the wrong side of the target; 'No figure' for n = 0."""
    return percent(Fraction(k, n), n, () if target is None else (target,)) if n else NO_FIGURE


def interval_words(low: float | None, high: float | None) -> str:
    """Return an interval for a proportion in words, whole percents: 71% to 97%; '–' where there is none."""
    return "–" if low is None or high is None else f"{100 * low:.0f}% to {100 * high:.0f}%"
