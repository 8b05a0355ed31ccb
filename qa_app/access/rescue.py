"""After a session has ended, what was typed on a page with a pass is taken in, and nothing at all is given out."""

from datetime import timedelta
from typing import Final, NamedTuple, cast
from uuid import UUID

from flask import Response, g, jsonify, request, session, url_for

from qa_app.access import passes, sessions
from qa_app.access.current import actor, actor_or_none, database, note_access, now, settings
from qa_app.access.passes import Pass, Place
from qa_app.clock import LONDON

EXPIRED: Final = "expired"
SIGNED_OUT: Final = "signed_out"


class Receipt(NamedTuple):
    """What a page needs to know to go on saving: nothing that it did not send itself."""

    version: str
    aside: str


def pass_for(place: Place, tool: str, token: str) -> str:
    """The pass of a page that is about to be shown; it is good for as long as the longest session."""
    ends_at = now() + timedelta(hours=settings().absolute_hours)
    made = Pass(actor().person_id, place, tool, sessions.sha256_of(token), ends_at)
    return passes.seal(settings().secret_key, made)


def look(stage: str) -> None:
    """Before the token of the form is asked for: whether the page that was sent carries its own proof.

    Signed in as the page's person, the pass stands for the token, which another sign-in has changed. Signed out or
    signed in as somebody else, the request may write into the draft of the page's person, and answers with nothing.
    """
    found = passes.read(settings().secret_key, request.form.get(passes.FIELD), at=now())
    if found is None or found.place != _place(stage):
        return
    g.page_pass = found
    signed_in = actor_or_none()
    if signed_in is not None and signed_in.person_id == found.person_id:
        g.csrf_valid = True
        return
    owner = sessions.owner_of(database(), found.person_id, found.session_sha256)
    if owner is not None:
        g.actor, signed_out = owner
        g.rescued = SIGNED_OUT if signed_out else EXPIRED
        g.csrf_valid = True


def rescued() -> str:
    """Why what is being saved comes from somebody who is not signed in: expired or signed_out; '' where they are."""
    return str(g.get("rescued", ""))


def fits(tool: str) -> bool:
    """Whether the page was made by this version of the tool; a page without a pass says nothing against it."""
    found = cast("Pass | None", g.get("page_pass"))
    return found is None or found.tool == tool


def kept(version: str, aside: str) -> None:
    """Note that what was typed is in the draft, or beside it."""
    g.kept = Receipt(version, aside)


def is_kept() -> bool:
    """Whether the draft was written."""
    return "kept" in g


def answer(response: Response) -> None:
    """Put a receipt in place of whatever was going to be said, and lead the person to sign in."""
    receipt = cast("Receipt | None", g.get("kept"))
    page = cast("Pass", g.page_pass)
    note_access("draft.rescued", page.place.stage, page.place.object_id, outcome="allowed" if receipt else "denied")
    session.pop("_flashes", None)
    at = now().astimezone(LONDON).strftime("%H:%M")
    if request.accept_mimetypes.best == "application/json":
        said = receipt._asdict() | {"signed_out": True, "saved_at": at} if receipt else {"signed_out": True}
        made = jsonify(said)
        made.status_code = 200 if receipt else 401
    else:
        session["next"] = request.path
        made = Response(status=303)
        made.headers["Location"] = url_for("sign_in.show", ended="kept" if receipt else "refused")
    response.set_data(made.get_data())
    response.status_code = made.status_code
    response.headers["Content-Type"] = made.headers["Content-Type"]
    response.headers.pop("Location", None)
    if "Location" in made.headers:
        response.headers["Location"] = made.headers["Location"]


def _place(stage: str) -> Place:
    """What this request writes on, by its address."""
    parts = request.view_args or {}
    row = next((one for one in parts.values() if isinstance(one, UUID)), UUID(int=0))
    return Place(stage, row, str(parts.get("section_key", "")))
