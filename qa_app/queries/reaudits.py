"""Re-audits: those that are planned, who may do one, and whether the second audit found what the first did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from audit_forms.consistency import OVERALL
from audit_forms.definition import Tool
from audit_forms.grades import BEST_FIRST, Grade, Judged
from audit_forms.lifecycle import State
from moderation.independence import Conflict, moderation_conflicts
from moderation.independence import Tie as MadeTie
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.access.permissions import Role
from qa_app.models import Audit, Cycle, Judgement, Moderation, Person, Reaudit
from qa_app.queries import standing
from qa_app.queries.ties import case_ties, declared, holders, judges, named, readers

NO_AUDITOR: Final = "They are not an auditor."
FIRST_AUDITOR: Final = "They did the first audit."
MOST_LISTED: Final = 200
SAW_THE_FIRST: Final = "They have seen the first audit, or moderated it."


@dataclass(frozen=True, slots=True)
class Part:
    """One part of practice as both audits judged it, and what changed, in a word."""

    title: str
    first: Judged | None
    second: Judged | None

    @property
    def change(self) -> str:
        """Better, the same or worse; where one of the two gave no grade, that they cannot be compared."""
        if not (isinstance(self.first, Grade) and isinstance(self.second, Grade)):
            return "Cannot be compared"
        before, after = BEST_FIRST.index(self.first), BEST_FIRST.index(self.second)
        return "Better" if after < before else "Worse" if after > before else "The same"


@dataclass(frozen=True, slots=True)
class Change:
    """A first audit and its re-audit side by side, the overall judgement first."""

    first: Audit
    second: Audit
    parts: tuple[Part, ...]


def visible(actor: Actor) -> ColumnElement[bool]:
    """Which re-audits the QA lead may see (joined to the first audit): not those they may yet grade one of."""
    blind = scope.awaiting_own_grade(actor) | scope.may_come_to_grade(actor)
    second = select(Audit.id).where(blind)
    return ~blind & (Reaudit.second_id.is_(None) | Reaudit.second_id.not_in(second))


def waiting() -> ColumnElement[bool]:
    """Not given to anybody yet, or given to somebody who handed it back or did not do it."""
    gone = select(Audit.id).where(Audit.state.in_((State.HANDED_BACK, State.WITHDRAWN, State.NOT_DONE)))
    return or_(Reaudit.state == "planned", and_(Reaudit.second_id.is_not(None), Reaudit.second_id.in_(gone)))


def no_longer_inadequate() -> ColumnElement[bool]:
    """Waiting, nobody has decided, and the first audit is withdrawn or was agreed as better than inadequate."""
    stands = aliased(Judgement)
    of_it = (stands.audit_id == Audit.id, stands.element == OVERALL, stands.stage.in_(("final", "challenged")))
    latest = (
        select(stands.grade).where(*of_it).order_by(stands.stage == "final").limit(1).correlate(Audit).scalar_subquery()
    )
    better = func.coalesce(latest, Grade.INADEQUATE.value) != Grade.INADEQUATE.value
    changed = or_(Audit.state == State.WITHDRAWN, and_(Reaudit.because == "inadequate", better))
    return and_(waiting(), Reaudit.kept_at.is_(None), changed)


def listed(session: Session, actor: Actor, *, waits: bool) -> list[tuple[Reaudit, bool]]:
    """The re-audits that wait to be given to somebody, or the others; each with whether somebody has to decide."""
    rows = session.execute(
        select(Reaudit, no_longer_inadequate())
        .join(Audit, Audit.id == Reaudit.first_id)
        .where(waiting() if waits else ~waiting(), visible(actor))
        .order_by(Reaudit.due_on if waits else Reaudit.due_on.desc(), Reaudit.id)
        .options(joinedload(Reaudit.first).joinedload(Audit.auditor), joinedload(Reaudit.second))
        .limit(MOST_LISTED)
    )
    return [(one, bool(decide)) for one, decide in rows]


def one(session: Session, actor: Actor, reaudit_id: UUID) -> tuple[Reaudit, bool]:
    """One re-audit, and whether it waits to be kept or cancelled.

    Raises:
        OutOfScopeError: it is not there or not this person's to see.
    """
    found = session.execute(
        select(Reaudit, no_longer_inadequate())
        .join(Audit, Audit.id == Reaudit.first_id)
        .where(Reaudit.id == reaudit_id, visible(actor))
    ).one_or_none()
    if found is None:
        raise scope.OutOfScopeError
    return found[0], bool(found[1])


def waits(session: Session, reaudit: Reaudit) -> bool:
    """Whether it still has to be given to somebody."""
    return session.scalar(select(Reaudit.id).where(Reaudit.id == reaudit.id, waiting())) is not None


def due_by(session: Session, last: date) -> list[Reaudit]:
    """The planned re-audits due on or before a day, the soonest first, without those that wait to be decided."""
    rows = session.scalars(
        select(Reaudit)
        .join(Audit, Audit.id == Reaudit.first_id)
        .where(waiting(), Reaudit.due_on <= last, ~no_longer_inadequate())
        .order_by(Reaudit.due_on, Reaudit.id)
    )
    return list(rows)


def to_decide(session: Session, actor: Actor) -> tuple[int, int]:
    """How many re-audits are planned, and how many of them wait to be kept or cancelled."""
    row = session.execute(
        select(func.count(), func.count().filter(no_longer_inadequate()))
        .select_from(Reaudit)
        .join(Audit, Audit.id == Reaudit.first_id)
        .where(waiting(), visible(actor))
    ).one()
    return row[0], row[1]


def open_cycles(session: Session, reaudit: Reaudit) -> list[Cycle]:
    """The months that may hold a re-audit: of the first audit's tool, not closed and not imported."""
    query = select(Cycle).where(
        Cycle.tool_key == reaudit.first.tool_key, Cycle.state.in_(("planned", "released")), Cycle.batch_id.is_(None)
    )
    return list(session.scalars(query.order_by(Cycle.month)))


