"""The strata of each month's draws, counted: their audits, those selected, and what became of these."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from moderation.plans import from_plain
from moderation.statistics.facts import BLIND, OVERRIDDEN, FrameCount
from qa_app.models import Audit, Cycle, Draw, FrameMember, Moderation, SupplementMember
from qa_app.queries.reach import DONE, TOOL, Reach, during, kept, within

KEYS = (FrameMember.month, FrameMember.stratum, FrameMember.certainty)


class Place(NamedTuple):
    """Where a stratum stands in its month's plan, and what its rule says of how many are drawn."""

    order: int
    rule: str


def frame(session: Session, reach: Reach) -> Iterator[FrameCount]:
    """The strata of each month in the order of its plan, certainty strata first; those drawn further are selected."""
    limits = _limits(reach)
    later = session.scalars(select(SupplementMember.audit_id)).all()  # few or none, so they are looked up one by one
    members, further = _members(session, limits, later)
    became = _became(session, limits, later)
    places = _places(session)
    unknown = Place(0, "")
    strata = {(month, stratum, certainty) for month, stratum, certainty, _ in members}
    order = {one: (one[0], not one[2], places.get(one[:2], unknown).order, one[1]) for one in strata}
    for key in sorted(strata, key=order.__getitem__):
        first, rest = members[*key, True], members[*key, False]
        selected = first + further[key]
        done_blind, otherwise = became[*key, True], became[*key, False]
        left = selected - done_blind - otherwise
        rule = places.get(key[:2], unknown).rule
        yield FrameCount(*key, first + rest, selected, done_blind, otherwise, left, rule)


def _members(
    session: Session, limits: list[ColumnElement[bool]], later: Sequence[UUID]
) -> tuple[Counter[Any], Counter[Any]]:
    """The audits of each stratum by whether the first draw took them, and those drawn further."""
    drawn = select(*KEYS, FrameMember.selected, func.count()).where(*limits).group_by(*KEYS, FrameMember.selected)
    members = Counter[tuple[Any, ...]]()
    for month, stratum, certainty, selected, n in session.execute(drawn):
        members[month, stratum, certainty, bool(selected)] = n
    further = Counter[tuple[Any, ...]]()
    if later:
        more = select(*KEYS, func.count()).where(FrameMember.audit_id.in_(later), *limits).group_by(*KEYS)
        for month, stratum, certainty, n in session.execute(more):
            further[month, stratum, certainty] = n
    return members, further


def _became(session: Session, limits: list[ColumnElement[bool]], later: Sequence[UUID]) -> Counter[Any]:
    """Of the audits selected, how many were moderated blind, and how many otherwise."""
    blind = and_(Moderation.mode == BLIND, Moderation.independence != OVERRIDDEN)
    done = (
        select(*KEYS, blind, func.count())
        .select_from(Moderation)
        .join(FrameMember, FrameMember.audit_id == Moderation.audit_id)
        .where(Moderation.state.in_(DONE), Moderation.stream == "sampled", *limits)
        .group_by(*KEYS, blind)
    )
    drawn = [done.where(FrameMember.selected), *([done.where(FrameMember.audit_id.in_(later))] if later else ())]
    counted = Counter[tuple[Any, ...]]()
    for query in drawn:
        for month, stratum, certainty, mode, n in session.execute(query):
            counted[month, stratum, certainty, bool(mode)] += n
    return counted


def _places(session: Session) -> dict[tuple[date, str], Place]:
    """Each stratum of the draws made here; the draws of a month were made by one plan."""
    rows = session.execute(
        select(Cycle.month, Draw.rule)
        .join(Cycle, Cycle.id == Draw.cycle_id)
        .where(Draw.kind == "moderation", Cycle.tool_key == TOOL)
    )
    return {
        (month, one.name): Place(at, one.draws)
        for month, rule in rows
        for at, one in enumerate(from_plain(rule.get("rules", ())))
    }


def _limits(reach: Reach) -> list[ColumnElement[bool]]:
    """Members of this tool's frames, in this part of the council, still standing."""
    # Said of the draws of other tools, which are few or none: then the counting stays in the order of its index.
    elsewhere = select(Draw.id).join(Cycle, Cycle.id == Draw.cycle_id).where(Cycle.tool_key != TOOL)
    limits = [FrameMember.draw_id.not_in(elsewhere), kept(FrameMember.audit_id, reach)]
    part = within(replace(reach, months=None), None, Audit.service_id, Audit.team_id, Audit.id)
    if part:
        of = (Audit.tool_key == TOOL, *during(reach, Audit.month), *part)
        limits.append(FrameMember.audit_id.in_(select(Audit.id).where(*of)))
    return [*limits, *during(reach, FrameMember.month)]
