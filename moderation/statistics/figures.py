"""The results: what is shown for every measure, as frozen values that a page, a PDF and a file are made from."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from moderation.statistics.agreement import Pairs
from moderation.statistics.months import Month, Windows
from moderation.statistics.share import Interval, Share
from moderation.statistics.stratified import Stratum
from moderation.statistics.streak import Streak
from moderation.statistics.target import Verdict

if TYPE_CHECKING:
    from moderation.statistics.measure import Measure


@dataclass(frozen=True, slots=True)
class MonthShare:
    """One month of a measure. ``verdict`` is None for an open month and for a measure without a target."""

    month: date
    share: Share
    open: bool = False
    verdict: Verdict | None = None
    not_applicable: int = 0
    not_enough_evidence: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class PooledShare:
    """A share over a window of closed months, with its interval and, where there is a target, its verdict."""

    months: tuple[date, ...]
    share: Share
    interval: Interval | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Corrected:
    """Good or better as moderators would have graded every audit of a window.

    ``cells`` are the audits by the auditor's grade (N), the blind sampled pairs among them (n) and how many of those
    the moderator called good or better (k). Without an estimate ``note`` says why.
    """

    months: tuple[date, ...]
    estimate: Fraction | None
    interval: Interval | None
    cells: tuple[Stratum, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class AgreementWindow:
    """Auditors' agreement with moderators over a window of months.

    ``strata`` are as drawn, ``used`` as weighted (after joining), ``left_out`` had audits and no completed pair.
    ``estimate`` is the share agreeing in all audits of the strata used; ``pairs`` the table as counted. ``verdict`` is
    None while the window is not judged. ``applicability`` counts pairs of which one side gave no grade.
    """

    months: tuple[date, ...]
    strata: tuple[Stratum, ...]
    used: tuple[Stratum, ...]
    left_out: tuple[Stratum, ...]
    pairs: Pairs
    estimate: Fraction | None
    interval: Interval | None
    judged: bool
    verdict: Verdict | None
    covered: Share
    selected: int
    done_blind: int
    done_otherwise: int
    not_done: int
    applicability: int
    notes: tuple[str, ...]

    @property
    def share(self) -> Share:
        """The unweighted k of n that always stands beside the estimate."""
        return self.pairs.exact


@dataclass(frozen=True, slots=True)
class ShareFigure:
    """A measure that is a share by month: supervision, cases, plans, chronology, permanence."""

    measure: "Measure"
    months: tuple[MonthShare, ...]
    windows: Windows[PooledShare]
    streak: Streak | None = None
    as_graded: tuple[MonthShare, ...] | None = None
    corrected: Windows[Corrected] | None = None

    @property
    def latest(self) -> MonthShare | None:
        """The latest closed month."""
        return next((month for month in reversed(self.months) if not month.open), None)


@dataclass(frozen=True, slots=True)
class AgreementFigure:
    """Agreement of auditors with moderators: by window, and unweighted by month."""

    measure: "Measure"
    windows: Windows[AgreementWindow]
    months: tuple[MonthShare, ...]


@dataclass(frozen=True, slots=True)
class ExpectationMonth:
    """A month's audit expectations: people who did what was expected, by role group, and the quality beside it."""

    month: date
    open: bool
    share: Share
    excused: int
    verdict: Verdict | None
    by_group: tuple["GroupShare", ...]
    sound_forms: Share


@dataclass(frozen=True, slots=True)
class GroupShare:
    """One role group's expectations in a month; ``apart`` groups stand outside the target."""

    role_group: str
    apart: bool
    share: Share
    excused: int


@dataclass(frozen=True, slots=True)
class ExpectationFigure:
    """Whether those expected to audit did so, by month."""

    measure: "Measure"
    months: tuple[ExpectationMonth, ...]

    @property
    def latest(self) -> ExpectationMonth | None:
        """The latest closed month."""
        return next((month for month in reversed(self.months) if not month.open), None)


Figure: TypeAlias = ShareFigure | AgreementFigure | ExpectationFigure


@dataclass(frozen=True)
class Figures:
    """Every measure's figure up to a month, under one version of the rules, in the registry's order."""

    until: date
    rules_version: str
    months: tuple[Month, ...]
    all: tuple[Figure, ...]

    def share(self, key: str) -> ShareFigure:
        """The figure of a measure that is a share by month.

        Raises:
            KeyError: no such measure has this key.
        """
        for figure in self.all:
            if figure.measure.key == key and isinstance(figure, ShareFigure):
                return figure
        raise KeyError(key)

    @property
    def supervision(self) -> ShareFigure:
        return self.share("supervision")

    @property
    def cases(self) -> ShareFigure:
        return self.share("cases")

    @property
    def plans(self) -> ShareFigure:
        return self.share("plans")

    @property
    def chronology(self) -> ShareFigure:
        return self.share("chronology")

    @property
    def agreement(self) -> AgreementFigure:
        return next(figure for figure in self.all if isinstance(figure, AgreementFigure))

    @property
    def expectations(self) -> ExpectationFigure:
        return next(figure for figure in self.all if isinstance(figure, ExpectationFigure))
