"""Cases drawn for auditors: a whole month by its kind of choice, cases picked by hand, one anew, a replacement."""

from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from audit_forms.lifecycle import State
from moderation.case_draw import CaseDraw
from qa_app.models import Audit, Case, Cycle, Draw, Expectation
from qa_app.models import Person as PersonRow
from qa_app.queries.candidates import DRAWN, GONE, Lens
from qa_app.services import reaudit_draws
from qa_app.services.allocations import allocate, check_not_replaced, keys_of, tell_given
from qa_app.services.cycle_steps import CycleRefused
from qa_app.services.draw_frames import Choice, drawn_again, frame, keep
from qa_app.services.events import record
from qa_app.services.reaudits import STREAM

__all__ = [
    "RANDOM",
    "Choice",
    "NothingToDraw",
    "draw_month",
    "drawn_again",
    "pick",
    "replace",
    "swap",
    "take_out",
]

RANDOM: Final = Choice()
NOTHING: Final = {
    "random": "No case is free to be drawn. Import the case list, or change how long a case is left out.",
    "stratified": "No case is free to be drawn. Import the case list, or change how long a case is left out.",
    "thematic": "No case of this theme is free to be drawn. Make the theme wider.",
    "closure": "No case was closed lately by the case list. Import a newer one, and say that it is the whole list.",
}


class NothingToDraw(ValueError):  # noqa: N818 - named for the fault
    """No case could be drawn; the message says why and what to do."""


def draw_month(
    session: Session, cycle: Cycle, *, seed: str, reason: str = "", choice: Choice = RANDOM, by: str, at: datetime
) -> Draw:
    """Draw a case for every audit expected; audits of an earlier draw of this month that was not released go.

    Audits of cases picked by hand and re-audits stay, and count towards what is expected. Planned re-audits that are
    due are given first.

    Raises:
        CycleRefused: the month is released, or cases were drawn before and no reason is given for drawing again.
        NothingToDraw: nobody is expected to audit, or no case is free.
    """
    if cycle.state != "planned":
        raise CycleRefused(
            "This month has been released, so its cases can no longer be drawn again. Replace single ones."
        )
    before = _drawn_before(session, cycle)
    if before and not reason.strip():
        raise CycleRefused("Say why the cases are drawn again. The earlier draw stays on record with its seed.")
    session.execute(delete(Audit).where(Audit.cycle_id == cycle.id, Audit.stream.in_(DRAWN)))
    again = reaudit_draws.put_in(session, cycle, by=by, at=at)
    wanted = _wanted(session, cycle)
    if not wanted and again:
        raise NothingToDraw(
            "The re-audits due by this month take up all that is expected. Expect more audits of somebody, then draw, "
            "or give the re-audits by hand under Re-audits."
        )
    if not wanted:
        raise NothingToDraw("Nobody is expected to audit this month. Set what is expected of whom, then draw.")
    made_from = frame(session, cycle, wanted, choice)
    found = made_from.draw(seed)
    if not found.assigned:
        raise NothingToDraw(NOTHING.get(choice.stream, NOTHING["random"]))
    what = "redraw" if before else "draw"
    kept = keep(session, cycle, made_from, found, choice, what=what, reason=reason, by=by, at=at)
    _hand_out(session, cycle, found, choice, at=at)
    return kept


def pick(
    session: Session, cycle: Cycle, cases: Collection[UUID], auditor: PersonRow | None, *, seed: str, reason: str,
    by: str, at: datetime,
) -> Draw:  # fmt: skip
    """Add audits of cases picked by hand: to one auditor, or drawn among all who audit this month and are not tied.

    Raises:
        CycleRefused: the month is closed, or no reason is given.
        NothingToDraw: nobody independent is there for any of them.
    """
    if cycle.state not in ("planned", "released"):
        raise CycleRefused("This month is closed. Choose a month that is open.")
    if not reason.strip():
        raise CycleRefused("Say why these cases are picked. The reason is kept with the draw.")
    wanted = {auditor.id: len(cases)} if auditor is not None else _shared_out(session, cycle, len(cases))
    choice = Choice("targeted", Lens(picked=frozenset(cases)))
    made_from = frame(session, cycle, wanted, choice)
    found = made_from.draw(seed)
    if not found.assigned:
        raise NothingToDraw("No auditor of this month is independent of these cases. Choose another auditor.")
    kept = keep(session, cycle, made_from, found, choice, what="picked", reason=reason, by=by, at=at)
    made = _hand_out(session, cycle, found, choice, at=at)
    if cycle.state == "released":
        for audit in made:
            tell_given(session, audit, at=at)
    return kept


def _drawn_before(session: Session, cycle: Cycle) -> bool:
    """Whether the cases of this month were drawn already; picking some by hand is no draw of the month."""
    rules = session.scalars(select(Draw.rule).where(Draw.cycle_id == cycle.id, Draw.kind == "cases"))
    return any(rule["what"] in ("draw", "redraw") for rule in rules)


def _hand_out(session: Session, cycle: Cycle, found: CaseDraw, choice: Choice, *, at: datetime) -> list[Audit]:
    pairs = [(UUID(one.auditor), UUID(one.case_id)) for one in found.assigned]
    return allocate(session, cycle, pairs, stream=choice.stream, at=at)


