"""What programs can read, for the people who write them: a plain page made of the interface's own description."""

from typing import Any

from flask import Blueprint, render_template

from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.api import description

screen = Blueprint("interface", __name__, url_prefix="/api")


@screen.get("")
@needs(Can.API_DESCRIBE)
def show() -> str:
    """Every list, its parameters and its columns."""
    whole = description.whole()
    lists = [
        _list(path, operations["get"], whole["components"]["schemas"])
        for path, operations in whole["paths"].items()
        if not path.endswith("/openapi.json")
    ]
    return render_template(
        "interface/show.html", about=whole["info"]["description"], lists=lists, errors=description.ERRORS
    )


def _list(path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    page = schemas[operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]]
    record = schemas[page["properties"]["items"]["items"]["$ref"].rsplit("/", 1)[-1]]
    return {
        "path": path,
        "name": operation["operationId"],
        "summary": operation["summary"],
        "more": operation.get("description", ""),
        "scope": operation["x-scope"].removeprefix("api."),
        "parameters": [
            (one["name"], one.get("description", ""), _values(one["schema"])) for one in operation.get("parameters", ())
        ],
        "columns": [(name, one.get("description", ""), _values(one)) for name, one in record["properties"].items()],
        "example": operation["responses"]["200"]["content"]["application/json"].get("example"),
    }


def _values(schema: dict[str, Any]) -> str:
    return ", ".join(str(one) for one in schema.get("enum", ()) if one is not None)
