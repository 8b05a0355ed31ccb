"""The demo's learning loop: two whole chains with the later measure, the training they led to, and who looked."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access.permissions import Role
from qa_app.demo.around import lead_of
from qa_app.models import AccessEntry, Evidence, Person, Service
from qa_app.queries.ties import holders
from qa_app.queries.viewed import OPENED, PAGES
from qa_app.services import cpd, evidence
from qa_app.services.cpd import Course
from qa_app.services.evidence import Said

WRITTEN: Final = datetime(2026, 11, 3, 10, 0, tzinfo=UTC)
CHAINS: Final = (
    Said(
        on=date(2026, 10, 26), theme_code="supervision", measure_key="learning_used", changed_on=date(2026, 6, 1),
        led_by="dashboard", led_from=date(2026, 3, 1), led_to=date(2026, 5, 1), figure_key="supervision",
        learned="From March to May supervision was held, and seldom said why a plan was not moving.",
        changed="Each supervision ends with one thing the child should notice before the next one.",
        different="Families say that they know what happens next, and plans that stood still were moved on.",
        known="Practice observations in September, and the audits since July.",
    ),
    Said(
        on=date(2026, 10, 28), theme_code="voice", measure_key="dashboard_used", changed_on=date(2026, 7, 15),
        led_by="triangulation", led_from=date(2026, 4, 1), led_to=date(2026, 6, 1), figure_key="part_voice",
        learned="Audits graded the child’s voice well, and children said that plans were not in their words.",
        changed="Children read their plan before it is agreed, and what they change stays in it.",
        different="Children point to sentences of their own in the plan.",
        known="Feedback since August and six plans read by the participation team.",
    ),
)  # fmt: skip
TRAINED: Final = (
    ("Supervision that asks why", date(2026, 6, 18), "supervision", 0, "Most will try the last question at once."),
    ("Plans in the child’s words", date(2026, 9, 24), "voice", 1, "People asked for examples for babies."),
)
WEEKS: Final = 6


def close_the_loop(session: Session) -> None:
    """Two chains, two sessions with attendance, and six weeks in which pages were opened."""
    made = _chains(session)
    _train(session, made)
    _look(session)


def _chains(session: Session) -> list[Evidence]:
    owner = holders(session, Role.QA_LEAD)[0]
    services = [session.scalars(select(Service).order_by(Service.name)).first(), None]
    return [
        evidence.write(
            session, said, owner_id=owner.id, service_id=None if service is None else service.id,
            by=f"person:{owner.id}", at=WRITTEN, today=WRITTEN.date(),
        )
        for said, service in zip(CHAINS, services, strict=True)
    ]  # fmt: skip


def _train(session: Session, made: list[Evidence]) -> None:
    lead = lead_of(session)
    people = session.scalars(select(Person.id).where(Person.active, Person.team_id.is_not(None)).order_by(Person.id))
    staff = list(people)
    for title, day, theme, place, feedback in TRAINED:
        said = Course(title, day, frozenset((theme,)), frozenset((made[place].id,)), feedback)
        held = cpd.make(session, said, by=lead, at=WRITTEN, today=WRITTEN.date())
        came = staff[place::4]
        cpd.attend(session, held, frozenset(came), among=came, by=lead, at=WRITTEN)


def _look(session: Session) -> None:
    """Heads of Service, moderators and auditors open pages, as the access log would hold it."""
    readers = [*holders(session, Role.HEAD_OF_SERVICE), *holders(session, Role.QA_LEAD)]
    workers = [*holders(session, Role.AUDITOR), *holders(session, Role.MODERATOR)]
    for week in range(WEEKS):
        at = datetime(2026, 11, 18, 9, 0, tzinfo=UTC) - timedelta(weeks=week)
        for place, page in enumerate(PAGES):
            open_to_all = page in ("learning", "team")
            for person in workers[place : place + 14 - week] if open_to_all else readers[: 7 - (week + place) % 4]:
                session.add(
                    AccessEntry(
                        at=at, person_id=person.id, action=OPENED, object_kind="page", object_id=page,
                        outcome="allowed", request_id="demo",
                    )
                )  # fmt: skip
    session.flush()
