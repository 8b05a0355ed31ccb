"""Who moderates what: audits are given to independent moderators, evenly, and can be given to others."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from audit_forms.lifecycle import State, check_move
from moderation import independence
from moderation.allocation import NotGiven, Pairs, Task, allocate
from qa_app.access.permissions import Role
from qa_app.models import Audit, Moderation, ModerationReturn, Person
from qa_app.queries import ties
from qa_app.services import drafts, outbox, settings
from qa_app.services.events import record

IN_HAND: Final = ("allocated", "moderating")


class NotIndependent(ValueError):  # noqa: N818
    """This person may not moderate this audit; the message says why."""


class ReasonMissing(ValueError):  # noqa: N818 - named for the fault
    """This needs a reason."""


class WrongState(ValueError):  # noqa: N818
    """The audit or moderation is not where this can be done; the message says where it is."""


@dataclass(frozen=True)
class _Known:
    """Everything that may tie moderators to some audits, asked for at once."""

    everybody: Mapping[UUID, independence.Person]
    readers: Mapping[UUID, frozenset[str]]
    declared: Mapping[UUID, frozenset[str]]
    earlier: Mapping[UUID, tuple[frozenset[str], frozenset[str]]]
    met: Pairs

    def task(self, audit: Audit) -> Task:
        """One audit with its auditor and what its case is tied to."""
        case_id = audit.case_id
        nobody = frozenset[str]()
        ties_of = ties.case_ties(
            audit.case, self.everybody, service_id=audit.service_id, readers=self.readers[audit.id],
            declared=self.declared.get(case_id, nobody) if case_id else nobody,
            earlier=self.earlier.get(case_id, (nobody, nobody)) if case_id else (nobody, nobody),
        )  # fmt: skip
        subject = self.everybody[audit.subject_id] if audit.subject_id else None
        return Task(str(audit.id), self.everybody[audit.auditor_id], ties_of, subject)

    def tie(self, audit: Audit, moderator_id: UUID) -> independence.Tie:
        """What ties one moderator to one audit."""
        task = self.task(audit)
        times = self.met.times[str(moderator_id), task.auditor.person_id]
        return independence.Tie(
            self.everybody[moderator_id], task.auditor, task.case, task.subject, times, self.met.most
        )


def _known(session: Session, audits: Sequence[Audit]) -> _Known:
    """What is known of these audits, which are of one month; how often two met leaves these audits out."""
    ids = [audit.id for audit in audits]
    months = {audit.month for audit in audits}
    times = ties.met(session, max(months), without=ids) if months else Counter[tuple[str, str]]()
    return _Known(
        ties.judges(session), ties.readers(session, ids), ties.declared(session),
        ties.earlier(session, [audit.case_id for audit in audits if audit.case_id]),
        Pairs(times, settings.number(session, "pair_most")),
    )  # fmt: skip


def hand_out(
    session: Session, audit_ids: Sequence[UUID], *, seed: str, stream: str, at: datetime
) -> tuple[NotGiven, ...]:
    """Give drawn audits to independent moderators, evenly; the answer is those nobody may moderate."""
    audits = session.scalars(select(Audit).where(Audit.id.in_(audit_ids)).options(selectinload(Audit.case))).all()
    known = _known(session, audits)
    moderators = [known.everybody[person.id] for person in ties.holders(session, Role.MODERATOR)]
    loads = {str(person): n for person, n in _loads(session).items()}
    allocation = allocate([known.task(audit) for audit in audits], moderators, seed, loads, pairs=known.met)
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


def _loads(session: Session) -> Mapping[UUID, int]:
    rows = session.execute(
        select(Moderation.moderator_id, func.count())
        .where(Moderation.state.in_(IN_HAND), Moderation.moderator_id.is_not(None))
        .group_by(Moderation.moderator_id)
    )
    return {person: n for person, n in rows if person is not None}


def conflicts(
    session: Session, audit: Audit, moderator: Person, *, blind: bool = True
) -> tuple[independence.Conflict, ...]:
    """Why this person may not moderate this audit; nothing when they may. Who is not blind may have read it."""
    found = independence.moderation_conflicts(_known(session, (audit,)).tie(audit, moderator.id))
    return _of(found, blind=blind)


def _of(found: tuple[independence.Conflict, ...], *, blind: bool) -> tuple[independence.Conflict, ...]:
    return tuple(one for one in found if blind or one is not independence.Conflict.HAS_READ)


@dataclass(frozen=True)
class Offer:
    """A moderator who might be given an audit: what they have in hand, what ties them to it, how often the two met."""

    moderator: Person
    in_hand: int
    conflicts: tuple[independence.Conflict, ...]
    times: int = 0


def offers(session: Session, audit: Audit, *, blind: bool = True) -> tuple[Offer, ...]:
    """Every moderator for one audit: who is independent of it first, those with least in hand before the others."""
    known, loads = _known(session, (audit,)), _loads(session)
    found = []
    for person in ties.holders(session, Role.MODERATOR):
        tie = known.tie(audit, person.id)
        tied = _of(independence.moderation_conflicts(tie), blind=blind)
        found.append(Offer(person, loads.get(person.id, 0), tied, tie.times))
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
    found = conflicts(session, moderation.audit, moderator, blind=moderation.mode == "blind")
    if found:
        raise NotIndependent(" ".join(conflict.sentence for conflict in found))
    before = moderation.moderator_id
    hand_over(session, moderation, moderator, "checked")
    record(
        session, "moderation.given", "moderation", moderation.id, by=by, at=at,
        before=str(before or ""), after=str(moderator.id), reason=reason,
    )  # fmt: skip


def hand_over(session: Session, moderation: Moderation, moderator: Person | None, independence_is: str) -> None:
    """Make somebody the moderator; what the one before wrote on it goes, also what was kept beside."""
    if moderation.moderator_id is not None:
        drafts.discard(session, drafts.Writer(moderation.audit_id, "moderator", moderation.moderator_id))
    moderation.moderator_id = moderator.id if moderator else None
    moderation.independence = independence_is
    session.flush()


def hand_back(
    session: Session, moderation: Moderation, moderator: Person, code: str, reason: str, *, by: str, at: datetime
) -> Person | None:
    """Hand a moderation back that is not graded yet; the answer is who has it now, nobody where nobody is free.

    A conflict of interest is remembered: no audit of this child goes to this moderator again.

    Raises:
        WrongState: it is graded, or its month is closed.
        ReasonMissing: no reason is given.
    """
    drafts.lock(session, moderation.audit_id)
    session.refresh(moderation)
    if moderation.state not in IN_HAND or moderation.moderator_id != moderator.id:
        raise WrongState("You have graded this audit, or it is no longer with you, so it cannot be handed back.")
    if not reason.strip():
        raise ReasonMissing("Say why you hand it back. The QA lead reads it.")
    session.add(
        ModerationReturn(
            moderation_id=moderation.id, person_id=moderator.id, code=code, reason=reason.strip(), returned_at=at,
            returned_by=by,
        )
    )  # fmt: skip
    session.flush()
    gave_back = ties.handed_back(session, (moderation.audit_id,))[moderation.audit_id]
    found = offers(session, moderation.audit, blind=moderation.mode == "blind")
    free = [one.moderator for one in found if not one.conflicts and str(one.moderator.id) not in gave_back]
    after = free[0] if free else None
    hand_over(session, moderation, after, "checked")
    record(
        session, "moderation.handed_back", "moderation", moderation.id, by=by, at=at, code=code,
        before=str(moderator.id), after=str(after.id) if after else "",
    )  # fmt: skip
    leads = [person.id for person in ties.holders(session, Role.QA_LEAD)]
    outbox.tell(
        session, leads, "moderation.handed_back", at=at, about=("moderation", moderation.id),
        reference=moderation.audit.reference, cycle=str(moderation.audit.cycle_id),
    )  # fmt: skip
    return after
