"""The sentences that go into mails, one for each kind of message. None names a child, a case or a grade."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Sentence(NamedTuple):
    """A message in words: `text` with the names of its details in braces, and the address it leads to."""

    text: str
    path: str = ""


# kind -> sentence; `services/outbox.py` queues a message by its kind. Keep the list in the order of its keys.
SENTENCES: Final[Mapping[str, Sentence]] = {}


def words(kind: str, detail: Mapping[str, str | int]) -> Sentence:
    """A message in words, with its details filled in.

    Raises:
        KeyError: no message is of this kind, or it lacks one of the details its sentence needs.
    """
    sentence = SENTENCES[kind]
    return Sentence(sentence.text.format_map(detail), sentence.path.format_map(detail))
