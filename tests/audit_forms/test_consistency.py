"""Whether the overall judgement sits with the domains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_forms.catalogue import latest
from audit_forms.consistency import inconsistencies
from audit_forms.grades import Grade, Judged, NotGraded

AUDIT = latest("case_file")
O, G, RI, I = Grade  # noqa: E741 - the letters everybody uses
DOMAINS = [element.key for element in AUDIT.elements if element.key != "overall"]
ALL_GOOD: dict[str, Judged] = {element.key: G for element in AUDIT.elements}

any_judgements = st.fixed_dictionaries(
    {}, optional={element.key: st.sampled_from([*Grade, *NotGraded]) for element in AUDIT.elements}
)


def found(**judgements: Judged) -> list[tuple[tuple[str, ...], bool, bool]]:
    return [(each.elements, each.hard, each.needs_reason) for each in inconsistencies(AUDIT, ALL_GOOD | judgements)]


@pytest.mark.parametrize("overall", [O, G, RI])
def test_an_inadequate_assessment_allows_nothing_but_inadequate(overall: Grade) -> None:
    assert (("assessment", "overall"), True, False) in found(assessment=I, overall=overall)


def test_an_inadequate_assessment_sits_with_an_inadequate_whole() -> None:
    assert found(assessment=I, overall=I) == []


def test_another_inadequate_domain_under_a_good_whole_asks_for_a_reason() -> None:
    assert found(voice=I) == [(("voice", "overall"), False, True)]
    assert found(voice=I, overall=RI) == []


def test_two_domains_less_than_good_under_a_good_whole_are_a_prompt() -> None:
    assert found(voice=RI) == []
    assert found(voice=RI, plan=RI) == [(("voice", "plan", "overall"), False, False)]
    assert found(voice=RI, plan=RI, overall=O) == [(("voice", "plan", "overall"), False, False)]
    assert found(voice=RI, plan=RI, overall=RI) == []


def test_impact_less_than_good_under_a_good_whole_is_a_prompt() -> None:
    assert found(impact=RI) == [(("impact", "overall"), False, False)]


def test_an_inadequate_whole_without_an_inadequate_domain_is_a_prompt() -> None:
    assert found(overall=I) == [(("overall",), False, False)]


def test_what_is_not_graded_weighs_nothing() -> None:
    assert found(permanence=NotGraded.NOT_APPLICABLE, voice=NotGraded.NOT_ENOUGH_EVIDENCE) == []


@given(any_judgements)
def test_only_the_limiting_rule_is_hard_and_every_finding_is_a_sentence(judgements: dict[str, Judged]) -> None:
    all_found = inconsistencies(AUDIT, judgements)
    limited = judgements.get("assessment") is I and judgements.get("overall") in (O, G, RI)
    assert [each.hard for each in all_found].count(True) == int(limited)
    for each in all_found:
        assert each.sentence.endswith(".")
        assert each.elements[-1] == "overall"
        assert set(each.elements) <= {*judgements, "overall"}


@given(any_judgements)
def test_nothing_is_said_before_there_is_an_overall_grade(judgements: dict[str, Judged]) -> None:
    assert inconsistencies(AUDIT, {key: judged for key, judged in judgements.items() if key in DOMAINS}) == ()
