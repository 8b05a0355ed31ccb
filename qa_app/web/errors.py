"""Error pages: a sentence that says what to do, never a trace."""

from uuid import UUID

from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response as AnyResponse

from qa_app import logs
from qa_app.access.current import SAFE_METHODS, note_access
from qa_app.access.once import AnotherFormError
from qa_app.access.scope import OutOfScopeError
from qa_app.api import problems
from qa_app.case_keys import WrongKey
from qa_app.queries.tools import ChangedTool

SENTENCES = {
    400: ("There is a problem with what was sent", "Go back, check the page and try again."),
    401: ("You are signed out", "Sign in again. What was saved automatically is still there."),
    403: ("You cannot open this page", "It needs a role you do not have. Ask your administrator if you need it."),
    404: ("Page not found", "Check the address. If you followed a link, what it led to may not be yours to see."),
    405: ("This page does not work that way", "Go back and use the buttons on the page."),
    409: ("Somebody else changed this first", "Go back, reload the page and make your change again."),
    413: (
        "What you sent is too large",
        "Ordinary pages take up to 1 MB, spreadsheets up to 10 MB. Shorten or split it.",
    ),
    429: ("Too many tries", "Wait 5 minutes and try again."),
    500: ("Something went wrong on our side", "Nothing you saved is lost. Try again in a minute."),
    503: ("The service is busy or being restarted", "Nothing you saved is lost. Try again in a minute."),
}


def install(app: Flask) -> None:
    """Answer every kind of error with a page of ours."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(SecurityError, _foreign)
    app.register_error_handler(OutOfScopeError, _hidden)
    app.register_error_handler(WrongKey, _sealed)
    app.register_error_handler(ChangedTool, _tampered)
    app.register_error_handler(AnotherFormError, lambda fault: page(409, advice=str(fault)))
    app.register_error_handler(StaleDataError, lambda _fault: page(409))
    app.register_error_handler(OperationalError, _unreachable)
    app.register_error_handler(Exception, _unforeseen)


def page(status: int, *, advice: str | None = None, title: str | None = None) -> Response:
    """The page of an error; scripts that ask for JSON get the same sentence as JSON, programs a problem of theirs."""
    if request.path.startswith(problems.PREFIX):
        return problems.problem(status)
    heading, sentence = SENTENCES.get(status, SENTENCES[400 if status < 500 else 500])
    heading = title or heading

    if request.accept_mimetypes.best == "application/json":
        response = make_response({"error": advice or sentence}, status)
    else:
        body = render_template(
            "errors/error.html", heading=heading, sentence=advice or sentence, reference=_reference(status)
        )
        response = make_response(body, status)
    return response


def _reference(status: int) -> str:
    return str(g.get("request_id", ""))[:12] if status >= 500 else ""


def _http(fault: HTTPException) -> AnyResponse:
    # What fails after the view, such as the commit, arrives wrapped.
    cause = getattr(fault, "original_exception", None)
    if isinstance(cause, OperationalError):
        return _unreachable(cause)
    status = fault.code or 500
    if status < 400:
        return fault.get_response()  # a redirect
    if status == 401 and request.method not in SAFE_METHODS and request.accept_mimetypes.best != "application/json":
        return redirect(url_for("sign_in.show", ended="yes"))
    return page(status)


def _foreign(_fault: SecurityError) -> Response:
    # A request for another host has no addresses of ours to build a page with.
    sentence = "This service does not answer to that host name. Use the address your council gave you.\n"
    return Response(sentence, 400, content_type="text/plain; charset=utf-8")


def _forged(_fault: CSRFError) -> Response:
    return page(400, advice="This page was open for too long or in another sign-in. Go back, reload it and try again.")


def _unforeseen(fault: Exception) -> Response:
    logs.fault(fault, request_id=str(g.get("request_id", "")))
    return page(500)


def _unreachable(fault: OperationalError) -> Response:
    logs.fault(fault, request_id=str(g.get("request_id", "")))
    return page(503)


def _hidden(_fault: OutOfScopeError) -> Response:
    """Not there, or not theirs to see: the answer is the same, and the try is on the access log."""
    row = next((str(one) for one in (request.view_args or {}).values() if isinstance(one, UUID)), "")
    note_access("refused", (request.endpoint or "")[:40], row, outcome="denied")
    return page(404)


def _sealed(fault: WrongKey) -> Response:
    logs.fault(fault, request_id=str(g.get("request_id", "")))
    return page(503, advice="What is sealed cannot be opened with the key in use. Tell your administrator.")


def _tampered(fault: ChangedTool) -> Response:
    logs.fault(fault, request_id=str(g.get("request_id", "")))
    advice = f"{fault} Nothing can be recorded or read by it until it is put right. Tell your administrator."
    return page(409, advice=advice, title="This tool was changed after it was published")
