"""Why an auditor and a moderator differed, and what came of it: the reasons one chooses from, and their words."""

from enum import StrEnum
from typing import Final

from audit_forms.grades import BEST_FIRST, Grade, Judged


class Reason(StrEnum):
    """Why auditor and moderator differed on an element."""

    TOO_HIGH = "too_high"
    TOO_LOW = "too_low"
    EVIDENCE_MISSED = "evidence_missed"
    WEIGHED = "weighed"
    DESCRIPTOR = "descriptor"
    SCOPE = "scope"
    CHANGED = "changed"
    SLIP = "slip"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The reason in words."""
        return _WORDS[self]


_WORDS: Final = {
    Reason.TOO_HIGH: "The auditor’s grade is too high for what the record shows",
    Reason.TOO_LOW: "The auditor’s grade is too low for what the record shows",
    Reason.EVIDENCE_MISSED: "Evidence in the record was missed",
    Reason.WEIGHED: "The same evidence was weighed differently",
    Reason.DESCRIPTOR: "The criterion was read differently",
    Reason.SCOPE: "One looked at a different time or part of the record",
    Reason.CHANGED: "The record changed between the two readings",
    Reason.SLIP: "A slip: the wrong grade was chosen",
    Reason.OTHER: "Another reason",
}


def reason_words(code: str) -> str:
    """The words of a stored reason; an imported one that is none of these stands as it came."""
    try:
        return Reason(code).label
    except ValueError:
        return code


def reasons_for(first: Judged | None, second: Judged | None) -> tuple[Reason, ...]:
    """The reasons that can be true of these two judgements: too high only where the auditor's is the higher one."""
    out = {Reason.TOO_HIGH, Reason.TOO_LOW}
    if isinstance(first, Grade) and isinstance(second, Grade):
        out.discard(Reason.TOO_HIGH if BEST_FIRST.index(first) < BEST_FIRST.index(second) else Reason.TOO_LOW)
    return tuple(reason for reason in Reason if reason not in out)


def crosses_good_line(first: Judged | None, second: Judged | None) -> bool:
    """Whether one of two grades is good or better and the other is not."""
    if not (isinstance(first, Grade) and isinstance(second, Grade)):
        return False
    return first.is_good_or_better != second.is_good_or_better


class Outcome(StrEnum):
    """Whose grade became the final one where two differed."""

    AUDITOR_MOVES = "auditor_moves"
    MODERATOR_MOVES = "moderator_moves"
    THIRD_GRADE = "third_grade"

    @property
    def label(self) -> str:
        """The outcome in words."""
        return _CAME_OF[self]


_CAME_OF: Final = {
    Outcome.AUDITOR_MOVES: "The auditor moved to the moderator’s grade",
    Outcome.MODERATOR_MOVES: "The moderator moved to the auditor’s grade",
    Outcome.THIRD_GRADE: "Both moved to a third grade",
}


def outcome_of(first: Judged | None, second: Judged | None, final: Judged) -> Outcome:
    """What came of a difference; nothing is ever the higher of two grades, or their average, by itself."""
    if final == second:
        return Outcome.AUDITOR_MOVES
    return Outcome.MODERATOR_MOVES if final == first else Outcome.THIRD_GRADE


def outcome_words(code: str) -> str:
    """The words of a stored outcome; none on differences from before it was kept."""
    return Outcome(code).label if code else ""
