"""What the header offers each person: only the places their roles open."""

from typing import Any, NamedTuple

from flask import Flask, request, url_for

from qa_app.access.current import actor_or_none, now, settings
from qa_app.access.permissions import Can


class Place(NamedTuple):
    """One entry of the service navigation."""

    text: str
    endpoint: str
    can: Can


PLACES: tuple[Place, ...] = (
    Place("Your work", "start.show", Can.ACCOUNT_OWN),
    Place("Audits", "audits.index", Can.AUDIT_READ),
    Place("Actions", "actions.index", Can.ACTION_OWN),
    Place("Moderation", "moderations.index", Can.MODERATION_GRADE),
    Place("Feedback", "letters.index", Can.LETTER_READ),
    Place("Cycles", "cycles.index", Can.CYCLE_READ),
    Place("Cases", "cases.index", Can.CASE_READ),
    Place("Imports", "imports.index", Can.REGISTER_IMPORT),
    Place("Dashboard", "dashboard.show", Can.FIGURES_READ),
    Place("Quota", "quotas.show", Can.QUOTA_READ),
    Place("Your figures", "figures.show", Can.FIGURES_OWN),
    Place("People", "people.index", Can.PERSON_READ),
    Place("Tools", "tools.index", Can.TOOL_MAKE),
    Place("Outbox", "outbox.index", Can.OUTBOX_READ),
    Place("Settings", "settings.show", Can.SETTINGS_CHANGE),
)


def install(app: Flask) -> None:
    """Give every template the council, the person and the navigation."""
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    actor = actor_or_none()
    places = [p for p in PLACES if actor is not None and actor.may(p.can)]
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
        "navigation": [
            {"text": p.text, "href": href, "active": _within(href, request.path)}
            for p, href in ((place, url_for(place.endpoint)) for place in places)
        ],
    }


def _lasts() -> dict[str, Any]:
    """The seconds until the session ends: without any use, and however it is used."""
    actor = actor_or_none()
    idle = settings().idle_minutes * 60 - 60  # its use is noted once a minute
    ends = actor.session_ends if actor else None
    fixed = int((ends - now()).total_seconds()) if ends else settings().absolute_hours * 3600
    return {"idle": idle, "fixed": fixed, "url": url_for("account.stay")}


def _within(href: str, path: str) -> bool:
    return path == href or (href != "/" and path.startswith(f"{href}/"))
