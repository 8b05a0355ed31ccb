"""A moderator learns nothing of the auditor's before they have graded: no word, no name, no difference of a byte."""

import io
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random
from uuid import UUID
from zipfile import ZipFile

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from audit_forms.grades import Grade
from qa_app import create_app
from qa_app.access.actor import Actor
from qa_app.access.permissions import Role
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.models import Action, Audit, Judgement, Moderation, Person, Reaudit, RoleGrant
from qa_app.queries import moderations
from qa_app.services import closing
from tests.conftest import AT, SECRETS
from tests.crawl import Reader
from tests.months import ELEMENTS, TOOL, released_month, submitted_audit, submitted_month
from tests.page import PageClient
from tests.regrading import SECTIONS, fill, give, resolved, section_said, version_on
from tests.world import World

CANARY = "kestrel-7319"
NAME = "Peregrine Quillfeather"
WORDS = {
    question.key: f"{CANARY} {question.key}"
    for question in TOOL.questions
    if question.kind in ("text", "line") and not question.demographic
}
ROLES = (Role.MODERATOR, Role.QA_LEAD, Role.HEAD_OF_SERVICE)
EITHER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FILTERED = 3  # of a page with filters in its address a few are looked at, the first being without any
VARYING = {"Set-Cookie", "X-Request-Id"}
TOKEN = re.compile(r'(?:name="(?:csrf_token|page_pass)" value|data-token)="[^"]+"')
RECORD = re.compile(r"events, sha256 [0-9a-f]{64}")
LENGTH = re.compile(r"\('Content-Length', '\d+'\), ")


def audits_to_grade(
    database: Database, world: World, grades: tuple[Grade, ...], *, roles: tuple[Role, ...] = ()
) -> list[UUID]:
    """Audits with a canary in every text and a telling name, all given to one moderator; their moderations' ids."""
    with database.writing() as session, session.begin():
        session.get_one(Person, world.people["manager_care"].id).name = NAME
        moderator = world.people["moderator_1"]
        for role in roles:
            session.add(RoleGrant(person_id=moderator.id, role=role, granted_at=AT, granted_by="test"))
        cycle = released_month(session, world, at=AT)
        made = []
        for number, grade in enumerate(grades, 1):
            audit = submitted_audit(session, world, cycle, number, grade, at=AT, answers=WORDS, by="manager_care")
            audit.state = "selected"
            if not grade.is_good_or_better:
                session.add_all(led_to(audit))
            given = Moderation(
                audit_id=audit.id, moderator_id=moderator.id, stream="sampled", state="allocated", allocated_at=AT
            )
            session.add(given)
            session.flush()
            made.append(given.id)
        return made


def led_to(audit: Audit) -> tuple[Action, Reaudit]:
    """What a weak audit leads to: an action that is overdue, and a second audit. Both tell how it was judged."""
    action = Action(
        audit_id=audit.id, number=1, case_id=audit.case_id, service_id=audit.service_id, team_id=audit.team_id,
        element="voice", what=f"{CANARY} action", owner_named=NAME, due_on=date(2026, 11, 2), made_at=AT,
        made_by="test",
    )  # fmt: skip
    again = Reaudit(
        first_id=audit.id, not_before=date(2026, 11, 2), due_on=date(2026, 11, 16), because="inadequate", planned_at=AT
    )
    return action, again


def answers(client: PageClient, tasks: list[UUID], *extra: str) -> Iterator[tuple[str, TestResponse]]:
    """Everything a person can get: pages by their links to the last, what is saved by itself, addresses guessed."""
    guessed = [f"/moderations/{one}{page}" for one in tasks for page in ("", "/check", "/agreement")]
    queue = ["/", *guessed, *extra]
    seen = set(queue)
    while queue:
        address = queue.pop(0)
        answer = client.get(address)
        yield address, answer
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        for link in (*Reader(answer.get_data(as_text=True)).links, answer.headers.get("Location", "")):
            target = link.split("#")[0]
            filtered = sum(one.startswith(f"{target.split('?')[0]}?") for one in seen) if "?" in target else 0
            known = target in seen or filtered > FILTERED
            if target.startswith("/") and not target.startswith("/static") and not known:
                seen.add(target)
                queue.append(target)


def readable(answer: TestResponse) -> str:
    """All that an answer says: its status line, its headers, its words, the text of a PDF, a workbook's cells."""
    head = f"{answer.status} {sorted(pair for pair in answer.headers.items() if pair[0] not in VARYING)}"
    if answer.headers.get("Content-Type", "").startswith("application/pdf"):
        return head + " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    if "spreadsheetml" in answer.headers.get("Content-Type", ""):
        with ZipFile(io.BytesIO(answer.data)) as book:  # its cells; when it was made says nothing
            return head + "".join(book.read(one).decode() for one in book.namelist() if one.startswith("xl/"))
    return head + answer.get_data(as_text=True)


