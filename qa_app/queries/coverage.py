"""How far moderation covers the audits of a month: by grade, team and auditor, and what became of what was drawn."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from audit_forms.grades import BEST_FIRST
from qa_app.access import scope
from qa_app.models import Audit, FrameMember, Judgement, Moderation, Person, SupplementMember, Team
from qa_app.queries.reach import DONE

NOT_GRADED: Final = "not graded"


@dataclass(frozen=True, slots=True)
class Tally:
    """Audits of one kind: all, those drawn, those of them done blind, done otherwise and left, those moderated apart.

    drawn = blind + otherwise + left. ``apart`` were chosen by hand or disputed and are in no figure of the sample.
    """

    audits: int = 0
    drawn: int = 0
    blind: int = 0
    otherwise: int = 0
    left: int = 0
    apart: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.audits + other.audits, self.drawn + other.drawn, self.blind + other.blind,
            self.otherwise + other.otherwise, self.left + other.left, self.apart + other.apart,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Covered:
    """One submitted audit of the month and what moderation made of it."""

    grade: str
    team: str
    auditor: str
    tally: Tally


def covered(session: Session, cycle_id: UUID) -> tuple[Covered, ...]:
    """Every submitted audit of a month. Whoever may come to grade one of them may be shown no more than its team."""
    further = exists().where(SupplementMember.audit_id == Audit.id)
    rows = session.execute(
        select(
            Judgement.grade, Team.name, Person.name, FrameMember.selected | further, Moderation.stream,
            Moderation.mode, Moderation.state,
        )
        .select_from(Audit)
        .join(Team, Team.id == Audit.team_id)
        .join(Person, Person.id == Audit.auditor_id)
        .outerjoin(
            Judgement,
            (Judgement.audit_id == Audit.id) & (Judgement.stage == "auditor") & (Judgement.element == "overall"),
        )
        .outerjoin(FrameMember, FrameMember.audit_id == Audit.id)
        .outerjoin(Moderation, Moderation.audit_id == Audit.id)
        .where(Audit.cycle_id == cycle_id, Audit.state.in_(scope.SUBMITTED))
    )  # fmt: skip
    return tuple(
        Covered(grade or NOT_GRADED, team, auditor, _tally(drawn=bool(drawn), stream=stream, mode=mode, state=state))
        for grade, team, auditor, drawn, stream, mode, state in rows
    )


def _tally(*, drawn: bool, stream: str | None, mode: str | None, state: str | None) -> Tally:
    if stream is not None and stream != "sampled":
        return Tally(audits=1, apart=1)
    if not drawn:
        return Tally(audits=1)
    done = state in DONE
    blind = done and mode == "blind"
    return Tally(audits=1, drawn=1, blind=int(blind), otherwise=int(done and not blind), left=int(not done))


def by_grade(audits: Iterable[Covered]) -> dict[str, Tally]:
    """The tallies of each grade the auditors gave, best first, with the grade's label."""
    sums = _added(audits, lambda one: one.grade)
    labels = {grade.value: grade.label for grade in BEST_FIRST}
    order = [*labels, *sorted(sums.keys() - labels.keys())]
    return {labels.get(key, key.capitalize()): sums[key] for key in order if key in sums}


def by_team(audits: Iterable[Covered]) -> dict[str, Tally]:
    """The tallies of each team, in order of their names."""
    return dict(sorted(_added(audits, lambda one: one.team).items()))


def by_auditor(audits: Iterable[Covered]) -> dict[str, Tally]:
    """The tallies of each auditor, in order of their names."""
    return dict(sorted(_added(audits, lambda one: one.auditor).items()))


def _added(audits: Iterable[Covered], key: Callable[[Covered], str]) -> dict[str, Tally]:
    sums: dict[str, Tally] = {}
    for one in audits:
        sums[key(one)] = sums.get(key(one), Tally()) + one.tally
    return sums
