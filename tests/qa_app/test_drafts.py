"""Drafts: whatever two tabs do in whatever order, no text that was accepted is lost unseen."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.db import Database
from qa_app.models import Audit, Draft
from qa_app.services import case_draws, cycles, drafts
from qa_app.services.drafts import NewerDraft, Writer, Written
from tests.conftest import AT
from tests.world import World

PAGES = {"story": frozenset(("a", "b")), "voice": frozenset(("c", "d"))}


@pytest.fixture
def writer(database: Database, world: World) -> Writer:
    with database.writing() as session, session.begin():
        cycle = cycles.open_month(session, date(2026, 12, 1), by="test", at=AT)
        case_draws.draw_month(session, cycle, seed="0" * 32, by="test", at=AT)
        audit = session.scalars(select(Audit).order_by(Audit.number)).first()
        assert audit is not None
        return Writer(audit.id, "auditor", audit.auditor_id)


def says(page: str, **answers: str) -> Written:
    return Written(PAGES[page], PAGES[page], answers)


def test_equal_answers_have_equal_versions_in_any_order() -> None:
    assert drafts.version_of({"a": "1", "b": "2"}) == drafts.version_of({"b": "2", "a": "1"})
    assert drafts.version_of({"a": "1"}) != drafts.version_of({"a": "2"})
    assert drafts.version_of({"a": "1", "z": "9"}, frozenset("a")) == drafts.version_of({"a": "1"})


def test_a_blank_takes_an_answer_away_and_a_refused_one_leaves_it(session: Session, writer: Writer) -> None:
    first = drafts.save(session, writer, says("story", a="1", b="2"), drafts.version_of({}), at=AT)
    partly = Written(PAGES["story"], frozenset("a"), {})  # b was refused, a left blank
    assert drafts.save(session, writer, partly, first.version, at=AT).answers == {"b": "2"}


def test_saving_the_same_again_with_an_old_version_is_no_clash(session: Session, writer: Writer) -> None:
    old = drafts.version_of({})
    drafts.save(session, writer, says("story", a="1"), old, at=AT)
    assert drafts.save(session, writer, says("story", a="1"), old, at=AT).answers == {"a": "1"}


def test_a_clash_hands_over_what_is_stored_and_changes_nothing(session: Session, writer: Writer) -> None:
    old = drafts.version_of({})
    drafts.save(session, writer, says("story", a="1"), old, at=AT)
    with pytest.raises(NewerDraft) as clash:
        drafts.save(session, writer, says("story", a="2"), old, at=AT)
    assert clash.value.stored == {"a": "1"}
    assert drafts.load(session, writer) == {"a": "1"}


def test_two_people_have_two_drafts_of_one_audit(session: Session, writer: Writer, world: World) -> None:
    moderator = Writer(writer.audit_id, "moderator", world.people["moderator_1"].id)
    drafts.save(session, writer, says("story", a="mine"), drafts.version_of({}), at=AT)
    drafts.save(session, moderator, says("story", a="theirs"), drafts.version_of({}), at=AT)
    assert (drafts.load(session, writer), drafts.load(session, moderator)) == ({"a": "mine"}, {"a": "theirs"})
    drafts.discard(session, writer)
    assert session.scalar(select(func.count()).select_from(Draft)) == 1
    assert drafts.load(session, moderator) == {"a": "theirs"}


def test_somebody_else_s_draft_is_not_read_under_the_same_stage(session: Session, writer: Writer) -> None:
    drafts.save(session, writer, says("story", a="mine"), drafts.version_of({}), at=AT)
    assert drafts.load(session, Writer(writer.audit_id, "auditor", UUID(int=1))) == {}


TAB = st.tuples(
    st.integers(0, 2),  # which tab
    st.sampled_from(sorted(PAGES)),
    st.dictionaries(st.sampled_from(["first", "second"]), st.text("xy", min_size=1, max_size=2)),
    st.booleans(),  # whether the tab opens the page anew before it saves
)


@given(st.lists(TAB, max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_interleaving_of_tabs_loses_nothing_unseen(
    database: Database, writer: Writer, steps: list[tuple[int, str, dict[str, str], bool]]
) -> None:
    """A save goes through only when the tab has seen what it replaces, and never touches another section."""
    seen: dict[tuple[int, str], dict[str, str]] = {}
    model: dict[str, str] = {}
    with database.writing() as session:
        for tab, page, typed, opens in steps:
            of_page = {key: text for key, text in model.items() if key in PAGES[page]}
            if opens or (tab, page) not in seen:
                seen[tab, page] = of_page
            names = dict(zip(("first", "second"), sorted(PAGES[page]), strict=True))
            answers = {names[name]: text for name, text in typed.items()}
            stale = seen[tab, page] != of_page and answers != of_page
            found = None
            try:
                drafts.save(session, writer, says(page, **answers), drafts.version_of(seen[tab, page]), at=AT)
            except NewerDraft as clash:
                found = clash.stored
            assert found == (model if stale else None)
            if not stale:
                model = {key: text for key, text in model.items() if key not in PAGES[page]} | answers
                seen[tab, page] = answers
            assert drafts.load(session, writer) == model
        session.rollback()
