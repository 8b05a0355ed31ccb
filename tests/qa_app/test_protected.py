"""Decisions about the board's tables are kept, found by what they were made from, and made anew when that changes."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from moderation.statistics import decision_json, publication
from moderation.statistics.periods import Period
from moderation.statistics.publication import PUBLISHED, PlaceCount
from moderation.statistics.suppression import Rule
from qa_app.access.audience import PUBLIC
from qa_app.commands.run_due import Run
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.models import ProtectedPeriod
from qa_app.services import protected, published
from tests.conftest import AT, SECRETS
from tests.world import World

QUARTER = Period(date(2025, 4, 1), date(2025, 6, 1))


@pytest.fixture
def council(database: Database, world: World, registered_beside: None) -> Database:
    """Two years of audits, brought in."""
    return database


def test_run_due_makes_them_once_and_says_so(council: Database) -> None:
    settings = Settings(database_url="", clock=lambda: AT, **SECRETS)
    first, second = Run(council, settings), Run(council, settings)
    with council.reading() as session:
        offered = published.periods(session)
        assert not any(published.is_ready(session, one) for one in offered)
    first.everything()
    second.everything()
    assert f"{len(offered)} of the board's tables made" in first.summary()
    assert "tables made" not in second.summary()
    with council.reading() as session:
        assert session.scalar(select(func.count()).select_from(ProtectedPeriod)) == len(offered)
        assert all(published.is_ready(session, one) for one in offered)


def test_what_is_kept_shows_the_same_tables_without_deciding_again(
    council: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with council.writing() as session, session.begin():
        offered = published.periods(session)
        before = [published.breakdown_for(session, PUBLIC, one) for one in offered]
        protected.keep(session, protected.decide(session, published.years(session)), at=AT)

    def not_again(*_: object, **__: object) -> None:
        raise AssertionError("It was decided again.")

    publication.publish.cache_clear()
    publication._quarter.cache_clear()
    monkeypatch.setattr(publication, "protect", not_again)
    with council.reading() as session:
        assert [published.breakdown_for(session, PUBLIC, one) for one in offered] == before


def test_another_count_another_rule_and_another_way_are_decided_anew(
    council: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with council.writing() as session, session.begin():
        protected.keep(session, protected.decide(session, published.years(session)), at=AT)
        year = published.years(session)[1]
        changed = list(year.counts)
        spot = next(place for place, one in enumerate(changed) if one.k and one.month == QUARTER.first)
        changed[spot] = changed[spot]._replace(k=changed[spot].k - 1)
        assert protected.missing(session, year) == ()
        assert protected.missing(session, year._replace(counts=tuple(changed))) == (QUARTER, QUARTER.year)
        assert protected.missing(session, year._replace(rule=replace(year.rule, up_to=4))) == publication.in_order(
            year.periods
        )
        monkeypatch.setattr(publication, "VERSION", publication.VERSION + 1)
        assert protected.missing(session, year) == publication.in_order(year.periods)


def test_a_decision_is_read_as_it_was_kept() -> None:
    counts = tuple(
        PlaceCount(month, service, f"{service}{team}", one.key, 2, 6 + team)
        for month in QUARTER.months
        for service in ("a", "b")
        for team in (1, 2)
        for one in PUBLISHED
    )
    made = publication.publish(counts, (QUARTER, QUARTER.year), Rule(up_to=30))
    for period in (QUARTER, QUARTER.year):
        found = publication.decision(made, period)
        assert found.hidden
        assert decision_json.restore(decision_json.keep(found), period) == found


def test_a_kept_decision_never_changes(database: Database) -> None:
    with database.writing() as session, session.begin():
        row = {"digest": "d", "first": QUARTER.first, "last": QUARTER.last, "rule": "r", "decision": {}}
        assert protected.keep(session, [row], at=AT) == 1
        assert protected.keep(session, [row], at=AT) == 1
    with database.writing() as session, pytest.raises(DatabaseError, match="kept as they were"):
        session.execute(ProtectedPeriod.__table__.delete())


def test_nothing_is_decided_where_nothing_is_closed(session: Session, world: World) -> None:
    assert protected.decide(session, published.years(session)) == []
