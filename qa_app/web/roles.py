"""Roles: granting, confirming what the staff list suggested, turning down and ending."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can, Role
from qa_app.models import RoleGrant, Service
from qa_app.queries import people
from qa_app.services import roles
from qa_app.web import person_page
from qa_app.web.forms import Form

screen = Blueprint("roles", __name__, url_prefix="/people")


@screen.get("/suggested-roles")
@needs(Can.ROLE_GRANT)
def suggested() -> str:
    """The roles the staff list suggests, waiting for a yes."""
    return _suggested(Form())


def _suggested(form: Form) -> str:
    waiting = people.waiting_roles(session())
    return render_template(
        "roles/suggested.html",
        form=form,
        waiting=waiting,
        label=person_page.role_label,
        choose_service=Role.HEAD_OF_SERVICE.value,
        back_link={"href": url_for("people.index"), "text": "People"},
    )


@screen.post("/suggested-roles")
@needs(Can.ROLE_GRANT)
def confirm_several() -> AnyResponse | tuple[str, int]:
    """Grant the ticked ones."""
    form = Form()
    chosen = people.grants(session(), request.form.getlist("grant", type=UUID))
    chosen = tuple(one for one in chosen if one.role != Role.HEAD_OF_SERVICE)
    if not chosen:
        form.form_errors = ["Tick the roles to grant."]
        return _suggested(form), 400
    refused = roles.confirm(session(), chosen, by=actor().by, at=now())
    granted = len(chosen) - len(refused)
    if granted:
        flash(f"{granted} role{' is' if granted == 1 else 's are'} granted.", "success")
    for sentence in refused:
        flash(sentence, "warning")
    left = people.waiting_roles(session(), most=0).total
    return redirect(url_for("roles.suggested" if left else "people.index"))


@screen.post("/<uuid:person_id>/roles")
@needs(Can.ROLE_GRANT)
def grant(person_id: UUID) -> AnyResponse | tuple[str, int]:
    """Give a person a role."""
    person = person_page.found(person_id)
    services = people.services(session())
    form = person_page.grant_form(person, services)
    if not form.validate():
        return person_page.render(person, form, status=400)
    role = Role(form.role.data)
    if role is Role.HEAD_OF_SERVICE and not form.service.data:
        form.service.errors = ["Choose the service this Head of Service answers for, or the whole council."]
        return person_page.render(person, form, status=400)
    try:
        roles.grant(session(), person, role, service=_service(form.service.data, services), by=actor().by, at=now())
    except roles.RoleRefused as fault:
        form.role.errors = [str(fault)]
        return person_page.render(person, form, status=409)
    flash(f"{person.name} is {role.label} now.", "success")
    return redirect(url_for("people.show", person_id=person.id))


def _service(chosen: str, services: tuple[Service, ...]) -> Service | None:
    return next((one for one in services if str(one.id) == chosen), None)


@screen.post("/roles/<uuid:grant_id>/confirm")
@needs(Can.ROLE_GRANT)
def confirm(grant_id: UUID) -> AnyResponse | tuple[str, int]:
    """Grant one suggested role."""
    one = _found(grant_id)
    if one.role == Role.HEAD_OF_SERVICE:
        fault = "Choose Head of Service and the service under Grant a role."
        return person_page.render(one.person, fault=fault, status=400)
    refused = roles.confirm(session(), [one], by=actor().by, at=now())
    if refused:
        return person_page.render(one.person, fault=refused[0], status=409)
    return _back(one, f"{one.person.name} is {Role(one.role).label} now.")


@screen.post("/roles/<uuid:grant_id>/turn-down")
@needs(Can.ROLE_GRANT)
def turn_down(grant_id: UUID) -> AnyResponse | tuple[str, int]:
    """Say that a suggested role is not theirs."""
    one = _found(grant_id)
    try:
        roles.turn_down(session(), one, by=actor().by, at=now())
    except roles.RoleRefused as fault:
        return person_page.render(one.person, fault=str(fault), status=409)
    return _back(one, f"{Role(one.role).label} is not suggested for {one.person.name} any more.")


@screen.post("/roles/<uuid:grant_id>/end")
@needs(Can.ROLE_GRANT)
def end(grant_id: UUID) -> AnyResponse | tuple[str, int]:
    """End a role."""
    one = _found(grant_id)
    try:
        roles.end(session(), one, by=actor().by, at=now())
    except roles.RoleRefused as fault:
        return person_page.render(one.person, fault=str(fault), status=409)
    return _back(one, f"{one.person.name} is not {Role(one.role).label} any more.")


def _found(grant_id: UUID) -> RoleGrant:
    one = people.grant(session(), grant_id)
    if one is None:
        abort(404)
    return one


def _back(one: RoleGrant, sentence: str) -> AnyResponse:
    flash(sentence, "success")
    return redirect(url_for("people.show", person_id=one.person_id))
