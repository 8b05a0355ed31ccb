"""Default deny: every route and method names a permission or the application does not start; every request is asked."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from qa_app.access import journal, once, programs, rescue, sessions
from qa_app.access.current import SAFE_METHODS, actor_or_none, database, note_access, now, settings
from qa_app.access.permissions import ANYONE, BY_TOKEN, READS, Can
from qa_app.access.programs import ProgramRefused, Refusal

View = TypeVar("View", bound=Callable[..., Any])
# Where browsers say that a change may come from; those that say nothing are held by the token alone.
OWN_SITE = frozenset(("same-origin", "none"))
UPLOAD_BYTES = 11 * 1024 * 1024
# All that somebody with a temporary password can do.
WHILE_TEMPORARY = frozenset(("account.password", "account.change_password", "sign_in.leave"))


class UnguardedRouteError(Exception):
    """A route and method names no permission, or one that does not fit the method."""


def needs(can: Can, *, upload: bool = False, rescues: str = "") -> Callable[[View], View]:
    """Say what a view needs. With `upload` its requests may be as large as a spreadsheet.

    `rescues` names the draft ('auditor', 'moderator', 'agreement', 'third', 'reflection', 'calibration', 'self_check')
    that what is sent there is taken into though the session has ended, where the page carries its pass: such a view
    writes the draft and calls `rescue.kept`.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def marked(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs)

        marked.needs = can  # type: ignore[attr-defined]
        marked.upload = upload  # type: ignore[attr-defined]
        marked.rescues = rescues  # type: ignore[attr-defined]
        return cast("View", marked)

    return mark


def permission_of(app: Flask, endpoint: str) -> Can | None:
    """What an endpoint needs, as its view says; static files need nothing but to be asked for."""
    if endpoint == "static":
        return Can.HEALTH
    return cast("Can | None", getattr(app.view_functions[endpoint], "needs", None))


def check_routes(app: Flask) -> None:
    """Refuse to start when a route names no permission, or when one that changes things names a reading permission.

    Raises:
        UnguardedRouteError: with the endpoint and the method.
    """
    for rule in app.url_map.iter_rules():
        can = permission_of(app, rule.endpoint)
        methods = (rule.methods or set()) - SAFE_METHODS
        if can is None:
            raise UnguardedRouteError(f"{rule.endpoint} ({rule.rule}) names no permission.")
        if methods and can in READS:
            raise UnguardedRouteError(
                f"{rule.endpoint} ({sorted(methods)}) changes things under the reading right {can}."
            )


def cookie_name() -> str:
    """The session cookie's name; over HTTPS the prefix binds it to this host."""
    return "__Host-qa" if settings().https else "qa"


def reflection_cookie_name() -> str:
    """The cookie that a link to a reflection gives: the pass to that one reflection, without a sign-in."""
    return "__Host-reflection" if settings().https else "reflection"


def ask() -> AnyResponse | None:
    """Before each request: who is it, and may they?"""
    if request.endpoint is None:
        _recognise()  # so that the error page keeps the person's own places
        return None  # routing answers 404 or 405
    can = permission_of(current_app, request.endpoint)
    if can is None:
        abort(403)
    if can in BY_TOKEN:
        _ask_program(can)
        return None
    if request.method not in SAFE_METHODS and request.headers.get("Sec-Fetch-Site", "none") not in OWN_SITE:
        abort(403)
    if getattr(current_app.view_functions[request.endpoint], "upload", False):
        request.max_content_length = UPLOAD_BYTES
        request.max_form_memory_size = UPLOAD_BYTES
    if request.endpoint != "static":
        _recognise()
    stage = getattr(current_app.view_functions[request.endpoint], "rescues", "")
    if stage and request.method not in SAFE_METHODS:
        rescue.look(stage)
    if can in ANYONE:
        return None
    return _refusal(can)


def _recognise() -> None:
    token = request.cookies.get(cookie_name())
    if token:
        idle = timedelta(minutes=settings().idle_minutes)
        g.actor = sessions.find(database(), token, at=now(), idle=idle)


def _ask_program(can: Can) -> None:
    """A program is let in by its token alone; no cookie is looked at, and every reading is on the access log.

    Raises:
        ProgramRefused: it sent no token, sent it in the address, or its token does not cover this.
    """
    try:
        program = _program(can)
    except ProgramRefused as refused:
        if refused.why not in (Refusal.MISSING, Refusal.SLOW_DOWN):
            note_access("api.refused", "api_token", refused.token_id or "", outcome="denied")
        raise
    note_access(f"read {request.endpoint}"[:60], "api_token", program.token_id)


def _program(can: Can) -> programs.Program:
    if any(text.startswith(programs.PREFIX) for text in request.args.values()):
        raise ProgramRefused(Refusal.IN_ADDRESS, 400)
    sent = request.authorization
    if sent is None or sent.type != "bearer" or not sent.token:
        raise ProgramRefused(Refusal.MISSING, 401)
    address = hmac.new(settings().secret_key.encode(), (request.remote_addr or "").encode(), hashlib.sha256)
    found = programs.find(database(), sent.token, address_key=address.hexdigest(), at=now())
    if not found.may(can):
        raise ProgramRefused(Refusal.SCOPE, 403, found.token_id, scope=can.value.removeprefix("api."))
    return found


def _refusal(can: Can) -> AnyResponse | None:
    person = actor_or_none()
    if person is None:
        if request.method not in SAFE_METHODS or request.accept_mimetypes.best == "application/json":
            abort(401)
        session["next"] = request.path
        return redirect(url_for("sign_in.show"))
    if not person.may(can):
        note_access("refused", "permission", can.value, outcome="denied")
        abort(403)
    if person.must_change_password and request.endpoint not in WHILE_TEMPORARY:
        return redirect(url_for("account.password"))
    return None


def settle(response: Response) -> Response:
    """After each request: a successful POST commits, nothing else does; then the access log is written."""
    db_session = g.get("db_session")
    if db_session is not None:
        done = rescue.is_kept() if rescue.rescued() else response.status_code < 400
        if request.method not in SAFE_METHODS and done:
            once.settle(response)
            db_session.commit()
        else:
            db_session.rollback()
    if rescue.rescued():
        rescue.answer(response)
    entries = g.pop("access_entries", [])
    journal.write(database(), entries, at=now(), request_id=g.get("request_id", ""))
    return response


def close(_fault: BaseException | None) -> None:
    """Give the request's session back."""
    db_session = g.pop("db_session", None)
    if db_session is not None:
        db_session.close()
