"""What a board pack says of the other sources: how much was heard, themes side by side, and approved words."""

from dataclasses import dataclass
from datetime import date

from qa_app.reports.breakdowns import key_words
from qa_app.reports.dates import day_name, span
from qa_app.reports.document import Grid, Quote, Section, Words, words

WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source: how many things it said in the quarter, and the newest day."""

    title: str
    n: int
    newest: date | None


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """A theme beside every source, as words: counts, or the mark of a hidden one."""

    label: str
    worries: tuple[str, ...]
    strengths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourcesFound:
    """The quarter's other sources, small numbers protected, and the words that may be shown."""

    first: date
    last: date
    lines: tuple[SourceLine, ...]
    themes: tuple[ThemeLine, ...]
    quotations: tuple[tuple[str, str], ...]
    counted_on: date

    @property
    def months(self) -> str:
        """The quarter in words."""
        return span((self.first, self.last))


NOTHING = ("0", "–", WITHHELD)
NONE = "Other sources are shown by quarter, once every month of the first quarter is closed."


def sources(found: SourcesFound | None) -> tuple[Section, ...]:
    """How much each source said, and children's and families' own words."""
    if found is None:
        return (Section("sources", "Other sources", words(NONE)),)
    rows = tuple(
        (one.title, f"{one.n:,}", day_name(one.newest) if one.newest else "Nothing heard") for one in found.lines
    )
    title = f"Other sources, {found.months}"
    told = (
        f"Counted on {day_name(found.counted_on)}, when the last month of the quarter was closed. What was entered "
        "after that is not counted here. No source is turned into a score, and many practice alerts can be a healthy "
        "sign."
    )
    said = tuple(Quote(text, who) for text, who in found.quotations)
    quotes = said or words("No words were approved for showing in this quarter.")
    whole = Grid(title, ("Source", "How many", "Newest"), rows, (50, 20, 30), (1,))
    return (
        Section("sources", title, (whole, Words(told))),
        Section(
            "words", "In children’s and families’ own words",
            (Words("Shown with permission, and read by somebody in the service first."), *quotes), level=3,
        ),
    )  # fmt: skip


def themes(found: SourcesFound | None, up_to: int) -> tuple[Section, ...]:
    """Each theme beside every source: as a worry, and as a strength."""
    if found is None or not found.themes:
        return (Section("themes", "Themes across sources", words("No theme was named yet.")),)
    headers = ("Theme", *(f"{one.title} (n = {one.n:,})" for one in found.lines))
    widths = (26, *(18 for _ in found.lines))
    numeric = tuple(range(1, len(headers)))
    worries = tuple((one.label, *one.worries) for one in found.themes if _says(one.worries))
    strengths = tuple((one.label, *one.strengths) for one in found.themes if _says(one.strengths))
    key = key_words(up_to)
    return (
        Section(
            "themes", f"Themes across sources, {found.months}",
            ((Words(key, strong=True),) if key else ())
            + words("How often themes were named, by source. One that is not listed was not named in what is shown."),
        ),
        Section("worries", "Named as a worry", (Grid("Named as a worry", headers, worries, widths, numeric),), level=3),
        Section("strengths", "Named as good", (Grid("Named as good", headers, strengths, widths, numeric),), level=3),
    )  # fmt: skip


def _says(cells: tuple[str, ...]) -> bool:
    """Whether a row shows anything but nothing: a hidden count stays, for it may be one."""
    return any(cell not in NOTHING for cell in cells)
