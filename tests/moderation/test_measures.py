"""The measures from counts: what counts in n, what is shown of each month, and what the figures file holds."""

import json

import pytest

from moderation.statistics import breakdowns
from moderation.statistics.data_notes import as_markdown
from moderation.statistics.facts import ChronologyCount, ExpectationCount, Facts, QualityCount
from moderation.statistics.figures_json import figures_json
from moderation.statistics.measures import CASES, MEASURES, compute
from moderation.statistics.months import after
from moderation.statistics.rules import RULES_VERSION, Rules
from moderation.statistics.scope import Scope
from moderation.statistics.share import Share
from moderation.statistics.streak import Gap
from moderation.statistics.target import Operator, Target
from tests.moderation.counts import AUGUST, GOOD, JULY, JUNE, MAY, RULES, frame, grades, months, pair


def test_not_applicable_is_outside_n_and_missing_evidence_is_a_finding_for_supervision_alone() -> None:
    counted = tuple(
        row
        for element in ("supervision", "plan")
        for row in grades(MAY, element, good=6, inadequate=1, not_applicable=2, not_enough_evidence=3)
    )
    facts = Facts(months(MAY), counted)
    figures = compute(facts, RULES, MAY)
    month = figures.supervision.months[0]
    assert (month.share, month.not_applicable, month.not_enough_evidence) == (Share(6, 10), 2, 3)
    assert figures.plans.months[0].share == Share(6, 7)
    lenient = Rules(not_enough_evidence_counts=frozenset())
    assert compute(facts, lenient, MAY).supervision.months[0].share == Share(6, 7)


def test_an_open_month_is_listed_and_never_counted() -> None:
    counted = tuple(grades(MAY, "supervision", good=9, inadequate=1) + grades(JUNE, "supervision", good=1))
    figures = compute(Facts(months(MAY, still_open=(JUNE,)), counted), RULES, JUNE)
    listed = figures.supervision.months
    assert [(month.month, month.share, month.open) for month in listed] == [
        (MAY, Share(9, 10), False),
        (JUNE, Share(1, 1), True),
    ]
    assert listed[1].verdict is None
    assert figures.supervision.windows.all_closed.share == Share(9, 10)
    assert figures.supervision.streak is not None
    assert figures.supervision.streak.current == 1
    assert figures.supervision.latest == listed[0]


def test_until_is_the_last_month_included() -> None:
    counted = tuple(row for month in (MAY, JUNE, JULY) for row in grades(month, "plan", good=1))
    figures = compute(Facts(months(MAY, JUNE, JULY), counted), RULES, JUNE)
    assert [month.month for month in figures.plans.months] == [MAY, JUNE]
    assert figures.plans.windows.all_closed.share == Share(2, 2)


def test_a_month_without_a_cycle_is_a_month_with_nothing() -> None:
    counted = tuple(grades(MAY, "supervision", good=9) + grades(JULY, "supervision", good=9))
    figures = compute(Facts(months(MAY, JULY), counted), RULES, JULY)
    assert [month.share.n for month in figures.supervision.months] == [9, 0, 9]
    assert figures.supervision.months[1].note == "Nothing was judged in this month."
    assert figures.supervision.streak is not None
    assert figures.supervision.streak.current == 1
    held = compute(Facts(months(MAY, JULY), counted), Rules(gap=Gap.HOLD), JULY).supervision.streak
    assert held is not None
    assert held.current == 2


def test_a_month_of_few_judgements_says_so() -> None:
    figures = compute(Facts(months(MAY), tuple(grades(MAY, "supervision", good=6))), RULES, MAY)
    assert "one of them decides" in figures.supervision.months[0].note
    strict = compute(Facts(months(MAY), tuple(grades(MAY, "supervision", good=6))), Rules(min_n=8), MAY)
    assert "Too few" in strict.supervision.months[0].note


def test_cases_stand_beside_what_their_auditors_graded() -> None:
    counted = tuple(
        grades(MAY, "overall", good=8, inadequate=2) + grades(MAY, "overall", "auditor", good=9, inadequate=1)
    )
    cases = compute(Facts(months(MAY), counted), RULES, MAY).cases
    assert cases.months[0].share == Share(8, 10)
    assert cases.as_graded is not None
    assert cases.as_graded[0].share == Share(9, 10)
    assert cases.as_graded[0].verdict is None


def test_chronology_counts_all_four_and_is_judged_to_the_letter() -> None:
    rows = (
        ChronologyCount(MAY, "s", "a", 4, 5),
        ChronologyCount(MAY, "s", "b", 5, 5),
        ChronologyCount(JUNE, "s", "a", 7, 7),
    )
    figure = compute(Facts(months(MAY, JUNE), chronology=rows), RULES, JUNE).chronology
    assert [month.share for month in figure.months] == [Share(9, 10), Share(7, 7)]
    assert [month.verdict.literal for month in figure.months if month.verdict] == [False, True]


def test_expectations_leave_those_apart_and_the_excused_out() -> None:
    rows = (ExpectationCount(MAY, "manager", False, 10, 9, 2), ExpectationCount(MAY, "iro", True, 4, 1, 0))
    facts = Facts(months(MAY), expectations=rows, quality=(QualityCount(MAY, 3, 4),))
    month = compute(facts, RULES, MAY).expectations.months[0]
    assert (month.share, month.excused, month.sound_forms) == (Share(9, 10), 2, Share(3, 4))
    assert [(group.role_group, group.share) for group in month.by_group] == [
        ("manager", Share(9, 10)),
        ("iro", Share(1, 4)),
    ]
    assert month.verdict is not None
    assert month.verdict.literal is False


