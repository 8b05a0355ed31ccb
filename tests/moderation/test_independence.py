"""Who may not judge what: every tie alone is enough, and no tie is no conflict."""

import pytest

from moderation.independence import (
    CaseTies,
    Conflict,
    Person,
    Tie,
    case_conflicts,
    may_audit,
    may_moderate,
    moderation_conflicts,
)

AUDITOR = Person("auditor", ("manager", "head"), frozenset({"Assessment"}), "Care Management")
MODERATOR = Person("moderator", ("director",), frozenset({"Quality"}), "Quality Assurance")
CASE = CaseTies("Care Planning", "Care Management", "worker", ("team manager", "service manager"), "iro")


def conflicts(moderator: Person, auditor: Person = AUDITOR, case: CaseTies = CASE) -> tuple[Conflict, ...]:
    return moderation_conflicts(Tie(moderator, auditor, case))


def test_without_a_tie_one_may() -> None:
    assert conflicts(MODERATOR) == ()
    assert may_moderate(Tie(MODERATOR, AUDITOR, CASE))
    assert may_audit(AUDITOR, CASE)


@pytest.mark.parametrize(
    ("moderator", "conflict"),
    [
        (Person("auditor"), Conflict.OWN_AUDIT),
        (Person("manager"), Conflict.MANAGES_AUDITOR),
        (Person("head"), Conflict.MANAGES_AUDITOR),
        (Person("report", ("auditor",)), Conflict.REPORTS_TO_AUDITOR),
        (Person("indirect report", ("someone", "auditor")), Conflict.REPORTS_TO_AUDITOR),
        (Person("colleague", teams=frozenset({"Other", "Care Planning"})), Conflict.CASE_TEAM),
        (Person("worker"), Conflict.CASE_WORKER),
        (Person("team manager"), Conflict.CASE_SUPERVISOR),
        (Person("service manager"), Conflict.CASE_SUPERVISOR),
        (Person("iro"), Conflict.CASE_IRO),
    ],
)
def test_each_tie_alone_is_a_conflict(moderator: Person, conflict: Conflict) -> None:
    assert conflicts(moderator) == (conflict,)
    assert not may_moderate(Tie(moderator, AUDITOR, CASE))


@pytest.mark.parametrize("name", ["worker", "team manager", "service manager", "iro"])
def test_an_auditor_may_not_be_tied_to_the_case_either(name: str) -> None:
    assert not may_audit(Person(name), CASE)
    assert not may_audit(Person("other", teams=frozenset({"Care Planning"})), CASE)


def test_several_ties_are_all_named() -> None:
    both = Person("manager", teams=frozenset({"Care Planning"}))
    assert conflicts(both) == (Conflict.MANAGES_AUDITOR, Conflict.CASE_TEAM)


def test_the_whole_service_is_ruled_out_where_the_council_says_so() -> None:
    neighbour = Person("neighbour", service="Care Management")
    assert case_conflicts(neighbour, CASE) == ()
    assert case_conflicts(neighbour, CASE, own_service=True) == (Conflict.CASE_SERVICE,)


def test_what_is_not_known_ties_nobody() -> None:
    assert conflicts(Person("someone"), Person("auditor"), CaseTies()) == ()
    assert case_conflicts(Person("someone"), CaseTies(), own_service=True) == ()


def test_every_conflict_is_a_sentence() -> None:
    assert all(conflict.sentence.endswith(".") for conflict in Conflict)
    assert len({conflict.sentence for conflict in Conflict}) == len(Conflict)
