"""What an import did, or would do: counts, rows added and changed in words, problems; and the batch it leaves."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from qa_app.intake.findings import Problem
from qa_app.intake.headings import Kind
from qa_app.models import Batch
from qa_app.services.events import record


class Line(NamedTuple):
    """One row added or changed, fit to be shown: `name` and `what` never hold a case reference.

    `row` is the number in the file, None for what stands in no row of its own.
    """

    row: int | None
    name: str
    what: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of the rows of a file. Counts are of rows; `additions` and `changes` may show fewer, or none."""

    added: int
    changed: int
    unchanged: int
    refused: int
    left_out: int = 0
    additions: tuple[Line, ...] = ()
    changes: tuple[Line, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def refusals(self) -> tuple[Problem, ...]:
        """The problems that keep a row out."""
        return tuple(problem for problem in self.problems if problem.refused)

    @property
    def reports(self) -> tuple[Problem, ...]:
        """The problems of rows that come in all the same."""
        return tuple(problem for problem in self.problems if not problem.refused)

    @property
    def saves_something(self) -> bool:
        """Whether confirming would change anything."""
        return bool(self.added or self.changed)


def keep_batch(session: Session, kind: Kind, data: bytes, outcome: Outcome, *, by: str, at: datetime) -> Batch:
    """The batch a confirmed import of the file `data` leaves behind, with its event."""
    batch = Batch(
        kind=kind.value,
        file_sha256=hashlib.sha256(data).hexdigest(),
        added=outcome.added,
        changed=outcome.changed,
        unchanged=outcome.unchanged,
        left_out=outcome.left_out,
        refused=outcome.refused,
        imported_at=at,
        imported_by=by,
    )
    session.add(batch)
    session.flush()
    counts = {name: getattr(batch, name) for name in ("added", "changed", "unchanged", "left_out", "refused")}
    record(session, f"{kind.value}.imported", "batch", batch.id, by=by, at=at, **counts)
    return batch
