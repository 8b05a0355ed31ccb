"""Agreement and the corrected estimate from counts: which pairs make the headline, and how strata are weighted."""

from fractions import Fraction

import pytest

from moderation.statistics import breakdowns
from moderation.statistics.facts import Facts
from moderation.statistics.measures import AGREEMENT, compute
from moderation.statistics.moderated import agreement_over
from moderation.statistics.scope import Scope
from moderation.statistics.share import Share
from moderation.statistics.target import Certainty
from tests.moderation.counts import GOOD, JUNE, MAY, POOR, RULES, frame, grades, months, pair


def test_only_blind_sampled_overall_pairs_with_two_grades_make_the_headline() -> None:
    counted = (
        pair(MAY, GOOD, GOOD, 11),
        pair(MAY, GOOD, POOR, 1),
        pair(MAY, GOOD, GOOD, 50, mode="sighted"),
        pair(MAY, GOOD, GOOD, 50, mode="joint"),
        pair(MAY, GOOD, GOOD, 50, stream="chosen"),
        pair(MAY, GOOD, GOOD, 50, stream="disputed"),
        pair(MAY, GOOD, GOOD, 50, stream="calibration"),
        pair(MAY, GOOD, GOOD, 50, element="plan"),
        pair(MAY, GOOD, "not_applicable", 2),
    )
    facts = Facts(months(MAY), pairs=counted, frame=(frame(MAY, 80, 14),))
    window = compute(facts, RULES, MAY).agreement.windows.last_3
    assert window.share == Share(11, 12)
    assert window.applicability == 2
    assert (window.estimate, window.judged, window.selected, window.done_blind) == (Fraction(11, 12), True, 14, 14)
    assert window.verdict is not None
    assert (window.verdict.literal, window.verdict.certainty) == (True, Certainty.MET_NOT_CERTAIN)


@pytest.mark.parametrize(("n", "judged"), [(10, False), (11, True)])
def test_a_window_is_judged_from_11_pairs(n: int, judged: bool) -> None:
    facts = Facts(months(MAY), pairs=(pair(MAY, GOOD, GOOD, n),), frame=(frame(MAY, 40),))
    window = compute(facts, RULES, MAY).agreement.windows.last_3
    assert window.estimate == 1
    assert window.judged is judged
    assert (window.verdict is not None) is judged
    assert any("Shown and not judged: 10 pairs" in note for note in window.notes) is not judged


def test_audits_that_no_sample_was_drawn_from_are_told_and_not_covered() -> None:
    graded = tuple(grades(MAY, "overall", "auditor", good=38, inadequate=5))
    facts = Facts(months(MAY), grades=graded, pairs=(pair(MAY, GOOD, GOOD, 12),), frame=(frame(MAY, 40, 12),))
    window = compute(facts, RULES, MAY).agreement.windows.last_3
    assert window.covered == Share(40, 43)
    assert window.notes == ("3 audits were never drawn from. The figure covers 40 of 43 audits.",)


def test_the_headline_is_judged_on_the_weighted_estimate() -> None:
    counted = (
        pair(MAY, "inadequate", "inadequate", 40, stratum="sure"),
        pair(MAY, GOOD, GOOD, 8),
        pair(MAY, GOOD, POOR, 2),
    )
    facts = Facts(months(MAY), pairs=counted, frame=(frame(MAY, 40, 40, "sure", certainty=True), frame(MAY, 160, 10)))
    window = compute(facts, RULES, MAY).agreement.windows.all_closed
    assert window.share.fraction == Fraction(48, 50)
    assert window.estimate == Fraction(84, 100)
    assert window.verdict is not None
    assert window.verdict.literal is False


def test_strata_of_one_rule_are_added_up_across_cycles() -> None:
    facts = Facts(
        months(MAY, JUNE),
        pairs=(pair(MAY, GOOD, GOOD, 4), pair(JUNE, GOOD, POOR, 1), pair(JUNE, GOOD, GOOD, 5)),
        frame=(frame(MAY, 20, 4), frame(JUNE, 30, 6)),
    )
    window = compute(facts, RULES, JUNE).agreement.windows.all_closed
    assert [(one.name, one.audits, one.n, one.k) for one in window.strata] == [("rest", 50, 10, 9)]


