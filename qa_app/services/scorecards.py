"""Which figures a month's scorecard is printed from: as published once it is closed, live while it is open."""

from datetime import date

from sqlalchemy.orm import Session

from moderation.statistics import months
from moderation.statistics.data_notes import data_notes
from qa_app.queries import tool_versions
from qa_app.queries.facts import cycle_months
from qa_app.reports.dates import tools_in_words
from qa_app.reports.scorecard import Scorecard
from qa_app.services import figures, snapshots


class NoSuchMonth(LookupError):  # noqa: N818
    """No audits belong to this month; the message says so."""


def month_card(session: Session, month: date, *, council: str, on: date) -> Scorecard:
    """The scorecard of a month. `on` is the day it is printed, which only an open month's says.

    Raises:
        NoSuchMonth: the month was neither released nor imported.
    """
    states = dict(cycle_months(session))
    if month not in states:
        raise NoSuchMonth(f"There are no audits of {months.name(month)}. Choose a month that was released or imported.")
    asked_with = tools_in_words(tool_versions.asked_with(session, until=month))
    published = None if states[month] else snapshots.published(session, month)
    if published is not None:
        return Scorecard(
            month, council, published.figures, published.notes, published.made_on, imported=published.imported,
            asked_with=asked_with,
        )  # fmt: skip
    made = figures.figures(session, until=month)
    notes = data_notes(figures.rules(session))
    return Scorecard(month, council, made, notes, on, provisional=True, asked_with=asked_with)
