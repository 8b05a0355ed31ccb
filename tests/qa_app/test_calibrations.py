"""A calibration exercise from its making to the guidance: who may do what when, and what counts nowhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from audit_forms.grades import Grade, NotGraded
from qa_app.models import (
    Calibration,
    CalibrationFile,
    CalibrationGrade,
    CalibrationNote,
    CalibrationReference,
    Event,
    Guidance,
    Message,
)
from qa_app.queries import calibrations as found
from qa_app.queries import guidance as beside
from qa_app.queries.facts import Reach
from qa_app.services import calibration_grades, calibrations, figures, guidance
from qa_app.services.calibrations import CalibrationRefused, NamesSomebody
from qa_app.services.drafts import NewerDraft, version_of
from tests.calibrating import RECORD, TAKERS, UNTIL, give, part, prepared, revealed, started
from tests.conftest import AT
from tests.months import ELEMENTS, TOOL
from tests.world import World

AFTER = AT + timedelta(days=12)


def told(session: Session, kind: str) -> set[Any]:
    return set(session.scalars(select(Message.person_id).where(Message.kind == kind)))


def test_it_is_made_started_graded_and_revealed(session: Session, world: World) -> None:
    made = prepared(session, world, at=AT)
    assert told(session, "calibration.asked") == set()
    assert calibrations.start(session, made, by="test", at=AT)
    assert not calibrations.start(session, made, by="test", at=AT)
    assert told(session, "calibration.asked") == {world.people[one].id for one in TAKERS}
    assert len(session.scalars(select(Message)).all()) == len(TAKERS)
    for taker, grade in zip(TAKERS, (Grade.GOOD, Grade.GOOD, Grade.INADEQUATE), strict=True):
        with pytest.raises(found.NotRevealed):
            found.results(session, made, TOOL)
        give(session, made, world.people[taker], grade, at=AT)
    assert calibrations.reveal(session, made, by="test", at=AT)  # everybody has given theirs
    assert not calibrations.reveal(session, made, by="test", at=AT)
    assert told(session, "calibration.revealed") == {world.people[one].id for one in TAKERS}
    results = found.results(session, made, TOOL)
    first = results.elements[0].exercise
    assert first.files[0].counts == (0, 2, 0, 1)
    assert (first.pairwise.k, first.pairwise.n) == (1, 3)
    assert first.alpha.value is None
    assert "10 files" in first.alpha.reason
    kinds = session.scalars(select(Event.action).where(Event.object_kind == "calibration")).all()
    assert kinds.count("calibration.given") == 3
    assert {"calibration.made", "calibration.file_added", "calibration.started", "calibration.revealed"} <= set(kinds)


def test_it_is_not_revealed_while_people_have_time_nor_before_anybody_has_graded(
    session: Session, world: World
) -> None:
    made = started(session, world, at=AT)
    with pytest.raises(CalibrationRefused, match="last day is over"):
        calibrations.reveal(session, made, by="test", at=AFTER)
    give(session, made, world.people[TAKERS[0]], at=AT)
    with pytest.raises(CalibrationRefused, match="last day is over"):
        calibrations.reveal(session, made, by="test", at=AT)
    with pytest.raises(CalibrationRefused, match="last day is over"):
        calibrations.reveal(session, made, by="test", at=AT + timedelta(days=11))  # the last day itself
    assert (AT + timedelta(days=11)).date() == UNTIL
    assert calibrations.reveal(session, made, by="test", at=AFTER)
    late = part(session, made, world.people[TAKERS[1]])
    file = calibrations.files(session, made)[0]
    with pytest.raises(CalibrationRefused, match="revealed"):
        calibration_grades.write(session, late, file, {ELEMENTS[0]: "good"}, version_of({}))
    with pytest.raises(CalibrationRefused, match="revealed"):
        calibration_grades.give(session, late, TOOL, version_of({}), by="test", at=AFTER)
    with pytest.raises(CalibrationRefused, match="revealed"):
        calibrations.choose_people(session, made, [world.people["manager_leaving"].id], by="test", at=AFTER)


def test_grades_are_given_once_whole_and_for_ever(session: Session, world: World) -> None:
    made = started(session, world, at=AT, files=2)
    mine = part(session, made, world.people[TAKERS[0]])
    first, second = calibrations.files(session, made)
    version = calibration_grades.write(session, mine, first, {ELEMENTS[0]: "good"}, version_of({}))
    with pytest.raises(NewerDraft):
        calibration_grades.write(session, mine, first, {ELEMENTS[0]: "inadequate"}, version_of({}))
    calibration_grades.write(session, mine, second, {ELEMENTS[1]: "good"}, version_of({}))
    calibration_grades.write(session, mine, first, {ELEMENTS[0]: "outstanding"}, version)
    with pytest.raises(calibration_grades.Unanswered) as fault:
        calibration_grades.give(session, mine, TOOL, version_of(mine.draft), by="test", at=AT)
    assert len(fault.value.blanks) == 2 * len(ELEMENTS) - 2
    for file in (first, second):
        version = version_of(calibration_grades.draft_of(mine, file))
        calibration_grades.write(session, mine, file, dict.fromkeys(ELEMENTS, "good"), version)
    with pytest.raises(NewerDraft):
        calibration_grades.give(session, mine, TOOL, "old", by="test", at=AT)
    assert calibration_grades.give(session, mine, TOOL, version_of(mine.draft), by="test", at=AT)
    assert not calibration_grades.give(session, mine, TOOL, version_of(mine.draft), by="test", at=AT)
    assert session.scalar(select(func.count()).select_from(CalibrationGrade)) == 2 * len(ELEMENTS)
    with pytest.raises(CalibrationRefused, match="given"):
        calibration_grades.write(session, mine, first, {}, version_of({}))


@pytest.mark.parametrize("table", [CalibrationGrade, CalibrationReference, CalibrationNote, Guidance])
def test_what_is_kept_never_changes(session: Session, world: World, table: Any) -> None:
    made = revealed(session, world, (Grade.GOOD,) * 3, at=AT, reference=Grade.GOOD)
    calibrations.note(session, made, "We looked at visits.", by="test", at=AFTER)
    guidance.agree(session, made, TOOL, ELEMENTS[0], "Look for words.", version=0, by="test", at=AFTER)
    assert session.scalar(select(func.count()).select_from(table))
    for statement in (update(table).values(id=table.id), delete(table)):
        with pytest.raises(DBAPIError, match="kept as they were recorded"), session.begin_nested():
            session.execute(statement)


def test_a_file_that_may_name_somebody_needs_a_reason(session: Session, world: World) -> None:
    made = prepared(session, world, at=AT, files=0)
    telling = f"{RECORD} Ring 07700 900123. Moderator 1 chaired."
    with pytest.raises(NamesSomebody) as fault:
        calibrations.add_file(session, made, "Family", telling, reason="", by="test", at=AT)
    assert {one.kind.value for one in fault.value.found} == {"staff_name", "telephone"}
    with pytest.raises(NamesSomebody):
        calibrations.add_file(session, made, "The family of Manager Care", RECORD, reason="", by="test", at=AT)
    assert calibrations.files(session, made) == []
    calibrations.add_file(session, made, "Family", telling, reason="A made-up number.", by="test", at=AT)
    event = session.scalars(select(Event).where(Event.action == "identifiers.kept")).one()
    assert (event.reason, event.detail) == ("A made-up number.", {"found": {"staff_name": 1, "telephone": 1}})
    assert "07700" not in str([vars(one) for one in session.scalars(select(Event))])


def test_files_and_people_are_fixed_by_the_start(session: Session, world: World) -> None:
    made = prepared(session, world, at=AT, files=2)
    first, _ = calibrations.files(session, made)
    calibrations.remove_file(session, first, by="test", at=AT)
    left = calibrations.files(session, made)
    assert [one.number for one in left] == [2]
    calibrations.choose_people(
        session, made, [world.people[one].id for one in (*TAKERS[:2], "worker_care_1")], by="test", at=AT
    )
    assert len(calibrations.takers(session, made)) == 2  # a worker cannot be asked, the third was left out
    with pytest.raises(CalibrationRefused, match="two people"):
        calibrations.choose_people(session, made, [world.people[TAKERS[0]].id], by="test", at=AT)
    calibrations.start(session, made, by="test", at=AT)
    with pytest.raises(CalibrationRefused, match="has started"):
        calibrations.add_file(session, made, "More", RECORD, reason="", by="test", at=AT)
    with pytest.raises(CalibrationRefused, match="has started"):
        calibrations.remove_file(session, left[0], by="test", at=AT)
    calibrations.choose_people(session, made, [world.people["manager_leaving"].id], by="test", at=AT)
    assert len(calibrations.takers(session, made)) == 3
    assert world.people["manager_leaving"].id in told(session, "calibration.asked")


def test_an_exercise_needs_people_a_file_and_a_day_to_come(session: Session, world: World) -> None:
    with pytest.raises(CalibrationRefused, match="not over"):
        calibrations.make(session, "Late", TOOL, date(2026, 11, 22), [], by="test", at=AT)
    with pytest.raises(CalibrationRefused, match="two people"), session.begin_nested():
        calibrations.make(session, "One", TOOL, UNTIL, [world.people[TAKERS[0]].id], by="test", at=AT)
    empty = prepared(session, world, at=AT, files=0)
    with pytest.raises(CalibrationRefused, match="one file"):
        calibrations.start(session, empty, by="test", at=AT)


def test_the_last_reference_grade_counts_and_says_when_it_was_set(session: Session, world: World) -> None:
    made = revealed(session, world, (Grade.GOOD, Grade.OUTSTANDING, Grade.INADEQUATE), at=AT, reference=Grade.GOOD)
    file = calibrations.files(session, made)[0]
    with pytest.raises(CalibrationRefused, match="why"):
        calibration_grades.set_references(
            session, file, {ELEMENTS[0]: (Grade.INADEQUATE, "")}, by="test", at=AFTER
        )  # fmt: skip
    said = {
        ELEMENTS[0]: (Grade.INADEQUATE, "Nobody saw the child."),
        ELEMENTS[1]: (Grade.GOOD, "As the panel sees it."),
    }
    assert calibration_grades.set_references(session, file, said, by="test", at=AFTER) == 1
    rows = {element.key: reference for element, _, _, reference in found.results(session, made, TOOL).files[0].rows}
    first, second = rows[ELEMENTS[0]], rows[ELEMENTS[1]]
    assert first is not None
    assert second is not None
    assert (first.grade, first.after_reveal, second.grade, second.after_reveal) == (
        Grade.INADEQUATE, True, Grade.GOOD, False,
    )  # fmt: skip
    assert session.scalar(select(func.count()).select_from(CalibrationReference)) == len(ELEMENTS) + 1


def test_each_is_held_against_the_reference_and_no_grade_is_no_distance(session: Session, world: World) -> None:
    made = revealed(
        session, world, (Grade.OUTSTANDING, Grade.GOOD, NotGraded.NOT_ENOUGH_EVIDENCE), at=AT, reference=Grade.GOOD
    )
    best, same, none = (world.people[one] for one in TAKERS)
    distances = found.distances(session, made)
    assert set(distances) == {best.id, same.id}
    assert distances[best.id].matching.k == 0
    assert distances[best.id].higher == 1
    assert distances[same.id].distance == 0
    assert {one.above for one in found.own(session, part(session, made, best), TOOL)} == {1}
    assert {one.above for one in found.own(session, part(session, made, none), TOOL)} == {None}
    assert found.results(session, made, TOOL).elements[0].ungraded == (1,)


def test_coefficients_come_with_ten_files(session: Session, world: World) -> None:
    made = started(session, world, at=AT, files=10)
    for taker, grade in zip(TAKERS, (Grade.GOOD, Grade.GOOD, Grade.REQUIRES_IMPROVEMENT), strict=True):
        give(session, made, world.people[taker], grade, at=AT)
    calibrations.reveal(session, made, by="test", at=AT)
    first = found.results(session, made, TOOL).elements[0].exercise
    assert first.alpha.value is not None
    assert first.ac1.value is not None


def test_guidance_is_versioned_and_says_where_it_comes_from(session: Session, world: World) -> None:
    made = started(session, world, at=AT)
    with pytest.raises(CalibrationRefused, match="once the exercise is revealed"):
        guidance.agree(session, made, TOOL, ELEMENTS[0], "Too early.", version=0, by="test", at=AT)
    give(session, made, world.people[TAKERS[0]], at=AT)
    calibrations.reveal(session, made, by="test", at=AFTER)
    guidance.agree(session, made, TOOL, ELEMENTS[0], "Look for the child’s words.", version=0, by="test", at=AFTER)
    with pytest.raises(CalibrationRefused, match="meanwhile"):
        guidance.agree(session, made, TOOL, ELEMENTS[0], "From an old page.", version=0, by="test", at=AFTER)
    with pytest.raises(CalibrationRefused, match="stands already"):
        guidance.agree(session, made, TOOL, ELEMENTS[0], "Look for the child’s words.", version=1, by="test", at=AFTER)
    guidance.agree(session, made, TOOL, ELEMENTS[0], "And for drawings.", version=1, by="test", at=AFTER)
    stands = beside.current(session, TOOL.key, ELEMENTS[0])
    assert stands is not None
    assert (stands.version, stands.words, stands.calibration.title) == (2, "And for drawings.", "Voice of the child")
    assert [one.version for one in beside.history(session, TOOL.key, ELEMENTS[0])] == [2, 1]
    assert beside.current(session, TOOL.key, ELEMENTS[1]) is None


@pytest.mark.usefixtures("busy")
def test_the_figures_are_the_same_with_and_without_exercises(session: Session, world: World) -> None:
    before = [figures.figures(session, reach=Reach(), until=month) for month in (date(2026, 10, 1), date(2026, 11, 1))]
    made = revealed(session, world, (Grade.INADEQUATE,) * 3, at=AT, files=3, reference=Grade.OUTSTANDING)
    guidance.agree(session, made, TOOL, ELEMENTS[0], "Look for words.", version=0, by="test", at=AFTER)
    after = [figures.figures(session, reach=Reach(), until=month) for month in (date(2026, 10, 1), date(2026, 11, 1))]
    assert after == before


STEPS = ("add_file", "start", "write", "give", "reveal", "reference", "guidance", "note", "ask_more")


@dataclass
class Expected:
    """What a model of the life of an exercise knows."""

    state: str = "preparing"
    files: int = 0
    graded: set[str] = field(default_factory=set)
    gave: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=lambda: set(TAKERS))
    late: bool = False


@contextmanager
def allowed(fits: bool) -> Iterator[None]:
    if fits:
        yield
    else:
        with pytest.raises((CalibrationRefused, calibration_grades.Unanswered, NewerDraft)):
            yield


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from((*TAKERS, "manager_leaving")), st.booleans()),
                   max_size=22)
)  # fmt: skip
def test_whatever_happens_in_whatever_order_nothing_is_shown_before_the_reveal_or_changed_after(
    session: Session, world: World, steps: list[tuple[str, str, bool]]
) -> None:
    with session.begin_nested() as nested:
        made, expected = prepared(session, world, at=AT, files=0), Expected()
        for step, who, late in steps:
            expected.late = expected.late or late
            take(session, world, made, expected, (step, who))
            assert made.state == expected.state
            if expected.state == "revealed":
                assert found.results(session, made, TOOL).people == (len(expected.gave) if expected.files else 0)
            else:
                with pytest.raises(found.NotRevealed):
                    found.results(session, made, TOOL)
            rows = session.scalar(
                select(func.count()).select_from(CalibrationGrade)
                .join(CalibrationFile, CalibrationFile.id == CalibrationGrade.file_id)
                .where(CalibrationFile.calibration_id == made.id)
            )  # fmt: skip
            assert rows == len(expected.gave) * expected.files * len(ELEMENTS)
        nested.rollback()


def take(session: Session, world: World, made: Calibration, model: Expected, said: tuple[str, str]) -> None:
    """One step of somebody, held against the model."""
    step, who = said
    at, person = AFTER if model.late else AT, world.people[who]
    if step == "add_file":
        with allowed(model.state == "preparing"):
            calibrations.add_file(session, made, "Family", RECORD, reason="", by="test", at=at)
            model.files += 1
    elif step == "start":
        with allowed(model.state != "preparing" or (model.files > 0 and not model.late)):
            if calibrations.start(session, made, by="test", at=at):
                model.state = "open"
    elif step in {"write", "give"} and who in model.people:
        take_part(session, made, model, said, part(session, made, person))
    elif step == "reveal":
        over = model.late or model.gave == model.people
        with allowed(model.state == "revealed" or (model.state == "open" and bool(model.gave) and over)):
            if calibrations.reveal(session, made, by="test", at=at):
                model.state = "revealed"
    elif step == "ask_more":
        with allowed(model.state != "revealed"):
            everybody = [world.people[one].id for one in {*model.people, who}]
            calibrations.choose_people(session, made, everybody, by="test", at=at)
            model.people.add(who)
    elif step in {"note", "guidance", "reference"}:
        keep(session, made, model, step, at)


def keep(session: Session, made: Calibration, model: Expected, step: str, at: datetime) -> None:
    """What the QA lead keeps, held against the model."""
    if step == "note":
        with allowed(model.state == "revealed"):
            calibrations.note(session, made, "Said.", by="test", at=at)
    elif step == "guidance":
        last = beside.current(session, TOOL.key, ELEMENTS[0])
        version = last.version if last else 0
        with allowed(model.state == "revealed"):
            guidance.agree(session, made, TOOL, ELEMENTS[0], f"Text {version}.", version=version, by="test", at=at)
    elif step == "reference" and model.files:
        file = calibrations.files(session, made)[0]
        calibration_grades.set_references(session, file, {ELEMENTS[0]: (Grade.GOOD, "So.")}, by="test", at=at)


def take_part(session: Session, made: Calibration, model: Expected, said: tuple[str, str], mine: Any) -> None:
    """Writing and giving, held against the model."""
    step, who = said
    if step == "write":
        for file in calibrations.files(session, made):
            stored = version_of(calibration_grades.draft_of(mine, file))
            with allowed(model.state == "open" and who not in model.gave):
                calibration_grades.write(session, mine, file, dict.fromkeys(ELEMENTS, "good"), stored)
                model.graded.add(who)
        return
    may = who in model.gave or (model.state == "open" and who in model.graded)
    with allowed(may):
        if calibration_grades.give(session, mine, TOOL, version_of(mine.draft), by="test", at=AT):
            model.gave.add(who)
