"""The demo's month in seven minutes: October, published, with words of children that were approved for showing."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy.orm import Session

from qa_app.demo.around import lead_of
from qa_app.queries import summaries as found
from qa_app.services import summaries
from qa_app.services.summaries import Text

OCTOBER: Final = date(2026, 10, 1)
WRITTEN: Final = datetime(2026, 11, 13, 15, 0, tzinfo=UTC)
TEXT: Final = Text(
    theme_code="supervision",
    went_well=(
        "Most children were seen alone, at home and elsewhere, and the notes say how they were. More plans say what "
        "has to be different and by when."
    ),
    do_better=(
        "- Supervision is held and often says what to do next. It seldom says why a plan is not moving.\n"
        "- Chronologies stop some months ago. Add what happened while you still know what it meant."
    ),
    example=(
        "The supervision note names one thing the child should notice before the next supervision. A month later the "
        "note says whether the child did, in the child’s own words."
    ),
    next_month=(
        "- End each supervision with one thing the child should notice.\n"
        "- Read one chronology with the family, and bring it up to date together."
    ),
)
QUOTED: Final = (("feedback_older", "best_thing"), ("feedback_carer", "change_thing"))


def tell_the_month(session: Session) -> None:
    """The QA lead writes what October showed, and publishes it."""
    lead = lead_of(session)
    offered = {(one.tool_key, one.question): one for one in reversed(found.offered(session, OCTOBER))}
    words = [offered[one] for one in QUOTED if one in offered]
    text = replace(TEXT, quotations=tuple((str(one.audit_id), one.question) for one in words))
    draft = summaries.write(session, OCTOBER, text, seen=0, by=lead, at=WRITTEN)
    summaries.publish(session, OCTOBER, draft.version, council="", named_nobody=True, by=lead, at=WRITTEN)
