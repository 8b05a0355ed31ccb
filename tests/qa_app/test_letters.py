"""Feedback letters: who may read which and from when, one page whatever was written, and the whole audit as a PDF."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app.access import feedback
from qa_app.access.actor import actor_from
from qa_app.db import Database
from qa_app.models import AccessEntry, Audit, Message, Moderation, Person, RestrictedAnswers
from qa_app.queries import letters as query
from qa_app.reports.audit_paper import REST as STOPS
from qa_app.reports.audit_paper import Answer, AuditPaper, Part, audit_pdf
from qa_app.reports.letter import REST, Letter, Next, Said, letter_pdf
from qa_app.services import closing, reflection_links, sampling, settings
from tests.conftest import AT
from tests.feedback import DISPUTES, asked, give, moderated, reflection_of, token_sent
from tests.months import ELEMENTS, released_month
from tests.page import PageClient
from tests.world import World

SignIn = Callable[[Person], PageClient]
PAYLOADS = (
    '<img src="/etc/hostname">', '<img src="file:///etc/hostname" width="10"/>', "<b>no", "</para><para>", "<a href",
    '<a href="javascript:alert(1)">x</a>', '<font face="nowhere" size="999">big</font>', "<seq/>", "&amp; &lt; &#0;",
    "&nosuch; ]]>", "<!-- gone -->", "{{ 7*7 }} {% raw %}", "%PDF-1.4 endobj", "(unbalanced \\ paren",
    "<onDraw name=x/>", "<super>1</super><unichar code='0x1F600'/>",
    "Łukasz and Siân, naïve café", "=1+1", "<script>alert(1)</script>",
)  # fmt: skip
LONG = "She kept every visit and wrote down what the child said in the child’s own words. "
PLAIN = Letter(
    council="Testshire", reference="QA-2026-11-007", month=date(2026, 11, 1), tool="case file audit",
    worker="Robin Marsh", manager="Ann Field", auditor="Jo Carr", leads=("Sam Lee",), moderated=True,
    overall="Good", meaning="The child is safe, known and listened to.",
    grades=(("Outstanding", ("Voice",)), ("Good", ("Plan", "Visits"))), changed=("plan",),
    strengths=(Said("Voice", LONG),), better=(Said("Plan", "Say who does what by when."),),
    steps=(Next("Rewrite the plan", "Robin Marsh", date(2026, 12, 15), False),), given_on=None, answer_days=10,
)  # fmt: skip


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def pages(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def readers_of(session: Session, world: World, audit: Audit) -> set[str]:
    """Everybody who finds the letter of an audit."""
    found = set()
    for key, person in world.people.items():
        actor = actor_from(session.get_one(Person, person.id))
        if session.scalar(feedback.letters(actor).where(Audit.id == audit.id)) is not None:
            found.add(key)
    return found


WORKER_AND_LINE = {"worker_assessment_1", "manager_assessment", "head_north", "director", "qa_lead"}


def test_there_is_no_letter_while_grades_may_still_change(session: Session, world: World) -> None:
    audit = asked(session, world, "worker_assessment_1")
    for state in ("submitted", "selected", "moderating", "moderated", "withdrawn"):
        audit.state = state
        audit.withdrawn_at, audit.withdrawn_by = (AT, "test") if state == "withdrawn" else (None, None)
        session.flush()
        assert readers_of(session, world, audit) == set(), state
    for state in ("agreed", "closed"):
        audit.state = state
        session.flush()
        assert readers_of(session, world, audit) == WORKER_AND_LINE, state


def test_an_audit_the_sample_left_out_has_its_letter_once_the_sample_is_drawn(session: Session, world: World) -> None:
    cycle = released_month(session, world, at=AT)
    audits = [asked(session, world, "worker_assessment_1", number=n, cycle=cycle) for n in range(1, 9)]
    sampling.draw_sample(session, cycle, seed="s", by="test", at=AT)
    chosen = [one for one in audits if one.state == "selected"]
    left = [one for one in audits if one.state == "submitted"]
    assert chosen
    assert left
    assert all(readers_of(session, world, one) == set() for one in chosen)
    assert all(readers_of(session, world, one) == WORKER_AND_LINE for one in left)
    told = session.execute(select(Person.name, Message.about_id).join(Message).where(Message.kind == "letter.ready"))
    assert {tuple(row) for row in told} == {
        (name, one.id) for one in left for name in ("Worker Assessment 1", "Manager Assessment")
    }


def test_an_audit_of_a_tool_that_is_not_sampled_has_its_letter_at_once(session: Session, world: World) -> None:
    audit = asked(session, world, "worker_assessment_1")
    audit.stream = "started"
    session.flush()
    assert readers_of(session, world, audit) == WORKER_AND_LINE
    audit.state = "selected"  # disputed and given to a moderator after all
    session.flush()
    assert readers_of(session, world, audit) == set()


def test_nobody_who_may_yet_grade_an_audit_reads_its_letter(session: Session, world: World) -> None:
    cycle = released_month(session, world, at=AT)
    for number in range(1, 7):
        asked(session, world, "worker_assessment_1", number=number, cycle=cycle)
    sampling.draw_sample(session, cycle, seed="s", by="test", at=AT)
    left = session.scalars(select(Audit).where(Audit.state == "submitted")).first()
    assert left is not None
    before = readers_of(session, world, left)
    for key in ("manager_assessment", "qa_lead"):
        world.person(session, f"{key}_too", "Practice", (), AT)
        person = session.get_one(Person, world.people[key].id)
        person.grants.append(type(person.grants[0])(role="moderator", granted_at=AT, granted_by="test"))
    session.flush()
    assert before - readers_of(session, world, left) == {"manager_assessment", "qa_lead"}


def test_the_letter_is_told_of_once_and_again_when_moderation_changed_it(session: Session, world: World) -> None:
    cycle = released_month(session, world, at=AT)
    audit = asked(session, world, "worker_assessment_1", grade=Grade.INADEQUATE, cycle=cycle)
    sampling.draw_sample(session, cycle, seed="s", by="test", at=AT)

    def told() -> int:
        return len(session.scalars(select(Message).where(Message.kind == "letter.ready")).all())

    assert told() == 0
    moderated(session, session.scalars(select(Moderation)).one(), Grade.GOOD)
    assert told() == 2
    closing.close(session, cycle, by="test", at=AT)
    assert told() == 2
    made = query.letter(session, audit, council="Testshire", answer_days=10)
    assert (made.overall, made.moderated, len(made.changed)) == ("Good", True, len(ELEMENTS))


def test_a_worker_without_a_sign_in_is_told_by_a_mail_that_leads_to_asking_for_a_link(
    session: Session, world: World
) -> None:
    cycle = released_month(session, world, at=AT)
    audit = asked(session, world, "worker_assessment_2", cycle=cycle)
    closing.close(session, cycle, by="test", at=AT)
    message = session.scalars(select(Message).where(Message.kind == "letter.ready_by_link")).one()
    assert message.detail["path"] == f"/reflection/{reflection_of(session, audit).id}"


def test_a_letter_of_ordinary_length_is_one_page_with_every_word(session: Session, world: World) -> None:
    pdf = letter_pdf(PLAIN)
    said = text_of(pdf)
    assert pages(pdf) == 1
    assert REST not in said
    for words in ("Dear Robin Marsh,", LONG.strip(), "Say who does what by when.", "15 December 2026", "Overall: Good",
                  PLAIN.talk_to, PLAIN.disagree, "Moderation changed plan."):  # fmt: skip
        assert " ".join(words.split()) in said, words
    assert world.people
    assert settings.number(session, "dispute_days") == 10


@pytest.mark.parametrize("times", [3, 30, 60])
def test_a_letter_is_one_page_however_much_was_written_and_says_what_it_left_out(times: int) -> None:
    parts = tuple(f"A part of practice, number {n}" for n in range(13))
    much = tuple(Said(part, LONG * times) for part in parts)
    steps = tuple(Next(LONG * 5, "A" * 60, date(2026, 12, 15), False) for _ in range(40))
    grades = tuple((label, parts[n::4]) for n, label in enumerate(("Outstanding", "Good", "Not yet good", "Poor")))
    pdf = letter_pdf(replace(PLAIN, strengths=much, better=much, steps=steps, grades=grades, changed=parts))
    said = text_of(pdf)
    assert pages(pdf) == 1
    assert REST in said
    assert " ".join(PLAIN.disagree.split()) in said


def test_a_letter_with_impossible_names_is_one_page_all_the_same() -> None:
    pdf = letter_pdf(replace(PLAIN, worker="W" * 200, auditor="M" * 200, leads=("Q" * 200,) * 40, council="C" * 200))
    assert pages(pdf) == 1
    assert REST in text_of(pdf)


def test_a_letter_is_tagged_and_its_file_names_nobody() -> None:
    reader = PdfReader(io.BytesIO(letter_pdf(PLAIN)))
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "Robin" not in str(reader.metadata)
    assert reader.metadata is not None
    assert reader.metadata.title == "Feedback letter QA-2026-11-007"


def whole(words: tuple[str, ...]) -> AuditPaper:
    parts = (Part("Story", tuple(Answer(f"Question {n}", one) for n, one in enumerate(words, 1))),)
    return AuditPaper(
        council="Testshire", reference="QA-2026-11-007", month=date(2026, 11, 1), tool="Case file audit, version 1",
        standing="As the auditor submitted it.", facts=(), grade_headings=("Part of practice", "Grade"), grades=(),
        parts=parts,
    )  # fmt: skip


@pytest.mark.parametrize("lines", range(12))
def test_a_question_never_stands_alone_at_the_foot_of_a_page(lines: int) -> None:
    pdf = audit_pdf(whole(("Words\n" * (30 + lines), *["Words"] * 40)))
    for page in PdfReader(io.BytesIO(pdf)).pages:
        said = [line for line in page.extract_text().splitlines() if line.strip()]
        assert not [line for line in said[:-2][-1:] if line.startswith("Question")]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_was_written_is_printed_as_it_was_written_and_never_read_as_markup(payload: str) -> None:
    pdf = audit_pdf(whole((payload,)))
    said = text_of(pdf)
    assert said.partition("Question 1 ")[2].startswith(" ".join(payload.split()))
    letter = text_of(letter_pdf(replace(PLAIN, strengths=(Said("Voice", payload),))))
    assert f"Voice: {' '.join(payload.split())}" in letter
    reader = PdfReader(io.BytesIO(pdf))
    assert all(not list(page.images) for page in reader.pages)
    assert all("/Annots" not in page for page in reader.pages)


def test_long_texts_flow_over_pages_up_to_a_limit_that_is_named() -> None:
    longest = LONG * 60
    some = audit_pdf(whole((longest,) * 12))
    assert 5 < pages(some) < 60
    assert text_of(some).split().count("visit") == 60 * 12
    capped = audit_pdf(whole((longest,) * 200))
    assert pages(capped) == 60
    assert STOPS in text_of(capped)
    word = audit_pdf(whole(("x" * 5000,)))
    assert text_of(word).count("x") == 5000


@pytest.fixture
def agreed(database: Database, world: World) -> UUID:
    """An inadequate audit, moderated and agreed as good, with a dispute given."""
    with database.writing() as session, session.begin():
        cycle = released_month(session, world, at=AT)
        audit = asked(session, world, "worker_assessment_1", grade=Grade.INADEQUATE, cycle=cycle)
        give(session, reflection_of(session, audit), DISPUTES)
        sampling.draw_sample(session, cycle, seed="s", by="test", at=AT)
        moderated(session, session.scalars(select(Moderation)).one(), Grade.GOOD)
        session.add(
            RestrictedAnswers(
                audit_id=audit.id, person_id=audit.auditor_id, tool_key="case_file", tool_version=1,
                answers={"appraisal": "canary-of-the-line"}, given_at=AT,
            )
        )  # fmt: skip
        return audit.id


def test_the_letter_page_and_its_pdf_say_the_same(
    database: Database, world: World, agreed: UUID, sign_in: SignIn
) -> None:
    client = sign_in(world.people["worker_assessment_1"])
    assert "QA-2026-11-001" in client.page("/letters").text
    page = client.page(f"/audits/{agreed}/letter").text
    answer = client.get(f"/audits/{agreed}/letter.pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="letter-QA-2026-11-001.pdf"'
    said = text_of(answer.data)
    for words in ("Dear Worker Assessment 1,", "You know this child well.", "Write down what was said.",
                  "Overall: Good", "Manager Assessment, your manager", "Qa Lead"):  # fmt: skip
        assert words in page, words
        assert words in said, words
    for other in ("worker_care_1", "manager_care", "head_south"):
        for address in ("letter", "letter.pdf"):
            assert sign_in(world.people[other]).get(f"/audits/{agreed}/{address}").status_code == 404
    assert "no letter for you yet" in sign_in(world.people["worker_care_1"]).page("/letters").text
    with database.reading() as session:
        opened = select(AccessEntry.person_id).where(AccessEntry.action == "letter.open")
        assert set(session.scalars(opened)) == {world.people["worker_assessment_1"].id}


def test_a_worker_by_link_reads_their_letter_with_the_pass(
    database: Database, world: World, app: object, sign_in: SignIn
) -> None:
    with database.writing() as session, session.begin():
        audit = asked(session, world, "worker_assessment_2")
        used = reflection_links.use(session, token_sent(session, world.people["worker_assessment_2"]), at=AT)
        assert used is not None
        audit_id = audit.id
    client = sign_in(world.people["board"])
    client.delete_cookie("qa")
    client.set_cookie("reflection", used[1])
    client.page("/reflection/mine/letter", 404)
    with database.writing() as session, session.begin():
        session.get_one(Audit, audit_id).state = "closed"
    assert "Dear Worker Assessment 2," in client.page("/reflection/mine/letter").text
    assert pages(client.get("/reflection/mine/letter.pdf").data) == 1
    assert "letter" in client.page("/reflection/mine").text
    assert client.get(f"/audits/{audit_id}/letter").status_code == 302
    assert app is not None


def test_the_whole_audit_is_printed_for_its_readers_and_logged(
    database: Database, world: World, agreed: UUID, sign_in: SignIn
) -> None:
    lead = sign_in(world.people["qa_lead"])
    answer = lead.get(f"/audits/{agreed}/audit.pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="QA-2026-11-001.pdf"'
    said = text_of(answer.data)
    for words in ("Audit QA-2026-11-001", "Moderated, and the final grades are agreed.", "Inadequate",
                  "What came of moderation", "The chronology is on the second file.",
                  "You know this child well."):  # fmt: skip
        assert words in said, words
    assert "canary-of-the-line" not in said
    assert lead.get(f"/audits/{agreed}/audit.pdf").data == answer.data
    for other in ("worker_assessment_1", "manager_assessment", "head_south", "administrator"):
        assert sign_in(world.people[other]).get(f"/audits/{agreed}/audit.pdf").status_code in (403, 404)
    with database.reading() as session:
        exported = select(AccessEntry.person_id).where(
            AccessEntry.action == "audit.export", AccessEntry.object_id == str(agreed)
        )
        assert set(session.scalars(exported)) == {world.people["qa_lead"].id}
