"""Practice alerts, disputes and good practice: raised, answered, moved up a stage, resolved; each a step that stays."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qa_app.access.actor import Actor
from qa_app.access.permissions import Role
from qa_app.clock import london_day
from qa_app.models import Case, Person, PracticeAlert, PracticeAlertStep, Team
from qa_app.queries import themes
from qa_app.queries.practice_alerts import STAGES, UP, Kind, standing
from qa_app.reports.dates import day_name
from qa_app.services import outbox, settings
from qa_app.services.events import record
from qa_app.services.free_text import refuse
from qa_app.working_days import add_working_days

LONGEST: Final = 2000
OUTSIDE: Final = "cafcass"  # answered outside the council: nobody here is to, and no clock of ours runs


class UnfitStep(ValueError):  # noqa: N818 - named for the fault
    """A practice alert cannot be raised or go on like this; `field` names what is at fault, the message what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class SteppedMeanwhile(Exception):  # noqa: N818 - named for the fault
    """Somebody else has taken a step since the page was opened."""

    def __init__(self) -> None:
        super().__init__("Somebody else has added something since you opened this page. Read it, then try again.")


class NotTheirs(ValueError):  # noqa: N818 - named for the fault
    """This step is somebody else's to take."""


@dataclass(frozen=True, slots=True)
class Raised:
    """What is raised: of which kind, at which stage, about which team's work, with whom. No name, no reference."""

    kind: Kind
    raised_on: date
    team: Team
    theme: str
    words: str
    stage: str = "informal"
    recipient: Person | None = None
    case: Case | None = None


def raise_(session: Session, what: Raised, raiser: Person, *, by: str, at: datetime) -> PracticeAlert:
    """Raise it, and tell whoever is to answer.

    Raises:
        UnfitStep: something is missing or does not fit.
        NamesSomebody: the words hold what identifies somebody.
    """
    _check(session, what, raiser, today=london_day(at))
    whole = add_working_days(what.raised_on, settings.number(session, "dispute_whole_days"))
    made = PracticeAlert(
        kind=what.kind.value, raised_on=what.raised_on, raiser_id=raiser.id, service_id=what.team.service_id,
        team_id=what.team.id, theme_code=what.theme, case_id=what.case.id if what.case else None, words=what.words,
        whole_due_on=whole if what.kind is Kind.DISPUTE else None, recorded_at=at, recorded_by=by,
    )  # fmt: skip
    session.add(made)
    session.flush()
    step = _step(session, made, 0, "raised", what.stage, recipient=what.recipient, on=what.raised_on, by=by, at=at)
    record(session, "practice_alert.raised", "practice_alert", made.id, by=by, at=at, kind=made.kind, stage=what.stage)
    if what.recipient is not None:
        kind = "practice_alert.good" if step.due_on is None else "practice_alert.raised"
        _tell(session, made, what.recipient.id, kind, step.due_on, at=at)
    return made


def answer(session: Session, alert: PracticeAlert, words: str, *, place: int, actor: Actor, at: datetime) -> None:
    """Answer it; whoever raised it is told.

    Raises:
        NotTheirs: somebody else is to answer.
        UnfitStep: nothing is said, or no answer is asked for.
        SteppedMeanwhile: somebody took a step since.
    """
    now = standing(alert, london_day(at))
    if not may_answer(alert, actor):
        raise NotTheirs("Somebody else is to answer this.")
    if not now.waits:
        raise UnfitStep("words", "This is answered already.")
    said = _said(words, "Say what was done, or will be done, and by when.")
    _step(session, alert, place, "answered", now.step.stage, words=said, by=actor.by, at=at)
    record(session, "practice_alert.answered", "practice_alert", alert.id, by=actor.by, at=at, overdue=now.is_overdue)
    _tell(session, alert, alert.raiser_id, "practice_alert.answered", None, at=at)


def move(
    session: Session, alert: PracticeAlert, stage: str, recipient: Person | None, words: str, *, place: int,
    actor: Actor, at: datetime,
) -> None:  # fmt: skip
    """Move it up a stage, with whom it is raised now; the clock of the stage begins again.

    Raises:
        NotTheirs: they did not raise it.
        UnfitStep: the stage is not further up, or something is missing.
        SteppedMeanwhile: somebody took a step since.
    """
    now = standing(alert, london_day(at))
    if not may_go_on(alert, actor):
        raise NotTheirs("Only whoever raised this, or the QA lead, can move it up.")
    if not now.is_open:
        raise UnfitStep("stage", "This is resolved.")
    if stage not in UP or UP.index(stage) <= UP.index(now.step.stage):
        raise UnfitStep("stage", "Choose a stage above the one it is at.")
    _check_recipient(recipient, stage, alert.raiser_id)
    said = _said(words, "Say why it moves up.")
    step = _step(session, alert, place, "moved", stage, recipient=recipient, words=said, by=actor.by, at=at)
    record(session, "practice_alert.moved", "practice_alert", alert.id, by=actor.by, at=at, stage=stage)
    if recipient is not None:
        _tell(session, alert, recipient.id, "practice_alert.moved", step.due_on, at=at)


