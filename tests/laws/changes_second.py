"""THE table of who may change what, continued: what stands around second grades, by the rules of `second_grades.py`."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from moderation.plans import DEFAULT_RULES, plan_sha256
from tests.laws.changes import (
    NOTHING,
    PLAIN,
    REVEALS,
    Ask,
    Asks,
    Change,
    Place,
    moderations,
    once,
    person,
)
from tests.laws.second_grades import ANSWERS, CHALLENGES, GRADES, RUNS, TAKES, WAITS
from tests.laws.test_objects import Reader
from tests.months import TOOL

_WHY = "It is in the record of October."


def challenges(may: str) -> Asks:
    def asks(place: Place, reader: Reader) -> Iterator[Ask]:
        seconds = place.seconds
        for one in seconds.challenges:
            facts = (*seconds.facts(reader, one.audit_id), one.decided_at is None)
            yield Ask((one.id,), getattr(seconds, may)(reader, one), facts)
        yield Ask((NOTHING,), theirs=False)

    return asks


def challengeable(place: Place, reader: Reader) -> Iterator[Ask]:
    for row in place.council.audits.values():
        yield Ask((row.id,), place.seconds.raises(reader, row), place.seconds.facts(reader, row.id))
    yield Ask((NOTHING,), theirs=False)


def overrides(place: Place, reader: Reader) -> Iterator[Ask]:
    for one, audit in place.seconds.overrides:
        yield Ask((one.id,), place.seconds.answers(reader, audit), place.seconds.facts(reader, audit))
    yield Ask((NOTHING,), theirs=False)


def third(may: str, *parts: object, at_work: bool = False) -> Asks:
    """Third readings; some things are done only while one is being read."""

    def asks(place: Place, reader: Reader) -> Iterator[Ask]:
        for one in place.seconds.third:
            theirs = getattr(place.seconds, may)(reader, one) and (one.state in WAITS or not at_work)
            facts = (*place.seconds.facts(reader, one.audit_id), one.reader_id == reader.person.id, one.state)
            yield Ask((one.id, *parts), theirs, facts)
        yield Ask((NOTHING, *parts), theirs=False)

    return asks


def self_checks(may: str, *, at_work: bool = False) -> Asks:
    def asks(place: Place, reader: Reader) -> Iterator[Ask]:
        for one in place.seconds.self_checks:
            theirs = getattr(place.seconds, may)(reader, one) and (one.state in WAITS or not at_work)
            facts = (*place.seconds.facts(reader, one.audit_id), one.reader_id == reader.person.id, one.state)
            yield Ask((one.id,), theirs, facts)
        yield Ask((NOTHING,), theirs=False)

    return asks


def exercises(*parts: str, takes: bool = False, revealed: bool = False) -> Asks:
    """Exercises as those who take part write on them, or as the QA lead runs them."""

    def asks(place: Place, reader: Reader) -> Iterator[Ask]:
        for one, _, takers in place.seconds.exercises:
            theirs = place.seconds.takes(reader, takers) if takes else not revealed or one.state == "revealed"
            yield Ask((one.id, *parts), theirs, (one.state, takers.get(reader.person.id)))
            if parts:
                yield Ask((one.id, "no_such_part"), theirs=False)
        yield Ask((NOTHING, *parts), theirs=False)

    return asks


def exercise_files(may: str) -> Asks:
    def asks(place: Place, reader: Reader) -> Iterator[Ask]:
        for one, files, takers in place.seconds.exercises:
            theirs = {
                "grades": place.seconds.takes(reader, takers), "refers": place.seconds.refers(reader, one, takers),
                "runs": True,
            }[may]  # fmt: skip
            yield Ask((files[0].id,), theirs, (one.state, takers.get(reader.person.id)))
        yield Ask((NOTHING,), theirs=False)

    return asks


def of_sample(may: str) -> Asks:
    """Moderations by their month; with another month in the address they are not there."""

    def asks(place: Place, reader: Reader) -> Iterator[Ask]:
        for one in place.seconds.moderations:
            asked = any(override.moderation_id == one.id for override, _ in place.seconds.overrides)
            facts = (*place.seconds.facts(reader, one.audit_id), asked)
            cycle = place.seconds.row(one.audit_id).cycle
            yield Ask((cycle, one.id), getattr(place.seconds, may)(reader, one), facts)
        other = next(each for each in place.things.cycles.values() if each != cycle)
        yield Ask((other, one.id), theirs=False)
        yield Ask((NOTHING, NOTHING), theirs=False)

    return asks


def third_readers(place: Place, reader: Reader) -> Iterator[Ask]:
    for one in place.seconds.moderations:
        yield Ask((one.id,), place.seconds.asks_third(reader, one), place.seconds.facts(reader, one.audit_id))
    yield Ask((NOTHING,), theirs=False)


def draws(place: Place, reader: Reader) -> Iterator[Ask]:
    """Whoever may yet grade an audit of the month is told why no stratum is shown, and draws none."""
    for one in place.seconds.draws:
        blind = place.seconds.learns_no_stratum(reader, one.cycle_id)
        yield Ask((one.cycle_id, one.id), not blind, (one.cycle_id, blind), refusal=403 if blind else 404)
    yield Ask((NOTHING, NOTHING), theirs=False)


def strata(*, of_month: bool, last: int) -> Asks:
    def asks(place: Place, reader: Reader) -> Iterator[Ask]:
        months: tuple[tuple[UUID, ...], ...] = ((),)
        if of_month:
            months = tuple((place.things.cycles[state],) for state in ("planned", "released"))
            yield Ask((NOTHING, 1), theirs=False)
        for month in months:
            yield Ask((*month, 1))
            yield Ask((*month, last + 1), theirs=False)

    return asks


def months(place: Place, reader: Reader) -> Iterator[Ask]:
    yield from (Ask((place.things.cycles[state],)) for state in ("planned", "released"))
    yield Ask((NOTHING,), theirs=False)


def _new_exercise(place: Place) -> dict[str, Any]:
    return {
        "title": "Voice of the child", "tool": f"{TOOL.key}:{TOOL.version}", "until-day": "18", "until-month": "12",
        "until-year": "2026",
        "people": [str(place.world.people[one].id) for one in ("manager_care", "moderator_1")],
    }  # fmt: skip


def _chosen(place: Place) -> dict[str, Any]:
    return {"people": [str(place.world.people[one].id) for one in ("manager_care", "moderator_1", "moderator_2")]}


_WAS = {"was": plan_sha256(DEFAULT_RULES), "reason": "It has to be so."}
_STRATUM = {**_WAS, "name": "Inadequate", "share": "100", "grades": ["inadequate"], "place": "0"}
_EXERCISE, _FILE = "/calibrations/<uuid:calibration_id>", "/calibrations/files/<uuid:file_id>"
_SAMPLE, _PLAN = "/cycles/<uuid:cycle_id>/sample", "/cycles/<uuid:cycle_id>/sampling-plan"
_CHALLENGE, _READING = "/challenges/<uuid:challenge_id>", "/readings/<uuid:reading_id>"
_CHECK, _TASK = "/self-checks/<uuid:reading_id>", "/moderations/<uuid:moderation_id>"

SECOND: dict[str, Change] = {
    "/audits/<uuid:audit_id>/challenge": Change(CHALLENGES, challengeable, {"why_overall": _WHY}),
    f"{_EXERCISE}/call-off": Change(RUNS, exercises(), PLAIN),
    f"{_EXERCISE}/last-day": Change(
        RUNS, exercises(), {"until-day": "18", "until-month": "12", "until-year": "2026", **PLAIN}
    ),
    f"{_EXERCISE}/files/new": Change(RUNS, exercises(), {"name": "The K family", "content": "K is nine."}),
    f"{_EXERCISE}/give": Change(TAKES, exercises(takes=True)),
    f"{_EXERCISE}/guidance/<string:element>": Change(
        RUNS, exercises("voice", revealed=True), {"version": "0", "words": "Look for what the child said."}
    ),
    f"{_EXERCISE}/notes": Change(RUNS, exercises(), {"words": "We talked about the visits."}),
    f"{_EXERCISE}/people": Change(RUNS, exercises(), _chosen),
    f"{_EXERCISE}/reveal": Change(RUNS, exercises()),
    f"{_EXERCISE}/start": Change(RUNS, exercises()),
    _FILE: Change(TAKES, exercise_files("grades"), {"then": "list"}),
    f"{_FILE}/autosave": Change(TAKES, exercise_files("grades")),
    f"{_FILE}/reference": Change(RUNS, exercise_files("refers"), {"voice": "good", "voice_words": "As it is written."}),
    f"{_FILE}/remove": Change(RUNS, exercise_files("runs")),
    "/calibrations/new": Change(RUNS, once, _new_exercise),
    _CHALLENGE: Change(GRADES, challenges("decides"), {"grade_overall": "good", "note_overall": _WHY}),
    f"{_CHALLENGE}/give": Change(RUNS, challenges("gives_challenge"), person("moderator_3", "decider", **PLAIN)),
    f"{_SAMPLE}/<uuid:moderation_id>/mode": Change(RUNS, of_sample("sets_mode"), {"mode": "joint", **PLAIN}),
    f"{_SAMPLE}/<uuid:moderation_id>/override": Change(
        RUNS, of_sample("overrides_for"), person("owner_who_moderates", "moderator", **PLAIN)
    ),
    f"{_SAMPLE}/draws/<uuid:draw_id>/more": Change(RUNS, draws, {"stratum": "everything else", "extra": "1", **PLAIN}),
    f"{_PLAN}/standing": Change(RUNS, months, _WAS),
    f"{_PLAN}/strata/<int:place>": Change(RUNS, strata(of_month=True, last=3), _STRATUM),
    f"{_PLAN}/strata/<int:place>/take-away": Change(RUNS, strata(of_month=True, last=1), _WAS),
    "/sampling-plan/strata/<int:place>": Change(RUNS, strata(of_month=False, last=3), _STRATUM),
    "/sampling-plan/strata/<int:place>/take-away": Change(RUNS, strata(of_month=False, last=1), _WAS),
    f"{_TASK}/hand-back": Change(GRADES, moderations(), {"code": "conflict", **PLAIN}),
    f"{_TASK}/third-reader": Change(GRADES, third_readers, PLAIN),
    "/overrides/<uuid:override_id>": Change(ANSWERS, overrides, {"answer": "refuse", "words": _WHY}),
    f"{_READING}/give": Change(RUNS, third("gives_reading"), person("moderator_3", "reader", **PLAIN)),
    f"{_READING}/grades": Change(GRADES, third("reads_third")),
    f"{_READING}/reference": Change(REVEALS, third("reads_third", at_work=True)),
    f"{_READING}/sections/<string:section_key>": Change(GRADES, third("reads_third", "voice"), {"then": "list"}),
    f"{_READING}/sections/<string:section_key>/autosave": Change(GRADES, third("reads_third", "voice")),
    _CHECK: Change(TAKES, self_checks("own_check")),
    f"{_CHECK}/autosave": Change(TAKES, self_checks("own_check")),
    f"{_CHECK}/call-off": Change(RUNS, self_checks("calls_off"), PLAIN),
    f"{_CHECK}/give": Change(TAKES, self_checks("own_check")),
    f"{_CHECK}/reference": Change(TAKES, self_checks("own_check", at_work=True)),
    "/self-checks/draw": Change(RUNS, once),
}
# What needs every grade or a rule that is switched on first; that it is carried out, the tests of its own pages show.
CARRIED_OUT_ELSEWHERE = {
    f"{_EXERCISE}/reveal",
    f"{_READING}/grades",
    "/self-checks/draw",
    f"{_PLAN}/standing",
    f"{_SAMPLE}/<uuid:moderation_id>/override",
}
