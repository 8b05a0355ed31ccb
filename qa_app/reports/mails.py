"""Mails in words: plain text for a telephone, the most urgent first, one sentence and one address each."""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Final, NamedTuple

MOST_LINES: Final = 12


class Rank(IntEnum):
    """How urgent a line is; the lowest comes first."""

    ALERT = 0
    OVERDUE = 1
    DUE = 2
    NEWS = 3
    WAITS = 4


class Line(NamedTuple):
    """One thing to be told: how urgent, the sentence, and the path it leads to."""

    rank: Rank
    text: str
    path: str = ""


class Words(NamedTuple):
    """A mail in words. The subject says nothing about what is inside: it is seen on locked screens."""

    subject: str
    body: str


def digest(lines: Iterable[Line], *, site: str, council: str) -> Words:
    """The day's digest: each thing once, the most urgent first, and no more than fit on a few screens."""
    told = _ordered(lines)
    shown, more = told[:MOST_LINES], len(told) - MOST_LINES
    parts = ["What waits for you today, the most urgent first.", *(_paragraph(one, site) for one in shown)]
    if more > 0:
        parts.append(
            f"There {'is 1 more thing' if more == 1 else f'are {more} more things'} on your start page.\n{site}/"
        )
    why = (
        f"You get this because you work with Beyond Auditing at {council}. It comes once a day at most.\n"
        f"Change or stop it: {site}/account/reminders"
    )
    return Words("Beyond Auditing: your reminders", _body(parts, why))


def urgent(lines: Iterable[Line], *, site: str, council: str) -> Words:
    """Something that cannot wait for the digest."""
    parts = [_paragraph(one, site) for one in _ordered(lines)]
    why = f"You get this because of your duties in Beyond Auditing at {council}. It cannot be switched off."
    return Words("Beyond Auditing: please look at this now", _body(parts, why))


def link(line: Line, *, site: str, council: str) -> Words:
    """A mail with a link that is the reader's alone."""
    why = (
        f"You get this because of your work at {council}. The link is for you alone: do not pass this mail on.\n"
        "If it does not work, ask whoever audited your work for a new one."
    )
    return Words("Beyond Auditing: a page for you", _body([_paragraph(line, site)], why))


def _ordered(lines: Iterable[Line]) -> Sequence[Line]:
    return sorted(dict.fromkeys(lines), key=lambda one: one.rank)  # lines of one rank stay as they came


def _paragraph(line: Line, site: str) -> str:
    return f"{line.text}\n{site}{line.path or '/'}"


def _body(parts: Sequence[str], why: str) -> str:
    return "\n\n".join((*parts, f"--\n{why}\nPlease do not answer this mail: nobody reads the answers.")) + "\n"
