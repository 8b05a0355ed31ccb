"""How the demo's auditors learn their work: guidance in two versions, training, and support for staff by service."""

from datetime import UTC, date, datetime
from random import Random
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.access.permissions import Role
from qa_app.demo.around import lead_of
from qa_app.models import Document, Service
from qa_app.queries.ties import holders
from qa_app.services import documents, support, training
from qa_app.services.documents import Text
from qa_app.services.support import Counted
from qa_app.services.training import Held

FIRST: Final = datetime(2026, 4, 7, 9, 0, tzinfo=UTC)
SECOND: Final = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
READ: Final = datetime(2026, 11, 12, 15, 0, tzinfo=UTC)
WORDS: Final = (
    "# Why we audit\n\nWe audit to find out what life is like for children and whether our work makes it better.\n\n"
    "# What is expected\n\n- One case file audit a month from every manager, submitted by the due date\n"
    "- A talk with the worker, and where they wish it with the child and the family\n"
    "- A reason for every grade, with what you saw and when\n\n"
    "# When a child may not be safe\n\nSay so at once, in the audit and by telephone. Do not wait until it is finished."
)
ADDED: Final = (
    "\n\n# Grades\n\nGrade what came of the work, not how much of it was done. A wish nobody answered is not good yet."
)
CHANGE: Final = "A chapter on grades, from what we agreed in October’s calibration exercise."
MODERATING: Final = (
    "# Blind first\n\nGrade the record before you see a grade of the auditor’s.\n\n# Then talk\n\n"
    "Say where you differ and why. The final grade is agreed, and both first grades stay."
)
QUARTERS: Final = (
    (date(2026, 1, 1), date(2026, 3, 31), 62), (date(2026, 4, 1), date(2026, 6, 30), 70),
    (date(2026, 7, 1), date(2026, 9, 30), 79),
)  # fmt: skip
SIZES: Final = {"conversations": 48, "group": 6, "supervision": 120}


def develop(session: Session) -> None:
    """The Audit Guidance changed in November, and some have read it anew; two trainings; three quarters of support."""
    lead, chance = lead_of(session), Random("development")  # noqa: S311  # made-up figures, no secret
    guidance = _published(
        session, "audit", Text("Audit Guidance", WORDS, "", for_auditors=True, for_moderators=True), FIRST, lead
    )
    how = _published(
        session,
        "moderation",
        Text("How we moderate", MODERATING, "", for_auditors=False, for_moderators=True),
        FIRST,
        lead,
    )
    auditors, moderators = holders(session, Role.AUDITOR), holders(session, Role.MODERATOR)
    for one in auditors:
        documents.acknowledge(session, one.id, guidance, 1, by=f"person:{one.id}", at=FIRST)
    for one in moderators[:-1]:
        documents.acknowledge(session, one.id, how, 1, by=f"person:{one.id}", at=FIRST)
    newer = Text("Audit Guidance", WORDS + ADDED, CHANGE, for_auditors=True, for_moderators=True)
    documents.write(session, guidance, newer, by=lead, at=SECOND)
    documents.publish(session, guidance, newer.sha256, by=lead, at=SECOND)
    for one in auditors[: len(auditors) * 2 // 3]:
        documents.acknowledge(session, one.id, guidance, 2, by=f"person:{one.id}", at=READ)
    for people, held in (
        (auditors[::2], Held("auditor", date(2024, 9, 17), "Practice team")),
        (auditors[1::2], Held("auditor", date(2025, 10, 8), "Practice team")),
        (moderators, Held("moderator", date(2026, 3, 12), "Regional improvement alliance")),
        (auditors[:6], Held("refresher", date(2026, 6, 4), "Practice team")),
    ):
        training.add(session, people, held, by=lead, at=READ, today=READ.date())
    _support(session, lead, chance)


def _published(session: Session, kind: str, text: Text, at: datetime, by: str) -> Document:
    made = documents.make(session, kind, "", text, by=by, at=at)
    documents.publish(session, made, text.sha256, by=by, at=at)
    return made


def _support(session: Session, lead: str, chance: Random) -> None:
    for first, last, percent in QUARTERS:
        for place, service in enumerate(session.scalars(select(Service).order_by(Service.name))):
            for kind, size in SIZES.items():
                n = size - place * size // 12
                k = min(n, round(n * (percent + chance.randint(-4, 4)) / 100))
                counted = Counted(service.id, kind, first, last, k, n, "HR system, quarterly report", last)
                support.enter(session, counted, by=lead, at=READ, today=READ.date())
