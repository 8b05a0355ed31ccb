"""A moderated audit for tests of what comes after: the moderator grades otherwise, the two agree, or a third reads."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade, Judged
from qa_app.models import Audit, Moderation, Person, Reading
from qa_app.services import challenges, moderations, readings
from qa_app.services.drafts import Writer, Written, opened, version_of
from qa_app.services.moderations import Reason, Resolution
from qa_app.services.submission import Confirmed
from tests.conftest import AT
from tests.months import ELEMENTS
from tests.regrading import audit_to_moderate
from tests.world import World

NOTE = "We read the visits together."
WHY = "The visits of October are on the record under contacts."


def graded(
    session: Session, world: World, first: Grade = Grade.GOOD, second: Grade = Grade.REQUIRES_IMPROVEMENT,
    *, by: str = "manager_care",
) -> Moderation:  # fmt: skip
    """An audit its moderator has graded: every element with the same grade of each."""
    made = audit_to_moderate(session, world, first, at=AT, by=by)
    moderator = world.people["moderator_1"]
    mine: dict[str, Judged] = dict.fromkeys(ELEMENTS, second)
    moderations.grade(session, made, moderator, mine, {"voice_rationale": "Not seen alone."}, by="test", at=AT)
    return made


def agreed(
    session: Session, world: World, first: Grade = Grade.GOOD, second: Grade = Grade.REQUIRES_IMPROVEMENT,
    final: Grade = Grade.REQUIRES_IMPROVEMENT,
) -> Moderation:  # fmt: skip
    """An audit whose final grades are agreed, every element with the same one."""
    made = graded(session, world, first, second)
    kept = {element: Resolution(final, Reason.WEIGHED, NOTE) for element in ELEMENTS}
    moderator_id = world.people["moderator_1"].id
    moderations.agree(session, made, kept, form_sound=True, by="test", judge_id=moderator_id, at=AT)
    return made


def challenged(session: Session, made: Moderation, *elements: str) -> challenges.Challenge:
    """A challenge of these grades by the auditor."""
    audit = made.audit
    points = dict.fromkeys(elements or ("overall",), WHY)
    return challenges.raise_challenge(session, audit, points, by=f"person:{audit.auditor_id}", at=AT)


def read(session: Session, reading: Reading, grade: Grade) -> None:
    """Fill a third reading in with one grade for every element, and give it."""
    reader = session.get_one(Person, reading.reader_id)
    tool = readings.tool_of(session, session.get_one(Audit, reading.audit_id))
    said = {element.key: grade.value for element in tool.elements}
    said |= {question.key: "Read in the record." for question in tool.questions if question.kind == "text"}
    asked = frozenset(said)
    readings.write(session, reading, reader, Written(asked, asked, said), version_of({}, asked), by="test", at=AT)
    kept = opened(session, Writer(reading.audit_id, "third", reader.id))
    readings.give_grades(
        session, reading, reader, Confirmed(version_of(kept.answers), acknowledged=True), by="test", at=AT
    )


def moderation_of(session: Session, audit: Audit) -> Moderation:
    """The moderation of an audit."""
    return session.scalars(select(Moderation).where(Moderation.audit_id == audit.id)).one()
