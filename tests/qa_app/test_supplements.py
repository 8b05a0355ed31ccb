"""Further draws, and the proof that every draw was made as recorded."""

from datetime import timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app.models import Cycle, Draw, Event, FrameMember, Judgement, Moderation, Supplement, SupplementMember
from qa_app.queries.framed import frame
from qa_app.queries.reach import Reach
from qa_app.services import moderators, sample_proof, sample_record, sampling, supplements
from qa_app.services.supplements import CannotSupplement
from tests.conftest import AT
from tests.months import submitted_audit, submitted_month
from tests.world import World

LATER = AT + timedelta(days=1)
GRADES = [Grade.INADEQUATE] * 2 + [Grade.GOOD] * 20
REST = sampling.EVERYTHING_ELSE


@pytest.fixture
def drawn(session: Session, world: World) -> tuple[Cycle, Draw]:
    cycle, _ = submitted_month(session, world, GRADES, at=AT - timedelta(days=1))
    return cycle, sampling.draw_sample(session, cycle, seed="first", by="test", at=AT).draw


def more(session: Session, draw: Draw, extra: int = 3, *, stratum: str = REST, seed: str = "more") -> Supplement:
    return supplements.draw_further(
        session, draw, stratum, extra, seed=seed, reason="Two moderators had time", by="test", at=LATER
    )


def members(session: Session, *conditions: Any) -> set[UUID]:
    return set(session.scalars(select(FrameMember.audit_id).where(*conditions)))


def test_a_further_draw_takes_others_hands_them_out_and_is_recorded(
    session: Session, drawn: tuple[Cycle, Draw]
) -> None:
    cycle, draw = drawn
    first = members(session, FrameMember.selected)
    assert supplements.left(session, draw) == ((REST, 16),)
    kept = more(session, draw)
    taken = set(session.scalars(select(SupplementMember.audit_id)))
    assert len(taken) == 3
    assert not taken & first
    assert (kept.number, kept.extra, kept.stratum, len(kept.frame)) == (1, 3, REST, 16)
    assert Fraction(kept.chance_numerator, kept.chance_denominator) == Fraction(7, 20)
    given = session.scalars(select(Moderation).where(Moderation.audit_id.in_(taken))).all()
    assert {(one.stream, one.state) for one in given} == {("sampled", "allocated")}
    assert all(one.moderator_id for one in given)
    event = session.scalars(select(Event).where(Event.action == "sample.supplemented")).one()
    assert (event.reason, event.detail["seed"], event.detail["extra"]) == ("Two moderators had time", "more", 3)
    assert "Two moderators" not in str(event.detail)
    assert supplements.left(session, draw) == ((REST, 13),)
    assert sample_proof.faults(session, draw) == ()
    assert cycle.state == "released"


def test_the_frame_counts_what_was_drawn_further_as_selected(session: Session, drawn: tuple[Cycle, Draw]) -> None:
    before = {row.stratum: row for row in frame(session, Reach())}
    more(session, drawn[1])
    after = {row.stratum: row for row in frame(session, Reach())}
    assert (before[REST].audits, before[REST].selected, before[REST].not_done) == (20, 4, 4)
    assert (after[REST].audits, after[REST].selected, after[REST].not_done) == (20, 7, 7)
    assert after["inadequate"] == before["inadequate"]


def test_a_second_further_draw_takes_from_what_both_left(session: Session, drawn: tuple[Cycle, Draw]) -> None:
    _, draw = drawn
    one, two = more(session, draw), more(session, draw, 4, seed="again")
    assert (two.number, len(two.frame)) == (2, 13)
    assert not set(two.frame) & {str(audit_id) for audit_id in members(session, FrameMember.selected)}
    assert Fraction(two.chance_numerator, two.chance_denominator) == Fraction(11, 20)
    assert len(session.scalars(select(SupplementMember)).all()) == 7
    assert one.seed != two.seed
    assert sample_proof.faults(session, draw) == ()


