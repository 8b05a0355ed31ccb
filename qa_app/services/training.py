"""Training recorded, for one person or several at once, and withdrawn where it was wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_app.models import Person, Training
from qa_app.queries.development import KINDS
from qa_app.services.events import record

LONGEST: Final = 200


class TrainingRefused(ValueError):  # noqa: N818 - named for the fault
    """Training that cannot be recorded; `field` is what it is about, and the message says what to do."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Held:
    """What was held: its kind, the day, and who gave it."""

    kind: str
    on: date
    provider: str


def check(held: Held, *, today: date) -> None:
    """Let it be recorded.

    Raises:
        TrainingRefused: the kind is unknown, the day has not come, or nobody gave it.
    """
    if held.kind not in KINDS:
        raise TrainingRefused("kind", f"Choose one of: {', '.join(KINDS.values())}.")
    if held.on > today:
        raise TrainingRefused("held_on", "This day has not come yet. Record training once it was held.")
    if not held.provider.strip():
        raise TrainingRefused("provider", "Say who gave the training.")


def add(
    session: Session, people: Sequence[Person], held: Held, *, batch_id: UUID | None = None, by: str, at: datetime,
    today: date,
) -> int:  # fmt: skip
    """Record the same training for each of these people; whoever has it already stays as they are.

    Tells how many are new.

    Raises:
        TrainingRefused: nobody is named, or it cannot be recorded.
    """
    check(held, today=today)
    if not people:
        raise TrainingRefused("people", "Choose at least one person.")
    return sum(_add(session, one, held, batch_id=batch_id, by=by, at=at) for one in people)


def withdraw(session: Session, training: Training, *, reason: str, by: str, at: datetime) -> None:
    """Say that training was recorded wrongly: it counts no more and stays on record.

    Raises:
        TrainingRefused: no reason is given, or it was withdrawn already.
    """
    session.execute(select(Training.id).where(Training.id == training.id).with_for_update())
    session.refresh(training)
    if not reason.strip():
        raise TrainingRefused("reason", "Say why it is withdrawn. The reason is kept with it.")
    if training.withdrawn_at is not None:
        raise TrainingRefused("reason", "It was withdrawn already.")
    training.withdrawn_at, training.withdrawn_by, training.withdrawn_reason = at, by, reason
    session.flush()
    record(session, "training.withdrawn", "training", training.id, by=by, at=at, reason=reason)


def _add(session: Session, person: Person, held: Held, *, batch_id: UUID | None, by: str, at: datetime) -> bool:
    made = Training(
        person_id=person.id, kind=held.kind, held_on=held.on, provider=held.provider, batch_id=batch_id,
        recorded_at=at, recorded_by=by,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        return False
    record(session, "training.recorded", "training", made.id, by=by, at=at, kind=held.kind)
    return True
