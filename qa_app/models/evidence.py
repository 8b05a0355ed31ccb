"""Evidence in words: what was learned, what was changed, what is different for children, and how we know."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, relationship

from qa_app.models.base import Base, identity, paired, personal, plain
from qa_app.models.person import Person, Service, Team


class Evidence(Base):
    """One entry: whose it is and where it counts. Its words are in versions, the newest of which stands.

    Without a service it is the whole council's. `changed_on` of its version is the day from which practice is
    different, so that a measure can be shown before and after it.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint(paired("withdrawn_at", "withdrawn_by"), name="withdrawn_paired"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="withdrawn_has_reason"),
    )
    id: Mapped[UUID] = identity()
    service_id: Mapped[UUID | None] = plain(ForeignKey("service.id"), index=True)
    team_id: Mapped[UUID | None] = plain(
        ForeignKey("team.id"), index=True
    )  # of that service; None where it is all of it
    owner_id: Mapped[UUID] = personal(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime] = plain()
    made_by: Mapped[str] = personal(String(80))
    withdrawn_at: Mapped[datetime | None] = plain()
    withdrawn_by: Mapped[str | None] = personal(String(80))
    withdrawn_reason: Mapped[str] = personal(String(500), default="")
    service: Mapped[Service | None] = relationship(lazy="joined")
    team: Mapped[Team | None] = relationship(lazy="joined")
    owner: Mapped[Person] = relationship(lazy="joined")
    versions: Mapped[list["EvidenceVersion"]] = relationship(
        order_by="EvidenceVersion.version", back_populates="evidence"
    )

    @property
    def current(self) -> "EvidenceVersion":
        """The version that stands."""
        return self.versions[-1]


class EvidenceVersion(Base):
    """One version of an entry's words and of what it is linked to. Insert-only."""

    __tablename__ = "evidence_version"
    __table_args__ = (CheckConstraint("version = 1 OR reason <> ''", name="correction_has_reason"),)
    evidence_id: Mapped[UUID] = plain(ForeignKey("evidence.id"), primary_key=True)
    version: Mapped[int] = plain(primary_key=True, autoincrement=False)
    on: Mapped[date] = plain()  # the day the entry speaks of
    theme_code: Mapped[str | None] = plain(ForeignKey("theme.code"), index=True)
    action_ref: Mapped[str | None] = plain(ForeignKey("plan_action.ref"), index=True)
    measure_key: Mapped[str | None] = plain(ForeignKey("plan_measure.key"), index=True)
    changed_on: Mapped[date | None] = plain()
    led_by: Mapped[str | None] = plain(String(20))  # the kind of page that told it, such as 'dashboard'
    led_from: Mapped[date | None] = plain()  # the first and last month that page showed
    led_to: Mapped[date | None] = plain()
    figure_key: Mapped[str | None] = plain(String(40))  # the figure of audits to watch before and after the change
    learned: Mapped[str] = personal(String(5000))
    changed: Mapped[str] = personal(String(5000))
    different: Mapped[str] = personal(String(5000))
    known: Mapped[str] = personal(String(5000))
    reason: Mapped[str] = personal(String(500), default="")  # why it was corrected
    written_at: Mapped[datetime] = plain()
    written_by: Mapped[str] = personal(String(80))
    evidence: Mapped[Evidence] = relationship(back_populates="versions")
