"""De-identified rows of the audits of a closed month: no person, case, reference, team, date or word is in them.

A row's name is made with a key of its own for each extract, so that it leads neither to the product nor to another
extract. Services and plan types with few audits in a month are put together. Who reads rows still learns more than is
published of services: docs/decisions/interface-for-programs.md says why that is right for analysts and for nobody else.
"""

import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from audit_forms.lifecycle import State
from qa_app.models import Audit, CountedAnswer, Judgement, Moderation, Service
from qa_app.queries.reach import DONE, TOOL
from qa_app.reports.audit_rows import CHRONOLOGY, ELEMENTS, OTHER, SEVERAL, AuditRow
from qa_app.services import settings


class Named(NamedTuple):
    """Who names the rows of one extract: the product's secret, and the extract's own key."""

    secret: str
    nonce: str

    def row(self, audit_id: UUID) -> str:
        """The name of an audit's row in this extract."""
        said = f"{self.nonce}:{audit_id}".encode()
        return hmac.new(self.secret.encode(), said, hashlib.sha256).hexdigest()[:24]


def month_rows(session: Session, month: date, named: Named) -> list[Any]:
    """The rows of a month that is closed, in the order of their names, which is that of nothing else."""
    audits = _audits(session, month)
    least = settings.number(session, "smallest_shown") + 1
    services = _together(Counter(row.service for row in audits), least)
    plans = Counter(row.plan_type for row in audits)
    grades, answers = _grades(session, month), _chronology(session, month)
    made = [
        AuditRow(
            row_id=named.row(row.id),
            month=month,
            service=services[row.service],
            plan_type=row.plan_type if plans[row.plan_type] >= least else OTHER,
            tool_version=row.tool_version,
            stream=row.stream,
            mode=row.mode,
            **_graded(grades[row.id]),
            **{key: answers[row.id].get(key) for key in CHRONOLOGY},
        )
        for row in audits
        if grades[row.id]
    ]
    return sorted(made, key=lambda row: str(row.row_id))


def _audits(session: Session, month: date) -> list[Any]:
    moderated = and_(Moderation.audit_id == Audit.id, Moderation.state.in_(DONE))
    return list(
        session.execute(
            select(
                Audit.id, Audit.plan_type, Audit.tool_version, Service.name.label("service"), Moderation.stream,
                Moderation.mode,
            )
            .join(Service, Service.id == Audit.service_id)
            .outerjoin(Moderation, moderated)
            .where(Audit.month == month, Audit.tool_key == TOOL, Audit.state != State.WITHDRAWN)
        )
    )  # fmt: skip


def _together(counted: Mapping[str, int], least: int) -> dict[str, str]:
    """What each service is called: those with too few audits share a name, with as many more as hide each of them."""
    by_size = sorted(counted, key=lambda name: (counted[name], name))
    joined: list[str] = [name for name in by_size if counted[name] < least]
    for name in by_size[len(joined) :]:
        if not joined or (len(joined) > 1 and sum(counted[one] for one in joined) >= least):
            break
        joined.append(name)
    return {name: SEVERAL if name in joined else name for name in counted}


def _grades(session: Session, month: date) -> dict[UUID, dict[tuple[str, str], str]]:
    found: dict[UUID, dict[tuple[str, str], str]] = defaultdict(dict)
    rows = session.execute(
        select(Judgement.audit_id, Judgement.stage, Judgement.element, Judgement.grade).where(
            Judgement.tool_key == TOOL, Judgement.month == month, Judgement.element.in_(sorted(ELEMENTS))
        )
    )
    for audit_id, stage, element, grade in rows:
        found[audit_id][stage, element] = grade
    return found


def _graded(given: Mapping[tuple[str, str], str]) -> dict[str, str | None]:
    made: dict[str, str | None] = {}
    for key in ELEMENTS:
        auditor = given.get(("auditor", key))
        made[f"{key}_auditor"] = auditor
        made[f"{key}_moderator"] = given.get(("moderator", key))
        made[f"{key}_final"] = given.get(("challenged", key), given.get(("final", key), auditor))
    return made


def _chronology(session: Session, month: date) -> dict[UUID, dict[str, str]]:
    found: dict[UUID, dict[str, str]] = defaultdict(dict)
    rows = session.execute(
        select(CountedAnswer.audit_id, CountedAnswer.question, CountedAnswer.value).where(
            CountedAnswer.tool_key == TOOL, CountedAnswer.month == month, CountedAnswer.question.in_(CHRONOLOGY)
        )
    )
    for audit_id, question, value in rows:
        found[audit_id][question] = value
    return found
