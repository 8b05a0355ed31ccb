"""The four grades, what each of them means, the two ways of not grading, and how councils spell them."""

import re
import unicodedata
from enum import StrEnum
from typing import Final, TypeAlias


class Grade(StrEnum):
    """A judgement on the four-point scale, best first."""

    OUTSTANDING = "outstanding"
    GOOD = "good"
    REQUIRES_IMPROVEMENT = "requires_improvement"
    INADEQUATE = "inadequate"

    @property
    def label(self) -> str:
        return _WORDS[self][0]

    @property
    def short(self) -> str:
        return _WORDS[self][1]

    @property
    def descriptor(self) -> str:
        """What the grade means for practice with a child, in a sentence an auditor can test a record against."""
        return _WORDS[self][2]

    @property
    def is_good_or_better(self) -> bool:
        return self in (Grade.OUTSTANDING, Grade.GOOD)


class NotGraded(StrEnum):
    """Why an element has no grade. The two differ: missing evidence is a finding, 'does not apply' is not."""

    NOT_APPLICABLE = "not_applicable"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"

    @property
    def label(self) -> str:
        return _WORDS[self][0]

    @property
    def short(self) -> str:
        return _WORDS[self][1]

    @property
    def descriptor(self) -> str:
        return _WORDS[self][2]


Judged: TypeAlias = Grade | NotGraded

BEST_FIRST: Final = tuple(Grade)

_WORDS: Final[dict[Judged, tuple[str, str, str]]] = {
    Grade.OUTSTANDING: (
        "Outstanding",
        "O",
        "Everything in good is there, and practice goes further: the child's life is better in ways that have lasted "
        "and that the record can show.",
    ),
    Grade.GOOD: (
        "Good",
        "G",
        "The child is safe, known and listened to. The work is sound and in time, it is making a difference, and "
        "managers have a grip on it.",
    ),
    Grade.REQUIRES_IMPROVEMENT: (
        "Requires improvement to be good",
        "RI",
        "Nothing here leaves the child harmed or at risk of harm, but the work is not yet good enough or not yet "
        "making enough difference.",
    ),
    Grade.INADEQUATE: (
        "Inadequate",
        "I",
        "Failings leave the child harmed or at risk of harm, or a clear need is not being met and nobody has a grip "
        "on it.",
    ),
    NotGraded.NOT_APPLICABLE: (
        "Does not apply",
        "N/A",
        "This part of practice is not relevant to this child at this stage.",
    ),
    NotGraded.NOT_ENOUGH_EVIDENCE: (
        "Not enough evidence",
        "NEE",
        "It should be on the record and is not, so no grade can be given. That is a finding: say what is missing.",
    ),
}

_SPELLINGS: Final[dict[Judged, str]] = {
    Grade.OUTSTANDING: "o os out outst outstanding 1",
    Grade.GOOD: "g gd good 2",
    Grade.REQUIRES_IMPROVEMENT: (
        "r ri rig ritbg rtbg reqimp reqimprovement requiresimp requiresimprovement requireimprovement "
        "requiresimprovementtobegood requiresimprovementtobecomegood requireimprovementtobegood reqimptobegood 3"
    ),
    Grade.INADEQUATE: "i in inad inadeq inadequate 4",
    NotGraded.NOT_APPLICABLE: "na notapp notapplicable notrelevant doesnotapply",
    NotGraded.NOT_ENOUGH_EVIDENCE: (
        "nee notenoughevidence insufficientevidence insufficient noevidence notenoughinfo notenoughinformation"
    ),
}
_MEANING: Final[dict[str, Judged]] = {
    spelling: meant for meant, spellings in _SPELLINGS.items() for spelling in spellings.split()
}
_BETWEEN_LETTERS: Final = re.compile(r"[\W_]+")


def judged(code: str) -> Judged:
    """The grade, or the reason for none, with this stored code.

    Raises:
        ValueError: no grade is stored so.
    """
    try:
        return Grade(code)
    except ValueError:
        return NotGraded(code)


def spelt(text: str) -> Judged | None:
    """What a council's spelling means: capitals, spaces, dots and strokes do not matter; None if not recognised.

    Digits are read in Ofsted's order (1 is outstanding, 4 inadequate). A blank is not a spelling: the caller decides
    what an empty cell means.
    """
    letters = _BETWEEN_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())
    return _MEANING.get(letters)
