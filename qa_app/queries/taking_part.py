"""Who took part in an audit, from the answers of its section on taking part: one line for each, whatever was asked."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from audit_forms.answers import Said

SECTION: Final = "taking_part"
PEOPLE: Final = (
    ("worker", "The worker"),
    ("manager", "The manager"),
    ("child", "The child"),
    ("parent", "A parent or carer"),
    ("chair", "The reviewing officer or chair"),
)


class TookPart(NamedTuple):
    """One of those who could take part: whether they did, what they said or why they did not, if a grade changed."""

    who: str
    joined: str
    words: str
    moved_grade: str


def took_part(said: Sequence[Said]) -> tuple[TookPart, ...]:
    """Who took part, in the words of an audit's answers; nobody the tool did not ask about."""
    found = {one.question.key: one.words for one in said if one.section.key == SECTION}
    return tuple(_rows(found))


def rest(said: Sequence[Said]) -> tuple[Said, ...]:
    """The answers that `took_part` does not hold."""
    return tuple(one for one in said if one.section.key != SECTION or one.question.key not in KEYS)


def _rows(found: dict[str, str]) -> Iterator[TookPart]:
    for key, who in PEOPLE:
        joined = found.get(f"{key}_joined") or found.get(f"{key}_asked")
        if joined:
            words = found.get(f"{key}_said") or found.get(f"{key}_joined_why") or found.get(f"{key}_asked_why") or ""
            yield TookPart(who, joined, words, found.get(f"{key}_moved_grade", ""))


KEYS: Final = frozenset(
    f"{key}_{what}"
    for key, _ in PEOPLE
    for what in ("joined", "asked", "said", "joined_why", "asked_why", "moved_grade")
)
