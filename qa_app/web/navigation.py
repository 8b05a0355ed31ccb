"""What the header offers each person: only the places their roles open."""

from typing import Any, NamedTuple

from flask import Flask, request, url_for

from qa_app.access.current import actor_or_none, settings
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
        "accessibility_url": url_for("about.accessibility"),
        "data_notes_url": url_for("data_notes.show") if actor else "",
        "navigation": [
            {"text": p.text, "href": href, "active": _within(href, request.path)}
            for p, href in ((place, url_for(place.endpoint)) for place in places)
        ],
    }


def _within(href: str, path: str) -> bool:
    return path == href or (href != "/" and path.startswith(f"{href}/"))
