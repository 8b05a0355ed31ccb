"""Figures as plain structures to keep with a closed month, and back again: what was published, exactly."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from moderation.statistics import figures as shapes
from moderation.statistics.figures import AgreementFigure, ExpectationFigure, Figure, Figures, ShareFigure
from moderation.statistics.measure import Measure
from moderation.statistics.measures import MEASURES
from moderation.statistics.target import Target

_KINDS: Final = {"share": ShareFigure, "agreement": AgreementFigure, "expectations": ExpectationFigure}
_MEASURES: Final = {measure.key: measure for measure in MEASURES}
_NAMES: Final = {"Measure": Measure, **vars(shapes)}


def keep(figures: Figures) -> dict[str, Any]:
    """The figures as JSON can hold them: fractions as '19/21', months as '2026-10-01', a measure by its key."""
    kinds = {kind: name for name, kind in _KINDS.items()}
    return {
        "until": figures.until.isoformat(),
        "rules_version": figures.rules_version,
        "months": _plain(figures.months),
        "all": [{"kind": kinds[type(figure)], **_plain(figure)} for figure in figures.all],
    }


def restore(kept: Mapping[str, Any]) -> Figures:
    """The figures as they were kept; measures that the registry no longer has are left out.

    Raises:
        KeyError: a part is missing.
        ValueError: a part is not what was kept there.
    """
    return Figures(
        date.fromisoformat(kept["until"]),
        kept["rules_version"],
        _made(_hints(Figures)["months"], kept["months"], {}),
        tuple(_figure(one) for one in kept["all"] if _key(one["measure"]) in _MEASURES),
    )


def _key(kept: str | Mapping[str, Any]) -> str:
    """The key of a kept measure, which stands alone unless its target was another one than the registry's."""
    return kept if isinstance(kept, str) else str(kept["key"])


def _figure(kept: Mapping[str, Any]) -> Figure:
    made: Figure = _made(_KINDS[kept["kind"]], kept, {})
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, Measure):
        same = value.target == _MEASURES[value.key].target
        return value.key if same else {"key": value.key, "target": _plain(value.target)}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    return value.isoformat() if isinstance(value, date) else value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, localns=_NAMES)


def _made(hint: Any, value: Any, known: Mapping[Any, Any]) -> Any:
    """What a type's kept form stands for; ``known`` says what the type variables of a generic are."""
    if isinstance(hint, TypeVar):
        hint = known[hint]
    origin, given = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return None if value is None else _made(next(one for one in given if one is not NoneType), value, known)
    if origin is tuple:
        kinds = [given[0]] * len(value) if given[-1] is Ellipsis else given
        return tuple(_made(kind, one, known) for kind, one in zip(kinds, value, strict=True))
    if origin is not None:
        return _whole(origin, value, dict(zip(origin.__parameters__, given, strict=True)))
    if hint is Measure:
        measure = _MEASURES[_key(value)]
        if isinstance(value, str):
            return measure
        return replace(measure, target=_made(Target | None, value["target"], known))
    if is_dataclass(hint) or hasattr(hint, "_fields"):
        return _whole(hint, value, known)
    if hint is date:
        return date.fromisoformat(value)
    return hint(value) if isinstance(hint, type) and issubclass(hint, (Enum, Fraction)) else value


def _whole(kind: Any, value: Any, known: Mapping[Any, Any]) -> Any:
    hints = _hints(kind)
    if hasattr(kind, "_fields"):  # a named tuple is kept as a list
        return kind(*(_made(hints[name], one, known) for name, one in zip(kind._fields, value, strict=True)))
    return kind(**{field.name: _made(hints[field.name], value[field.name], known) for field in fields(kind)})
