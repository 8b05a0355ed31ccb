"""The one list of themes on screen: add, rename, retire, bring back, and put in order."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.models import Theme
from qa_app.queries import themes as listed
from qa_app.services import themes
from qa_app.services.themes import UnfitTheme
from qa_app.web.forms import Form, line

screen = Blueprint("themes", __name__, url_prefix="/themes")


class NameForm(Form):
    """What a theme is called."""

    label = line("What is the theme called?", longest=200, hint="Up to 80 characters. For example, Family and friends")


@screen.get("")
@needs(Can.THEME_MANAGE)
def index() -> str:
    """Every theme in its order."""
    return _page(NameForm())


@screen.post("")
@needs(Can.THEME_MANAGE)
def add() -> Response | tuple[str, int]:
    """Add one."""
    form = NameForm()
    if form.validate():
        try:
            made = themes.add(session(), form.label.data or "", by=actor().by, at=now())
        except UnfitTheme as fault:
            form.label.errors = [str(fault)]
        else:
            flash(f"‘{made.label}’ is on the list.", "success")
            return redirect(url_for("themes.index"))
    return _page(form), 400


@screen.get("/<string:code>")
@needs(Can.THEME_MANAGE)
def show(code: str) -> str:
    """One theme: its name, and whether it is offered."""
    theme = _theme(code)
    return render_template("themes/show.html", theme=theme, form=NameForm(data={"label": theme.label}))


@screen.post("/<string:code>/name")
@needs(Can.THEME_MANAGE)
def rename(code: str) -> Response | tuple[str, int]:
    """Call it otherwise."""
    theme, form = _theme(code), NameForm()
    if form.validate():
        try:
            themes.rename(session(), theme, form.label.data or "", by=actor().by, at=now())
        except UnfitTheme as fault:
            form.label.errors = [str(fault)]
        else:
            flash("The name is saved.", "success")
            return redirect(url_for("themes.index"))
    return render_template("themes/show.html", theme=theme, form=form), 400


@screen.post("/<string:code>/retire")
@needs(Can.THEME_MANAGE)
def retire(code: str) -> Response:
    """Offer it no more."""
    theme = _theme(code)
    return _done(lambda: themes.retire(session(), theme, by=actor().by, at=now()), f"‘{theme.label}’ is retired.")


@screen.post("/<string:code>/bring-back")
@needs(Can.THEME_MANAGE)
def bring_back(code: str) -> Response:
    """Offer it again."""
    theme = _theme(code)
    said = f"‘{theme.label}’ is offered again."
    return _done(lambda: themes.bring_back(session(), theme, by=actor().by, at=now()), said)


@screen.post("/<string:code>/move")
@needs(Can.THEME_MANAGE)
def move(code: str) -> Response:
    """One place up or down."""
    theme, up = _theme(code), request.form.get("way") == "up"
    said = f"‘{theme.label}’ moved {'up' if up else 'down'}."
    return _done(lambda: themes.move(session(), theme, up=up, by=actor().by, at=now()), said)


def _done(verb: Callable[[], object], said: str) -> Response:
    try:
        verb()
    except UnfitTheme as fault:
        flash(str(fault), "warning")
    else:
        flash(said, "success")
    return redirect(url_for("themes.index"))


def _theme(code: str) -> Theme:
    found = session().get(Theme, code[:40])
    if found is None:
        raise OutOfScopeError
    return found


def _page(form: NameForm) -> str:
    every = listed.known(session())
    standing = [one for one in every if one.retired_at is None]
    return render_template(
        "themes/index.html", form=form, standing=standing, retired=[o for o in every if o.retired_at]
    )
