"""The pass of a page: signed when the page is made, it lets what was typed there in after the session has ended."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Final, NamedTuple
from uuid import UUID

from itsdangerous import BadSignature, Signer

FIELD: Final = "page_pass"
PURPOSE: Final = "qa_app: take in what was typed after a session ended"


class Place(NamedTuple):
    """What is written on the page: by the auditor, the moderator or on agreement; of which row; which section."""

    stage: str
    object_id: UUID
    section: str


class Pass(NamedTuple):
    """Whose page it is, of what, by which version of the tool, from which session, and until when it is good."""

    person_id: UUID
    place: Place
    tool: str
    session_sha256: str
    ends_at: datetime


def seal(secret: str, made: Pass) -> str:
    """The pass as it stands in the page, signed under a key of its own; its length says nothing about the row."""
    stage, object_id, section = made.place
    whole = [
        made.person_id.hex, stage, object_id.hex, section, made.tool, made.session_sha256, int(made.ends_at.timestamp())
    ]  # fmt: skip
    said = base64.urlsafe_b64encode(json.dumps(whole, separators=(",", ":")).encode())
    return _signer(secret).sign(said).decode()


def read(secret: str, sealed: object, *, at: datetime) -> Pass | None:
    """The pass that was sent; None where it is forged, over, or none."""
    if not isinstance(sealed, str) or not sealed:
        return None
    try:
        said = _signer(secret).unsign(sealed)
    except (BadSignature, UnicodeEncodeError):
        return None
    person, stage, object_id, section, tool, session, ends = json.loads(base64.urlsafe_b64decode(said))
    ends_at = datetime.fromtimestamp(ends, UTC)
    if ends_at <= at:
        return None
    return Pass(UUID(person), Place(stage, UUID(object_id), section), tool, session, ends_at)


def _signer(secret: str) -> Signer:
    return Signer(secret, salt=PURPOSE, key_derivation="hmac", digest_method=hashlib.sha256)
