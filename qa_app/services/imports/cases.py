"""The case list brought in: which cases are new, which changed and in what, which are gone; saved on a yes."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from qa_app.case_keys import CaseKeys
from qa_app.clock import london_day
from qa_app.intake.cases import CaseRow
from qa_app.intake.headings import Kind
from qa_app.intake.limits import Limits
from qa_app.intake.reference import folded
from qa_app.models import Case
from qa_app.models.case import case_label
from qa_app.services import settings
from qa_app.services.batches import Line, Outcome, keep_batch
from qa_app.services.imports.bulk import insert_rows
from qa_app.services.imports.directory import Directory
from qa_app.services.imports.opening import Opened, open_cases

CHUNK: Final = 2000
# The columns a row fills, the fields of the file that fill them, and what a change of them is called.
FILLED: Final = (
    ("team_id", ("team",), "Team"),
    ("worker_id", ("worker_id", "worker_name"), "Worker"),
    ("reviewer_id", ("iro",), "IRO or chair"),
    ("plan_type", ("plan_type",), "Plan type"),
    ("legal_status", ("legal_status",), "Legal status"),
    ("age_band", ("age",), "Age band"),
    ("sex", ("sex",), "Sex"),
    ("family_key", ("family_group",), "Family group"),
    ("opened_on", ("opened_on",), "Date opened"),
)
COLUMNS: Final = tuple(column for column, _, _ in FILLED)
EMPTY: Final[dict[str, Any]] = {"plan_type": "", "legal_status": "", "age_band": ""}
NEW_COLUMNS: Final = ("id", "reference_key", "reference_sealed", "key_version", "listed", "open", "changed_at")


class NewCase(NamedTuple):
    """A case nobody knew: its reference, the keyed hash of it, and its columns."""

    reference: str
    key: str
    values: dict[str, Any]


class ChangedCase(NamedTuple):
    """A case that is here already, and the columns that become other ones."""

    id: UUID
    values: dict[str, Any]


@dataclass(frozen=True)
class CasePlan:
    """What confirming a case list would do. `gone`: open cases that are not in the file; closed only if it is whole."""

    outcome: Outcome
    new: tuple[NewCase, ...]
    changed: tuple[ChangedCase, ...]
    gone: tuple[UUID, ...]
    whole_list: bool = False


def import_cases(
    session: Session,
    data: bytes,
    *,
    keys: CaseKeys,
    by: str,
    at: datetime,
    limits: Limits | None = None,
    whole_list: bool = False,
    advance: Callable[[int], None] = lambda _more: None,
) -> Outcome:
    """Bring a case list in: the good rows are saved, the refused ones told.

    Raises:
        UnreadableFile: the file as a whole cannot be read, or a needed column was not found.
    """
    opened = open_cases(session, data, limits=limits or Limits.command_line(), today=london_day(at)).needed()
    return save_cases(
        session, plan_cases(session, opened, keys=keys, whole_list=whole_list), data, keys=keys, by=by, at=at,
        advance=advance,
    )  # fmt: skip


def plan_cases(session: Session, opened: Opened[CaseRow], *, keys: CaseKeys, whole_list: bool = False) -> CasePlan:
    """What would become of each row; nothing is saved."""
    known = {row.reference_key: row for row in session.execute(_known_cases())}
    planner = _Planner(session, opened.fields, keys)
    new: list[NewCase] = []
    changed: list[ChangedCase] = []
    additions: list[Line] = []
    changes: list[Line] = []
    for row in opened.read.good:
        key, values = keys.match(row.reference), planner.values(row)
        before = known.get(key)
        if before is None:
            new.append(NewCase(row.reference, key, EMPTY | values))
        elif not before.listed:
            changed.append(ChangedCase(before.id, values | {"listed": True, "open": True}))
        elif words := planner.differences(before, values):
            changed.append(ChangedCase(before.id, values | {"open": True}))
            changes.append(Line(row.number, case_label(before.id), words))
            continue
        else:
            continue
        additions.append(Line(row.number, "New case", ", ".join(filter(None, (row.team, row.plan_type)))))
    seen = {keys.match(row.reference) for row in opened.read.good}
    seen |= {keys.match(reference) for reference in opened.refused_cells("reference")}
    gone = tuple(row.id for key, row in known.items() if row.open and row.listed and key not in seen)
    outcome = _outcome(opened, additions, changes, len(gone), whole_list=whole_list)
    return CasePlan(outcome, tuple(new), tuple(changed), gone, whole_list)


def save_cases(
    session: Session,
    plan: CasePlan,
    data: bytes,
    *,
    keys: CaseKeys,
    by: str,
    at: datetime,
    advance: Callable[[int], None] = lambda _more: None,
) -> Outcome:
    """Save what was planned, with its batch and event. `advance` is told how many more rows are done."""
    for start in range(0, len(plan.new), CHUNK):
        some = plan.new[start : start + CHUNK]
        _insert(session, some, keys=keys, at=at)
        advance(len(some))
    _update(session, plan.changed, at=at)
    if plan.whole_list:
        _update(session, [ChangedCase(one, {"open": False}) for one in plan.gone], at=at)
    advance(len(plan.changed))
    keep_batch(session, Kind.CASES, data, plan.outcome, by=by, at=at)
    return plan.outcome


def add_unlisted(session: Session, references: Iterable[str], *, keys: CaseKeys, at: datetime) -> dict[str, UUID]:
    """Make cases known only by their reference; the answer is the new ids by the keyed hash of the reference."""
    new = [NewCase(reference, keys.match(reference), dict(EMPTY)) for reference in references]
    return _insert(session, new, keys=keys, at=at, listed=False)


def _known_cases() -> Any:
    return select(Case.id, Case.reference_key, Case.listed, Case.open, *(getattr(Case, name) for name in COLUMNS))


def _insert(
    session: Session, new: Collection[NewCase], *, keys: CaseKeys, at: datetime, listed: bool = True
) -> dict[str, UUID]:
    made = {one.key: uuid4() for one in new}
    rows = [
        (
            own := made[one.key],
            one.key,
            keys.seal(one.reference.encode(), own),
            keys.version,
            listed,
            listed,  # a case nobody has listed is not open: it cannot be drawn
            at,
            *(one.values.get(name) for name in COLUMNS),
        )
        for one in new
    ]
    insert_rows(session, Case, NEW_COLUMNS + COLUMNS, rows)
    return made


def _update(session: Session, changed: Collection[ChangedCase], *, at: datetime) -> None:
    """Change many cases, those that change the same columns in one statement."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for case_id, values in changed:
        named = {f"new_{name}": value for name, value in values.items()}
        alike.setdefault(tuple(values), []).append({"own_id": case_id, "now": at, **named})
    for names, rows in alike.items():
        columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        statement = update(Case).where(Case.id == bindparam("own_id")).values(changed_at=bindparam("now"), **columns)
        session.connection().execute(statement, rows)
    session.expire_all()


