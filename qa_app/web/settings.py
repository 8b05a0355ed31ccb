"""The settings of the programme: one page, changed with a reason, each change kept."""

from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Field, IntegerField, RadioField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.queries.settings import latest_changes
from qa_app.services import settings
from qa_app.services.choices import SETTINGS, Choice, UnfitValueError
from qa_app.web.forms import Form, line

screen = Blueprint("settings", __name__, url_prefix="/settings")
# The heading that stands before a setting; it holds for those after it too, so that a new one is always under one.
HEADINGS: Final = {
    "expected_audits": "Audits expected of each person",
    "drawn_working_day": "The days of a month",
    "action_owner_day": "Actions and re-audits",
    "closed_within_days": "Which cases are audited",
    "new_auditor_audits": "Moderation",
    "supervision_gap": "Figures",
    "digest_hour": "Reminders",
    "demographics": "What audits ask",
    "alert_hours": "Alerts, disputes and complaints",
    "link_days": "Links to reflections",
    "self_checks_a_year": "Self-checks",
    "smallest_shown": "What leaves the service",
}


class SettingsForm(Form):
    """Every setting and one reason; the fields are made from the table of settings."""

    def typed(self, key: str) -> Any:
        """What was sent for a setting, as it was typed."""
        field = self[key]
        if isinstance(field, IntegerField):
            return field.raw_data[0] if field.raw_data else ""
        return field.data


def _field(choice: Choice) -> Field:
    told = f"{choice.hint} " if choice.hint else ""
    if choice.words:
        choices = [SelectChoice(word, label) for word, label in choice.words]
        return RadioField(choice.label, choices=choices, description=f"{told}Default: {choice.said(choice.default)}.")
    bounds = f"{told}From {choice.takes}. Default: {choice.default}."
    return IntegerField(choice.label, description=bounds)


for _key, _choice in SETTINGS.items():
    setattr(SettingsForm, _key, _field(_choice))
# Made after the settings: WTForms keeps the order in which fields were made.
_WHY = line("Reason for the change", longest=300, hint="Kept with the change. Do not name children, families or staff.")
setattr(SettingsForm, "reason", _WHY)  # noqa: B010


@screen.get("")
@needs(Can.SETTINGS_CHANGE)
def show() -> str:
    """The settings as they are."""
    return _page(SettingsForm(data=settings.values(session())))


@screen.post("")
@needs(Can.SETTINGS_CHANGE)
def change() -> AnyResponse | tuple[str, int]:
    """Change what differs, with the reason."""
    form = SettingsForm()
    form.validate()
    wanted = {key: _checked(form, choice) for key, choice in SETTINGS.items()}
    now_set = settings.values(session())
    changed = [key for key, value in wanted.items() if value != now_set[key]]
    reason = form["reason"]
    if changed and not reason.data and not reason.errors:
        reason.errors = ["Enter the reason for the change."]
    if form.errors:
        return _page(form), 400
    for key in changed:
        settings.change(session(), key, wanted[key], reason=reason.data, by=actor().by, at=now())
    if changed:
        flash(f"{len(changed)} setting{' is' if len(changed) == 1 else 's are'} changed.", "success")
    else:
        flash("Nothing was changed: every setting is as it was.", "warning")
    return redirect(url_for("settings.show"))


def _checked(form: SettingsForm, choice: Choice) -> Any:
    """The value as it would be kept, or None with the field saying what is wrong."""
    field = form[choice.key]
    try:
        value = choice.check(form.typed(choice.key))
    except UnfitValueError as fault:
        field.errors = [str(fault)]
        return None
    field.errors = []
    return value


def _groups() -> dict[str, list[str]]:
    """The settings under their headings, in the order of the table."""
    groups: dict[str, list[str]] = {}
    for key in SETTINGS:
        heading = HEADINGS.get(key) or next(reversed(groups))
        groups.setdefault(heading, []).append(key)
    return groups


def _page(form: SettingsForm) -> str:
    changes = latest_changes(session(), list(SETTINGS))
    return render_template("settings/show.html", form=form, settings=SETTINGS, groups=_groups(), changes=changes)
