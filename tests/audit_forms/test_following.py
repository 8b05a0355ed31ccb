"""Questions that follow from an answer: said in words, and no part of the audit once that answer has changed."""

from dataclasses import replace

from audit_forms.catalogue import latest
from audit_forms.completeness import blanks, progress
from audit_forms.definition import Condition, Question, Tool
from audit_forms.following import asked_only, beside, is_asked, is_left_out, with_conditions_in_words

FIRST = Question("seen", "yes_no", "Was the child seen?")
WHY = Question("why", "text", "Why not?", required_if=Condition("seen", ("no",)), missing="Say why not")
WHO = Question("who", "line", "Who decided?", required_if=Condition("why_kind", ("partly",)), missing="Say who")
KIND = Question("why_kind", "yes_partly_no", "Is it known?", required_if=Condition("seen", ("no",)))
LATER = Question("higher", "text", "Why not higher?", required_if=Condition("seen", ("yes",), otherwise=True))


def tool(*questions: Question) -> Tool:
    audit = latest("case_file")
    section = replace(audit.sections[0], questions=questions)
    return with_conditions_in_words(replace(audit, sections=(section,)))


def test_when_a_question_is_asked_is_said_in_words() -> None:
    made = tool(FIRST, WHY, LATER)
    assert made.question("why").when == "Answer this only if you answered ‘No’ to ‘Was the child seen?’."
    assert made.question("seen").when == made.question("higher").when == ""
    either = replace(KIND, key="either", required_if=Condition("why_kind", ("yes", "partly")))
    assert "‘Yes’ or ‘Partly’ to ‘Is it known?’" in tool(FIRST, KIND, either).question("either").when


def test_an_answer_whose_question_is_not_asked_any_more_is_no_part_of_the_audit() -> None:
    made = tool(FIRST, WHY)
    assert [one.key for one in beside(made, {"seen": "yes", "why": "On holiday"})] == ["why"]
    assert asked_only(made, {"seen": "yes", "why": "On holiday"}) == {"seen": "yes"}
    assert beside(made, {"seen": "no", "why": "On holiday"}) == ()


def test_what_follows_from_a_question_not_asked_is_not_asked_either() -> None:
    made = tool(FIRST, KIND, WHO)
    left = {"seen": "yes", "why_kind": "partly", "who": "The manager"}
    assert not is_asked(made, made.question("who"), left)
    assert blanks(made, {"seen": "yes", "why_kind": "partly"}) == ()
    assert [one.sentence for one in blanks(made, {"seen": "no", "why_kind": "partly"})] == ["Say who"]


def test_a_question_that_is_always_shown_is_always_part_of_the_audit() -> None:
    made = tool(FIRST, LATER)
    assert beside(made, {"seen": "yes", "higher": "Because"}) == ()


def test_a_section_is_left_out_once_an_answer_rules_all_of_it_out() -> None:
    whole = tool(FIRST, WHY, KIND)
    first, *rest = whole.questions
    home = whole.sections[0]
    parts = (replace(home, key="first", questions=(first,)), replace(home, questions=tuple(rest)))
    made = replace(whole, sections=parts)
    later = made.sections[1]
    assert not is_left_out(made, later, {}), "it may still be asked"
    assert is_left_out(made, later, {"seen": "yes"})
    assert [one.section.key for one in progress(made, {"seen": "yes"})] == ["first"]
    assert [one.section.key for one in progress(made, {"seen": "no"})] == ["first", later.key]
