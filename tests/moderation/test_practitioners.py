"""Practitioners count once: with their latest answer of the month, and of any period as a whole."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.facts import Facts, PractitionerCount
from moderation.statistics.measures import HELPS, compute
from moderation.statistics.months import Month, after
from moderation.statistics.practitioners import latest_of
from moderation.statistics.rules import Rules

MAY = date(2026, 5, 1)
MONTHS = [after(MAY, step) for step in range(6)]
ANSWERS = ("yes", "partly", "no", "not_applicable")
# Each person's answers by the place of the month in which they gave them.
people = st.lists(st.dictionaries(st.integers(0, 5), st.sampled_from(ANSWERS)), max_size=12)


def counted(answers: list[dict[int, str]]) -> tuple[PractitionerCount, ...]:
    """The same answers as the database counts them."""
    found: Counter[tuple[date, str, date | None]] = Counter()
    for one in answers:
        places = sorted(one)
        for place, following in zip(places, [*places[1:], None], strict=False):
            found[MONTHS[place], one[place], None if following is None else MONTHS[following]] += 1
    return tuple(PractitionerCount(*key, n) for key, n in found.items())


@given(people, st.integers(0, 5), st.integers(0, 5))
def test_any_run_of_months_counts_each_person_once_with_their_latest_answer(
    answers: list[dict[int, str]], one: int, two: int
) -> None:
    first, last = sorted((one, two))
    latest = [
        person[max(within)] for person in answers if (within := [place for place in person if first <= place <= last])
    ]
    found: Counter[str] = Counter()
    for row in latest_of(counted(answers), MONTHS[first : last + 1]):
        found[row.answer] += row.n
    assert found == Counter(latest)


@given(people)
def test_the_figure_is_made_of_people_not_of_answers(answers: list[dict[int, str]]) -> None:
    facts = Facts(months=tuple(Month(month) for month in MONTHS), practitioners=counted(answers))
    figure = compute(facts, Rules(), MONTHS[-1]).share(HELPS.key)
    last = [person[max(person)] for person in answers if person]
    share = figure.windows.all_closed.share
    assert (share.k, share.n) == (last.count("yes"), len(last) - last.count("not_applicable"))
    for place, month in enumerate(figure.months):
        given_then = [person[place] for person in answers if place in person]
        assert (month.share.k, month.share.n) == (
            given_then.count("yes"), len(given_then) - given_then.count("not_applicable"),
        )  # fmt: skip


@pytest.mark.parametrize(("yes", "literal"), [(17, True), (16, False)])
def test_at_least_85_per_cent_is_met_at_85(yes: int, literal: bool) -> None:
    rows = (PractitionerCount(MAY, "yes", None, yes), PractitionerCount(MAY, "partly", None, 20 - yes))
    figure = compute(Facts(months=(Month(MAY),), practitioners=rows), Rules(), MAY).share(HELPS.key)
    verdict = figure.windows.last_3.verdict
    assert verdict is not None
    assert verdict.literal is literal


def test_an_open_month_is_shown_and_not_judged() -> None:
    facts = Facts(months=(Month(MAY, open=True),), practitioners=(PractitionerCount(MAY, "yes", None, 3),))
    figure = compute(facts, Rules(), MAY).share(HELPS.key)
    assert (figure.months[0].share.k, figure.months[0].verdict) == (3, None)
    assert figure.windows.all_closed.share.n == 0
