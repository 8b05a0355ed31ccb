"""THE table of who may change what: every POST address, who has the right, and on which rows it is theirs.

It says a second time, by another hand, what `permissions.py` and the modules of `access/` say.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from audit_forms.definition_file import sha256_of
from qa_app.access.permissions import Role
from qa_app.models import Person
from qa_app.services.drafts import version_of
from tests.laws.around import ACTS, CHECKS, REFLECTS, Council
from tests.laws.more import Things
from tests.laws.second_grades import Seconds
from tests.laws.test_objects import Reader
from tests.laws.test_routes import NOBODY
from tests.world import World

NOTHING = UUID(NOBODY)
ADMIN, LEAD, AUDITS = {Role.ADMINISTRATOR}, {Role.QA_LEAD}, {Role.AUDITOR, Role.MODERATOR}
GRADES, EVERYBODY = {Role.MODERATOR}, set(Role)
REVEALS = {Role.AUDITOR, Role.MODERATOR, Role.QA_LEAD}
PLAIN = {"reason": "It has to be so"}
DAY = {"day": "7", "month": "12", "year": "2026"}


class Ask(NamedTuple):
    """What stands in the address, whether it is theirs to change, and all that the rules ask."""

    ids: tuple[object, ...] = ()
    theirs: bool = True
    facts: tuple[object, ...] = ()
    refusal: int = 404


class Place(NamedTuple):
    """Everything the table speaks of."""

    world: World
    council: Council
    things: Things
    seconds: Seconds


Asks = Callable[[Place, Reader], Iterator[Ask]]
Said = Mapping[str, Any] | Callable[[Place], dict[str, Any]]


class Change(NamedTuple):
    """Who has the right, which rows there are to do it with, and what the form says."""

    who: set[Role]
    asks: Asks
    said: Said = MappingProxyType({})


def once(place: Place, reader: Reader) -> Iterator[Ask]:
    """An address without a row."""
    yield Ask()


def each(rows: Callable[[Things], Any]) -> Asks:
    """Rows that are everybody's who has the right, and one that is not there."""

    def asks(place: Place, reader: Reader) -> Iterator[Ask]:
        yield from (Ask(one if isinstance(one, tuple) else (one,)) for one in rows(place.things))
        yield Ask((NOTHING,), theirs=False)

    return asks


def of_month(rows: Callable[[Things], Any]) -> Asks:
    """Rows of a month: with their own month in the address they are there, with another they are not."""

    def asks(place: Place, reader: Reader) -> Iterator[Ask]:
        for month, one in rows(place.things):
            blind = any(one == row.id and place.council.waits(reader, row) for row in place.council.audits.values())
            yield Ask((month, one), theirs=not blind, facts=(blind, one))
            other = next(cycle for cycle in place.things.cycles.values() if cycle != month)
            yield Ask((other, one), theirs=False)
        yield Ask((NOTHING, NOTHING), theirs=False)

    return asks


def actions(may: str) -> Asks:
    def asks(place: Place, reader: Reader) -> Iterator[Ask]:
        for one in place.council.actions:
            yield Ask((one.id,), getattr(place.council, may)(reader, one), place.council.action_facts(reader, one))
        yield Ask((NOTHING,), theirs=False)

    return asks


def alerts(place: Place, reader: Reader) -> Iterator[Ask]:
    for one, told in place.council.alerts:
        facts = (*place.council.facts(reader, one.audit_id), reader.person.id in told)
        yield Ask((one.id,), place.council.sees_alert(reader, one, told), facts)
    yield Ask((NOTHING,), theirs=False)


def reflections(may: str) -> Asks:
    def asks(place: Place, reader: Reader) -> Iterator[Ask]:
        for one in place.council.reflections:
            yield Ask((one.id,), getattr(place.council, may)(reader, one), place.council.feedback_facts(reader, one))
        yield Ask((NOTHING,), theirs=False)

    return asks


def asked_workers(place: Place, reader: Reader) -> Iterator[Ask]:
    for one in place.council.reflections:
        theirs = Role.QA_LEAD in reader.roles and reader.reads(place.council.audits[one.audit_id])
        yield Ask((one.audit_id,), theirs, place.council.feedback_facts(reader, one))
    yield Ask((NOTHING,), theirs=False)


