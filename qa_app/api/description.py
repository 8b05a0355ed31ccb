"""The description of the interface (OpenAPI 3.1): made of the records and parameters themselves."""

from typing import Any, Final

from flask import Flask, Response, current_app, json
from flask_smorest import Api

from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.api import problems
from qa_app.api.resources import blueprint
from qa_app.api.schemas import MonthField, Problem

ABOUT: Final = (
    "Read-only. Figures of closed months as they were reported, tables by service and team with small numbers hidden, "
    "the improvement plan, and rows of audits that name nobody. An administrator of the product makes a token for "
    "each program. Send it in the Authorization header, never in the address."
)
# Every answer that is not 200 or 304, the same for every address.
ERRORS: Final = {
    400: "A token stands in the address.",
    401: "There is no token, or it is unknown, over or revoked.",
    403: "The token does not cover this.",
    404: "What was asked for is not there: a month that is not closed, or a cursor that is not ours.",
    422: "A parameter makes no sense; each is named with what to do.",
    429: "Too many requests of this address were refused.",
    500: "A fault on our side.",
    503: "The service is busy or being restarted.",
}
MONTH_SCHEMA: Final = {"type": "string", "pattern": r"^[0-9]{4}-(0[1-9]|1[0-2])$"}


class Interface(Api):
    """flask-smorest's own interface, with the product's error answers in place of its own."""

    ERROR_SCHEMA = Problem

    def __init__(self, app: Flask) -> None:
        self._whole: dict[str, Any] | None = None
        super().__init__(app, spec_kwargs={"info": {"description": ABOUT}, "servers": [{"url": "/"}]})
        self.spec.components.security_scheme("token", {
            "type": "http", "scheme": "bearer",
            "description": "A token made by an administrator of the product, with a scope and an end.",
        })  # fmt: skip
        self.ma_plugin.converter.add_attribute_function(_month)

    def _register_error_handlers(self) -> None:
        """Nothing: pages keep their own answers, and the interface has qa_app.api.problems."""

    @property
    def whole(self) -> dict[str, Any]:
        """The description with every error answer in it."""
        if self._whole is None:
            made = self.spec.to_dict()
            _complete(made)
            self._whole = made
        return self._whole


def whole() -> dict[str, Any]:
    """The description of this application's interface."""
    found: dict[str, Any] = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"].whole
    return found


@needs(Can.API_DESCRIBE)
def openapi() -> Response:
    """This description; it needs no token and holds no figure."""
    return Response(json.dumps(whole(), indent=2), content_type="application/json")


blueprint.route("/openapi.json")(openapi)


def _month(_converter: Any, field: Any, **_kwargs: Any) -> dict[str, Any]:
    if not isinstance(field, MonthField):
        return {}
    return {**MONTH_SCHEMA, "type": ["string", "null"]} if field.allow_none else dict(MONTH_SCHEMA)


def _complete(made: dict[str, Any]) -> None:
    """Give every address its error answers, CSV, and what a program may be told by headers."""
    made["components"].pop("responses", None)
    made["components"]["responses"] = {f"Problem{status}": _problem(status, words) for status, words in ERRORS.items()}
    for path, operations in made["paths"].items():
        responses = operations["get"]["responses"]
        for status in [key for key in responses if key != "200"]:
            del responses[status]
        if path.endswith("/openapi.json"):
            responses["200"] = {"description": "The description.", "content": {"application/json": {"schema": {}}}}
            continue
        responses["304"] = {"description": "Nothing changed since the program asked last."}
        for status in ERRORS:
            responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
        responses["200"]["content"]["text/csv"] = {"schema": {"type": "string"}}
        responses["200"]["headers"] = {
            "Link": {"description": 'The next page, with rel="next".', "schema": {"type": "string"}},
            "ETag": {"description": "Send it back as If-None-Match.", "schema": {"type": "string"}},
        }


def _problem(status: int, words: str) -> dict[str, Any]:
    example = {
        "type": "about:blank", "title": words, "status": status, "detail": problems.SENTENCES[status],
        "instance": "urn:request:4f1c",
    }  # fmt: skip
    made: dict[str, Any] = {
        "description": words,
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }
    named = {401: "WWW-Authenticate", 403: "WWW-Authenticate", 429: "Retry-After"}.get(status)
    if named:
        made["headers"] = {named: {"schema": {"type": "string"}}}
    return made
