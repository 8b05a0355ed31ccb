"""Two periods, services or teams beside each other, measure by measure."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, render_template, request, url_for

from moderation.statistics.comparison import Compared
from moderation.statistics.difference import Change
from qa_app.access.current import actor, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.queries.asked import Asked, asked_of_audits
from qa_app.reports import outlook, wording
from qa_app.reports.dates import span
from qa_app.services import comparisons
from qa_app.services import figures as live
from qa_app.web.figure_pages import more_selects, only, place, selects

screen = Blueprint("comparisons", __name__, url_prefix="/dashboard/compare")

OTHER: Final = "with_"
"""What the words of the second side begin with in the address."""


@screen.get("")
@needs(Can.FIGURES_READ)
def show() -> tuple[str, int]:
    """Both sides, and what may be said of each difference."""
    one = asked_of_audits(session(), actor(), request.args)
    other = asked_of_audits(session(), actor(), _second(request.args, one))
    faults = (*one.faults, *(fault for fault in other.faults if fault not in one.faults))
    status = 400 if faults else 200
    if one.until is None or other.until is None:
        return render_template("dashboard/empty.html", wanted=one), status
    pairs = comparisons.beside(session(), one, other)
    sides = (_named(one), _named(other))
    return render_template(
        "dashboard/compare.html", faults=faults, why=one.seen.why, sides=sides, pairs=pairs, words=outlook,
        finding=finding(pairs), selects=_selects(one, other), interval=wording.interval_words,
        addresses=[_address(side) for side in (one, other)],
    ), status  # fmt: skip


def _second(words: Mapping[str, str], one: Asked) -> dict[str, str]:
    """The second side's words; without any it is the period before, at the same place."""
    said = {name.removeprefix(OTHER): value for name, value in words.items() if name.startswith(OTHER)}
    if said or one.until is None:
        return said
    closed = live.windows(session(), one.until)[one.window]
    earlier = [month for month in one.choices.months if closed and month < closed[0]]
    return {**one.address, **({"until": f"{earlier[0]:%Y-%m}"} if earlier else {})}


def _address(side: Asked) -> str:
    words: dict[str, Any] = side.address
    return url_for("dashboard.show", **words)


def finding(pairs: tuple[Compared, ...]) -> str:
    """What the comparison shows, in a sentence."""
    higher = [outlook.name_of(one) for one in pairs if one.difference.change is Change.HIGHER]
    lower = [outlook.name_of(one) for one in pairs if one.difference.change is Change.LOWER]
    if not higher and not lower:
        return "No clear difference in any measure"
    said = [f"clearly {word}: {', '.join(names)}" for names, word in ((higher, "higher"), (lower, "lower")) if names]
    return f"In the first, {'; '.join(said)}"


def _named(side: Asked) -> str:
    """A side in words: whose figures, over which months, of which audits."""
    assert side.until is not None  # noqa: S101
    closed = live.windows(session(), side.until)[side.window]
    return ". ".join(
        filter(None, (f"{place(side)}, {span(closed)}" if closed else place(side), only(side).rstrip(".")))
    )


def _selects(one: Asked, other: Asked) -> list[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    theirs = [[{**select, "name": OTHER + select["name"]} for select in of(other)] for of in (selects, more_selects)]
    return [(selects(one), more_selects(one)), (theirs[0], theirs[1])]