def _wanted(session: Session, cycle: Cycle) -> dict[UUID, int]:
    """How many audits each person still needs to be given: what is expected, without what they hold already."""
    held = Counter(
        session.scalars(select(Audit.auditor_id).where(Audit.cycle_id == cycle.id, Audit.state.not_in(GONE)))
    )
    rows = session.scalars(
        select(Expectation).where(
            Expectation.cycle_id == cycle.id, Expectation.expected > 0, Expectation.excused_at.is_(None)
        )
    )
    return {one.person_id: left for one in rows if (left := one.expected - held[one.person_id]) > 0}


def _shared_out(session: Session, cycle: Cycle, cases: int) -> dict[UUID, int]:
    """Everybody who audits this month, each with their even share of so many cases, rounded up."""
    people = session.scalars(
        select(Expectation.person_id).where(
            Expectation.cycle_id == cycle.id, Expectation.expected > 0, Expectation.excused_at.is_(None)
        )
    ).all()
    return dict.fromkeys(people, -(-cases // max(1, len(people))))


def swap(session: Session, audit: Audit, *, seed: str, reason: str, by: str, at: datetime) -> Audit:
    """Draw another case for an audit of a month that is not released yet; it keeps its number.

    Raises:
        CycleRefused: the month is released, or no reason is given.
        NothingToDraw: no other case is free and independent of the auditor.
    """
    if audit.cycle.state != "planned":
        raise CycleRefused(
            "This month has been released. The auditor can hand the audit back, then draw a replacement."
        )
    if audit.stream not in DRAWN:
        raise CycleRefused("This case was not drawn, so no other can be drawn in its place.")
    if not reason.strip():
        raise CycleRefused("Say why this case is taken out.")
    case_id = _draw_one(session, audit, audit.auditor_id, what="swap", seed=seed, reason=reason, by=by, at=at)
    for column, value in keys_of(session, case_id).items():
        setattr(audit, column, value)
    audit.allocated_at = at
    session.flush()
    return audit


def replace(
    session: Session, audit: Audit, auditor: PersonRow, *, seed: str, reason: str, by: str, at: datetime
) -> Audit:
    """Draw another case in place of an audit that was handed back, withdrawn or not done, for this auditor.

    Raises:
        CycleRefused: the audit is not one of these, is replaced already, or its month is closed.
        NothingToDraw: no case is free and independent of the auditor.
    """
    if State(audit.state) not in GONE:
        raise CycleRefused("Only an audit that was handed back, withdrawn or not done can be replaced.")
    if audit.stream == STREAM:
        raise CycleRefused("This is a re-audit of one child. Give it to another auditor under Re-audits.")
    if audit.cycle.state == "closed":
        raise CycleRefused("This month is closed. Accept the work as late instead.")
    check_not_replaced(session, audit)
    case_id = _draw_one(session, audit, auditor.id, what="replacement", seed=seed, reason=reason, by=by, at=at)
    stream = audit.stream if audit.stream in DRAWN else "random"
    (made,) = allocate(session, audit.cycle, [(auditor.id, case_id)], stream=stream, at=at, replaces=audit.id)
    tell_given(session, made, at=at)
    return made


def case_of(audit: Audit) -> Case:
    """The case an audit is about.

    Raises:
        CycleRefused: it is about a member of staff.
    """
    if audit.case is None:
        raise CycleRefused("This audit is about a member of staff, so no case is drawn for it.")
    return audit.case


def take_out(session: Session, audit: Audit, *, reason: str, by: str, at: datetime) -> None:
    """Take a case that was picked by hand out of a month that is not released yet.

    Raises:
        CycleRefused: the month is released, the case was not picked by hand, or no reason is given.
    """
    if audit.cycle.state != "planned" or audit.stream != "targeted":
        raise CycleRefused("Only a case picked by hand, in a month that is not released yet, can be taken out.")
    if not reason.strip():
        raise CycleRefused("Say why this case is taken out.")
    record(
        session,
        "cases.taken_out",
        "cycle",
        audit.cycle_id,
        by=by,
        at=at,
        reason=reason.strip(),
        case=str(audit.case_id),
    )
    session.delete(audit)
    session.flush()


def _draw_one(
    session: Session, audit: Audit, auditor_id: UUID, *, what: str, seed: str, reason: str, by: str, at: datetime
) -> UUID:
    """The one case drawn for an auditor in place of the case of this audit."""
    choice = Choice(audit.stream, _same_choice(session, audit))
    made_from = frame(session, audit.cycle, {auditor_id: 1}, choice)
    found = made_from.draw(seed)
    if not found.assigned:
        raise NothingToDraw("No other case is free and independent of this auditor. Choose another auditor.")
    said = f"{audit.reference}: {reason.strip()}"
    keep(session, audit.cycle, made_from, found, choice, what=what, reason=said, by=by, at=at)
    return UUID(found.assigned[0].case_id)


def _same_choice(session: Session, audit: Audit) -> Lens:
    """Where another case comes from: of a theme or of closed cases, from what the draw could take; else from all."""
    apart = frozenset((case_of(audit).id,))
    if audit.stream not in ("thematic", "closure"):
        return Lens(apart=apart)
    made = session.scalars(
        select(Draw).where(Draw.cycle_id == audit.cycle_id, Draw.kind == "cases").order_by(Draw.drawn_at.desc())
    )
    of_month = next(one for one in made if one.rule["what"] in ("draw", "redraw"))
    drawable = frozenset(UUID(case[0]) for case in of_month.frame["cases"])
    closed = datetime(1990, 1, 1, tzinfo=UTC) if audit.stream == "closure" else None
    return Lens(listed=drawable, closed_since=closed, apart=apart)
