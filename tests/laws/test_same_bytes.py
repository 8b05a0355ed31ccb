"""The same council twice, with grades outstanding and then inadequate: who grades blind gets the same bytes."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit_forms.grades import Grade, Judged
from qa_app import create_app
from qa_app.access.actor import Actor
from qa_app.config import Settings
from qa_app.db import Database
from qa_app.models import Action, Audit, Judgement, Message, Moderation, Person, Reading, Reaudit
from qa_app.queries import moderations, worklists
from qa_app.queries.waiting import waiting
from qa_app.services import moderations as grading
from qa_app.services import readings, sampling
from tests.conftest import AT, SECRETS
from tests.laws.test_blindness import EITHER, TOKEN, answers, readable
from tests.months import ELEMENTS, TOOL, released_month, submitted_audit
from tests.page import PageClient
from tests.regrading import SECTIONS, section_said, version_on
from tests.world import World, actor_for

AUDITORS = ("manager_care", "manager_planning", "manager_leaving")
MODERATOR = "moderator_1"
Plant = Callable[[Flask, Database], None]
Built = dict[str, str]


def words(grade: Grade) -> dict[str, str]:
    """What an auditor writes who gives this grade: every text of the tool, of another length for another grade."""
    texts = [one.key for one in TOOL.questions if one.kind in ("text", "line") and not one.demographic]
    return {key: f"{grade.value} {key} " * (2 if grade is Grade.INADEQUATE else 5) for key in texts}


def fill(session: Session, world: World, grades: tuple[Grade, ...], third: str) -> None:
    """Audits of these grades with all that follows, so few that each is drawn; one is graded, if `third` reads it."""
    cycle = released_month(session, world, at=AT)
    for number, (auditor, grade) in enumerate(zip(AUDITORS, grades, strict=True), 1):
        audit = submitted_audit(session, world, cycle, number, grade, at=AT, answers=words(grade), by=auditor)
        if not grade.is_good_or_better:
            session.add(
                Action(
                    audit_id=audit.id, number=1, case_id=audit.case_id, service_id=audit.service_id,
                    team_id=audit.team_id, element="voice", what="See the child.", owner_named="A", due_on=AT.date(),
                    made_at=AT, made_by="test",
                )
            )  # fmt: skip
            session.add(
                Reaudit(first_id=audit.id, not_before=AT.date(), due_on=AT.date(), because="inadequate", planned_at=AT)
            )
    session.flush()
    sampling.draw_sample(session, cycle, seed="a seed", by="test", at=AT)
    given = session.scalars(
        select(Moderation).join(Audit, Audit.id == Moderation.audit_id).order_by(Audit.number)
    ).all()
    assert len(given) == len(grades)
    for one in given:  # the same moderator has all, but for the one of the three who graded what a third reads
        one.moderator_id = world.people["moderator_2" if third and one is given[0] else MODERATOR].id
    session.flush()
    if third:
        mine: dict[str, Judged] = dict.fromkeys(ELEMENTS, Grade.GOOD)
        grading.grade(session, given[0], world.people["moderator_2"], mine, {}, by="test", at=AT)
        made = readings.ask(session, given[0], "We differ.", by="test", at=AT)
        made.reader_id = world.people[MODERATOR].id
        session.flush()


@pytest.fixture
def council(empty_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Built]]:
    """All that the moderator can reach of a council whose audits have these grades."""
    opened: list[Database] = []

    def build(grade: Grade, *, third: str = "", plant: Plant | None = None) -> Built:
        numbers = Random(1)  # noqa: S311  # ids in the same order in both worlds
        monkeypatch.setattr("tests.world.uuid4", lambda: UUID(int=numbers.getrandbits(128), version=4))
        for model in (Audit, Moderation, Reading):
            column = model.__table__.c.id
            monkeypatch.setattr(column.default, "arg", lambda _: UUID(int=numbers.getrandbits(128), version=4))
        path = tmp_path / f"{len(opened)}.sqlite3"
        shutil.copy(empty_sqlite, path)
        database = Database(f"sqlite:///{path}")
        opened.append(database)
        site = Settings(database_url=f"sqlite:///{path}", council="Testshire", https=False, clock=lambda: AT, **SECRETS)
        other = Grade.OUTSTANDING if grade is Grade.INADEQUATE else Grade.INADEQUATE
        with database.writing() as session, session.begin():
            world = World.build(session, site, at=AT)
            fill(session, world, (grade, other, grade), third)
        app = create_app(site, database)
        if plant:
            plant(app, database)
        return everything(app, database, world.people[MODERATOR].id)

    yield build
    for database in opened:
        database.dispose()


def everything(app: Flask, database: Database, person_id: UUID) -> Built:
    """Every answer before, while and after drafts are written, and the mails of the day; ids by first appearance."""
    app.test_client_class = PageClient
    client = app.test_client()
    assert isinstance(client, PageClient)
    client.enter_as(database, person_id, at=AT)
    with database.reading() as session:
        held = session.scalars(
            select(Moderation.id).join(Audit).where(
                Moderation.moderator_id == person_id, Moderation.state == "allocated"
            ).order_by(Audit.number)
        ).all()  # fmt: skip
        reads = session.scalars(select(Reading.id).where(Reading.reader_id == person_id)).all()
        audits = [f"/audits/{one}{what}" for one in session.scalars(select(Audit.id).order_by(Audit.number))
                  for what in ("", "/challenge", "/letter", "/audit.pdf", "/withdraw")]  # fmt: skip
    ids: dict[str, str] = {}

    def plain(said: str) -> str:
        return EITHER.sub(lambda found: ids.setdefault(found[0], f"id-{len(ids)}"), TOKEN.sub("", said))

    places = [f"/moderations/{one}" for one in held] + [f"/readings/{one}" for one in reads]
    guessed = [f"{one}{what}" for one in places for what in ("", "/check", "/agreement", "/hand-back", "/nothing")]
    found: Built = {}
    for stage in ("before", "in between"):
        for address, answer in answers(client, [], *guessed, *audits):
            found[plain(f"{stage} {address}")] = plain(readable(answer))
        for place in places if stage == "before" else ():
            for section in [one for one in SECTIONS if one != "safe"]:
                found[plain(f"{place} {section}")] = plain(saved(client, f"{place}/sections/{section}"))
            refused = client.post(f"{place}/grades", data={"csrf_token": client.token(), "version": "old"})
            found[plain(f"{place} refused")] = plain(readable(refused))
    for number, said in enumerate(mails(database, person_id)):
        found[f"mail {number}"] = plain(said)
    return found


def saved(client: PageClient, page: str) -> str:
    """What autosave answers on a section."""
    said = {"version": version_on(client, page), **section_said(page.rsplit("/", 1)[1], Grade.GOOD, "Seen.")}
    return readable(client.send(f"{page}/autosave", said, 200, headers={"Accept": "application/json"}))


def mails(database: Database, person_id: UUID) -> list[str]:
    """What is queued for this person, and what the digest of the day tells them."""
    with database.reading() as session:
        queued = session.scalars(select(Message).where(Message.person_id == person_id).order_by(Message.kind)).all()
        actor = actor_for(session.get_one(Person, person_id))
        digest = waiting(session, actor, today=AT.date(), untouched_days=5)
        return [*(f"{one.kind} {sorted(one.detail.items())}" for one in queued), *map(repr, digest)]


def differing(first: Built, second: Built) -> list[str]:
    return sorted(
        (first.keys() ^ second.keys()) | {one for one in first.keys() & second.keys() if first[one] != second[one]}
    )


def test_no_byte_depends_on_the_auditors_grades(council: Callable[..., Built]) -> None:
    outstanding, inadequate = council(Grade.OUTSTANDING), council(Grade.INADEQUATE)
    assert len(outstanding) > 100
    assert any("autosave" in said or "saved_at" in said for said in outstanding.values())
    assert differing(outstanding, inadequate) == []


def test_nor_for_a_third_reader(council: Callable[..., Built]) -> None:
    outstanding, inadequate = council(Grade.OUTSTANDING, third="yes"), council(Grade.INADEQUATE, third="yes")
    assert [one for one in outstanding if "/readings/" in one]
    assert differing(outstanding, inadequate) == []


def test_the_law_notices_an_order_by_grade(council: Callable[..., Built], monkeypatch: pytest.MonkeyPatch) -> None:
    as_it_is = moderations._task_query

    def leaking(actor: Actor) -> Any:
        overall = select(Judgement.grade).where(Judgement.audit_id == Audit.id, Judgement.element == "overall")
        return as_it_is(actor).order_by(None).order_by(overall.limit(1).scalar_subquery())

    monkeypatch.setattr(moderations, "_task_query", leaking)
    assert differing(council(Grade.OUTSTANDING), council(Grade.INADEQUATE))


def test_the_law_notices_a_count(council: Callable[..., Built], monkeypatch: pytest.MonkeyPatch) -> None:
    def leaking(session: Session, _actor: Actor) -> worklists.Moderating:
        weak = select(func.count()).where(Judgement.element == "overall", Judgement.grade == "inadequate")
        return worklists.Moderating(session.scalar(weak) or 0, 0)

    monkeypatch.setattr(worklists, "moderating", leaking)
    assert differing(council(Grade.OUTSTANDING), council(Grade.INADEQUATE))


def test_the_law_notices_a_header(council: Callable[..., Built]) -> None:
    def plant(app: Flask, database: Database) -> None:
        @app.after_request
        def tell(response: Response) -> Response:
            with database.reading() as session:
                grade = select(Judgement.grade).join(Audit).where(Audit.number == 1, Judgement.element == "overall")
                response.headers["ETag"] = str(hash(session.scalars(grade).first()) % 2 + len(str(grade)))
                response.headers["X-Weight"] = str(len(session.scalars(grade).first() or ""))
            return response

    told = differing(council(Grade.OUTSTANDING, plant=plant), council(Grade.INADEQUATE, plant=plant))
    assert told
