"""Whether the overall judgement sits with the domains."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_forms.catalogue import latest
from audit_forms.completeness import reasonless, unexplained
from audit_forms.consistency import concerning, inconsistencies
from audit_forms.definition import Element, Question, Section, Tool
from audit_forms.forms import moderator_tool
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


def a_tool(*keys: str, limiting: str = "", reason: bool = False) -> Tool:
    """A tool of the council's own that grades these elements."""
    sections = [
        Section(
            f"s_{key}", key.title(), (Question(key, "grade", key.title()),),
            element=Element(key, key.title(), key == limiting),
        )
        for key in keys
    ]  # fmt: skip
    if reason:
        sections.append(Section("why", "Why", (Question("consistency_reason", "text", "Why?"),)))
    return Tool("own", 1, "Own", tuple(sections))


def test_a_tool_without_an_overall_grade_has_nothing_that_could_not_sit_together() -> None:
    assert inconsistencies(a_tool("voice", "plan", limiting="plan"), {"voice": I, "plan": I}) == ()


def test_a_tool_without_impact_or_a_limiting_part_keeps_the_other_rules() -> None:
    own = a_tool("voice", "plan", "overall")
    assert [each.needs_reason for each in inconsistencies(own, {"voice": I, "plan": G, "overall": G})] == [True]
    assert [each.hard for each in inconsistencies(own, {"voice": RI, "plan": RI, "overall": G})] == [False]
    limited = a_tool("voice", "plan", "overall", limiting="plan")
    assert [each.hard for each in inconsistencies(limited, {"voice": G, "plan": I, "overall": RI})] == [True]


def test_the_hard_rule_holds_on_any_tool_and_no_question_of_its_own_lifts_it() -> None:
    own = a_tool("plan", "overall", limiting="plan")
    lifting = replace(own, sections=(*own.sections, Section("x", "X", (Question("limit_lifted", "text", "Why?"),))))
    said = {"plan": I, "overall": G, "limit_lifted": "Because I say so"}
    assert [key for key, _ in unexplained(own, said)] == ["overall"]
    assert [key for key, _ in unexplained(lifting, said)] == ["overall"]
    assert unexplained(moderator_tool(own), said) == ()
    assert [key for key, _ in unexplained(moderator_tool(own), {"plan": I, "overall": G})] == ["overall"]


def test_a_reason_is_asked_for_where_the_tool_has_a_question_and_at_the_end_where_it_has_none() -> None:
    said = {"voice": I, "overall": G}
    with_question, without = a_tool("voice", "overall", reason=True), a_tool("voice", "overall")
    assert [key for key, _ in unexplained(with_question, said)] == ["consistency_reason"]
    assert reasonless(with_question, said) == ()
    assert unexplained(without, said) == ()
    assert len(reasonless(without, said)) == 1
    assert [key for key, _ in unexplained(moderator_tool(without), said)] == ["overall_rationale"]


@given(any_judgements)
def test_what_is_told_on_the_page_of_a_part_concerns_it(judgements: dict[str, Judged]) -> None:
    found_all = inconsistencies(AUDIT, judgements)
    told = [each for element in AUDIT.elements for each in concerning(found_all, element)]
    assert set(told) == set(found_all)
    assert concerning(found_all, None) == ()


AVERAGING = re.compile(r"\b(?:fmean|func\.avg|np\.mean|np\.average|statistics\.mean|mean\(|average\()")


def test_no_grade_is_ever_an_average() -> None:
    root = Path(__file__).parents[2]
    sources = [path for part in ("audit_forms", "moderation", "qa_app") for path in (root / part).rglob("*.py")]
    assert len(sources) > 100
    assert [str(path) for path in sources if AVERAGING.search(path.read_text())] == []
    for grade in Grade:
        with pytest.raises(TypeError):
            sum([grade, grade])
    pages = [path for path in (root / "qa_app" / "templates").rglob("*.html") if "average" in path.read_text().lower()]
    assert pages == []
