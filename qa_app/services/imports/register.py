"""A register of past audits brought in as one batch: its months come in closed, its grades as if recorded here."""

import hashlib
import json
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.case_keys import CaseKeys
from qa_app.clock import london_day
from qa_app.intake.headings import Kind
from qa_app.intake.limits import Limits
from qa_app.intake.reference import folded
from qa_app.models import Audit, Batch, Cycle, Draw, Person, Service, Team
from qa_app.services import snapshots
from qa_app.services.batches import Outcome, keep_batch
from qa_app.services.imports.bulk import insert_rows
from qa_app.services.imports.cases import add_unlisted
from qa_app.services.imports.directory import Directory, KnownTeam
from qa_app.services.imports.opening import open_register
from qa_app.services.imports.register_plan import (
    TOOL_KEY,
    TOOL_VERSION,
    NewAudit,
    RegisterPlan,
    plan_register,
)
from qa_app.services.imports.register_rows import COLUMNS, Chance, Place, Rows, in_sample, stratum_of
from qa_app.services.sampling import INADEQUATE

CHUNK: Final = 1000
SEED: Final = "stated by the council"
Strata = dict[tuple[date, str], Chance]


def import_register(
    session: Session,
    data: bytes,
    *,
    keys: CaseKeys,
    by: str,
    at: datetime,
    limits: Limits | None = None,
    advance: Callable[[int], None] = lambda _more: None,
) -> Outcome:
    """Bring a register in: the good rows are saved, the refused ones told.

    Raises:
        UnreadableFile: the file as a whole cannot be read, or a needed column was not found.
    """
    opened = open_register(session, data, limits=limits or Limits.command_line(), today=london_day(at)).needed()
    plan = plan_register(session, opened, keys=keys)
    return save_register(session, plan, data, keys=keys, by=by, at=at, advance=advance)


def save_register(
    session: Session,
    plan: RegisterPlan,
    data: bytes,
    *,
    keys: CaseKeys,
    by: str,
    at: datetime,
    advance: Callable[[int], None] = lambda _more: None,
) -> Outcome:
    """Save what was planned; `advance` is told how many more rows are done."""
    batch = keep_batch(session, Kind.REGISTER, data, plan.outcome, by=by, at=at)
    if not plan.audits:
        return plan.outcome
    _add_people_and_teams(session, plan)
    case_ids = plan.case_ids | add_unlisted(session, plan.cases.values(), keys=keys, at=at)
    cycles, made = _cycles(session, plan.months, batch, by=by, at=at)
    strata = _strata(plan.audits)
    placed = list(_places(session, plan.audits, cycles, case_ids))
    draws = _draws(session, plan.audits, placed, cycles, strata, by=by, at=at)
    for start in range(0, len(placed), CHUNK):
        some = placed[start : start + CHUNK]
        rows = Rows(batch.id, by, at)
        for new, place in zip(plan.audits[start : start + CHUNK], some, strict=True):
            month = new.row.month
            rows.add(new, place._replace(draw_id=draws[month]), strata[month, stratum_of(new.row)])
        for model, waiting in rows.tables():
            insert_rows(session, model, COLUMNS[model], waiting)
        advance(len(some))
    snapshots.take_all(session, made, by=by, at=at, imported=True)
    return plan.outcome


def _add_people_and_teams(session: Session, plan: RegisterPlan) -> None:
    """Teams under the service the register gives; people by name, no longer active."""
    services = {folded(one.name): one for one in session.scalars(select(Service))}
    for team in plan.teams:
        service = services.setdefault(folded(team.service), Service(name=team.service))
        session.add(Team(name=team.name, service=service))
    session.add_all(Person(name=name, active=False) for name in plan.people)
    session.flush()


