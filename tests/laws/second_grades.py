"""What stands around second grades: challenges, third readings, self-checks, overrides, exercises, plans and draws.

Who sees and changes which is said here row by row, from the rows themselves, by another hand than `access/`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app.access.permissions import Role
from qa_app.models import (
    Calibration,
    CalibrationFile,
    CalibrationTaker,
    Challenge,
    Cycle,
    Draw,
    Moderation,
    Override,
    Reading,
)
from tests.calibrating import prepared, revealed, started
from tests.conftest import AT
from tests.graded_again import Making
from tests.laws.around import Council
from tests.laws.test_objects import Reader, Row
from tests.world import World

CHALLENGES, TAKES = {Role.AUDITOR, Role.MODERATOR}, {Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.MODERATOR, Role.QA_LEAD}
ANSWERS, RUNS, GRADES = {Role.HEAD_OF_SERVICE, Role.QA_LEAD}, {Role.QA_LEAD}, {Role.MODERATOR}
WAITS = ("asked", "reading")
TAKERS = ("manager_care", "moderator_1", "lead_who_moderates")


@dataclass
class Seconds:
    """The rows themselves, as they are when everybody asks."""

    council: Council
    challenges: list[Challenge] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    overrides: list[tuple[Override, UUID]] = field(default_factory=list)  # with the audit
    exercises: list[tuple[Calibration, list[CalibrationFile], dict[UUID, bool]]] = field(default_factory=list)
    moderations: list[Moderation] = field(default_factory=list)
    draws: list[Draw] = field(default_factory=list)

    @property
    def third(self) -> list[Reading]:
        return [one for one in self.readings if one.kind == "third"]

    @property
    def self_checks(self) -> list[Reading]:
        return [one for one in self.readings if one.kind == "self"]

    def row(self, audit: UUID) -> Row:
        return self.council.audits[audit]

    def facts(self, reader: Reader, audit: UUID) -> tuple[object, ...]:
        """What every rule asks about somebody and an audit that is graded again."""
        return (*self.council.facts(reader, audit), self.council.may_come(reader, self.row(audit)))

    def sees_challenge(self, reader: Reader, one: Challenge) -> bool:
        """Its auditor, who decides it, and who runs moderation; nobody who has yet to grade that audit."""
        row, me = self.row(one.audit_id), reader.person.id
        raised = bool(CHALLENGES & reader.roles) and row.auditor == me
        theirs = raised or (Role.MODERATOR in reader.roles and one.decider_id == me) or Role.QA_LEAD in reader.roles
        return theirs and not self.council.waits(reader, row)

    def decides(self, reader: Reader, one: Challenge) -> bool:
        return self.sees_challenge(reader, one) and one.decider_id == reader.person.id

    def gives_challenge(self, reader: Reader, one: Challenge) -> bool:
        return Role.QA_LEAD in reader.roles and self.sees_challenge(reader, one)

    def raises(self, reader: Reader, row: Row) -> bool:
        """Whether somebody opens the page to challenge the grades of an audit."""
        settled = row.moderated == "agreed" and reader.reads(row)
        return bool(CHALLENGES & reader.roles) and row.auditor == reader.person.id and settled

    def answers(self, reader: Reader, audit: UUID) -> bool:
        row = self.row(audit)
        blind = self.council.waits(reader, row) or self.council.may_come(reader, row)
        return (Role.QA_LEAD in reader.roles or self.council.leads(reader, row)) and not blind

    def reads_third(self, reader: Reader, one: Reading) -> bool:
        return Role.MODERATOR in reader.roles and one.reader_id == reader.person.id and one.state != "ended"

    def gives_reading(self, reader: Reader, one: Reading) -> bool:
        return Role.QA_LEAD in reader.roles and not self.council.waits(reader, self.row(one.audit_id))

    def own_check(self, reader: Reader, one: Reading) -> bool:
        return bool(TAKES & reader.roles) and one.reader_id == reader.person.id

    def runs_check(self, reader: Reader, one: Reading) -> bool:
        row = self.row(one.audit_id)
        blind = self.council.waits(reader, row) or self.council.may_come(reader, row)
        return Role.QA_LEAD in reader.roles and not blind

    def calls_off(self, reader: Reader, one: Reading) -> bool:
        return self.runs_check(reader, one) and one.reader_id != reader.person.id

    def sees_check(self, reader: Reader, one: Reading) -> bool:
        return self.own_check(reader, one) or self.runs_check(reader, one)

    def takes(self, reader: Reader, takers: dict[UUID, bool]) -> bool:
        """Whether somebody was asked to grade an exercise: before it starts nobody is."""
        return takers.get(reader.person.id, False)

    def sees_exercise(self, reader: Reader, takers: dict[UUID, bool]) -> bool:
        return Role.QA_LEAD in reader.roles or self.takes(reader, takers)

    def refers(self, reader: Reader, exercise: Calibration, takers: dict[UUID, bool]) -> bool:
        """Whether somebody sets reference grades: none who grades too, until everybody's grades are shown."""
        return Role.QA_LEAD in reader.roles and (exercise.state == "revealed" or reader.person.id not in takers)

    def learns_no_stratum(self, reader: Reader, cycle: UUID) -> bool:
        """Whether somebody may yet grade an audit of the month, so that its strata are kept from them."""
        mine = [row for row in self.council.audits.values() if row.cycle == cycle]
        return any(self.council.waits(reader, row) or self.council.may_come(reader, row) for row in mine)

    def sets_mode(self, reader: Reader, one: Moderation) -> bool:
        return one.moderator_id != reader.person.id

    def overrides_for(self, reader: Reader, one: Moderation) -> bool:
        row = self.row(one.audit_id)
        return not (self.council.waits(reader, row) or self.council.may_come(reader, row))

    def asks_third(self, reader: Reader, one: Moderation) -> bool:
        mine = Role.MODERATOR in reader.roles and one.moderator_id == reader.person.id
        return mine and one.state in ("moderated", "agreed")

    def opened(self, reader: Reader) -> Iterator[tuple[str, bool, tuple[object, ...]]]:
        """Every address with an id, whether it opens, and all that the rules ask."""
        for challenge in self.challenges:
            facts = (*self.facts(reader, challenge.audit_id), challenge.decided_at is None)
            yield f"/challenges/{challenge.id}", self.decides(reader, challenge), facts
            yield f"/challenges/{challenge.id}/give", self.gives_challenge(reader, challenge), facts
        for row in self.council.audits.values():
            yield f"/audits/{row.id}/challenge", self.raises(reader, row), self.facts(reader, row.id)
        for override, audit in self.overrides:
            yield f"/overrides/{override.id}", self.answers(reader, audit), self.facts(reader, audit)
        for third in self.third:
            facts = (*self.facts(reader, third.audit_id), third.reader_id == reader.person.id, third.state)
            if third.state != "given":  # then it leads to the audit, and that is the audit's own law
                yield f"/readings/{third.id}", self.reads_third(reader, third), facts
                yield f"/readings/{third.id}/sections/voice", self.reads_third(reader, third), facts
            yield f"/readings/{third.id}/give", self.gives_reading(reader, third), facts
        for check in self.self_checks:
            mine = (*self.facts(reader, check.audit_id), check.reader_id == reader.person.id, check.state)
            yield f"/self-checks/{check.id}", self.sees_check(reader, check), mine
            if check.state in WAITS:
                yield f"/self-checks/{check.id}/check", self.own_check(reader, check), mine
        yield from self._exercises(reader)
        yield from self._runs(reader)

    def _exercises(self, reader: Reader) -> Iterator[tuple[str, bool, tuple[object, ...]]]:
        for exercise, files, takers in self.exercises:
            facts = (exercise.state, takers.get(reader.person.id))
            base, runs = f"/calibrations/{exercise.id}", Role.QA_LEAD in reader.roles
            yield base, self.sees_exercise(reader, takers), facts
            yield f"{base}/people", runs, facts
            if exercise.state == "open":
                yield f"{base}/check", self.takes(reader, takers), facts
                yield f"/calibrations/files/{files[0].id}", self.takes(reader, takers), facts
                yield f"{base}/reveal", runs, facts
            yield f"/calibrations/files/{files[0].id}/reference", self.refers(reader, exercise, takers), facts
            yield f"{base}/guidance/overall", runs and exercise.state == "revealed", facts

    def _runs(self, reader: Reader) -> Iterator[tuple[str, bool, tuple[object, ...]]]:
        runs = Role.QA_LEAD in reader.roles
        for moderation in self.moderations:
            row, facts = self.row(moderation.audit_id), self.facts(reader, moderation.audit_id)
            base = f"/cycles/{row.cycle}/sample/{moderation.id}"
            yield f"{base}/mode", runs and self.sets_mode(reader, moderation), facts
            yield f"{base}/override", runs and self.overrides_for(reader, moderation), facts
            yield f"/moderations/{moderation.id}/third-reader", self.asks_third(reader, moderation), facts
        for draw in self.draws:
            yield f"/cycles/{draw.cycle_id}/sample/draws/{draw.id}", runs, (draw.cycle_id,)
            yield f"/cycles/{draw.cycle_id}/sample/draws/{draw.id}/more", runs, (draw.cycle_id,)


