"""Writing the month in seven minutes: the draft, the look at any version, and publication."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs

from moderation.statistics import months
from qa_app.access.current import actor, now, session, settings
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.access.scope import OutOfScopeError
from qa_app.models import SummaryVersion
from qa_app.queries import summaries as found
from qa_app.queries import themes
from qa_app.queries.doers import doer
from qa_app.reports.summary import document
from qa_app.reports.summary_paper import fits
from qa_app.services import summaries
from qa_app.services.summaries import LONGEST, MOST_QUOTED, TEXTS, SummaryRefused, Text
from qa_app.web.forms import Form, naming_nobody, text
from qa_app.web.numbers import version_in

screen = Blueprint("summary_drafts", __name__, url_prefix="/summaries/<string:month>")

NONE = -1  # no version: 0 is that of a month nobody has written of
EVERYBODY = "Everybody reads this. Name no child, family or colleague, and nothing by which one could be told."


class SummaryForm(Form):
    """What a version says."""

    theme = SelectField("Theme of the month", default="")
    went_well = text(TEXTS["went_well"], naming_nobody, longest=LONGEST, hint="What to keep doing, and why it helps.")
    do_better = text(
        TEXTS["do_better"], naming_nobody, longest=LONGEST,
        hint="Two or three things. Begin a line with ‘- ’ for each point of a list.",
    )  # fmt: skip
    example = text(
        TEXTS["example"], naming_nobody, longest=LONGEST,
        hint="Describe it so that no child or team can be recognised. You may leave this empty.",
    )  # fmt: skip
    next_month = text(
        TEXTS["next_month"], naming_nobody, longest=LONGEST,
        hint="What people can do in their next visit or supervision.",
    )  # fmt: skip
    quotations = SelectMultipleField(
        "In children’s and families’ own words",
        description=f"Approved words of this month and the two before. Choose {MOST_QUOTED} or fewer.",
    )  # fmt: skip
    seen = HiddenField()


@screen.get("/write")
@needs(Can.SUMMARY_WRITE)
def ask(month: str) -> str:
    """The newest version, to write on."""
    wanted = found.called(session(), actor(), month)
    newest = found.newest(session(), wanted)
    data: dict[str, object] = {"seen": str(newest.version if newest else 0)}
    if newest is not None:
        said = summaries.text_of(newest)
        data |= {name: getattr(said, name) for name in TEXTS}
        data |= {"theme": said.theme_code or "", "quotations": [":".join(one) for one in said.quotations]}
    return _write_page(_offered(SummaryForm(data=data), wanted, newest), wanted)


@screen.post("/write")
@needs(Can.SUMMARY_WRITE)
def write(month: str) -> Response | tuple[str, int]:
    """Keep a draft and look at it."""
    wanted = found.called(session(), actor(), month)
    newest = found.newest(session(), wanted)
    form = _offered(SummaryForm(), wanted, newest)
    if form.validate():
        try:
            kept = summaries.write(
                session(), wanted, _text(form), seen=version_in(form.seen.data, otherwise=NONE), by=actor().by, at=now()
            )  # fmt: skip
        except SummaryRefused as fault:
            form[fault.field if fault.field in form else "went_well"].errors = [str(fault)]
        else:
            return redirect(url_for(".look", month=month, version=kept.version))
    return _write_page(form, wanted), 400


@screen.get("/versions/<int:version>")
@needs(Can.SUMMARY_WRITE)
def look(month: str, version: int) -> str:
    """A version as everybody would read it; the newest draft with the button that publishes it."""
    return _look(found.called(session(), actor(), month), version)


@screen.post("/publish")
@needs(Can.SUMMARY_WRITE)
def publish(month: str) -> Response | tuple[str, int]:
    """Publish the draft that was looked at."""
    wanted = found.called(session(), actor(), month)
    version = version_in(request.form.get("version"), otherwise=NONE)
    newest = found.newest(session(), wanted)
    if newest is None:
        raise OutOfScopeError
    try:
        summaries.publish(
            session(), wanted, version, council=settings().council,
            named_nobody=request.form.get("named_nobody") == "yes", by=actor().by, at=now(),
        )  # fmt: skip
    except SummaryRefused as fault:
        return _look(wanted, newest.version, str(fault)), 409
    flash("It is published. Everybody who signs in can read it.", "success")
    return redirect(url_for("summaries.show", month=month))


def _look(month: date, version: int, fault: str = "") -> str:
    every = found.versions(session(), month)
    chosen = next((one for one in every if one.version == version), None)
    if chosen is None:
        raise OutOfScopeError
    made = document(summaries.told(session(), chosen, council=settings().council))
    return render_template(
        "summaries/version.html", summary=made, chosen=chosen, versions=every, name=months.name(month), month=month,
        fault=fault, fits=fits(made), by={one.version: doer(session(), one.written_by) for one in every},
        names=summaries.names_staff(session(), summaries.text_of(chosen)),
        published=next((one for one in every if one.state == "published"), None),
    )  # fmt: skip


def _write_page(form: SummaryForm, month: date) -> str:
    return render_template("summaries/write.html", form=form, month=month, name=months.name(month), everybody=EVERYBODY)


def _offered(form: SummaryForm, month: date, newest: SummaryVersion | None) -> SummaryForm:
    """The form with what there is to choose from; a retired theme only where the month has it already."""
    kept = newest.theme_code if newest else None
    form.theme.choices = [
        SelectChoice("", "None"),
        *(SelectChoice(one.code, one.label) for one in themes.offered(session(), (kept,))),
    ]
    form.quotations.choices = [
        SelectChoice(f"{one.audit_id}:{one.question}", f"‘{one.shown}’ {summaries.said_by(one)}")
        for one in found.offered(session(), month)
    ]
    return form


def _text(form: SummaryForm) -> Text:
    chosen = tuple(
        (audit, question) for audit, _, question in (one.partition(":") for one in form.quotations.data or [])
    )
    return Text(
        **{name: form[name].data or "" for name in TEXTS}, theme_code=form.theme.data or None, quotations=chosen
    )
