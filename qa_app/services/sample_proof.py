"""Proof that a moderation sample was drawn as recorded: drawn again from the kept seeds, plan and frames."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from audit_forms.lifecycle import State
from moderation import sampling as arithmetic
from moderation.plans import plan_sha256
from qa_app.models import Audit, Draw, Event, FrameMember, Judgement, Moderation, Supplement, SupplementMember
from qa_app.services import sample_record
from qa_app.services.sample_record import is_verifiable

__all__ = ["faults", "is_verifiable"]

ON_ITS_WAY: Final = timedelta(minutes=1)  # what was submitted in the moment of the draw may have missed it


def faults(session: Session, draw: Draw) -> tuple[str, ...]:
    """What does not match when a draw made here, and what was drawn further from it, are made again; nothing if so."""
    first = sample_record.recorded(session, draw)
    return (
        *arithmetic.verify(first, sample_record.frame(draw)),
        *_of_plan(draw),
        *_of_members(session, draw),
        *_of_grades(session, draw),
        *_of_frame(session, draw),
        *_of_event(session, draw),
        *_of_moderations(session, draw),
        *_of_supplements(session, draw, first),
    )


def _of_plan(draw: Draw) -> Iterator[str]:
    kept = draw.rule.get("plan_sha256")  # draws from before there were plans have none
    if kept is not None and kept != plan_sha256(sample_record.rules(draw)):
        yield "The plan is not the one whose hash was recorded with the draw."


def _of_members(session: Session, draw: Draw) -> Iterator[str]:
    """Each audit's chance and whether its stratum is drawn whole, as kept beside it."""
    columns = (FrameMember.chance_numerator, FrameMember.chance_denominator, FrameMember.certainty)
    kept = session.execute(select(FrameMember.stratum, *columns).where(FrameMember.draw_id == draw.id).distinct()).all()
    strata = {one.rule.name: one for one in sample_record.recorded(session, draw).strata}
    for name, top, bottom, certainty in kept:
        stratum = strata.get(name)
        if stratum is None:
            yield f"The stratum ‘{name}’ is not one of the plan."
        elif (Fraction(top, bottom), certainty) != (stratum.chance, stratum.rule.certainty):
            yield f"The chance kept with the audits of ‘{name}’ is not the one they had."


def _of_grades(session: Session, draw: Draw) -> Iterator[str]:
    """The grades of the frame beside those the auditors gave."""
    of_frame = select(FrameMember.audit_id).where(FrameMember.draw_id == draw.id)
    given = session.execute(
        select(Judgement.audit_id, Judgement.grade).where(
            Judgement.audit_id.in_(of_frame), Judgement.stage == "auditor", Judgement.element == "overall"
        )
    )
    now = {str(audit_id): grade for audit_id, grade in given}
    others = sum(now.get(one.audit_id) != one.grade for one in sample_record.frame(draw))
    if others:
        yield f"In the frame with another grade than the auditor gave: {_audits(others)}."


def _of_frame(session: Session, draw: Draw) -> Iterator[str]:
    """Audits that could have been drawn and are in no frame."""
    elsewhere = select(Moderation.audit_id).where(Moderation.allocated_at <= draw.drawn_at)
    missing = session.scalars(
        select(Audit.id).where(
            Audit.cycle_id == draw.cycle_id,
            Audit.submitted_at < draw.drawn_at - ON_ITS_WAY,
            or_(Audit.late_at.is_(None), Audit.late_at < draw.drawn_at - ON_ITS_WAY),
            or_(Audit.state != State.WITHDRAWN, Audit.withdrawn_at > draw.drawn_at),
            Audit.id.not_in(select(FrameMember.audit_id)),
            Audit.id.not_in(elsewhere),
        )
    ).all()
    if missing:
        yield f"Not in the frame, though submitted before the draw and not chosen by hand: {_audits(len(missing))}."


def _of_event(session: Session, draw: Draw) -> Iterator[str]:
    """What the record of changes says of the draw."""
    events = _events(session, draw, "sample.drawn")
    told = next((one for one in events if one.get("draw") == str(draw.id)), None)
    if told is None:
        yield "The record of changes says nothing of this draw."
    elif (told.get("seed"), told.get("frame_sha256")) != (draw.seed, draw.frame_sha256):
        yield "The seed or the frame is not the one in the record of changes."


def _of_moderations(session: Session, draw: Draw) -> Iterator[str]:
    """Audits moderated as drawn without being drawn, and drawn ones that nobody is to moderate."""
    further = select(SupplementMember.audit_id)
    sampled = select(Moderation.audit_id).where(Moderation.stream == "sampled")
    drawn = FrameMember.selected | FrameMember.audit_id.in_(further)
    here = select(FrameMember.audit_id).where(FrameMember.draw_id == draw.id)
    added = session.scalars(here.where(~drawn, FrameMember.audit_id.in_(sampled))).all()
    lost = session.scalars(here.where(drawn, FrameMember.audit_id.not_in(sampled))).all()
    if added:
        yield f"Moderated as if drawn, and not drawn: {_audits(len(added))}."
    if lost:
        yield f"Drawn, and not among the moderations: {_audits(len(lost))}."


def _of_supplements(session: Session, draw: Draw, first: arithmetic.Draw) -> Iterator[str]:
    rows = sample_record.further(session, draw.id)
    kept = sample_record.supplements(session, draw)
    told = {one.get("supplement"): one for one in _events(session, draw, "sample.supplemented")}
    for at, (row, one) in enumerate(zip(rows, kept, strict=True)):
        event = told.get(str(row.id), {})
        again = arithmetic.verify_supplement(first, one, kept[:at])
        if again or arithmetic.pool_sha256(one.pool) != row.frame_sha256 or len(one.drawn) != row.extra:
            yield f"The further draw {row.number} from ‘{row.stratum}’ is not the one its seed and frame draw."
        if (event.get("seed"), event.get("frame_sha256")) != (row.seed, row.frame_sha256):
            yield f"The further draw {row.number} is not the one in the record of changes."
        yield from _left_out(session, row, first, kept[:at])


def _left_out(
    session: Session, row: Supplement, first: arithmetic.Draw, earlier: tuple[arithmetic.Supplement, ...]
) -> Iterator[str]:
    """Audits that could have been drawn further and were kept out: neither withdrawn by then nor chosen by hand."""
    stratum = next((one for one in first.strata if one.rule.name == row.stratum), None)
    if stratum is None:
        return
    drawn = {*stratum.drawn, *(audit_id for one in earlier for audit_id in one.drawn)}
    out = set(stratum.audits) - drawn - set(row.frame)
    gone = session.scalars(
        select(Audit.id)
        .outerjoin(Moderation, Moderation.audit_id == Audit.id)
        .where(
            Audit.cycle_id == sample_record.cycle_of(session, session.get_one(Draw, row.draw_id)).id,
            or_(Audit.withdrawn_at <= row.drawn_at, Moderation.allocated_at <= row.drawn_at),
        )
    )
    if out - {str(one) for one in gone}:
        yield f"Audits that could have been drawn were kept out of the further draw {row.number}."


def _events(session: Session, draw: Draw, action: str) -> list[dict[str, Any]]:
    query = select(Event.detail).where(
        Event.action == action, Event.object_kind == "cycle", Event.object_id == str(draw.cycle_id)
    )
    return list(session.scalars(query))


def _audits(n: int) -> str:
    return "1 audit" if n == 1 else f"{n} audits"