def test_the_latest_month_is_the_latest_closed_one() -> None:
    figures = compute(Facts(months(MAY, still_open=(JUNE,))), RULES, JUNE)
    assert figures.expectations.latest == figures.expectations.months[0]
    assert figures.plans.latest == figures.plans.months[0]
    assert compute(Facts(), RULES, JUNE).plans.latest is None
    with pytest.raises(KeyError):
        figures.share("agreement")


def test_a_target_can_be_set() -> None:
    facts = Facts(months(MAY), tuple(grades(MAY, "plan", good=7, inadequate=3)))
    rules = Rules(targets={"plans": Target(Operator.AT_LEAST, 7, 10)})
    for using, literal in ((RULES, False), (rules, True)):
        verdict = compute(facts, using, MAY).plans.months[0].verdict
        assert verdict is not None
        assert verdict.literal is literal


def test_good_or_better_by_team_service_and_element() -> None:
    counted = (
        grades(MAY, "overall", good=3, inadequate=1)
        + grades(MAY, "overall", team="Assessment", good=1, not_applicable=4)
        + grades(MAY, "plan", inadequate=2)
        + grades(MAY, "overall", "auditor", good=50)
        + grades(JUNE, "overall", good=50)
    )
    scope = Scope(Facts(months(MAY, JUNE), tuple(counted)), RULES, JUNE)
    by_team = breakdowns.good_or_better_by_team([MAY], scope, target=CASES.target)
    assert [(line.name, line.share) for line in by_team] == [
        ("Assessment", Share(1, 1)),
        ("Care Planning", Share(3, 4)),
    ]
    assert [line.share for line in breakdowns.good_or_better_by_service([MAY], scope)] == [Share(4, 5)]
    by_element = breakdowns.good_or_better_by_element([MAY], scope)
    assert [(line.name, line.share) for line in by_element] == [("overall", Share(4, 5)), ("plan", Share(0, 2))]


def test_the_file_has_the_agreed_shape_even_when_nothing_was_seen() -> None:
    nothing = {"estimate": None, "low": None, "high": None}
    unjudged = {"judged": False, "literal": None, "certainty": None}
    window = {"k": 0, "n": 0, **nothing, **unjudged, "strata": [], "table": [[0] * 4] * 4}
    corrected = dict.fromkeys(("last_3", "last_12", "all"), nothing)
    streak = {"current": 0, "longest": 0, "first_met": None}
    assert figures_json(compute(Facts(), RULES, MAY)) == {
        "until": "2026-05",
        "rules_version": RULES_VERSION,
        "measures": {
            "supervision": {"months": [], "streak": streak},
            "cases": {"months": [], "as_graded": {"months": []}, "corrected": corrected},
            "plans": {"months": []},
            "chronology": {"months": []},
            "agreement": {"windows": dict.fromkeys(("last_3", "last_12", "all"), window)},
        },
    }


def test_the_file_holds_what_was_counted() -> None:
    counted = tuple(row for i in range(4) for row in grades(after(MAY, i), "supervision", good=9))
    facts = Facts(months(MAY, JUNE, JULY, AUGUST), counted, (pair(MAY, GOOD, GOOD, 12),), (frame(MAY, 40, 12),))
    file = json.loads(json.dumps(figures_json(compute(facts, RULES, AUGUST))))["measures"]
    assert file["supervision"]["months"][3] == {"month": "2026-08", "k": 9, "n": 9, "open": False}
    assert file["supervision"]["streak"] == {"current": 4, "longest": 4, "first_met": "2026-08"}
    window = file["agreement"]["windows"]["last_12"]
    assert (window["k"], window["n"], window["literal"], window["certainty"]) == (12, 12, True, "met_not_confirmed")
    assert window["strata"] == [{"stratum": "rest", "N": 40, "n": 12, "k": 12}]
    assert window["table"][1] == [0, 12, 0, 0]
    assert file["agreement"]["windows"]["last_3"]["estimate"] is None


def test_every_measure_explains_itself() -> None:
    assert len({measure.key for measure in MEASURES}) == len(MEASURES)
    for measure in MEASURES:
        assert measure.title
        assert measure.plan
        assert measure.note
        assert all(sentence.endswith(".") and "{" not in sentence for sentence in measure.sentences(RULES))


def test_the_data_notes_say_what_is_set() -> None:
    plain, changed = as_markdown(RULES), as_markdown(Rules(gap=Gap.HOLD, judged_from_pairs=15, confidence=0.9))
    assert "A month without judgements, or with too few (below 1), ends the run." in plain
    assert "Plan: 2.5. Target: more than 90%." in plain
    assert "fewer than 15 pairs is shown and not judged" in changed
    assert "leaves the run as it stands" in changed
    assert "at 90%" in changed
    assert f"Rules version {RULES_VERSION}." in plain


def test_the_data_notes_follow_whether_missing_evidence_counts() -> None:
    supervision, lenient = MEASURES[0], Rules(not_enough_evidence_counts=frozenset())
    assert any("counts as not good" in sentence for sentence in supervision.sentences(RULES))
    assert "Not enough evidence is outside the count." in supervision.sentences(lenient)
