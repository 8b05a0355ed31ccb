"""Closing a month: what is still missing, the last question, and the figures as they were reported."""

from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField
from wtforms.validators import DataRequired

from moderation.statistics.figures import Figures
from moderation.statistics.share import Share
from qa_app.access import scope
from qa_app.access.current import actor, now, session
from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.models import Cycle, Snapshot
from qa_app.queries import alerts, cycles, plan, samples, sampling_frames, tools
from qa_app.queries.doers import doer
from qa_app.reports import wording
from qa_app.services import closing, figures, snapshots
from qa_app.services.moderators import WrongState
from qa_app.web.forms import Form
from qa_app.web.rendering import month_name

screen = Blueprint("closing", __name__)

BASES = {"auditor": "As the auditors graded", "final": "Final grades"}
WINDOW = "last_3"


class CloseForm(Form):
    """The last question before a month is closed."""

    certain = BooleanField(
        "I know that this month cannot be opened again",
        [DataRequired("Confirm that you know the month cannot be opened again.")],
    )


class Revised(NamedTuple):
    """A measure of the month: as reported, and as it stands now."""

    title: str
    reported: Share
    now: Share | None

    @property
    def differs(self) -> bool:
        return self.now != self.reported


@screen.get("/cycles/<uuid:cycle_id>/close")
@needs(Can.CYCLE_RUN)
def show(cycle_id: UUID) -> str | Response:
    """What is still missing, by name, and the question."""
    cycle = samples.cycle(session(), cycle_id)
    if cycle.state == "closed":
        return redirect(url_for(".reported", cycle_id=cycle_id))
    return _page(cycle, CloseForm())


@screen.post("/cycles/<uuid:cycle_id>/close")
@needs(Can.CYCLE_RUN)
def close(cycle_id: UUID) -> Response | tuple[str, int]:
    """Close a month and keep its snapshot."""
    cycle = samples.cycle(session(), cycle_id)
    form = CloseForm()
    if not form.validate():
        return _page(cycle, form), 400
    try:
        closing.close(session(), cycle, by=actor().by, at=now())
    except WrongState as fault:
        form.form_errors = [str(fault)]
        return _page(cycle, form), 409
    flash(f"{month_name(cycle.month)} is closed. Its figures are kept as they are now.", "success")
    return redirect(url_for(".reported", cycle_id=cycle_id))


@screen.get("/cycles/<uuid:cycle_id>/reported")
@needs(Can.CYCLE_READ)
def reported(cycle_id: UUID) -> str:
    """A closed month as it was reported, and where its figures have moved since."""
    cycle = samples.cycle(session(), cycle_id)
    snapshot = cycles.last_snapshot(session(), cycle)
    published = snapshots.published(session(), cycle.month) if snapshot else None
    if snapshot is None or published is None:
        raise scope.OutOfScopeError
    return render_template(
        "closing/show.html", cycle=cycle, snapshot=snapshot, cards=wording.cards(published.figures, WINDOW),
        window=wording.WINDOWS[WINDOW], measures=_revised(cycle, snapshot, published.figures),
        grades=_overall(snapshot), who=doer(session(), snapshot.made_by),
        tool=tools.tool(session(), cycle.tool_key, cycle.tool_version),
    )  # fmt: skip


def _page(cycle: Cycle, form: CloseForm) -> str:
    audits = [one for one in cycles.allotted(session(), actor(), cycle.id) if _is_missing(one)]
    waiting = [one for one in samples.held(session(), cycle.id) if one.state not in {"agreed", "not_done"}]
    return render_template(
        "closing/ask.html", cycle=cycle, form=form, missing=closing.missing(session(), cycle), audits=audits,
        moderations=waiting, not_drawn=sampling_frames.waiting(session(), cycle),
        alerts=alerts.unsettled(session(), actor(), cycle.id, at=now()),
        without_value=plan.without_value(session(), cycle.month),
    )  # fmt: skip


def _is_missing(one: cycles.Allotted) -> bool:
    return one.state in closing.NOT_SUBMITTED or (one.state in closing.LEFT and not one.replaced)


def _revised(cycle: Cycle, snapshot: Snapshot, published: Figures) -> list[Revised]:
    """The month's own share of every measure, then and now."""
    live = snapshots.month_shares(figures.figures(session(), until=cycle.month), cycle.month)
    then = {key: Share(k, n) for key, (k, n) in snapshot.reported.items()}
    return [
        Revised(one.measure.title, then.get(one.measure.key, Share(0, 0)), live.get(one.measure.key))
        for one in published.all
        if one.measure.key in then or one.measure.key in live
    ]


def _overall(snapshot: Snapshot) -> list[tuple[str, dict[str, int]]]:
    """How many audits had which overall grade, as the auditors graded and as it stood in the end."""
    found = []
    for basis, words in BASES.items():
        counted: dict[str, int] = {}
        for row in snapshot.counts.get("grades", ()):
            if row["element"] == "overall" and row["basis"] == basis:
                counted[row["grade"]] = counted.get(row["grade"], 0) + row["n"]
        found.append((words, counted))
    return found
