"""A made-up council of any size to measure on: 24 months of audits, a sample of them moderated, filled in quickly."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Index, Table, insert, text
from sqlalchemy.orm import Session

from audit_forms.grades import BEST_FIRST
from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.models import (
    Account,
    Audit,
    Base,
    Batch,
    Case,
    CountedAnswer,
    Cycle,
    Draw,
    Expectation,
    FrameMember,
    Judgement,
    Moderation,
    Person,
    Reflection,
    RoleGrant,
    Service,
    Team,
)
from qa_app.queries.facts import CHRONOLOGY, TOOL
from qa_app.queries.practitioners import QUESTION
from qa_app.services.imports.bulk import insert_rows

SEED = 20261115
AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
MONTHS = tuple(date(2024 + (10 + n) // 12, (10 + n) % 12 + 1, 1) for n in range(25))[1:]
SERVICES, TEAMS, AUDITORS, MODERATORS, WORKERS = 6, 30, 120, 6, 300
MODERATED = 0.15
AUDITS_OF_A_CASE = 4
ELEMENTS = (
    *("voice", "chronology", "assessment", "plan", "visits", "partnership"),
    *("review", "permanence", "supervision", "recording", "impact", "overall"),
)
GRADES = tuple(grade.value for grade in BEST_FIRST)
FREQUENCY = (12, 55, 27, 6)
AGREES = 0.88
WITHDRAWN = 0.01
ASKED = 0.5  # of the audits, a worker is asked to reflect
HELPED = ("yes", "yes", "partly", "no", "not_applicable")
BATCH = UUID(int=1, version=4)  # audits of an import: the triggers let their grades in after the audit

AUDIT = (
    *("id", "number", "cycle_id", "month", "case_id", "auditor_id", "auditor_role", "tool_key", "tool_version"),
    *("service_id", "team_id", "plan_type", "state", "stream", "allocated_at", "submitted_at", "submitted_on"),
    *("withdrawn_at", "withdrawn_by", "exit_reason", "late_reason", "batch_id", "worker_id"),
)
JUDGEMENT = (
    *("audit_id", "element", "stage", "grade", "auditor_grade", "month", "service_id", "team_id", "tool_key"),
    *("judge_id", "given_at"),
)
COUNTED = ("audit_id", "question", "value", "month", "service_id", "team_id", "tool_key")
MEMBER = (
    *("id", "draw_id", "audit_id", "month", "stratum", "certainty", "selected"),
    *("chance_numerator", "chance_denominator"),
)
MODERATION = (
    *("id", "audit_id", "moderator_id", "stream", "mode", "state", "allocated_at", "graded_at", "graded_on"),
    *("agreed_at", "agreed_by", "form_sound", "independence"),
)
REFLECTION = (
    *("id", "audit_id", "person_id", "invited_at", "invited_by", "draft", "proud", "in_the_way", "needs", "helped"),
    *("helped_how", "position", "dispute", "asks_moderation", "given_at", "decision", "decision_note"),
)


class People(NamedTuple):
    """Who there is, by identity; `places` are (service, team), an auditor each for some of them."""

    places: tuple[tuple[UUID, UUID], ...]
    auditors: tuple[UUID, ...]
    moderators: tuple[UUID, ...]
    workers: tuple[UUID, ...]
    head: UUID


class Rows(NamedTuple):
    """The rows of some audits, by table, in the order of the columns above."""

    audits: list[tuple[Any, ...]]
    judgements: list[tuple[Any, ...]]
    counted: list[tuple[Any, ...]]
    members: list[tuple[Any, ...]]
    moderations: list[tuple[Any, ...]]
    reflections: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Council:
    """What audits are made up from."""

    chance: Random
    people: People
    cycles: dict[date, UUID]
    draws: dict[date, UUID]
    cases: Sequence[UUID]


def fill(database: Database, audits: int) -> People:
    """Fill an empty database with a council of this many audits; the same number gives the same council."""
    chance = Random(SEED + audits)  # noqa: S311 (made-up rows)
    with database.writing() as session, session.begin():
        people = _people(session, chance)
        cycles, draws = _cycles(session, chance, people)
        cases = _cases(session, chance, people, max(60, audits // AUDITS_OF_A_CASE))
    council = Council(chance, people, cycles, draws, cases)
    with _without_indexes(database), database.writing() as session, session.begin():
        if not database.sqlite:
            session.execute(text("SET LOCAL session_replication_role = replica"))  # no trigger for each row
        made = sorted(identity(chance) for _ in range(audits))
        for start in range(0, audits, 5000):
            rows = Rows([], [], [], [], [], [])
            for number, audit in enumerate(made[start : start + 5000], start):
                _audit(rows, council, audit, number, of=audits)
            _insert(session, rows)
    _settle(database)
    return people


def identity(chance: Random) -> UUID:
    """A random identity that the seed decides."""
    return UUID(int=chance.getrandbits(128), version=4)


def _people(session: Session, chance: Random) -> People:
    services = [Service(id=identity(chance), name=f"Service {n + 1}") for n in range(SERVICES)]
    teams = [
        Team(id=identity(chance), name=f"Team {n + 1}", service_id=services[n % SERVICES].id) for n in range(TEAMS)
    ]
    none = dict.fromkeys(("added", "changed", "unchanged", "left_out", "refused"), 0)
    session.add(Batch(id=BATCH, kind="register", file_sha256="0" * 64, imported_at=AT, imported_by="bench", **none))
    session.add_all(services)
    session.flush()
    session.add_all(teams)
    session.flush()

    def person(name: str, team: Team, role: Role, manager: UUID | None = None) -> UUID:
        email = f"{name.replace(' ', '.')}@bench.example"
        made = Person(id=identity(chance), name=name, email=email, team_id=team.id, line_manager_id=manager)
        session.add(made)
        session.flush()
        session.add(RoleGrant(person_id=made.id, role=role, granted_at=AT, granted_by="bench"))
        session.add(Account(person_id=made.id, password_hash="not used", changed_at=AT))
        return made.id

    # The first auditor of each team manages its workers.
    auditors = tuple(person(f"Auditor {n + 1}", teams[n % TEAMS], Role.AUDITOR) for n in range(AUDITORS))
    return People(
        places=tuple((team.service_id, team.id) for team in teams),
        auditors=auditors,
        moderators=tuple(person(f"Moderator {n + 1}", teams[n], Role.MODERATOR) for n in range(MODERATORS)),
        workers=tuple(
            person(f"Worker {n + 1}", teams[n % TEAMS], Role.PRACTITIONER, auditors[n % TEAMS]) for n in range(WORKERS)
        ),
        head=person("Head", teams[0], Role.HEAD_OF_SERVICE),
    )


def _cycles(session: Session, chance: Random, people: People) -> tuple[dict[date, UUID], dict[date, UUID]]:
    """Each month's cycle and draw by month: all closed but the last, everybody expected to audit once."""
    cycles = {month: identity(chance) for month in MONTHS}
    draws = {month: identity(chance) for month in MONTHS}
    for month, cycle in cycles.items():
        closed = month != MONTHS[-1]
        session.add(
            Cycle(
                id=cycle, month=month, tool_key=TOOL, tool_version=1, state="closed" if closed else "released",
                due_on=month.replace(day=28), opened_at=AT, opened_by="bench", released_at=AT, released_by="bench",
                closed_at=AT if closed else None, closed_by="bench" if closed else None,
            )
        )  # fmt: skip
    session.flush()
    session.add_all(
        Draw(
            id=draws[month], cycle_id=cycle, kind="moderation", seed="1", rule={}, frame={}, frame_sha256="0" * 64,
            excluded={}, drawn_at=AT, drawn_by="bench",
        )
        for month, cycle in cycles.items()
    )  # fmt: skip
    expected = [
        {"cycle_id": cycle, "person_id": person, "role_group": "manager", "expected": 1}
        for cycle in cycles.values()
        for person in people.auditors
    ]
    session.execute(insert(Expectation), expected)
    return cycles, draws


