"""Tables by service and team, small numbers hidden for everybody alike, and rows of audits that name nobody."""

import secrets
from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from qa_app.access.audience import PUBLIC
from qa_app.access.current import session, settings
from qa_app.access.permissions import Can
from qa_app.api import cursors
from qa_app.api.answers import Page
from qa_app.api.problems import NotThere
from qa_app.api.resources import listing
from qa_app.api.schemas import USUAL, PagedQuery, Query, month_field, word_field
from qa_app.reports.audit_rows import NOTE, AuditRow
from qa_app.reports.figure_records import KEYS
from qa_app.reports.place_records import PlaceRecord, place_records
from qa_app.services import extract, published, reported
from qa_app.services.extract import Named

TABLES_NOTE = "Published figures. Where shown is not yes, a small number is protected: do not try to work it out."


class TablesQuery(Query):
    """Which tables."""

    period = fields.String(
        validate=validate.Regexp(r"^[0-9]{4}-(0[1-9]|1[0-2])-to-[0-9]{4}-(0[1-9]|1[0-2])$"),
        metadata={
            "description": "Only this quarter or financial year; the newest unless told.",
            "example": "2026-04-to-2026-06",
        },
    )
    measure = word_field("Only this measure.", KEYS)
    level = word_field("Only services, or only teams.", ("service", "team"))


class RowsQuery(PagedQuery):
    """Which rows."""

    month = month_field("Only rows of this closed month.")


@listing("/tables", Can.API_TABLES, query=TablesQuery, record=PlaceRecord, note=TABLES_NOTE)
def tables(asked: Mapping[str, Any]) -> Page:
    """List figures by service and by team.

    By service for quarters and financial years that are over, by team for financial years. Small numbers are hidden,
    and others with them, so that nobody can work one out.
    """
    offered = published.periods(session())
    names = [one.name for one in offered]
    if "period" in asked and asked["period"] not in names:
        there = f"There are {', '.join(names)}." if names else "No quarter is over yet."
        raise NotThere(f"Nothing is published of this period. {there}")
    if not offered:
        return Page([], note=TABLES_NOTE)
    period = offered[names.index(asked["period"])] if "period" in asked else offered[0]
    records = place_records(published.breakdown_for(session(), PUBLIC, period))
    found = [
        one
        for one in records
        if one.measure == asked.get("measure", one.measure) and one.level == asked.get("level", one.level)
    ]
    return Page(found, note=TABLES_NOTE)


@listing("/rows", Can.API_ROWS, query=RowsQuery, record=AuditRow, note=NOTE)
def rows(asked: Mapping[str, Any]) -> Page:
    """List audits of closed months, one row each, without names, references or words.

    A row's name holds for the pages of one extract: from the first page to the last that its cursors lead to.
    """
    closed = reported.closings(session())
    wanted = [one.month for one in closed if one.month == asked.get("month", one.month)]
    if "month" in asked and not wanted:
        raise NotThere(f"This month is not closed, so nothing of it can be read. {reported.month_words(closed)}")
    place, limit = cursors.opened("rows", asked), asked.get("limit", USUAL)
    named = Named(settings().secret_key, place.get("extract") or secrets.token_hex(16))
    at, after = place.get("month", ""), place.get("after", "")
    found: list[Any] = []
    for month in (one for one in wanted if f"{one:%Y-%m}" >= at):
        start = after if f"{month:%Y-%m}" == at else ""
        found += [row for row in extract.month_rows(session(), month, named) if row.row_id > start]
        if len(found) > limit:
            break
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = {"extract": named.nonce, "month": f"{last.month:%Y-%m}", "after": last.row_id}
    sealed = None if following is None else cursors.seal("rows", asked, following)
    return Page(found[:limit], sealed, note=NOTE, lasting=False)
