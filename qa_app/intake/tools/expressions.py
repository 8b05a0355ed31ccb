"""The few expressions of XLSForm that are understood: when a question is shown or required, and a number's bounds."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

SHOWN_FOR: Final = "Write ${name} = 'answer', or selected(${name}, 'answer'), several of them joined by or."
BOUNDS_FOR: Final = "Write the bounds of a whole number so: . >= 0 and . <= 10"

_TOKEN: Final = re.compile(
    r"""\s*(?:
    (?P<name>\$\{\s*[^{}\s]+\s*\}) | (?P<code>'[^']*' | "[^"]*" | ‘[^’]*’ | “[^”]*”)
    | (?P<word>selected|not|and|or)\b | (?P<sign>!=|=|\(|\)|,)
    )""",
    re.VERBOSE,
)
_BOUND: Final = re.compile(r"\.\s*(>=|<=|>|<|=)\s*(\d{1,10})")


class Unclear(ValueError):  # noqa: N818 - named for the fault
    """An expression is not one of those that are understood; the message says what to write."""


class When(NamedTuple):
    """`key`'s answer is one of these codes (`otherwise`: none of them); `picked`: said with selected()."""

    key: str
    codes: tuple[str, ...]
    otherwise: bool = False
    picked: bool = False


class _Term(NamedTuple):
    key: str
    code: str
    negative: bool
    picked: bool


def when(said: str) -> When:
    """The condition an expression says.

    Raises:
        Unclear: it is not one of the forms understood.
    """
    tokens = list(_tokens(said))
    reader = _Reader(tokens)
    terms, joins = [reader.term()], set[str]()
    while reader.more():
        joins.add(reader.join())
        terms.append(reader.term())
    if len({term.key for term in terms}) > 1:
        raise Unclear("It asks about more than one question. A question can follow from one other question.")
    if len({term.negative for term in terms}) > 1 or len(joins) > 1:
        raise Unclear(f"It mixes what is and what is not. {SHOWN_FOR}")
    first = terms[0]
    if joins and joins != {"and" if first.negative else "or"}:
        raise Unclear(
            "Join what is not by and: ${name} != 'a' and ${name} != 'b'."
            if first.negative
            else f"Join by or. {SHOWN_FOR}"
        )
    picked = any(term.picked for term in terms)
    return When(first.key, tuple(dict.fromkeys(term.code for term in terms)), first.negative, picked)


def bounds(said: str) -> tuple[int | None, int | None]:
    """The least and the most that a constraint says; None where it says nothing of one.

    Raises:
        Unclear: it is no bound of a whole number.
    """
    least: int | None = None
    most: int | None = None
    for part in re.split(r"\s+and\s+", said.strip()):
        found = _BOUND.fullmatch(part)
        if found is None:
            raise Unclear(BOUNDS_FOR)
        sign, number = found[1], int(found[2])
        if sign in (">=", ">", "=") and least is None:
            least = number + (sign == ">")
        elif sign != "=" and sign in ("<=", "<") and most is None:
            most = number - (sign == "<")
        else:
            raise Unclear(BOUNDS_FOR)
        if sign == "=":
            most = number
    return least, most


def said_when(condition: When) -> str:
    """The expression that says a condition."""
    sign = "!=" if condition.otherwise else "="
    if condition.picked:
        each = [f"selected(${{{condition.key}}}, '{code}')" for code in condition.codes]
        each = [f"not({one})" for one in each] if condition.otherwise else each
    else:
        each = [f"${{{condition.key}}} {sign} '{code}'" for code in condition.codes]
    return (" and " if condition.otherwise else " or ").join(each)


def said_bounds(least: int, most: int) -> str:
    """The expression that says the bounds of a number."""
    return f". >= {least} and . <= {most}"


def _tokens(said: str) -> Iterator[tuple[str, str]]:
    place, text = 0, said.strip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise Unclear(f"‘{text[place : place + 30].strip()}’ is not understood here. {SHOWN_FOR}")
        kind = str(found.lastgroup)
        word = found[kind]
        yield kind, word[2:-1].strip() if kind == "name" else word[1:-1] if kind == "code" else word
        place = found.end()


class _Reader:
    """Reads terms and the words between them."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens

    def more(self) -> bool:
        return bool(self.tokens)

    def join(self) -> str:
        kind, word = self._next()
        if kind != "word" or word not in ("and", "or"):
            raise Unclear(SHOWN_FOR)
        return word

    def term(self) -> _Term:
        kind, word = self._next()
        if (kind, word) == ("word", "not"):
            self._expect("(")
            inner = self.term()
            self._expect(")")
            return inner._replace(negative=not inner.negative)
        if (kind, word) == ("word", "selected"):
            self._expect("(")
            key = self._value("name")
            self._expect(",")
            code = self._value("code")
            self._expect(")")
            return _Term(key, code, negative=False, picked=True)
        if kind != "name":
            raise Unclear(SHOWN_FOR)
        _, sign = self._next()
        if sign not in ("=", "!="):
            raise Unclear(SHOWN_FOR)
        return _Term(word, self._value("code"), sign == "!=", picked=False)

    def _next(self) -> tuple[str, str]:
        if not self.tokens:
            raise Unclear(f"It ends too early. {SHOWN_FOR}")
        return self.tokens.pop(0)

    def _value(self, wanted: str) -> str:
        kind, word = self._next()
        if kind != wanted:
            raise Unclear(SHOWN_FOR)
        return word

    def _expect(self, sign: str) -> None:
        if self._next() != ("sign", sign):
            raise Unclear(SHOWN_FOR)
