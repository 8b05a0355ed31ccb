"""What a board pack says of learning: each chain from what told it to the same figure before and after the change."""

from collections.abc import Iterator
from typing import Final

from qa_app.reports import learning as words_of
from qa_app.reports.dates import day_name, month_name, span
from qa_app.reports.document import Block, Grid, Section, Words, words
from qa_app.reports.pack_values import Learned, Pack

HEADERS: Final = ("When", "Months", "Share", "95% interval")
WIDTHS: Final = (16, 34, 26, 24)
NOT_PUBLISHED: Final = "This figure is not published, so it is not shown here."


def learning(pack: Pack) -> tuple[Section, ...]:
    """The entries of the period, each as a chain; none claims a cause."""
    title = f"Learning: what was learned and changed, {span(pack.actions.months)}"
    if not pack.learned:
        return (Section("learning", title, words("No evidence was written for this period.")),)
    first = Section("learning", title, words("In the services’ own words.", words_of.NO_CAUSE))
    return first, *(
        Section(
            f"learning-{number}",
            f"{day_name(one.on)}, {one.place}{f': {one.about}' if one.about else ''}",
            tuple(_chain(one)),
            level=3,
        )
        for number, one in enumerate(pack.learned)
    )


def _chain(one: Learned) -> Iterator[Block]:
    if one.told_by:
        over = f", {span(one.told_over)}" if one.told_over else ""
        yield Words(f"What told it: {one.told_by[:1].lower()}{one.told_by[1:]}{over}.")
    for question, answer in one.answers:
        yield Words(f"{question} {answer}")
    if one.changed_on is not None:
        yield Words(f"Practice is different from {day_name(one.changed_on)}.")
        yield from _later(one)


def _later(one: Learned) -> Iterator[Block]:
    """The figure that is watched, of the whole council, as published with this month."""
    if one.later is None:
        yield from words(f"{one.watched}: {NOT_PUBLISHED}" if one.watched else "")
        return
    title = f"{one.watched}, whole council"
    yield Words(f"{title}. {words_of.finding(one.later)}. {words_of.difference(one.later)}", strong=True)
    yield Grid(title, HEADERS, tuple(words_of.rows(one.later)), WIDTHS)
    yield Words(f"{month_name(one.later.changed)}, the month of the change, is on neither side.")
