"""What the demo's people learn together: an exercise that is revealed, one they are grading, and a self-check."""

from datetime import UTC, date, datetime
from random import Random
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.catalogue import latest
from audit_forms.definition import Tool
from audit_forms.grades import BEST_FIRST, Grade
from qa_app.access.permissions import Role
from qa_app.demo.around import lead_of
from qa_app.models import Audit, Calibration, CalibrationTaker, Person
from qa_app.queries.ties import holders
from qa_app.services import calibration_grades, calibrations, guidance, self_checks, settings
from qa_app.services.drafts import version_of

MADE: Final = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
GRADED: Final = datetime(2026, 10, 14, 15, 0, tzinfo=UTC)
REVEALED: Final = datetime(2026, 10, 19, 10, 0, tzinfo=UTC)
OPENED: Final = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
RECORD: Final = (
    "K is nine and lives with a grandparent. There is a Child in Need plan because of neglect at home before.\n\n"
    "The worker sees K every two weeks, twice at school and once alone on a walk. The notes say how K looked and what "
    "was done; once they say what K wished for: to see a brother more often. Nothing shows what came of that wish.\n\n"
    "The plan has six steps. Three have a date. The review in September was held in time, without K, and the school "
    "sent a report. Supervision was monthly until July and once since; the notes say what to do, and not why.\n\n"
    "The chronology ends in June."
)
SECOND: Final = (
    "M is fifteen and came into care in March. There are two placements on the record and a third is planned.\n\n"
    "The worker writes in M’s words what M says of each move. M chose the day of the review and chaired half of it. "
    "The personal education plan is four months old. Health checks are up to date.\n\n"
    "Managers met after the first move and wrote down what they would do otherwise. Nobody has said yet whether it was "
    "done."
)
AGREED: Final = (
    "A wish that is written down and not answered is not yet good. Look for what came of it: a change, or a reason "
    "the child was told."
)
SAID: Final = (
    "We differed most on the child’s voice. Half of us graded how often the child was seen, the others what changed "
    "because of what the child said. We agreed to grade the second."
)
WHY: Final = "Agreed by the panel from this file alone."


def learn(session: Session, *, at: datetime) -> None:
    """In October people graded one file and talked it through; in November they grade another."""
    tool, people = latest("case_file"), _people(session)
    _finished(session, tool, people)
    _opened(session, tool, people)
    _check_oneself(session, at=at)


def _finished(session: Session, tool: Tool, people: list[Person]) -> None:
    lead = lead_of(session)
    made = calibrations.make(
        session, "The voice of a child: K", tool, date(2026, 10, 16), [one.id for one in people], by=lead, at=MADE
    )
    file = calibrations.add_file(session, made, "K and a grandparent", RECORD, reason="", by=lead, at=MADE)
    meant = dict.fromkeys((one.key for one in tool.elements), (Grade.REQUIRES_IMPROVEMENT, WHY))
    calibration_grades.set_references(session, file, meant, by=lead, at=MADE)
    calibrations.start(session, made, by=lead, at=MADE)
    chance = Random("demo calibration")  # noqa: S311  # made-up grades, no secret
    for part in calibrations.takers(session, made)[1:]:  # one gave none
        _grade(session, part, tool, chance)
    calibrations.reveal(session, made, by=lead, at=REVEALED)
    calibrations.note(session, made, SAID, by=lead, at=REVEALED)
    guidance.agree(session, made, tool, "voice", AGREED, version=0, by=lead, at=REVEALED)


def _opened(session: Session, tool: Tool, people: list[Person]) -> None:
    lead = lead_of(session)
    made = calibrations.make(
        session, "Moves in care: M", tool, date(2026, 12, 4), [one.id for one in people], by=lead, at=OPENED
    )
    calibrations.add_file(session, made, "M and three homes", SECOND, reason="", by=lead, at=OPENED)
    calibrations.start(session, made, by=lead, at=OPENED)
    chance = Random("demo calibration 2")  # noqa: S311  # made-up grades, no secret
    for part in calibrations.takers(session, made)[-2:]:
        _grade(session, part, tool, chance)


def _check_oneself(session: Session, *, at: datetime) -> None:
    """One auditor has graded an own audit again, somebody who can be looked around as is asked to."""
    lead = lead_of(session)
    settings.change(session, "self_checks_a_year", 1, reason="Agreed with the auditors.", by=lead, at=at)
    could = self_checks.candidates(session, at=at)
    works = set(session.scalars(select(Audit.auditor_id).where(Audit.state == "allocated")))
    asked = sorted(could, key=lambda one: (one not in works, str(one)))[:2]
    if not asked:
        return
    made = self_checks.draw(session, seed="demo-2026-11", among=asked, by=lead, at=at)
    if len(made) > 1:
        reading = made[-1]
        tool = latest("case_file")
        said = {one.key: Grade.GOOD.value for one in tool.elements}
        version = self_checks.write(session, reading, said, version_of({}), at=at)
        self_checks.give(session, reading, version, by=f"person:{reading.reader_id}", at=at)


def _people(session: Session) -> list[Person]:
    """A handful of auditors and moderators, those with work among them, who can be looked around as."""
    works = set(session.scalars(select(Audit.auditor_id).where(Audit.state == "allocated")))
    auditors = sorted(holders(session, Role.AUDITOR), key=lambda one: (one.id not in works, one.name))
    found = {one.id: one for one in (*auditors[:4], *holders(session, Role.MODERATOR)[:3])}
    return list(found.values())


def _grade(session: Session, part: CalibrationTaker, tool: Tool, chance: Random) -> None:
    calibration: Calibration = part.calibration
    for file in calibrations.files(session, calibration):
        grades = chance.choices(BEST_FIRST, weights=(1, 5, 7, 2), k=len(tool.elements))
        said = {element.key: grade.value for element, grade in zip(tool.elements, grades, strict=True)}
        calibration_grades.write(session, part, file, said, version_of({}))
    version = version_of(part.draft)
    calibration_grades.give(session, part, tool, version, by=f"person:{part.person_id}", at=GRADED)
