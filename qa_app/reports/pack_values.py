"""The values a board pack is made of, gathered by the services and told by `pack`."""

from dataclasses import dataclass
from datetime import date

from moderation.statistics.before_after import BeforeAfter
from moderation.statistics.comparison import Compared
from moderation.statistics.data_notes import NoteSection
from moderation.statistics.figures import Figures
from moderation.statistics.place_tables import Breakdown
from moderation.statistics.share import Share
from qa_app.reports.pack_sources import SourcesFound
from qa_app.reports.plan_words import Standing


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A measure of the plan: what is asked, and where it stands now and stood when it was due."""

    title: str
    target: str
    now: Standing
    at_due: Standing


@dataclass(frozen=True, slots=True)
class PlanAction:
    """An action of the plan with its measures."""

    ref: str
    title: str
    due: str
    lines: tuple[PlanLine, ...]


@dataclass(frozen=True, slots=True)
class ActionCounts:
    """Actions from audits as they stood when the month closed, and what was agreed and closed in its period."""

    months: tuple[date, ...]
    agreed: int
    closed: int
    closed_with_evidence: int
    open: int
    overdue: int
    to_check: int
    better: int
    same: int
    worse: int
    not_compared: int


@dataclass(frozen=True, slots=True)
class Learned:
    """An entry of evidence as a chain: what told it and over which months, and the council's figure that is watched.

    `later` is None where practice has not changed yet, and where the figure is not published.
    """

    on: date
    place: str
    about: str
    answers: tuple[tuple[str, str], ...]
    told_by: str
    told_over: tuple[date, ...]
    changed_on: date | None
    watched: str
    later: BeforeAfter | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure that later work changed."""

    title: str
    month: date
    reported: Share
    now: Share


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything a pack is made of. The same values make the same pack, on the page and on paper."""

    month: date
    council: str
    closed_on: date
    imported: bool
    figures: Figures
    notes: tuple[NoteSection, ...]
    changed: tuple[Compared, ...]
    plan: tuple[PlanAction, ...]
    breakdown: Breakdown | None
    small_up_to: int
    found: SourcesFound | None
    actions: ActionCounts
    learned: tuple[Learned, ...]
    moved: tuple[Moved, ...]
    events: int
    events_sha256: str
