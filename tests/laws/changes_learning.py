"""THE table of who may change what, continued: what is learnt, planned and published from audits and other sources."""

from collections.abc import Iterator

from qa_app.access.permissions import Role
from tests.laws.changes import ADMIN, LEAD, NOTHING, PLAIN, Ask, Asks, Change, Place, each, files, once
from tests.laws.developing import DRAFTED
from tests.laws.learning import OUTSIDE
from tests.laws.test_objects import Reader

WRITES = {Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.QA_LEAD}
RECORDS = {Role.ANALYST, Role.HEAD_OF_SERVICE, Role.QA_LEAD}
DEVELOPS = {Role.AUDITOR, Role.HEAD_OF_SERVICE, Role.MODERATOR, Role.QA_LEAD}
RAISES = {Role.AUDITOR, Role.MODERATOR, Role.QA_LEAD}
ANSWERS, DECIDES = {*RAISES, Role.HEAD_OF_SERVICE}, {Role.AUDITOR, Role.QA_LEAD}


def evidence(place: Place, reader: Reader) -> Iterator[Ask]:
    """Its owner corrects it, and the QA lead does, while it stands."""
    owner = place.world.people["manager_care"].id == reader.person.id
    for one, how in place.things.evidence.items():
        yield Ask((one,), how == "standing" and (owner or Role.QA_LEAD in reader.roles), (owner, how))
    yield Ask((NOTHING,), theirs=False)


def standing_evidence(place: Place, reader: Reader) -> Iterator[Ask]:
    for one, how in place.things.evidence.items():
        yield Ask((one,), how == "standing", (how,))
    yield Ask((NOTHING,), theirs=False)


def practice_alerts(place: Place, reader: Reader) -> Iterator[Ask]:
    """Who raised it, who is to answer it, the Head of the service, and the QA lead."""
    for one, (raiser, recipient) in place.things.practice_alerts.items():
        leads = Role.HEAD_OF_SERVICE in reader.roles and (reader.teams is None or "Care" in reader.teams)
        own = reader.person.id in (raiser, recipient)
        yield Ask((one,), own or leads or Role.QA_LEAD in reader.roles, (own, leads))
    yield Ask((NOTHING,), theirs=False)


def values(place: Place, reader: Reader) -> Iterator[Ask]:
    yield from (Ask((one,)) for one in place.things.values)
    yield Ask((987_654,), theirs=False)


def coded(known: str) -> Asks:
    def asks(place: Place, reader: Reader) -> Iterator[Ask]:
        yield Ask((known,))
        yield Ask(("no_such",), theirs=False)

    return asks


def no_quotation(place: Place, reader: Reader) -> Iterator[Ask]:
    """Whose words these are and who decides about them is `test_quotations.py`'s."""
    yield Ask((NOTHING, "said"), theirs=False)


def trainings(place: Place, reader: Reader) -> Iterator[Ask]:
    """Those that stand can be withdrawn."""
    yield from (Ask((one,), stands, (stands,)) for one, stands in place.things.trainings.items())
    yield Ask((NOTHING,), theirs=False)


def counts(place: Place, reader: Reader) -> Iterator[Ask]:
    yield from (Ask((one,)) for one in place.things.support)
    yield Ask((987_654,), theirs=False)


def documents(*states: str) -> Asks:
    """The documents in these states; there is nothing to do to one that is in another."""

    def asks(place: Place, reader: Reader) -> Iterator[Ask]:
        yield from (Ask((one,), state in states, (state,)) for state, one in place.things.documents.items())
        yield Ask((NOTHING,), theirs=False)

    return asks


def summaries(place: Place, reader: Reader) -> Iterator[Ask]:
    """A closed month is the QA lead's to tell of, but for one who has grades of it to give."""
    waits = any(place.council.waits(reader, row) for row in place.council.audits.values() if not row.month_open)
    yield Ask(("2026-10",), not waits, (waits,))
    for other in ("2026-11", "2031-01", "nothing"):
        yield Ask((other,), theirs=False, facts=(other,))


_THEME = "/themes/<string:code>"
_THEMES = each(lambda things: ["voice"])
_COMPLAINTS, _VALUES = "/complaints/import", "/plan/import"
WORDS = {"title": "Guidance", "words": "To learn.", "readers": "auditors"}
_SUPPORT, _TRAINING = "/development/support/import", "/development/training/import"
_DOCUMENT = "/documents/<uuid:document_id>"
_EVIDENCE, _ALERT = "/evidence/<uuid:evidence_id>", "/practice-alerts/<uuid:alert_id>"
_COURSE = "/cpd/<uuid:course_id>"
_SUMMARY = "/summaries/<string:month>"
_TOKEN = {"purpose": "Power BI", "owner": "Dana Analyst", "scopes": "api.figures", "days": "30"}

