"""Made-up answers for the demo's audits: they fill what a tool requires, and speak of no real child."""

from collections.abc import Iterator
from itertools import cycle
from random import Random
from typing import Any

from audit_forms import answers
from audit_forms.completeness import blanks
from audit_forms.definition import Question, Tool
from audit_forms.grades import Grade
from audit_forms.questions import kind_of

SENTENCES = (
    "Seen alone every two weeks; wishes recorded in the child's own words in May and July.",
    "The chronology covers both periods of neglect and was used in supervision on 3 September.",
    "Actions in the plan have owners and dates; two of five are done and the family has a copy.",
    "Supervision is monthly and on the record; the manager asked what had changed since the last visit.",
    "The father is named in the assessment, but nobody has spoken to him this year.",
    "School attendance rose from 71% to 88% after the breakfast visits began.",
    "The contingency plan does not say who acts, or when.",
    "Core group notes show health and school sharing worries early.",
    "Drift between February and April was noticed and named by the reviewing officer.",
    "Language is respectful; the summary could be read by the child.",
)
# How the auditors of the demo grade: mostly good, as councils find before moderation.
GRADES = (
    *[Grade.OUTSTANDING] * 2, *[Grade.GOOD] * 11, *[Grade.REQUIRES_IMPROVEMENT] * 6, Grade.INADEQUATE,
)  # fmt: skip


Wanted = tuple[str, str, str]
# What an auditor of the demo asks for, by whom and by when.
ACTIONS = (
    ("Speak to the father and add what he says to the assessment.", "child", "five_days"),
    ("Write down who acts, and when, if the plan does not work.", "child", "twenty_days"),
    ("Bring the chronology up to date and use it in the next supervision.", "worker", "five_days"),
    ("See the child alone and record what they want to change.", "child", "five_days"),
    ("Talk this audit through in supervision, with dates for each open action of the plan.", "worker", "twenty_days"),
    ("Share how good core group notes look at the next team meeting.", "team", "twenty_days"),
    ("Ask the school what has changed since the breakfast visits and record it.", "child", "five_days"),
    ("Book the next review and send the family the plan in their own language.", "child", "twenty_days"),
    ("Use a strengths and worries tool with the parents at the next visit.", "worker", "twenty_days"),
    ("Look at why visits fell short in the summer and tell the service.", "service", "twenty_days"),
)  # fmt: skip
# Answers that are neither made up nor drawn by chance: a demo where nobody is safe, or everything is audited twice,
# would show little.
GIVEN = {
    "safe_now": "yes", "independent": "yes", "reaudit_needed": "no", "safe_told": "The service manager on duty",
    "safe_agreed": "The worker visits today with a colleague, and the manager on duty hears from them before five.",
}  # fmt: skip
YES_IN_TEN = 7


def complete_answers(
    tool: Tool, chance: Random, *, owner: str = "Team manager", told_on: str = "2026-11-04", **said: Any
) -> dict[str, Any]:
    """Stored answers to everything the tool requires, with grades near one overall grade; `said` stands as given.

    `owner` is whom actions are for, and a person where one is asked for, by staff number.
    """
    overall = Grade(said.get("overall", chance.choice(GRADES)))
    stored: dict[str, Any] = {key: answer for key, answer in said.items() if tool.asks(key)}
    given = GIVEN | {"safe_told_on": told_on}
    wanted = cycle(chance.sample(ACTIONS, len(ACTIONS)))
    for _ in range(len(tool.sections) + 1):
        lacking = blanks(tool, answers.values(tool, stored))
        for blank in lacking:
            key = blank.question.key
            stored[key] = given[key] if key in given else _answer(blank.question, overall, chance, owner, wanted)
        if not lacking:
            return stored
    raise LookupError("The demo does not know how to answer everything this tool requires.")


def _answer(question: Question, overall: Grade, chance: Random, owner: str, wanted: Iterator[Wanted]) -> Any:
    kind = question.kind
    if kind == "grade":
        return str(_grade(question, overall, chance))
    if kind == "actions":
        parts = [{"element": part.code} for part in question.elements] or [{}]
        return [_action(next(wanted), owner) | part for part in parts]
    if kind in ("yes_no", "yes_partly_no"):
        return "yes" if chance.randrange(10) < YES_IN_TEN else "no"
    if kind == "scale":
        return chance.randint(max(question.least, question.most - 2), question.most)
    if options := kind_of(question).options():
        chosen = options[0].code if chance.randrange(10) < YES_IN_TEN else options[min(1, len(options) - 1)].code
        return [options[0].code] if kind == "choices" else chosen
    return _words(kind, chance, owner)


def _action(wanted: Wanted, owner: str) -> dict[str, str]:
    what, whom, priority = wanted
    seen = "Seen on the record, and talked through in supervision."
    return {"what": what, "whom": whom, "owner": owner, "priority": priority, "evidence": seen}


def _words(kind: str, chance: Random, owner: str) -> Any:
    """Answers to what offers nothing to choose from."""
    if kind == "date":
        return f"2026-{chance.randint(8, 10):02d}-{chance.randint(1, 28):02d}"
    plain: dict[str, Any] = {"month": "2025-09", "number": 2, "person": owner}
    return plain[kind] if kind in plain else chance.choice(SENTENCES)


def _grade(question: Question, overall: Grade, chance: Random) -> Grade:
    if question.key in ("overall", "assessment") or overall is Grade.INADEQUATE:
        return overall
    return chance.choice((overall, overall, overall, Grade.GOOD, Grade.REQUIRES_IMPROVEMENT))
