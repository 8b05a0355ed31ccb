"""From a plan to the figure: any plan's strata, a further draw and an audit picked by hand, weighed as they ought."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from moderation.plans import StratumRule
from moderation.statistics.figures import AgreementWindow
from qa_app.models import Audit, Cycle, Draw, FrameMember, Judgement, Moderation, Person, SupplementMember
from qa_app.queries.framed import frame
from qa_app.queries.reach import Reach
from qa_app.services import closing, figures, moderations, sampling, sampling_plans, supplements
from tests.conftest import AT
from tests.months import ELEMENTS, submitted_audit, submitted_month
from tests.world import World

RI = Grade.REQUIRES_IMPROVEMENT
REST = StratumRule("everything else", Fraction(1, 4))
PLAN = (
    StratumRule("best", Fraction(1), grades=frozenset({"outstanding"})),
    StratumRule("weak", Fraction(1, 2), grades=frozenset({"inadequate"}), at_most=3),
    StratumRule("picked streams", Fraction(1, 2), marks=frozenset({"stream:targeted"})),
    REST,
)
GRADES = [Grade.OUTSTANDING] * 3 + [Grade.INADEQUATE] * 8 + [Grade.GOOD] * 55


def drawn_month(
    session: Session,
    world: World,
    plan: tuple[StratumRule, ...],
    grades: list[Grade],
    month: date,
    *,
    targeted: int = 0,
) -> Cycle:
    cycle, audits = submitted_month(session, world, grades, at=AT, month=month)
    for audit in audits[11 : 11 + targeted]:
        audit.stream = "targeted"
    was = sampling_plans.in_force(session, cycle).sha256
    sampling_plans.save(session, cycle, plan, was=was, reason="A plan", by="test", at=AT)
    sampling.draw_sample(session, cycle, seed=str(month), by="test", at=AT)
    return cycle


def grade_all(session: Session, cycle: Cycle, disagree: set[int]) -> None:
    """Every moderation of a month graded: as the auditor did, or lower where the audit's number is named."""
    for moderation in session.scalars(select(Moderation).join(Audit).where(Audit.cycle_id == cycle.id)).all():
        if moderation.state != "allocated":
            continue
        given = Grade(
            session.scalars(
                select(Judgement.grade).where(
                    Judgement.audit_id == moderation.audit_id,
                    Judgement.stage == "auditor",
                    Judgement.element == "overall",
                )
            ).one()
        )
        said = RI if moderation.audit.number in disagree else given
        moderator = session.get_one(Person, moderation.moderator_id)
        grades = dict.fromkeys(ELEMENTS, said)
        moderations.grade(session, moderation, moderator, grades, {}, by="test", at=AT)


def window(session: Session, until: date) -> AgreementWindow:
    return figures.figures(session, until=until).agreement.windows.last_3


def test_strata_of_any_plan_reach_the_figure_with_their_weights(session: Session, world: World) -> None:
    cycle = drawn_month(session, world, PLAN, GRADES, date(2026, 11, 1), targeted=15)
    draw = session.scalars(select(Draw)).one()
    supplements.draw_further(session, draw, "everything else", 2, seed="m", reason="Time", by="test", at=AT)
    by_hand = session.scalars(
        select(Audit).where(Audit.state == "submitted").order_by(Audit.number.desc()).limit(1)
    ).one()
    sampling.choose(session, by_hand, reason="A complaint", seed="c", by="test", at=AT)
    numbers = dict(session.execute(select(Audit.id, Audit.number)).all())  # type: ignore[arg-type]
    disagree = {numbers[one] for n, one in enumerate(sorted(selected(session)[0])) if n % 5 == 0} | {by_hand.number}
    grade_all(session, cycle, disagree)
    closing.close(session, cycle, by="test", at=AT)
    counted = by_rows(session, disagree)
    rows = {row.stratum: row for row in frame(session, Reach())}
    assert [row.stratum for row in frame(session, Reach())] == ["best", "weak", "picked streams", "everything else"]
    assert {name: (row.audits, row.selected) for name, row in rows.items()} == {
        "best": (3, 3), "weak": (8, 3), "picked streams": (15, 8), "everything else": (40, 12),
    }  # fmt: skip
    made = window(session, date(2026, 11, 1))
    assert {one.name: (one.audits, one.n, one.k) for one in made.strata} == counted
    assert sum(one.n for one in made.strata) == 26, "the audit picked by hand is not among them"
    # 'Weak' has three pairs and is joined to its neighbour in the plan; 'best' has as few and is drawn whole.
    assert [(one.name, one.parts) for one in made.used] == [
        ("best", ("best",)),
        ("weak and picked streams", ("weak", "picked streams")),
        ("everything else", ("everything else",)),
    ]
    weak, streams = counted["weak"], counted["picked streams"]
    joined = (weak[0] + streams[0], weak[1] + streams[1], weak[2] + streams[2])
    cells = (counted["best"], joined, counted["everything else"])
    assert made.estimate == sum(Fraction(N * k, 66 * n) for N, n, k in cells)
    assert made.estimate not in (Fraction(made.share.k, made.share.n), None)
    assert (made.covered.k, made.covered.n) == (66, 66)


