"""What a board pack counts beside the figures: actions and re-audits as they stood, and the evidence of a period."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, contains_eager

from audit_forms.consistency import OVERALL
from audit_forms.grades import BEST_FIRST, Grade
from qa_app.clock import LONDON, london_day
from qa_app.models import Action, Audit, Evidence, EvidenceVersion, Reaudit
from qa_app.queries import standing
from qa_app.queries.sources import Span


@dataclass(frozen=True, slots=True)
class ActionTally:
    """Actions of audits up to a month: those of a period, and how the rest stood at a moment."""

    agreed: int
    closed: int
    closed_with_evidence: int
    open: int
    overdue: int
    to_check: int


def actions(session: Session, span: Span, *, at: datetime) -> ActionTally:
    """The actions of audits up to the last month of the span, as they stood at a moment."""
    first = span.days[0]
    ended = or_(_by(Action.closed_at, at), _by(Action.cancelled_at, at))
    live = not_(ended)
    done = _by(Action.done_at, at)
    closed = and_(_by(Action.closed_at, at), Action.closed_at >= datetime.combine(first, time(), LONDON))
    return ActionTally(
        *session.execute(
            select(
                func.count().filter(Audit.month >= first),
                func.count().filter(closed),
                func.count().filter(closed, Action.evidence != ""),
                func.count().filter(live, not_(done)),
                func.count().filter(live, not_(done), Action.due_on < london_day(at)),
                func.count().filter(live, done),
            )
            .select_from(Action)
            .join(Audit, Audit.id == Action.audit_id)
            .where(Audit.month <= span.last, Action.made_at <= at)
        ).one()
    )


def _by(moment: InstrumentedAttribute[datetime | None], at: datetime) -> ColumnElement[bool]:
    return and_(moment.is_not(None), moment <= at)


def changes(session: Session, span: Span) -> Counter[str]:
    """Of the children audited again in these months: how often the overall grade was better, the same or worse."""
    second = aliased(Audit)
    pairs = session.execute(
        select(Reaudit.first_id, Reaudit.second_id)
        .join(second, second.id == Reaudit.second_id)
        .where(second.month.between(*span), second.state.in_(("closed", "agreed", "moderated")))
    ).all()
    return Counter(_change(session, *pair) for pair in pairs)


def _change(session: Session, first: object, second: object) -> str:
    before, after = (standing.grades(session, one).get(OVERALL) for one in (first, second))  # type: ignore[arg-type]
    if not (isinstance(before, Grade) and isinstance(after, Grade)):
        return "not_compared"
    step = BEST_FIRST.index(before) - BEST_FIRST.index(after)
    return "better" if step > 0 else "worse" if step < 0 else "same"


def evidence(session: Session, span: Span) -> Sequence[EvidenceVersion]:
    """The entries of these months that stand, the newest version of each, the oldest day first."""
    later = aliased(EvidenceVersion)
    newest = select(func.max(later.version)).where(later.evidence_id == EvidenceVersion.evidence_id)
    return session.scalars(
        select(EvidenceVersion)
        .join(Evidence, Evidence.id == EvidenceVersion.evidence_id)
        .where(
            Evidence.withdrawn_at.is_(None), EvidenceVersion.version == newest.scalar_subquery(),
            EvidenceVersion.on.between(*span.days),
        )
        .options(contains_eager(EvidenceVersion.evidence))
        .order_by(EvidenceVersion.on, EvidenceVersion.evidence_id)
    ).all()  # fmt: skip
