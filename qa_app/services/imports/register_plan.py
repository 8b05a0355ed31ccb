"""What becomes of each row of a register: new, known already, or refused because what was recorded never changes."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.case_keys import CaseKeys
from qa_app.intake.findings import Problem
from qa_app.intake.reference import Who, folded
from qa_app.intake.register import RegisterRow
from qa_app.models import Audit, Case, Cycle
from qa_app.services.batches import Line, Outcome
from qa_app.services.imports.directory import Directory
from qa_app.services.imports.opening import Opened

TOOL_KEY: Final = "case_file"
TOOL_VERSION: Final = 0
_CHANGED: Final = (
    "This audit was imported before with different details. Recorded grades never change: withdraw that import first, "
    "or put the row back as it was."
)
_encode: Final = json.JSONEncoder(default=str, ensure_ascii=False, separators=(",", ":")).encode


class NewAudit(NamedTuple):
    """A row that comes in: the keyed hash of its case reference, and the digest by which it is known again."""

    row: RegisterRow
    case_key: str
    digest: str


class NewTeam(NamedTuple):
    """A team only the register knows, and its service."""

    name: str
    service: str


@dataclass(frozen=True)
class RegisterPlan:
    """What confirming a register would do; `cases` are references nobody knew, by their keyed hash."""

    outcome: Outcome
    audits: tuple[NewAudit, ...]
    months: tuple[date, ...]
    people: tuple[str, ...]
    teams: tuple[NewTeam, ...]
    cases: dict[str, str]
    case_ids: dict[str, UUID]


class _Recorded(NamedTuple):
    """What is here already: audits of standing imports by their id there, and which months were recorded here."""

    digests: dict[str, str | None]
    own_months: frozenset[date]
    case_ids: dict[str, UUID]


def plan_register(session: Session, opened: Opened[RegisterRow], *, keys: CaseKeys) -> RegisterPlan:
    """What would become of each row; nothing is saved."""
    directory, recorded = Directory(session), _recorded(session)
    matched = {row.case_reference: "" for row in opened.read.good}
    matched = {reference: keys.match(reference) for reference in matched}
    audits: list[NewAudit] = []
    problems = list(opened.read.problems)
    unchanged = 0
    for row in opened.read.good:
        new = NewAudit(row, matched[row.case_reference], digest_of(row, matched[row.case_reference]))
        before = recorded.digests.get(folded(row.audit_id))
        if before == new.digest:
            unchanged += 1
        elif problem := _refusal(row, opened, directory, recorded, here=before is not None):
            problems.append(problem)
        else:
            audits.append(new)
    teams, told = _teams((audit.row for audit in audits), opened, directory)
    problems += told
    unknown = {new.case_key: new.row.case_reference for new in audits if new.case_key not in recorded.case_ids}
    people = directory.unknown(who for new in audits for who in _named(new.row))
    return RegisterPlan(
        _outcome(opened, audits, unchanged, problems, _notes(opened, audits, teams, len(people), len(unknown))),
        tuple(audits),
        tuple(sorted({new.row.month for new in audits})),
        tuple(people.values()),
        teams,
        unknown,
        recorded.case_ids,
    )


def digest_of(row: RegisterRow, case_key: str) -> str:
    """The sha256 by which a row is known again; the case is in it by its keyed hash, so that nobody can guess it."""
    said = (
        case_key,
        row.month,
        row.plan_type,
        folded(row.service),
        folded(row.team),
        _told(row.worker),
        _told(row.auditor),
        row.auditor_role,
        row.submitted_on,
        row.judgements,
        row.selection,
        None if row.moderated is None else (_told(row.moderated.moderator), *row.moderated[1:]),
        row.finals,
        row.chronology,
        row.strengths,
        row.improvements,
    )
    return hashlib.sha256(_encode(said).encode()).hexdigest()


def _told(who: Who | None) -> str | None:
    return None if who is None else folded(who.employee_id or who.name)


def _named(row: RegisterRow) -> Iterator[Who | None]:
    yield row.auditor
    yield row.worker
    if row.moderated is not None:
        yield row.moderated.moderator


def _recorded(session: Session) -> _Recorded:
    audits = session.execute(
        select(Audit.source_id, Audit.source_sha256).where(Audit.source_id.is_not(None), Audit.state != "withdrawn")
    )
    months = session.scalars(select(Cycle.month).where(Cycle.tool_key == TOOL_KEY, Cycle.batch_id.is_(None)))
    cases = session.execute(select(Case.reference_key, Case.id))
    return _Recorded(
        {folded(source): digest for source, digest in audits if source is not None},
        frozenset(months),
        {row.reference_key: row.id for row in cases},
    )


def _refusal(
    row: RegisterRow, opened: Opened[RegisterRow], directory: Directory, recorded: _Recorded, *, here: bool
) -> Problem | None:
    """Why a row that reads well cannot come in, or None."""

    def problem(field: str, reason: str, value: str | None = None) -> Problem:
        return Problem(row.number, opened.mapping.heading(field), value, reason)

    if here:
        return problem("audit_id", _CHANGED, row.audit_id)
    if row.month in recorded.own_months:
        return problem(
            "month",
            "This month is recorded here, not imported. Leave its audits out of the file.",
            f"{row.month:%Y-%m}",
        )
    if folded(row.team) not in directory.teams and not row.service:
        return problem(
            "team", "There is no team of this name. Correct it, or write the service the team belonged to.", row.team
        )
    if row.moderated is None:
        if any(final not in (None, given) for final, given in zip(row.finals, row.judgements, strict=True)):
            return problem(
                "final_overall", "A final grade differs from the auditor's, and there is no moderator's grade."
            )
        return None
    if _told(row.moderated.moderator) == _told(row.auditor):
        return problem("moderator", "Nobody moderates an audit of their own. Correct the moderator.")
    if row.moderated.judgements.overall is None:
        return problem("moderator_overall", "There are moderator's grades and no overall one. Write the overall grade.")
    return None


def _teams(
    rows: Iterable[RegisterRow], opened: Opened[RegisterRow], directory: Directory
) -> tuple[tuple[NewTeam, ...], list[Problem]]:
    """The teams only the register knows, each reported at its first row."""
    new: dict[str, NewTeam] = {}
    told: list[Problem] = []
    for row in rows:
        name = folded(row.team)
        if name not in directory.teams and name not in new:
            new[name] = NewTeam(row.team, row.service)
            reason = f"This team is new here. It comes in under the service ‘{row.service}’."
            told.append(Problem(row.number, opened.mapping.heading("team"), row.team, reason, refused=False))
    return tuple(new.values()), told


def _outcome(
    opened: Opened[RegisterRow],
    audits: list[NewAudit],
    unchanged: int,
    problems: list[Problem],
    notes: tuple[str, ...],
) -> Outcome:
    counts = opened.read.counts
    return Outcome(
        added=len(audits),
        changed=0,
        unchanged=unchanged,
        refused=counts.refused + counts.good - unchanged - len(audits),
        left_out=counts.repeated,
        additions=tuple(_line(new.row) for new in audits),
        problems=tuple(sorted(problems, key=lambda problem: problem.row_number)),
        notes=notes,
    )


def _line(row: RegisterRow) -> Line:
    moderated = f", moderated ({row.moderated.mode})" if row.moderated else ""
    return Line(row.number, row.audit_id, f"{row.month:%b %Y}, {row.team}{moderated}")


def _notes(
    opened: Opened[RegisterRow], audits: list[NewAudit], teams: tuple[NewTeam, ...], people: int, cases: int
) -> tuple[str, ...]:
    notes = list(opened.table.notes)
    if audits:
        months = sorted({new.row.month for new in audits})
        moderated = sum(new.row.moderated is not None for new in audits)
        span = f"{months[0]:%b %Y}" if len(months) == 1 else f"{months[0]:%b %Y} to {months[-1]:%b %Y}"
        notes.append(f"{len(audits):,} audits of {span}, {moderated:,} of them moderated. These months come in closed.")
    if people:
        who = "1 person is" if people == 1 else f"{people:,} people are"
        notes.append(f"{who} not in the staff list and {_come(people)} in by name, as no longer active.")
    if cases:
        which = "1 case is" if cases == 1 else f"{cases:,} cases are"
        notes.append(f"{which} not in the case list and {_come(cases)} in, known by the reference alone.")
    if teams:
        which = "1 team is" if len(teams) == 1 else f"{len(teams):,} teams are"
        notes.append(f"{which} not in the staff list and {_come(len(teams))} in under the service of the row.")
    return tuple(notes)


def _come(count: int) -> str:
    return "comes" if count == 1 else "come"
