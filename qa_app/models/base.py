"""The declarative base: naming of constraints, instants in UTC, and the mark every column carries (personal or not)."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import DateTime, Dialect, MetaData, TypeDecorator, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; naive datetimes are refused going in and never come out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs its time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every table is declared on."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Instant(), UUID: Uuid()}  # noqa: RUF012


def plain(*args: Any, **kwargs: Any) -> MappedColumn[Any]:
    """A column that says nothing about a person."""
    return mapped_column(*args, info={"personal": False}, **kwargs)


def personal(*args: Any, **kwargs: Any) -> MappedColumn[Any]:
    """A column that says something about a child, a family or a member of staff."""
    return mapped_column(*args, info={"personal": True}, **kwargs)


def identity() -> Mapped[UUID]:
    """A random primary key, safe to show in an address."""
    return mapped_column(Uuid(), primary_key=True, default=uuid4, info={"personal": False})


def paired(at: str, by: str) -> str:
    """The SQL of a check that `at` and `by` are both there or both not."""
    return f"({at} IS NULL) = ({by} IS NULL)"
