"""What the header offers each person: only the places their roles open."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import Flask, request, url_for

from qa_app.access.actor import Actor
from qa_app.access.current import actor_or_none, now, settings
from qa_app.access.permissions import Can, Role


class Entry(NamedTuple):
    """A link of the header as it is shown."""

    text: str
    href: str
    active: bool


FEW = 7
"""So many places stand in one row of the header; where there are more, they stand in groups."""


class Place(NamedTuple):
    """One entry of the service navigation, and the group it stands in where there are many."""

    text: str
    endpoint: str
    can: Can
    group: str = ""
    not_for: frozenset[Role] = frozenset()


# Auditors answer few alerts, so these come to them on their start page and by email.
ALERTED_OTHERWISE = frozenset(Role) - {Role.HEAD_OF_SERVICE, Role.QA_LEAD}
# Who sees everybody's development finds their own there.
OTHERS_DEVELOPMENT = frozenset((Role.HEAD_OF_SERVICE, Role.QA_LEAD))
PLACES: tuple[Place, ...] = (
    Place("Your work", "start.show", Can.ACCOUNT_OWN),
    Place("Audits", "audits.index", Can.AUDIT_READ, "Audits"),
    Place("Alerts", "alerts.index", Can.ALERT_ACKNOWLEDGE, "Audits", ALERTED_OTHERWISE),
    Place("Actions", "actions.index", Can.ACTION_OWN, "Audits"),
    Place("Re-audits", "reaudits.index", Can.CYCLE_RUN, "Audits"),
    Place("Moderation", "moderations.index", Can.MODERATION_GRADE, "Audits"),
    Place("Challenges", "challenges.index", Can.CHALLENGE_DECIDE, "Audits"),
    Place("All challenges", "challenges.every", Can.MODERATION_RUN, "Audits"),
    Place("Overrides", "overrides.index", Can.MODERATION_OVERRIDE, "Audits"),
    Place("Feedback", "letters.index", Can.LETTER_READ, "Audits"),
    Place("Disputes", "disputes.index", Can.REFLECTION_DECIDE, "Audits"),
    Place("Calibration", "calibrations.index", Can.CALIBRATION_TAKE, "Learning"),
    Place("Self-checks", "self_checks.index", Can.CALIBRATION_TAKE, "Learning"),
    Place("Guidance", "guidance.index", Can.GUIDANCE_READ, "Learning"),
    Place("Guidance to read", "documents.index", Can.DEVELOPMENT_OWN, "Learning"),
    Place("Development", "development.index", Can.DEVELOPMENT_READ, "Learning"),
    Place("Your development", "development.own", Can.DEVELOPMENT_OWN, "Learning", OTHERS_DEVELOPMENT),
    Place("Cycles", "cycles.index", Can.CYCLE_READ, "Cycles"),
    Place("Cases", "cases.index", Can.CASE_READ, "Cycles"),
    Place("Imports", "imports.index", Can.REGISTER_IMPORT, "Cycles"),
    Place("Absences", "absences.index", Can.CYCLE_RUN, "Cycles"),
    Place("Dashboard", "dashboard.show", Can.FIGURES_READ, "Figures"),
    Place("Priority 2", "plan.show", Can.PLAN_READ, "Figures"),
    Place("Learning", "learning.index", Can.EVIDENCE_READ, "Learning"),
    Place("Evidence", "evidence.index", Can.EVIDENCE_READ, "Learning"),
    Place("Training", "cpd.index", Can.EVIDENCE_READ, "Learning"),
    Place("Seven minutes", "summaries.index", Can.SUMMARY_READ, "Learning"),
    Place("Months", "months.index", Can.PLAN_READ, "Figures"),
    Place("Agreement", "agreement_figures.show", Can.FIGURES_READ, "Figures"),
    Place("Quota", "quotas.show", Can.QUOTA_READ, "Figures"),
    Place("Published figures", "board.show", Can.BOARD_READ, "Figures"),
    Place("For analysts", "workbooks.show", Can.EXTRACT_READ, "Figures"),
    Place("Board packs", "board_pack.index", Can.BOARD_READ, "Figures"),
    Place("Your figures", "figures.show", Can.FIGURES_OWN, "Figures"),
    Place("Triangulation", "triangulation.index", Can.FIGURES_READ, "Beyond audit"),
    Place("Voice", "voice.show", Can.SOURCE_READ, "Beyond audit"),
    Place("IROs and chairs", "iro.show", Can.SOURCE_READ, "Beyond audit"),
    Place("Complaints", "complaints.index", Can.SOURCE_READ, "Beyond audit"),
    Place("Observations", "observations.show", Can.SOURCE_READ, "Beyond audit"),
    Place("Practice alerts", "practice_alerts.index", Can.PRACTICE_ALERT_ANSWER, "Beyond audit"),
    Place("Words", "voice.decide_index", Can.QUOTATION_DECIDE, "Beyond audit", ALERTED_OTHERWISE),
    Place("People", "people.index", Can.PERSON_READ, "Set-up"),
    Place("Tools", "tools.index", Can.TOOL_MAKE, "Set-up"),
    Place("Themes", "themes.index", Can.THEME_MANAGE, "Set-up"),
    Place("Outbox", "outbox.index", Can.OUTBOX_READ, "Set-up"),
    Place("Tokens", "tokens.index", Can.API_MANAGE, "Set-up"),
    Place("Settings", "settings.show", Can.SETTINGS_CHANGE, "Set-up"),
)


def install(app: Flask) -> None:
    """Give every template the council, the person and the navigation."""
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    actor = actor_or_none()
    first, second, within = _rows(places_of(actor) if actor else (), request.path)
    return {
        "actor": actor,
        "council_name": settings().council,
        "home_url": url_for("start.show"),
        "signed_in_name": actor.name if actor else "",
        "sign_out_url": url_for("sign_in.leave"),
        "session_lasts": _lasts(),
        "idle_minutes": settings().idle_minutes,
        "accessibility_url": url_for("about.accessibility"),
        "data_notes_url": url_for("data_notes.show") if actor else "",
        "navigation": first,
        "subnavigation": second,
        "subnavigation_name": within,
    }


def places_of(actor: Actor) -> tuple[Place, ...]:
    """The places somebody's roles open."""
    return tuple(place for place in PLACES if actor.may(place.can) and not actor.roles <= place.not_for)


