"""The tables of agreement as flat records: the same for workbooks and for programs."""

from dataclasses import dataclass
from datetime import date

from audit_forms.grades import BEST_FIRST
from moderation.statistics.figures import AgreementWindow, Figures
from qa_app.reports.columns import column
from qa_app.reports.figure_records import OCTOBER, WINDOWS

GRADES = tuple(grade.value for grade in BEST_FIRST)


@dataclass(frozen=True, slots=True)
class AgreementRecord:
    """How often a pair of grades was given to the same audit, over a window that was reported with a closed month."""

    month: date = column("The closed month it was reported with.", source="The cycle", example=OCTOBER)
    window: str = column("The closed months it covers.", values=WINDOWS[1:], example="last_3")
    auditor_grade: str = column("The overall grade the auditor gave.", values=GRADES, example="good", width=22)
    moderator_grade: str = column(
        "The overall grade the moderator gave, blind.", values=GRADES, example="requires_improvement", width=22
    )
    audits: int = column("Audits with this pair of grades, among completed blind pairs of the sample.", example=4)
    pairs: int = column("All such pairs of the window: the n of every share of them.", example=46)
    same_grade: int = column("Pairs with the same grade on both sides.", example=41)
    same_side: int = column("Pairs on the same side of the good line.", example=44)
    within_one: int = column("Pairs at most one grade apart.", example=46)
    auditor_higher: int = column("Pairs in which the auditor graded higher.", example=4)
    moderator_higher: int = column("Pairs in which the moderator graded higher.", example=1)
    selected: int = column("Audits drawn for moderation.", example=50)
    done_blind: int = column("Of those, moderated blind.", example=46)
    done_otherwise: int = column("Of those, moderated in another way.", example=2)
    not_done: int = column("Of those, not moderated.", example=2)


def agreement_records(figures: Figures) -> list[AgreementRecord]:
    """Sixteen records for each window."""
    return [
        record for name, window in figures.agreement.windows.items() for record in _cells(figures.until, name, window)
    ]


def _cells(month: date, name: str, window: AgreementWindow) -> list[AgreementRecord]:
    pairs = window.pairs
    return [
        AgreementRecord(
            month, name, one, two, pairs.table[row][place], pairs.n, pairs.exact.k, pairs.good_line.k,
            pairs.within_one.k, pairs.direction.auditor_higher, pairs.direction.moderator_higher, window.selected,
            window.done_blind, window.done_otherwise, window.not_done,
        )
        for row, one in enumerate(GRADES)
        for place, two in enumerate(GRADES)
    ]  # fmt: skip
