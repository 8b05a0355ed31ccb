"""What comes back from an audit to the people it is about: reflections asked for, disputes, letters; as lists."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from audit_forms.lifecycle import State
from qa_app.access import feedback
from qa_app.access.actor import Actor
from qa_app.clock import london_day
from qa_app.models import Audit, Person, Reflection, Service, Team
from qa_app.models.audit import audit_reference
from qa_app.working_days import add_working_days


class Asked(NamedTuple):
    """An audit of somebody's own work and where their reflection on it stands."""

    reflection_id: UUID
    audit_id: UUID
    reference: str
    month: date
    begun: bool
    given_at: datetime | None
    disputed: bool
    decided: bool
    withdrawn: bool

    @property
    def to_give(self) -> bool:
        """Whether it waits for them."""
        return self.given_at is None and not self.withdrawn


class Disputed(NamedTuple):
    """A dispute: waiting for the QA lead, or decided."""

    reflection_id: UUID
    reference: str
    team: str
    given_on: date
    answer_by: date
    asks_moderation: bool
    decision: str


class LetterRow(NamedTuple):
    """A feedback letter that may be read."""

    audit_id: UUID
    reference: str
    month: date
    team: str
    worker: str


@dataclass(frozen=True, slots=True)
class WorkerSide:
    """What an audit's own page says of its worker: who was asked, what they said, and whether there is a letter."""

    named: Person | None
    reflection: Reflection | None
    letter: bool

    @property
    def given(self) -> Reflection | None:
        """The reflection, once it is given."""
        return self.reflection if self.reflection is not None and self.reflection.given_at is not None else None

    @property
    def why_nobody(self) -> str:
        """Why nobody was asked, in a sentence; empty where somebody was."""
        if self.reflection is not None:
            return ""
        if self.named is None:
            return "The case names no worker, so nobody was asked to reflect on this audit."
        if not self.named.active:
            return f"{self.named.name} is no longer active, so nobody was asked to reflect on this audit."
        return "Nobody was asked to reflect on this audit."


def asked_of(session: Session, actor: Actor) -> tuple[Asked, ...]:
    """The audits this person is asked about, those that wait for them first, then the newest."""
    mine = feedback.own_reflections(actor).subquery()
    of = aliased(Reflection, mine)
    rows = session.execute(
        select(of, Audit.month, Audit.number, Audit.state)
        .join(Audit, Audit.id == of.audit_id)
        .order_by(Audit.month.desc(), Audit.number)
    ).all()
    found = [
        Asked(
            one.id, one.audit_id, audit_reference(month, number), month, bool(one.draft), one.given_at,
            one.position == "disputes", one.decided_at is not None, state == State.WITHDRAWN,
        )
        for one, month, number, state in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: not one.to_give))


def disputed(session: Session, actor: Actor, *, days: int) -> tuple[Disputed, ...]:
    """The disputes this person decides, the open ones first by their date; `days` are working days to answer in."""
    found = feedback.disputes(actor).subquery()
    of = aliased(Reflection, found)
    rows = session.execute(
        select(of, Audit.month, Audit.number, Team.name)
        .join(Audit, Audit.id == of.audit_id)
        .join(Team, Team.id == Audit.team_id)
        .order_by(of.given_at)
    ).all()
    listed = [
        Disputed(
            one.id, audit_reference(month, number), team, london_day(one.given_at),
            add_working_days(london_day(one.given_at), days), one.asks_moderation, one.decision,
        )
        for one, month, number, team in rows
        if one.given_at is not None
    ]  # fmt: skip
    return tuple(sorted(listed, key=lambda one: (bool(one.decision), one.given_on)))


def letters(session: Session, actor: Actor) -> tuple[LetterRow, ...]:
    """The feedback letters this person may read, the newest first."""
    found = feedback.letters(actor).subquery()
    of = aliased(Audit, found)
    named, asked = aliased(Person), aliased(Person)
    rows = session.execute(
        select(of.id, of.month, of.number, Team.name, named.name, asked.name)
        .join(Team, Team.id == of.team_id)
        .outerjoin(Reflection, Reflection.audit_id == of.id)
        .outerjoin(named, named.id == of.worker_id)
        .outerjoin(asked, asked.id == Reflection.person_id)
        .order_by(of.month.desc(), of.number)
    ).all()
    return tuple(
        LetterRow(audit_id, audit_reference(month, number), month, team, second or first or "")
        for audit_id, month, number, team, first, second in rows
    )


def worker_side(session: Session, audit: Audit) -> WorkerSide:
    """The worker's side of an audit, for whoever may read it."""
    reflection = session.scalar(select(Reflection).where(Reflection.audit_id == audit.id))
    return WorkerSide(audit.subject or audit.worker, reflection, feedback.is_settled(session, audit))


def reflection_of(session: Session, audit: Audit, person_id: UUID) -> UUID | None:
    """The reflection this person was asked for on an audit, if they were."""
    return session.scalar(
        select(Reflection.id).where(Reflection.audit_id == audit.id, Reflection.person_id == person_id)
    )


def may_be_asked(session: Session, audit: Audit) -> tuple[tuple[UUID, str], ...]:
    """Active people of the audit's service who could be asked in the worker's place: those of its team first.

    What is written about a member of staff is for nobody else.
    """
    of_staff = audit.subject_id is not None
    rows = session.execute(
        select(Person.id, Person.name, Team.name, Person.team_id)
        .join(Team, Team.id == Person.team_id)
        .join(Service, Service.id == Team.service_id)
        .where(
            Person.active,
            Person.id != audit.auditor_id,
            Person.id == audit.subject_id if of_staff else Service.id == audit.service_id,
        )
        .order_by(Person.name)
    ).all()
    ordered = sorted(rows, key=lambda row: row.team_id != audit.team_id)
    return tuple((row[0], f"{row[1]}, {row[2]}") for row in ordered)
