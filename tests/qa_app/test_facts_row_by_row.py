"""The counts behind the figures are what counting every row one by one comes to, on either database."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.statistics.facts import Facts
from qa_app.db import Database
from qa_app.models import Audit, CountedAnswer, FrameMember, Judgement, Moderation
from qa_app.queries.facts import CHRONOLOGY, Reach, collect
from tests.benchmarks import council

AUDITS = 300


class Rows(NamedTuple):
    """Everything there is of the audits that stand."""

    audits: dict[UUID, Audit]
    grades: dict[tuple[UUID, str, str], str]
    said: dict[UUID, list[str]]
    members: dict[UUID, FrameMember]
    moderations: dict[UUID, Moderation]


@pytest.fixture
def filled(database: Database) -> Database:
    council.fill(database, AUDITS)
    return database


def rows(session: Session, stands: Callable[[Audit], bool]) -> Rows:
    audits = {one.id: one for one in session.scalars(select(Audit)) if one.state != "withdrawn" and stands(one)}
    said: dict[UUID, list[str]] = {}
    for answer in session.scalars(select(CountedAnswer).where(CountedAnswer.question.in_(CHRONOLOGY))):
        said.setdefault(answer.audit_id, []).append(answer.value)
    return Rows(
        audits,
        {(one.audit_id, one.element, one.stage): one.grade for one in session.scalars(select(Judgement))},
        said,
        {one.audit_id: one for one in session.scalars(select(FrameMember))},
        {one.audit_id: one for one in session.scalars(select(Moderation))},
    )


def counted(keys: Iterable[Hashable]) -> dict[Any, int]:
    return dict(Counter(keys))


def check(facts: Facts, found: Rows, reach: Reach) -> None:
    """Hold the counts against the rows; places count only where they were asked for."""

    def where(audit: Audit) -> tuple[str, str]:
        return (str(audit.service_id), str(audit.team_id)) if reach.by_team else ("", "")

    standing: Counter[Hashable] = Counter()
    for audit in found.audits.values():
        for element in reach.elements:
            first = found.grades[audit.id, element, "auditor"]
            standing[audit.month, *where(audit), element, "auditor", first] += 1
            final = found.grades.get((audit.id, element, "final"), first)
            standing[audit.month, *where(audit), element, "final", final] += 1
    assert {tuple(row[:-1]): row.n for row in facts.grades} == standing
    done = [found.moderations[key] for key in found.audits if key in found.moderations]
    assert {
        (row.month, row.team, row.stratum, row.auditor_grade, row.moderator_grade): row.n for row in facts.pairs
    } == counted(
        (
            found.audits[one.audit_id].month,
            where(found.audits[one.audit_id])[1],
            found.members[one.audit_id].stratum,
            found.grades[one.audit_id, "overall", "auditor"],
            found.grades[one.audit_id, "overall", "moderator"],
        )
        for one in done
    )
    members = [found.members[key] for key in found.audits]
    assert {(row.month, row.stratum, row.certainty): row.audits for row in facts.frame} == counted(
        (one.month, one.stratum, one.certainty) for one in members
    )
    assert sum(row.done_blind for row in facts.frame) == len(done)
    complete = [audit for key, audit in found.audits.items() if found.said[key] == ["yes"] * len(CHRONOLOGY)]
    assert {(row.month, row.service, row.team): row.k for row in facts.chronology if row.k} == counted(
        (audit.month, *where(audit)) for audit in complete
    )
    assert sum(row.n for row in facts.chronology) == len(found.audits)
    assert sum(row.n for row in facts.quality) == len(done)


@pytest.mark.parametrize("by_team", [False, True])
def test_the_whole_council_is_counted_as_its_rows_are(filled: Database, *, by_team: bool) -> None:
    reach = Reach(by_team=by_team, elements=council.ELEMENTS)
    with filled.reading() as session:
        check(collect(session, reach), rows(session, lambda _audit: True), reach)


def test_one_service_is_counted_as_its_rows_are(filled: Database) -> None:
    with filled.reading() as session:
        service = session.scalars(select(Audit.service_id).limit(1)).one()
        reach = Reach(services=frozenset((service,)))
        check(collect(session, reach), rows(session, lambda audit: audit.service_id == service), reach)


def test_one_team_is_counted_as_its_rows_are(filled: Database) -> None:
    with filled.reading() as session:
        team = session.scalars(select(Audit.team_id).limit(1)).one()
        reach = Reach(team=team)
        check(collect(session, reach), rows(session, lambda audit: audit.team_id == team), reach)


def test_there_is_something_withdrawn_and_something_replaced_to_count(filled: Database) -> None:
    with filled.reading() as session:
        states = Counter(session.scalars(select(Audit.state)))
        replaced = session.scalars(select(Judgement).where(Judgement.auditor_grade != Judgement.grade)).all()
    assert states["withdrawn"]
    assert replaced
