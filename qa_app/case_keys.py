"""Case references: a keyed hash to match them and a sealed value to show them, from one secret and two derived keys."""

import hashlib
import hmac
import os
import unicodedata
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class WrongKey(Exception):  # noqa: N818
    """A sealed value does not open with this key, or belongs to another row."""


class CaseKeys:
    """The two keys derived (HKDF-SHA-256) from the council's case secret."""

    version = 1

    def __init__(self, secret: str) -> None:
        self._match_key = _derive(secret, b"match a case reference")
        self._aes = AESGCM(_derive(secret, b"seal a case reference"))

    def match(self, reference: str) -> str:
        """The keyed hash (HMAC-SHA-256, 64 hex digits) of a reference; spaces and letter case do not matter."""
        plain = unicodedata.normalize("NFKC", reference).casefold()
        return hmac.new(self._match_key, "".join(plain.split()).encode(), hashlib.sha256).hexdigest()

    def seal(self, value: bytes, owner: UUID) -> bytes:
        """A value encrypted (AES-256-GCM) for one row: it opens only with that row's id."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aes.encrypt(nonce, value, owner.bytes)

    def open(self, sealed: bytes, owner: UUID) -> bytes:
        """The value sealed for a row.

        Raises:
            WrongKey: the secret has changed, or the value was sealed for another row.
        """
        try:
            return self._aes.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner.bytes)
        except InvalidTag as fault:
            raise WrongKey("This value cannot be opened: QA_CASE_KEY is not the key it was sealed with.") from fault


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
