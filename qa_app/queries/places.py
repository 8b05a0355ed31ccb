"""Counts by service and team as a month's snapshot keeps them, for what is published of services and teams later."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.statistics.facts import Facts
from moderation.statistics.publication import PlaceCount, by_place
from moderation.statistics.rules import Rules
from qa_app.models import Case, Team
from qa_app.queries.facts import chronology
from qa_app.queries.graded import grades
from qa_app.queries.reach import Reach


def place_counts(session: Session, months: Sequence[date], rules: Rules) -> list[PlaceCount]:
    """Every measure of these months in each service and team that has cases or audits."""
    reach = Reach(by_team=True, months=(min(months), max(months)))
    facts = Facts(
        grades=tuple(row for row in grades(session, reach) if row.month in months),
        chronology=tuple(row for row in chronology(session, reach) if row.month in months),
    )
    held = select(Team.service_id, Team.id).join(Case, Case.team_id == Team.id).distinct()
    return by_place(months, facts, rules, [(str(service), str(team)) for service, team in session.execute(held)])
