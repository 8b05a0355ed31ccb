"""The feedback letter as a page and as a PDF, for whoever was found to be allowed it."""

from uuid import UUID

from flask import Response, render_template

from qa_app.access.current import note_access, session, settings
from qa_app.models import Audit
from qa_app.queries import letters
from qa_app.reports.letter import Letter, letter_pdf
from qa_app.services import settings as choices


def page(audit: Audit, *, pdf: str, back: str, reflect: str = "", reader: UUID | None = None) -> str:
    """The letter; `reflect` is the address where its reader says how they see it, where that is theirs to say."""
    note_access("letter.open", "audit", audit.id, person_id=reader)
    return render_template("letters/show.html", letter=_letter(audit), pdf=pdf, back=back, reflect=reflect)


def pdf(audit: Audit, *, reader: UUID | None = None) -> Response:
    """The letter as a PDF named after the audit alone."""
    note_access("letter.open", "audit", audit.id, person_id=reader)
    headers = {"Content-Disposition": f'attachment; filename="letter-{audit.reference}.pdf"'}
    return Response(letter_pdf(_letter(audit)), content_type="application/pdf", headers=headers)


def _letter(audit: Audit) -> Letter:
    return letters.letter(
        session(), audit, council=settings().council, answer_days=choices.number(session(), "dispute_days")
    )
