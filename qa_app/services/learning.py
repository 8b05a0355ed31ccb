"""The chain of an entry: what told it, what was changed, and the same figure of audits before and after the change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from moderation.statistics.before_after import BeforeAfter, before_and_after
from moderation.statistics.facts import FINAL
from moderation.statistics.figures import MonthShare
from moderation.statistics.measures import MEASURES
from moderation.statistics.monthly import element_months
from moderation.statistics.scope import Scope
from qa_app.access import line, scope
from qa_app.access.actor import Actor
from qa_app.access.permissions import Can
from qa_app.models import Evidence
from qa_app.queries.facts import breakdown, cycle_months
from qa_app.queries.reach import Reach
from qa_app.queries.sight import sight
from qa_app.services import snapshots
from qa_app.services.figures import ELEMENTS, figures, rules

LED_BY: Final = {
    "dashboard": "The dashboard",
    "triangulation": "Triangulation",
    "letter": "A feedback letter",
    "moderation": "Moderation or calibration",
    "plan": "The improvement plan",
    "voice": "Children’s and families’ voice",
    "other": "Something else",
}
PART: Final = "part_"
_MEASURED: Final = ("cases", "supervision", "plans", "chronology", "permanence")
# Figures of audits that can be watched: measures by their key, and each other graded part of practice.
WATCHED: Final = {
    **{one.key: one.title for one in MEASURES if one.key in _MEASURED},
    **{f"{PART}{key}": f"{title}: good or better" for key, title in ELEMENTS.items() if key != "overall"},
}
NOT_PUBLISHED: Final = "This figure is shown to those who read the dashboard."
OF_THE_COUNCIL: Final = (
    "These are the whole council’s audits. Those who answer for the service or team see its own on this page."
)


@dataclass(frozen=True, slots=True)
class Later:
    """The figure that is watched before and after the change; `made` is None where `note` says why."""

    label: str
    place: str
    made: BeforeAfter | None
    note: str = ""


def place(entry: Evidence) -> str:
    """Whose entry it is, in words."""
    if entry.team is not None:
        return entry.team.name
    return entry.service.name if entry.service is not None else "Whole council"


def later(session: Session, actor: Actor, entry: Evidence) -> Later | None:
    """The later measure, as this person may see it; None where no figure is watched or nothing has changed yet.

    A service's or team's own counts are for those who may single it out; everybody else sees the council's. Who does
    not read the dashboard sees what was published when the last month closed.
    """
    stands = entry.current
    if stands.figure_key not in WATCHED or stands.changed_on is None:
        return None
    own = sees_place(session, actor, entry)
    live = actor.may(Can.FIGURES_READ) or (own and entry.service_id is not None)
    reach = _reach(entry) if own else Reach(open_months=False)
    label = WATCHED[stands.figure_key]
    where = place(entry) if own else "Whole council"
    seen = sight(session, actor)
    months = _live(session, reach, stands.figure_key) if live else _published(session, stands.figure_key)
    if months is None:
        return Later(label, where, None, NOT_PUBLISHED)
    shown = [one for one in months if seen.until(one.month) == one.month]
    return Later(label, where, before_and_after(shown, stands.changed_on), "" if own else OF_THE_COUNCIL)


def sees_place(session: Session, actor: Actor, entry: Evidence) -> bool:
    """Whether this person may see the true counts of the place an entry is of; the whole council's are everybody's."""
    if entry.service_id is None:
        return True
    if actor.may(Can.FIGURES_READ):
        led = scope.services_led(actor)
        if led is None or entry.service_id in led:
            return True
    if not actor.may(Can.FIGURES_TEAM) or entry.team_id is None:
        return False
    return entry.team_id in line.teams_led(session, actor.person_id)


def _reach(entry: Evidence) -> Reach:
    services = None if entry.service_id is None else frozenset((entry.service_id,))
    return Reach(services=services, team=entry.team_id, open_months=False)


def _live(session: Session, reach: Reach, key: str) -> Sequence[MonthShare] | None:
    """Every closed month as it stands now."""
    closed = [one.month for one in cycle_months(session, reach)]
    if not closed:
        return ()
    if not key.startswith(PART):
        return figures(session, reach=reach, until=closed[-1]).share(key).months
    element = key.removeprefix(PART)
    asked = Reach(
        services=reach.services, team=reach.team, elements=(element,), pair_elements=(), open_months=False,
        months=(closed[0], closed[-1]),
    )  # fmt: skip
    return element_months(element, FINAL, Scope(breakdown(session, asked), rules(session), closed[-1]))


def _published(session: Session, key: str) -> Sequence[MonthShare] | None:
    """Every month as it was published when the last one closed; None where this figure is not published."""
    closed = [one.month for one in cycle_months(session, Reach(open_months=False))]
    if key.startswith(PART):
        return None
    kept = snapshots.published(session, closed[-1]) if closed else None
    return () if kept is None else kept.figures.share(key).months
