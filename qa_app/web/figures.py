"""One's own figures: agreement with others on the same audits, what one was expected to do, and moderations given."""

from typing import Final

from flask import Blueprint, render_template

from audit_forms.grades import Grade, NotGraded
from qa_app.access.current import actor, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can, Role
from qa_app.queries import people_figures
from qa_app.reports import wording
from qa_app.services import figures as live

screen = Blueprint("figures", __name__, url_prefix="/your-figures")

LABELS: Final = {grade.value: grade.label for grade in (*Grade, *NotGraded)}


@screen.get("")
@needs(Can.FIGURES_OWN)
def show() -> str:
    """One's own figures: agreement with moderators, audits done, and moderations given."""
    person, rules = actor(), live.rules(session())
    return render_template(
        "dashboard/own.html",
        as_auditor=people_figures.as_auditor(session(), person.person_id),
        as_moderator=people_figures.as_moderator(session(), person.person_id),
        expected=people_figures.own_months(session(), person.person_id),
        moderations=people_figures.past_moderations(session(), person.person_id),
        audits=Role.AUDITOR in person.roles,
        moderates=Role.MODERATOR in person.roles,
        least=rules.person_from_pairs,
        labels=LABELS,
        wording=wording,
    )
