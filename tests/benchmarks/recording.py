"""A section's page, saving it and submitting an audit, through the whole product and beside a bare handler."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from jinja2 import Template
from sqlalchemy import func, select

from audit_forms import answers
from audit_forms.catalogue import latest
from audit_forms.completeness import sections_asked
from audit_forms.definition import Question
from audit_forms.forms import form_class
from qa_app.db import Database
from qa_app.models import Audit, Draft
from qa_app.queries.facts import TOOL
from qa_app.services.drafts import version_of
from qa_app.web.forms import Form
from tests.benchmarks import tutorial
from tests.benchmarks.bare import Statement, handler, listening
from tests.benchmarks.browser import Browser, application, sender
from tests.benchmarks.council import AT, AUDITORS, MONTHS, People
from tests.benchmarks.tables import Line, Table, at_most_times, quicker
from tests.benchmarks.timing import in_turns
from tests.qa_app.audit_answers import complete_section, stored

SECTION = "supervision"
ASKING = "{% for one in fields %}{{ ask_question(one) }}{% endfor %}"


@dataclass(frozen=True)
class Desk:
    """Where audits are recorded: the application, its database, a signed-in auditor and their drafts."""

    app: Flask
    database: Database
    browser: Browser
    waiting: Iterator[UUID]
    where: str
    rounds: int


def recording(database: Database, people: People, *, where: str, rounds: int) -> list[Line]:
    """The lines of one database."""
    app = application(database)
    auditor = people.auditors[0]
    waiting = iter([audit for audit, _ in drafts_of(database, people, 2 * rounds + 8, auditors=1)])
    desk = Desk(app, database, Browser(app, database, auditor), waiting, where, rounds)
    return [*_page_and_save(desk), *_submit(desk)]


def table() -> Table:
    """The table these lines go into."""
    return Table(
        "Recording an audit",
        "One section of the case file audit (13 questions) is opened and saved, and a whole audit submitted: real "
        "requests with a signed-in session, CSRF and the access log, straight into the WSGI application. The bare "
        "handler reads the same form and does the same INSERTs, UPDATEs and DELETEs through the driver in one "
        "transaction: no session, no rights, no validation, no page. The tutorial way declares the same questions as "
        "WTForms' own fields for each request and lets the widgets draw them in nested macros.",
    )


def drafts_of(database: Database, people: People, count: int, *, auditors: int = AUDITORS) -> list[tuple[UUID, UUID]]:
    """New audits of the open month, each with a complete draft: (audit, auditor), the auditors in turn."""
    tool, said = latest(TOOL), stored(latest(TOOL))
    made = [(uuid4(), people.auditors[n % auditors]) for n in range(count)]
    service, team = people.places[0]
    with database.writing() as session, session.begin():
        example = session.query(Audit).where(Audit.month == MONTHS[-1]).first()
        assert example is not None
        number = session.scalar(select(func.max(Audit.number)).where(Audit.cycle_id == example.cycle_id)) or 0
        for audit, auditor in made:
            number += 1
            session.add(
                Audit(
                    id=audit, number=number, cycle_id=example.cycle_id, month=MONTHS[-1], case_id=example.case_id,
                    auditor_id=auditor, tool_key=tool.key, tool_version=tool.version, service_id=service,
                    team_id=team, state="draft", allocated_at=AT,
                )
            )  # fmt: skip
            session.flush()
            session.add(Draft(audit_id=audit, stage="auditor", person_id=auditor, answers=said, saved_at=AT))
    return made


def _page_and_save(desk: Desk) -> list[Line]:
    audit, browser = next(desk.waiting), desk.browser
    path = f"/audits/{audit}/sections/{SECTION}"
    sent = {**browser.form(path), **complete_section(latest(TOOL).section(SECTION))}
    browser.request(path, sent)()
    sent |= browser.form(path)  # the version of what is stored now
    save, read = browser.request(path, sent), browser.request(path)
    with listening(desk.database) as reading:
        read()
    with listening(desk.database) as writing:
        save()
    bare = sender(handler(desk.database, writing, audit), path, {**sent, "audit": str(audit)})
    took = in_turns({"read": read, "save": save, "bare": bare}, rounds=desk.rounds * 3)
    what = f"Save a section ({_count(writing)})"
    return [
        Line(f"Open a section ({_count(reading)})", desk.where, took["read"]),
        Line(what, desk.where, took["save"], "bare handler", took["bare"], at_most_times(4)),
    ]


def _submit(desk: Desk) -> list[Line]:
    first, browser = next(desk.waiting), desk.browser
    hidden = browser.form(f"/audits/{first}/check")
    sent = {"csrf_token": hidden["csrf_token"], "version": version_of(stored(latest(TOOL))), "acknowledged": "y"}
    with listening(desk.database) as heard:
        browser.request(f"/audits/{first}/submit", sent)()
    bare = handler(desk.database, heard, first)
    ours = [browser.request(f"/audits/{audit}/submit", sent) for audit in _some(desk)]
    theirs = [sender(bare, "/", {**sent, "audit": str(audit)}) for audit in _some(desk)]
    took = in_turns({"ours": _next_of(ours), "bare": _next_of(theirs)}, rounds=desk.rounds)
    what = f"Submit an audit ({_count(heard)})"
    return [Line(what, desk.where, took["ours"], "bare handler", took["bare"], at_most_times(4))]


def _next_of(requests: list[Callable[[], object]]) -> Callable[[], object]:
    """A call that sends the next of these requests, another one each time."""

    def send() -> object:
        return requests.pop()()

    return send


def _some(desk: Desk) -> list[UUID]:
    """An audit for each round and one to warm up."""
    return [next(desk.waiting) for _ in range(desk.rounds + 1)]


def _count(heard: list[Statement]) -> str:
    """How many statements a request sent, without those that only begin it."""
    count = sum(not one.sql.startswith(("PRAGMA", "BEGIN", "SET ")) for one in heard)
    return f"{count} statements"


def drawing(app: Flask, *, rounds: int) -> list[Line]:
    """The form alone, made and drawn: ours beside the tutorial way, for one section and for the whole audit."""
    lines = []
    template, said = tutorial.page(), answers.values(latest(TOOL), stored(latest(TOOL)))
    for what, section in (("Draw the section's form", SECTION), ("Draw all sections' forms", None)):
        asked = [question for each in sections_asked(latest(TOOL), section) for question in each.questions]
        with app.test_request_context():
            took = in_turns(
                {
                    "ours": _ours(app.jinja_env.from_string(ASKING), section, said),
                    "tutorial": _theirs(template, asked, said),
                },
                rounds=rounds * 3,
            )
        lines.append(
            Line(
                f"{what} ({len(asked)} questions)",
                "no database",
                took["ours"],
                "tutorial way",
                took["tutorial"],
                quicker(4),
            )
        )
    return lines


def _ours(template: Template, section: str | None, said: Any) -> Callable[[], str]:
    def draw() -> str:
        made: Any = form_class(latest(TOOL), section=section, base=Form)
        fields = [field for field in made(data=said) if isinstance(getattr(field, "question", None), Question)]
        return template.render(fields=fields)

    return draw


def _theirs(template: Any, asked: list[Question], said: Any) -> Callable[[], str]:
    data = {key: value for key, value in dict(said).items() if not isinstance(value, tuple)}
    return lambda: tutorial.draw(template, asked, data)
