"""The start page, 'Your work': what waits for this person, the most urgent first."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from flask import Blueprint, render_template, url_for

from qa_app.access import line
from qa_app.access.current import actor, note_access, now, session
from qa_app.access.current import settings as settings_of_site
from qa_app.access.guard import needs
from qa_app.access.permissions import DUTIES, Can, Role
from qa_app.clock import london_day
from qa_app.queries import (
    absences,
    actions,
    alerts,
    calibrations,
    cases,
    challenges,
    documents,
    feedback,
    outbox,
    people,
    readings,
    reaudits,
    self_checks,
    summaries,
    worklists,
)
from qa_app.queries.asked import asked
from qa_app.queries.worklists import Running
from qa_app.reports import outlook, wording
from qa_app.services import figures as live
from qa_app.services import settings
from qa_app.web.rendering import long_date, month_name

screen = Blueprint("start", __name__)

SOON = 3  # days


class Task(NamedTuple):
    """One thing that waits: where it leads, how it stands and a line about it."""

    text: str
    href: str
    status: str
    colour: str
    hint: str = ""
    done: int = 0  # of `of` required answers: a bar, where there are any
    of: int = 0
    carry_on: str = ""  # where a second link leads, to where somebody was, and what that is called
    carry_on_at: str = ""


@screen.get("/")
@needs(Can.ACCOUNT_OWN)
def show() -> str:
    """The start page."""
    today = london_day(now())
    duties = [(role.label, DUTIES[role]) for role in sorted(actor().roles)]
    waits = [
        *_outbox(),
        *_people(),
        *_actions(today),
        *_audits(today),
        *_moderations(),
        *_seconds(),
        *_calibrations(today),
        *_documents(),
        *_feedback(today),
    ]
    tasks = [*waits, *_months(today), *_absences(today), *_reaudits()]
    cards, at_risk = _figures()
    told = next(iter(summaries.readable(session(), actor())), None) if actor().may(Can.SUMMARY_READ) else None
    return render_template(
        "start/show.html", duties=duties, tasks=tasks, alerts=_alerts(), cards=cards, at_risk=at_risk,
        may_start=actor().may(Can.AUDIT_START), leads=_leads(), audits=Role.AUDITOR in actor().roles,
        told=told, pack=next(iter(summaries.closed(session(), actor())), None) if actor().may(Can.BOARD_READ) else None,
    )  # fmt: skip


def _alerts() -> tuple[alerts.Standing, ...]:
    """What comes before everything else: children somebody fears for, until this is answered."""
    found = alerts.waiting(session(), actor(), at=now())
    for one in found:
        note_access("alert.open", "audit", one.audit_id)
    return found


def _leads() -> bool:
    """Whether this person has teams of their own to look at."""
    return actor().may(Can.FIGURES_TEAM) and bool(line.teams_led(session(), actor().person_id))


def _figures() -> tuple[list[wording.Card], list[outlook.Line]]:
    """The targets of the plan as the dashboard has them and what is at risk, for those who answer for them."""
    if not actor().may(Can.FIGURES_READ):
        return [], []
    wanted = asked(session(), actor(), {})
    if wanted.until is None:
        return [], []
    figures = live.figures(session(), reach=wanted.reach, until=wanted.until)
    made = wording.cards(figures, wanted.window)
    cards = [replace(card, href=url_for("dashboard.show", _anchor=card.key)) for card in made]
    return cards, outlook.risks(figures, wanted.window)


def _outbox() -> Iterator[Task]:
    """What keeps reminders and alerts from arriving, to those who can see to it."""
    if not actor().may(Can.OUTBOX_READ):
        return
    if settings_of_site().mail.is_on and outbox.standing(session(), at=now()).silent:
        hint = "Nothing has been sent for a day. Reminders, alerts and links wait."
        yield Task("Email is not being sent", url_for("outbox.index"), "Look now", "red", hint)
    if lost := outbox.given_up(session(), actor()):
        hint = "Look why in the outbox. An administrator can try again or set them aside."
        told = "1 email did not arrive" if lost == 1 else f"{lost} emails did not arrive"
        yield Task(told, url_for("outbox.index", state="given_up"), "To do", "red", hint)


def _people() -> Iterator[Task]:
    """What an administrator has to do before anybody can work."""
    if actor().may(Can.PERSON_IMPORT) and not people.teams(session()):
        hint = "It brings in people, teams and services. Roles and sign-ins come after."
        yield Task("Import the staff list", url_for("people.choose_file"), "To do", "orange", hint)
    if actor().may(Can.ROLE_GRANT) and (waiting := people.waiting_roles(session(), most=1).total):
        hint = "The staff list suggests them. Nobody has one before you say yes."
        yield Task("Suggested roles", url_for("roles.suggested"), f"{waiting} to decide", "orange", hint)


def _actions(today: date) -> Iterator[Task]:
    """Actions of one's own, those to check, and what is overdue in one's line; overdue ones first."""
    if not actor().may(Can.ACTION_OWN):
        return
    waits = actions.counts(session(), actor(), today=today)
    if waits.overdue:
        href = url_for("actions.index", whose="mine", overdue="yes")
        yield Task("Your overdue actions", href, f"{waits.overdue} overdue", "red", "Do them, or ask for another date.")
    if waits.line_overdue:
        href = url_for("actions.index", whose=actions.widest(actor()), overdue="yes")
        yield Task("Overdue actions of others", href, f"{waits.line_overdue} overdue", "red", "You answer for these.")
    if waits.to_do > waits.overdue:
        yield Task(
            "Your actions", url_for("actions.index", whose="mine"), f"{waits.to_do - waits.overdue} to do", "yellow"
        )
    if waits.to_check:
        hint = "Somebody says that these are done. Read what they wrote, then close them or send them back."
        href = url_for("actions.index", whose="audits", state="done")
        yield Task("Actions to check", href, f"{waits.to_check} to check", "purple", hint)


def _reaudits() -> Iterator[Task]:
    if not actor().may(Can.CYCLE_RUN):
        return
    planned, decide = reaudits.to_decide(session(), actor())
    if planned:
        status, colour = (f"{decide} to decide", "orange") if decide else (f"{planned} planned", "yellow")
        yield Task("Re-audits", url_for("reaudits.index"), status, colour, "Give each to another auditor in its month.")


def _absences(today: date) -> Iterator[Task]:
    if not actor().may(Can.CYCLE_RUN):
        return
    if waiting := absences.to_confirm(session(), today):
        hint = "Somebody says that they will be away. Reminders go to them until you confirm it."
        yield Task("Who is away", url_for("absences.index"), f"{waiting} to confirm", "orange", hint)


def _audits(today: date) -> Iterator[Task]:
    if not actor().may(Can.AUDIT_RECORD):
        return
    for one in worklists.to_audit(session(), actor(), demographics=settings.asks_demographics(session())):
        overdue = one.due_on < today and not one.late
        status, colour = ("Overdue", "red") if overdue else (one.state.label, "yellow" if one.whole.done else "grey")
        if not overdue and (one.due_on - today).days <= SOON and not one.late:
            status, colour = "Due soon", "orange"
        yield Task(
            f"Audit {one.reference}",
            url_for("recording.show", audit_id=one.audit_id),
            status,
            colour,
            f"{one.tool}. {one.team}. Due {long_date(one.due_on)}. {one.whole.words}.",
            one.whole.done,
            one.whole.needed,
            url_for("recording.section", audit_id=one.audit_id, section_key=one.place.key) if one.place else "",
            one.place.title if one.place else "",
        )


def _moderations() -> Iterator[Task]:
    if not actor().may(Can.MODERATION_GRADE):
        return
    waiting = worklists.moderating(session(), actor())
    if waiting.to_grade:
        yield Task("Moderations to grade", url_for("moderations.index"), f"{waiting.to_grade} to do", "orange")
    if waiting.to_agree:
        hint = "You have graded these. Talk with the auditor, then record what was agreed."
        yield Task("Moderations to agree", url_for("moderations.index"), f"{waiting.to_agree} to do", "purple", hint)


def _calibrations(today: date) -> Iterator[Task]:
    """Exercises and self-checks that wait for one's own grades."""
    if not actor().may(Can.CALIBRATION_TAKE):
        return
    for one in calibrations.to_give(session(), actor()):
        status, colour = ("Overdue", "red") if one.until < today else ("To grade", "orange")
        hint = f"A calibration exercise. Grade it alone by {long_date(one.until)}."
        yield Task(one.title, url_for("calibrations.show", calibration_id=one.calibration_id), status, colour, hint)
    for again in self_checks.to_give(session(), actor()):
        hint = "Grade it again, without looking at what you wrote then."
        status, colour = ("To grade", "orange") if again.state == "asked" else ("Begun", "yellow")
        href = url_for("self_checks.show", reading_id=again.reading_id)
        yield Task(f"Self-check of your audit of {month_name(again.month)}", href, status, colour, hint)


