"""What a draw of cases is made from, kept so that the same draw can be made again, and the log of what it left out."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from moderation.case_draw import Auditor, CaseDraw, draw_cases, exclusion
from moderation.case_draw import Case as Candidate
from moderation.independence import CaseTies, Person, case_conflicts
from qa_app.models import Cycle, Draw, LeftOut
from qa_app.queries.candidates import NOT_PICKED, Lens, candidates
from qa_app.queries.ties import judges
from qa_app.services import settings
from qa_app.services.events import record

TIED_TO_ALL: Final = "tied to every auditor of the draw"


@dataclass(frozen=True, slots=True)
class Choice:
    """How the cases of a draw are chosen: the stream its audits carry, what it looks at, and quotas by stratum.

    `rule` says the same in plain values, kept with the draw; `title` is what it is about in somebody's words.
    """

    stream: str = "random"
    lens: Lens = field(default_factory=Lens)
    quotas: Mapping[str, int] = field(default_factory=dict)
    rule: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """Who audits how many, every case, the month, how many months before it count as lately, and the quotas."""

    auditors: tuple[Auditor, ...]
    cases: tuple[Candidate, ...]
    month: date
    within: int
    quotas: Mapping[str, int]

    def draw(self, seed: str) -> CaseDraw:
        """The draw this seed makes."""
        return draw_cases(self.auditors, self.cases, self.month, seed, within=self.within, quotas=self.quotas)

    def pool(self) -> list[tuple[Candidate, list[str]]]:
        """The cases that can be drawn, each with the auditors tied to it."""
        return [
            (case, sorted(one.person.person_id for one in self.auditors if case_conflicts(one.person, case.ties)))
            for case in self.cases
            if not exclusion(case, self.month, self.within)
        ]

    def left_out(self, pool: Iterable[tuple[Candidate, list[str]]]) -> list[tuple[UUID, str]]:
        """Each case that could go to nobody, with its reason."""
        reasons = [(case.case_id, exclusion(case, self.month, self.within)) for case in self.cases]
        tied = [(case.case_id, TIED_TO_ALL) for case, ties in pool if len(ties) == len(self.auditors)]
        return [(UUID(one), reason) for one, reason in (*reasons, *tied) if reason not in ("", NOT_PICKED)]


def frame(session: Session, cycle: Cycle, wanted: Mapping[UUID, int], choice: Choice) -> Frame:
    """What a draw of this cycle for these auditors would be made from."""
    known = judges(session)
    auditors = tuple(Auditor(known[person_id], expected) for person_id, expected in wanted.items())
    within = 0 if choice.lens.picked is not None else settings.number(session, "audited_within_months")
    return Frame(auditors, candidates(session, cycle, known, choice.lens), cycle.month, within, choice.quotas)


def available(session: Session, cycle: Cycle) -> dict[str, int]:
    """How many cases could be drawn this month, by service and plan type."""
    pool = frame(session, cycle, {}, Choice(lens=Lens(again=True))).pool()
    return dict(sorted(Counter(case.stratum for case, _ in pool).items()))


def keep(
    session: Session, cycle: Cycle, made_from: Frame, found: CaseDraw, choice: Choice, *, what: str, reason: str,
    by: str, at: datetime,
) -> Draw:  # fmt: skip
    """Store a draw so that it can be made again. What is free text stands with the frame."""
    pool = made_from.pool()
    cases = sorted([case.case_id, ties, *([case.stratum] if choice.quotas else [])] for case, ties in pool)
    drawable = {
        "auditors": sorted([one.person.person_id, one.expected] for one in made_from.auditors),
        "cases": cases,
    }
    rule = {"what": what, "kind": choice.stream, "audited_within_months": made_from.within, "pool": found.pool,
            "given": len(found.assigned), "quotas": dict(choice.quotas),
            "quotas_given": {one.stratum: one.given for one in found.quotas}, **choice.rule}  # fmt: skip
    kept = Draw(
        id=uuid4(),
        cycle_id=cycle.id,
        kind="cases",
        seed=found.seed,
        rule={**rule, "ruled_out": dict(found.ruled_out)},
        frame={**drawable, "reason": reason.strip(), "title": choice.title},
        frame_sha256=hashlib.sha256(json.dumps(drawable, separators=(",", ":")).encode()).hexdigest(),
        excluded={reason: n for reason, n in found.excluded if reason != NOT_PICKED},
        drawn_at=at,
        drawn_by=by,
    )
    session.add(kept)
    session.flush()
    if what in LOGGED:
        _log(session, kept.id, made_from.left_out(pool))
    given = len(found.assigned)
    record(
        session, f"cases.{what}", "draw", kept.id, by=by, at=at, cycle=str(cycle.id), given=given, kind=choice.stream
    )
    return kept


LOGGED: Final = ("draw", "redraw", "picked")  # one case swapped or replaced is drawn from what a draw has logged


def _log(session: Session, draw_id: UUID, left: list[tuple[UUID, str]]) -> None:
    """Why each case was left out, all in one insert."""
    if left:
        session.execute(
            insert(LeftOut),
            [{"id": uuid4(), "draw_id": draw_id, "case_id": case_id, "reason": reason} for case_id, reason in left],
        )


def drawn_again(kept: Draw) -> CaseDraw:
    """The draw made again from what was stored of it: it gives the same assignment."""
    wanted = [Auditor(Person(person_id), expected) for person_id, expected in kept.frame["auditors"]]
    pool = [
        # A case whose only ties are the auditors it may not go to.
        Candidate(case_id, CaseTies(worker_managers=tuple(tied)), stratum=stratum[0] if stratum else "")
        for case_id, tied, *stratum in kept.frame["cases"]
    ]
    any_month = kept.drawn_at.date()
    return draw_cases(wanted, pool, any_month, kept.seed, quotas=kept.rule.get("quotas", {}))
