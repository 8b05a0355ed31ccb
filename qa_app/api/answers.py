"""Answers: a page of records as JSON or CSV, with the mark by which a program asks whether anything changed."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import Response, request, url_for

from qa_app.api.schemas import schema_of
from qa_app.reports.columns import columns_of
from qa_app.reports.safe_cells import safe_cell

CSV: Final = "text/csv"
JSON: Final = "application/json"
FIGURES_NOTE: Final = "Figures of closed months as they were reported. Show k and n beside every share."


@dataclass(frozen=True, slots=True)
class Page:
    """Some records, the cursor of the next ones, and when the newest of what they come from was kept.

    ``lasting`` pages are the same for the same question until something is published: a program may keep them.
    """

    items: Sequence[Any]
    next: str | None = None
    changed_at: datetime | None = None
    note: str = FIGURES_NOTE
    lasting: bool = True


def answer(page: Page, record: type, asked: Mapping[str, Any]) -> Response:
    """The page as it was asked for; 304 where the program has it already."""
    as_csv = asked.get("format", "csv" if _wants_csv() else "json") == "csv"
    body = _csv(page, record) if as_csv else _json(page, record)
    response = Response(body, content_type=f"{CSV}; charset=utf-8" if as_csv else JSON)
    if page.next is not None:
        following: dict[str, Any] = {**request.args.to_dict(), "cursor": page.next}
        response.headers["Link"] = f'<{url_for(request.endpoint or "", **following)}>; rel="next"'
    if page.lasting:
        response.add_etag()
        response.last_modified = page.changed_at
        response.make_conditional(request.environ)
    return response


def _wants_csv() -> bool:
    return request.accept_mimetypes.best_match((JSON, CSV)) == CSV


def _json(page: Page, record: type) -> str:
    items = schema_of(record)(many=True).dump(page.items)
    return json.dumps({"items": items, "next": page.next, "note": page.note})


def _csv(page: Page, record: type) -> str:
    """The records with a row of headings; no cell begins in a way that a spreadsheet would take for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = [one.name for one in columns_of(record)]
    writer.writerow(names)
    for row in schema_of(record)(many=True).dump(page.items):
        writer.writerow(_cell(row[name]) for name in names)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = " ".join(str(one) for one in value)
    return safe_cell(value) if isinstance(value, str) else "" if value is None else value
