"""What a month's plan will be able to show: its strata as drawn and as waiting, alone and with the months before."""

from collections import Counter
from datetime import date
from itertools import chain
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from moderation.planner import Part, parts
from moderation.plans import asked_of, rule_for
from moderation.statistics.facts import FrameCount
from moderation.statistics.months import after
from qa_app.models import Cycle
from qa_app.queries.facts import cycle_months
from qa_app.queries.framed import frame
from qa_app.queries.reach import Reach
from qa_app.queries.sampling_frames import candidates
from qa_app.services import sampling_plans, settings

MONTHS_BEFORE: Final = 11


class Planned(NamedTuple):
    """A month's strata with what is and will be moderated, and the same with the months before added."""

    month: tuple[Part, ...]
    with_before: tuple[Part, ...]
    months_before: int


def planned(session: Session, cycle: Cycle) -> Planned:
    """The strata of a month: what was drawn, and of what still waits as much as the plan would draw now."""
    plan = sampling_plans.in_force(session, cycle)
    frames = tuple(frame(session, Reach()))
    new_below = settings.number(session, "new_auditor_audits")
    waiting = Counter(
        rule_for(one, plan.rules).name for one in candidates(session, cycle, asked_of(plan.rules), new_below=new_below)
    )
    drawn = [Part(row.stratum, row.audits, row.selected) for row in frames if row.month == cycle.month]
    here = _added(chain(drawn, parts(plan.rules, waiting)))
    before = _months_before(session, cycle.month)
    done = [Part(_name(row), row.audits, row.done_blind) for row in frames if row.month in before]
    by_rule = {rule.name: "all" if rule.certainty else rule.draws for rule in plan.rules}
    named = [one._replace(name=f"{one.name}: {by_rule.get(one.name, '')}") for one in here]
    return Planned(here, _added(chain(named, done)), len(before))


def _months_before(session: Session, month: date) -> frozenset[date]:
    """The closed months among the 11 before this one."""
    first = after(month, -MONTHS_BEFORE)
    return frozenset(one.month for one in cycle_months(session) if first <= one.month < month and not one.open)


def _name(row: FrameCount) -> str:
    """A stratum by its name and how many are drawn of it: drawn otherwise, it is another one."""
    return f"{row.stratum}: {'all' if row.certainty else row.rule}"


def _added(found: "chain[Part]") -> tuple[Part, ...]:
    sums: dict[str, Part] = {}
    for one in found:
        so_far = sums.get(one.name, Part(one.name, 0, 0))
        sums[one.name] = Part(one.name, so_far.audits + one.audits, so_far.moderations + one.moderations)
    return tuple(sums.values())
