"""Which pages of figures were looked at, by which roles, in which weeks: counts of people, never who."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access.permissions import Role
from qa_app.clock import LONDON, london_day
from qa_app.models import AccessEntry, RoleGrant

OPENED: Final = "page.open"
FEWEST: Final = 5  # fewer people of a role are not shown, and no rest that small either
PAGES: Final = {
    "dashboard": "Dashboard",
    "compare": "Compare",
    "team": "Your teams",
    "plan": "Priority 2",
    "agreement": "Agreement",
    "published": "Published figures",
    "triangulation": "Triangulation",
    "voice": "Voice",
    "iro": "IROs and chairs",
    "complaints": "Complaints",
    "observations": "Observations",
    "learning": "Learning",
}


@dataclass(frozen=True, slots=True)
class Use:
    """How many people opened a page in a week: all of them, and of each role that can be shown.

    `people` is None for 1 to 4. `roles` leaves out each role that fewer than 5 held, and those from which so few others
    could be worked out.
    """

    monday: date
    page: str
    people: int | None
    roles: tuple[tuple[Role, int], ...]


def use(session: Session, *, until: date, weeks: int) -> tuple[Use, ...]:
    """Each page in each of these weeks, the newest week first; `until` is a day of the last one."""
    last = _monday(until)
    first = last - timedelta(weeks=weeks - 1)
    start, end = (datetime.combine(day, time(), LONDON) for day in (first, last + timedelta(weeks=1)))
    rows = session.execute(
        select(AccessEntry.object_id, AccessEntry.person_id, AccessEntry.at).where(
            AccessEntry.action == OPENED, AccessEntry.outcome == "allowed", AccessEntry.person_id.is_not(None),
            AccessEntry.at >= start, AccessEntry.at < end,
        )
    )  # fmt: skip
    opened: dict[tuple[date, str], dict[UUID, datetime]] = {}
    for page, person, at in rows:
        if page in PAGES and person is not None:
            opened.setdefault((_monday(london_day(at)), page), {})[person] = at
    held = _grants(session)
    made = []
    for (monday, page), people in opened.items():
        roles = {key: _roles(held.get(key, ()), at) for key, at in people.items()}
        made.append(Use(monday, page, _enough(len(people)), shown(roles)))
    order = list(PAGES)
    return tuple(sorted(made, key=lambda one: (-one.monday.toordinal(), order.index(one.page))))


def shown(roles: Mapping[UUID, frozenset[Role]]) -> tuple[tuple[Role, int], ...]:
    """The roles whose number may stand: at least 5 people, and so many or nobody left beside all that are shown."""
    by_role = {role: {key for key, held in roles.items() if role in held} for role in Role}
    made: list[tuple[Role, int]] = []
    counted: set[UUID] = set()
    for role in sorted(Role, key=lambda one: (-len(by_role[one]), one)):
        together = counted | by_role[role]
        rest = len(roles) - len(together)
        if len(by_role[role]) >= FEWEST and (rest == 0 or rest >= FEWEST):
            made.append((role, len(by_role[role])))
            counted = together
    return tuple(made)


def _enough(people: int) -> int | None:
    return people if people >= FEWEST else None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _grants(session: Session) -> dict[UUID, list[RoleGrant]]:
    made: dict[UUID, list[RoleGrant]] = {}
    for grant in session.scalars(select(RoleGrant).where(RoleGrant.granted_at.is_not(None))):
        made.setdefault(grant.person_id, []).append(grant)
    return made


def _roles(grants: list[RoleGrant] | tuple[RoleGrant, ...], at: datetime) -> frozenset[Role]:
    """The roles somebody held at that moment."""
    return frozenset(
        Role(one.role)
        for one in grants
        if one.granted_at is not None and one.granted_at <= at and (one.ended_at is None or at < one.ended_at)
    )
