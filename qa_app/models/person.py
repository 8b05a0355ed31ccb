"""People, their teams and services, and the roles they hold."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.base import Base, identity, paired, personal, plain


class Service(Base):
    """A service of the council, led by a Head of Service."""

    __tablename__ = "service"
    id: Mapped[UUID] = identity()
    name: Mapped[str] = plain(String(120), unique=True)


class Team(Base):
    """A team within a service."""

    __tablename__ = "team"
    id: Mapped[UUID] = identity()
    name: Mapped[str] = plain(String(120), unique=True)
    service_id: Mapped[UUID] = plain(ForeignKey("service.id"), index=True)
    service: Mapped[Service] = relationship(lazy="joined")


class Person(Base):
    """A member of staff; someone only an imported register names is inactive and has no employee number."""

    __tablename__ = "person"
    id: Mapped[UUID] = identity()
    employee_id: Mapped[str | None] = personal(String(40), unique=True)
    name: Mapped[str] = personal(String(200), index=True)
    email: Mapped[str | None] = personal(String(254), unique=True)
    job_title: Mapped[str] = personal(String(120), default="")
    team_id: Mapped[UUID | None] = personal(ForeignKey("team.id"), index=True)
    line_manager_id: Mapped[UUID | None] = personal(ForeignKey("person.id"), index=True)
    fte: Mapped[Decimal | None] = personal(Numeric(4, 2))
    active: Mapped[bool] = personal(default=True)
    team: Mapped[Team | None] = relationship(lazy="joined")
    line_manager: Mapped["Person | None"] = relationship(remote_side="Person.id")
    grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="person", foreign_keys="RoleGrant.person_id", order_by="RoleGrant.role"
    )


class RoleGrant(Base):
    """A role suggested by the staff import, granted by an administrator, or ended; the rows are kept for ever."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(
            "role IN ('auditor', 'moderator', 'head_of_service', 'qa_lead', 'administrator', 'analyst', 'board',"
            " 'information_governance', 'practitioner')",
            name="role_known",
        ),
        CheckConstraint(paired("granted_at", "granted_by"), name="granted_paired"),
        CheckConstraint(paired("seconded_at", "seconded_by"), name="seconded_paired"),
        CheckConstraint(paired("ended_at", "ended_by"), name="ended_paired"),
        # Held once for each service, and once for the whole council; NULLs do not collide, so it takes two indexes.
        Index(
            "uq_role_grant_current",
            "person_id",
            "role",
            unique=True,
            sqlite_where=text("ended_at IS NULL AND service_id IS NULL"),
            postgresql_where=text("ended_at IS NULL AND service_id IS NULL"),
        ),
        Index(
            "uq_role_grant_current_service",
            "person_id",
            "role",
            "service_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL AND service_id IS NOT NULL"),
            postgresql_where=text("ended_at IS NULL AND service_id IS NOT NULL"),
        ),
    )
    id: Mapped[UUID] = identity()
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"), index=True)
    role: Mapped[str] = personal(String(30))
    # The service a Head of Service answers for, a grant each: None means the whole council.
    service_id: Mapped[UUID | None] = personal(ForeignKey("service.id"))
    suggested_at: Mapped[datetime | None] = plain()
    granted_at: Mapped[datetime | None] = plain()
    granted_by: Mapped[str | None] = personal(String(80))
    seconded_at: Mapped[datetime | None] = plain()
    seconded_by: Mapped[str | None] = personal(String(80))
    ended_at: Mapped[datetime | None] = plain()
    ended_by: Mapped[str | None] = personal(String(80))
    person: Mapped[Person] = relationship(back_populates="grants", foreign_keys=[person_id])
    service: Mapped[Service | None] = relationship()


class Account(Base):
    """A local sign-in of a person, by email address and password."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("person_id"),
        CheckConstraint(paired("disabled_at", "disabled_by"), name="disabled_paired"),
    )
    id: Mapped[UUID] = identity()
    person_id: Mapped[UUID] = personal(ForeignKey("person.id"))
    password_hash: Mapped[str] = personal(String(200))
    must_change: Mapped[bool] = plain(default=False)
    changed_at: Mapped[datetime] = plain()
    disabled_at: Mapped[datetime | None] = plain()
    disabled_by: Mapped[str | None] = personal(String(80))
    person: Mapped[Person] = relationship(lazy="joined")
