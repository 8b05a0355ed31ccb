"""Why an auditor and a moderator differed: the reasons one chooses from, and their words."""

from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """Why auditor and moderator differed on an element."""

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
    Reason.EVIDENCE_MISSED: "Evidence in the record was missed",
    Reason.WEIGHED: "The same evidence was weighed differently",
    Reason.DESCRIPTOR: "The description of the grade was read differently",
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