def _rows(places: Sequence[Place], path: str) -> tuple[list[Entry], list[Entry], str]:
    """The row of the header, the row under it of the group one is in, and what that group is called."""
    single = [_entry(place, path) for place in places]
    if len(places) <= FEW:
        return single, [], ""
    groups: dict[str, list[Entry]] = {}
    for place, entry in zip(places, single, strict=True):
        groups.setdefault(place.group or place.text, []).append(entry)
    first = [
        Entry(name if len(within) > 1 else within[0].text, within[0].href, any(one.active for one in within))
        for name, within in groups.items()
    ]
    name, second = next(((n, within) for n, within in groups.items() if any(e.active for e in within)), ("", []))
    return (first, second, name) if len(second) > 1 else (first, [], "")


def _entry(place: Place, path: str) -> Entry:
    href = url_for(place.endpoint)
    return Entry(place.text, href, _within(href, path))


def _lasts() -> dict[str, Any]:
    """The seconds until the session ends: without any use, and however it is used."""
    actor = actor_or_none()
    idle = settings().idle_minutes * 60 - 60  # its use is noted once a minute
    ends = actor.session_ends if actor else None
    fixed = int((ends - now()).total_seconds()) if ends else settings().absolute_hours * 3600
    return {"idle": idle, "fixed": fixed, "url": url_for("account.stay")}


def _within(href: str, path: str) -> bool:
    return path == href or (href != "/" and path.startswith(f"{href}/"))