def selected(session: Session) -> tuple[set[UUID], dict[UUID, str]]:
    """The audits drawn at first or further, and every audit's stratum, straight from the rows."""
    first = set(session.scalars(select(FrameMember.audit_id).where(FrameMember.selected)))
    further = set(session.scalars(select(SupplementMember.audit_id)))
    return first | further, {one.audit_id: one.stratum for one in session.scalars(select(FrameMember))}


def by_rows(session: Session, disagree: set[int]) -> dict[str, tuple[int, int, int]]:
    """N, n and k of each stratum, counted one audit at a time."""
    drawn, stratum_of = selected(session)
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for audit_id, stratum in stratum_of.items():
        number = session.get_one(Audit, audit_id).number
        sums[stratum][0] += 1
        sums[stratum][1] += audit_id in drawn
        sums[stratum][2] += audit_id in drawn and number not in disagree
    return {name: (all_, n, k) for name, (all_, n, k) in sums.items()}


def test_a_stratum_drawn_at_another_rate_in_another_month_is_not_added_up_with_it(
    session: Session, world: World
) -> None:
    """8 of 32 and 16 of 16, all of the first disagreeing: added up it would look as if two in three agreed."""
    october = drawn_month(session, world, (REST,), [Grade.GOOD] * 32, date(2026, 10, 1))
    grade_all(session, october, set(range(1, 33)))
    closing.close(session, october, by="test", at=AT)
    more = replace(REST, rate=Fraction(9, 10), at_least=16)
    november = drawn_month(session, world, (more,), [Grade.GOOD] * 16, date(2026, 11, 1))
    grade_all(session, november, set())
    closing.close(session, november, by="test", at=AT)
    made = window(session, date(2026, 11, 1))
    assert [(one.name, one.audits, one.n, one.k) for one in made.strata] == [
        ("everything else (25%)", 32, 8, 0),
        ("everything else (90%, at least 16)", 16, 16, 16),
    ]
    assert made.estimate == Fraction(1, 3)
    assert made.share.fraction == Fraction(2, 3)


def test_the_same_plan_in_two_months_is_added_up(session: Session, world: World) -> None:
    for month in (date(2026, 10, 1), date(2026, 11, 1)):
        cycle = drawn_month(session, world, (REST,), [Grade.GOOD] * 12, month)
        grade_all(session, cycle, set())
        closing.close(session, cycle, by="test", at=AT)
    made = window(session, date(2026, 11, 1))
    assert [(one.name, one.audits, one.n) for one in made.strata] == [("everything else", 24, 6)]


def test_an_audit_of_the_frame_chosen_afterwards_stays_outside_the_figure(session: Session, world: World) -> None:
    cycle = drawn_month(session, world, (REST,), [Grade.GOOD] * 12, date(2026, 11, 1))
    unframed = submitted_audit(session, world, cycle, 80, at=AT)
    framed = session.scalars(select(Audit).where(Audit.state == "submitted", Audit.id != unframed.id).limit(1)).one()
    for one in (framed, unframed):
        sampling.choose(session, one, reason="A complaint", seed="c", by="test", at=AT)
    grade_all(session, cycle, {framed.number, 80})
    closing.close(session, cycle, by="test", at=AT)
    made = window(session, date(2026, 11, 1))
    assert (made.share.k, made.share.n, made.done_blind, made.selected) == (3, 3, 3, 3)
    assert (made.covered.k, made.covered.n) == (12, 13), "the one chosen before a draw was never drawn from"
