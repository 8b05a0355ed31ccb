"""What a column of a record means, said once: the API's description, workbooks and data dictionaries are made of it."""

from dataclasses import dataclass, field, fields
from datetime import date
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

_SAID: Final = "column"


@dataclass(frozen=True, slots=True)
class Said:
    """The meaning of a column, what it can hold in words or by its codes, where it comes from, and an example."""

    means: str
    values: tuple[str, ...] = ()
    source: str = ""
    example: Any = None
    heading: str = ""
    width: int = 14


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, the type of its values, whether it may be empty and whether it is a list."""

    name: str
    kind: type
    optional: bool
    many: bool
    said: Said

    @property
    def heading(self) -> str:
        """The name as people read it."""
        return self.said.heading or self.name.replace("_", " ").capitalize()


def column(
    means: str,
    *,
    values: tuple[str, ...] = (),
    source: str = "",
    example: Any = None,
    heading: str = "",
    width: int = 14,
) -> Any:
    """A field of a record that says what it means."""
    return field(metadata={_SAID: Said(means, values, source, example, heading, width)})


def columns_of(record: type) -> tuple[Column, ...]:
    """The columns of a record, in its order."""
    hints = get_type_hints(record)
    return tuple(_column(one.name, hints[one.name], one.metadata[_SAID]) for one in fields(record))


def _column(name: str, hint: Any, said: Said) -> Column:
    given, optional, many = hint, False, False
    if get_origin(given) is UnionType:
        optional = NoneType in get_args(given)
        given = next(one for one in get_args(given) if one is not NoneType)
    if get_origin(given) is tuple:
        many, given = True, get_args(given)[0]
    return Column(name, given, optional, many, said)


def example_of(record: type) -> dict[str, Any]:
    """A record as the interface gives it, made of the examples of its columns."""
    return {one.name: _plain(one.said.example) for one in columns_of(record)}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return f"{value:%Y-%m}" if isinstance(value, date) else value
