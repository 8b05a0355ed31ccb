"""The improvement plan as flat records: each measure with its target and where it stands, now and when it was due."""

from dataclasses import dataclass
from datetime import date

from qa_app.reports.columns import column
from qa_app.reports.figure_records import OCTOBER

STATES = ("met", "not_met", "open")


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A measure of the plan."""

    action: str = column("The action it belongs to.", example="2.5")
    measure: str = column("The measure's own name.", example="cases", width=24)
    title: str = column("The measure in words.", example="Audited cases judged good or better", width=46)
    code: str = column("What the council's performance list calls it; may be empty.", example="c156")
    source: str = column(
        "Where its value comes from.", values=("audit", "moderation", "quota", "record", "narrative", "product"),
        example="audit",
    )  # fmt: skip
    due: date = column("The month it is due.", example=date(2026, 12, 1))
    target: str = column("What is asked, in words.", example="at least 85%", width=24)
    until: date | None = column("The last closed month its state covers.", example=OCTOBER)
    now: str = column("How it stands.", values=STATES, example="met")
    figure: str = column("The figure in words; a sentence where there is none.", example="87.1%", width=20)
    counts: str = column("The counts behind it.", example="61 of 70", width=20)
    words: str = column("The state in words.", example="Met on these audits, not yet certain", width=40)
    at_due: str = column("How it stood when it was due.", values=STATES, example="open")
    at_due_words: str = column("That in words.", example="Not due yet", width=40)
