"""Files waiting for a yes: kept sealed between preview and confirmation, opened only by whoever brought them."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qa_app.case_keys import CaseKeys
from qa_app.models import Upload

STALE = timedelta(days=1)


class UploadGoneError(LookupError):
    """The file is not waiting any more: it was confirmed, given up, too old, or somebody else's."""

    def __init__(self) -> None:
        super().__init__("This file is not waiting any more. Upload it again.")


def keep(
    session: Session,
    keys: CaseKeys,
    kind: str,
    data: bytes,
    *,
    mapping: dict[str, Any] | None = None,
    by: str,
    at: datetime,
) -> Upload:
    """Seal a file until it is confirmed. Files left waiting for a day, by anybody, are deleted here."""
    session.execute(delete(Upload).where(Upload.uploaded_at < at - STALE))
    own = uuid4()
    kept = Upload(id=own, kind=str(kind), sealed=keys.seal(data, own), mapping=mapping, uploaded_at=at, uploaded_by=by)
    session.add(kept)
    session.flush()
    return kept


def waiting(session: Session, upload_id: UUID, kind: str, *, by: str, at: datetime) -> Upload:
    """An upload of this person's that is still waiting.

    Raises:
        UploadGoneError: there is none.
    """
    found = session.scalar(
        select(Upload).where(
            Upload.id == upload_id,
            Upload.kind == str(kind),
            Upload.uploaded_by == by,
            Upload.uploaded_at > at - STALE,
        )
    )
    if found is None:
        raise UploadGoneError
    return found


def unseal(keys: CaseKeys, upload: Upload) -> bytes:
    """The file as it was uploaded.

    Raises:
        WrongKey: the case key has changed since.
    """
    return keys.open(upload.sealed, upload.id)


def choose_mapping(session: Session, upload: Upload, mapping: dict[str, Any]) -> None:
    """Keep the column mapping a person chose for this file, as `Mapping.to_json` writes it."""
    upload.mapping = json.loads(json.dumps(mapping))
    session.flush()


def drop(session: Session, upload: Upload) -> None:
    """Delete a file that was confirmed or given up."""
    session.delete(upload)
    session.flush()