def conflicts(session: Session, reaudit: Reaudit, auditor_id: UUID) -> tuple[str, ...]:
    """Why this person may not do the re-audit, in sentences; nothing when they may."""
    found = free(session, reaudit)
    unknown = () if auditor_id in {person.id for person in found.auditors} else (NO_AUDITOR,)
    return found.ruled_out.get(auditor_id, unknown)


@dataclass(frozen=True, slots=True)
class Free:
    """Who may do a re-audit, by name, and why each of the other auditors may not."""

    auditors: tuple[Person, ...]
    ruled_out: dict[UUID, tuple[str, ...]]


def free(session: Session, reaudit: Reaudit) -> Free:
    """The auditors who are independent of the case and have neither done, moderated nor read the first audit."""
    first = reaudit.first
    everybody = judges(session)
    seen = readers(session, [first.id])[first.id]
    told = declared(session).get(first.case_id, frozenset()) if first.case_id else frozenset()
    ties = case_ties(first.case, everybody, service_id=first.service_id, declared=told)
    moderators = set(session.scalars(select(Moderation.moderator_id).where(Moderation.audit_id == first.id)))
    auditors = holders(session, Role.AUDITOR)
    ruled_out: dict[UUID, tuple[str, ...]] = {}
    for person in auditors:
        found = _sentences(MadeTie(everybody[person.id], everybody[first.auditor_id], ties))
        if person.id in moderators or (str(person.id) in seen and person.id != first.auditor_id):
            found += (SAW_THE_FIRST,)
        if found:
            ruled_out[person.id] = found
    return Free(tuple(one for one in auditors if one.id not in ruled_out), ruled_out)


def names(session: Session, ruled_out: Mapping[UUID, tuple[str, ...]]) -> list[tuple[str, str]]:
    """Those who are ruled out by name, each with why."""
    known = named(session, ruled_out)
    return sorted((known[person], " ".join(why)) for person, why in ruled_out.items())


def _sentences(tie: MadeTie) -> tuple[str, ...]:
    """The ties that rule somebody out. Managing the first auditor does not: nobody's own work is judged."""
    found = moderation_conflicts(tie)
    beside = (Conflict.MANAGES_AUDITOR, Conflict.REPORTS_TO_AUDITOR)
    words = {Conflict.OWN_AUDIT: FIRST_AUDITOR}
    return tuple(words.get(one, one.sentence) for one in found if one not in beside)


def change(session: Session, actor: Actor, tool: Tool, audit: Audit) -> Change | None:
    """What the re-audit found beside what the first audit did; None unless this person may read both.

    The final grades where they are agreed, else the auditor's.
    """
    first, second = aliased(Audit), aliased(Audit)
    pair = session.execute(
        select(first, second)
        .select_from(Reaudit)
        .join(first, first.id == Reaudit.first_id)
        .join(second, second.id == Reaudit.second_id)
        .where(or_(Reaudit.first_id == audit.id, Reaudit.second_id == audit.id))
        .order_by(second.submitted_at.desc())
    ).first()
    if pair is None:
        return None
    readable = scope.readable_audits(actor).with_only_columns(Audit.id)
    ids = {one.id for one in pair}
    if set(session.scalars(readable.where(Audit.id.in_(ids)))) != ids:
        return None
    before, after = (standing.grades(session, one.id) for one in pair)
    order = sorted(tool.elements, key=lambda element: element.key != OVERALL)
    parts = [Part(element.title, before.get(element.key), after.get(element.key)) for element in order]
    return Change(pair[0], pair[1], tuple(part for part in parts if part.first or part.second))