def test_audits_chosen_by_hand_or_withdrawn_meanwhile_are_not_drawn_further(
    session: Session, drawn: tuple[Cycle, Draw]
) -> None:
    _, draw = drawn
    rest = session.scalars(select(FrameMember).where(~FrameMember.selected).order_by(FrameMember.audit_id)).all()
    chosen, withdrawn = (session.get_one(sampling.Audit, one.audit_id) for one in rest[:2])
    sampling.choose(session, chosen, reason="A complaint", seed="c", by="test", at=AT)
    withdrawn.state, withdrawn.withdrawn_at, withdrawn.withdrawn_by = "withdrawn", AT, "test"
    kept = more(session, draw, 14)
    assert not {str(chosen.id), str(withdrawn.id)} & set(kept.frame)
    assert Fraction(kept.chance_numerator, kept.chance_denominator) == 1
    with pytest.raises(CannotSupplement, match="No audit"):
        more(session, draw, 1)
    assert sample_proof.faults(session, draw) == ()


@pytest.mark.parametrize(
    ("stratum", "extra", "words"),
    [
        (REST, 17, "Ask for 1 to 16"),
        (REST, 0, "Ask for 1 to 16"),
        ("nowhere", 1, "no stratum"),
        ("inadequate", 1, "No"),
    ],
)
def test_a_further_draw_that_cannot_be_is_refused(
    session: Session, drawn: tuple[Cycle, Draw], stratum: str, extra: int, words: str
) -> None:
    with pytest.raises(CannotSupplement, match=words):
        more(session, drawn[1], extra, stratum=stratum)
    assert session.scalars(select(Supplement)).all() == []


def test_nothing_is_drawn_further_from_a_closed_month_or_an_imported_draw(
    session: Session, drawn: tuple[Cycle, Draw]
) -> None:
    cycle, _ = drawn
    imported = Draw(
        cycle_id=cycle.id, kind="moderation", seed="", rule={"stated": "as the council says"}, frame={},
        frame_sha256="", excluded={}, drawn_at=AT, drawn_by="test",
    )  # fmt: skip
    session.add(imported)
    session.flush()
    with pytest.raises(CannotSupplement, match="outside this service"):
        more(session, imported)
    cycle.state, cycle.closed_at, cycle.closed_by = "closed", AT, "test"
    with pytest.raises(moderators.WrongState, match="while the month is open"):
        more(session, drawn[1])


def test_rows_of_a_further_draw_cannot_be_changed_or_removed(session: Session, drawn: tuple[Cycle, Draw]) -> None:
    more(session, drawn[1])
    session.commit()
    for table in (Supplement, SupplementMember):
        changed = update(table).values({"seed": "x"} if table is Supplement else {"audit_id": uuid4()})
        for statement in (changed, delete(table)):
            with pytest.raises(DBAPIError, match="are kept as they were recorded"):
                session.execute(statement)
            session.rollback()


def changed(session: Session, row: Any, **values: Any) -> Any:
    """A row as somebody with the database in hands might leave it; it is not written."""
    session.expunge(row)
    for name, value in values.items():
        setattr(row, name, value)
    return row


def test_whatever_of_a_draw_was_changed_is_found_out(session: Session, drawn: tuple[Cycle, Draw]) -> None:
    _, draw = drawn
    assert sample_proof.faults(session, draw) == ()
    rule = {**draw.rule, "rules": [{**draw.rule["rules"][0], "at_least": 1}, draw.rule["rules"][1]]}
    for values, words in (
        ({"seed": "another"}, "record of changes"),
        ({"rule": rule}, "The plan is not the one"),
        ({"rule": {**draw.rule, "plan_sha256": "0" * 64}}, "The plan is not the one"),
        ({"frame_sha256": "0" * 64}, "recorded frame"),
        ({"frame": {"audits": draw.frame["audits"][1:]}}, "recorded frame"),
    ):
        before = {name: getattr(draw, name) for name in values}
        faults = sample_proof.faults(session, changed(session, draw, **values))
        assert any(words in fault for fault in faults), (values, faults)
        for name, value in before.items():
            setattr(draw, name, value)
        session.add(draw)
        session.flush()