def give_second_grades(session: Session, world: World) -> None:
    """Audits of the open month that are graded again in every way, and exercises in every state."""
    november = session.scalars(select(Cycle).where(Cycle.state == "released")).one()
    made = Making(session, world, november)
    for number, (auditor, moderator, decider) in enumerate(
        (
            ("manager_planning", "moderator_1", "moderator_2"),
            ("manager_care", "moderator_1", "moderator_3"),
            ("manager_leaving", "moderator_1", None),
            ("manager_assessment", "moderator_3", "lead_who_moderates"),
        ),
        201,
    ):
        audit = made.agreed(number, auditor, moderator)
        made.challenge(audit, decider, decided=decider == "moderator_3")
        if auditor == "manager_leaving":  # who grades it again is told nothing of the challenge meanwhile
            made.reading(audit, "self", auditor, "asked")
        if auditor == "manager_care":
            made.reading(audit, "self", auditor, "given")
    for number, (reader, state) in enumerate(
        (
            ("moderator_3", "asked"), ("lead_who_moderates", "reading"), ("moderator_2", "given"),
            ("moderator_3", "ended"), (None, "asked"),
        ), 211,
    ):  # fmt: skip
        made.reading(made.graded(number, "manager_planning", "moderator_1"), "third", reader, state)
    own = made.agreed(221, "lead_who_moderates", "moderator_3")
    made.reading(own, "self", "lead_who_moderates", "asked")
    for number, moderator in enumerate(("moderator_2", "lead_who_moderates"), 231):
        made.override(made.given(number, "manager_care", moderator), "moderator_1", "director")
    made.given(233, "manager_care", "moderator_3")
    for number, moderator in enumerate(("moderator_1", "head_who_moderates"), 235):
        made.given(number, "manager_planning", moderator).mode = "sighted"
    prepared(session, world, at=AT, takers=TAKERS)
    started(session, world, at=AT, takers=TAKERS)
    revealed(session, world, [Grade.GOOD, Grade.INADEQUATE, Grade.GOOD], at=AT, takers=TAKERS)
    session.flush()


def read_second_grades(session: Session, council: Council) -> Seconds:
    """All of it, from the rows."""
    takers: dict[UUID, dict[UUID, bool]] = {}
    for one in session.scalars(select(CalibrationTaker)):
        takers.setdefault(one.calibration_id, {})[one.person_id] = one.asked_at is not None
    files: dict[UUID, list[CalibrationFile]] = {}
    for file in session.scalars(select(CalibrationFile).order_by(CalibrationFile.number)):
        files.setdefault(file.calibration_id, []).append(file)
    return Seconds(
        council,
        list(session.scalars(select(Challenge).order_by(Challenge.id))),
        list(session.scalars(select(Reading).order_by(Reading.id))),
        [(one, one.moderation.audit_id) for one in session.scalars(select(Override).order_by(Override.id))],
        [(one, files[one.id], takers[one.id]) for one in session.scalars(select(Calibration).order_by(Calibration.id))],
        list(session.scalars(select(Moderation).where(Moderation.batch_id.is_(None)).order_by(Moderation.id))),
        list(session.scalars(select(Draw).where(Draw.kind == "moderation").order_by(Draw.id))),
    )