def _documents() -> Iterator[Task]:
    """Guidance that one has to read and has not."""
    if actor().may(Can.DEVELOPMENT_OWN):
        for one in documents.unread(session(), actor().person_id):
            hint = "Read it, and say that you have." if one.version == 1 else "It has changed. Read it again."
            yield Task(one.title, url_for("documents.show", document_id=one.document_id), "To read", "orange", hint)


def _seconds() -> Iterator[Task]:
    """Third readings to give, and challenges to decide."""
    if actor().may(Can.MODERATION_GRADE):
        hint = "Auditor and moderator do not agree. Grade from the record, without seeing either side."
        for one in readings.tasks(session(), actor()):
            href = url_for("readings.show", reading_id=one.reading_id)
            yield Task(f"Read {one.reference} as a third reader", href, "To do", "orange", hint)
    if actor().may(Can.CHALLENGE_DECIDE):
        for each in challenges.listed(session(), actor(), own=True):
            if each.decided_on is None:
                href = url_for("challenges.show", challenge_id=each.challenge_id)
                yield Task(f"Decide the challenge of {each.reference}", href, "To decide", "orange")


def _feedback(today: date) -> Iterator[Task]:
    """What comes back from audits: one's own to reflect on, and disputes to answer."""
    if actor().may(Can.REFLECTION_GIVE):
        for one in feedback.asked_of(session(), actor()):
            if one.to_give:
                hint = "An audit of your work is finished. Read what was found and say how you see it."
                status, colour = ("Begun", "yellow") if one.begun else ("To do", "orange")
                href = url_for("reflections.show", reflection_id=one.reflection_id)
                yield Task(f"Reflect on audit {one.reference}", href, status, colour, hint)
    if actor().may(Can.REFLECTION_DECIDE):
        days = settings.number(session(), "dispute_days")
        waiting = [one for one in feedback.disputed(session(), actor(), days=days) if not one.decision]
        if waiting:
            late = any(one.answer_by < today for one in waiting)
            hint = f"Workers see an audit differently. The first answer is due {long_date(waiting[0].answer_by)}."
            status, colour = ("Overdue", "red") if late else (f"{len(waiting)} to answer", "orange")
            yield Task("Disputes", url_for("disputes.index"), status, colour, hint)


