"""Proof that a moderation sample was drawn as recorded: drawn again from the kept seed, rules and frame."""

from collections import defaultdict
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.sampling import Candidate, DrawnStratum, StratumRule, verify
from moderation.sampling import Draw as Drawing
from qa_app.models import Draw, FrameMember


def is_verifiable(kept: Draw) -> bool:
    """Whether a draw was made here; one that an imported register speaks of cannot be made again."""
    return "rules" in kept.rule


def faults(session: Session, kept: Draw) -> tuple[str, ...]:
    """What does not match when a draw made here is made again; nothing when it was drawn so."""
    frame = [Candidate(audit_id, grade) for audit_id, grade in kept.frame["audits"]]
    return verify(_recorded(session, kept), frame)


def _recorded(session: Session, kept: Draw) -> Drawing:
    """The draw as its rows say it was."""
    members: dict[str, list[FrameMember]] = defaultdict(list)
    for member in session.scalars(select(FrameMember).where(FrameMember.draw_id == kept.id)):
        members[member.stratum].append(member)
    strata = tuple(
        DrawnStratum(
            rule,
            tuple(sorted(str(one.audit_id) for one in members[rule.name])),
            tuple(sorted(str(one.audit_id) for one in members[rule.name] if one.selected)),
        )
        for rule in _rules(kept)
    )
    return Drawing(kept.seed, strata, kept.frame_sha256)


def _rules(kept: Draw) -> tuple[StratumRule, ...]:
    return tuple(
        StratumRule(
            one["name"], Fraction(one["rate"]), one["at_least"], frozenset(one["grades"]), frozenset(one["marks"])
        )
        for one in kept.rule["rules"]
    )
