"""Who moderates what: audits are given to independent moderators, evenly, and can be given to others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, selectinload

from audit_forms.lifecycle import State, check_move
from moderation import independence
from moderation.allocation import NotGiven, Task, allocate
from qa_app.access.permissions import Role
from qa_app.models import Audit, Draft, Moderation, Person
from qa_app.queries import ties
from qa_app.services.events import record

IN_HAND: Final = ("allocated", "moderating")


class NotIndependent(ValueError):  # noqa: N818
    """This person may not moderate this audit; the message says why."""


class WrongState(ValueError):  # noqa: N818
    """The audit or moderation is not where this can be done; the message says where it is."""


def hand_out(
    session: Session, audit_ids: Sequence[UUID], *, seed: str, stream: str, at: datetime
) -> tuple[NotGiven, ...]:
    """Give drawn audits to independent moderators, evenly; the answer is those nobody may moderate."""
    everybody = ties.judges(session)
    audits = session.scalars(select(Audit).where(Audit.id.in_(audit_ids)).options(selectinload(Audit.case))).all()
    moderators = [everybody[person.id] for person in ties.holders(session, Role.MODERATOR)]
    read_by = ties.readers(session, audit_ids)
    declared = ties.declared(session)
    tasks = [_task(audit, everybody, read_by[audit.id], declared) for audit in audits]
    loads = {str(person): n for person, n in _loads(session).items()}
    allocation = allocate(tasks, moderators, seed, loads)
    holder = {one.audit_id: UUID(one.moderator) for one in allocation.given}
    for audit in audits:
        check_move(State(audit.state), State.SELECTED)
        audit.state = State.SELECTED
        session.add(
            Moderation(
                audit_id=audit.id,
                moderator_id=holder.get(str(audit.id)),
                stream=stream,
                state="allocated",
                allocated_at=at,
            )
        )
    session.flush()
    return allocation.not_given


def _task(
    audit: Audit, everybody: Mapping[UUID, independence.Person], readers: frozenset[str],
    declared: Mapping[UUID, frozenset[str]],
) -> Task:  # fmt: skip
    return Task(
        str(audit.id),
        everybody[audit.auditor_id],
        ties.case_ties(
            audit.case,
            everybody,
            service_id=audit.service_id,
            readers=readers,
            declared=declared.get(audit.case_id, frozenset()) if audit.case_id else frozenset(),
        ),
    )


def _loads(session: Session) -> Mapping[UUID, int]:
    rows = session.execute(
        select(Moderation.moderator_id, func.count())
        .where(Moderation.state.in_(IN_HAND), Moderation.moderator_id.is_not(None))
        .group_by(Moderation.moderator_id)
    )
    return {person: n for person, n in rows if person is not None}


def conflicts(session: Session, audit: Audit, moderator: Person) -> tuple[independence.Conflict, ...]:
    """Why this person may not moderate this audit; nothing when they may."""
    everybody = ties.judges(session)
    task = _task(audit, everybody, ties.readers(session, (audit.id,))[audit.id], ties.declared(session))
    tie = independence.Tie(everybody[moderator.id], task.auditor, task.case)
    return independence.moderation_conflicts(tie)


@dataclass(frozen=True)
class Offer:
    """A moderator who might be given an audit: what they have in hand, and what ties them to it."""

    moderator: Person
    in_hand: int
    conflicts: tuple[independence.Conflict, ...]


def offers(session: Session, audit: Audit) -> tuple[Offer, ...]:
    """Every moderator for one audit: who is independent of it first, those with least in hand before the others."""
    everybody, loads = ties.judges(session), _loads(session)
    task = _task(audit, everybody, ties.readers(session, (audit.id,))[audit.id], ties.declared(session))
    found = [
        Offer(
            person, loads.get(person.id, 0),
            independence.moderation_conflicts(independence.Tie(everybody[person.id], task.auditor, task.case)),
        )
        for person in ties.holders(session, Role.MODERATOR)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (bool(one.conflicts), one.in_hand, one.moderator.name)))


def give(session: Session, moderation: Moderation, moderator: Person, *, reason: str, by: str, at: datetime) -> None:
    """Give a moderation that is not graded yet to another moderator; what the first wrote on it goes.

    Raises:
        NotIndependent: this person is tied to the audit, or is no moderator.
        WrongState: the moderator has already graded.
    """
    if moderation.state not in IN_HAND:
        raise WrongState("This audit has been moderated, so it stays with its moderator.")
    if moderator.id not in {person.id for person in ties.holders(session, Role.MODERATOR)}:
        raise NotIndependent("This person is not a moderator. Ask the administrator to grant the role first.")
    found = conflicts(session, moderation.audit, moderator)
    if found:
        raise NotIndependent(" ".join(conflict.sentence for conflict in found))
    before = moderation.moderator_id
    moderation.moderator_id = moderator.id
    session.execute(delete(Draft).where(Draft.audit_id == moderation.audit_id, Draft.stage == "moderator"))
    session.flush()
    record(
        session, "moderation.given", "moderation", moderation.id, by=by, at=at,
        before=str(before or ""), after=str(moderator.id), reason=reason,
    )  # fmt: skip