def test_a_stratum_without_a_pair_is_named_with_what_is_covered() -> None:
    facts = Facts(
        months(MAY),
        pairs=(pair(MAY, GOOD, GOOD, 12),),
        frame=(frame(MAY, 5, stratum="sure", certainty=True), frame(MAY, 45, 12)),
    )
    window = compute(facts, RULES, MAY).agreement.windows.all_closed
    assert [one.name for one in window.left_out] == ["sure"]
    assert window.covered == Share(45, 50)
    assert any("'sure'" in note and "45 of 50 audits" in note for note in window.notes)


def test_a_small_stratum_is_counted_with_its_neighbour_and_the_strata_as_drawn_stay_listed() -> None:
    facts = Facts(
        months(MAY),
        pairs=(pair(MAY, GOOD, POOR, 2, stratum="new"), pair(MAY, GOOD, GOOD, 10)),
        frame=(frame(MAY, 10, 2, "new"), frame(MAY, 90, 10)),
    )
    window = compute(facts, RULES, MAY).agreement.windows.all_closed
    assert [one.name for one in window.strata] == ["new", "rest"]
    assert [one.parts for one in window.used] == [("new", "rest")]
    assert window.estimate == Fraction(10, 12)
    assert any("counted together: new and rest" in note for note in window.notes)


def test_a_pair_of_a_stratum_the_frame_does_not_know_is_a_fault() -> None:
    facts = Facts(months(MAY), pairs=(pair(MAY, GOOD, GOOD, 1, stratum="lost"),), frame=(frame(MAY, 5),))
    with pytest.raises(ValueError, match="no stratum called 'lost'"):
        compute(facts, RULES, MAY)


def test_any_months_make_a_window() -> None:
    facts = Facts(months(MAY, JUNE), pairs=(pair(JUNE, GOOD, GOOD, 3),), frame=(frame(MAY, 9), frame(JUNE, 9, 3)))
    scope = Scope(facts, RULES, JUNE)
    assert agreement_over([JUNE], scope, AGREEMENT.target).share == Share(3, 3)
    assert agreement_over([MAY], scope, AGREEMENT.target).estimate is None


def test_a_grade_without_a_pair_is_corrected_with_the_other_grade_of_its_side() -> None:
    counted = tuple(grades(MAY, "overall", "auditor", outstanding=10, good=30, requires_improvement=10))
    seen = (pair(MAY, GOOD, GOOD, 3), pair(MAY, GOOD, POOR, 1), pair(MAY, POOR, POOR, 2))
    facts = Facts(months(MAY), counted, seen, (frame(MAY, 50, 6),))
    figure = compute(facts, RULES, MAY).cases.corrected
    assert figure is not None
    assert figure.all_closed.estimate == Fraction(40, 50) * Fraction(3, 4)
    assert [cell.name for cell in figure.all_closed.cells] == ["outstanding", "good", "requires_improvement"]


def test_a_side_of_the_good_line_nobody_moderated_cannot_be_corrected() -> None:
    counted = tuple(grades(MAY, "overall", "auditor", good=30, requires_improvement=5, inadequate=1))
    facts = Facts(months(MAY), counted, (pair(MAY, GOOD, GOOD, 3),), (frame(MAY, 36, 3),))
    figure = compute(facts, RULES, MAY).cases.corrected
    assert figure is not None
    assert (figure.all_closed.estimate, figure.all_closed.interval) == (None, None)
    assert "Requires improvement to be good and Inadequate" in figure.all_closed.note


def test_agreement_by_person_and_element() -> None:
    counted = (
        pair(MAY, GOOD, GOOD, 4),
        pair(MAY, GOOD, POOR, 1),
        pair(MAY, GOOD, GOOD, 2, auditor="A2", moderator="M2"),
        pair(MAY, GOOD, POOR, 3, element="plan"),
        pair(MAY, GOOD, GOOD, 9, mode="sighted"),
    )
    scope = Scope(Facts(months(MAY), pairs=counted), RULES, MAY)
    by_auditor = breakdowns.agreement_by_auditor([MAY], scope)
    assert [(line.name, line.pairs.exact, line.enough) for line in by_auditor] == [
        ("A1", Share(4, 5), True),
        ("A2", Share(2, 2), False),
    ]
    assert [line.name for line in breakdowns.agreement_by_moderator([MAY], scope)] == ["M1", "M2"]
    by_element = breakdowns.agreement_by_element([MAY], scope)
    assert [(line.name, line.pairs.exact) for line in by_element] == [("overall", Share(6, 7)), ("plan", Share(0, 3))]
