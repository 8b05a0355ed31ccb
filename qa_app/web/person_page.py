"""The page of one person, which several screens show again with what was wrong."""

from collections.abc import Sequence
from uuid import UUID

from flask import abort, render_template, url_for
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import InputRequired

from qa_app.access.current import actor, session
from qa_app.access.permissions import DUTIES, Can, Role
from qa_app.models import Person, Service
from qa_app.queries import people
from qa_app.services.roles import held_roles, is_held, is_suggested
from qa_app.web.forms import Form

WHOLE = "whole"


class GrantForm(Form):
    """Which role, and for a Head of Service which service."""

    role = RadioField("Role", [InputRequired("Choose a role.")])
    service = SelectField("Service", description="Only for a Head of Service.")


def grant_form(person: Person, services: Sequence[Service]) -> GrantForm:
    """The form with the roles this person does not hold; more services may always be given to a Head of Service."""
    form = GrantForm()
    held = held_roles(person) - {Role.HEAD_OF_SERVICE}
    form.role.choices = [SelectChoice(role.value, role.label) for role in Role if role not in held]
    form.service.choices = [
        SelectChoice("", "Choose a service"),
        SelectChoice(WHOLE, "The whole council"),
        *(SelectChoice(str(one.id), one.name) for one in services),
    ]
    return form


def found(person_id: UUID) -> Person:
    """The person at an address; there is no such page for anybody else."""
    person = people.person(session(), person_id)
    if person is None:
        abort(404)
    return person


def render(person: Person, form: GrantForm | None = None, *, fault: str = "", status: int = 200) -> tuple[str, int]:
    """The page; `form` and `fault` say what was wrong with what was just sent."""
    shown = form or grant_form(person, people.services(session()))
    if fault:
        shown.form_errors = [*shown.form_errors, fault]
    account = people.account(session(), person.id)
    page = render_template(
        "people/show.html",
        person=person,
        held=[one for one in person.grants if is_held(one)],
        suggested=[one for one in person.grants if is_suggested(one)],
        account=account,
        own=person.id == actor().person_id,
        may_grant=actor().may(Can.ROLE_GRANT),
        may_manage=actor().may(Can.ACCOUNT_MANAGE),
        form=shown,
        duties={role.value: DUTIES[role].capitalize() for role in Role},
        label=role_label,
        back_link={"href": url_for("people.index"), "text": "People"},
    )
    return page, status


def role_label(role: str) -> str:
    """A role as people say it."""
    return Role(role).label
