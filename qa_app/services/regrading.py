"""A moderator's own grades while they are written: kept as a draft, checked whole, then given once and for ever."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from audit_forms.completeness import judgements_in
from audit_forms.definition import Tool
from audit_forms.forms import moderator_tool
from audit_forms.safety import SAFE
from qa_app.clock import london_day
from qa_app.models import Moderation, Person
from qa_app.queries import tools
from qa_app.services import alerts, drafts, moderations
from qa_app.services.drafts import Saved, Writer, Written
from qa_app.services.submission import Check, Confirmed, examine, let_pass, note_reasons
from qa_app.services.unsettled import unsettled, with_unsettled


def tool_of(session: Session, key: str, version: int) -> Tool:
    """A version of a tool as a moderator fills it in."""
    return moderator_tool(tools.tool(session, key, version))


def writer_of(moderation: Moderation, moderator: Person) -> Writer:
    """The moderator as the writer of their own draft."""
    return Writer(moderation.audit_id, "moderator", moderator.id)


def write(
    session: Session, moderation: Moderation, moderator: Person, written: Written, version: str, *,
    by: str, at: datetime,
) -> Saved:  # fmt: skip
    """Keep what the page of one section says; the first saving begins the moderation.

    A moderator's fear for a child raises an alert of its own; it neither shows nor lifts one of the auditor's.

    Raises:
        WrongState: the grades were given before, or the month is closed.
    """
    moderations.hold(session, moderation)
    moderations.check_ungraded(moderation)
    saved = drafts.save(session, writer_of(moderation, moderator), written, version, at=at)
    moderations.begin(session, moderation, by=by, at=at)
    if SAFE in written.asked:
        alerts.follow(session, moderation.audit, "moderator", saved.answers.get(SAFE), by=by, at=at)
    return saved


def check(session: Session, tool: Tool, writer: Writer, *, today: date | None = None) -> Check:
    """A moderator's draft held against everything they are asked before the reveal."""
    kept = drafts.opened(session, writer)
    checked = examine(session, tool, kept.answers, today=today)
    return replace(checked, to_do=with_unsettled(checked.to_do, unsettled(session, writer, tool, kept)))


def give_grades(
    session: Session, moderation: Moderation, moderator: Person, *, version: str, acknowledged: bool,
    identifiers_reason: str = "", by: str, at: datetime,
) -> None:  # fmt: skip
    """Give the moderator's own grades from their draft; they cannot change afterwards.

    `version` is that of the answers the moderator checked; `acknowledged` says that they read the prompts,
    `identifiers_reason` why text stays that may name somebody.

    Raises:
        WrongState: they were given before, or the month is closed.
        ChangedSince: the draft has changed since the moderator checked it.
        Incomplete: something required is blank, a rule is broken, or what is pointed out was not answered.
        NotIndependent: the moderator has become tied to the audit since it was allocated.
    """
    moderations.hold(session, moderation)
    moderations.check_ungraded(moderation)
    tool = moderator_tool(tools.tool_of(session, moderation.audit))
    checked = check(session, tool, writer_of(moderation, moderator), today=london_day(at))
    said = Confirmed(version, acknowledged, identifiers_reason=identifiers_reason)
    let_pass(checked, said)
    note_reasons(session, "moderation", moderation.id, checked, said, by=by, at=at)
    judgements = judgements_in(tool, checked.values)
    moderations.grade(session, moderation, moderator, judgements, checked.stored, by=by, at=at)