def _cases(session: Session, chance: Random, people: People, count: int) -> list[UUID]:
    made = [identity(chance) for _ in range(count)]
    columns = (
        *("id", "reference_key", "reference_sealed", "key_version", "listed", "open", "team_id", "plan_type"),
        *("legal_status", "age_band", "changed_at"),
    )
    rows = [
        (case, case.hex * 2, b"", 1, True, True, people.places[n % TEAMS][1], "Child in Need", "", "5 to 9", AT)
        for n, case in enumerate(made)
    ]
    insert_rows(session, Case, columns, rows)
    return made


def _audit(rows: Rows, council: Council, audit: UUID, number: int, *, of: int) -> None:
    """The rows of one audit: months come one after the other, as they do in life."""
    chance, people = council.chance, council.people
    month = MONTHS[number * len(MONTHS) // of]
    service, team = people.places[chance.randrange(TEAMS)]
    auditor = people.auditors[chance.randrange(AUDITORS)]
    case = council.cases[chance.randrange(len(council.cases))]
    withdrawn = chance.random() < WITHDRAWN
    moderated = not withdrawn and chance.random() < MODERATED
    keys = (month, service, team, TOOL)
    worker = people.workers[chance.randrange(WORKERS)]
    rows.audits.append(
        (
            *(audit, number, council.cycles[month], month, case, auditor, "Manager", TOOL, 1),
            *(service, team, "Child in Need", "withdrawn" if withdrawn else "agreed" if moderated else "submitted"),
            *("random", AT, AT, month.replace(day=20)),
            *(AT if withdrawn else None, "bench" if withdrawn else None, "", "", BATCH, worker),
        )
    )
    first = dict(zip(ELEMENTS, chance.choices(GRADES, FREQUENCY, k=len(ELEMENTS)), strict=True))
    rows.judgements.extend((audit, e, "auditor", grade, None, *keys, auditor, AT) for e, grade in first.items())
    rows.counted.extend((audit, q, chance.choice(("yes", "yes", "yes", "partly")), *keys) for q in CHRONOLOGY)
    certain = first["overall"] == "inadequate"
    stratum = "inadequate" if certain else "everything else"
    draw = council.draws[month]
    rows.members.append((identity(chance), draw, audit, month, stratum, certain, moderated, 15, 100))
    if moderated:
        _moderation(rows, council, audit, keys, first)
    if chance.random() < ASKED:
        _reflection(rows, chance, audit, keys, worker)


def _reflection(rows: Rows, chance: Random, audit: UUID, keys: tuple[Any, ...], worker: UUID) -> None:
    """A worker asked to reflect: half of them do it themselves, some told the auditor, a few did neither."""
    own = chance.random() < 0.5
    said = (chance.choice(HELPED), "", "accepts") if own else ("", "", "")
    rows.reflections.append(
        (identity(chance), audit, worker, AT, "bench", {}, "", "", "", *said, "", False, AT if own else None, "", "")
    )
    if chance.random() < 0.5:
        rows.counted.append((audit, QUESTION, chance.choice(HELPED), *keys))


def _moderation(rows: Rows, council: Council, audit: UUID, keys: tuple[Any, ...], first: dict[str, str]) -> None:
    chance = council.chance
    moderator = council.people.moderators[chance.randrange(MODERATORS)]
    done = (AT, keys[0].replace(day=25), AT, "bench", chance.random() < 0.9, "checked")
    rows.moderations.append((identity(chance), audit, moderator, "sampled", "blind", "agreed", AT, *done))
    second = {e: grade if chance.random() < AGREES else chance.choice(GRADES) for e, grade in first.items()}
    for stage in ("moderator", "final"):
        rows.judgements.extend((audit, e, stage, grade, first[e], *keys, moderator, AT) for e, grade in second.items())


def _insert(session: Session, rows: Rows) -> None:
    insert_rows(session, Audit, AUDIT, rows.audits)
    for model, columns, waiting in (
        (Judgement, JUDGEMENT, rows.judgements),
        (CountedAnswer, COUNTED, rows.counted),
        (FrameMember, MEMBER, rows.members),
        (Moderation, MODERATION, rows.moderations),
        (Reflection, REFLECTION, rows.reflections),
    ):
        insert_rows(session, model, columns, waiting)


@contextmanager
def _without_indexes(database: Database) -> Iterator[None]:
    """Take the indexes of the big tables away, and make them again afterwards: much quicker than row by row."""
    taken = list(_indexes((Judgement, CountedAnswer, FrameMember)))
    for index in taken:
        index.drop(database.engine)
    yield
    for index in taken:
        index.create(database.engine)


def _indexes(models: Iterable[type[Base]]) -> Iterator[Index]:
    for model in models:
        table = model.__table__
        assert isinstance(table, Table)
        yield from table.indexes


def _settle(database: Database) -> None:
    """What PostgreSQL's autovacuum does by itself in a database that is in use."""
    if database.sqlite:
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
