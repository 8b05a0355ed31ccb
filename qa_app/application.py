"""The web application: its settings, the checks before and after each request, and the headers of every answer."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from qa_app import api, logs, web
from qa_app.access import guard, once
from qa_app.access.current import settings as current_settings
from qa_app.access.permissions import BY_TOKEN
from qa_app.config import Settings
from qa_app.db import Database

ORDINARY_BYTES = 1024 * 1024
MOST_PARTS = 3000
FOR_EVER = "public, max-age=31536000, immutable"
ASK_FIRST = "private, no-cache"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self';"
        " manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Vary": "Cookie",
}


class _Application(Flask):
    """Flask, without its own way of logging a fault: messages and traces carry the values they are about."""

    def log_exception(self, exc_info: Any) -> None:
        """Log what kind of fault it was and where."""
        logs.fault(exc_info[1], request_id=str(g.get("request_id", "")))


class _Tokens(CSRFProtect):  # type: ignore[misc] # Flask-WTF ships no types
    """Every form that changes something carries a token, or the pass of the page it stands on."""

    def protect(self, apply_exemptions: bool = False) -> None:  # noqa: FBT001, FBT002 - Flask-WTF's own signature
        """Check the token, unless the guard has seen the page's own proof."""
        if not g.get("csrf_valid"):
            super().protect(apply_exemptions=apply_exemptions)


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """The application for these settings.

    Raises:
        UnguardedRouteError: a route and method names no permission.
    """
    app = _Application("qa_app")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=ORDINARY_BYTES,
        MAX_FORM_MEMORY_SIZE=ORDINARY_BYTES,
        MAX_FORM_PARTS=MOST_PARTS,
        SESSION_COOKIE_NAME="__Host-form" if settings.https else "form",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.absolute_hours),
        WTF_CSRF_TIME_LIMIT=None,  # an audit takes longer than an hour
        WTF_CSRF_SSL_STRICT=settings.https,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
    )
    app.extensions["qa_settings"] = settings
    app.extensions["qa_database"] = database or Database(settings.database_url)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    logs.configure()
    app.before_request(_name_request)
    # The guard first: it makes room for uploads, and only for those who may send them, before the token is read.
    app.before_request(guard.ask)
    _Tokens(app)
    app.before_request(once.claim)
    app.after_request(guard.settle)
    app.after_request(_headers)
    app.teardown_request(guard.close)
    web.install(app)
    api.install(app)
    guard.check_routes(app)
    return app


def _name_request() -> None:
    g.request_id = uuid4().hex


def _headers(response: Response) -> Response:
    by_token = request.endpoint is not None and guard.permission_of(current_app, request.endpoint) in BY_TOKEN
    if by_token:
        response.headers["Vary"] = "Accept, Authorization"
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_settings().https:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    # An address with a stamp of its content never means anything else; everything else is nobody's to keep.
    stamped = request.endpoint == "static" and "v" in request.args and response.status_code == 200
    response.headers["Cache-Control"] = FOR_EVER if stamped else "no-store"
    if by_token and "ETag" in response.headers:
        response.headers["Cache-Control"] = ASK_FIRST  # a program may keep it, and asks each time whether it holds
    return response