def steps(place: Place, reader: Reader) -> Iterator[Ask]:
    yield Ask((place.things.cycles["planned"], "due"))
    yield Ask((NOTHING, "due"), theirs=False)


def reaudits(place: Place, reader: Reader) -> Iterator[Ask]:
    for one in place.council.reaudits:
        yield Ask((one.id,), place.council.sees_reaudit(reader, one), place.council.facts(reader, one.first_id))
    yield Ask((NOTHING,), theirs=False)


def own_absences(place: Place, reader: Reader) -> Iterator[Ask]:
    for one, person in place.things.absences.items():
        mine = person == reader.person.id
        yield Ask((one,), mine, (mine,))
    yield Ask((NOTHING,), theirs=False)


def mails(place: Place, reader: Reader) -> Iterator[Ask]:
    for one, kind in place.things.mails.items():
        yield Ask((one,), theirs=kind == "digest" or Role.MODERATOR not in reader.roles, facts=(kind,))
    yield Ask((NOTHING,), theirs=False)


def audits(may: str, *parts: object) -> Asks:
    """Audits by a rule of `Reader`; a row they record or read under another right may answer where it leads."""

    def asks(place: Place, reader: Reader) -> Iterator[Ask]:
        for row in place.council.audits.values():
            mine = row.auditor == reader.person.id
            if mine and not reader.writes(row) and may == "writes":
                continue  # its own auditor is told that it is submitted
            yield Ask((row.id, *parts), getattr(reader, may)(row), place.council.facts(reader, row.id))
        yield Ask((NOTHING, *parts), theirs=False)

    return asks


def moderations(*parts: object) -> Asks:
    def asks(place: Place, reader: Reader) -> Iterator[Ask]:
        for row in place.council.audits.values():
            if row.moderation is not None and row.moderated != "not_done":
                facts = (row.moderated, row.month_open, reader.grades(row))
                yield Ask((row.moderation, *parts), reader.grades(row), facts)
        yield Ask((NOTHING, *parts), theirs=False)

    return asks


def tools_to_start(place: Place, reader: Reader) -> Iterator[Ask]:
    """Whoever moderates and audits nothing starts the tool of reviewing officers alone."""
    yield Ask(("plan",), theirs=Role.AUDITOR in reader.roles, facts=("plan",))
    yield Ask(("no_such_tool",), theirs=False)


def references(place: Place, reader: Reader) -> Iterator[Ask]:
    """A moderator sees the reference until the final grades are agreed."""
    for row in place.council.audits.values():
        if row.moderation is not None and row.moderated != "not_done":
            at_work = row.moderated != "agreed" or Role.QA_LEAD in reader.roles
            facts = (row.moderated, reader.grades(row))
            yield Ask((row.moderation,), reader.grades(row) and at_work, facts)
    yield Ask((NOTHING,), theirs=False)


def listed_cases(place: Place, reader: Reader) -> Iterator[Ask]:
    """The list of cases is the QA lead's; a case of one's audit is revealed there."""
    yield from (Ask((one,), theirs=Role.QA_LEAD in reader.roles) for one in place.things.cases)
    yield Ask((NOTHING,), theirs=False)


def files(kind: str) -> Asks:
    """A file that waits is its owner's; another's is as if it were not there, and the page to choose one is shown."""

    def asks(place: Place, reader: Reader) -> Iterator[Ask]:
        owner = reader.person.id == place.world.people["administrator" if kind == "staff" else "qa_lead"].id
        yield Ask((place.things.uploads[kind, "own"],), theirs=owner, facts=(owner, "own"))
        yield Ask((place.things.uploads[kind, "another's"],), theirs=False, facts=("another's",))
        yield Ask((NOTHING,), theirs=False)

    return asks


def tool(state: str) -> Callable[[Place], dict[str, Any]]:
    return lambda place: {"sha256": sha256_of(place.things.tools[state].definition)}


def person(key: str, field: str, **more: str) -> Callable[[Place], dict[str, Any]]:
    def said(place: Place) -> dict[str, Any]:
        one: Person = place.world.people[key]
        return {field: str(one.id), **more}

    return said