def resolve(session: Session, alert: PracticeAlert, words: str, *, place: int, actor: Actor, at: datetime) -> None:
    """Resolve it, with what is different for the child.

    Raises:
        NotTheirs: they did not raise it.
        UnfitStep: the outcome is missing, or it is resolved.
        SteppedMeanwhile: somebody took a step since.
    """
    now = standing(alert, london_day(at))
    if not may_go_on(alert, actor):
        raise NotTheirs("Only whoever raised this, or the QA lead, can resolve it.")
    if not now.is_open:
        raise UnfitStep("words", "This is resolved already.")
    said = _said(words, "Say what is different for the child.")
    _step(session, alert, place, "resolved", now.step.stage, words=said, by=actor.by, at=at)
    record(session, "practice_alert.resolved", "practice_alert", alert.id, by=actor.by, at=at, overdue=now.is_overdue)
    if now.step.recipient_id is not None:
        _tell(session, alert, now.step.recipient_id, "practice_alert.resolved", None, at=at)


def may_answer(alert: PracticeAlert, actor: Actor) -> bool:
    """Whether this person is to answer it now, or answers as Head of Service; never whoever raised it."""
    last = next((one for one in reversed(alert.steps) if one.what in ("raised", "moved")), None)
    led = Role.HEAD_OF_SERVICE in actor.roles and (actor.services is None or alert.service_id in actor.services)
    asked = last is not None and last.recipient_id == actor.person_id
    return (asked or led) and alert.raiser_id != actor.person_id


def may_go_on(alert: PracticeAlert, actor: Actor) -> bool:
    """Whether this person may move it up or resolve it."""
    return alert.raiser_id == actor.person_id or Role.QA_LEAD in actor.roles


def _check(session: Session, what: Raised, raiser: Person, *, today: date) -> None:
    if what.raised_on > today:
        raise UnfitStep("raised_on", "Enter a day that is not in the future.")
    if what.theme not in {theme.code for theme in themes.offered(session)}:
        raise UnfitStep("theme", "Choose a theme from the list.")
    if what.stage not in STAGES:
        raise UnfitStep("stage", "Choose a stage.")
    if what.kind is not Kind.GOOD_PRACTICE:
        _check_recipient(what.recipient, what.stage, raiser.id)
    _said(what.words, "Say what it is about.")


def _check_recipient(recipient: Person | None, stage: str, raiser_id: UUID) -> None:
    if recipient is None and stage != OUTSIDE:
        raise UnfitStep("recipient", "Choose who is to answer.")
    if recipient is not None and recipient.id == raiser_id:
        raise UnfitStep("recipient", "Whoever raises it cannot answer it. Choose somebody else.")


def _said(words: str, missing: str) -> str:
    said = words.strip()
    if not said:
        raise UnfitStep("words", missing)
    if len(said) > LONGEST:
        raise UnfitStep("words", f"Shorten this to {LONGEST:,} characters or fewer. It has {len(said):,}.")
    refuse(said)
    return said


def _step(
    session: Session, alert: PracticeAlert, place: int, what: str, stage: str, *, recipient: Person | None = None,
    on: date | None = None, words: str = "", by: str, at: datetime,
) -> PracticeAlertStep:  # fmt: skip
    """The next step after the one a page showed; two people cannot take it both."""
    if place != len(alert.steps):
        raise SteppedMeanwhile
    day = on or london_day(at)
    clock = what in ("raised", "moved") and alert.kind != Kind.GOOD_PRACTICE and stage != OUTSIDE
    due = add_working_days(day, settings.number(session, "practice_alert_days")) if clock else None
    made = PracticeAlertStep(
        alert_id=alert.id, place=place + 1, what=what, stage=stage, happened_on=day,
        recipient_id=recipient.id if recipient else None, due_on=due, words=words, taken_at=at, taken_by=by,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise SteppedMeanwhile from None
    session.expire(alert, ["steps"])
    return made


def _tell(session: Session, alert: PracticeAlert, person: UUID, kind: str, due: date | None, *, at: datetime) -> None:
    detail = {"alert": str(alert.id)} | ({"due": day_name(due)} if due else {})
    outbox.tell(session, (person,), kind, at=at, about=("practice_alert", alert.id), **detail)  # type: ignore[arg-type]
