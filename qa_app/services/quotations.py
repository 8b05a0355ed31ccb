"""Whether words of children and families are shown more widely: approved, shown in other words, or refused."""

from datetime import datetime
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit_forms.identifiers import find
from qa_app.models import QuotationRuling
from qa_app.queries.quotations import Quotation, marked
from qa_app.services.events import record
from qa_app.services.free_text import refuse, staff_names

LONGEST: Final = 2000


class UnfitRuling(ValueError):  # noqa: N818 - named for the fault
    """Words cannot be decided about like this; `field` names what is at fault, the message what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class DecidedMeanwhile(Exception):  # noqa: N818 - named for the fault
    """Somebody else decided since the page was opened."""

    def __init__(self) -> None:
        super().__init__("Somebody else has decided about these words since you opened this page. Read it again.")


def decide(
    session: Session, quotation: Quotation, ruling: str, *, words: str = "", reason: str = "", place: int, by: str,
    at: datetime,
) -> None:  # fmt: skip
    """Decide about one quotation; the original and every decision before stay as they are.

    Raises:
        UnfitRuling: the words name somebody, or what the decision needs is missing.
        NamesSomebody: the reason does.
        DecidedMeanwhile: somebody else was first.
    """
    other, why = words.strip() if ruling == "redacted" else "", reason.strip()
    refuse(why)
    _check(session, quotation, ruling, other, why)
    if place != quotation.place:
        raise DecidedMeanwhile
    made = QuotationRuling(
        audit_id=quotation.audit_id, question=quotation.question, place=place + 1, ruling=ruling, words=other,
        reason=why, decided_at=at, decided_by=by,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise DecidedMeanwhile from None
    record(session, f"quotation.{ruling}", "audit", quotation.audit_id, by=by, at=at, question=quotation.question)


def _check(session: Session, quotation: Quotation, ruling: str, other: str, why: str) -> None:
    if ruling not in ("approved", "redacted", "refused"):
        raise UnfitRuling("ruling", "Choose what happens with these words.")
    if ruling != "approved" and not why:
        raise UnfitRuling("reason", "Say why.")
    if ruling == "redacted":
        if not other:
            raise UnfitRuling("words", "Write the words as they may be shown.")
        if len(other) > LONGEST:
            raise UnfitRuling("words", f"Shorten this to {LONGEST:,} characters or fewer. It has {len(other):,}.")
    shown = quotation.original if ruling == "approved" else other
    if kinds := dict.fromkeys(one.kind.label for one in find(shown) if not one.kind.is_soft):
        field, what = ("ruling", "Show them in other words") if ruling == "approved" else ("words", "Take it out")
        raise UnfitRuling(field, f"This looks as if it holds {' and '.join(kinds)}. {what}.")
    if ruling == "approved" and not why and marked(shown, staff_names(session)):
        raise UnfitRuling("reason", "A name on the staff list stands in it. Say why it may be shown, or change it.")
