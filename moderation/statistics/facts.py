"""The counts every figure is made of, in the shapes a few GROUP BYs deliver.

People, teams and services are whatever text names them for the reader of the result: an identity or a name. Grades are
stored codes (``audit_forms.grades``). Withdrawn audits are in none of the counts.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from moderation.statistics.months import Month

OVERALL: Final = "overall"
AUDITOR: Final = "auditor"
FINAL: Final = "final"
SAMPLED: Final = "sampled"
BLIND: Final = "blind"
OVERRIDDEN: Final = "overridden"


class GradeCount(NamedTuple):
    """How many submitted audits have this judgement of an element.

    ``basis`` is 'auditor' (as submitted) or 'final' (the moderated outcome where there is one, else the auditor's).
    """

    month: date
    service: str
    team: str
    element: str
    basis: str
    grade: str
    n: int


class PairCount(NamedTuple):
    """How many completed moderations have this pair of judgements of an element.

    ``stratum`` is that of the audit in its month's frame. ``moderator_grade`` is the first, independent one. ``mode``
    is blind, sighted or joint, or 'overridden' where two people let somebody moderate who was tied to the audit.
    ``team`` is the team whose case was audited, where teams were kept apart.
    """

    month: date
    stratum: str
    stream: str
    mode: str
    element: str
    auditor: str
    moderator: str
    auditor_grade: str
    moderator_grade: str
    n: int
    team: str = ""


class FrameCount(NamedTuple):
    """A stratum of a month's frame: all its audits, how many were selected, and what became of those.

    selected = done_blind + done_otherwise + not_done. Rows come in the order the strata have in their plan, for a small
    stratum is joined to the one beside it. ``rule`` says how many the plan draws of it, such as '15%, at least 4'; it
    is empty where the draw was not made here.
    """

    month: date
    stratum: str
    certainty: bool
    audits: int
    selected: int
    done_blind: int
    done_otherwise: int
    not_done: int
    rule: str = ""


class ChronologyCount(NamedTuple):
    """Of n audited children, k have a chronology that is present, up to date, comprehensive and used."""

    month: date
    service: str
    team: str
    k: int
    n: int


class ExpectationCount(NamedTuple):
    """Of the people of a role group who were expected to audit in a month, how many did so by the due date.

    ``excused`` people are not among ``expected``. ``apart``: shown, but outside the target (IROs).
    """

    month: date
    role_group: str
    apart: bool
    expected: int
    met: int
    excused: int


class PractitionerCount(NamedTuple):
    """How many practitioners gave this as their last answer of a month, whether support helps their practice.

    ``again`` is the next month in which they answered, None where there is none. So any run of months counts each
    person once, with their latest answer in it: those whose ``again`` lies outside.
    """

    month: date
    answer: str
    again: date | None
    n: int


class QualityCount(NamedTuple):
    """Of n moderated audits of a month, the form of k was judged sound."""

    month: date
    k: int
    n: int


@dataclass(frozen=True)
class Facts:
    """Everything a page of figures is computed from: the months, and the counts of all months.

    Where a reader asked for one service or team, every count is of that service or team.
    """

    months: tuple[Month, ...] = ()
    grades: tuple[GradeCount, ...] = ()
    pairs: tuple[PairCount, ...] = ()
    frame: tuple[FrameCount, ...] = ()
    chronology: tuple[ChronologyCount, ...] = ()
    expectations: tuple[ExpectationCount, ...] = ()
    quality: tuple[QualityCount, ...] = ()
    practitioners: tuple[PractitionerCount, ...] = ()
