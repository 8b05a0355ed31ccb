"""How staff of each service are supported: recorded counts that stand, side by side, with audit evidence beside."""

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from moderation.statistics.homogeneity import Alike, homogeneity
from moderation.statistics.share import Share
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.models import Answers, Audit, Service, SupportCount

SUPERVISION_TOOL: Final = "supervision"
INTERVALS: Final = ("child_one_interval", "child_two_interval", "child_three_interval")
WORDS: Final = {
    Alike.DIFFER: "The services differ by more than chance would explain.",
    Alike.NOT_CLEAR: "No clear difference between the services. That is no proof that they are alike.",
    Alike.TOO_FEW: "There are too few to say whether the services differ.",
}


class KindOfCount(NamedTuple):
    """What is counted: its title, what k and what n are."""

    title: str
    k: str
    n: str


KINDS: Final = {
    "conversations": KindOfCount("Annual conversations", "people with a conversation in the last year", "people"),
    "group": KindOfCount("Group supervision", "teams that held it in the period", "teams"),
    "supervision": KindOfCount("Supervision held", "supervisions held", "supervisions due"),
}


class Period(NamedTuple):
    """A month or a quarter, by its first and last day."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class OfService:
    """What stands for one service: the recorded count, where it is from, and what supervision audits found."""

    service: Service
    row: SupportCount
    share: Share
    audits: Share


@dataclass(frozen=True, slots=True)
class Compared:
    """One kind of support over one period: the services this reader may see, the council, and what may be said."""

    kind: str
    services: tuple[OfService, ...]
    council: Share
    of_services: int
    words: str


def standing(session: Session) -> list[SupportCount]:
    """Every count that stands: neither corrected nor taken back."""
    return list(session.scalars(_standing().order_by(SupportCount.period_to.desc(), SupportCount.id)))


def periods(session: Session) -> list[Period]:
    """The periods that have counts, the newest first, the longer of two that end together last."""
    found = {Period(one.period_from, one.period_to) for one in standing(session)}
    return sorted(found, key=lambda one: (one.last, one.first), reverse=True)


def last_of(session: Session, service_id: UUID, kind: str, first: date, last: date) -> SupportCount | None:
    """The newest row for a service and period, whether it counts or takes back; None where nothing was ever said."""
    later = aliased(SupportCount)
    return session.scalar(
        select(SupportCount).where(
            SupportCount.service_id == service_id, SupportCount.kind == kind, SupportCount.period_from == first,
            SupportCount.period_to == last, ~select(later.id).where(later.corrects_id == SupportCount.id).exists(),
        )
    )  # fmt: skip


def history(session: Session, actor: Actor, period: Period) -> list[SupportCount]:
    """Every row of a period for the services this person may see, the newest first."""
    query = select(SupportCount).where(SupportCount.period_from == period.first, SupportCount.period_to == period.last)
    led = scope.services_led(actor)
    if led is not None:
        query = query.where(SupportCount.service_id.in_(sorted(led)))
    return list(session.scalars(query.order_by(SupportCount.id.desc())))


def compared(session: Session, actor: Actor, period: Period) -> tuple[Compared, ...]:
    """Each kind of support over a period; a Head of Service sees their services beside the council's sum."""
    led = scope.services_led(actor)
    found = []
    for kind in KINDS:
        rows = [one for one in standing(session) if one.kind == kind and _of(one) == period]
        if not rows:
            continue
        shares = {one.service_id: Share(one.k or 0, one.n or 0) for one in rows}
        audits = interval_met(session, actor, period) if kind == "supervision" else {}
        seen = [one for one in rows if led is None or one.service_id in led]
        found.append(
            Compared(
                kind,
                tuple(
                    OfService(one.service, one, shares[one.service_id], audits.get(one.service_id, Share(0, 0)))
                    for one in sorted(seen, key=lambda one: one.service.name)
                ),
                sum(shares.values(), Share(0, 0)),
                len(rows),
                WORDS[homogeneity(list(shares.values())).verdict],
            )
        )
    return tuple(found)


def interval_met(session: Session, actor: Actor, period: Period) -> dict[UUID, Share]:
    """By service, of the children in supervision audits submitted in a period, for how many the local rule was kept.

    Only audits this reader may open are counted, so nobody learns of one they have yet to grade.
    """
    rows = session.execute(
        scope.readable_audits(actor)
        .join(Answers, (Answers.audit_id == Audit.id) & (Answers.stage == "auditor"))
        .where(
            Audit.tool_key == SUPERVISION_TOOL,
            Audit.submitted_on >= period.first,
            Audit.submitted_on <= period.last,
            Audit.state != "withdrawn",
        )
        .with_only_columns(Audit.service_id, Answers.answers)
    )
    found: dict[UUID, Share] = {}
    for service_id, said in rows:
        given = [said[key] for key in INTERVALS if said.get(key) in ("yes", "partly", "no")]
        here = Share(sum(one == "yes" for one in given), len(given))
        found[service_id] = found.get(service_id, Share(0, 0)) + here
    return found


def _standing() -> Select[SupportCount]:
    later = aliased(SupportCount)
    corrected = select(later.id).where(later.corrects_id == SupportCount.id).exists()
    return select(SupportCount).where(~corrected, SupportCount.k.is_not(None))


def _of(row: SupportCount) -> Period:
    return Period(row.period_from, row.period_to)
