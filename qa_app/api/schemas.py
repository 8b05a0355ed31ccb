"""Schemas made of the records themselves, so that the description and the answers cannot part ways."""

from datetime import date
from functools import cache
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate

from moderation.statistics import months
from qa_app.reports.columns import Column, columns_of, example_of

MONTH: Final = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
MOST: Final = 1000
USUAL: Final = 200


class MonthField(fields.Field[date]):
    """A calendar month such as 2026-10."""

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002
        return None if value is None else months.name(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:  # noqa: ARG002
        try:
            return months.read(value)
        except ValueError as fault:
            raise ValidationError(str(fault)) from fault


_KINDS: Final[dict[type, type[fields.Field[Any]]]] = {
    str: fields.String, int: fields.Integer, float: fields.Float, bool: fields.Boolean, date: MonthField,
}  # fmt: skip


@cache
def schema_of(record: type) -> type[Schema]:
    """The schema of a record, with what each of its columns means."""
    made = {one.name: _field(one) for one in columns_of(record)}
    return Schema.from_dict(made, name=record.__name__.removesuffix("Record"))


def _field(one: Column) -> fields.Field[Any]:
    about = {"description": one.said.means, "example": example_value(one)}
    checks = validate.OneOf(one.said.values) if one.said.values and not one.many else None
    made = _KINDS[one.kind](
        required=True, allow_none=one.optional, metadata={} if one.many else about, validate=checks
    )  # fmt: skip
    return fields.List(made, required=True, metadata=about) if one.many else made


def example_value(one: Column) -> Any:
    """The example of a column as the interface would give it."""
    value = one.said.example
    if isinstance(value, tuple):
        return list(value)
    return months.name(value) if isinstance(value, date) else value


@cache
def list_of(record: type) -> type[Schema]:
    """The schema of a page of records."""
    name = record.__name__.removesuffix("Record")
    return Schema.from_dict(
        {
            "items": fields.List(
                fields.Nested(schema_of(record)), required=True, metadata={"description": "The records of this page."}
            ),
            "next": fields.String(
                required=True, allow_none=True,
                metadata={"description": "The cursor of the next page; null on the last one."},
            ),
            "note": fields.String(required=True, metadata={"description": "How these records may be used."}),
        },
        name=f"{name}Page",
    )  # fmt: skip


def example_page(record: type, note: str) -> dict[str, Any]:
    """A page with one record."""
    return {"items": [example_of(record)], "next": None, "note": note}


class Problem(Schema):
    """What went wrong (RFC 9457)."""

    type = fields.String(required=True, metadata={"description": "Always about:blank: the title says what it is."})
    title = fields.String(required=True, metadata={"description": "The status in words."})
    status = fields.Integer(required=True, metadata={"description": "The status of the answer."})
    detail = fields.String(required=True, metadata={"description": "What to do about it."})
    instance = fields.String(required=True, metadata={"description": "Names this request in our log."})
    errors = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()),
        metadata={"description": "What is wrong with each parameter, by its name."},
    )  # fmt: skip


def month_field(means: str) -> MonthField:
    """A parameter that is a month."""
    return MonthField(metadata={"description": means, "example": "2026-10"})


def word_field(means: str, words: tuple[str, ...]) -> fields.String:
    """A parameter that is one of a few words."""
    return fields.String(validate=validate.OneOf(words), metadata={"description": means})


class Query(Schema):
    """What every list takes."""

    format = fields.String(
        validate=validate.OneOf(("json", "csv")),
        metadata={"description": "json (usual) or csv; the same as the Accept header application/json or text/csv."},
    )


class PagedQuery(Query):
    """What a list takes that comes in pages."""

    cursor = fields.String(
        validate=validate.Length(min=1, max=500),
        metadata={"description": "The next of the page before, unchanged. Leave it out for the first page."},
    )
    limit = fields.Integer(
        strict=False, validate=validate.Range(min=1, max=MOST),
        metadata={"description": f"How many records a page has at most; {USUAL} unless told.", "example": 200},
    )  # fmt: skip