def leaks(client: PageClient, tasks: list[UUID], *extra: str) -> tuple[list[str], int]:
    """The addresses that say something of the auditor's, and how many were asked."""
    asked, found = 0, []
    for address, answer in answers(client, tasks, *extra):
        asked += 1
        assert answer.status_code < 500, address
        said = readable(answer)
        if CANARY in said or NAME in said:
            found.append(address)
    return found, asked


def save_section(client: PageClient, moderation: UUID, section: str) -> str:
    """Save one section by itself as the page does; what the server answers."""
    address = f"/moderations/{moderation}/sections/{section}"
    said = {"version": version_on(client, address), **section_said(section, Grade.GOOD, "Seen.")}
    return readable(client.send(f"{address}/autosave", said, 200, headers={"Accept": "application/json"}))


def test_no_page_says_a_word_of_the_auditors_before_the_moderator_has_graded(
    database: Database, world: World, sign_in: Callable[[Person], PageClient]
) -> None:
    tasks = audits_to_grade(database, world, (Grade.GOOD, Grade.INADEQUATE))
    client = sign_in(world.people["moderator_1"])
    found, asked = leaks(client, tasks)
    assert found == []
    assert asked > 2 * len(SECTIONS)
    for task in tasks:
        for section in SECTIONS[:3]:
            assert CANARY not in save_section(client, task, section)
    assert leaks(client, tasks)[0] == []
    for task in tasks:
        fill(client, task)
        reference = client.send(f"/moderations/{task}/reference", status=200)
        assert CANARY not in readable(reference)
        assert NAME not in readable(reference)
    assert leaks(client, tasks)[0] == []
    refused = client.send(f"/moderations/{tasks[0]}/grades", {"version": "old", "certain": "y"}, 409)
    assert CANARY not in readable(refused)


def test_the_words_do_show_once_the_moderator_has_graded(
    database: Database, world: World, sign_in: Callable[[Person], PageClient]
) -> None:
    first, second = audits_to_grade(database, world, (Grade.GOOD, Grade.GOOD))
    client = sign_in(world.people["moderator_1"])
    fill(client, first, Grade.REQUIRES_IMPROVEMENT)
    give(client, first)
    said = readable(client.get(f"/moderations/{first}/agreement"))
    assert CANARY in said
    assert NAME in said
    found, _ = leaks(client, [first, second])
    assert found
    assert not [address for address in found if str(second) in address]


def test_whoever_else_a_moderator_is_the_audit_is_not_theirs_to_read(
    database: Database, world: World, sign_in: Callable[[Person], PageClient]
) -> None:
    tasks = audits_to_grade(database, world, (Grade.GOOD, Grade.INADEQUATE), roles=ROLES[1:])
    client = sign_in(world.people["moderator_1"])
    with database.reading() as session:
        audits = [f"/audits/{audit_id}" for audit_id in session.scalars(select(Audit.id))]
        led = [f"/actions/{action_id}" for action_id in session.scalars(select(Action.id))]
        led += [f"/re-audits/{reaudit_id}" for reaudit_id in session.scalars(select(Reaudit.id))]
    assert len(led) == 2
    told = [address for address, answer in answers(client, tasks, *audits, *led) if CANARY in readable(answer)]
    assert told == []
    for address in (*audits, *led):
        client.page(address, 404)
    fill(client, tasks[0], Grade.REQUIRES_IMPROVEMENT)
    give(client, tasks[0])
    assert CANARY in readable(client.get(audits[0])) + readable(client.get(audits[1]))


@pytest.fixture
def council(
    empty_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., dict[str, str]]]:
    """What a moderator can get of a council whose audits have these grades, byte for byte but for what is random."""
    opened = []

    def build(*grades: Grade, roles: tuple[Role, ...] = ()) -> dict[str, str]:
        # Lists in the order of their ids come out in the same order.
        numbers = Random(1)  # noqa: S311
        monkeypatch.setattr("tests.world.uuid4", lambda: UUID(int=numbers.getrandbits(128), version=4))
        path = tmp_path / f"{len(opened)}.sqlite3"
        shutil.copy(empty_sqlite, path)
        database = Database(f"sqlite:///{path}")
        opened.append(database)
        settings = Settings(
            database_url=f"sqlite:///{path}", council="Testshire", https=False, clock=lambda: AT, **SECRETS
        )
        with database.writing() as session, session.begin():
            world = World.build(session, settings, at=AT)
            october, _ = submitted_month(session, world, [Grade.GOOD] * 4, at=AT, month=date(2026, 10, 1))
            closing.close(session, october, by="test", at=AT)
        tasks = audits_to_grade(database, world, grades, roles=roles)
        with database.reading() as session:
            audits = session.execute(select(Audit.id, Audit.month, Audit.number)).all()
        named = {audit_id: f"{month}, {number}" for audit_id, month, number in audits}
        # Rows of an extract are named, and so ordered, by random ids: here by what the two councils have in common.
        monkeypatch.setattr("qa_app.services.extract.Named.row", lambda _, audit_id: named[audit_id])
        return everything(create_app(settings, database), database, world, tasks)

    yield build
    for database in opened:
        database.dispose()


