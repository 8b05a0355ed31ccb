"""The form of an entry of evidence: what was learned and changed, what told it, and which figure is watched."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from wtforms import HiddenField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from audit_forms.definition import Question
from audit_forms.fields import DayField
from moderation.statistics import months
from moderation.statistics.months import after
from qa_app.access import evidence as seen
from qa_app.access.current import actor, now, session
from qa_app.clock import london_day, month_of
from qa_app.queries import plan, themes
from qa_app.services.evidence import QUESTIONS, Said
from qa_app.services.learning import LED_BY, WATCHED
from qa_app.web.forms import Form, naming_nobody, text

WHY: Final = "It is kept with the entry. Do not name children, families or staff."
NONE: Final = SelectChoice("", "None")
TEAM: Final = "team-"  # what the value of a team begins with; that of a service is its identity alone
YEARS: Final = 3


class EvidenceForm(Form):
    """What an entry says, and where it counts."""

    learned = text(QUESTIONS["learned"], hint="From audits, moderation, feedback, complaints or practice seen.")
    changed = text(QUESTIONS["changed"], hint="What people do now that they did not do before.")
    different = text(QUESTIONS["different"], hint="What children and families notice. Name nobody.")
    known = text(QUESTIONS["known"], hint="Figures, observations or what families say, with dates.")
    on = DayField(Question("on", "date", "Date of the entry", "For example, 2 11 2026"))
    changed_on = DayField(
        Question("changed_on", "date", "Day from which practice is different", "Leave it empty if there is none yet")
    )
    led_by = SelectField("What told you?", default="")
    led_from = SelectField("First month it showed", default="")
    led_to = SelectField("Last month it showed", default="")
    figure_key = SelectField(
        "Figure to watch", default="", description="It is shown for the months before and after practice changed."
    )
    theme_code = SelectField("Theme")
    measure_key = SelectField("Measure of the plan")
    action_ref = SelectField("Action of the plan", description="Where it fits no single measure.")
    service = SelectField("Whose entry is it?")


class CorrectForm(EvidenceForm):
    """The same, with the reason for another version."""

    reason = text("Why is it corrected?", naming_nobody, longest=500, hint=WHY)
    version = HiddenField()


class WithdrawForm(Form):
    """Why an entry is withdrawn."""

    reason = text("Why is it withdrawn?", naming_nobody, longest=500, hint=WHY)


def known(words: Mapping[str, str], today: date) -> dict[str, Any]:
    """What the address says already, of the page that somebody comes from."""
    team = words.get("team", "")[:36]
    return {
        "on": today,
        "measure_key": words.get("measure", "")[:40],
        "theme_code": words.get("theme", "")[:40],
        "figure_key": words.get("figure", "")[:40],
        "led_by": words.get("led_by", "")[:20],
        "led_from": words.get("from", "")[:7],
        "led_to": words.get("to", "")[:7],
        "service": f"{TEAM}{team}" if team else words.get("service", "")[:36],
    }


def offered(form: EvidenceForm, kept: str | None = None) -> EvidenceForm:
    """The form with what there is to choose from; a retired theme only where the entry has it already."""
    lines = [one for action in plan.register(session()) for one in action.lines]
    form.measure_key.choices = [NONE, *(SelectChoice(one.measure.key, _short(one.measure.title)) for one in lines)]
    actions = {one.measure.action.ref: one.measure.action.title for one in lines}
    form.action_ref.choices = [NONE, *(SelectChoice(ref, _short(f"{ref} {title}")) for ref, title in actions.items())]
    form.theme_code.choices = [
        NONE,
        *(SelectChoice(one.code, one.label) for one in themes.offered(session(), (kept,))),
    ]
    form.led_by.choices = [NONE, *(SelectChoice(*one) for one in LED_BY.items())]
    form.figure_key.choices = [NONE, *(SelectChoice(*one) for one in WATCHED.items())]
    this = month_of(london_day(now()))
    past = [after(this, -n) for n in range(12 * YEARS)]
    for field in (form.led_from, form.led_to):
        field.choices = [NONE, *(SelectChoice(months.name(one), f"{one:%B %Y}") for one in past)]
        if isinstance(field.data, date):
            field.data = months.name(field.data)
    return _places(form)


def _places(form: EvidenceForm) -> EvidenceForm:
    own = seen.services_to_write_for(session(), actor())
    teams = seen.teams_of(session(), own)
    form.service.choices = [
        *(SelectChoice(str(one.id), one.name) for one in own),
        SelectChoice("", "Whole council"),
        *(SelectChoice(f"{TEAM}{one.id}", f"{one.name}, {one.service.name}") for one in teams),
    ]
    return form


def _short(words: str) -> str:
    return words if len(words) <= 90 else f"{words[:89]}…"


def said_in(form: EvidenceForm) -> Said | None:
    """What the form says; None with the fault beside the box it is in."""
    form.validate()
    if form.on.data is None and not form.on.errors:
        form.on.errors = ["Write the day, month and year of the entry."]
    if form.errors:
        return None
    return Said(
        on=form.on.data, learned=form.learned.data or "", changed=form.changed.data or "",
        different=form.different.data or "", known=form.known.data or "", theme_code=form.theme_code.data or None,
        action_ref=form.action_ref.data or None, measure_key=form.measure_key.data or None,
        changed_on=form.changed_on.data, led_by=form.led_by.data or None, led_from=_month(form.led_from.data),
        led_to=_month(form.led_to.data), figure_key=form.figure_key.data or None,
    )  # fmt: skip


def _month(chosen: str | None) -> date | None:
    return months.read(chosen) if chosen else None


def whose(form: EvidenceForm) -> dict[str, UUID | None]:
    """The service and the team an entry is of; neither is the whole council."""
    chosen = form.service.data or ""
    if chosen.startswith(TEAM):
        team = UUID(chosen.removeprefix(TEAM))
        return {"service_id": seen.service_of(session(), team), "team_id": team}
    return {"service_id": UUID(chosen) if chosen else None, "team_id": None}