def _unguarded(session: Session) -> None:
    """Let this transaction change kept rows, as whoever owns the database can."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("SET LOCAL session_replication_role = replica")
        return
    names = session.connection().exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars()
    for name in names.all():
        session.connection().exec_driver_sql(f"DROP TRIGGER {name}")


def test_rows_changed_in_the_database_itself_are_found_out(session: Session, drawn: tuple[Cycle, Draw]) -> None:
    _, draw = drawn
    kept = more(session, draw)
    _unguarded(session)
    first = session.scalars(select(FrameMember).where(FrameMember.selected, ~FrameMember.certainty).limit(1)).one()
    other = session.scalars(
        select(FrameMember).where(~FrameMember.selected, FrameMember.audit_id.not_in(select(SupplementMember.audit_id)))
    ).first()  # fmt: skip
    taken = session.scalars(select(SupplementMember.audit_id).limit(1)).one()
    moderation = session.scalars(select(Moderation).where(Moderation.audit_id == first.audit_id)).one()
    assert other is not None
    event = session.scalars(select(Event).where(Event.action == "sample.supplemented")).one()
    tampered: list[tuple[Any, dict[str, Any], str]] = [
        (first, {"selected": False}, "not the one this seed draws"),
        (first, {"chance_numerator": 1, "chance_denominator": 2}, "is not the one they had"),
        (first, {"stratum": "easy ones"}, "is not one of the plan"),
        (kept, {"seed": "another"}, "not the one its seed and frame draw"),
        (kept, {"frame": kept.frame[1:]}, "kept out of the further draw"),
        (kept, {"chance_numerator": 1}, "not the one its seed and frame draw"),
        (moderation, {"stream": "chosen"}, "Drawn, and not among the moderations: 1 audit."),
        (event, {"detail": {**event.detail, "seed": "x"}}, "not the one in the record of changes"),
    ]
    for row, values, words in tampered:
        before = {name: getattr(row, name) for name in values}
        _write(session, row, values)
        faults = sample_proof.faults(session, draw)
        assert any(words in fault for fault in faults), (values, faults)
        _write(session, row, before)
        assert sample_proof.faults(session, draw) == ()
    session.execute(update(SupplementMember).where(SupplementMember.audit_id == taken).values(audit_id=other.audit_id))
    assert any("not the one its seed and frame draw" in fault for fault in sample_proof.faults(session, draw))


def _write(session: Session, row: Any, values: dict[str, Any]) -> None:
    kind = type(row)
    session.execute(update(kind).where(kind.id == row.id).values(values))
    session.expire_all()


def test_a_grade_changed_behind_our_back_is_found_out(session: Session, drawn: tuple[Cycle, Draw]) -> None:
    _, draw = drawn
    _unguarded(session)
    session.execute(update(Judgement).where(Judgement.element == "overall").values(grade="outstanding"))
    assert any(
        "another grade than the auditor gave: 22 audits" in fault for fault in sample_proof.faults(session, draw)
    )


def test_an_audit_kept_out_of_the_frame_is_found_out(session: Session, world: World, drawn: tuple[Cycle, Draw]) -> None:
    cycle, draw = drawn
    missed = submitted_audit(session, world, cycle, 95, at=AT - timedelta(hours=1))
    assert any("and not chosen by hand: 1 audit." in fault for fault in sample_proof.faults(session, draw))
    missed.state, missed.withdrawn_at, missed.withdrawn_by = "withdrawn", AT - timedelta(minutes=30), "test"
    session.flush()
    assert sample_proof.faults(session, draw) == ()
    submitted_audit(session, world, cycle, 96, at=LATER)
    assert sample_proof.faults(session, draw) == ()


def test_an_audit_moderated_as_if_it_had_been_drawn_is_found_out(session: Session, drawn: tuple[Cycle, Draw]) -> None:
    _, draw = drawn
    extra = session.scalars(select(FrameMember.audit_id).where(~FrameMember.selected).limit(1)).one()
    session.add(Moderation(audit_id=extra, stream="sampled", state="allocated", allocated_at=LATER))
    session.flush()
    assert sample_proof.faults(session, draw) == ("Moderated as if drawn, and not drawn: 1 audit.",)


def test_the_record_of_a_draw_names_its_members(session: Session, drawn: tuple[Cycle, Draw]) -> None:
    made = sample_record.recorded(session, drawn[1])
    assert [len(stratum.audits) for stratum in made.strata] == [2, 20]
    assert [len(stratum.drawn) for stratum in made.strata] == [2, 4]
