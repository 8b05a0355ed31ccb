"""The de-identified row of an audit: its columns, said once for the interface, the workbook and the data dictionary."""

from dataclasses import make_dataclass
from datetime import date
from typing import Any, Final

from audit_forms.catalogue import latest
from audit_forms.grades import Grade, NotGraded
from moderation.statistics.facts import OVERALL
from qa_app.reports.columns import column
from qa_app.reports.figure_records import OCTOBER

CODES: Final = tuple(one.value for one in (*Grade, *NotGraded))
ELEMENTS: Final = {element.key: element.title for element in latest("case_file").elements}
CHRONOLOGY: Final = ("chronology_present", "chronology_up_to_date", "chronology_comprehensive", "chronology_used")
SEVERAL: Final = "Several services"
OTHER: Final = "Other"
NOTE: Final = (
    "Pseudonymous personal data for the council's own analysts. Do not publish it, pass it on or try to find out whose "
    "audit a row is. For publication use the tables, in which small numbers are hidden."
)
_JUDGES: Final = {
    "auditor": "as the auditor graded it",
    "moderator": "as the moderator graded it, before seeing the auditor's grade; empty where nobody moderated",
    "final": "as it stands: the moderated outcome where there is one, else the auditor's",
}


def _fields() -> list[tuple[str, Any, Any]]:
    made: list[tuple[str, Any, Any]] = [
        ("row_id", str, column(
            "A random name of the row in this extract. The same audit has another one in the next extract.",
            source="Made for the extract", example="5c1f0be2a9d34e07", width=20,
        )),
        ("month", date, column("The month of the audit's cycle.", source="The cycle", example=OCTOBER)),
        ("service", str, column(
            "The service whose work was audited. Services with few audits in the month stand together as "
            f"'{SEVERAL}'.", source="The audit", example="Children in care", width=24,
        )),
        ("plan_type", str, column(
            f"The kind of plan. Kinds with few audits in the month are '{OTHER}'; empty where none was given.",
            source="The audit", example="Child in Need", width=20,
        )),
        ("tool_version", int, column("The version of the audit tool.", source="The audit", example=1)),
        ("stream", str | None, column(
            "How the audit came to be moderated; empty where it was not.",
            values=("sampled", "chosen", "disputed", "calibration"), source="The moderation", example="sampled",
        )),
        ("mode", str | None, column(
            "Whether the moderator graded before seeing the auditor's grades.", values=("blind", "sighted", "joint"),
            source="The moderation", example="blind",
        )),
    ]  # fmt: skip
    for key, title in ELEMENTS.items():
        for judge, means in _JUDGES.items():
            example = "good" if key == OVERALL else None
            said = column(f"{title}: {means}.", values=CODES, source=f"The {judge}'s grade", example=example, width=20)
            made.append((f"{key}_{judge}", str | None, said))
    for key in CHRONOLOGY:
        words = key.replace("_", " ")
        said = column(f"Whether the {words}.", values=("yes", "partly", "no"), source="The auditor", example="yes")
        made.append((key, str | None, said))
    return made


AuditRow: Final[Any] = make_dataclass(
    "AuditRow", _fields(), frozen=True, slots=True, namespace={"__doc__": "One audit of a closed month, without names."}
)