def _months(today: date) -> Iterator[Task]:
    if not actor().may(Can.CYCLE_RUN):
        return
    running = worklists.running(session())
    for one in running:
        status, colour, hint = _next_step(one, today)
        yield Task(month_name(one.month), url_for("cycles.show", cycle_id=one.cycle_id), status, colour, hint)
    if actor().may(Can.CASE_IMPORT) and not cases.by_team(session()):
        hint = "Audits are drawn from it. A register of past audits can be imported as well."
        yield Task("Import the case list", url_for("cases.choose_file"), "To do", "orange", hint)
    if not running:
        yield Task("Open a month", url_for("cycles.index"), "To do", "orange", "No month is open.")


def _next_step(one: Running, today: date) -> tuple[str, str, str]:
    """What a month needs next: a few words, their colour, and a line about it."""
    back = f" {one.handed_back} handed back and not replaced." if one.handed_back else ""
    if one.state == "planned":
        if not one.drawn:
            return "Draw the cases", "orange", "Nothing is drawn yet."
        return "Release", "orange", f"{one.drawn} cases are drawn. Look them through, then release."
    counts = f"{one.submitted} of {one.drawn} audits submitted, due {long_date(one.due_on)}.{back}"
    if one.handed_back:
        return "Draw a replacement", "orange", counts
    if one.open and today <= one.due_on:
        return "Running", "turquoise", counts
    if one.to_sample:
        waiting = f"{one.to_sample} submitted and not in a sample yet. "
        return "Draw the sample", "orange", waiting + counts
    if one.in_moderation:
        return "In moderation", "turquoise", f"{one.in_moderation} in moderation. {counts}"
    if one.open:
        return "Overdue", "red", counts
    return "Close the month", "orange", counts
