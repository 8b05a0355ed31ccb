"""What the day's digest says: what waits for its reader, the most urgent first, and nothing they must not learn."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from qa_app.access.permissions import Role
from qa_app.clock import london_day
from qa_app.mail_keys import MailKeys
from qa_app.models import Absence, Action, Audit, Cycle, Draft, Mail, Person, Reflection
from qa_app.queries.waiting import waiting
from qa_app.reports import mails
from qa_app.reports.mails import Line, Rank
from qa_app.reports.messages import SENTENCES
from qa_app.services import making, outbox, sending
from qa_app.services.writing import written
from tests.conftest import AT, SECRETS
from tests.months import released_month, submitted_audit
from tests.regrading import audit_to_moderate
from tests.world import World, actor_for

TODAY = london_day(AT)  # a Monday
SITE = "https://qa.testshire.example"


def waits(session: Session, person: Person, today: date = TODAY) -> list[str]:
    """What waits for a person, in words."""
    session.flush()
    actor = actor_for(session.get_one(Person, person.id))
    return [
        SENTENCES[one.kind].text.format_map(one.detail)
        for one in waiting(session, actor, today=today, untouched_days=5)
    ]


def allotted(session: Session, world: World, cycle: Cycle, number: int, state: str = "allocated") -> Audit:
    made = Audit(
        number=number, cycle_id=cycle.id, month=cycle.month, case_id=world.cases[number].id,
        auditor_id=world.people["manager_care"].id, tool_key=cycle.tool_key, tool_version=cycle.tool_version,
        service_id=world.services["North"].id, team_id=world.teams["Assessment"].id, state=state, allocated_at=AT,
    )  # fmt: skip
    session.add(made)
    session.flush()
    if state == "draft":
        session.add(
            Draft(audit_id=made.id, stage="auditor", person_id=made.auditor_id, saved_at=AT - timedelta(days=6))
        )
    return made


def due_action(session: Session, audit: Audit, owner: Person, due_on: date, number: int = 1) -> Action:
    made = Action(
        audit_id=audit.id, number=number, service_id=audit.service_id, team_id=audit.team_id, what="kestrel",
        owner_id=owner.id, owner_named="x", due_on=due_on, made_at=AT, made_by="test",
    )  # fmt: skip
    session.add(made)
    return made


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "Audit QA-2026-11-001 was due on Sunday 22 November. Submit it, or hand it back with a reason."),
        (0, "Audit QA-2026-11-001 is due today."),
        (1, "Audit QA-2026-11-001 is due tomorrow."),
        (3, "Audit QA-2026-11-001 is due on Thursday 26 November."),
        (4, None),
    ],
)
def test_an_audit_is_told_from_three_days_before_it_is_due(
    session: Session, world: World, days: int, words: str | None
) -> None:
    cycle = released_month(session, world, at=AT)
    cycle.due_on = TODAY + timedelta(days=days)
    allotted(session, world, cycle, 1)
    assert waits(session, world.people["manager_care"]) == ([words] if words else [])
    assert waits(session, world.people["manager_leaving"]) == []
    cycle.state = "planned"
    cycle.released_at = cycle.released_by = None
    assert waits(session, world.people["manager_care"]) == []


def test_a_draft_nobody_wrote_in_is_told_until_its_audit_is_due(session: Session, world: World) -> None:
    cycle = released_month(session, world, at=AT)
    cycle.due_on = TODAY + timedelta(days=10)
    allotted(session, world, cycle, 1, "draft")
    assert waits(session, world.people["manager_care"]) == [
        "You last wrote in audit QA-2026-11-001 on Tuesday 17 November. Go on where you stopped."
    ]
    cycle.due_on = TODAY
    assert waits(session, world.people["manager_care"]) == ["Audit QA-2026-11-001 is due today."]


def test_moderations_actions_and_disputes_are_told_to_whom_they_wait_for(session: Session, world: World) -> None:
    task = audit_to_moderate(session, world, at=AT)
    other = submitted_audit(session, world, task.audit.cycle, 2, at=AT)
    due_action(session, other, world.people["worker_care_1"], TODAY - timedelta(days=1))
    due_action(session, other, world.people["worker_care_1"], TODAY + timedelta(days=9), number=2)
    session.add(
        Reflection(
            audit_id=other.id, person_id=world.people["worker_care_1"].id, invited_at=AT, invited_by="test",
            position="disputes", dispute="kestrel", given_at=AT,
        )
    )  # fmt: skip
    assert waits(session, world.people["moderator_1"]) == ["1 moderation waits for your grades."]
    assert waits(session, world.people["worker_care_1"]) == [
        "Action 1 of audit QA-2026-11-002 was due on Sunday 22 November."
    ]
    assert waits(session, world.people["qa_lead"]) == ["1 dispute waits for your answer."]
    assert waits(session, world.people["head_north"]) == []
    session.execute(update(Reflection).values(decided_at=AT, decided_by="test", decision="stands"))
    assert waits(session, world.people["qa_lead"]) == []


def test_whoever_may_have_to_grade_an_audit_learns_nothing_of_it(session: Session, world: World) -> None:
    both = world.person(session, "both", "Practice", (Role.QA_LEAD, Role.MODERATOR), AT)
    task = audit_to_moderate(session, world, at=AT, moderator="both")
    open_one = submitted_audit(session, world, task.audit.cycle, 2, at=AT)
    about: list[tuple[str, Action | Audit | Reflection]] = []
    for audit in (task.audit, open_one):
        reflection = Reflection(
            audit_id=audit.id, person_id=world.people["worker_care_1"].id, invited_at=AT, invited_by="test",
            position="disputes", dispute="x", given_at=AT,
        )  # fmt: skip
        session.add(reflection)
        action = due_action(session, audit, world.people["worker_care_1"], TODAY)
        session.flush()
        about += [("audit", audit), ("reflection", reflection), ("action", action)]
    mine = due_action(session, open_one, both, TODAY, number=2)
    session.flush()
    mail = Mail(id=uuid4(), person_id=both.id, kind="digest", day=TODAY, queued_at=AT, next_try_at=AT)
    session.add(mail)
    for kind, row in [*about, ("action", mine)]:
        outbox.tell(
            session, [both.id, world.people["qa_lead"].id], "action.given", at=AT, about=(kind, row.id),
            action=str(row.id), due=str(row.id),
        )  # fmt: skip
    taken = sending.take(session, at=AT)
    assert taken is not None

    def said(reader: Person) -> str:
        actor = actor_for(session.get_one(Person, reader.id))
        words = written(
            session, taken, actor, keys=MailKeys(SECRETS["secret_key"]), site=SITE, council="T", today=TODAY
        )
        return words.body if words else ""

    text = said(both)
    assert [kind for kind, row in about if str(row.id) in text] == []
    assert str(mine.id) in text
    assert task.audit.reference not in text
    assert "dispute" not in text
    assert "1 moderation waits" in text
    assert all(str(row.id) in said(world.people["qa_lead"]) for _, row in about)  # they moderate nothing
    assert "2 disputes wait" in said(world.people["qa_lead"])


def test_nobody_who_is_away_gets_a_digest_and_their_news_waits(session: Session, world: World) -> None:
    person = world.people["manager_care"]
    outbox.tell(session, [person.id], "actions.overdue", at=AT, actions="1 action")
    session.flush()
    assert making.wanted(session, TODAY) == (person.id,)
    session.add(
        Absence(
            person_id=person.id, begins_on=TODAY, ends_on=TODAY, reason="leave", made_at=AT, made_by="test",
            confirmed_at=AT, confirmed_by="test",
        )
    )  # fmt: skip
    session.flush()
    assert making.wanted(session, TODAY) == ()
    assert making.wanted(session, TODAY + timedelta(days=1)) == (person.id,)


def test_a_month_is_not_told_beside_each_of_its_audits(session: Session, world: World) -> None:
    cycle = released_month(session, world, at=AT)
    allotted(session, world, cycle, 1)
    person = world.people["manager_care"]
    outbox.tell(session, [person.id], "audits.late", at=AT, due="15 November", audits="1 audit", month="November")
    session.add(Mail(person_id=person.id, kind="digest", day=TODAY, queued_at=AT, next_try_at=AT))
    session.flush()
    taken = sending.take(session, at=AT)
    assert taken is not None
    reader = actor_for(session.get_one(Person, person.id))
    words = written(session, taken, reader, keys=MailKeys("x" * 40), site=SITE, council="T", today=TODAY)
    assert words is not None
    assert words.body.count("due") == 1
    session.execute(update(Audit).values(state="handed_back", handed_back_at=AT, handed_back_by="test"))
    words = written(session, taken, reader, keys=MailKeys("x" * 40), site=SITE, council="T", today=TODAY)
    assert words is not None
    assert "Late since 15 November" in words.body


def test_the_most_urgent_comes_first_each_thing_once_and_no_more_than_fits() -> None:
    lines = [Line(Rank.WAITS, f"Thing {n}.", f"/{n}") for n in range(20)]
    lines += [
        Line(Rank.OVERDUE, "Late.", "/late"),
        Line(Rank.DUE, "Due.", "/due"),
        Line(Rank.OVERDUE, "Late.", "/late"),
    ]
    words = mails.digest(lines, site=SITE, council="Testshire")
    paragraphs = words.body.split("\n\n")
    assert paragraphs[1] == f"Late.\n{SITE}/late"
    assert paragraphs[2] == f"Due.\n{SITE}/due"
    assert paragraphs[mails.MOST_LINES + 1] == f"There are 10 more things on your start page.\n{SITE}/"
    assert words.body.count("Late.") == 1


@given(st.lists(st.tuples(st.sampled_from(Rank), st.sampled_from("abcdef")), min_size=1, max_size=40))
def test_every_line_has_one_address_and_ranks_never_fall(drawn: list[tuple[Rank, str]]) -> None:
    lines = [Line(rank, f"{rank.value} {text}.", f"/{text}") for rank, text in drawn]
    body = mails.digest(lines, site=SITE, council="T").body.split("\n\n--\n")[0]
    shown = [part.split("\n") for part in body.split("\n\n")[1:] if part and not part.startswith("There ")]
    assert all(len(part) == 2 and part[1].startswith(f"{SITE}/") for part in shown)
    ranks = [int(part[0][0]) for part in shown]
    assert ranks == sorted(ranks)
    assert len(shown) == min(len(set(lines)), mails.MOST_LINES)


@pytest.mark.parametrize("kind", sorted(kind for kind in SENTENCES if kind.startswith("waiting.")))
def test_a_sentence_leads_to_a_page(app: Flask, kind: str) -> None:
    ids = dict.fromkeys(("action", "alert", "audit", "calibration", "reading"), uuid4())
    path = SENTENCES[kind].path.format_map(ids)
    endpoint, _ = app.url_map.bind("localhost").match(path, method="GET")
    assert endpoint


def test_sentences_stand_in_the_order_of_their_keys() -> None:
    assert list(SENTENCES) == sorted(SENTENCES)
