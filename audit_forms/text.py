"""Which characters may be stored: every text that comes in is made clean here, or refused with a sentence."""

import re
import unicodedata
from typing import Final

LONGEST: Final = 5_000
"""Characters one long answer may have, unless its question says otherwise."""
LONGEST_LINE: Final = 200

# PostgreSQL refuses NUL, UTF-8 has no place for half a surrogate pair, and XML (so every workbook) has none for the
# other control characters or the two non-characters.
_UNSTORABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS: Final = re.compile("\r\n?|[\x85\u2028\u2029]")
_SPACES: Final = re.compile(r"\s+")


class Unstorable(ValueError):  # noqa: N818 - named for the fault
    """A text holds characters that cannot be kept."""


class TooLong(ValueError):  # noqa: N818 - named for the fault
    """A text has more characters than its place allows."""

    def __init__(self, longest: int, length: int) -> None:
        super().__init__(f"Shorten this to {longest:,} characters or fewer. It has {length:,}.")


def without_unstorable(text: str) -> str:
    """The text as it may be shown again beside an error: everything that can be kept, and nothing else."""
    return _UNSTORABLE.sub("", _LINE_ENDS.sub("\n", text))


def clean(text: str, *, longest: int = LONGEST) -> str:
    r"""The text as it is stored: composed (NFC), lines ended by \n, no space around it.

    Raises:
        Unstorable: it holds a control character or half a character.
        TooLong: it has more than `longest` characters.
    """
    return _fitting(_composed(text), longest)


def clean_line(text: str, *, longest: int = LONGEST_LINE) -> str:
    """As `clean`, on one line: runs of spaces and line ends become one space. Raises as `clean` does."""
    return _fitting(_SPACES.sub(" ", _composed(text)), longest)


def words_in(text: str) -> int:
    return len(text.split())


def _composed(text: str) -> str:
    one_kind_of_line = _LINE_ENDS.sub("\n", text)
    if _UNSTORABLE.search(one_kind_of_line):
        raise Unstorable(
            "This text has hidden characters that cannot be stored. They have been taken out: "
            "check that it still reads as you meant, then save again."
        )
    return unicodedata.normalize("NFC", one_kind_of_line).strip()


def _fitting(text: str, longest: int) -> str:
    if len(text) > longest:
        raise TooLong(longest, len(text))
    return text
