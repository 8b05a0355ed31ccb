"""The demo's audits on tools that auditors start themselves, and the council's own tool: one live, one being made."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit_forms.definition import About, Tool
from audit_forms.definition_file import read_definition
from qa_app.access.permissions import Role
from qa_app.demo.answers import complete_answers
from qa_app.demo.around import lead_of
from qa_app.demo.writing import hand_in, write
from qa_app.intake.tools.template import example, named_lists
from qa_app.intake.tools.writing import workbook_of
from qa_app.models import Audit, Case, Person
from qa_app.queries import starting as startable
from qa_app.queries.ties import holders
from qa_app.services import starting, tools
from qa_app.services.starting import CannotStart, Whom
from qa_app.services.tools import Brought

STARTED = datetime(2026, 11, 9, 10, 0, tzinfo=UTC)
MADE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
STATES = ("submitted", "draft")  # one audit of each on each tool
BEGUN = 6  # answers of one that is begun


def make_tool(session: Session) -> None:
    """Publish the example of the template as the council's own tool, and keep its next version as a draft."""
    by = lead_of(session)
    first = example()
    live = tools.keep_draft(session, _brought(first), by=by, at=MADE)
    tools.publish(session, live, by=by, at=MADE + timedelta(hours=2))
    intro = "Read the last two missing episodes and what came of them. Write as if the child will read it one day."
    tools.keep_draft(session, _brought(first | {"version": 2, "intro": intro}), by=by, at=MADE + timedelta(days=16))


def _brought(definition: dict[str, object]) -> Brought:
    workbook = workbook_of(read_definition("The definition", definition), named_lists(definition))
    return Brought(definition, workbook, "workbook")


def start_audits(session: Session, chance: Random) -> None:
    """Two audits on each tool that is started: one is submitted, one is begun."""
    auditors = holders(session, Role.AUDITOR)
    for place, tool in enumerate(startable.startable(session, frozenset((Role.AUDITOR,)))):
        whoms = _whoms(session, tool, chance)
        for turn, state in enumerate(STATES):
            at = STARTED + timedelta(days=place % 5 + turn)
            audit = _start(session, tool, auditors[place + turn * 7 :], whoms, at=at)
            if state == "submitted":
                hand_in(session, audit, chance, at=at + timedelta(hours=3))
            else:
                said = complete_answers(tool, chance)
                write(session, audit, dict(list(said.items())[:BEGUN]), at=at)


def _start(session: Session, tool: Tool, auditors: list[Person], whoms: Iterator[Whom], *, at: datetime) -> Audit:
    """The first audit somebody independent can start."""
    for whom in whoms:
        for auditor in auditors:
            try:
                return starting.start(session, tool, auditor, whom, by=f"person:{auditor.id}", at=at)
            except CannotStart:
                continue
    raise LookupError("Nobody in the demo may start this audit.")


def _whoms(session: Session, tool: Tool, chance: Random) -> Iterator[Whom]:
    """Children, or members of staff with children they work with, in an order made by chance."""
    workers = session.scalars(
        select(Person).join(Case, Case.worker_id == Person.id)
        .where(Person.active, Person.team_id.is_not(None), Case.team_id.is_not(None))
        .group_by(Person.id).having(func.count() >= max(tool.children, 1)).order_by(Person.name, Person.employee_id)
    ).all()  # fmt: skip
    for worker in chance.sample(workers, len(workers)):
        held = select(Case).where(Case.worker_id == worker.id, Case.team_id.is_not(None)).order_by(Case.reference_key)
        cases = session.scalars(held.limit(max(tool.children, 1))).all()
        about = Whom(subject=worker, children=tuple(cases[: tool.children]))
        yield about if tool.about is About.STAFF else Whom(case=cases[0])
