"""A list of complaints brought in: which are new, which have something new, which differ from what is recorded."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from qa_app.case_keys import CaseKeys
from qa_app.intake.complaints import ComplaintRow
from qa_app.intake.findings import Problem
from qa_app.intake.headings import Kind
from qa_app.intake.reference import folded
from qa_app.models import Complaint
from qa_app.queries import themes
from qa_app.queries.complaints import COMPLIMENT, STAGES, UPHELD
from qa_app.services import complaints
from qa_app.services.batches import Line, Outcome, keep_batch
from qa_app.services.complaints import Facts, Received, UnfitFact
from qa_app.services.free_text import NamesSomebody
from qa_app.services.imports.directory import Directory
from qa_app.services.imports.opening import Opened

LABELS = {
    "stage": "Stage", "begun_on": "Stage began on", "extended": "Extended", "answered_on": "Answered on",
    "upheld": "Outcome", "theme": "Theme", "learning": "What is learnt",
}  # fmt: skip


class New(NamedTuple):
    """A complaint nobody knew."""

    what: Received
    facts: Facts


class Changed(NamedTuple):
    """A complaint that is here already, and where it stands now."""

    complaint: Complaint
    facts: Facts


@dataclass(frozen=True)
class ComplaintPlan:
    """What confirming the list would do."""

    outcome: Outcome
    new: tuple[New, ...]
    changed: tuple[Changed, ...]


def plan_complaints(session: Session, opened: Opened[ComplaintRow], *, keys: CaseKeys | None = None) -> ComplaintPlan:
    """What would become of each row; nothing is saved. `keys` are for lists with case references: this has none."""
    del keys
    planner = _Planner(session, opened)
    for row in opened.read.good:
        planner.take(row)
    return planner.plan()


def save_complaints(
    session: Session, plan: ComplaintPlan, data: bytes, *, keys: CaseKeys | None = None, by: str, at: datetime
) -> Outcome:
    """Save what was planned, with its batch and event."""
    del keys
    batch = keep_batch(session, Kind.COMPLAINTS, data, plan.outcome, by=by, at=at)
    for what, facts in plan.new:
        complaints.enter(session, what, facts, batch=batch.id, by=by, at=at)
    for complaint, facts in plan.changed:
        complaints.note(session, complaint, facts, place=len(complaint.steps), batch=batch.id, by=by, at=at)
    return plan.outcome


def _same(what: Received, before: Complaint | None) -> None:
    """Let a row be the complaint that is known by its reference.

    Raises:
        UnfitFact: it is of another kind, about another team, or was received on another day.
    """
    now = (what.kind, what.received_on, what.team_id)
    if before is not None and (before.kind, before.received_on, before.team_id) != now:
        raise UnfitFact("reference", "It is recorded with another kind, team or day received. Check the row.")


class _Planner:
    """Goes through the rows and keeps apart what is new, what has changed, and what cannot come in."""

    def __init__(self, session: Session, opened: Opened[ComplaintRow]) -> None:
        self._opened = opened
        self._teams = Directory(session).teams
        self._known = {
            folded(one.reference or ""): one
            for one in session.scalars(
                select(Complaint).where(Complaint.reference.is_not(None)).options(selectinload(Complaint.steps))
            )
        }
        self._labels = themes.labels(session)
        self._themes = {folded(word): code for code, label in self._labels.items() for word in (code, label)}
        self.new: list[New] = []
        self.changed: list[Changed] = []
        self._additions: list[Line] = []
        self._changes: list[Line] = []
        self._problems: list[Problem] = []

    def take(self, row: ComplaintRow) -> None:
        before = self._known.get(folded(row.reference))
        team = self._teams[folded(row.team)]
        what = Received(row.kind, row.received_on, team.id, team.service_id, row.reference)
        try:
            _same(what, before)
            facts = self._facts(row, before)
            was = complaints.facts_of(before.now) if before is not None else None
            complaints.check(what, was, facts, today=date.max)
        except (UnfitFact, NamesSomebody) as fault:
            field = fault.field if isinstance(fault, UnfitFact) else "learning"
            self._problems.append(Problem(row.number, self._opened.mapping.heading(field), None, str(fault)))
            return
        if before is None:
            self.new.append(New(what, facts))
            named = "Compliment" if row.kind == COMPLIMENT else STAGES[facts.stage]
            self._additions.append(Line(row.number, row.reference, f"{named}, {row.team}"))
        elif was is not None and facts != was:
            self.changed.append(Changed(before, facts))
            self._changes.append(Line(row.number, row.reference, self._told(was, facts)))

    def _facts(self, row: ComplaintRow, before: Complaint | None) -> Facts:
        """Where the row says it stands; what the row leaves empty is as it was."""
        theme = self._theme(row)
        if row.kind == COMPLIMENT:
            was = complaints.facts_of(before.now) if before is not None else Facts(row.received_on, "")
            return replace(
                was, theme=theme or was.theme, learning=row.learning or was.learning, stage=row.stage,
                answered_on=row.answered_on, upheld=row.upheld,
            )  # fmt: skip
        was = complaints.facts_of(before.now) if before is not None else Facts(row.received_on)
        stage = row.stage or was.stage
        if stage != was.stage:
            if row.begun_on is None:
                raise UnfitFact("begun_on", f"Write when {STAGES[stage].lower()} began.")
            was = complaints.moved_up(was, stage, row.begun_on)
        return Facts(
            row.begun_on or was.begun_on, stage, was.extended if row.extended is None else row.extended,
            row.answered_on or was.answered_on, row.upheld or was.upheld, theme or was.theme,
            row.learning or was.learning,
        )  # fmt: skip

    def _theme(self, row: ComplaintRow) -> str | None:
        if not row.theme:
            return None
        code = self._themes.get(folded(row.theme))
        if code is None:
            reason = "This theme is not on the list. The row comes in without it."
            column = self._opened.mapping.heading("theme")
            self._problems.append(Problem(row.number, column, row.theme[:60], reason, refused=False))
        return code

    def _told(self, was: Facts, now: Facts) -> str:
        changed = [key for key in LABELS if getattr(was, key) != getattr(now, key)]
        return "; ".join(
            f"{LABELS[key]} changed" if key == "learning" else
            f"{LABELS[key]}: {self._said(key, getattr(was, key))} → {self._said(key, getattr(now, key))}"
            for key in changed
        )  # fmt: skip

    def _said(self, key: str, value: Any) -> str:
        if value in (None, ""):
            return "none"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, date):
            return f"{value:%d/%m/%Y}"
        return {"stage": STAGES, "upheld": UPHELD, "theme": self._labels}[key].get(value, str(value))

    def plan(self) -> ComplaintPlan:
        counts = self._opened.read.counts
        refused = sum(problem.refused for problem in self._problems)
        notes = list(self._opened.table.notes)
        if counts.repeated:
            notes.append(f"{counts.repeated:,} repeated {'row is' if counts.repeated == 1 else 'rows are'} kept once.")
        outcome = Outcome(
            added=len(self.new),
            changed=len(self.changed),
            unchanged=counts.good - len(self.new) - len(self.changed) - refused,
            refused=counts.refused + refused,
            left_out=counts.repeated,
            additions=tuple(self._additions),
            changes=tuple(self._changes),
            problems=tuple(sorted((*self._opened.read.problems, *self._problems), key=lambda one: one.row_number)),
            notes=tuple(notes),
        )
        return ComplaintPlan(outcome, tuple(self.new), tuple(self.changed))
