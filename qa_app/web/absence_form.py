"""What is asked of an absence, whoever enters it: when, why and who covers; and how it is kept and ended."""

from typing import TypeVar
from uuid import UUID

from flask import flash
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import InputRequired

from audit_forms.definition import Question
from audit_forms.fields import DayField
from qa_app.access.current import actor, now, session
from qa_app.access.permissions import Role
from qa_app.models import Absence, Person
from qa_app.queries.ties import holders
from qa_app.services import absences
from qa_app.services.absences import UnfitAbsence
from qa_app.web.forms import Form

NOBODY = SelectChoice("", "Nobody")


class CoverForm(Form):
    """Who covers?"""

    cover = SelectField("Who covers?", description="They get the reminders meanwhile.", default="")


class AwayForm(CoverForm):
    """When, and why?"""

    first = DayField(Question("first", "date", "First day away", "For example, 21 12 2026"))
    last = DayField(Question("last", "date", "Last day away", "Leave it empty if there is no end yet"))
    reason = RadioField(
        "Why?", [InputRequired("Choose a reason.")],
        choices=[SelectChoice(code, label) for code, label in absences.REASONS.items()],
    )  # fmt: skip


FormWithCover = TypeVar("FormWithCover", bound=CoverForm)


def say(form: AwayForm, person_id: str) -> Absence | None:
    """Keep what the form says; None with the fault on the form."""
    who, first = person(person_id), form.first.data
    if first is None:
        form.first.errors = ["Enter the first day away."]
        return None
    if who is None:
        form.form_errors.append("Choose who is away.")
        return None
    try:
        return absences.say(
            session(), who, (first, form.last.data), form.reason.data, cover=person(form.cover.data),
            by=actor().by, at=now(),
        )  # fmt: skip
    except UnfitAbsence as fault:
        form.last.errors = [str(fault)]
        return None


def end(one: Absence) -> None:
    """End an absence; where it has ended already the page says so."""
    try:
        absences.end(session(), one, by=actor().by, at=now())
    except UnfitAbsence as fault:
        flash(str(fault), "warning")
    else:
        flash("The absence is ended.", "success")


def with_covers(form: FormWithCover, person_id: UUID) -> FormWithCover:
    """The form with everybody who may cover for this person."""
    people = may_cover()
    form.cover.choices = [NOBODY, *(SelectChoice(str(one.id), one.name) for one in people if one.id != person_id)]
    return form


def may_cover() -> list[Person]:
    """Everybody with audits in their work, by name."""
    roles = (Role.AUDITOR, Role.MODERATOR, Role.HEAD_OF_SERVICE, Role.QA_LEAD)
    everybody = {one.id: one for role in roles for one in holders(session(), role)}
    return sorted(everybody.values(), key=lambda one: (one.name, str(one.id)))


def person(person_id: str | None) -> Person | None:
    """The member of staff chosen in a list; nobody where nothing is."""
    return session().get(Person, UUID(person_id)) if person_id else None
