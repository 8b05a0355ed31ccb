"""Column mappings people set right: kept by the headings of the file, found again for the next one like it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.intake.columns import Mapping, from_json, guess, headings_key
from qa_app.intake.headings import Kind
from qa_app.models import ColumnMapping
from qa_app.services.events import record


def mapping_for(
    session: Session, kind: Kind, headings: Sequence[str], *, chosen: dict[str, Any] | None = None
) -> Mapping:
    """Which column holds what: as chosen for this file, else as kept for these headings, else as the headings suggest.

    A kept mapping that no longer fits the file is passed over.
    """
    for known in (chosen, _kept(session, kind, headings)):
        if known is not None:
            try:
                return from_json(kind, headings, known)
            except ValueError:
                continue
    return guess(kind, headings)


def keep(session: Session, mapping: Mapping, *, by: str, at: datetime) -> None:
    """Keep a mapping for every file with the same headings."""
    kept = session.scalar(
        select(ColumnMapping).where(
            ColumnMapping.kind == mapping.kind.value, ColumnMapping.headings_sha256 == mapping.key
        )
    )
    if kept is None:
        kept = ColumnMapping(kind=mapping.kind.value, headings_sha256=mapping.key)
        session.add(kept)
    kept.mapping, kept.kept_at, kept.kept_by = mapping.to_json(), at, by
    session.flush()
    record(session, "mapping.kept", "column_mapping", kept.id, by=by, at=at, kind=mapping.kind.value)


def _kept(session: Session, kind: Kind, headings: Sequence[str]) -> dict[str, Any] | None:
    return session.scalar(
        select(ColumnMapping.mapping).where(
            ColumnMapping.kind == kind.value, ColumnMapping.headings_sha256 == headings_key(headings)
        )
    )
