"""Quota: audits expected, done, late, outstanding and excused in a month, by team and role and person by person."""

from uuid import UUID

from flask import Blueprint, render_template, request

from moderation.statistics.measures import EXPECTATIONS
from moderation.statistics.months import name, read
from moderation.statistics.share import Share
from moderation.statistics.target import judge
from qa_app.access import scope
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.clock import london_day
from qa_app.models import Cycle
from qa_app.queries import development, quotas
from qa_app.queries.quotas import Standing, Tally
from qa_app.queries.sight import sight
from qa_app.services import figures as live
from qa_app.services.expectations import EXCUSES
from qa_app.web.rendering import month_name

screen = Blueprint("quotas", __name__, url_prefix="/quota")

GROUPS = {"manager": "Managers", "iro": "IROs and chairs", "other": "Others"}
APART = " (outside the target)"


@screen.get("")
@needs(Can.QUOTA_READ)
def show() -> str:
    """A month by role and team, and everybody in it."""
    seen = sight(session(), actor())
    cycles = quotas.months(session(), seen)
    cycle = _asked(cycles)
    rows = quotas.standings(session(), actor(), cycle) if cycle else ()
    sound = development.sound_forms(session(), cycle.month) if cycle else {}
    by_role = quotas.added_up(rows, lambda one: one.role_group)
    return render_template(
        "quotas/show.html", cycle=cycle, rows=rows, why=seen.why, groups=GROUPS, apart=APART, excuses=EXCUSES,
        month_options=[(name(one.month), month_name(one.month)) for one in cycles],
        roles=[(group, by_role[group]) for group in GROUPS if group in by_role],
        teams=quotas.added_up(rows, lambda one: (one.service, one.team, one.role_group)),
        sound={one.person_id: development.sound_words(sound.get(one.person_id)) for one in rows},
        sound_of_team=_sound_of_team(rows, sound), fewest=development.FEWEST,
        left=_left(cycle) if cycle else "", verdict=_verdict(cycle, by_role.get("manager")) if cycle else "",
        whole=scope.services_led(actor()) is None, unknown=bool(request.args.get("month")) and not _known(cycles),
    )  # fmt: skip


@screen.get("/people/<uuid:person_id>")
@needs(Can.QUOTA_READ)
def person(person_id: UUID) -> str:
    """The audits one person was given in a month."""
    cycle = _asked(quotas.months(session(), sight(session(), actor())))
    if cycle is None:
        raise OutOfScopeError
    one = next((each for each in quotas.standings(session(), actor(), cycle) if each.person_id == person_id), None)
    if one is None:
        raise OutOfScopeError
    return render_template(
        "quotas/person.html", cycle=cycle, one=one, left=_left(cycle), excuses=EXCUSES, group=GROUPS[one.role_group],
        audits=quotas.audits(session(), actor(), cycle, person_id), month=name(cycle.month),
    )  # fmt: skip


def _sound_of_team(rows: tuple[Standing, ...], sound: dict[UUID, Share]) -> dict[tuple[str, str, str], str]:
    """The quality of the audit forms of each team's people of one role, in words."""
    people: dict[tuple[str, str, str], list[UUID]] = {}
    for one in rows:
        people.setdefault((one.service, one.team, one.role_group), []).append(one.person_id)
    return {place: development.sound_words(development.pooled(sound, of)) for place, of in people.items()}


def _asked(cycles: tuple[Cycle, ...]) -> Cycle | None:
    """The month in the address, else the newest there is."""
    return _known(cycles) or next(iter(cycles), None)


def _known(cycles: tuple[Cycle, ...]) -> Cycle | None:
    try:
        month = read(request.args.get("month", "")[:20])
    except ValueError:
        return None
    return next((one for one in cycles if one.month == month), None)


def _left(cycle: Cycle) -> str:
    """What audits that are not submitted are called now."""
    if cycle.state == "closed":
        return "Not done"
    return "Overdue" if cycle.due_on < london_day(now()) else "Still due"


def _verdict(cycle: Cycle, managers: Tally | None) -> str:
    """The verdict on a closed month, in the words of the measure; only the whole council is held against the target."""
    target = EXPECTATIONS.target_under(live.rules(session()))
    if cycle.state != "closed" or managers is None or target is None or scope.services_led(actor()) is not None:
        return ""
    return judge(managers.share, target).words.capitalize()
