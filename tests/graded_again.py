"""What second grades bring with them, for tests: challenges, further readings, overrides, exercises, further draws."""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app.models import (
    Audit,
    Challenge,
    ChallengePoint,
    ChallengeRuling,
    Cycle,
    Draw,
    Moderation,
    Override,
    Reading,
    ReadingGrade,
)
from qa_app.services import moderations, supplements
from tests.calibrating import prepared, revealed, started
from tests.conftest import AT
from tests.months import ELEMENTS, judge, submitted_audit
from tests.seconds import NOTE
from tests.world import World


@dataclass
class Making:
    """Rows of a month whose audits are graded again, as its pages show them."""

    session: Session
    world: World
    cycle: Cycle

    def given(self, number: int, auditor: str, moderator: str) -> Moderation:
        """An audit that its moderator has still to grade."""
        audit = submitted_audit(self.session, self.world, self.cycle, number, at=AT, by=auditor)
        audit.state = "selected"
        made = Moderation(
            audit_id=audit.id, moderator_id=self.world.people[moderator].id, stream="chosen", state="allocated",
            allocated_at=AT,
        )  # fmt: skip
        self.session.add(made)
        self.session.flush()
        return made

    def graded(self, number: int, auditor: str, moderator: str) -> Audit:
        """One that its moderator has graded otherwise."""
        made = self.given(number, auditor, moderator)
        person = self.world.people[moderator]
        judge(self.session, made.audit, person, "moderator", dict.fromkeys(ELEMENTS, Grade.INADEQUATE), at=AT)
        made.state, made.moderated_at, made.audit.state = "moderated", AT, "moderated"
        self.session.flush()
        return made.audit

    def agreed(self, number: int, auditor: str, moderator: str) -> Audit:
        """One whose final grades are agreed."""
        made, person = self.given(number, auditor, moderator), self.world.people[moderator]
        moderations.grade(
            self.session, made, person, dict.fromkeys(ELEMENTS, Grade.REQUIRES_IMPROVEMENT), {}, by="test", at=AT
        )
        final = {
            each: moderations.Resolution(Grade.REQUIRES_IMPROVEMENT, moderations.Reason.WEIGHED, NOTE)
            for each in ELEMENTS
        }
        moderations.agree(self.session, made, final, form_sound=True, by="test", judge_id=person.id, at=AT)
        return made.audit

    def challenge(self, audit: Audit, decider: str | None, *, decided: bool = False) -> None:
        """A challenge of its overall grade; without a decider it waits for the QA lead."""
        made = Challenge(
            audit_id=audit.id, raised_at=AT, raised_by=f"person:{audit.auditor_id}",
            decider_id=self.world.people[decider].id if decider else None,
            decided_at=AT if decided else None, decided_by="test" if decided else None,
        )  # fmt: skip
        self.session.add(made)
        self.session.flush()
        self.session.add(ChallengePoint(challenge_id=made.id, element="overall", reason="It is in the record."))

    def reading(self, audit: Audit, kind: str, reader: str | None, state: str) -> None:
        """A third reading of it, or its auditor's self-check."""
        self.session.add(
            Reading(
                id=uuid4(), audit_id=audit.id, kind=kind, state=state, asked_at=AT, asked_by="test", reason="Unclear.",
                reader_id=self.world.people[reader].id if reader else None, given_at=AT if state == "given" else None,
                ended_at=AT if state == "ended" else None, ended_by="test" if state == "ended" else None,
            )
        )  # fmt: skip
        self.session.flush()

    def override(self, moderation: Moderation, moderator: str, asks: str) -> None:
        """Somebody asks that a moderator who is tied to it may grade it; a second person has to agree."""
        self.session.add(
            Override(
                moderation_id=moderation.id, moderator_id=self.world.people[moderator].id, conflicts=["case_team"],
                reason="Nobody else is free.", asked_at=AT, asked_by=f"person:{self.world.people[asks].id}",
            )
        )  # fmt: skip


def grade_again(session: Session, world: World, month: Cycle) -> None:
    """One of each in a drawn month, for the people who walk the pages; and an exercise in each state."""
    made = Making(session, world, month)
    made.challenge(made.agreed(151, "manager_care", "moderator_2"), "moderator_1")
    without = made.agreed(152, "manager_planning", "moderator_2")
    made.challenge(without, None)
    made.reading(without, "self", "manager_planning", "given")
    made.reading(made.agreed(153, "manager_care", "moderator_2"), "self", "manager_care", "asked")
    made.agreed(154, "manager_care", "moderator_3")
    made.graded(155, "manager_care", "moderator_1")
    made.reading(made.graded(156, "manager_planning", "moderator_2"), "third", "moderator_1", "asked")
    made.override(made.given(157, "manager_planning", "moderator_2"), "moderator_3", "qa_lead")
    made.given(158, "manager_planning", "moderator_1").mode = "sighted"
    takers = ("manager_care", "moderator_1", "moderator_2")
    prepared(session, world, at=AT, takers=takers)
    started(session, world, at=AT, takers=takers)
    revealed(session, world, [Grade.GOOD, Grade.INADEQUATE, Grade.GOOD], at=AT, takers=takers, reference=Grade.GOOD)
    draw = session.scalars(select(Draw).where(Draw.cycle_id == month.id, Draw.kind == "moderation")).one()
    (stratum, _), *_ = supplements.left(session, draw)
    supplements.draw_further(session, draw, stratum, 1, seed="more", reason="Time.", by="test", at=AT)
    session.flush()


def say_of(session: Session, world: World, made: Moderation, words: str) -> None:
    """These words in everything others may have said of an audit that is graded again."""
    audit, at = made.audit, {"asked_at": AT, "asked_by": "test"}
    challenge = Challenge(
        id=uuid4(), audit_id=audit.id, raised_at=AT, raised_by=f"person:{audit.auditor_id}",
        decider_id=made.moderator_id, decided_at=AT, decided_by="test",
    )  # fmt: skip
    third, check = (
        Reading(
            id=uuid4(), audit_id=audit.id, kind=kind, state="given", reader_id=reader, reason=words, given_at=AT, **at
        )
        for kind, reader in (("third", world.people["moderator_3"].id), ("self", audit.auditor_id))
    )
    session.add_all((challenge, third, check))
    session.flush()
    session.add_all((
        ChallengePoint(challenge_id=challenge.id, element="overall", reason=words),
        ChallengeRuling(challenge_id=challenge.id, element="overall", grade="inadequate", note=words),
        *(ReadingGrade(reading_id=one.id, element="overall", grade="inadequate", words=words, given_at=AT)
          for one in (third, check)),
        Override(
            moderation_id=made.id, moderator_id=world.people["moderator_2"].id, conflicts=["case_team"], reason=words,
            state="refused", answered_at=AT, answered_by="another", answer=words, **at,
        ),
    ))  # fmt: skip
    session.flush()
