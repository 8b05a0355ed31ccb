"""Grades in a calibration exercise: written as a draft, given once, and the reference grades they are held against."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from audit_forms.definition import Tool
from audit_forms.grades import Grade, Judged, NotGraded
from qa_app.models import Calibration, CalibrationFile, CalibrationGrade, CalibrationReference, CalibrationTaker
from qa_app.services.calibrations import CalibrationRefused, files, hold
from qa_app.services.drafts import NewerDraft, version_of
from qa_app.services.events import record

WORDS = "_words"
"""What follows an element's key in a draft where its reasons are kept."""


class Blank(NamedTuple):
    """An element of a file that has no grade yet."""

    file: CalibrationFile
    element: str
    title: str


class Unanswered(ValueError):  # noqa: N818 - named for the fault
    """Something is not graded yet; `blanks` are those."""

    def __init__(self, blanks: tuple[Blank, ...]) -> None:
        super().__init__("Grade what is listed below, then give your grades.")
        self.blanks = blanks


def draft_of(taker: CalibrationTaker, file: CalibrationFile) -> dict[str, str]:
    """What somebody has written on one file so far."""
    return dict(taker.draft.get(file.id.hex, {}))


def write(
    session: Session, taker: CalibrationTaker, file: CalibrationFile, said: Mapping[str, str], version: str
) -> str:
    """Keep what the page of one file says; the answer is its version.

    Raises:
        CalibrationRefused: the grades were given, or the exercise is revealed or called off.
        NewerDraft: another tab saved something else meanwhile.
    """
    session.refresh(taker, with_for_update=True)
    check_open(taker)
    stored = draft_of(taker, file)
    new = {key: answer for key, answer in said.items() if answer}
    if version != version_of(stored) and new != stored:
        raise NewerDraft(stored)
    taker.draft = {**taker.draft, file.id.hex: new}
    session.flush()
    return version_of(new)


def blanks(session: Session, taker: CalibrationTaker, tool: Tool) -> tuple[Blank, ...]:
    """What has no grade yet, in the order of files and elements."""
    return tuple(
        Blank(file, element.key, element.title)
        for file in files(session, taker.calibration)
        for element in tool.elements
        if not draft_of(taker, file).get(element.key)
    )


def give(session: Session, taker: CalibrationTaker, tool: Tool, version: str, *, by: str, at: datetime) -> bool:
    """Keep somebody's grades for ever; False when they were given before (a second click changes nothing).

    Raises:
        CalibrationRefused: the exercise is revealed.
        NewerDraft: the draft has changed since it was checked.
        Unanswered: something is not graded yet.
    """
    hold(session, taker.calibration)
    session.refresh(taker, with_for_update=True)
    if taker.given_at is not None:
        return False
    check_open(taker)
    if version != version_of(taker.draft):
        raise NewerDraft(dict(taker.draft))
    if missing := blanks(session, taker, tool):
        raise Unanswered(missing)
    session.execute(insert(CalibrationGrade), _rows(session, taker, tool, at=at))
    taker.draft, taker.given_at = {}, at
    session.flush()
    record(session, "calibration.given", "calibration", taker.calibration_id, by=by, at=at)
    return True


def check_open(taker: CalibrationTaker) -> None:
    """Let something be written.

    Raises:
        CalibrationRefused: the grades were given, or the exercise is revealed or called off.
    """
    if taker.given_at is not None:
        raise CalibrationRefused("You have given your grades, so they can no longer change.")
    if taker.calibration.state != "open":
        raise CalibrationRefused("This exercise is revealed or called off, so nobody can grade in it any more.")


def set_references(
    session: Session, file: CalibrationFile, said: Mapping[str, tuple[Judged, str]], *, by: str, at: datetime
) -> int:
    """Keep the reference grades of a file, element -> grade and reason; the answer is how many are new or changed.

    One that is there already with the same grade and reason is not written again; the last one counts.

    Raises:
        CalibrationRefused: a grade that is new or changed has no reason.
    """
    hold(session, file.calibration)
    before = references(session, file.calibration).get(file.id.hex, {})
    changed = {
        element: (grade, reason)
        for element, (grade, reason) in said.items()
        if element not in before or (before[element].grade, before[element].reason) != (grade.value, reason)
    }
    if not all(reason for _, reason in changed.values()):
        raise CalibrationRefused("Say why for each grade.")
    session.add_all(
        CalibrationReference(
            file_id=file.id, element=element, grade=grade.value, reason=reason,
            after_reveal=file.calibration.state == "revealed", set_at=at, set_by=by,
        )
        for element, (grade, reason) in changed.items()
    )  # fmt: skip
    session.flush()
    if changed:
        record(
            session, "calibration.reference_set", "calibration", file.calibration_id, by=by, at=at, file=file.number,
            elements=len(changed), after_reveal=file.calibration.state == "revealed",
        )  # fmt: skip
    return len(changed)


def references(session: Session, calibration: Calibration) -> dict[str, dict[str, CalibrationReference]]:
    """The reference grades that count, by file and element."""
    rows = session.scalars(
        select(CalibrationReference)
        .join(CalibrationFile, CalibrationFile.id == CalibrationReference.file_id)
        .where(CalibrationFile.calibration_id == calibration.id)
        .order_by(CalibrationReference.id)
    )
    found: dict[str, dict[str, CalibrationReference]] = {}
    for row in rows:
        found.setdefault(row.file_id.hex, {})[row.element] = row
    return found


def judged(code: str) -> Judged | None:
    """A grade by its code; None where it is none."""
    try:
        return Grade(code)
    except ValueError:
        return NotGraded(code) if code in set(NotGraded) else None


def _rows(session: Session, taker: CalibrationTaker, tool: Tool, *, at: datetime) -> list[dict[str, Any]]:
    rows = []
    for file in files(session, taker.calibration):
        said = draft_of(taker, file)
        rows += [
            {
                "taker_id": taker.id, "file_id": file.id, "element": element.key, "grade": said[element.key],
                "words": said.get(element.key + WORDS, ""), "given_at": at,
            }
            for element in tool.elements
        ]  # fmt: skip
    return rows
