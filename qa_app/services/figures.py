"""The figures as they are now: the council's rules applied to what the database counts."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from audit_forms.catalogue import latest
from moderation.statistics import breakdowns
from moderation.statistics.breakdowns import Line, PairLine
from moderation.statistics.facts import Facts
from moderation.statistics.figures import AgreementWindow, Figures
from moderation.statistics.measures import AGREEMENT, CASES, compute
from moderation.statistics.moderated import agreement_over
from moderation.statistics.rules import Rules
from moderation.statistics.scope import Scope
from moderation.statistics.streak import Gap
from qa_app.queries import plan
from qa_app.queries.facts import TOOL, Reach, breakdown, collect, cycle_months, latest_month
from qa_app.services import settings

ELEMENTS: Final = {element.key: element.title for element in latest(TOOL).elements}


class NoMonthYet(LookupError):  # noqa: N818
    """There is nothing to figure: no month has been released or imported."""


def rules(session: Session) -> Rules:
    """The rules behind the figures, as the QA lead has set them."""
    set_to = settings.values(session)
    unseen = set_to["supervision_unseen"] == "not_good"
    return Rules(
        gap=Gap(set_to["supervision_gap"]),
        min_n=int(set_to["supervision_least"]),
        not_enough_evidence_counts=frozenset({"supervision", "chronology"}) if unseen else frozenset(),
        suppress_up_to=int(set_to["smallest_shown"]),
        **_asked_by_the_plan(session),
    )


def _asked_by_the_plan(session: Session) -> dict[str, Any]:
    """The targets that the QA lead changed in the plan's register, and the length of the run with them."""
    changed = plan.changed_targets(session)
    asked: dict[str, Any] = {
        "targets": {
            plan.COMPUTED[key]: target
            for key, one in changed.items()
            if key in plan.COMPUTED and (target := plan.share_target(one)) is not None
        }
    }
    run = changed.get("supervision")
    return asked | ({"streak_months": run.consecutive_months} if run and run.consecutive_months else {})


def figures(
    session: Session, *, reach: Reach | None = None, until: date | None = None, facts: Facts | None = None
) -> Figures:
    """Every figure up to a month, the newest one unless told; of `facts`, where these are counted already.

    Raises:
        NoMonthYet: no month has been released or imported.
    """
    last = until or latest_month(session)
    if last is None:
        raise NoMonthYet("There are no audits yet. Import a register or release a month first.")
    return compute(facts or collect(session, reach), rules(session), last)


def month_agreement(session: Session, month: date) -> AgreementWindow:
    """Agreement in one month, open or closed, with what is known of it so far."""
    in_force = rules(session)
    facts = collect(session, Reach(elements=("overall",), months=(month, month)))
    return agreement_over((month,), Scope(facts, in_force, month), AGREEMENT.target_under(in_force))


def windows(session: Session, until: date) -> dict[str, tuple[date, ...]]:
    """The closed months of each window, up to a month."""
    cycles = Facts(months=cycle_months(session))
    return dict(Scope(cycles, Rules(), until).windows.items())


@dataclass(frozen=True, slots=True)
class Broken:
    """Good or better over a window, by team and by part of practice, and agreement by part of practice.

    Lines are named by the team's identity and by the element's key.
    """

    teams: tuple[Line, ...]
    elements: tuple[Line, ...]
    agreement: tuple[PairLine, ...]


def broken_down(session: Session, months: tuple[date, ...], *, reach: Reach, teams: Reach) -> Broken:
    """The figures of some months taken apart; `teams` says whose teams may stand beside each other."""
    if not months:
        return Broken((), (), ())
    span, in_force = (months[0], months[-1]), rules(session)
    whole = breakdown(session, replace(reach, months=span, elements=ELEMENTS, pair_elements=ELEMENTS))
    by_team = breakdown(
        session, replace(teams, months=span, elements=("overall",), pair_elements=(), by_team=True, open_months=False)
    )
    scope, teams_scope = Scope(whole, in_force, span[1]), Scope(by_team, in_force, span[1])
    elements = {line.name: line for line in breakdowns.good_or_better_by_element(months, scope)}
    agreement = {line.name: line for line in breakdowns.agreement_by_element(months, scope)}
    target = CASES.target_under(in_force)
    return Broken(
        breakdowns.good_or_better_by_team(months, teams_scope, target=target),
        tuple(elements[key] for key in ELEMENTS if key in elements),
        tuple(agreement[key] for key in ELEMENTS if key in agreement),
    )
