"""A draw and its further draws as their rows say they were made."""

from collections import defaultdict
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import sampling as arithmetic
from moderation.plans import Candidate, StratumRule, from_plain
from qa_app.models import Cycle, Draw, FrameMember, Supplement, SupplementMember


def is_verifiable(draw: Draw) -> bool:
    """Whether a draw was made here; one that an imported register speaks of cannot be made again."""
    return "rules" in draw.rule


def rules(draw: Draw) -> tuple[StratumRule, ...]:
    """The plan a draw was made by."""
    return from_plain(draw.rule["rules"])


def frame(draw: Draw) -> list[Candidate]:
    """The audits a draw was made from, with their grades and marks at the time."""
    return [Candidate(audit_id, grade, frozenset(*marks)) for audit_id, grade, *marks in draw.frame["audits"]]


def recorded(session: Session, draw: Draw) -> arithmetic.Draw:
    """A draw as the rows of its members say it was."""
    members: dict[str, list[FrameMember]] = defaultdict(list)
    for member in session.scalars(select(FrameMember).where(FrameMember.draw_id == draw.id)):
        members[member.stratum].append(member)
    strata = tuple(
        arithmetic.DrawnStratum(
            rule,
            tuple(sorted(str(one.audit_id) for one in members[rule.name])),
            tuple(sorted(str(one.audit_id) for one in members[rule.name] if one.selected)),
        )
        for rule in rules(draw)
    )
    return arithmetic.Draw(draw.seed, strata, draw.frame_sha256)


def further(session: Session, draw_id: UUID) -> tuple[Supplement, ...]:
    """The further draws from what a draw left, in the order they were made."""
    query = select(Supplement).where(Supplement.draw_id == draw_id).order_by(Supplement.number)
    return tuple(session.scalars(query))


def supplements(session: Session, draw: Draw) -> tuple[arithmetic.Supplement, ...]:
    """The further draws with the audits they took."""
    kept = further(session, draw.id)
    taken: dict[UUID, list[str]] = defaultdict(list)
    members = select(SupplementMember).where(SupplementMember.supplement_id.in_([one.id for one in kept]))
    for member in session.scalars(members):
        taken[member.supplement_id].append(str(member.audit_id))
    return tuple(
        arithmetic.Supplement(
            one.seed, one.stratum, one.reason, tuple(one.frame), tuple(sorted(taken[one.id])),
            Fraction(one.chance_numerator, one.chance_denominator),
        )
        for one in kept
    )  # fmt: skip


def cycle_of(session: Session, draw: Draw) -> Cycle:
    """The cycle a draw belongs to."""
    return session.get_one(Cycle, draw.cycle_id)