LEARNING: dict[str, Change] = {
    "/complaints/<uuid:complaint_id>": Change(LEAD, each(lambda things: things.complaints)),
    _COMPLAINTS: Change(LEAD, once),
    f"{_COMPLAINTS}/<uuid:upload_id>/columns": Change(LEAD, files("complaints")),
    f"{_COMPLAINTS}/<uuid:upload_id>/confirm": Change(LEAD, files("complaints")),
    f"{_COMPLAINTS}/<uuid:upload_id>/give-up": Change(LEAD, files("complaints")),
    "/complaints/new": Change(LEAD, once),
    f"{_DOCUMENT}/acknowledge": Change(DEVELOPS, documents("published"), {"version": "1"}),
    f"{_DOCUMENT}/draft": Change(LEAD, documents("published", "draft"), WORDS),
    f"{_DOCUMENT}/give-up": Change(LEAD, documents("published", "draft")),
    f"{_DOCUMENT}/publish": Change(LEAD, documents("draft"), {"sha256": DRAFTED.sha256}),
    "/documents/new": Change(LEAD, once, {**WORDS, "kind": "tool", "tool_key": "case_file"}),
    _SUPPORT: Change(LEAD, once),
    f"{_SUPPORT}/<uuid:upload_id>/columns": Change(LEAD, files("support")),
    f"{_SUPPORT}/<uuid:upload_id>/confirm": Change(LEAD, files("support")),
    f"{_SUPPORT}/<uuid:upload_id>/give-up": Change(LEAD, files("support")),
    "/development/support/new": Change(LEAD, once),
    "/development/support/<int:count_id>/correct": Change(LEAD, counts),
    "/development/support/<int:count_id>/take-back": Change(LEAD, counts, PLAIN),
    _TRAINING: Change(LEAD, once),
    f"{_TRAINING}/<uuid:upload_id>/columns": Change(LEAD, files("training")),
    f"{_TRAINING}/<uuid:upload_id>/confirm": Change(LEAD, files("training")),
    f"{_TRAINING}/<uuid:upload_id>/give-up": Change(LEAD, files("training")),
    "/development/training/<uuid:training_id>/withdraw": Change(LEAD, trainings, PLAIN),
    "/development/training/new": Change(LEAD, once),
    f"{_COURSE}/attendance": Change(LEAD, each(lambda things: things.courses)),
    f"{_COURSE}/change": Change(LEAD, each(lambda things: things.courses)),
    f"{_COURSE}/withdraw": Change(LEAD, each(lambda things: things.courses), PLAIN),
    "/cpd/new": Change(LEAD, once),
    f"{_EVIDENCE}/correct": Change(WRITES, evidence),
    f"{_EVIDENCE}/withdraw": Change(LEAD, standing_evidence, PLAIN),
    "/evidence/new": Change(WRITES, once),
    "/plan/actions/<string:ref>/date": Change(LEAD, coded("2.1")),
    _VALUES: Change(RECORDS, once),
    f"{_VALUES}/<uuid:upload_id>/columns": Change(RECORDS, files("values")),
    f"{_VALUES}/<uuid:upload_id>/confirm": Change(RECORDS, files("values")),
    f"{_VALUES}/<uuid:upload_id>/give-up": Change(RECORDS, files("values")),
    "/plan/measures/<string:key>/target": Change(LEAD, coded("cases")),
    "/plan/measures/<string:key>/values/new": Change(RECORDS, coded(OUTSIDE)),
    "/plan/values/<int:value_id>/correct": Change(RECORDS, values),
    "/plan/values/<int:value_id>/take-back": Change(RECORDS, values, PLAIN),
    f"{_ALERT}/answer": Change(ANSWERS, practice_alerts),
    f"{_ALERT}/move": Change(ANSWERS, practice_alerts),
    f"{_ALERT}/resolve": Change(ANSWERS, practice_alerts),
    "/practice-alerts/raise": Change(RAISES, once),
    "/quotations/<uuid:audit_id>/<string:question>": Change(DECIDES, no_quotation),
    f"{_SUMMARY}/publish": Change(LEAD, summaries, {"version": "1"}),
    f"{_SUMMARY}/write": Change(LEAD, summaries, {"seen": "1", "went_well": "Visits."}),
    "/themes": Change(LEAD, once, {"label": "Friends and neighbours"}),
    f"{_THEME}/bring-back": Change(LEAD, _THEMES),
    f"{_THEME}/move": Change(LEAD, _THEMES, {"way": "down"}),
    f"{_THEME}/name": Change(LEAD, _THEMES, {"label": "What the child says"}),
    f"{_THEME}/retire": Change(LEAD, _THEMES),
    "/tokens": Change(ADMIN, once, _TOKEN),
    "/tokens/<uuid:token_id>/revoke": Change(ADMIN, each(lambda things: things.tokens)),
}
# What takes a file, a long form or a row that is not there; that it is carried out, the tests of its own pages show.
CARRIED_OUT_ELSEWHERE = {
    _SUPPORT, f"{_SUPPORT}/<uuid:upload_id>/columns", f"{_SUPPORT}/<uuid:upload_id>/confirm", _TRAINING,
    f"{_TRAINING}/<uuid:upload_id>/columns", f"{_TRAINING}/<uuid:upload_id>/confirm", "/development/support/new",
    "/development/support/<int:count_id>/correct",
    "/development/training/new",
    "/complaints/<uuid:complaint_id>", _COMPLAINTS, f"{_COMPLAINTS}/<uuid:upload_id>/columns",
    f"{_COMPLAINTS}/<uuid:upload_id>/confirm", "/complaints/new", f"{_EVIDENCE}/correct", "/evidence/new",
    f"{_COURSE}/attendance", f"{_COURSE}/change", "/cpd/new",
    "/plan/actions/<string:ref>/date", _VALUES, f"{_VALUES}/<uuid:upload_id>/columns",
    f"{_VALUES}/<uuid:upload_id>/confirm", "/plan/measures/<string:key>/target",
    "/plan/measures/<string:key>/values/new", "/plan/values/<int:value_id>/correct", f"{_ALERT}/answer",
    f"{_ALERT}/move", f"{_ALERT}/resolve", "/practice-alerts/raise", "/quotations/<uuid:audit_id>/<string:question>",
}  # fmt: skip
# Nobody of the council has such a row: bad data is sent to it by the tests of its own pages.
NOBODYS = {"/quotations/<uuid:audit_id>/<string:question>"}
