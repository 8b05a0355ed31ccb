"""Who may not audit or moderate what, and why, in words: a tie is a conflict, and a conflict means no."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from audit_forms.definition import Independence


class Conflict(StrEnum):
    """A tie that takes away the independence of a judgement."""

    OWN_AUDIT = "own_audit"
    MANAGES_AUDITOR = "manages_auditor"
    REPORTS_TO_AUDITOR = "reports_to_auditor"
    CASE_TEAM = "case_team"
    CASE_SERVICE = "case_service"
    CASE_WORKER = "case_worker"
    CASE_SUPERVISOR = "case_supervisor"
    CASE_IRO = "case_iro"
    WORKER_MANAGES = "worker_manages"
    WAS_WORKER = "was_worker"
    WAS_SUPERVISOR = "was_supervisor"
    WAS_TEAM = "was_team"
    DECLARED = "declared"
    HAS_READ = "has_read"
    OWN_WORK = "own_work"
    OWN_MANAGER = "own_manager"
    OWN_SUPERVISEE = "own_supervisee"
    OWN_REPORT = "own_report"
    OWN_TEAM = "own_team"
    PAIR_OFTEN = "pair_often"

    @property
    def sentence(self) -> str:
        """Why, in words that fit an auditor as well as a moderator."""
        return _SENTENCES[self]

    @property
    def to_you(self) -> str:
        """Why, said to the person themselves when they want to start an audit."""
        return _TO_YOU.get(self, self.sentence)


_SENTENCES: Final = {
    Conflict.OWN_AUDIT: "They did this audit themselves.",
    Conflict.MANAGES_AUDITOR: "They are a line manager of the auditor, directly or further up.",
    Conflict.REPORTS_TO_AUDITOR: "The auditor is their line manager, directly or further up.",
    Conflict.CASE_TEAM: "The case is held by their own team.",
    Conflict.CASE_SERVICE: "The case is held in their own service.",
    Conflict.CASE_WORKER: "They are the child's worker.",
    Conflict.CASE_SUPERVISOR: "They manage the child's worker, directly or further up.",
    Conflict.CASE_IRO: "They are the independent reviewing officer or chair for this child.",
    Conflict.WORKER_MANAGES: "The child’s worker is their line manager, directly or further up.",
    Conflict.WAS_WORKER: "They were the child’s worker when the child was audited, now or before.",
    Conflict.WAS_SUPERVISOR: "They manage somebody who was the child’s worker when the child was audited.",
    Conflict.WAS_TEAM: "Their own team held the case when the child was audited, now or before.",
    Conflict.DECLARED: "They have handed back an audit of this child because of a conflict of interest.",
    Conflict.HAS_READ: "They have opened this audit or were told of it, so they cannot grade it blind.",
    Conflict.OWN_WORK: "It would be about themselves.",
    Conflict.OWN_MANAGER: "It would be about a line manager of theirs.",
    Conflict.OWN_SUPERVISEE: "They supervise this person themselves.",
    Conflict.OWN_REPORT: "They are a line manager of this person, directly or further up.",
    Conflict.OWN_TEAM: "This person works in their own team.",
    Conflict.PAIR_OFTEN: "They have moderated audits of this auditor as often as is allowed in twelve months.",
}


_TO_YOU: Final = {
    Conflict.CASE_TEAM: "Your own team works with this child.",
    Conflict.CASE_WORKER: "You are this child’s worker.",
    Conflict.CASE_SUPERVISOR: "You manage this child’s worker, directly or further up.",
    Conflict.CASE_IRO: "You are the reviewing officer or chair for this child.",
    Conflict.OWN_WORK: "It would be about yourself.",
    Conflict.OWN_MANAGER: "It would be about a line manager of yours.",
    Conflict.OWN_SUPERVISEE: "You supervise this person yourself.",
    Conflict.OWN_REPORT: "You are a line manager of this person, directly or further up.",
    Conflict.OWN_TEAM: "This person works in your own team.",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who judges: their line managers from the nearest up, and the teams they belong to or lead."""

    person_id: str
    managers: tuple[str, ...] = ()
    teams: frozenset[str] = frozenset()
    service: str | None = None


@dataclass(frozen=True, slots=True)
class CaseTies:
    """What a child's case is tied to: its team and service, its worker and their line managers, its IRO or chair.

    ``earlier_workers``, ``earlier_managers`` and ``earlier_teams`` are those of the audits made of it, as they were
    then. ``readers`` have opened the audit of it that is to be moderated; ``declared`` have declared a conflict of
    interest.
    """

    team: str | None = None
    service: str | None = None
    worker: str | None = None
    worker_managers: tuple[str, ...] = ()
    iro: str | None = None
    readers: frozenset[str] = frozenset()
    declared: frozenset[str] = frozenset()
    earlier_workers: frozenset[str] = frozenset()
    earlier_managers: frozenset[str] = frozenset()
    earlier_teams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Tie:
    """Everything that may tie a moderator to an audit.

    ``subject`` is the member of staff it is about, if it is about one. ``times`` is how often this moderator was given
    an audit of this auditor in the twelve months, and ``most`` how often that may be; None is any number.
    """

    moderator: Person
    auditor: Person
    case: CaseTies
    subject: Person | None = None
    times: int = 0
    most: int | None = None


