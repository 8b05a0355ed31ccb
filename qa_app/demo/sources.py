"""What the demo's children, reviewing officers, observers and complainants say over the months, with its themes."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from random import Random
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.definition import About, Tool
from qa_app.access.actor import actor_from
from qa_app.access.permissions import Role
from qa_app.demo.around import lead_of
from qa_app.demo.writing import hand_in
from qa_app.models import Case, Person, PracticeAlert, Team
from qa_app.queries import quotations as quoted
from qa_app.queries import starting as startable
from qa_app.queries.practice_alerts import Kind
from qa_app.queries.ties import holders
from qa_app.services import complaints, practice_alerts, quotations, starting
from qa_app.services.complaints import Facts
from qa_app.services.practice_alerts import Raised
from qa_app.services.starting import CannotStart, Whom
from qa_app.working_days import add_working_days

MONTHS: Final = (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))
TOLD: Final = {"feedback_young": 2, "feedback_older": 3, "feedback_carer": 3, "chair_check": 3, "observation": 2}
BEST: Final = (
    "She remembers what I told her last time.", "He comes when he says he will.", "We made the plan at our table.",
    "I can ring her and she rings back.", "He asked me what I want to be called.",
)  # fmt: skip
CHANGE: Final = (
    "I want to see my brother more.", "Not another new worker.", "Tell me before the meeting what it is about.",
    "Write the plan so that I can read it.", "Nothing.",
)  # fmt: skip
ABOUT: Final = (
    ("The plan has not moved on since the review in June.", "drift"),
    ("The child was not seen alone between two reviews.", "voice"),
    ("The report came on the day of the conference.", "reports"),
    ("Nobody has asked the father what he thinks.", "fathers"),
    ("The third worker in a year, and no handover on the record.", "workers"),
    ("The plan for a lasting home has no date.", "permanence"),
)  # fmt: skip
GOOD: Final = ("The worker and the child wrote the report together, and the child read it out.", "voice")
LEARNT: Final = (
    "Families are told at once when a visit moves.", "Letters say in one sentence what happens next.",
    "A change of worker comes with a visit of both.",
)  # fmt: skip


def tell(session: Session) -> None:
    """Three months of what is heard beside audit."""
    chance = Random("demo sources")  # noqa: S311  # made-up answers, no secret
    _told(session, chance)
    _decide(session)
    _alert(session, chance)
    _complain(session, chance)


def _told(session: Session, chance: Random) -> None:
    """Feedback, checks and observations of each month, submitted."""
    auditors, officers = holders(session, Role.AUDITOR), holders(session, Role.MODERATOR)
    tools = {tool.key: tool for tool in startable.startable(session, frozenset((Role.AUDITOR,)))}
    words = cycle(zip(BEST, CHANGE, strict=True))
    for month in MONTHS:
        for key, number in TOLD.items():
            whoms = _whoms(session, tools[key], chance)
            people = officers if key == "chair_check" else auditors
            for n in range(number):
                at = datetime(month.year, month.month, 4 + 2 * n, 10, tzinfo=UTC)
                audit = _start(session, tools[key], chance.sample(people, len(people)), whoms, at)
                if audit is not None:
                    said = _said(tools[key], chance, next(words))
                    hand_in(session, audit, chance, at=at + timedelta(hours=2), **said)


def _start(session: Session, tool: Tool, people: Sequence[Person], whoms: Iterator[Whom], at: datetime) -> Any:
    for whom, person in zip(whoms, people, strict=False):
        try:
            return starting.start(session, tool, person, whom, again=True, by=f"person:{person.id}", at=at)
        except CannotStart:
            continue
    return None


def _whoms(session: Session, tool: Tool, chance: Random) -> Iterator[Whom]:
    held = select(Case).where(Case.team_id.is_not(None), Case.worker_id.is_not(None), Case.open)
    cases = session.scalars(held.order_by(Case.reference_key).limit(400)).all()
    for case in chance.sample(cases, len(cases)):
        yield Whom(subject=case.worker) if tool.about is About.STAFF else Whom(case=case)


def _said(tool: Tool, chance: Random, words: tuple[str, str]) -> dict[str, Any]:
    """Answers that show something: themes, words with and without permission, somebody who did not want to answer."""
    codes = [choice.code for choice in tool.question("themes_concerns").choices if choice.code != "other"]
    said: dict[str, Any] = {"themes_concerns": chance.sample(codes, 2), "themes_strengths": chance.sample(codes, 1)}
    if tool.key == "chair_check":
        return said | {"quality": chance.choices(("green", "amber", "red"), (6, 3, 1))[0]}
    if tool.key == "observation":
        return said
    ratings = {one.key: chance.choices(one.choices)[0].code for one in tool.questions if one.kind == "rating"}
    scale = {one.key: chance.randint(2, 10) for one in tool.questions if one.kind == "scale"}
    may = chance.choices(("yes", "no"), (4, 1))[0]
    return (
        said | ratings | scale | {"agreed": "yes", "best_thing": words[0], "change_thing": words[1], "may_quote": may}
    )


def _decide(session: Session) -> None:
    """Most quotations may be shown, one in other words, one not; the newest wait."""
    lead = lead_of(session)
    actor = actor_from(session.get_one(Person, holders(session, Role.QA_LEAD)[0].id))
    found = quoted.to_decide(session, actor)
    at = datetime(2026, 11, 12, 15, 0, tzinfo=UTC)
    for place, one in enumerate(found[4:]):
        if place == 1:
            quotations.decide(
                session, one, "redacted", words="I want to see my family more.", reason="It says who is meant.",
                place=0, by=lead, at=at,
            )  # fmt: skip
        elif place == 2:
            quotations.decide(session, one, "refused", reason="The child is easily known.", place=0, by=lead, at=at)
        else:
            quotations.decide(session, one, "approved", place=0, by=lead, at=at)


def _alert(session: Session, chance: Random) -> None:
    """Practice alerts at every stage: resolved, answered, overdue and fresh; and good practice."""
    officers = holders(session, Role.MODERATOR)
    managers = [one for one in holders(session, Role.AUDITOR) if one.team is not None and one not in officers]
    for n, (words, theme) in enumerate((*ABOUT, *ABOUT)):
        on = add_working_days(MONTHS[0], 5 * n)
        officer, manager = officers[n % len(officers)], managers[(n * 7) % len(managers)]
        kind = Kind.DISPUTE if n % 4 == 3 else Kind.ALERT
        stage = "one" if kind is Kind.DISPUTE else "informal"
        made = _raise(session, Raised(kind, on, _team(manager), theme, words, stage=stage, recipient=manager), officer)
        if n < 9:
            _go_on(session, made, officer, manager)
        if n < 7:
            practice_alerts.resolve(
                session, made, "The child has a date for the next step and knows it.", place=2,
                actor=actor_from(officer), at=_at(add_working_days(on, 9)),
            )  # fmt: skip
    for n in range(4):
        officer, manager = officers[n % len(officers)], managers[chance.randrange(len(managers))]
        day = add_working_days(MONTHS[n % 3], 8)
        _raise(session, Raised(Kind.GOOD_PRACTICE, day, _team(manager), GOOD[1], GOOD[0], recipient=manager), officer)


def _raise(session: Session, what: Raised, officer: Person) -> PracticeAlert:
    return practice_alerts.raise_(session, what, officer, by=f"person:{officer.id}", at=_at(what.raised_on))


def _go_on(session: Session, made: PracticeAlert, officer: Person, manager: Person) -> None:
    """The manager answers, sometimes late."""
    late = len(officer.name) % 4
    practice_alerts.answer(
        session, made, "We met the family and changed the plan; the next review shows it.", place=1,
        actor=actor_from(manager), at=_at(add_working_days(made.raised_on, 3 + late)),
    )  # fmt: skip


def _team(manager: Person) -> Team:
    assert manager.team is not None  # noqa: S101  (chosen so)
    return manager.team


def _complain(session: Session, chance: Random) -> None:
    """Complaints at every stage, in time and late, and compliments."""
    lead, teams = lead_of(session), session.scalars(select(Team).order_by(Team.name)).all()
    themes = ("workers", "plain", "listening", "drift", "family_time", "rights")
    for n in range(14):
        on, team, theme = add_working_days(MONTHS[0], 4 * n), teams[(n * 5) % len(teams)], themes[n % len(themes)]
        what = complaints.received("complaint", on, team, f"C26-{n + 101}")
        facts = Facts(on, theme=theme)
        made = complaints.enter(session, what, facts, by=lead, at=_at(on))
        if n < 11:
            day = add_working_days(on, 6 + 2 * (n % 4))
            outcome = chance.choice(("yes", "partly", "no"))
            done = Facts(on, answered_on=day, upheld=outcome, theme=theme, learning=LEARNT[n % 3] if n % 2 else "")
            complaints.note(session, made, done, place=1, by=lead, at=_at(day))
            if n == 2:
                later = add_working_days(day, 4)
                complaints.note(session, made, complaints.moved_up(done, "two", later), place=2, by=lead, at=_at(later))
    for n in range(9):
        on, team = add_working_days(MONTHS[0], 6 * n), teams[(n * 3) % len(teams)]
        what = complaints.received("compliment", on, team, f"T26-{n + 11}")
        complaints.enter(session, what, Facts(on, "", theme=("relationship", "listening")[n % 2]), by=lead, at=_at(on))


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, 0, tzinfo=UTC)
