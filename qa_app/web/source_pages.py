"""What the pages of the other sources share: the period and place of the address, their filters, and places by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import request, url_for
from markupsafe import Markup
from sqlalchemy import select

from moderation.statistics import months
from qa_app.access import scope
from qa_app.access.current import actor, now, session
from qa_app.access.permissions import WHO, Can
from qa_app.charts.picture import Picture
from qa_app.clock import london_day, month_of
from qa_app.models import Person, Service, Team
from qa_app.queries import sources, themes
from qa_app.queries.asked import Asked, asked
from qa_app.queries.reach import Reach
from qa_app.queries.sources import Count, Heard, Source, Span
from qa_app.queries.ties import holders
from qa_app.queries.told import Distribution
from qa_app.reports.source_pictures import Titled, by_month
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


# What the two parts of a bar are: those that named a worry, and the others.
PARTS: Final = {
    Source.VOICE: ("Something is to change", "Nothing is to change"),
    Source.CHECKS: ("With a concern", "Without a concern"),
    Source.ALERTS: ("Alerts and disputes", "Good practice"),
    Source.COMPLAINTS: ("Complaints", "Compliments"),
    Source.OBSERVATIONS: ("With a concern", "Without a concern"),
}

Cell = int | dict[str, Markup]


def behind(asked: Page, source: Source) -> Callable[..., str]:
    """The address of the entries behind a number of this page, given what narrows them."""
    here: dict[str, Any] = asked.wanted.address

    def address(**narrowing: Any) -> str:
        return url_for("source_entries.show", source=source.value, **here, **narrowing)

    return address


def linked(number: int, href: str, words: str) -> Cell:
    """A number that leads to its entries; nothing leads from 0. `words` say what it counts to who cannot see where."""
    if not number:
        return number
    made = Markup('<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden"> {}: see these</span></a>')
    return {"html": made.format(href, f"{number:,}", words)}


def theme_rows(counts: Iterable[Count], asked: Page, source: Source) -> list[tuple[str, Cell, Cell, int]]:
    """Themes by name with how often each was a worry and a strength, the most named first."""
    called, leads = themes.labels(session()), behind(asked, source)
    made = []
    for one in sorted(counts, key=lambda one: (-one.k, -one.good, one.theme or "")):
        if one.theme:
            name, worries = called.get(one.theme, one.theme), PARTS[source][0].lower()
            made.append(
                (name, linked(one.k, leads(theme=one.theme, **{"as": "worry"}), f"{name}, {worries}"),
                 linked(one.good, leads(theme=one.theme, **{"as": "good"}), f"{name}, named as good"), one.n)
            )  # fmt: skip
    return made


def over_months(asked: Page, source: Source, heard: Iterable[Heard]) -> Picture | None:
    """The chart of what was heard month by month, each month leading to its entries."""
    leads = behind(asked, source)
    return by_month(
        Titled(source.label, source.value, PARTS[source]), [(one.month, bool(one.worries)) for one in heard],
        asked.span.last, lambda month: leads(month=months.name(month)),
    )  # fmt: skip


def answer_rows(found: Distribution, first: str, leads: Callable[..., str], **narrowing: str) -> tuple[Any, ...]:
    """A row of how the answers to a question fall, each number leading to its entries."""
    cells = [
        linked(count, leads(question=found.key, answer=code, **narrowing), f"{first}, {label}")
        for code, label, count in zip(found.codes, found.choices, found.counts, strict=True)
    ]
    return (first, *cells, found.n)


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