def everything(app: Flask, database: Database, world: World, tasks: list[UUID]) -> dict[str, str]:
    """Every answer before and after a draft, ids replaced by the order in which they first appear."""
    app.test_client_class = PageClient
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.enter_as(database, world.people["moderator_1"].id, at=AT)
    ids: dict[str, str] = {}

    def plain(said: str) -> str:
        without = TOKEN.sub("", said)
        if RECORD.search(without):  # a code over events' random ids, and so the length of the paper that prints it
            without = LENGTH.sub("", RECORD.sub("", without))
        return EITHER.sub(lambda found: ids.setdefault(found[0], f"id-{len(ids)}"), without)

    kept = {}
    for stage in ("before", "in between"):
        for address, answer in answers(client, tasks):
            kept[plain(f"{stage} {address}")] = plain(readable(answer))
        for section in SECTIONS if stage == "before" else ():
            kept[plain(f"saved {section}")] = plain(save_section(client, tasks[0], section))
    return kept


def test_nothing_a_moderator_can_get_differs_by_a_byte_with_the_auditors_grades(
    council: Callable[..., dict[str, str]],
) -> None:
    good = council(Grade.GOOD, Grade.OUTSTANDING, Grade.GOOD)
    outstanding = council(Grade.OUTSTANDING, Grade.GOOD, Grade.OUTSTANDING)
    assert len(good) > 50
    assert good.keys() == outstanding.keys()
    assert [address for address in good if good[address] != outstanding[address]] == []


def test_the_law_notices_a_list_in_the_order_of_the_auditors_grades(
    council: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_it_is = moderations._task_query

    def leaking(actor: Actor) -> object:
        overall = select(Judgement.grade).where(Judgement.audit_id == Audit.id, Judgement.element == "overall")
        return as_it_is(actor).order_by(None).order_by(overall.limit(1).scalar_subquery())

    monkeypatch.setattr(moderations, "_task_query", leaking)
    good = council(Grade.GOOD, Grade.OUTSTANDING)
    assert good != council(Grade.OUTSTANDING, Grade.GOOD)


def test_a_lead_or_head_who_moderates_gets_no_difference_either(council: Callable[..., dict[str, str]]) -> None:
    worse = Grade.REQUIRES_IMPROVEMENT
    both = [council(*grades, roles=ROLES[1:]) for grades in ((Grade.GOOD, worse), (worse, Grade.GOOD))]
    assert both[0].keys() == both[1].keys()
    assert [address for address in both[0] if "/scorecard/2026-10" in address]
    assert [address for address in both[0] if both[0][address] != both[1][address]] == []


def test_what_is_posted_out_of_order_changes_nothing(
    database: Database, world: World, sign_in: Callable[[Person], PageClient]
) -> None:
    (task,) = audits_to_grade(database, world, (Grade.GOOD,))
    client = sign_in(world.people["moderator_1"])

    def rows() -> dict[str, int]:
        with database.reading() as session:
            counted = select(Judgement.stage, func.count()).group_by(Judgement.stage)
            return dict(session.execute(counted).all())

    address = f"/moderations/{task}"
    client.send(f"{address}/agreement", resolved(), 409)
    assert rows() == {"auditor": len(ELEMENTS)}
    fill(client, task, Grade.REQUIRES_IMPROVEMENT)
    give(client, task)
    graded = {"auditor": len(ELEMENTS), "moderator": len(ELEMENTS)}
    for again in ("/grades", "/sections/voice", "/sections/overall/autosave"):
        said = {"version": "x", "certain": "y", "acknowledged": "y", "voice": "inadequate"}
        assert client.post(f"{address}{again}", data={"csrf_token": client.token(), **said}).status_code in (404, 409)
        assert rows() == graded
    client.send(f"{address}/agreement", {**resolved(), "version": version_on(client, f"{address}/agreement")})
    assert rows() == {**graded, "final": len(ELEMENTS)}
    client.send(f"{address}/agreement", resolved(), 409)
    assert rows() == {**graded, "final": len(ELEMENTS)}