def _outcome(
    opened: Opened[CaseRow], additions: list[Line], changes: list[Line], gone: int, *, whole_list: bool
) -> Outcome:
    counts = opened.read.counts
    notes = list(opened.table.notes)
    if counts.left_out:
        notes.append(f"{_cases(counts.left_out)} marked as closed in the file and left out.")
    if counts.repeated:
        notes.append(f"{counts.repeated:,} repeated {'row is' if counts.repeated == 1 else 'rows are'} kept once.")
    if gone and not whole_list:
        notes.append(
            f"{_cases(gone)} open here and not in this list. Nothing happens to {'it' if gone == 1 else 'them'}."
        )
    if gone and whole_list:
        notes.append(f"{_cases(gone)} not in this list and counted as closed from now on.")
    made = Outcome(
        added=len(additions),
        changed=len(changes),
        unchanged=counts.good - len(additions) - len(changes),
        refused=counts.refused,
        left_out=counts.left_out + counts.repeated,
        additions=tuple(additions),
        changes=tuple(changes),
        problems=opened.read.problems,
        notes=tuple(notes),
    )
    return replace(made, changed=made.changed + gone) if whole_list else made


def _cases(count: int) -> str:
    return "1 case is" if count == 1 else f"{count:,} cases are"


class _Planner:
    """Turns rows into columns and tells in words what of a case would change."""

    def __init__(self, session: Session, fields: Collection[str], keys: CaseKeys) -> None:
        self._directory = Directory(session)
        self._keys = keys
        shown = settings.asks_demographics(session)
        # A column the file does not have keeps what is known; sex only comes in where the council asks for it.
        self._filled = [
            column for column, sources, _ in FILLED
            if any(source in fields for source in sources) and (shown or column != "sex")
        ]  # fmt: skip

    def values(self, row: CaseRow) -> dict[str, Any]:
        found = self._directory
        worked_out: dict[str, Any] = {
            "team_id": found.teams[folded(row.team)].id,
            "worker_id": found.person(row.worker),
            "reviewer_id": found.person(row.iro),
            "plan_type": row.plan_type,
            "legal_status": row.legal_status,
            "age_band": row.age_band,
            "sex": row.sex or None,
            "family_key": self._keys.match(f"family:{row.family_group}") if row.family_group else None,
            "opened_on": row.opened_on,
        }
        return {column: worked_out[column] for column in self._filled}

    def differences(self, before: Any, values: dict[str, Any]) -> str:
        """What changes, in words; '' when nothing does."""
        told = [] if before.open else ["Open again"]
        for column, _, name in FILLED:
            if column in values and values[column] != getattr(before, column):
                told.append(self._told(column, name, getattr(before, column), values[column]))
        return "; ".join(told)

    def _told(self, column: str, name: str, was: Any, now: Any) -> str:
        if column == "family_key":
            return f"{name} changed"
        return f"{name}: {self._shown(column, was)} → {self._shown(column, now)}"

    def _shown(self, column: str, value: Any) -> str:
        if value is None or value == "":
            return "none"
        if column == "team_id":
            return self._directory.team_names[value]
        if column in ("worker_id", "reviewer_id"):
            return self._directory.person_names[value]
        return f"{value:%d/%m/%Y}" if column == "opened_on" else str(value)
