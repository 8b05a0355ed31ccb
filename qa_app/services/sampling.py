"""The moderation sample of a month: drawn by stratum with a stored seed, and given to independent moderators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from audit_forms.lifecycle import State
from moderation.allocation import NotGiven
from moderation.sampling import Candidate, StratumRule
from moderation.sampling import Draw as Drawing
from moderation.sampling import draw as draw_from
from qa_app.models import Audit, Cycle, Draw, FrameMember, Judgement, Moderation
from qa_app.services import letters, settings
from qa_app.services.events import record
from qa_app.services.moderators import WrongState, hand_out

INADEQUATE = "inadequate"
EVERYTHING_ELSE = "everything else"


class NothingToDraw(LookupError):  # noqa: N818
    """No submitted audit of this month is waiting to be drawn from."""


@dataclass(frozen=True)
class Sample:
    """What came of a draw: the strata with their counts, and the audits nobody may moderate."""

    draw: Draw
    strata: tuple[tuple[str, int, int], ...]  # name, audits, drawn
    without_moderator: tuple[NotGiven, ...]


def rules(session: Session) -> tuple[StratumRule, ...]:
    """The strata in force: every inadequate, and of the rest a share and a least number."""
    rate = Fraction(settings.number(session, "moderated_percent"), 100)
    least = settings.number(session, "moderated_at_least")
    return (
        StratumRule(INADEQUATE, Fraction(1), grades=frozenset({Grade.INADEQUATE.value})),
        StratumRule(EVERYTHING_ELSE, rate, at_least=least),
    )


def candidates(session: Session, cycle: Cycle) -> list[Candidate]:
    """The audits that can be drawn: submitted, and in no earlier draw."""
    rows = session.execute(
        select(Audit.id, Judgement.grade)
        .join(Judgement, (Judgement.audit_id == Audit.id) & (Judgement.element == "overall"))
        .where(
            Audit.cycle_id == cycle.id,
            Audit.state == State.SUBMITTED,
            Judgement.stage == "auditor",
            Audit.id.not_in(select(FrameMember.audit_id)),
        )
    )
    return [Candidate(str(audit_id), grade) for audit_id, grade in rows]


def draw_sample(session: Session, cycle: Cycle, *, seed: str, by: str, at: datetime) -> Sample:
    """Draw the month's sample from what is submitted and not yet drawn from, and allocate its moderators.

    Raises:
        NothingToDraw: there is nothing to draw from.
        WrongState: the month is not released, or is closed.
    """
    if cycle.state != "released":
        raise WrongState("Draw the sample while the month is open: after its release and before it is closed.")
    frame = candidates(session, cycle)
    if not frame:
        raise NothingToDraw("No submitted audit is waiting to be drawn from. Draw when more have come in.")
    drawing = draw_from(frame, seed, rules(session))
    kept = _keep(session, cycle, drawing, frame, by=by, at=at)
    selected = [UUID(audit_id) for audit_id in drawing.selected]
    without = hand_out(session, selected, seed=seed, stream="sampled", at=at)
    strata = tuple((one.rule.name, len(one.audits), len(one.drawn)) for one in drawing.strata)
    record(
        session, "sample.drawn", "cycle", cycle.id, by=by, at=at,
        draw=str(kept.id), seed=seed, frame=len(frame), frame_sha256=drawing.frame_sha256, selected=len(selected),
        without_moderator=len(without),
    )  # fmt: skip
    letters.tell_settled(session, (UUID(one.audit_id) for one in frame), at=at)
    return Sample(kept, strata, without)


def _keep(
    session: Session, cycle: Cycle, drawing: Drawing, frame: Sequence[Candidate], *, by: str, at: datetime
) -> Draw:
    kept = Draw(
        cycle_id=cycle.id,
        kind="moderation",
        seed=drawing.seed,
        rule={
            "strata": [one.rule.text for one in drawing.strata],
            "rules": [_kept(one.rule) for one in drawing.strata],
        },
        frame={"audits": sorted([one.audit_id, one.grade] for one in frame)},
        frame_sha256=drawing.frame_sha256,
        excluded={},
        drawn_at=at,
        drawn_by=by,
    )
    session.add(kept)
    session.flush()
    for stratum in drawing.strata:
        drawn = set(stratum.drawn)
        session.add_all(
            FrameMember(
                draw_id=kept.id,
                audit_id=UUID(audit_id),
                month=cycle.month,
                stratum=stratum.rule.name,
                certainty=stratum.rule.certainty,
                selected=audit_id in drawn,
                chance_numerator=stratum.chance.numerator,
                chance_denominator=stratum.chance.denominator,
            )
            for audit_id in stratum.audits
        )
    session.flush()
    return kept


def _kept(rule: StratumRule) -> dict[str, Any]:
    return {
        "name": rule.name, "rate": str(rule.rate), "at_least": rule.at_least, "grades": sorted(rule.grades),
        "marks": sorted(rule.marks),
    }  # fmt: skip


def choose(session: Session, audit: Audit, *, reason: str, seed: str, by: str, at: datetime) -> Moderation:
    """Have an audit moderated that nobody drew; it is shown apart and never enters the headline.

    Raises:
        WrongState: it is not submitted, or was drawn already.
    """
    return _moderate(session, audit, "chosen", reason=reason, seed=seed, by=by, at=at)


def dispute(session: Session, audit: Audit, *, seed: str, by: str, at: datetime) -> Moderation:
    """Have an audit moderated because its worker disputes it; it is shown apart and never enters the headline.

    Raises:
        WrongState: it is not submitted, or was drawn already.
    """
    return _moderate(session, audit, "disputed", reason="", seed=seed, by=by, at=at)


def _moderate(
    session: Session, audit: Audit, stream: str, *, reason: str, seed: str, by: str, at: datetime
) -> Moderation:
    if audit.state != State.SUBMITTED:
        raise WrongState(f"Only a submitted audit can be chosen. This one is ‘{State(audit.state).label.lower()}’.")
    hand_out(session, [audit.id], seed=seed, stream=stream, at=at)
    record(session, f"moderation.{stream}", "audit", audit.id, by=by, at=at, reason=reason)
    return session.scalars(select(Moderation).where(Moderation.audit_id == audit.id)).one()
