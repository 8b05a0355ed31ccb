"""Guidance beside a criterion: the text that was agreed after an exercise, a new version each time."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.definition import Tool
from qa_app.models import Calibration, Guidance
from qa_app.services.calibrations import CalibrationRefused, hold
from qa_app.services.events import record


def agree(
    session: Session, calibration: Calibration, tool: Tool, element: str, words: str, *, version: int, by: str,
    at: datetime,
) -> Guidance:  # fmt: skip
    """Make an agreed text the guidance beside a criterion; `version` is the one it was written upon, 0 for none.

    Raises:
        CalibrationRefused: the exercise is not revealed, nothing is written or changed, or somebody was quicker.
        KeyError: the tool grades no such element.
    """
    tool.element(element)
    hold(session, calibration)
    if calibration.state != "revealed":
        raise CalibrationRefused("Guidance is agreed once the exercise is revealed.")
    if not words:
        raise CalibrationRefused("Write what was agreed.")
    last = session.scalar(
        select(Guidance)
        .where(Guidance.tool_key == tool.key, Guidance.element == element)
        .order_by(Guidance.version.desc())
        .limit(1)
    )
    if (last.version if last else 0) != version:
        raise CalibrationRefused("Somebody else has changed this guidance meanwhile. Read it below, then save yours.")
    if last is not None and last.words == words:
        raise CalibrationRefused("This is the guidance that stands already.")
    made = Guidance(
        tool_key=tool.key, element=element, version=version + 1, words=words, calibration_id=calibration.id,
        agreed_at=at, agreed_by=by,
    )  # fmt: skip
    session.add(made)
    session.flush()
    record(
        session, "guidance.agreed", "guidance", f"{tool.key}.{element}", by=by, at=at, version=made.version,
        calibration=str(calibration.id),
    )  # fmt: skip
    return made
