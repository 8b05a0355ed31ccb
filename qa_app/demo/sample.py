"""The demo's moderation sample: a plan of the council's own, a draw by it, and a few audits drawn further."""

from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from moderation.plans import DEFAULT_RULES, StratumRule
from qa_app.models import Cycle
from qa_app.services import sampling, sampling_plans, supplements

WHY_PLAN = "Nobody had looked at what is graded outstanding, and new auditors ask for a second view."
WHY_MORE = "Two moderators have time for one more each."


def plan_and_draw(session: Session, cycle: Cycle, *, seed: str, by: str, at: datetime) -> None:
    """A standing plan of four strata, the month's sample drawn by it, and two audits more."""
    inadequate, rest = DEFAULT_RULES
    best = StratumRule("outstanding", Fraction(1, 2), at_most=3, grades=frozenset({Grade.OUTSTANDING.value}))
    new = StratumRule("new auditors", Fraction(1, 2), marks=frozenset({"new_auditor"}))
    was = sampling_plans.in_force(session, None).sha256
    sampling_plans.save(session, None, (inadequate, best, new, rest), was=was, reason=WHY_PLAN, by=by, at=at)
    draw = sampling.draw_sample(session, cycle, seed=seed, by=by, at=at).draw
    if dict(supplements.left(session, draw)).get(rest.name, 0) > 1:
        supplements.draw_further(session, draw, rest.name, 2, seed=f"{seed}-more", reason=WHY_MORE, by=by, at=at)
