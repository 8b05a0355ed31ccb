"""The page template, the components and the question templates, rendered as pages use them."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import cast

import pytest
from flask import Flask, flash, render_template
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import UndefinedError
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FileField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than the stubs
from wtforms.validators import InputRequired

from audit_forms.definition import Choice, Question
from audit_forms.grades import NotGraded
from audit_forms.questions import KINDS, kind_of
from qa_app.charts import pairs
from qa_app.web import rendering
from tests.page import Page

PAGE = (
    '{% extends "base.html" %}{% block heading %}Audits & <b>months</b>{% endblock %}'
    "{% block content %}BODY{% endblock %}"
)
CHOICES = (Choice("a", "Alpha"), Choice("b", "Beta", "The second"))
OFFERING = ("choice", "choices", "actions")


@pytest.fixture
def app() -> Flask:
    app = Flask("qa_app")
    app.secret_key = "only for these pages, which hold nothing"
    CSRFProtect(app)
    rendering.install(app)
    app.jinja_env.globals.update(staff_name=lambda _number: "")  # there is no staff list here
    return app


def shown(app: Flask, body: str, **values: object) -> str:
    """A whole page with this content, which must be sound."""
    with app.test_request_context("/"):
        html = render_template(app.jinja_env.from_string(PAGE.replace("BODY", body)), **values)
    page = Page(html)
    assert not page.faults
    return html


def a_question(kind: str) -> Question:
    allow = tuple(NotGraded) if kind == "grade" else ()
    choices = CHOICES if kind in OFFERING else ()
    return Question(
        f"q_{kind}", kind, f"What is there of {kind}?", "What to look for", words=20, choices=choices, allow=allow
    )


def a_form(*kinds: str, sent: dict[str, str] | None = None) -> FlaskForm:
    fields = {f"q_{kind}": kind_of(a_question(kind), complete=True).field() for kind in kinds}
    form: FlaskForm = type("AuditForm", (FlaskForm,), fields)(MultiDict(sent) if sent else None, meta={"csrf": False})
    return form


class SignIn(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    email = StringField("Email address", [InputRequired("Enter your email address")], description="Your work address")
    password = PasswordField("Password")
    role = RadioField("Role", choices=[SelectChoice("a", "Auditor"), SelectChoice("m", "Moderator")])
    team = SelectField("Team", choices=[SelectChoice("c", "Court & proceedings")])
    note = TextAreaField("Note")
    agree = BooleanField("I agree")
    list_ = FileField("Case list")


EVERY_FIELD = (
    '{% from "components/field.html" import field, hidden %}<form method="post" action="/">{{ hidden(form) }}'
    "{% for f in form if f.name != 'csrf_token' %}{{ field(f) }}{% endfor %}</form>"
)


def test_the_title_begins_with_the_words_of_the_heading(app: Flask) -> None:
    page = Page(shown(app, ""))
    assert page.heading == "Audits & months"
    assert page.title == "Audits & months - Beyond Auditing"


def test_nothing_on_a_page_is_inline(app: Flask) -> None:
    html = shown(app, "")
    assert re.findall(r"<script(?![^>]*\ssrc=)", html) == []
    assert 'src="/static/enabled.js?v=' in html


def test_a_page_without_its_name_fails_at_once(app: Flask) -> None:
    with pytest.raises(UndefinedError), app.test_request_context("/"):
        render_template(app.jinja_env.from_string("{{ nobody_set_this }}"))


def test_the_header_names_the_council_and_the_person_and_offers_to_sign_out(app: Flask) -> None:
    places = [{"text": "Dashboard", "href": "/d", "active": True}, {"text": "Work", "href": "/w", "active": False}]
    who = {"council_name": "Sea & Shore Council", "signed_in_name": "A. Okafor", "sign_out_url": "/sign-out"}
    html = shown(app, "", navigation=places, **who)
    assert "Sea &amp; Shore Council</a>" in html
    assert '<form method="post" action="/sign-out">' in html
    assert 'name="csrf_token"' in html
    assert html.count('aria-current="true"') == 1


def test_what_was_done_is_said_in_a_banner_with_its_markup_as_text(app: Flask) -> None:
    with app.test_request_context("/"):
        flash("October <b>closed</b>", "success")
        html = render_template(app.jinja_env.from_string(PAGE))
    assert "govuk-notification-banner--success" in html
    assert "October &lt;b&gt;closed&lt;/b&gt;" in html


def test_every_plain_field_is_labelled_and_described(app: Flask) -> None:
    with app.test_request_context("/"):
        form = SignIn()
    html = shown(app, EVERY_FIELD, form=form)
    assert 'aria-describedby="email-hint"' in html
    assert html.count("aria-describedby") == 1
    assert "Court &amp; proceedings" in html
    assert '<legend class="govuk-fieldset__legend govuk-fieldset__legend--s">Role</legend>' in html


def test_an_error_is_said_in_the_title_the_summary_and_beside_its_field(app: Flask) -> None:
    with app.test_request_context("/"):
        form = SignIn(MultiDict({"email": ""}), meta={"csrf": False})
        form.validate()
    html = shown(app, EVERY_FIELD, form=form)
    assert "<title>Error: Audits" in html
    assert '<a href="#email">Enter your email address</a>' in html
    assert 'aria-describedby="email-hint email-error"' in html


def test_what_was_typed_is_never_markup(app: Flask) -> None:
    with app.test_request_context("/"):
        form = SignIn(MultiDict({"email": '"><script>x</script>', "note": "</textarea><script>x</script>"}))
    assert "<script>x" not in shown(app, EVERY_FIELD, form=form)


def test_every_kind_of_question_has_a_template(app: Flask) -> None:
    with app.test_request_context("/"):
        form = a_form(*KINDS)
    html = shown(app, "{% for f in form %}{{ ask_question(f) }}{% endfor %}", form=form)
    assert all(f"What is there of {kind}?" in html for kind in KINDS)


def test_a_grade_shows_what_it_means_and_parts_the_ways_of_not_grading(app: Flask) -> None:
    with app.test_request_context("/"):
        form = a_form("grade", sent={"q_grade": "good"})
    html = shown(app, "{{ ask_question(form.q_grade) }}", form=form)
    assert html.count("govuk-radios__hint") == 6
    assert html.count("govuk-radios__divider") == 1
    assert re.search(r'value="good"[^>]* checked>', html)


def test_an_error_links_to_the_box_of_the_date_that_is_wrong(app: Flask) -> None:
    sent = {"q_date-day": "3", "q_date-month": "", "q_date-year": "2026"}
    with app.test_request_context("/"):
        form = a_form("date", sent=sent)
        form.validate()
    html = shown(app, "{{ ask_question(form.q_date) }}", form=form)
    assert '<a href="#q_date-month">' in html
    assert html.count("govuk-input--error") == 1
    assert 'name="q_date-year" type="text" inputmode="numeric" value="2026"' in html


def test_errors_in_a_row_of_actions_link_into_the_row(app: Flask) -> None:
    with app.test_request_context("/"):
        form = a_form("actions", sent={"q_actions-0-what": "Write the plan"})
        form.validate()
        links = rendering.error_links(form)
    assert [link.target for link in links] == ["q_actions-0-owner", "q_actions-0-due-day"]


def test_a_text_says_how_many_words_it_may_have(app: Flask) -> None:
    with app.test_request_context("/"):
        form = a_form("text")
    html = shown(app, "{{ ask_question(form.q_text) }}", form=form)
    assert 'data-maxwords="20"' in html
    assert 'aria-describedby="q_text-hint q_text-info"' in html


def test_a_table_labels_its_cells_for_a_narrow_screen(app: Flask) -> None:
    body = """{% from "components/table.html" import table %}
    {{ table("By team", ["Team", "Audits"], [["Court", 12], [{"text": "Care", "href": "/c"}, 3]], numeric=(1,)) }}"""
    html = shown(app, body)
    assert html.count('data-label="Audits"') == 2
    assert '<a class="govuk-link" href="/c">Care</a>' in html


def test_a_long_list_of_pages_is_shortened(app: Flask) -> None:
    body = '{% from "components/pagination.html" import pagination %}{{ pagination(6, 20, href) }}'
    html = shown(app, body, href="/list?page={}".format)
    assert re.findall(r'aria-label="Page (\d+)"', html) == ["1", "4", "5", "6", "7", "8", "20"]
    assert html.count("&ctdot;") == 2


COMPONENTS = {
    "targets": (
        """{{ targets([{"name": "Agreement", "figure": "No figure", "counts": "No pairs", "verdict": "Not judged",
        "state": "open"},
        {"name": "Plans", "figure": "80%", "counts": "8 of 10", "verdict": "Met", "state": "met",
        "certainty": "Not yet certain",
        "note": "3 months running", "href": "/plans"}]) }}""",
        ("Not judged", "Not yet certain", "3 months running", 'href="/plans"', "app-target--met"),
    ),
    "task_list": (
        """{{ task_list([{"text": "Voice", "href": "/v", "status": "Complete", "colour": "green",
        "hint": "5 questions"},
        {"text": "Check", "status": "Cannot start yet"}]) }}""",
        ('aria-describedby="task-1-hint task-1-status"', "Cannot start yet"),
    ),
    "summary_list": (
        """{{ summary_list([("Due date", "3 October 2026", "/x", "Change due date"), ("Auditor", "A. Okafor")]) }}""",
        ('Change<span class="govuk-visually-hidden"> due date</span>', "govuk-summary-list__row--no-actions"),
    ),
    "filters": (
        """{{ filters("/d", [{"name": "team", "label": "Team", "value": 2,
        "options": [("", "All teams"), ("2", "Court")]}]) }}""",
        ('method="get"', '<option value="2" selected>Court</option>'),
    ),
    "compare": (
        """{% call compare("Plan", "Good", "Inadequate", "Clear", "No dates") %}Reason{% endcall %}
        {{ compare("Voice", "Good", "Good") }}""",
        ("Different", "Same", "Reason", "No dates"),
    ),
    "confirm_panel": (
        """{% call confirm_panel("Close October?", "/close", "Close the month", cancel_href="/",
        fields={"month": "2026-10"}) %}
        <p>Three audits are missing.</p>{% endcall %}""",
        ('action="/close"', 'name="month" value="2026-10"', "Three audits are missing.", 'name="csrf_token"'),
    ),
    "progress": ("""{{ progress(3, 12) }}{{ progress(0, 0, "Nothing to do") }}""", ("3 of 12 done", "Nothing to do")),
    "empty_state": (
        """{{ empty_state("No audits yet.", "/open", "Open a month") }}""",
        ("No audits yet.", 'href="/open"'),
    ),
}


@pytest.mark.parametrize("name", list(COMPONENTS))
def test_a_component_makes_a_sound_page(app: Flask, name: str) -> None:
    body, expected = COMPONENTS[name]
    html = shown(app, f'{{% from "components/{name}.html" import {name} %}}{body}')
    for words in expected:
        assert words in html


def test_buttons_post_with_a_token_and_ignore_a_second_press(app: Flask) -> None:
    body = """{% from "components/button.html" import post_button, link_button %}
    {{ post_button("Withdraw", "/w", fields={"version": 3}) }}{{ link_button("Start", "/s") }}"""
    html = shown(app, body)
    assert 'data-prevent-double-click="true"' in html
    assert 'name="csrf_token"' in html
    assert 'name="version" value="3"' in html


def test_the_tag_of_an_audit_reads_as_words(app: Flask) -> None:
    body = """{% from "components/status_tag.html" import audit_status %}{{ audit_status("handed_back") }}"""
    assert '<strong class="govuk-tag govuk-tag--orange">Handed back</strong>' in shown(app, body)


def test_a_chart_stands_with_its_table(app: Flask) -> None:
    picture = pairs.draw([[1, 0, 0, 0]] * 4, title="Auditor and moderator")
    body = '{% from "components/chart.html" import chart %}{{ chart(picture, "pairs") }}'
    html = shown(app, body, picture=picture)
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in html
    assert (
        '<th scope="row" class="govuk-table__header" data-label="Grade"><span>Auditor: Outstanding</span></th>' in html
    )


@pytest.mark.parametrize(
    ("k", "n", "words"),
    [
        (19, 21, "90.5% (19 of 21)"),
        (17, 20, "85% (17 of 20)"),
        (11, 13, "84.6% (11 of 13)"),
        (6, 7, "86% (6 of 7)"),
        (0, 0, "No figure"),
        (None, None, "No figure"),
        (1000, 1234, "81.0% (1,000 of 1,234)"),
    ],
)
def test_a_share_is_written_with_its_counts(k: int | None, n: int | None, words: str) -> None:
    assert rendering.share(k, n) == words


def test_dates_are_written_in_words_and_times_in_london_time() -> None:
    moment = datetime(2026, 7, 3, 13, 2, tzinfo=UTC)
    assert rendering.date_and_time(moment) == "3 July 2026 at 14:02"
    assert rendering.date_and_time(moment.replace(tzinfo=None)) == "3 July 2026 at 14:02"
    assert rendering.month_name(date(2026, 10, 1)) == "October 2026"
    assert rendering.short_month(date(2026, 10, 1)) == "Oct 2026"
    assert rendering.long_date(date(2026, 10, 3)) == "3 October 2026"


def test_nothing_seen_is_no_figure_and_not_nought() -> None:
    assert rendering.number(None) == rendering.proportion(None) == "No figure"
    assert rendering.number(12345) == "12,345"
    assert rendering.proportion(Fraction(19, 21)) == "90.5%"


def test_the_address_of_a_static_file_changes_with_its_content(app: Flask) -> None:
    static = cast("Callable[[str], str]", app.jinja_env.globals["static"])
    assert re.fullmatch(r"/static/app\.css\?v=[0-9a-f]{12}", static("app.css"))
    with pytest.raises(KeyError):
        static("missing.css")
