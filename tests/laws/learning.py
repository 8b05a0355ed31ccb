"""What is learnt, planned and complained of: evidence, complaints, alerts, values of the plan, words of a month."""

from datetime import date

from sqlalchemy.orm import Session

from qa_app.models import (
    Complaint,
    ComplaintStep,
    CpdAttendance,
    CpdSession,
    CpdTheme,
    Evidence,
    EvidenceVersion,
    PracticeAlert,
    PracticeAlertStep,
    RecordedValue,
    SummaryVersion,
)
from tests.conftest import AT
from tests.laws.more import Things
from tests.world import World

OUTSIDE = "agency"  # a measure whose values come from elsewhere
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


def give_learning(session: Session, world: World, made: Things) -> None:
    """One of each that stands, and evidence that is withdrawn."""
    south, care, owner = world.services["South"].id, world.teams["Care"].id, world.people["manager_care"].id
    for withdrawn in (False, True):
        entry = Evidence(
            service_id=south, owner_id=owner, made_at=AT, made_by="test", withdrawn_at=AT if withdrawn else None,
            withdrawn_by="test" if withdrawn else None, withdrawn_reason="Twice." if withdrawn else "",
        )  # fmt: skip
        session.add(entry)
        session.flush()
        session.add(
            EvidenceVersion(
                evidence_id=entry.id, version=1, on=date(2026, 11, 2), theme_code="voice", learned="Visits.",
                changed="", different="", known="", written_at=AT, written_by="test",
            )
        )  # fmt: skip
        made.evidence[entry.id] = "withdrawn" if withdrawn else "standing"
    course = CpdSession(title="Voice", held_on=date(2026, 11, 2), made_at=AT, made_by="test")
    course.themes.append(CpdTheme(theme_code="voice"))
    course.attendance.append(CpdAttendance(person_id=owner, service_id=south, noted_at=AT, noted_by="test"))
    session.add(course)
    complaint = Complaint(
        kind="complaint", received_on=date(2026, 11, 2), service_id=south, team_id=care, recorded_at=AT,
        recorded_by="test",
    )  # fmt: skip
    alert = PracticeAlert(
        kind="alert", raised_on=date(2026, 11, 2), raiser_id=world.people["moderator_1"].id, service_id=south,
        team_id=care, theme_code="voice", words="Not seen alone.", recorded_at=AT, recorded_by="test",
    )  # fmt: skip
    value = RecordedValue(
        measure_key=OUTSIDE, numerator=10, denominator=100, period_from=NOVEMBER[0], period_to=NOVEMBER[1],
        origin="Payroll", dated=NOVEMBER[1], recorded_at=AT, recorded_by="test",
    )  # fmt: skip
    words = dict.fromkeys(("went_well", "do_better", "example", "next_month"), "Visits.")
    draft = SummaryVersion(
        month=date(2026, 10, 1), version=1, state="draft", theme_code="voice", quotations=[], written_at=AT,
        written_by="test", **words,
    )  # fmt: skip
    session.add_all((complaint, alert, value, draft))
    session.flush()
    session.add_all((
        ComplaintStep(
            complaint_id=complaint.id, place=1, what="received", stage="one", begun_on=date(2026, 11, 2),
            due_on=date(2026, 11, 16), taken_at=AT, taken_by="test",
        ),
        PracticeAlertStep(
            alert_id=alert.id, place=1, what="raised", stage="one", happened_on=date(2026, 11, 2),
            recipient_id=owner, due_on=date(2026, 11, 9), taken_at=AT, taken_by="test",
        ),
    ))  # fmt: skip
    session.flush()
    made.courses = [course.id]
    made.complaints, made.values = [complaint.id], [value.id]
    made.practice_alerts[alert.id] = (alert.raiser_id, owner)
