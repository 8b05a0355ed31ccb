"""The month in seven minutes, for everybody who is signed in: the list, one month as a page, and on one sheet."""

from flask import Blueprint, Response, render_template, url_for

from moderation.statistics import months
from qa_app.access.current import actor, session, settings
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.models import SummaryVersion
from qa_app.queries import summaries as found
from qa_app.queries.sight import sight
from qa_app.reports.document import Document
from qa_app.reports.summary import document
from qa_app.reports.summary_paper import summary_pdf
from qa_app.services import summaries

screen = Blueprint("summaries", __name__, url_prefix="/summaries")

TO_WRITE = 6  # closed months that are offered to the QA lead


@screen.get("")
@needs(Can.SUMMARY_READ)
def index() -> str:
    """What there is to read, the newest month first; to the QA lead also what there is to write."""
    writes = actor().may(Can.SUMMARY_WRITE)
    recent = found.closed(session(), actor())[:TO_WRITE] if writes else []
    return render_template(
        "summaries/index.html", readable=found.readable(session(), actor()), writes=writes, name=months.name,
        standing=found.standing(session(), recent), why=sight(session(), actor()).why,
    )  # fmt: skip


@screen.get("/<string:month>")
@needs(Can.SUMMARY_READ)
def show(month: str) -> str:
    """A month as a page."""
    version = _published(month)
    return render_template(
        "summaries/show.html", summary=_made(version), version=version, name=month,
        may_write=actor().may(Can.SUMMARY_WRITE), pdf=url_for(".paper", month=month),
    )  # fmt: skip


@screen.get("/<string:month>/seven-minutes.pdf")
@needs(Can.SUMMARY_READ)
def paper(month: str) -> Response:
    """A month on one sheet of paper."""
    made = summary_pdf(_made(_published(month)))
    headers = {"Content-Disposition": f'attachment; filename="seven-minutes-{month}.pdf"'}
    return Response(made, content_type="application/pdf", headers=headers)


def _published(month: str) -> SummaryVersion:
    version = found.published(session(), found.called(session(), actor(), month))
    if version is None:
        raise OutOfScopeError
    return version


def _made(version: SummaryVersion) -> Document:
    return document(summaries.told(session(), version, council=settings().council))