def _cycles(
    session: Session, months: tuple[date, ...], batch: Batch, *, by: str, at: datetime
) -> tuple[dict[date, UUID], list[Cycle]]:
    """The months' cycles by month, and those made here: closed from the start."""
    standing = session.execute(
        select(Cycle.month, Cycle.id).where(Cycle.tool_key == TOOL_KEY, Cycle.state != "withdrawn")
    )
    found = {row.month: row.id for row in standing}
    made = [
        Cycle(
            id=uuid4(),
            month=month,
            tool_key=TOOL_KEY,
            tool_version=TOOL_VERSION,
            state="closed",
            due_on=month.replace(day=monthrange(month.year, month.month)[1]),
            batch_id=batch.id,
            opened_at=at,
            opened_by=by,
            closed_at=at,
            closed_by=by,
        )
        for month in months
        if month not in found
    ]
    session.add_all(made)
    session.flush()
    return found | {cycle.month: cycle.id for cycle in made}, made


def _strata(audits: tuple[NewAudit, ...]) -> Strata:
    """How many audits each month's strata have, counted from all of the file's, and how many of them were selected."""
    every = Counter((new.row.month, stratum_of(new.row)) for new in audits)
    drawn = Counter((new.row.month, stratum_of(new.row)) for new in audits if in_sample(new.row))
    return {
        key: Chance(count if key[1] == INADEQUATE else drawn[key], count)  # certainty: all of them, by the rule
        for key, count in every.items()
    }


def _places(
    session: Session, audits: tuple[NewAudit, ...], cycles: dict[date, UUID], case_ids: dict[str, UUID]
) -> Iterator[Place]:
    """Who and where each audit belongs to, by identity, and its number in its month."""
    directory = Directory(session)
    highest = session.execute(select(Audit.cycle_id, func.max(Audit.number).label("highest")).group_by(Audit.cycle_id))
    numbers = Counter({row.cycle_id: row.highest for row in highest})
    # Random, yet in order: rows that come after each other then lie beside each other in every index.
    identities = sorted(uuid4() for _ in audits)
    for new, identity in zip(audits, identities, strict=True):
        row, cycle = new.row, cycles[new.row.month]
        numbers[cycle] += 1
        team = directory.teams[folded(row.team)]
        auditor = directory.person(row.auditor)
        assert auditor is not None  # noqa: S101 (made above, when nobody knew them)
        yield Place(
            audit_id=identity,
            number=numbers[cycle],
            cycle_id=cycle,
            draw_id=cycle,
            case_id=case_ids[new.case_key],
            service_id=_service(directory, team, row.service),
            team_id=team.id,
            auditor_id=auditor,
            worker_id=directory.person(row.worker),
            moderator_id=None if row.moderated is None else directory.person(row.moderated.moderator),
        )


def _service(directory: Directory, team: KnownTeam, named: str) -> UUID:
    """The service as it was then, where the register names one we know; else the one the team belongs to."""
    return directory.services.get(folded(named), team.service_id)


def _draws(
    session: Session,
    audits: tuple[NewAudit, ...],
    placed: list[Place],
    cycles: dict[date, UUID],
    strata: Strata,
    *,
    by: str,
    at: datetime,
) -> dict[date, UUID]:
    """One draw for each month: what the council says its design was, over every audit of the month."""
    frames: dict[date, dict[str, list[str]]] = {}
    for new, place in zip(audits, placed, strict=True):
        frames.setdefault(new.row.month, {}).setdefault(stratum_of(new.row), []).append(place.audit_id.hex)
    made: dict[date, Draw] = {}
    for month, frame in frames.items():
        rule: dict[str, Any] = {"design": SEED, "strata": {s: strata[month, s]._asdict() for s in sorted(frame)}}
        written = json.dumps(frame, sort_keys=True).encode()
        made[month] = Draw(
            id=uuid4(),
            cycle_id=cycles[month],
            kind="moderation",
            seed=SEED,
            rule=rule,
            frame=frame,
            frame_sha256=hashlib.sha256(written).hexdigest(),
            excluded={},
            drawn_at=at,
            drawn_by=by,
        )
    session.add_all(made.values())
    session.flush()
    return {month: draw.id for month, draw in made.items()}