def _day(name: str, **more: str) -> dict[str, str]:
    return {f"{name}-{part}": text for part, text in {**DAY, **more}.items()}


def _tools(things: Things) -> list[UUID]:
    return [one.id for one in things.tools.values()]


def _months(*states: str) -> Asks:
    return each(lambda things: [things.cycles[state] for state in states])


_ROLE = {"role": "moderator", "service": ""}
_PROUD = {"version": version_of({}), "proud": "The visits."}
_AWAY = {**_day("first"), **_day("last", day="11"), "reason": "leave"}
_MONTH_AUDIT = of_month(lambda things: things.audits.values())
_OPEN_AUDIT = of_month(lambda things: [things.audits["allocated, released"]])
_GIVEN = of_month(lambda things: things.moderations.values())
_ABSENCES = each(lambda things: things.absences)
_CYCLE, _AUDIT, _TASK = "/cycles/<uuid:cycle_id>", "/audits/<uuid:audit_id>", "/moderations/<uuid:moderation_id>"
_ACTION, _REAUDIT, _TOOL = "/actions/<uuid:action_id>", "/re-audits/<uuid:reaudit_id>", "/tools/<uuid:tool_id>"
_ABSENCE, _REFLECTION = "/absences/<uuid:absence_id>", "/reflections/<uuid:reflection_id>"
_STEP = (
    f"{_CYCLE}/steps/<any(drawn, told, reminder, due, late, manager_told, head_told, moderation_begins, "
    "moderation_ends, resolved, close):step>"
)

