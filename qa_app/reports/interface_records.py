"""Records of measures, months and themes, as programs read them."""

from dataclasses import dataclass
from datetime import date

from qa_app.reports.columns import column
from qa_app.reports.figure_records import KEYS, OCTOBER


@dataclass(frozen=True, slots=True)
class MeasureRecord:
    """What a measure counts."""

    key: str = column("The name it has in every other list.", values=KEYS, example="cases")
    title: str = column("The measure in words.", example="Audited cases judged good or better")
    plan: str = column("The action of the improvement plan it belongs to.", example="2.5")
    target: str = column("The target in words; empty where there is none.", example="at least 85%")
    counts: tuple[str, ...] = column(
        "What is counted, in sentences.", example=("Counted: the final overall grade of each case file audit.",)
    )
    rules_version: str = column("The version of the rules these sentences belong to.", example="2026.2")


@dataclass(frozen=True, slots=True)
class MonthRecord:
    """Where a month of audits stands."""

    month: date = column("The month.", example=OCTOBER)
    state: str = column(
        "open: nothing of it can be read yet. closed: its figures are as reported. revised: closed, and work that came "
        "in later changed a figure since.",
        values=("open", "closed", "revised"), example="closed",
    )  # fmt: skip
    reported_on: str | None = column("The day its figures were kept, as 2026-11-24.", example="2026-11-24")
    rules_version: str | None = column("The version of the rules its figures were made by.", example="2026.2")
    imported: bool | None = column("Whether it was brought in from a register of before the product.", example=False)


@dataclass(frozen=True, slots=True)
class ThemeRecord:
    """A theme of the one list that all sources speak of."""

    code: str = column("The code that never changes.", example="voice")
    label: str = column("The theme in words.", example="Voice of the child")
    retired: bool = column("Whether it can no longer be chosen.", example=False)
