"""The board pack of a closed month, as a page and as a PDF: the same content, for everybody who may read it."""

from datetime import date

from flask import Blueprint, Response, render_template, url_for

from moderation.statistics import months
from qa_app.access.current import actor, note_access, session, settings
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.queries.sight import sight
from qa_app.reports import pack
from qa_app.reports.document import Document
from qa_app.reports.document_paper import document_pdf
from qa_app.services import packs, published

screen = Blueprint("board_pack", __name__, url_prefix="/board-packs")


@screen.get("")
@needs(Can.BOARD_READ)
def index() -> str:
    """The packs there are, the newest first."""
    seen = sight(session(), actor())
    offered = [month for month in published.closed_months(session()) if seen.until(month) == month]
    return render_template("pack/index.html", months=[(one, months.name(one)) for one in reversed(offered)], seen=seen)


@screen.get("/<string:month>")
@needs(Can.BOARD_READ)
def show(month: str) -> str:
    """The pack as a page, which is the accessible original."""
    wanted = _wanted(month)
    note_access("pack.open", "month", months.name(wanted))
    pdf = url_for(".paper", month=months.name(wanted))
    return render_template("pack/show.html", pack=_made(wanted), pdf=pdf)


@screen.get("/<string:month>/board-pack.pdf")
@needs(Can.BOARD_READ)
def paper(month: str) -> Response:
    """The pack as a PDF."""
    wanted = _wanted(month)
    note_access("pack.export", "month", months.name(wanted))
    headers = {"Content-Disposition": f'attachment; filename="board-pack-{months.name(wanted)}.pdf"'}
    return Response(document_pdf(_made(wanted), cover=True), content_type="application/pdf", headers=headers)


def _wanted(month: str) -> date:
    """A closed month that this person may look at; whoever has grades to give gets none they could learn from."""
    try:
        wanted = months.read(month)
    except ValueError:
        raise OutOfScopeError from None
    is_closed = wanted in published.closed_months(session())
    if not is_closed or sight(session(), actor()).until(wanted) != wanted:
        raise OutOfScopeError
    return wanted


def _made(month: date) -> Document:
    return pack.document(packs.of_month(session(), month, council=settings().council))
