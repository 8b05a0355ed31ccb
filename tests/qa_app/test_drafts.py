"""Drafts: whatever two tabs do in whatever order, no text that was typed is lost unseen."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa_app.db import Database
from qa_app.models import Audit, Draft, DraftAside
from qa_app.services import asides, case_draws, cycles, drafts
from qa_app.services.drafts import Writer, Written
from tests.conftest import AT
from tests.world import World

PAGES = {"story": frozenset(("a", "b")), "voice": frozenset(("c", "d"))}
BLANK = drafts.version_of({}, PAGES["story"])


@pytest.fixture
def writer(database: Database, world: World) -> Writer:
    with database.writing() as session, session.begin():
        cycle = cycles.open_month(session, date(2026, 12, 1), by="test", at=AT)
        case_draws.draw_month(session, cycle, seed="0" * 32, by="test", at=AT)
        audit = session.scalars(select(Audit).order_by(Audit.number)).first()
        assert audit is not None
        return Writer(audit.id, "auditor", audit.auditor_id)


def says(page: str, **answers: str) -> Written:
    return Written(PAGES[page], PAGES[page], answers, section=page)


def beside(session: Session, writer: Writer, section: str = "story") -> list[dict[str, object]]:
    return [dict(one.text.answers) for one in asides.waiting(session, writer, section)]


def test_equal_answers_have_equal_versions_in_any_order() -> None:
    assert drafts.version_of({"a": "1", "b": "2"}) == drafts.version_of({"b": "2", "a": "1"})
    assert drafts.version_of({"a": "1"}) != drafts.version_of({"a": "2"})
    assert drafts.version_of({"a": "1", "z": "9"}, frozenset("a")) == drafts.version_of({"a": "1"}, frozenset("a"))


def test_a_blank_takes_an_answer_away_and_a_refused_one_leaves_it(session: Session, writer: Writer) -> None:
    first = drafts.save(session, writer, says("story", a="1", b="2"), BLANK, at=AT)
    partly = Written(PAGES["story"], frozenset("a"), {})  # b was refused, a left blank
    assert drafts.save(session, writer, partly, first.version, at=AT).answers == {"b": "2"}


def test_saving_the_same_again_with_an_old_version_is_no_clash(session: Session, writer: Writer) -> None:
    drafts.save(session, writer, says("story", a="1"), BLANK, at=AT)
    again = drafts.save(session, writer, says("story", a="1"), BLANK, at=AT)
    assert (again.answers, again.clashing) == ({"a": "1"}, frozenset())


def test_what_clashes_is_kept_beside_the_draft_and_the_rest_is_saved(session: Session, writer: Writer) -> None:
    drafts.save(session, writer, says("story", a="1"), BLANK, at=AT)
    saved = drafts.save(session, writer, says("story", a="2", b="3"), BLANK, at=AT)
    assert saved.clashing == {"a"}
    assert drafts.load(session, writer) == {"a": "1", "b": "3"}
    assert beside(session, writer) == [{"a": "2"}]


def test_a_question_this_page_did_not_change_stays_as_another_saved_it(session: Session, writer: Writer) -> None:
    drafts.save(session, writer, says("story", a="1"), BLANK, at=AT)
    saved = drafts.save(session, writer, says("story", b="2"), BLANK, at=AT)
    assert (saved.answers, saved.clashing) == ({"a": "1", "b": "2"}, frozenset())
    # The page still shows a blank at `a`: what is typed there now is a change of something it has not seen.
    later = drafts.save(session, writer, says("story", a="x", b="2"), saved.version, at=AT)
    assert (later.clashing, drafts.load(session, writer)) == ({"a"}, {"a": "1", "b": "2"})


def test_a_page_of_which_nothing_is_known_overwrites_nothing(session: Session, writer: Writer) -> None:
    drafts.save(session, writer, says("story", a="1"), BLANK, at=AT)
    for version in ("", "nonsense", "-.-.-", f"{BLANK}.-"):
        assert drafts.save(session, writer, says("story", a="2"), version, at=AT).clashing == {"a"}
    assert drafts.load(session, writer) == {"a": "1"}


def test_the_same_page_sent_again_and_again_keeps_one_text_beside_the_draft(session: Session, writer: Writer) -> None:
    drafts.save(session, writer, says("story", a="1"), BLANK, at=AT)
    first = drafts.save(session, writer, says("story", a="2"), BLANK, at=AT)
    assert drafts.save(session, writer, says("story", a="2"), BLANK, at=AT).aside == first.aside
    growing = replace(says("story", a="2 and more"), aside=first.aside)
    assert drafts.save(session, writer, growing, first.version, at=AT).aside != first.aside
    assert beside(session, writer) == [{"a": "2 and more"}]


def test_saving_a_page_that_was_shown_the_texts_settles_them(session: Session, writer: Writer) -> None:
    drafts.save(session, writer, says("story", a="1"), BLANK, at=AT)
    mark = drafts.save(session, writer, says("story", a="2"), BLANK, at=AT).aside
    now = drafts.version_of({"a": "1"}, PAGES["story"])
    merged = replace(says("story", a="1 and 2"), merges=(mark, "nonsense", f"{UUID(int=3)}:12345678"))
    assert drafts.save(session, writer, replace(merged, hold=True), now, at=AT).answers == {"a": "1"}
    assert sorted(str(one["a"]) for one in beside(session, writer)) == ["1 and 2", "2"]
    drafts.save(session, writer, merged, now, at=AT)
    assert drafts.load(session, writer) == {"a": "1 and 2"}
    left = asides.waiting(session, writer, "story")
    assert [one.text.answers for one in left] == [{"a": "1 and 2"}]
    assert not drafts.opened(session, writer).differs(left[0].text)  # so nobody is asked to merge it


def test_a_text_that_has_grown_since_it_was_shown_is_not_settled(session: Session, writer: Writer) -> None:
    drafts.save(session, writer, says("story", a="1"), BLANK, at=AT)
    mark = drafts.save(session, writer, says("story", a="2"), BLANK, at=AT).aside
    drafts.save(session, writer, replace(says("story", a="2 and more"), aside=mark), BLANK, at=AT)
    now = drafts.version_of({"a": "1"}, PAGES["story"])
    drafts.save(session, writer, replace(says("story", a="1 and 2"), merges=(mark,)), now, at=AT)
    assert beside(session, writer) == [{"a": "2 and more"}]


def test_two_people_have_two_drafts_of_one_audit(session: Session, writer: Writer, world: World) -> None:
    moderator = Writer(writer.audit_id, "moderator", world.people["moderator_1"].id)
    drafts.save(session, writer, says("story", a="mine"), BLANK, at=AT)
    drafts.save(session, moderator, says("story", a="theirs"), BLANK, at=AT)
    assert (drafts.load(session, writer), drafts.load(session, moderator)) == ({"a": "mine"}, {"a": "theirs"})
    drafts.save(session, writer, says("story", a="clashes"), BLANK, at=AT)
    assert (len(beside(session, writer)), beside(session, moderator)) == (1, [])
    drafts.discard(session, writer)
    assert session.scalar(select(func.count()).select_from(Draft)) == 1
    assert session.scalar(select(func.count()).select_from(DraftAside)) == 0
    assert drafts.load(session, moderator) == {"a": "theirs"}


def test_somebody_else_s_draft_is_not_read_under_the_same_stage(session: Session, writer: Writer) -> None:
    drafts.save(session, writer, says("story", a="mine"), BLANK, at=AT)
    assert drafts.load(session, Writer(writer.audit_id, "auditor", UUID(int=1))) == {}


def test_an_audit_holds_so_many_characters_and_what_is_over_stays_to_be_shortened(
    session: Session, writer: Writer
) -> None:
    almost = drafts.save(session, writer, says("voice", c="x" * (drafts.LARGEST - 10)), "-.-", at=AT)
    assert not almost.too_much
    typed = replace(says("story", a="y" * 11, b="z"), sent={"a": ["y" * 11], "b": ["z"]})
    saved = drafts.save(session, writer, typed, BLANK, at=AT)
    assert saved.too_much == {"a", "b"}
    assert drafts.opened(session, writer).refused == {"a": ["y" * 11], "b": ["z"]}
    shorter = replace(says("story", a="y" * 9), sent={"a": ["y" * 9]})
    saved = drafts.save(session, writer, shorter, saved.version, at=AT)
    assert (saved.too_much, saved.clashing) == (frozenset(), frozenset())
    assert drafts.opened(session, writer).refused == {}
    assert saved.answers["a"] == "y" * 9


TAB = st.tuples(
    st.integers(0, 2),  # which tab
    st.sampled_from(sorted(PAGES)),
    st.dictionaries(st.sampled_from(["first", "second"]), st.text("xy", min_size=1, max_size=2)),
    st.booleans(),  # whether the tab opens the page anew before it saves
)


@given(st.lists(TAB, max_size=12))
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_interleaving_of_tabs_loses_nothing_unseen(
    database: Database, writer: Writer, steps: list[tuple[int, str, dict[str, str], bool]]
) -> None:
    """A save replaces only what its tab has seen, and every text typed is in the draft or beside it."""
    shown: dict[tuple[int, str], tuple[dict[str, str], str]] = {}
    model: dict[str, str] = {}
    with database.writing() as session:
        for tab, page, typed, opens in steps:
            if opens or (tab, page) not in shown:
                of_page = {key: text for key, text in model.items() if key in PAGES[page]}
                shown[tab, page] = (of_page, drafts.version_of(model, PAGES[page]))
            base, version = shown[tab, page]
            names = dict(zip(("first", "second"), sorted(PAGES[page]), strict=True))
            answers = {names[name]: text for name, text in typed.items()}
            clashing = set()
            for key in PAGES[page]:
                here, there, seen = answers.get(key), model.get(key), base.get(key)
                if here in (seen, there):
                    continue
                if there != seen:
                    clashing.add(key)
                else:
                    model = {name: text for name, text in model.items() if name != key}
                    model |= {key: here} if here is not None else {}
            saved = drafts.save(session, writer, says(page, **answers), version, at=AT)
            assert saved.clashing == clashing
            held = beside(session, writer, page)
            assert all(any(one.get(key, "?") == answers.get(key) for one in held) for key in clashing)
            assert drafts.load(session, writer) == model
            # What the page shows is what it says; of what clashed or stayed it knows what it knew.
            known = {key: base.get(key) for key in PAGES[page]}
            known |= {key: answers.get(key) for key in PAGES[page] if answers.get(key) == model.get(key)}
            shown[tab, page] = ({key: text for key, text in known.items() if text is not None}, saved.version)
        session.rollback()
