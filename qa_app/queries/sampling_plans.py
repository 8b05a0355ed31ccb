"""Sampling plans as people read them: who belongs to each stratum, in words, and every version with who, when, why."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import BEST_FIRST, Grade
from moderation.plans import StratumRule, from_plain
from qa_app.models import Cycle, SamplingPlan, Service, Team
from qa_app.queries.doers import doer
from qa_app.queries.sampling_frames import NEW_AUDITOR, SERVICE, STREAM, TEAM

STREAMS: Final[Mapping[str, str]] = {
    "random": "drawn at random",
    "stratified": "drawn by service and plan type",
    "thematic": "drawn for a theme",
    "closure": "closed cases",
    "targeted": "picked by hand",
    "re_audit": "re-audits",
}
EVERYTHING_ELSE: Final = "Every audit that belongs to none above"
EVERY_AUDIT: Final = "Every audit"


class Names(NamedTuple):
    """What services and teams are called, by their identity as text."""

    services: Mapping[str, str]
    teams: Mapping[str, str]


class Version(NamedTuple):
    """A plan as it was saved; without strata it says that the month follows the standing plan."""

    number: int
    at: datetime
    who: str
    reason: str
    strata: tuple[str, ...]


def names(session: Session) -> Names:
    """The services and teams there are, in order of their names."""
    services = session.execute(select(Service.id, Service.name).order_by(Service.name))
    teams = session.execute(select(Team.id, Team.name).order_by(Team.name))
    return Names({str(one): name for one, name in services}, {str(one): name for one, name in teams})


def belongs(rule: StratumRule, known: Names, *, alone: bool = False) -> str:
    """Which audits a stratum takes, in words; ``alone`` when it is the only one of its plan."""
    if rule.takes_everything_else:
        return EVERY_AUDIT if alone else EVERYTHING_ELSE
    return "; ".join(_questions(rule, known))


def _questions(rule: StratumRule, known: Names) -> Iterator[str]:
    if rule.grades:
        yield f"graded {_either([grade.label.lower() for grade in BEST_FIRST if grade in map(Grade, rule.grades)])}"
    for question, words in ((SERVICE, known.services), (TEAM, known.teams), (STREAM, STREAMS)):
        answers = answers_to(rule, question)
        if answers:
            said = sorted(words.get(one, "no longer known") for one in answers)
            yield {SERVICE: "of the service ", TEAM: "of the team ", STREAM: "chosen as "}[question] + _either(said)
    if NEW_AUDITOR in rule.marks:
        yield "by new auditors"


def answers_to(rule: StratumRule, question: str) -> list[str]:
    """The answers a stratum names to a question, such as the teams it takes audits of."""
    return [mark.partition(":")[2] for mark in sorted(rule.marks) if mark.startswith(f"{question}:")]


def history(session: Session, cycle: Cycle | None) -> tuple[Version, ...]:
    """Every version of a month's own plan or of the standing one, newest first."""
    whose = SamplingPlan.cycle_id.is_(None) if cycle is None else SamplingPlan.cycle_id == cycle.id
    rows = session.scalars(select(SamplingPlan).where(whose).order_by(SamplingPlan.number.desc())).all()
    return tuple(
        Version(one.number, one.made_at, doer(session, one.made_by), one.reason, texts(from_plain(one.strata)))
        for one in rows
    )


def texts(rules: Iterable[StratumRule]) -> tuple[str, ...]:
    """The strata in words, such as 'everything else: 15%, at least 4'."""
    return tuple(rule.text for rule in rules)


def _either(words: Collection[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
