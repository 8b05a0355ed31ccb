"""A tool's definition file (TOML, or the JSON that is downloaded here): parsed, and refused where it is none."""

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final

from audit_forms.text import clean
from qa_app.intake.limits import UnreadableFile
from qa_app.intake.tools.findings import Fault, Place

_KEY: Final = re.compile(r"""\bkey"?\s*[=:]\s*["']([a-z0-9_]+)["']""")
_DEEPEST: Final = 8
_LONGEST: Final = 5_000
_NOT: Final = (
    "This is neither a workbook (.xlsx) nor a definition file (.toml or .json). Choose the workbook made from the "
    "template."
)


def parse(data: bytes) -> dict[str, Any]:
    """What the file says.

    Raises:
        UnreadableFile: it is not TOML or JSON, or no table of names and values.
    """
    try:
        text = data.decode("utf-8-sig")
        raw = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except UnicodeDecodeError:
        raise UnreadableFile(_NOT) from None
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, ValueError) as fault:
        raise UnreadableFile(f"{_NOT} As a definition file it cannot be read: {fault}.") from None
    except RecursionError:
        raise UnreadableFile("The definition file nests too deeply to be a tool.") from None
    if not isinstance(raw, dict) or not raw:
        raise UnreadableFile(_NOT)
    return raw


def shape_faults(raw: object) -> tuple[Fault, ...]:
    """What stands in the file that no definition can hold: other than texts, whole numbers, tables and lists."""
    return tuple(Fault(Place(), sentence) for sentence in _shape(raw, "The file", 0))


def places(data: bytes) -> dict[tuple[str, str], Place]:
    """The line of each key, for sections and questions alike: no two of a sort have the same."""
    found = dict[tuple[str, str], Place]()
    for number, line in enumerate(data.decode("utf-8-sig", "replace").splitlines(), start=1):
        for key in _KEY.findall(line):
            for noun in ("question", "section"):
                found.setdefault((noun, key), Place(row=number))
    return found


def _shape(raw: object, where: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        yield f"{where} nests too deeply."
    elif isinstance(raw, dict):
        for name, value in raw.items():
            yield from _shape(str(name), f"{where}, ‘{_short(name)}’", depth + 1)
            yield from _shape(value, f"{where}, ‘{_short(name)}’", depth + 1)
    elif isinstance(raw, list):
        for number, value in enumerate(raw, start=1):
            yield from _shape(value, f"{where}, {number}", depth + 1)
    elif isinstance(raw, str):
        try:
            clean(raw, longest=_LONGEST)
        except ValueError:
            yield f"{where}: this text has characters that cannot be stored, or more than {_LONGEST:,} of them."
    elif not isinstance(raw, bool | int) or abs(raw) >= 2**31:
        yield f"{where}: only texts, whole numbers, true and false can stand here."


def _short(name: object) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in str(name)[:40])
