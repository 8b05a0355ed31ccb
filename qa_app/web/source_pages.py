"""What the pages of the other sources share: the period and place of the address, their filters, and places by name."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import request
from sqlalchemy import select

from qa_app.access import scope
from qa_app.access.current import actor, now, session
from qa_app.access.permissions import WHO, Can
from qa_app.clock import london_day, month_of
from qa_app.models import Person, Service, Team
from qa_app.queries import sources, themes
from qa_app.queries.asked import Asked, asked
from qa_app.queries.reach import Reach
from qa_app.queries.sources import Count, Span
from qa_app.queries.ties import holders
from qa_app.web.figure_pages import WHOLE, place, selects

PERIODS: Final = {"last_3": "3 months", "last_12": "12 months", "all": "All months"}


@dataclass(frozen=True, slots=True)
class Page:
    """What an address of a source asks for."""

    wanted: Asked
    span: Span
    reach: Reach

    @property
    def status(self) -> int:
        return 400 if self.wanted.faults else 200

    @property
    def place(self) -> str:
        """Whose figures these are, in words."""
        said = place(self.wanted)
        return "Your services" if said == WHOLE and not self.wanted.choices.whole_council else said

    @property
    def selects(self) -> list[dict[str, Any]]:
        """The filters."""
        made = selects(self.wanted)
        made[0]["label"] = "Up to"
        made[1]["options"] = list(PERIODS.items())
        if not self.wanted.choices.whole_council:
            made[2]["options"][0] = ("", "Your services")
        return made

    @property
    def months(self) -> str:
        """The period in words."""
        last = f"{self.span.last:%B %Y}"
        if self.span.first == self.span.last:
            return last
        return f"Up to {last}" if self.wanted.window == "all" else f"{self.span.first:%B %Y} to {last}"


def page() -> Page:
    """The period and place this address asks for, within what its reader may see."""
    today = london_day(now())
    wanted = asked(session(), actor(), request.args, also=(month_of(today),))
    return Page(wanted, sources.span_of(wanted, today), sources.place_of(wanted))


def theme_rows(counts: Iterable[Count]) -> list[tuple[str, int, int, int]]:
    """Themes by name with how often each was a worry and a strength, the most named first."""
    called = themes.labels(session())
    found = sorted(counts, key=lambda one: (-one.k, -one.good, one.theme or ""))
    return [(called.get(one.theme or "", one.theme or ""), one.k, one.good, one.n) for one in found if one.theme]


def service_names() -> dict[UUID, str]:
    """Services by name."""
    return dict(iter(session().execute(select(Service.id, Service.name))))


def teams_by_service(*, led: bool) -> list[tuple[str, str]]:
    """Teams to choose from, each with its service; with `led` those of the services one answers for alone."""
    own = scope.services_led(actor()) if led else None
    rows = session().execute(
        select(Team.id, Team.name, Service.name, Service.id)
        .join(Service, Service.id == Team.service_id)
        .order_by(Service.name, Team.name)
    )
    return [(str(key), f"{name}, {service}") for key, name, service, of in rows if own is None or of in own]


def may_answer() -> list[Person]:
    """Everybody who could answer a practice alert on screen, by name."""
    found = {one.id: one for role in WHO[Can.PRACTICE_ALERT_ANSWER] for one in holders(session(), role)}
    return sorted(found.values(), key=lambda one: (one.name, str(one.id)))
