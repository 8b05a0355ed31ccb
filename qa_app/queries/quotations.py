"""Words that children and families allowed us to use: those to be decided about, and those that may be shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from audit_forms.identifiers import Found, Names, find
from qa_app.access.actor import Actor
from qa_app.access.scope import SUBMITTED
from qa_app.access.sources import decided_on
from qa_app.models import Answers, Audit, QuotationRuling
from qa_app.queries import tools
from qa_app.queries.doers import doer
from qa_app.queries.reach import Reach, within
from qa_app.queries.sources import Span
from qa_app.queries.voice import FEEDBACK

WORDS: Final = ("best_thing", "change_thing", "anything_else")
PERMISSION: Final = "may_quote"


@dataclass(frozen=True, slots=True)
class Quotation:
    """The answer to one question in somebody's own words, and what was decided about it last."""

    audit_id: UUID
    reference: str
    question: str
    asked: str
    tool_key: str
    month: date
    team: str
    original: str
    ruling: QuotationRuling | None

    @property
    def state(self) -> str:
        """'waiting', 'approved', 'redacted' or 'refused'."""
        return self.ruling.ruling if self.ruling is not None else "waiting"

    @property
    def shown(self) -> str:
        """The words that may be shown; empty while nobody has let them be."""
        return {"approved": self.original, "redacted": self.ruling.words if self.ruling else ""}.get(self.state, "")

    @property
    def place(self) -> int:
        """How often it was decided about."""
        return self.ruling.place if self.ruling is not None else 0


def to_decide(session: Session, actor: Actor) -> tuple[Quotation, ...]:
    """Everything this person decides about: what waits first, then what was decided, newest first."""
    rows = session.execute(_given().where(decided_on(actor)))
    found = [one for audit, answers in rows for one in _of(session, audit, answers)]
    return tuple(sorted(found, key=lambda one: one.state != "waiting"))


def waiting(session: Session, actor: Actor) -> int:
    """How many wait for this person."""
    return sum(one.state == "waiting" for one in to_decide(session, actor))


def shown(session: Session, reach: Reach, span: Span) -> tuple[Quotation, ...]:
    """What was approved or redacted of these months, newest first: the words everybody may read who reads voice."""
    limits = within(reach, Audit.month, Audit.service_id, Audit.team_id)
    rows = session.execute(_given().where(Audit.month.between(*span), *limits))
    found = (one for audit, answers in rows for one in _of(session, audit, answers))
    return tuple(one for one in found if one.shown)


def one(session: Session, actor: Actor, audit_id: UUID, question: str) -> Quotation | None:
    """One that this person decides about."""
    rows = session.execute(_given().where(decided_on(actor), Audit.id == audit_id))
    found = (each for audit, answers in rows for each in _of(session, audit, answers))
    return next((each for each in found if each.question == question), None)


def marked(text: str, names: Names) -> tuple[Found, ...]:
    """What in it looks as if it named somebody."""
    return tuple(find(text, names=names))


def _given() -> Select[Audit, dict[str, Any]]:
    return (
        select(Audit, Answers.answers)
        .join(Answers, (Answers.audit_id == Audit.id) & (Answers.stage == "auditor"))
        .where(
            Audit.tool_key.in_(sorted(FEEDBACK)), Audit.state.in_(SUBMITTED),
            Answers.answers[PERMISSION].as_string() == "yes",
        )
        .order_by(Audit.month.desc(), Audit.number.desc())
    )  # fmt: skip


def _of(session: Session, audit: Audit, answers: dict[str, object]) -> Iterable[Quotation]:
    tool = tools.tool(session, audit.tool_key, audit.tool_version)
    for question in WORDS:
        said = answers.get(question)
        if isinstance(said, str) and said.strip() and tool.asks(question):
            yield Quotation(
                audit.id, audit.reference, question, tool.question(question).label, audit.tool_key, audit.month,
                audit.team.name, said.strip(), _last(session, audit.id, question),
            )  # fmt: skip


def _last(session: Session, audit_id: UUID, question: str) -> QuotationRuling | None:
    return session.scalar(
        select(QuotationRuling)
        .where(QuotationRuling.audit_id == audit_id, QuotationRuling.question == question)
        .order_by(QuotationRuling.place.desc())
        .limit(1)
    )


class Ruled(NamedTuple):
    """A decision that was taken, and by whom."""

    ruling: QuotationRuling
    who: str


def rulings(session: Session, quotation: Quotation) -> tuple[Ruled, ...]:
    """Every decision about one quotation, newest first."""
    found = session.scalars(
        select(QuotationRuling)
        .where(QuotationRuling.audit_id == quotation.audit_id, QuotationRuling.question == quotation.question)
        .order_by(QuotationRuling.place.desc())
    )
    return tuple(Ruled(one, doer(session, one.decided_by)) for one in found)
