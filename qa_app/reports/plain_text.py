"""A long text as its writer typed it, in parts: headings, paragraphs and lists. Nothing in it is ever markup."""

from collections.abc import Iterator
from typing import Final, NamedTuple

HOW: Final = (
    "Leave an empty line between paragraphs. Begin a heading with ‘# ’, a smaller one with ‘## ’ and each point of a "
    "list with ‘- ’. Nothing else has a meaning."
)
_HEADINGS: Final = {"# ": "heading", "## ": "subheading"}
_POINT: Final = "- "


class Part(NamedTuple):
    """A heading or a paragraph with its one text, or a list with a text for each point."""

    kind: str
    texts: tuple[str, ...]


def parts(text: str) -> tuple[Part, ...]:
    """The parts of a text in their order; lines of one paragraph stay in it, as they were typed."""
    return tuple(_parts(text.split("\n")))


def _parts(lines: list[str]) -> Iterator[Part]:
    kind, waiting = "", list[str]()
    for line in [*lines, ""]:
        typed = line.strip()
        found, words = _read(typed)
        if waiting and (found != kind or not typed):
            yield Part(kind, tuple(waiting) if kind == "list" else ("\n".join(waiting),))
            waiting = []
        kind = found
        if found in ("heading", "subheading"):
            yield Part(found, (words,))
        elif words:
            waiting.append(words)


def _read(typed: str) -> tuple[str, str]:
    for mark, kind in _HEADINGS.items():
        if typed.startswith(mark):
            return kind, typed.removeprefix(mark).strip()
    if typed.startswith(_POINT):
        return "list", typed.removeprefix(_POINT).strip()
    return "paragraph", typed
