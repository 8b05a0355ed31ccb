"""Whether the overall judgement sits with the graded elements: limiting judgements and prompts, never an average."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from audit_forms.definition import Element, Question, Tool
from audit_forms.grades import Grade, Judged

OVERALL: Final = "overall"
IMPACT: Final = "impact"
LIFTED: Final = "limit_lifted"
"""The moderator's question whose answer, a reason, lifts a hard rule."""
LIFTED_QUESTION: Final = Question(
    key=LIFTED,
    kind="text",
    label="If you set aside the rule that this part of practice, when inadequate, makes the whole inadequate, why?",
    hint="Leave this blank unless you do. Only a moderator may, and the reason is kept.",
)
REASON: Final = "consistency_reason"
"""The auditor's question whose answer explains an overall grade that does not sit with the others."""
RATIONALE: Final = f"{OVERALL}_rationale"
"""The moderator's question that does the same."""


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """One thing that does not sit together.

    `hard`: the audit cannot be submitted so. `needs_reason`: it can, with a reason in words. Neither: a prompt to
    think again. `elements` are the keys of the elements concerned, the overall judgement last.
    """

    sentence: str
    elements: tuple[str, ...]
    hard: bool = False
    needs_reason: bool = False


def inconsistencies(tool: Tool, judgements: Mapping[str, Judged]) -> tuple[Inconsistency, ...]:
    """What does not sit together in these judgements (element key -> judgement), hard rules first.

    The rules have the shape of Ofsted's: a limiting judgement decides the overall one, the rest weigh on it. Nothing
    is said before there is an overall grade.
    """
    overall = judgements.get(OVERALL)
    if not isinstance(overall, Grade):
        return ()
    domains = [element for element in tool.elements if element.key != OVERALL]
    inadequate = [element for element in domains if judgements.get(element.key) is Grade.INADEQUATE]
    limiting = [element for element in inadequate if element.limiting]
    others = [element for element in inadequate if not element.limiting]
    found: list[Inconsistency] = []
    if limiting and overall is not Grade.INADEQUATE:
        found.append(_limited(limiting, may_lift=may_lift(tool)))
    if overall.is_good_or_better:
        if others:
            found.append(_held_back(others, overall))
        found.extend(_prompts(domains, judgements, overall))
    elif overall is Grade.INADEQUATE and not inadequate:
        found.append(_without_cause())
    return tuple(found)


def concerning(found: Sequence[Inconsistency], element: Element | None) -> tuple[Inconsistency, ...]:
    """Those that concern one element: what is to be said on its page."""
    return tuple(each for each in found if element is not None and element.key in each.elements)


def may_lift(tool: Tool) -> bool:
    """Whether the hard rule may be set aside: by a moderator, never by a question that a tool asks of its own."""
    return tool.asks(LIFTED) and tool.question(LIFTED) is LIFTED_QUESTION


def reason_question(tool: Tool) -> str | None:
    """The question whose answer is the reason for an overall grade that does not sit; None if it is asked nowhere."""
    return next((key for key in (REASON, RATIONALE) if tool.asks(key)), None)


def _limited(limiting: Sequence[Element], *, may_lift: bool) -> Inconsistency:
    verb = "are" if len(limiting) > 1 else "is"
    instead = "Change one of the two, or say at the overall grade why you set the rule aside." if may_lift else ""
    return Inconsistency(
        f"{_and(limiting)} {verb} inadequate, so the overall grade must be inadequate too. "
        f"{instead or 'Change one of the two.'}",
        _keys(limiting),
        hard=True,
    )


def _held_back(inadequate: Sequence[Element], overall: Grade) -> Inconsistency:
    verb = "are" if len(inadequate) > 1 else "is"
    return Inconsistency(
        f"{_and(inadequate)} {verb} inadequate and the overall grade is {overall.label.lower()}. "
        f"Lower the overall grade, or say why it is right.",
        _keys(inadequate),
        needs_reason=True,
    )


def _prompts(domains: Sequence[Element], judgements: Mapping[str, Judged], overall: Grade) -> list[Inconsistency]:
    below = [element for element in domains if _is_below_good(judgements.get(element.key))]
    found = []
    if len(below) > 1:
        sentence = f"{len(below)} domains are less than good and the overall grade is {overall.label.lower()}"
        found.append(Inconsistency(f"{sentence}: {_and(below)}. Check that this is what you mean.", _keys(below)))
    impact = [element for element in below if element.key == IMPACT]
    if impact:
        sentence = f"{impact[0].title} is less than good and the overall grade is {overall.label.lower()}"
        found.append(Inconsistency(f"{sentence}. Ask what difference has been made for the child.", _keys(impact)))
    return found


def _without_cause() -> Inconsistency:
    return Inconsistency(
        "The overall grade is inadequate and no domain is. Check that each domain’s grade says what you found.",
        (OVERALL,),
    )


def _is_below_good(judged: Judged | None) -> bool:
    return isinstance(judged, Grade) and not judged.is_good_or_better


def _keys(elements: Sequence[Element]) -> tuple[str, ...]:
    return (*(element.key for element in elements), OVERALL)


def _and(elements: Sequence[Element]) -> str:
    """The titles as they stand in a sentence: the first with its capital, the rest without."""
    titles = [
        element.title if i == 0 else element.title[:1].lower() + element.title[1:] for i, element in enumerate(elements)
    ]
    return titles[0] if len(titles) == 1 else f"{'; '.join(titles[:-1])}; and {titles[-1]}"
