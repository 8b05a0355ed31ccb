"""The form of one stratum of a sampling plan: what is asked, and the rule that is said by it."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from wtforms import BooleanField, Field, HiddenField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import DataRequired

from audit_forms.grades import BEST_FIRST
from moderation.plans import LONGEST_NAME, StratumRule
from qa_app.queries.sampling_frames import NEW_AUDITOR, SERVICE, STREAM, TEAM
from qa_app.queries.sampling_plans import STREAMS, Names, answers_to
from qa_app.services.sampling_plans import LONGEST_REASON
from qa_app.web.forms import Form, line, naming_nobody, text

PERCENT: Final = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)\s*%?", re.ASCII)
WHOLE: Final = re.compile(r"\d{1,4}", re.ASCII)
ALL: Final = 100
GRADES: Final = [SelectChoice(one.value, one.label) for one in BEST_FIRST]
CHOSEN: Final = [SelectChoice(value, words.capitalize()) for value, words in STREAMS.items()]
WHY: Final = "Kept with the plan. Do not name children, families or staff."


class ReasonForm(Form):
    """Why does the plan change?"""

    was = HiddenField()
    reason = text("Reason", DataRequired("Say why the plan changes."), naming_nobody, longest=LONGEST_REASON, hint=WHY)


class NumbersForm(ReasonForm):
    """How many are drawn?"""

    name = line("Name of the stratum", DataRequired("Give the stratum a name."), naming_nobody, longest=LONGEST_NAME,
                hint="It stands in the figures. For example, new auditors.")  # fmt: skip
    share = line(
        "Share to moderate, in percent", longest=10, hint="Rounded up to whole audits. 100 moderates them all."
    )
    least = line("At least so many", longest=10, hint="Empty for no least number.")
    most = line("At most so many", longest=10, hint="Empty for no limit.")


class StratumForm(NumbersForm):
    """Which audits belong to it?"""

    grades = SelectMultipleField("Grades the auditor gave", choices=GRADES)
    new_auditors = BooleanField("Only audits by new auditors")
    services = SelectMultipleField("Services")
    teams = SelectMultipleField("Teams")
    streams = SelectMultipleField("How the case was chosen", choices=CHOSEN)
    place = SelectField("Place in the plan", coerce=int)


def filled(rule: StratumRule | None, others: Sequence[str], names: Names, *, was: str) -> NumbersForm:
    """The form as the plan has the stratum now; empty for a new one."""
    if rule is not None and rule.takes_everything_else:
        return NumbersForm(data={"was": was, **_numbers(rule)})
    data = {"was": was, "place": len(others)} if rule is None else {"was": was, **_numbers(rule), **_belonging(rule)}
    form = StratumForm(data=data)
    _offer(form, others, names)
    return form


def sent(rule: StratumRule | None, others: Sequence[str], names: Names) -> NumbersForm:
    """The form as it was sent, with what is wrong beside each field."""
    if rule is not None and rule.takes_everything_else:
        plain_form = NumbersForm()
        plain_form.validate()
        return plain_form
    form = StratumForm()
    _offer(form, others, names)
    form.validate()
    if not any((form.grades.data, form.new_auditors.data, form.services.data, form.teams.data, form.streams.data)):
        form.grades.errors = ["Say which audits belong to it: by grade, auditor, service, team or choice of case."]
    return form


def said(form: NumbersForm) -> StratumRule | None:
    """The stratum as the form says it; None where something is wrong, which then stands beside its field."""
    rate, least, most = _percent(form.share), _whole(form.least), _whole(form.most)
    if most is not None and most < max(1, least or 0) and not form.most.errors:
        form.most.errors = ["Enter at most as many as at least, or more."]
    if form.errors or rate is None:
        return None
    belonging = _said_to_belong(form) if isinstance(form, StratumForm) else (frozenset[str](), frozenset[str]())
    return StratumRule(form.name.data or "", rate, least or 0, *belonging, most)


def place_of(form: NumbersForm) -> int | None:
    """Where the stratum is to stand, counted from 0; the last one has no choice."""
    return int(form.place.data) if isinstance(form, StratumForm) else None


def _offer(form: StratumForm, others: Sequence[str], names: Names) -> None:
    form.services.choices = [SelectChoice(*one) for one in names.services.items()]
    form.teams.choices = [SelectChoice(*one) for one in names.teams.items()]
    before = [SelectChoice(at, f"Before ‘{name}’") for at, name in enumerate(others)]
    form.place.choices = [*before, SelectChoice(len(others), "Last before everything else")]


def _numbers(rule: StratumRule) -> dict[str, str]:
    return {
        "name": rule.name, "share": f"{float(100 * rule.rate):.6g}", "least": str(rule.at_least or ""),
        "most": "" if rule.at_most is None else str(rule.at_most),
    }  # fmt: skip


def _belonging(rule: StratumRule) -> dict[str, object]:
    return {
        "grades": sorted(rule.grades), "new_auditors": NEW_AUDITOR in rule.marks,
        "services": answers_to(rule, SERVICE), "teams": answers_to(rule, TEAM), "streams": answers_to(rule, STREAM),
    }  # fmt: skip


def _said_to_belong(form: StratumForm) -> tuple[frozenset[str], frozenset[str]]:
    marks = [NEW_AUDITOR] if form.new_auditors.data else []
    for question, field in ((SERVICE, form.services), (TEAM, form.teams), (STREAM, form.streams)):
        marks += [f"{question}:{answer}" for answer in field.data or ()]
    return frozenset(form.grades.data or ()), frozenset(marks)


def _percent(field: Field) -> Fraction | None:
    found = PERCENT.fullmatch((field.data or "").strip())
    if found is None or Fraction(found[1]) > ALL:
        field.errors = ["Enter a share from 0 to 100, such as 15."]
        return None
    return Fraction(found[1]) / ALL


def _whole(field: Field) -> int | None:
    typed = (field.data or "").strip()
    if not typed:
        return None
    if not WHOLE.fullmatch(typed):
        field.errors = ["Enter a whole number, such as 4, or leave it empty."]
        return None
    return int(typed)
