"""The demo's improvement plan: values of past quarters, a target and a date that were changed, and evidence."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.statistics.target import Operator
from qa_app.access.permissions import Role
from qa_app.demo.around import lead_of
from qa_app.models import Person, PlanAction, PlanMeasure
from qa_app.queries.ties import holders
from qa_app.services import evidence, plan, recorded_values
from qa_app.services.evidence import Said
from qa_app.services.plan import Asked
from qa_app.services.recorded_values import Given

CHANGED: Final = datetime(2026, 4, 14, 10, 0, tzinfo=UTC)
ENTERED: Final = datetime(2026, 10, 12, 9, 30, tzinfo=UTC)
QUARTERS: Final = (
    (date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 9, 30)),
)  # fmt: skip
# By measure: where it is from, and its number of each of the last quarters, with what it is out of.
VALUES: Final[dict[str, tuple[str, tuple[tuple[str, str | None], ...]]]] = {
    "agency": ("Workforce team", (("11", None), ("9", None), ("8", None))),
    "recruitment": ("Workforce team", (("1", None), ("2", None), ("2", None))),
    "asye": ("Workforce team", (("17", "20"), ("18", "20"), ("19", "21"))),
    "supernumerary": ("Finance", (("4.5", "181.8"), ("4", "181.8"), ("3.6", "181.8"))),
    "repeat_plans": ("Performance team", (("6", "44"), ("5", "47"), ("5", "51"))),
}
SURVEYS: Final = (
    ("supported", date(2025, 4, 1), ("118", "150")), ("supported", date(2026, 4, 1), ("131", "154")),
    ("challenge_role", date(2026, 4, 1), ("27", "31")),
)  # fmt: skip
ENTRIES: Final = (
    ("learning_used", "supervision", date(2026, 6, 8), date(2026, 6, 1),
     "Audits from January to March showed supervision that was held late and said little about why.",
     "Managers plan supervision a month ahead and end each one with what the child should notice by the next.",
     "Plans that had stood still were moved on. Families say that they know what happens next.",
     "Supervision was good or better in more audits since June. Eight families were asked in September."),
    ("dashboard_used", "chronology", date(2026, 9, 14), date(2026, 9, 1),
     "The dashboard showed that chronologies were there but seldom used.",
     "Each team reads one chronology together in its monthly meeting.",
     "Workers speak with families about what has helped before.",
     "Notes of four team meetings, and two practice observations in October."),
    ("cpd_linked", "voice", date(2026, 10, 19), None,
     "Auditors and moderators differed most on the child’s voice.",
     "The autumn training days begin with two pseudonymised files.",
     "Too early to say. We look at the audits from January on.",
     "Attendance of 46 people, and the exercise of October."),
)  # fmt: skip


def fill(session: Session) -> None:
    """Everything the register shows, by the product's own services."""
    lead = lead_of(session)
    for key, (origin, quarters) in VALUES.items():
        for days, numbers in zip(QUARTERS, quarters, strict=True):
            _enter(session, key, _given(origin, days, *numbers), by=lead)
    for key, day, asked in SURVEYS:
        _enter(session, key, _given("Staff survey", (day, day.replace(day=30)), *asked), by=lead)
    _change(session, by=lead)
    _tell(session)


def _given(origin: str, days: tuple[date, date], number: str, out_of: str | None) -> Given:
    return Given(Decimal(number), None if out_of is None else Decimal(out_of), *days, origin, days[1])


def _enter(session: Session, key: str, given: Given, *, by: str) -> None:
    measure = session.get_one(PlanMeasure, key)
    recorded_values.enter(session, measure, given, by=by, at=ENTERED, today=ENTERED.date())


def _change(session: Session, *, by: str) -> None:
    """The board asked for more in the staff survey, and gave plans and chronologies more time."""
    supported = session.get_one(PlanMeasure, "supported")
    asked = Asked(Operator.AT_LEAST, Decimal(86), baseline=Decimal(74))
    why = "The board asks for more, as 84% was passed in April."
    plan.change_target(session, supported, asked, version=1, reason=why, by=by, at=CHANGED)
    action = session.get_one(PlanAction, "2.8")
    moved = "The board gave this action more time at its April meeting."
    plan.change_date(session, action, date(2026, 9, 1), version=1, reason=moved, by=by, at=CHANGED)


def _tell(session: Session) -> None:
    owners = [*holders(session, Role.HEAD_OF_SERVICE), *session.scalars(select(Person).limit(1))]
    for place, (key, theme, day, changed_on, *words) in enumerate(ENTRIES):
        owner = owners[place % len(owners)]
        learned, changed, different, known = words
        said = Said(
            on=day, learned=learned, changed=changed, different=different, known=known, theme_code=theme,
            measure_key=key, changed_on=changed_on,
        )  # fmt: skip
        service = owner.team.service_id if owner.team is not None else None
        evidence.write(
            session, said, owner_id=owner.id, service_id=service, by=f"person:{owner.id}", at=ENTERED,
            today=date(2026, 11, 1),
        )  # fmt: skip
