"""The life of an audit: which state may follow which."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_forms.lifecycle import MAY_FOLLOW, State, WrongMove, check_move, may_follow

THE_LONG_WAY = [
    State.ALLOCATED,
    State.DRAFT,
    State.SUBMITTED,
    State.SELECTED,
    State.MODERATING,
    State.MODERATED,
    State.AGREED,
    State.CLOSED,
]


def test_an_audit_may_go_the_whole_way() -> None:
    for before, after in itertools.pairwise(THE_LONG_WAY):
        check_move(before, after)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.SELECTED, State.MODERATING, State.MODERATED, State.AGREED])
def test_what_was_submitted_closes_with_its_month_however_far_moderation_got(state: State) -> None:
    check_move(state, State.CLOSED)


@pytest.mark.parametrize("state", [State.ALLOCATED, State.DRAFT])
def test_what_was_not_submitted_is_handed_back_or_not_done_never_closed(state: State) -> None:
    check_move(state, State.HANDED_BACK)
    check_move(state, State.NOT_DONE)
    assert not may_follow(state, State.CLOSED)


def test_only_a_submitted_audit_that_is_not_yet_chosen_can_be_withdrawn() -> None:
    assert [state for state in State if may_follow(state, State.WITHDRAWN)] == [State.SUBMITTED]


def test_a_wrong_move_says_why_in_a_sentence() -> None:
    with pytest.raises(WrongMove, match="can no longer change") as refused:
        check_move(State.SUBMITTED, State.DRAFT)
    assert (refused.value.before, refused.value.after) == (State.SUBMITTED, State.DRAFT)


@given(st.sampled_from(State), st.sampled_from(State))
def test_every_pair_is_either_allowed_or_refused_with_a_plain_sentence(before: State, after: State) -> None:
    if may_follow(before, after):
        check_move(before, after)
    else:
        with pytest.raises(WrongMove) as refused:
            check_move(before, after)
        sentence = str(refused.value)
        assert sentence.endswith(".")
        assert "_" not in sentence


@given(st.data())
def test_nothing_ever_unlocks_a_submitted_audit(data: st.DataObject) -> None:
    state, submitted, seen = State.ALLOCATED, False, [State.ALLOCATED]
    while not state.is_final:
        state = data.draw(st.sampled_from(sorted(MAY_FOLLOW[state])))
        assert not (submitted and state in {State.ALLOCATED, State.DRAFT, State.HANDED_BACK, State.NOT_DONE})
        submitted = submitted or state is State.SUBMITTED
        seen.append(state)
    assert len(seen) == len(set(seen))
    assert submitted == (state in {State.CLOSED, State.WITHDRAWN})


def test_every_state_has_its_row_and_its_words() -> None:
    assert set(MAY_FOLLOW) == set(State)
    assert len({state.label for state in State}) == len(State)


def test_judgements_count_from_submission_on_unless_the_audit_is_withdrawn() -> None:
    assert [state for state in State if state.is_submitted] == THE_LONG_WAY[2:]
