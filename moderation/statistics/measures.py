"""The registry of measures, one entry each, and the computation of all of them."""

from dataclasses import replace
from datetime import date
from typing import Final

from moderation.statistics.expectations import expectations
from moderation.statistics.facts import OVERALL, Facts
from moderation.statistics.figures import Figures
from moderation.statistics.measure import Measure
from moderation.statistics.moderated import agreement
from moderation.statistics.monthly import (
    all_four,
    good_or_better,
    good_or_better_with_correction,
    good_or_better_with_streak,
)
from moderation.statistics.practitioners import practitioners
from moderation.statistics.rules import Rules
from moderation.statistics.scope import Scope
from moderation.statistics.target import Operator, Target

SUPERVISION: Final = Measure(
    key="supervision",
    plan="2.4, c155",
    title="Case supervision judged good or better",
    target=Target(Operator.ABOVE, 85, 100),
    compute=good_or_better_with_streak,
    element="supervision",
    note=(
        "Counted: the final grade of the supervision domain of each case file audit, in the month of its cycle.",
        "Not enough evidence {missing}.",
        "The run counts back from the latest closed month over months with {target} good or better, judged on whole "
        "numbers: a share exactly on the line is not more than it. The plan asks for {rules.streak_months} months.",
        "A month without judgements, or with too few (below {rules.min_n}), {gap}.",
        "Below {rules.few_below} judgements the month says that one of them decides it.",
        "The chance beside the run is how likely so long a run would be if the true share were exactly on the line.",
    ),
)
CASES: Final = Measure(
    key="cases",
    plan="2.5",
    title="Audited cases judged good or better",
    target=Target(Operator.AT_LEAST, 85, 100),
    compute=good_or_better_with_correction,
    element=OVERALL,
    note=(
        "Counted: the final overall grade of each case file audit. The overall grade is a judgement of its own, never "
        "an average.",
        "As graded: the same audits as their auditors graded them, before moderation.",
        "Corrected: what moderators would have said of every audit, estimated from the audits they graded blind, by "
        "the grade the auditor gave.",
        "A grade with no moderated audit is counted with the other grade on its side of the good line; where that has "
        "none either, there is no corrected figure.",
    ),
)
PLANS: Final = Measure(
    key="plans",
    plan="2.8",
    title="Audited plans judged good or better",
    target=Target(Operator.AT_LEAST, 75, 100),
    compute=good_or_better,
    element="plan",
    note=("Counted: the final grade of the plan domain. Not enough evidence {missing}.",),
)
CHRONOLOGY: Final = Measure(
    key="chronology",
    plan="2.8",
    title="Children with a complete, current and used chronology",
    target=Target(Operator.ALL),
    compute=all_four,
    questions=("chronology_present", "chronology_up_to_date", "chronology_comprehensive", "chronology_used"),
    of="child",
    note=(
        "A chronology counts when it is present, up to date, covers the significant events and is used: four answers, "
        "all of them yes. Partly is not yes.",
        "The figure covers the children whose files were audited, not all children.",
    ),
)
AGREEMENT: Final = Measure(
    key="agreement",
    plan="2.5",
    title="Auditors' grades that agree with the moderator's",
    target=Target(Operator.ABOVE, 90, 100),
    compute=agreement,
    element=OVERALL,
    note=(
        "Counted: audits drawn for moderation and graded blind, where the moderator's first overall grade is exactly "
        "the auditor's submitted one. Final grades are never used.",
        "An audit moderated by somebody tied to it, as two people agreed because nobody independent was free, counts "
        "as not graded blind. Such audits are shown apart.",
        "The percentage is weighted to all audits of the window, because strata are moderated at different rates. The "
        "unweighted k of n stands beside it.",
        "The range is MOVER-Wilson at {confidence}, without a finite population correction: the question is how "
        "reliable the auditors are, not only these audits.",
        "A window with fewer than {rules.judged_from_pairs} pairs is shown and not judged: with so few, a single "
        "difference decides the verdict.",
        "A stratum with fewer than {rules.join_strata_below} pairs is counted with the one beside it, unless all of "
        "its audits are moderated by rule. One with no pair is left out, and named.",
        "Audits that no sample was drawn from, because they came in after the last draw, are outside it, and their "
        "number is given.",
        "One person's agreement is shown from {rules.person_from_pairs} pairs.",
        "Audits moderated with sight of the auditor's grades, jointly, by choice, on dispute or for calibration are "
        "never in this figure.",
    ),
)
PERMANENCE: Final = Measure(
    key="permanence",
    plan="3.8",
    title="Permanence judged good or better",
    target=None,
    compute=good_or_better,
    element="permanence",
    in_file=False,
    note=("Counted: the final grade of the permanence domain, where it applies. There is no target.",),
)
EXPECTATIONS: Final = Measure(
    key="expectations",
    plan="2.5",
    title="Managers who audited as expected",
    target=Target(Operator.ALL),
    compute=expectations,
    in_file=False,
    note=(
        "Counted: team and service managers with an expectation in the month who submitted at least the number "
        "expected by the due date. Independent reviewing officers are shown apart.",
        "People excused with a reason and an approver are outside the count, and their number is given.",
        "The share of moderated audits whose form was judged sound stands beside it, because the plan asks for "
        "quality and quantity.",
    ),
)
HELPS: Final = Measure(
    key="supervision_helps",
    plan="2.4",
    title="Practitioners whom supervision, training and annual conversations help",
    target=Target(Operator.AT_LEAST, 85, 100),
    compute=practitioners,
    questions=("worker_supervision_helps",),
    in_file=False,
    of="practitioner",
    note=(
        "Counted: practitioners, not audits. Each says whether supervision and training help their practice, in their "
        "reflection or to the auditor of their work; their latest answer of the month or period counts.",
        "Only yes counts; partly is not yes. A period is not the sum of its months.",
    ),
)
MEASURES: Final = (SUPERVISION, CASES, PLANS, CHRONOLOGY, AGREEMENT, PERMANENCE, EXPECTATIONS, HELPS)


def compute(facts: Facts, rules: Rules, until: date) -> Figures:
    """Every measure's figure, up to and including the month ``until`` (its first day).

    Raises:
        ValueError: the facts contradict themselves, such as more pairs in a stratum than it has audits.
    """
    scope = Scope(facts, rules, until)
    asked = [replace(measure, target=measure.target_under(rules)) for measure in MEASURES]
    return Figures(until, rules.version, scope.months, tuple(measure.compute(measure, scope) for measure in asked))
