"""What stands beside the agreement figure comes from the same pairs as the figure, however they are taken apart."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.statistics.agreement_json import with_analysis
from moderation.statistics.analysis import Analysis, Subject, analyse
from moderation.statistics.bootstrap import TableStratum, weighted_table
from moderation.statistics.coefficient import SHOWN_FROM_PAIRS
from moderation.statistics.coefficients import tables
from moderation.statistics.difference import Change
from moderation.statistics.facts import Facts, FrameCount, GradeCount, PairCount
from moderation.statistics.figures import AgreementFigure
from moderation.statistics.figures_json import figures_json
from moderation.statistics.kinds import APART, Kind, kind_of, of_kind
from moderation.statistics.measures import AGREEMENT, compute
from moderation.statistics.moderated import agreement
from moderation.statistics.months import Month, after
from moderation.statistics.scope import Scope
from moderation.statistics.share import Share
from tests.moderation.counts import GOOD, POOR, RULES

FIRST = date(2025, 1, 1)
MONTHS = tuple(after(FIRST, step) for step in range(14))
GRADES = ("outstanding", GOOD, POOR, "inadequate")
STREAMS = ("sampled", "chosen", "disputed", "calibration")

pair_counts = st.builds(
    PairCount,
    month=st.sampled_from(MONTHS[-7:]),
    stratum=st.sampled_from(("all", "rest")),
    stream=st.sampled_from(STREAMS),
    mode=st.sampled_from(("blind", "blind", "sighted", "joint")),
    element=st.sampled_from(("overall", "plan")),
    auditor=st.sampled_from("abcd"),
    moderator=st.sampled_from("mn"),
    auditor_grade=st.sampled_from((*GRADES, "not_applicable")),
    moderator_grade=st.sampled_from(GRADES),
    n=st.integers(1, 9),
    team=st.sampled_from("xyz"),
)


def scope_of(*pairs: PairCount, closed: int = len(MONTHS), audits: int = 2000) -> Scope:
    """The facts of these pairs, of months of which the first so many are closed."""
    return Scope(
        Facts(
            months=tuple(Month(month, open=place >= closed) for place, month in enumerate(MONTHS)),
            grades=tuple(GradeCount(month, "", "", "overall", "auditor", GOOD, 2 * audits) for month in MONTHS),
            pairs=pairs,
            frame=tuple(
                FrameCount(month, name, name == "all", audits, 0, 0, 0, 0)
                for month in MONTHS
                for name in ("all", "rest")
            ),
        ),
        RULES,
        MONTHS[-1],
    )


def same(month: date, n: int, k: int | None = None, *, stratum: str = "rest", **other: str) -> list[PairCount]:
    """So many pairs, of which k have the same grade."""
    k = n if k is None else k
    keys = {"auditor": "a", "moderator": "m", "stream": "sampled", "mode": "blind", "element": "overall"} | other
    of = (month, stratum, keys["stream"], keys["mode"], keys["element"], keys["auditor"], keys["moderator"])
    listed = [PairCount(*of, GOOD, GOOD, k, keys.get("team", "x")), PairCount(*of, GOOD, POOR, n - k, "x")]
    return [one for one in listed if one.n]


def figure_of(scope: Scope) -> AgreementFigure:
    return agreement(AGREEMENT, scope)


def analysis_of(scope: Scope, subject: Subject | None = None, window: str = "all") -> Analysis:
    over = dict(figure_of(scope).windows.items())[window]
    return analyse(over, scope, subject) if subject is not None else analyse(over, scope)


@given(st.lists(pair_counts, max_size=30), st.sampled_from(("last_3", "last_12", "all")))
def test_every_breakdown_adds_up_to_the_figures_own_pairs(pairs: list[PairCount], window: str) -> None:
    scope = scope_of(*pairs)
    over = dict(figure_of(scope).windows.items())[window]
    found = analyse(over, scope)
    assert found.pairs == over.pairs
    for lines in (found.teams, found.auditors, found.moderators):
        assert sum((line.pairs.exact for line in lines), Share(0, 0)) == over.share
        assert [line.name for line in lines] == sorted(line.name for line in lines)
    if window == "all":
        assert sum((point.share for point in found.over_time.p.points), Share(0, 0)) == over.share
    assert found.funnel is None or {one.name: one.share for one in found.funnel.points} == {
        line.name: line.pairs.exact for line in found.teams
    }


@given(st.lists(pair_counts, max_size=30), st.sampled_from(("overall", "plan")))
def test_every_graded_pair_is_of_one_kind_and_no_other_kind_is_in_the_figure(
    pairs: list[PairCount], element: str
) -> None:
    scope = scope_of(*pairs)
    kinds = {kind: analysis_of(scope, Subject(kind, element)).pairs for kind in Kind}
    graded = [one for one in pairs if one.element == element and one.auditor_grade in GRADES]
    assert sum(table.n for table in kinds.values()) == sum(one.n for one in graded)
    assert dict(analysis_of(scope, Subject(element=element)).apart) == {kind: kinds[kind] for kind in APART}
    without = scope_of(*(one for one in pairs if one.stream == "sampled" and one.mode == "blind"))
    assert figure_of(without) == figure_of(scope)


def test_a_pair_that_was_not_blind_is_known_by_its_mode_whatever_its_stream() -> None:
    assert [kind_of(stream, "joint") for stream in STREAMS] == [Kind.JOINT] * 4
    assert [kind_of(stream, "blind").value for stream in STREAMS] == list(STREAMS)


def test_open_months_are_in_no_chart_and_a_month_without_pairs_is_a_gap() -> None:
    scope = scope_of(*same(MONTHS[0], 8), *same(MONTHS[2], 6, 3), *same(MONTHS[13], 9, 0), closed=13)
    found = analysis_of(scope).over_time
    assert found.months == MONTHS[:13]
    assert [point.value for point in found.p.points[:3]] == [1, None, 0.5]
    assert found.p.centre == Share(11, 14).fraction, "the open month's nine do not count"
    assert found.xmr_months == (MONTHS[0], MONTHS[2])


def test_months_below_five_pairs_are_drawn_and_in_no_rule_and_limits_need_twelve_others() -> None:
    eleven = [pair for month in MONTHS[:11] for pair in same(month, 10, 9)]
    few = scope_of(*eleven, *same(MONTHS[11], 4, 0))
    found = analysis_of(few).over_time.p
    assert (found.limited, found.points[11].counted, found.points[11].value) == (False, False, 0)
    assert found.centre == Share(9, 10).fraction
    twelve = scope_of(*eleven, *same(MONTHS[11], 5, 5))
    assert analysis_of(twelve).over_time.p.limited


def test_a_change_is_told_of_two_whole_quarters_and_weighted_as_the_figure_is() -> None:
    pairs = [
        *[pair for month in MONTHS[:3] for pair in same(month, 20, 19)],
        *[pair for month in MONTHS[3:6] for pair in same(month, 20, 6) + same(month, 20, 20, stratum="all")],
    ]
    found = analysis_of(scope_of(*pairs, closed=6)).change
    assert (found.now, found.before) == (MONTHS[3:6], MONTHS[:3])
    assert (found.now_share, found.before_share) == (Share(78, 120), Share(57, 60))
    assert found.difference.change is Change.LOWER
    # The strata stand for as many audits each: the mean of 30% and 100%, against 95%.
    assert found.difference.value == Share(65, 100).fraction - Share(95, 100).fraction  # type: ignore[operator]
    young = analysis_of(scope_of(*pairs, closed=5)).change
    assert young.difference.change is Change.UNKNOWN
    assert "6 months are closed" in young.difference.reason


def test_a_change_that_chance_can_bring_has_no_direction() -> None:
    pairs = [*same(MONTHS[2], 20, 15), *same(MONTHS[5], 20, 18)]
    assert analysis_of(scope_of(*pairs, closed=6)).change.difference.change is Change.NOT_CLEAR


def test_coefficients_are_given_from_thirty_pairs_and_weighted_as_the_figure_is() -> None:
    pairs = [*same(MONTHS[0], 15, 14), *same(MONTHS[1], 14, 7, stratum="all")]
    assert analysis_of(scope_of(*pairs)).coefficients is None
    assert SHOWN_FROM_PAIRS == 30
    more = [*pairs, *same(MONTHS[1], 1)]
    found = analysis_of(scope_of(*more)).coefficients
    other = analysis_of(scope_of(*more), Subject(element="plan")).coefficients
    assert found is not None
    assert (found.n, found.is_weighted, other) == (30, True, None)
    plan = analysis_of(scope_of(*(one._replace(element="plan") for one in more)), Subject(element="plan"))
    assert plan.coefficients is not None
    assert not plan.coefficients.is_weighted
    first, second = ({one.key: one.value for one in each.values} for each in (found, plan.coefficients))
    assert first["ac1"] != pytest.approx(second["ac1"]), "15 of 16 and 7 of 14 weigh the same only in the figure"


def test_weighting_changes_no_coefficient_where_strata_are_sampled_alike() -> None:
    pairs = [*same(MONTHS[0], 20, 17), *same(MONTHS[0], 20, 12, stratum="all")]
    weighted = analysis_of(scope_of(*pairs)).coefficients
    plan = analysis_of(scope_of(*(one._replace(element="plan") for one in pairs)), Subject(element="plan"))
    assert weighted is not None
    assert plan.coefficients is not None
    for one, two in zip(weighted.values, plan.coefficients.values, strict=True):
        assert one.value == pytest.approx(two.value), one.key


def test_every_pair_is_in_one_weighted_stratum_where_months_draw_at_different_rates() -> None:
    scope = scope_of(*same(MONTHS[0], 20, 17), *same(MONTHS[1], 20, 12), *same(MONTHS[1], 5, 4, stratum="all"))
    frame = tuple(row._replace(rule=f"{15 + row.month.month}%") for row in scope.facts.frame)
    drawn = Scope(replace(scope.facts, frame=frame), RULES, MONTHS[-1])
    over = figure_of(drawn).windows.all_closed
    assert len(over.used) == 3, "the two months' rates make two strata of 'rest'"
    check_weighted(drawn)


@given(st.lists(pair_counts, max_size=30))
def test_the_coefficients_are_of_the_table_whose_agreement_is_the_figure(pairs: list[PairCount]) -> None:
    check_weighted(scope_of(*pairs))


def check_weighted(scope: Scope) -> None:
    over = figure_of(scope).windows.all_closed
    strata = tables(over, of_kind(scope.facts.pairs, Kind.SAMPLED, "overall"), scope)
    assert sum(sum(map(sum, table)) for _, table in strata) == over.share.n
    if over.estimate is not None:
        whole = weighted_table([TableStratum(*one) for one in strata])
        assert whole.trace() / whole.sum() == pytest.approx(float(over.estimate))


def test_only_the_teams_that_may_stand_beside_each_other_are_in_the_funnel_and_its_mean() -> None:
    pairs = [pair for team, k in (("x", 10), ("y", 5)) for pair in same(MONTHS[0], k, k, team=team)]
    scope = scope_of(*pairs)
    over = figure_of(scope).windows.all_closed
    found = analyse(over, scope, teams={"y"})
    assert [line.name for line in found.teams] == ["y"]
    assert found.funnel is not None
    assert [point.name for point in found.funnel.points] == ["y"]


def test_the_file_says_what_the_analysis_says_and_names_nobody() -> None:
    pairs = [
        pair
        for auditor in ("Ann Auditor", "Bob Auditor", "Cat Auditor")
        for pair in same(MONTHS[0], 12, 10, auditor=auditor)
    ]
    scope = scope_of(*pairs)
    figures = compute(scope.facts, scope.rules, scope.until)
    analysed = {name: analyse(window, scope) for name, window in figures.agreement.windows.items()}
    base = figures_json(figures)
    made = with_analysis(figures, analysed, {}, {"x": "Team X"})
    text = json.dumps(made)
    assert "Auditor" not in text.replace("auditor", "")
    window = made["measures"]["agreement"]["windows"]["all"]
    assert {key: window[key] for key in ("k", "n", "estimate", "table")} == {
        key: base["measures"]["agreement"]["windows"]["all"][key] for key in ("k", "n", "estimate", "table")
    }
    assert window["teams"][0]["team"] == "Team X"
    assert window["auditors"]["shown"] == 3
    assert window["direction"] == {"auditor_higher": 6, "moderator_higher": 0, "p": 0.03125}
    assert window["coefficients"]["n"] == 36
    assert window["apart"]["joint"] == {"k": 0, "n": 0, "table": [[0] * 4] * 4}
    assert made["measures"]["agreement"]["months"][0] == {"month": "2025-01", "k": 30, "n": 36, "open": False}
    assert made["measures"]["agreement"]["p_chart"]["limited"] is False
