"""Numbers as people type them into a box of a form: read exactly, and said back beside the box when they are none."""

import re
from decimal import Decimal
from typing import Final

from wtforms import Field

_NUMBER: Final = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)


def decimal_of(field: Field) -> Decimal | None:
    """The number in a box, None for an empty one; what is no number is said beside the box."""
    typed = (field.data or "").replace(",", "").replace(" ", "").removesuffix("%")
    if not typed:
        return None
    if not _NUMBER.fullmatch(typed):
        field.errors = ["Write a number of 0 or more, such as 85 or 8.45."]
        return None
    return Decimal(typed)


def whole_of(field: Field, least: int, most: int) -> int | None:
    """The whole number in a box, None for an empty one."""
    typed = (field.data or "").strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 9 and least <= int(typed) <= most):
        field.errors = [f"Write a whole number from {least} to {most}."]
        return None
    return int(typed)


def version_in(typed: str | None, *, otherwise: int = 0) -> int:
    """The number of a version as a form sends it back; `otherwise` for what is none."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 6 else otherwise


def plain(number: Decimal | None) -> str:
    """A number as it is typed, without noughts at its end."""
    if number is None:
        return ""
    return f"{number.normalize():f}"
