"""Made-up answers for the demo's audits: they fill what a tool requires, and speak of no real child."""

from random import Random
from typing import Any

from audit_forms import answers
from audit_forms.completeness import blanks
from audit_forms.definition import Question, Tool
from audit_forms.grades import Grade

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


def complete_answers(tool: Tool, chance: Random) -> dict[str, Any]:
    """Stored answers to everything the tool requires, with domain grades near one overall grade."""
    overall = chance.choice(GRADES)
    stored: dict[str, Any] = {}
    for _ in range(len(tool.sections)):
        lacking = blanks(tool, answers.values(tool, stored))
        for blank in lacking:
            stored[blank.question.key] = _answer(blank.question, overall, chance)
        if not lacking:
            return stored
    raise LookupError("The demo does not know how to answer everything this tool requires.")


def _answer(question: Question, overall: Grade, chance: Random) -> Any:
    if question.kind == "grade":
        return str(_grade(question, overall, chance))
    if question.kind in ("yes_no", "yes_partly_no"):
        return "yes" if question.key == "independent" or chance.random() < 0.7 else "no"
    if question.kind in ("choice", "choices"):
        chosen = question.choices[0].code
        return [chosen] if question.kind == "choices" else chosen
    if question.kind == "date":
        return f"2026-{chance.randint(8, 10):02d}-{chance.randint(1, 28):02d}"
    if question.kind == "month":
        return "2025-09"
    if question.kind == "number":
        return 2
    if question.kind == "actions":
        due = f"2026-12-{chance.randint(1, 18):02d}"
        return [{"what": "Talk it through in supervision and set a date.", "owner": "Team manager", "due": due}]
    return chance.choice(SENTENCES)


def _grade(question: Question, overall: Grade, chance: Random) -> Grade:
    if question.key in ("overall", "assessment") or overall is Grade.INADEQUATE:
        return overall
    return chance.choice((overall, overall, overall, Grade.GOOD, Grade.REQUIRES_IMPROVEMENT))
