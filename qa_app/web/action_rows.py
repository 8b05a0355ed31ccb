"""What the rows of a list of actions offer on the page: links to open actions, people of one name, another date."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from audit_forms.actions import PRIORITIES
from audit_forms.definition import Choice
from audit_forms.grades import Grade
from qa_app.models import Audit
from qa_app.queries import actions, owners
from qa_app.queries.owners import Meant
from qa_app.services.actions import LINK_GONE, proposed
from qa_app.web.rendering import long_date
from qa_app.working_days import is_working_day, next_working_day

NEW = Choice("", "Yes, a new action")


def owner_unclear(session: Session, form: Any) -> bool:
    """Whether some row of a form names an owner who is not one person and no role, so that one has to be chosen."""
    return bool(_unclear(session, _rows(form)))


def offer(session: Session, audit: Audit, form: Any, *, today: date) -> None:
    """Fill the rows of every list of actions on a form with what they offer."""
    rows = _rows(form)
    if not rows:
        return
    links = tuple(
        Choice(str(one.id), f"No, link to: {one.what}", f"{actions.STATES[one.state]}, due {long_date(one.due_on)}")
        for one in actions.to_link(session, audit)
    )
    unclear = _unclear(session, rows)
    for row in rows:
        _offer_links(row, links)
        _offer_people(row, unclear)
        _offer_dates(row, today)


def is_weak(form: Any, element: str) -> bool:
    """Whether the part graded on this form is less than good, so that an action is asked for."""
    judged = form[element].data if element in form else None
    return isinstance(judged, Grade) and not judged.is_good_or_better


def _rows(form: Any) -> list[Any]:
    return [entry.form for field in form if hasattr(field, "add_row") for entry in field.entries]


def _unclear(session: Session, rows: Iterable[Any]) -> Mapping[str, Meant]:
    return owners.unclear(session, [row.action().owner for row in rows if not row.link.data])


def _offer_links(row: Any, links: tuple[Choice, ...]) -> None:
    """The open actions of the child; where there are none there is nothing to choose."""
    if links:
        row.link.offer(NEW, *links)
        row.link.data = row.link.data or ""
    if row.link.data and row.link.data not in {one.code for one in links}:
        row.link.offer(NEW, *links)
        row.link.errors = [LINK_GONE]


def _offer_people(row: Any, unclear: Mapping[str, Meant]) -> None:
    """Where the owner typed is not one person and no role: what is wrong, and who may be meant."""
    meant = unclear.get(row.action().owner)
    if meant is None:
        return
    row.owner.errors = [meant.fault]
    row.meant.offer(*(Choice(one.code, one.label) for one in meant.candidates))


def _offer_dates(row: Any, today: date) -> None:
    """The date that goes with each priority; and for a date on which nobody works, the next day somebody does."""
    row.priority.options = tuple(
        Choice(code, words, f"Due {long_date(proposed(code, today))}, unless you enter another date")
        for code, words in PRIORITIES.items()
    )
    due = row.due.data
    if not isinstance(due, date) or row.due_instead.data or (due >= today and is_working_day(due)):
        return
    better = next_working_day(max(due, today))
    why = "has passed" if due < today else "is a weekend or a bank holiday"
    row.due_instead.offer(
        Choice(better.isoformat(), f"Yes, {better:%A} {long_date(better)}"),
        Choice("", f"No, keep {due:%A} {long_date(due)}, which {why}"),
    )
    row.due_instead.data = ""