def case_conflicts(person: Person, case: CaseTies, *, own_service: bool = False) -> tuple[Conflict, ...]:
    """Why this person may not judge this case, whoever audits it; ``own_service`` rules out their whole service."""
    ties = {
        Conflict.CASE_TEAM: case.team is not None and case.team in person.teams,
        Conflict.CASE_SERVICE: own_service and case.service is not None and case.service == person.service,
        Conflict.CASE_WORKER: case.worker == person.person_id,
        Conflict.CASE_SUPERVISOR: person.person_id in case.worker_managers,
        Conflict.CASE_IRO: case.iro == person.person_id,
        Conflict.DECLARED: person.person_id in case.declared,
        Conflict.HAS_READ: person.person_id in case.readers,
    }
    return tuple(conflict for conflict, holds in ties.items() if holds)


_OF_THE_LINE: Final = (Conflict.CASE_TEAM, Conflict.CASE_WORKER, Conflict.CASE_SUPERVISOR)


def child_conflicts(rule: Independence, person: Person, case: CaseTies) -> tuple[Conflict, ...]:
    """Why this person may not do an audit about this child, on a tool with this rule of independence."""
    found = case_conflicts(person, case)
    if rule is Independence.NOT_WORKER:
        return tuple(one for one in found if one is Conflict.CASE_WORKER)
    if rule is Independence.NOT_LINE:
        return tuple(one for one in found if one in _OF_THE_LINE)
    return found


def staff_conflicts(rule: Independence, person: Person, subject: Person) -> tuple[Conflict, ...]:
    """Why this person may not do an audit about this member of staff, on a tool with this rule of independence.

    Nobody does one about themselves or somebody above them. An audit of supervision is not for the supervisor; an
    independent one is for nobody in the person's line or team.
    """
    supervises = subject.managers[:1] == (person.person_id,)
    independent = rule is Independence.INDEPENDENT
    ties = {
        Conflict.OWN_WORK: person.person_id == subject.person_id,
        Conflict.OWN_MANAGER: subject.person_id in person.managers,
        Conflict.OWN_SUPERVISEE: rule is Independence.NOT_SUPERVISOR and supervises,
        Conflict.OWN_REPORT: independent and person.person_id in subject.managers,
        Conflict.OWN_TEAM: independent and bool(person.teams & subject.teams),
    }
    return tuple(conflict for conflict, holds in ties.items() if holds)


def moderation_conflicts(tie: Tie, *, own_service: bool = False) -> tuple[Conflict, ...]:
    """Why this moderator may not moderate this audit; nothing when they may."""
    moderator, auditor = tie.moderator, tie.auditor
    ties = {
        Conflict.OWN_AUDIT: moderator.person_id == auditor.person_id,
        Conflict.MANAGES_AUDITOR: moderator.person_id in auditor.managers,
        Conflict.REPORTS_TO_AUDITOR: auditor.person_id in moderator.managers,
    }
    personal = tuple(conflict for conflict, holds in ties.items() if holds)
    about = staff_conflicts(Independence.INDEPENDENT, moderator, tie.subject) if tie.subject else ()
    often = (Conflict.PAIR_OFTEN,) if tie.most is not None and tie.times >= tie.most else ()
    case = case_conflicts(moderator, tie.case, own_service=own_service)
    return personal + case + _of_the_past(moderator, tie.case, case) + about + often


def _of_the_past(
    person: Person, case: CaseTies, now: tuple[Conflict, ...]
) -> tuple[Conflict, ...]:  # fmt: skip
    """Ties from when the child was audited that do not hold any more, and the line above the judge's own manager."""
    ties = {
        Conflict.WORKER_MANAGES: case.worker in person.managers,
        Conflict.WAS_WORKER: Conflict.CASE_WORKER not in now and person.person_id in case.earlier_workers,
        Conflict.WAS_SUPERVISOR: Conflict.CASE_SUPERVISOR not in now and person.person_id in case.earlier_managers,
        Conflict.WAS_TEAM: Conflict.CASE_TEAM not in now and bool(person.teams & case.earlier_teams),
    }
    return tuple(conflict for conflict, holds in ties.items() if holds)


def may_audit(auditor: Person, case: CaseTies) -> bool:
    """Whether an auditor is independent of a case."""
    return not case_conflicts(auditor, case)


def may_moderate(tie: Tie) -> bool:
    """Whether a moderator is independent of an audit, its auditor and its case."""
    return not moderation_conflicts(tie)