TABLE: dict[str, Change] = {
    "/absences/new": Change(LEAD, once, person("manager_planning", "person", approver="Head of North", **_AWAY)),
    f"{_ABSENCE}/confirm": Change(LEAD, _ABSENCES, {"approver": "Head of South"}),
    f"{_ABSENCE}/end": Change(LEAD, _ABSENCES),
    f"{_ABSENCE}/excuse": Change(LEAD, _ABSENCES),
    f"{_ABSENCE}/reallocate": Change(LEAD, _ABSENCES, PLAIN),
    "/account/away": Change(EVERYBODY, once, _AWAY),
    "/account/away/<uuid:absence_id>/end": Change(EVERYBODY, own_absences),
    "/account/calendar": Change(EVERYBODY, once),
    "/account/calendar/switch-off": Change(EVERYBODY, once),
    "/account/password": Change(EVERYBODY, once),
    "/account/reminders": Change(EVERYBODY, once, {"digest": "none"}),
    "/account/stay": Change(EVERYBODY, once),
    f"{_ACTION}/cancel": Change(CHECKS, actions("cancels"), PLAIN),
    f"{_ACTION}/check": Change(CHECKS, actions("checks"), {"decision": "close", "said": ""}),
    f"{_ACTION}/done": Change(ACTS, actions("does"), {"evidence": "Visited."}),
    f"{_ACTION}/due": Change(CHECKS, actions("checks"), {**_day("due"), **PLAIN}),
    f"{_ACTION}/give": Change(CHECKS, actions("gives"), {"owner": "owner@test.example", **PLAIN}),
    f"{_ACTION}/keep": Change(CHECKS, actions("keeps")),
    "/alerts/<uuid:alert_id>/acknowledge": Change(CHECKS, alerts, {"note": "Seen today."}),
    f"{_AUDIT}/hand-back": Change(AUDITS, audits("writes"), {"code": "conflict", **PLAIN}),
    f"{_AUDIT}/reference": Change(REVEALS, audits("reveals")),
    f"{_AUDIT}/reflection/link": Change(LEAD, asked_workers),
    f"{_AUDIT}/reflection/worker": Change(LEAD, asked_workers, person("worker_care_1", "person")),
    f"{_AUDIT}/sections/<string:section_key>": Change(AUDITS, audits("writes", "voice"), {"then": "list"}),
    f"{_AUDIT}/sections/<string:section_key>/autosave": Change(AUDITS, audits("writes", "voice")),
    f"{_AUDIT}/submit": Change(AUDITS, audits("writes")),
    f"{_AUDIT}/withdraw": Change(LEAD, audits("reads"), PLAIN),
    "/audits/start/<string:tool_key>": Change(AUDITS, tools_to_start, {"reference": "900001", "again": "y"}),
    "/cases/<uuid:case_id>/reveal": Change(REVEALS, listed_cases),
    "/cases/import": Change(LEAD, once),
    "/cases/import/<uuid:upload_id>/columns": Change(LEAD, files("cases")),
    "/cases/import/<uuid:upload_id>/confirm": Change(LEAD, files("cases")),
    "/cases/import/<uuid:upload_id>/give-up": Change(LEAD, files("cases")),
    "/cycles": Change(LEAD, once, {"month-month": "1", "month-year": "2027"}),
    f"{_CYCLE}/audits/<uuid:audit_id>/late": Change(LEAD, _MONTH_AUDIT, PLAIN),
    f"{_CYCLE}/audits/<uuid:audit_id>/reallocate": Change(
        LEAD, _OPEN_AUDIT, person("manager_leaving", "auditor", code="away", **PLAIN)
    ),
    f"{_CYCLE}/audits/<uuid:audit_id>/replace": Change(
        LEAD, _MONTH_AUDIT, person("manager_care", "auditor", **PLAIN)
    ),
    f"{_CYCLE}/audits/<uuid:audit_id>/swap": Change(LEAD, _MONTH_AUDIT, PLAIN),
    f"{_CYCLE}/audits/<uuid:audit_id>/take-out": Change(LEAD, _MONTH_AUDIT, PLAIN),
    f"{_CYCLE}/close": Change(LEAD, _months("planned", "released"), {"certain": "y"}),
    f"{_CYCLE}/draw": Change(LEAD, _months("planned"), PLAIN),
    f"{_CYCLE}/draw/by-service-and-plan": Change(
        LEAD, _months("planned"), {"quota-North: Child in Need": "1", **PLAIN}
    ),
    f"{_CYCLE}/draw/closed-cases": Change(LEAD, _months("planned"), PLAIN),
    f"{_CYCLE}/draw/theme": Change(LEAD, _months("planned"), {"title": "Neglect", "plans": "Child in Need", **PLAIN}),
    f"{_CYCLE}/expectations": Change(LEAD, _months("planned")),
    f"{_CYCLE}/expectations/<uuid:expectation_id>": Change(
        LEAD, of_month(lambda things: things.expectations.items()),
        {"code": "leave", "approver": "Head of North", **PLAIN},
    ),
    f"{_CYCLE}/pick": Change(LEAD, _months("planned", "released"), {"references": "900001", **PLAIN}),
    f"{_CYCLE}/release": Change(LEAD, _months("planned", "released")),
    f"{_CYCLE}/sample": Change(LEAD, _months("planned", "released")),
    f"{_CYCLE}/sample/<uuid:moderation_id>/give": Change(LEAD, _GIVEN, person("moderator_2", "moderator", **PLAIN)),
    f"{_CYCLE}/sample/choose": Change(LEAD, _months("released"), PLAIN),
    _STEP: Change(
        LEAD, steps, {**_day("on", day="16"), **PLAIN}
    ),
    "/disputes/<uuid:reflection_id>": Change(
        LEAD, reflections("decides"), {"decision": "stands", "note": "Read again."}
    ),
    "/imports/<uuid:batch_id>/withdraw": Change(LEAD, each(lambda things: things.batches), PLAIN),
    "/imports/register": Change(LEAD, once),
    "/imports/register/<uuid:upload_id>/columns": Change(LEAD, files("register")),
    "/imports/register/<uuid:upload_id>/confirm": Change(LEAD, files("register")),
    "/imports/register/<uuid:upload_id>/give-up": Change(LEAD, files("register")),
    f"{_TASK}/agreement": Change(GRADES, moderations()),
    f"{_TASK}/agreement/autosave": Change(GRADES, moderations()),
    f"{_TASK}/grades": Change(GRADES, moderations()),
    f"{_TASK}/reference": Change(REVEALS, references),
    f"{_TASK}/sections/<string:section_key>": Change(GRADES, moderations("voice"), {"then": "list"}),
    f"{_TASK}/sections/<string:section_key>/autosave": Change(GRADES, moderations("voice")),
    "/outbox/<uuid:mail_id>/give-up": Change(ADMIN, mails),
    "/outbox/<uuid:mail_id>/retry": Change(ADMIN, mails),
    "/people/<uuid:person_id>/roles": Change(ADMIN, each(lambda things: things.people), _ROLE),
    "/people/<uuid:person_id>/sign-in": Change(ADMIN, each(lambda things: things.people)),
    "/people/<uuid:person_id>/sign-in/switch-off": Change(ADMIN, each(lambda things: things.people)),
    "/people/import": Change(ADMIN, once),
    "/people/import/<uuid:upload_id>/confirm": Change(ADMIN, files("staff")),
    "/people/import/<uuid:upload_id>/give-up": Change(ADMIN, files("staff")),
    "/people/roles/<uuid:grant_id>/confirm": Change(ADMIN, each(lambda things: things.grants.values())),
    "/people/roles/<uuid:grant_id>/end": Change(ADMIN, each(lambda things: things.grants.values())),
    "/people/roles/<uuid:grant_id>/turn-down": Change(ADMIN, each(lambda things: things.grants.values())),
    "/people/suggested-roles": Change(ADMIN, once, lambda place: {"grant": [str(place.things.grants["board"])]}),
    _REAUDIT: Change(
        LEAD, reaudits,
        lambda place: {
            "auditor": str(place.world.people["manager_planning"].id), "cycle": str(place.things.cycles["planned"])
        },
    ),
    f"{_REAUDIT}/cancel": Change(LEAD, reaudits, PLAIN),
    f"{_REAUDIT}/keep": Change(LEAD, reaudits, PLAIN),
    _REFLECTION: Change(REFLECTS, reflections("reflects"), _PROUD),
    f"{_REFLECTION}/autosave": Change(REFLECTS, reflections("reflects"), _PROUD),
    f"{_REFLECTION}/give": Change(REFLECTS, reflections("reflects")),
    "/settings": Change(LEAD, once),
    "/tools/upload": Change(LEAD, once),
    "/tools/upload/<uuid:upload_id>/confirm": Change(LEAD, files("tool")),
    "/tools/upload/<uuid:upload_id>/give-up": Change(LEAD, files("tool")),
    f"{_TOOL}/archive": Change(LEAD, each(_tools), tool("live")),
    f"{_TOOL}/delete": Change(LEAD, each(_tools), tool("draft")),
    f"{_TOOL}/preview": Change(LEAD, each(_tools)),
    f"{_TOOL}/publish": Change(LEAD, each(_tools), tool("draft")),
}  # fmt: skip

