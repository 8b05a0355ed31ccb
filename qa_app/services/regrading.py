"""A moderator's own grades while they are written: kept as a draft, checked whole, then given once and for ever."""

from datetime import datetime

from sqlalchemy.orm import Session

from audit_forms import answers
from audit_forms.completeness import blanks, judgements_in
from audit_forms.consistency import inconsistencies
from audit_forms.definition import Tool
from audit_forms.forms import moderator_tool
from audit_forms.safety import SAFE
from qa_app.models import Moderation, Person
from qa_app.queries import tools
from qa_app.services import alerts, drafts, moderations
from qa_app.services.drafts import Saved, Stored, Writer, Written
from qa_app.services.submission import ChangedSince, Check, Incomplete


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
        NewerDraft: another tab saved something newer for this section.
    """
    moderations.hold(session, moderation)
    moderations.check_ungraded(moderation)
    saved = drafts.save(session, writer_of(moderation, moderator), written, version, at=at)
    moderations.begin(session, moderation, by=by, at=at)
    if SAFE in written.asked:
        alerts.follow(session, moderation.audit, "moderator", saved.answers.get(SAFE), by=by, at=at)
    return saved


def check(tool: Tool, stored: Stored) -> Check:
    """A moderator's draft held against everything they are asked before the reveal."""
    values = answers.values(tool, stored)
    found = inconsistencies(tool, judgements_in(tool, values))
    return Check(
        tool=tool,
        stored=stored,
        values=values,
        to_do=blanks(tool, values),
        prompts=tuple(one for one in found if not one.hard),
        version=drafts.version_of(stored),
    )


def give_grades(
    session: Session, moderation: Moderation, moderator: Person, *, version: str, acknowledged: bool,
    by: str, at: datetime,
) -> None:  # fmt: skip
    """Give the moderator's own grades from their draft; they cannot change afterwards.

    `version` is that of the answers the moderator checked; `acknowledged` says that they read the prompts.

    Raises:
        WrongState: they were given before, or the month is closed.
        ChangedSince: the draft has changed since the moderator checked it.
        Incomplete: something required is blank, a rule is broken, or prompts were not acknowledged.
        NotIndependent: the moderator has become tied to the audit since it was allocated.
    """
    moderations.hold(session, moderation)
    moderations.check_ungraded(moderation)
    tool = tool_of(session, moderation.audit.tool_key, moderation.audit.tool_version)
    checked = check(tool, drafts.load(session, writer_of(moderation, moderator)))
    if checked.version != version:
        raise ChangedSince("Your answers have changed since this page was opened. Check them again.")
    if checked.to_do:
        raise Incomplete(f"Complete what is listed below. {len(checked.to_do)} left to do.")
    if checked.prompts and not acknowledged:
        raise Incomplete("Read what does not sit together below, then confirm that your grades stand.")
    judgements = judgements_in(tool, checked.values)
    moderations.grade(session, moderation, moderator, judgements, checked.stored, by=by, at=at)
