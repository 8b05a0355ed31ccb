"""Which calibration exercises a person may open: those they were asked to take part in, and for the QA lead all."""

from uuid import UUID

from sqlalchemy import Select, exists, false, or_, select, true
from sqlalchemy.orm import Session

from qa_app.access.actor import Actor
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.models import Calibration, CalibrationFile, CalibrationTaker


def visible(actor: Actor) -> Select[Calibration]:
    """The exercises this person runs or takes part in; what of them is shown hangs on whether they are revealed."""
    runs = true() if actor.may(Can.CALIBRATION_RUN) else false()
    return select(Calibration).where(or_(runs, exists(_asked(actor).where(_OF_ONE))))


def one(session: Session, actor: Actor, calibration_id: UUID) -> Calibration:
    """One exercise.

    Raises:
        OutOfScopeError: it is not there or not this person's to see.
    """
    found = session.scalar(visible(actor).where(Calibration.id == calibration_id))
    if found is None:
        raise OutOfScopeError
    return found


def to_run(session: Session, actor: Actor, calibration_id: UUID) -> Calibration:
    """One exercise to run.

    Raises:
        OutOfScopeError: it is not there or not this person's to run.
    """
    found = session.get(Calibration, calibration_id) if actor.may(Can.CALIBRATION_RUN) else None
    if found is None:
        raise OutOfScopeError
    return found


def file_to_run(session: Session, actor: Actor, file_id: UUID) -> CalibrationFile:
    """One file of an exercise to run.

    Raises:
        OutOfScopeError: it is not there or not this person's to run.
    """
    found = session.get(CalibrationFile, file_id) if actor.may(Can.CALIBRATION_RUN) else None
    if found is None:
        raise OutOfScopeError
    return found


def part_of(session: Session, actor: Actor, calibration_id: UUID) -> CalibrationTaker | None:
    """This person's part in an exercise; None where they take none, or it has not started."""
    return session.scalar(_asked(actor).where(CalibrationTaker.calibration_id == calibration_id))


def own_part(session: Session, actor: Actor, calibration_id: UUID) -> CalibrationTaker:
    """This person's part in an exercise.

    Raises:
        OutOfScopeError: they take none, or it has not started.
    """
    found = part_of(session, actor, calibration_id)
    if found is None:
        raise OutOfScopeError
    return found


def file_to_grade(session: Session, actor: Actor, file_id: UUID) -> tuple[CalibrationFile, CalibrationTaker]:
    """One file of an exercise this person takes part in, with their part.

    Raises:
        OutOfScopeError: it is not there, or they take no part.
    """
    found = session.get(CalibrationFile, file_id)
    if found is None:
        raise OutOfScopeError
    return found, own_part(session, actor, found.calibration_id)


def takes_part(session: Session, actor: Actor, calibration_id: UUID) -> bool:
    """Whether this person is among those who grade, also before they are asked."""
    mine = select(CalibrationTaker.id).where(
        CalibrationTaker.calibration_id == calibration_id, CalibrationTaker.person_id == actor.person_id
    )
    return session.scalar(mine) is not None


_OF_ONE = CalibrationTaker.calibration_id == Calibration.id


def _asked(actor: Actor) -> Select[CalibrationTaker]:
    mine = CalibrationTaker.person_id == actor.person_id if actor.may(Can.CALIBRATION_TAKE) else false()
    return select(CalibrationTaker).where(mine, CalibrationTaker.asked_at.is_not(None))
