"""Which figures somebody asks for: read from the words of an address, within what they may see."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.statistics import months
from qa_app.access import scope
from qa_app.access.actor import Actor
from qa_app.access.scope import OutOfScopeError
from qa_app.models import Cycle, Service, Team
from qa_app.queries import narrowing
from qa_app.queries.facts import TOOL, Reach
from qa_app.queries.narrowing import EVERYTHING, NOTHING_OFFERED, Narrowed, Offered
from qa_app.queries.reach import NOTHING_NARROWED
from qa_app.queries.sight import Sight, sight

WINDOWS: Final = ("last_3", "last_12", "all")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer this person: months newest first, and the services and teams they may single out."""

    months: tuple[date, ...]
    services: tuple[tuple[UUID, str], ...]
    teams: tuple[tuple[UUID, str, UUID], ...]
    whole_council: bool
    offered: Offered = NOTHING_OFFERED


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for. `until` is None where there is no month; `faults` say what in the address made no sense."""

    choices: Choices
    seen: Sight
    until: date | None
    window: str = "last_3"
    service: UUID | None = None
    team: UUID | None = None
    narrowed: Narrowed = EVERYTHING
    led: frozenset[UUID] | None = None  # the teams a manager's figures are limited to
    faults: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the figures are those of the whole council, all audits and final grades."""
        return (self.service, self.team, self.led) == (None, None, None) and self.narrowed == EVERYTHING

    @property
    def reach(self) -> Reach:
        """The counts behind what was asked for."""
        services = None if self.service is None else frozenset((self.service,))
        return Reach(
            services=services, teams=self.led, team=self.team, open_months=self.seen.open_months,
            narrow=self.narrowed.narrow, stage=self.narrowed.stage,
        )  # fmt: skip

    @property
    def teams_reach(self) -> Reach:
        """The same, but never beyond the services whose teams this person may compare."""
        own = None if self.choices.whole_council else frozenset(key for key, _ in self.choices.services)
        return replace(self.reach, services=self.reach.services or own)

    @property
    def address(self) -> dict[str, str]:
        """The parameters of an address that asks the same again."""
        parts = {
            "until": months.name(self.until) if self.until else "",
            "window": self.window,
            "service": str(self.service or ""),
            "team": str(self.team or ""),
        }
        return {**{name: value for name, value in parts.items() if value}, **self.narrowed.address}


def choices(session: Session, actor: Actor, seen: Sight, also: Collection[date] = ()) -> Choices:
    """What this person may choose from; `also` are months without audits that there is something else in."""
    led = scope.services_led(actor)
    shown = ("released", "closed") if seen.open_months else ("closed",)
    listed = session.scalars(
        select(Cycle.month).where(Cycle.tool_key == TOOL, Cycle.state.in_(shown)).order_by(Cycle.month.desc())
    )
    services = [
        (key, name)
        for key, name in session.execute(select(Service.id, Service.name).order_by(Service.name))
        if led is None or key in led
    ]
    within = {key for key, _ in services}
    teams = [
        (key, name, service)
        for key, name, service in session.execute(select(Team.id, Team.name, Team.service_id).order_by(Team.name))
        if service in within
    ]
    months_seen = {month for month in listed if seen.until(month) == month}
    newest_first = tuple(sorted({*months_seen, *also}, reverse=True))
    return Choices(newest_first, tuple(services), tuple(teams), led is None)


def asked(session: Session, actor: Actor, words: Mapping[str, str], *, also: Collection[date] = ()) -> Asked:
    """What these words ask for; what makes no sense is left at its default and said in `faults`.

    Raises:
        OutOfScopeError: a service or team that is not there, or not this person's to single out.
    """
    seen = sight(session, actor)
    offered = choices(session, actor, seen, also)
    made = Asked(offered, seen, offered.months[0] if offered.months else None)
    made = _period(made, words.get("until", ""), words.get("window", ""))
    return _place(made, words.get("service", ""), words.get("team", ""))


def asked_of_audits(session: Session, actor: Actor, words: Mapping[str, str]) -> Asked:
    """The same, and which of the audits are counted alone: for pages on which that can be chosen.

    Raises:
        OutOfScopeError: a service or team that is not there, or not this person's to single out.
    """
    made = asked(session, actor, words)
    return _narrowed(replace(made, choices=replace(made.choices, offered=narrowing.offered(session))), words)


def asked_of_teams(session: Session, actor: Actor, words: Mapping[str, str], led: frozenset[UUID]) -> Asked:
    """What these words ask for of the teams somebody manages: all of them, or one.

    Raises:
        OutOfScopeError: a team that is not one of theirs.
    """
    seen = sight(session, actor)
    every = choices(session, actor, seen)
    named = select(Team.id, Team.name, Team.service_id).where(Team.id.in_(sorted(led))).order_by(Team.name)
    teams = tuple((key, name, service) for key, name, service in session.execute(named))
    offered = Choices(every.months, (), teams, whole_council=False)
    made = Asked(offered, seen, offered.months[0] if offered.months else None, led=led)
    made = _period(made, words.get("until", ""), words.get("window", ""))
    return _place(made, "", words.get("team", ""))


def _narrowed(made: Asked, words: Mapping[str, str]) -> Asked:
    found = narrowing.narrowed(words, made.choices.offered)
    made = replace(made, narrowed=found, faults=(*made.faults, *found.faults))
    whole = made.service is None and made.team is None
    if whole and not made.choices.whole_council and any(found.narrow):
        # The whole council less one's own service would be the small numbers of others.
        made = replace(made, narrowed=replace(found, narrow=NOTHING_NARROWED))
        return _fault(made, "Choose one of your services first: some of the council's audits alone are not shown.")
    return made


def _period(made: Asked, until: str, window: str) -> Asked:
    if until:
        try:
            month = months.read(until[:20])
        except ValueError:
            month = None
        if month in made.choices.months:
            made = replace(made, until=month)
        elif made.choices.months:
            made = _fault(made, "The month in the address has no figures to show. Choose one from the list.")
    if window in WINDOWS:
        return replace(made, window=window)
    return _fault(made, "The period in the address is not one of those in the list.") if window else made


def _place(made: Asked, service: str, team: str) -> Asked:
    if service:
        key = _key(service)
        if key is None:
            made = _fault(made, "The service in the address is not one of those in the list.")
        elif key not in {one for one, _ in made.choices.services}:
            raise OutOfScopeError
        else:
            made = replace(made, service=key)
    if not team:
        return made
    key = _key(team)
    if key is None:
        return _fault(made, "The team in the address is not one of those in the list.")
    service_of = {one: within for one, _, within in made.choices.teams}
    if key not in service_of:
        raise OutOfScopeError
    if made.service not in (None, service_of[key]):
        return _fault(made, "That team is not in the service you chose, so the whole service is shown.")
    return replace(made, team=key)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _fault(made: Asked, sentence: str) -> Asked:
    return replace(made, faults=(*made.faults, sentence))
