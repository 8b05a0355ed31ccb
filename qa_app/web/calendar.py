"""The calendar of a person's due dates, at a secret address that calendars subscribe to without a sign-in."""

from flask import Blueprint, Response, abort, request

from qa_app.access.current import note_access, now, session, settings
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.sessions import sha256_of
from qa_app.clock import london_day
from qa_app.queries import outbox
from qa_app.queries.due_dates import due_dates
from qa_app.queries.recipients import reader

screen = Blueprint("calendar", __name__)


@screen.get("/calendar/<string:token>.ics")
@needs(Can.FEED)
def show(token: str) -> Response:
    """The file, or nothing new to a calendar that has it. Its hash is looked up, so no timing tells of a token."""
    from qa_app.reports.calendar import calendar  # its library takes long to import, and few requests need it

    found = outbox.feed_of(session(), sha256_of(token))
    who = reader(session(), found.person_id) if found is not None else None
    if found is None or who is None:
        note_access("refused", "calendar", found.id if found else "unknown", outcome="denied")
        abort(404)
    site = settings().mail.public_url or request.host_url.rstrip("/")
    file = calendar(due_dates(session(), who, today=london_day(now())), site=site)
    answer = Response(file, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = "inline; filename=due-dates.ics"
    answer.add_etag()
    answer.make_conditional(request)
    if answer.status_code == 200:
        note_access("calendar.open", "calendar", found.id, person_id=who.person_id)
    return answer
