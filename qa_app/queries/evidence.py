"""Evidence as it is listed and counted: the newest version of each entry that stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, contains_eager

from qa_app.access.actor import Actor
from qa_app.access.evidence import readable
from qa_app.models import Evidence, EvidenceVersion, PlanAction, PlanMeasure, Service, Theme

MOST = 200
WHOLE = "Whole council"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many entries there are, how recent the newest is, and from which services they come."""

    entries: int
    newest: date
    services: tuple[str, ...]


def listed(
    session: Session, actor: Actor, *, measure: str = "", action: str = "", theme: str = ""
) -> list[EvidenceVersion]:
    """The entries this person may read, the newest day first; of one measure, action or theme where asked."""
    found = (
        select(EvidenceVersion)
        .join(Evidence, Evidence.id == EvidenceVersion.evidence_id)
        .where(readable(actor), _newest())
        .options(contains_eager(EvidenceVersion.evidence))
        .order_by(EvidenceVersion.on.desc(), EvidenceVersion.written_at.desc())
        .limit(MOST)
    )
    for column, wanted in (
        (EvidenceVersion.measure_key, measure), (EvidenceVersion.action_ref, action),
        (EvidenceVersion.theme_code, theme),
    ):  # fmt: skip
        if wanted:
            found = found.where(column == wanted)
    return list(session.scalars(found))


def tallies(session: Session, *, until: date | None = None) -> dict[str, Tally]:
    """The entries that stand, by the measure they are evidence for; `until` leaves out those of later days."""
    found = (
        select(EvidenceVersion.measure_key, EvidenceVersion.on, func.coalesce(Service.name, WHOLE))
        .join(Evidence, Evidence.id == EvidenceVersion.evidence_id)
        .outerjoin(Service, Service.id == Evidence.service_id)
        .where(Evidence.withdrawn_at.is_(None), EvidenceVersion.measure_key.is_not(None), _newest())
    )
    if until is not None:
        found = found.where(EvidenceVersion.on <= until)
    gathered: dict[str, list[tuple[date, str]]] = {}
    for key, day, service in session.execute(found):
        gathered.setdefault(str(key), []).append((day, service))
    return {
        key: Tally(len(entries), max(day for day, _ in entries), tuple(sorted({service for _, service in entries})))
        for key, entries in gathered.items()
    }


def names(session: Session) -> Mapping[str, str]:
    """What the plan's measures and actions and the themes are called, by their key, reference or code."""
    made: dict[str, str] = dict(session.execute(select(PlanMeasure.key, PlanMeasure.title)).all())
    made |= {ref: f"{ref} {title}" for ref, title in session.execute(select(PlanAction.ref, PlanAction.title))}
    return made | dict(session.execute(select(Theme.code, Theme.label)).all())


def _newest() -> ColumnElement[bool]:
    later = EvidenceVersion.__table__.alias()
    newest = select(func.max(later.c.version)).where(later.c.evidence_id == EvidenceVersion.evidence_id)
    return EvidenceVersion.version == newest.scalar_subquery()
