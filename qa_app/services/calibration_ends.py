"""A calibration exercise is given more time, or is called off before anybody's grades are shown."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from qa_app.clock import london_day
from qa_app.models import Calibration
from qa_app.services import outbox
from qa_app.services.calibrations import CalibrationRefused, check_unended, hold, said, takers
from qa_app.services.events import record


def move_last_day(
    session: Session, calibration: Calibration, until: date, reason: str, *, by: str, at: datetime
) -> None:
    """Give everybody longer; those asked who have not given their grades are told.

    Raises:
        CalibrationRefused: its grades are revealed or it is called off, the day is not later, or there is no reason.
    """
    hold(session, calibration)
    check_unended(calibration)
    if until <= calibration.until or until < london_day(at):
        raise CalibrationRefused("Choose a day after the last day as it is now, and not one that is over.")
    if not reason.strip():
        raise CalibrationRefused("Say why the last day moves. The reason is kept.")
    before, calibration.until = calibration.until, until
    session.flush()
    record(
        session, "calibration.last_day_moved", "calibration", calibration.id, by=by, at=at, reason=reason.strip(),
        before=before.isoformat(), after=until.isoformat(),
    )  # fmt: skip
    waiting = [one.person_id for one in takers(session, calibration) if one.asked_at and not one.given_at]
    outbox.tell(
        session, waiting, "calibration.moved", at=at, about=("calibration", calibration.id),
        once=f"{calibration.id.hex}{until:%Y%m%d}", calibration=str(calibration.id), until=said(until),
    )  # fmt: skip


def call_off(session: Session, calibration: Calibration, reason: str, *, by: str, at: datetime) -> bool:
    """End an exercise without showing anybody's grades; False when it was called off before.

    Raises:
        CalibrationRefused: its grades are revealed, or there is no reason.
    """
    hold(session, calibration)
    if calibration.state == "called_off":
        return False
    check_unended(calibration)
    if not reason.strip():
        raise CalibrationRefused("Say why it is called off. The reason is kept.")
    calibration.state, calibration.called_off_at, calibration.called_off_by = "called_off", at, by
    calibration.called_off_reason = reason.strip()
    session.flush()
    record(session, "calibration.called_off", "calibration", calibration.id, by=by, at=at, reason=reason.strip())
    asked = [one.person_id for one in takers(session, calibration) if one.asked_at]
    outbox.tell(
        session, asked, "calibration.called_off", at=at, about=("calibration", calibration.id),
        once=f"{calibration.id.hex}off", calibration=str(calibration.id),
    )  # fmt: skip
    return True
