"""The cases a draw may take from: all of them, those of a theme, those closed lately or those picked; and why not."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from audit_forms.lifecycle import State
from moderation.case_draw import Case as Candidate
from moderation.independence import Person
from qa_app.models import Audit, Case, Cycle, Service, Team
from qa_app.queries.ties import case_ties, declared

CLOSED: Final = "closed to the council"
UNLISTED: Final = "known only from an imported register"
NO_TEAM: Final = "without a team"
IN_CYCLE: Final = "already in this cycle"
SET_ASIDE: Final = "set aside by the QA lead"
NOT_CLOSED: Final = "not closed lately"
OFF_THEME: Final = "outside the theme"
NOT_PICKED: Final = "not among the cases picked"
NO_PLAN: Final = "No plan recorded"
DRAWN: Final = ("random", "stratified", "thematic", "closure")  # what drawing a month again puts back
GONE = (State.HANDED_BACK.value, State.WITHDRAWN.value, State.NOT_DONE.value)


@dataclass(frozen=True, slots=True)
class Lens:
    """Which cases a draw looks at; what is empty rules nothing out.

    `listed` are the only cases of a theme, `picked` the only ones of a choice by hand: those may be closed, audited
    before or in the cycle already. With `closed_since` only cases closed since are looked at. With `again` a case that
    was drawn for the cycle before is in, for it will be put back.
    """

    services: frozenset[UUID] = frozenset()
    plan_types: frozenset[str] = frozenset()
    age_bands: frozenset[str] = frozenset()
    listed: frozenset[UUID] | None = None
    picked: frozenset[UUID] | None = None
    closed_since: datetime | None = None
    apart: frozenset[UUID] = frozenset()
    again: bool = False


def candidates(session: Session, cycle: Cycle, known: Mapping[UUID, Person], lens: Lens) -> tuple[Candidate, ...]:
    """Every case known, with its ties, the months it was audited in and, where it is out of the draw, why in words.

    An audit that was handed back, withdrawn or not done is no audit here.
    """
    audited = {} if lens.picked is not None else _audited(session, cycle)
    there = select(Audit.case_id).where(Audit.cycle_id == cycle.id, Audit.case_id.is_not(None))
    here = set(session.scalars(there.where(Audit.stream.not_in(DRAWN)) if lens.again else there))
    needed = (
        Case.listed, Case.open, Case.team_id, Case.worker_id, Case.reviewer_id, Case.plan_type, Case.age_band,
        Case.changed_at,
    )  # fmt: skip
    cases = session.scalars(select(Case).options(load_only(*needed)).order_by(Case.id))
    places = {team: (service, name) for team, service, name in session.execute(
        select(Team.id, Service.id, Service.name).join(Service, Service.id == Team.service_id))}  # fmt: skip
    reasons, conflicts = _Reasons(here, lens, places), declared(session)
    return tuple(
        Candidate(
            str(case.id),
            case_ties(case, known, declared=conflicts.get(case.id, frozenset())),
            frozenset(audited.get(case.id, ())),
            reasons.of(case),
            stratum(case, places),
        )
        for case in cases
    )


def stratum(case: Case, places: Mapping[UUID, tuple[UUID, str]]) -> str:
    """The class of a case: its service and its plan type, in words."""
    _, name = places.get(case.team_id, (None, "")) if case.team_id else (None, "")
    return f"{name}: {case.plan_type or NO_PLAN}"


def kinds(session: Session) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The plan types and the age bands of the open cases of the case list, by name."""
    standing = (Case.open, Case.listed)
    plans = session.scalars(select(Case.plan_type).where(*standing, Case.plan_type != "").distinct())
    ages = session.scalars(select(Case.age_band).where(*standing, Case.age_band != "").distinct())
    return tuple(sorted(plans)), tuple(sorted(ages))


def _audited(session: Session, cycle: Cycle) -> dict[UUID, set[date]]:
    """The months each case was audited in with the tool of this cycle."""
    audited: dict[UUID, set[date]] = {}
    for case_id, month in session.execute(
        select(Audit.case_id, Audit.month)
        .where(Audit.state.not_in(GONE), Audit.tool_key == cycle.tool_key, Audit.case_id.is_not(None))
        .distinct()
    ):
        if case_id is not None:
            audited.setdefault(case_id, set()).add(month)
    return audited


class _Reasons(NamedTuple):
    """Why a case is out of every draw of its cycle: the first reason that fits."""

    here: Set[UUID | None]
    lens: Lens
    places: Mapping[UUID, tuple[UUID, str]]

    def of(self, case: Case) -> str:
        lens = self.lens
        if lens.picked is not None:
            reasons: tuple[tuple[bool, str], ...] = (
                (case.id not in lens.picked, NOT_PICKED), (case.team_id is None, NO_TEAM),
            )  # fmt: skip
        else:
            reasons = (
                (not case.listed, UNLISTED),
                (lens.closed_since is None and not case.open, CLOSED),
                (lens.closed_since is not None and self._open_or_long_closed(case), NOT_CLOSED),
                (case.team_id is None, NO_TEAM),
                (self._off_theme(case), OFF_THEME),
                (case.id in self.here, IN_CYCLE),
                (case.id in lens.apart, SET_ASIDE),
            )
        return next((reason for holds, reason in reasons if holds), "")

    def _open_or_long_closed(self, case: Case) -> bool:
        return case.open or (self.lens.closed_since is not None and case.changed_at < self.lens.closed_since)

    def _off_theme(self, case: Case) -> bool:
        lens = self.lens
        service = self.places[case.team_id][0] if case.team_id else None
        return (
            (lens.listed is not None and case.id not in lens.listed)
            or bool(lens.services and service not in lens.services)
            or bool(lens.plan_types and case.plan_type not in lens.plan_types)
            or bool(lens.age_bands and case.age_band not in lens.age_bands)
        )
