"""A guide in words and pictures, held against the pages that a journey visits in the guide's own order.

Every **label** a section of the guide names must be met on a page visited for that section, and every picture it shows
must be taken there. With QA_GUIDE_PICTURES set the pictures are written to docs/images/guides.
"""

import os
import re
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageOps
from playwright.sync_api import Locator

from tests.journeys.visitor import Visitor

DOCS = Path(__file__).parents[2] / "docs"
PICTURES = DOCS / "images" / "guides"
SIZE = {"width": 960, "height": 640}  # of the window a picture is taken in
TALL = {"width": 960, "height": 1200}  # for a part of a page
WINDOW = "html"  # a picture of all that stands in the window
MARGIN = 10
COLOURS = 64  # enough for a page, and a third of the size
LABELS = """() => [...document.querySelectorAll(
    'a, button, h1, h2, h3, h4, label, legend, summary, caption, th, dt, .govuk-tag, .app-saved, option')]
  .map(e => [e.innerText, e.textContent])
  .flat().filter(Boolean)"""


def plain(words: str) -> str:
    """Words as they are compared: single spaces, straight quotation marks."""
    return " ".join(words.split()).replace("’", "'")


def stands(label: str, met: set[str]) -> bool:
    """Whether a label was met, alone or at the beginning of one: ‘Saved at’ of ‘Saved at 14:02’."""
    return any(one == label or re.match(re.escape(label) + r"[ :]", one) for one in met)


def trimmed(picture: Image.Image, most: int) -> Image.Image:
    """A picture with an even margin around what it shows, no higher than `most`."""
    empty = Image.new("RGB", picture.size, picture.getpixel((picture.width - 1, 0)))
    kept = picture.crop(ImageChops.difference(picture, empty).getbbox())
    return ImageOps.expand(kept.crop((0, 0, kept.width, min(kept.height, most))), MARGIN, fill="white")


class Guide:
    """One guide, and what a journey has met of it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.at = ""
        self.visited: list[str] = []
        self.met: dict[str, set[str]] = {}
        self.taken: dict[str, list[str]] = {}
        text = (DOCS / "guides" / f"{name}.md").read_text(encoding="utf-8")
        parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
        self.sections = dict(zip(parts[1::2], parts[2::2], strict=True))

    def section(self, title: str) -> None:
        """From here on the pages are visited for this section."""
        self.at = title
        self.visited.append(title)
        self.met[title], self.taken[title] = set(), []

    def look(self, visitor: Visitor) -> Visitor:
        """Meet the labels of the page as it stands."""
        visitor.look()
        self.met[self.at] |= {plain(words) for words in visitor.page.evaluate(LABELS)}
        return visitor

    def picture(self, visitor: Visitor, name: str, of: str | Locator = "main", *, most: int = 640) -> None:
        """Take the picture of a part of the page, no higher than `most`."""
        self.look(visitor)
        self.taken[self.at].append(f"{self.name}-{name}.png")
        if not os.environ.get("QA_GUIDE_PICTURES"):
            return
        page, before = visitor.page, visitor.page.viewport_size
        page.set_viewport_size(SIZE if of == WINDOW else TALL)  # type: ignore[arg-type]
        page.mouse.move(0, 0)
        page.evaluate("() => document.activeElement.blur()")
        shot = (
            page.screenshot() if of == WINDOW else (page.locator(of) if isinstance(of, str) else of).first.screenshot()
        )
        seen = trimmed(Image.open(BytesIO(shot)).convert("RGB"), most)
        if before:
            page.set_viewport_size(before)
        PICTURES.mkdir(parents=True, exist_ok=True)
        seen.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURES / f"{self.name}-{name}.png", optimize=True)

    def faults(self) -> list[str]:
        """What the guide says and the journey has not met, in words."""
        found = [] if self.visited == list(self.sections) else [f"sections: {list(self.sections)}, not {self.visited}"]
        for title, text in self.sections.items():
            named = {plain(label) for label in re.findall(r"\*\*(.+?)\*\*", text, flags=re.DOTALL)}
            met = self.met.get(title, set())
            found += [f"{title}: no page has ‘{label}’" for label in sorted(named) if not stands(label, met)]
            shown = re.findall(r"!\[[^]]+\]\(\.\./images/guides/([\w-]+\.png)\)", text)
            if shown != self.taken.get(title, []):
                found.append(f"{title}: shows the pictures {shown}, and {self.taken.get(title)} are taken")
            found += [f"{title}: there is no {name}" for name in shown if not (PICTURES / name).exists()]
        return found