# What needs no sign-in: the link of a reflection says whose it is. `test_changes_around.py` asks for each.
BY_LINK = {
    "/reflection/<uuid:reflection_id>/link", "/reflection/link/<string:token>", "/reflection/mine",
    "/reflection/mine/autosave", "/reflection/mine/give",
}  # fmt: skip
# Signing in and out is `test_sign_in.py`'s.
APART = {"/sign-in", "/sign-out"}
# What takes a file, a long form or a row that is not there; that it is carried out, the tests of its own pages show.
CARRIED_OUT_ELSEWHERE = {
    "/account/password", f"{_AUDIT}/submit", "/cases/import", "/cases/import/<uuid:upload_id>/confirm",
    f"{_CYCLE}/audits/<uuid:audit_id>/late", f"{_CYCLE}/audits/<uuid:audit_id>/reallocate",
    f"{_CYCLE}/audits/<uuid:audit_id>/replace", f"{_CYCLE}/audits/<uuid:audit_id>/take-out",
    f"{_CYCLE}/draw/closed-cases", f"{_CYCLE}/draw/theme", f"{_CYCLE}/sample/choose",
    f"{_CYCLE}/sample/<uuid:moderation_id>/give",
    "/imports/<uuid:batch_id>/withdraw", "/imports/register", "/imports/register/<uuid:upload_id>/confirm",
    f"{_TASK}/agreement", f"{_TASK}/grades", "/people/import", "/settings", "/tools/upload",
}  # fmt: skip
