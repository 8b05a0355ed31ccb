"""Guidance for auditors and moderators: what stands, who has to read it, and who has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from qa_app.access import development
from qa_app.access.actor import Actor
from qa_app.access.permissions import Role
from qa_app.models import Acknowledgement, Document, DocumentDraft, DocumentVersion, Person, RoleGrant, Service, Team

ORDER: Final = {"audit": 0, "tool": 1, "moderation": 2}
NO_SERVICE: Final = "No service"


@dataclass(frozen=True, slots=True)
class Mine:
    """The newest version of a document, whether its reader has to read it, and which version they last read."""

    newest: DocumentVersion
    asked: bool
    read: int | None
    read_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether they have to read it and have not."""
        return self.asked and self.read != self.newest.version


@dataclass(frozen=True, slots=True)
class HasRead:
    """Somebody who has to read a document, and which version they last read."""

    person_id: UUID
    name: str
    service: str
    version: int | None
    at: datetime | None


def _newest() -> Select[DocumentVersion]:
    last = (
        select(DocumentVersion.document_id, func.max(DocumentVersion.version).label("version"))
        .group_by(DocumentVersion.document_id)
        .subquery()
    )
    return select(DocumentVersion).join(
        last,
        and_(last.c.document_id == DocumentVersion.document_id, last.c.version == DocumentVersion.version),
    )


def newest(session: Session) -> list[DocumentVersion]:
    """The newest version of every document: the Audit Guidance first, then by title."""
    return sorted(
        session.scalars(_newest()), key=lambda one: (ORDER[one.document.kind], one.title, str(one.document_id))
    )


def newest_of(session: Session, document_id: UUID) -> DocumentVersion | None:
    """The newest version of one document; None before the first is published."""
    return session.scalar(_newest().where(DocumentVersion.document_id == document_id))


def history(session: Session, document_id: UUID) -> list[DocumentVersion]:
    """Every version of a document, the newest first."""
    return list(
        session.scalars(
            select(DocumentVersion)
            .where(DocumentVersion.document_id == document_id)
            .order_by(DocumentVersion.version.desc())
        )
    )


def drafts(session: Session) -> list[DocumentDraft]:
    """Every draft, by title."""
    return list(session.scalars(select(DocumentDraft).order_by(DocumentDraft.title)))


def known(session: Session) -> list[Document]:
    """Every document, published or not."""
    return list(session.scalars(select(Document)))


def unread(session: Session, person_id: UUID, *, tool_key: str | None = None) -> list[DocumentVersion]:
    """What somebody has to read and has not; with a tool, only what is about auditing with it."""
    roles = _roles_of(session, person_id)
    has = (
        select(Acknowledgement.id)
        .where(
            Acknowledgement.person_id == person_id,
            Acknowledgement.document_id == DocumentVersion.document_id,
            Acknowledgement.version == DocumentVersion.version,
        )
        .exists()
    )
    query = _newest().where(~has, _asks(roles))
    if tool_key is not None:
        query = query.join(Document, Document.id == DocumentVersion.document_id).where(
            or_(Document.kind == "audit", and_(Document.kind == "tool", Document.tool_key == tool_key))
        )
    return sorted(session.scalars(query), key=lambda one: (ORDER[one.document.kind], one.title))


def mine(session: Session, person_id: UUID) -> tuple[Mine, ...]:
    """Every document as it stands for one person."""
    roles = _roles_of(session, person_id)
    read = _last_read(session, Acknowledgement.person_id == person_id)
    return tuple(
        Mine(one, development.asks(one, roles), *read.get((one.document_id, person_id), (None, None)))
        for one in newest(session)
    )


def readers(session: Session, version: DocumentVersion) -> list[UUID]:
    """Everybody who has to read a version, of those in post."""
    return list(session.scalars(_asked(version).with_only_columns(Person.id).order_by(Person.name, Person.id)))


def who_has_read(session: Session, actor: Actor, version: DocumentVersion) -> tuple[HasRead, ...]:
    """Everybody who has to read a version and whom this person may see, by name."""
    may_see = development.visible_people(actor).with_only_columns(Person.id)
    rows = session.execute(
        _asked(version)
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(Service, Service.id == Team.service_id)
        .where(Person.id.in_(may_see))
        .with_only_columns(Person.id, Person.name, Service.name)
        .order_by(Person.name, Person.id)
    ).all()
    read = _last_read(session, Acknowledgement.document_id == version.document_id)
    return tuple(
        HasRead(person_id, name, service or NO_SERVICE, *read.get((version.document_id, person_id), (None, None)))
        for person_id, name, service in rows
    )


def by_service(found: Iterable[HasRead], version: int) -> tuple[tuple[str, int, int], ...]:
    """Of those who have to read it, how many have, service by service."""
    counts: dict[str, list[int]] = {}
    for one in found:
        has = counts.setdefault(one.service, [0, 0])
        has[0] += one.version == version
        has[1] += 1
    return tuple((service, k, n) for service, (k, n) in sorted(counts.items()))


def _asked(version: DocumentVersion) -> Select[Person]:
    wanted = [
        role
        for role, asked in ((Role.AUDITOR, version.for_auditors), (Role.MODERATOR, version.for_moderators))
        if asked
    ]
    holding = select(RoleGrant.person_id).where(
        RoleGrant.role.in_(wanted), RoleGrant.granted_at.is_not(None), RoleGrant.ended_at.is_(None)
    )
    return select(Person).where(Person.active, Person.id.in_(holding))


def _asks(roles: frozenset[Role]) -> ColumnElement[bool]:
    asked = [
        column
        for column, role in (
            (DocumentVersion.for_auditors, Role.AUDITOR), (DocumentVersion.for_moderators, Role.MODERATOR),
        )
        if role in roles
    ]  # fmt: skip
    return or_(false(), *asked)


def _roles_of(session: Session, person_id: UUID) -> frozenset[Role]:
    held = select(RoleGrant.role).where(
        RoleGrant.person_id == person_id, RoleGrant.granted_at.is_not(None), RoleGrant.ended_at.is_(None)
    )
    return frozenset(Role(one) for one in session.scalars(held))


def _last_read(
    session: Session, whose: ColumnElement[bool]
) -> Mapping[tuple[UUID, UUID], tuple[int | None, datetime | None]]:
    """The last version of each document that each person has read, and when."""
    rows = session.scalars(select(Acknowledgement).where(whose).order_by(Acknowledgement.version))
    return {(one.document_id, one.person_id): (one.version, one.given_at) for one in rows}
