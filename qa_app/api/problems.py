"""What went wrong, as programs read it: problem details (RFC 9457) with a sentence that says what to do."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, Response, g
from werkzeug.exceptions import HTTPException, UnprocessableEntity

from qa_app.access.programs import ProgramRefused, Refusal

PREFIX: Final = "/api/"
MEDIA_TYPE: Final = "application/problem+json"
REALM: Final = 'Bearer realm="Beyond Auditing"'
RETRY_SECONDS: Final = 300

SENTENCES: Final = {
    400: "Send the token in the Authorization header, and nothing of it in the address.",
    401: Refusal.MISSING.value,
    403: "Ask your administrator for a token that covers this.",
    404: "Check the address. /api/v1/openapi.json lists what there is.",
    405: "Everything here is only read. Use GET.",
    406: "Ask for application/json or text/csv.",
    422: "Mend the parameters that are named and send the request again.",
    429: Refusal.SLOW_DOWN.value,
    500: "Something went wrong on our side. Try again in a minute, else tell your administrator the instance.",
    503: "The service is busy or being restarted. Try again in a minute.",
}


class NotThere(Exception):  # noqa: N818 - named for the fault
    """What was asked for is not there; the message says what is."""


def install(app: Flask) -> None:
    """Answer what the interface itself refuses."""
    app.register_error_handler(ProgramRefused, _refused)
    app.register_error_handler(NotThere, lambda fault: problem(404, str(fault)))
    app.register_error_handler(UnprocessableEntity, _unfit)


def problem(
    status: int, detail: str = "", *, errors: Mapping[str, Sequence[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    """The answer to a request that cannot be met."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or SENTENCES.get(status, SENTENCES[404 if status < 500 else 500]),
        "instance": f"urn:request:{g.get('request_id', '')}",
    }
    if errors is not None:
        body["errors"] = {name: list(sentences) for name, sentences in errors.items()}
    return Response(json.dumps(body), status, content_type=MEDIA_TYPE, headers=dict(headers or {}))


def _refused(fault: ProgramRefused) -> Response:
    headers = {}
    if fault.status == 401:
        said = "" if fault.why is Refusal.MISSING else ', error="invalid_token"'
        headers["WWW-Authenticate"] = f"{REALM}{said}"
    elif fault.status == 403:
        headers["WWW-Authenticate"] = f'{REALM}, error="insufficient_scope", scope="{fault.scope}"'
    elif fault.status == 429:
        headers["Retry-After"] = str(RETRY_SECONDS)
    return problem(fault.status, str(fault), headers=headers)


def _unfit(fault: HTTPException) -> Response:
    """What the check of parameters found, by parameter."""
    messages = getattr(fault, "data", {}).get("messages", {})
    return problem(422, errors=messages.get("query", {}))
