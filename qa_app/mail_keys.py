"""What a mail alone may hold, such as the address of a link used once: sealed from queueing until it is sent."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class WrongMailKey(Exception):  # noqa: N818 - named for the fault
    """The secret key has changed since the mail was queued, or the words were sealed for another mail."""


class MailKeys:
    """The key derived (HKDF-SHA-256) from the site's secret key."""

    def __init__(self, secret: str) -> None:
        kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"seal what a mail holds")
        self._aes = AESGCM(kdf.derive(secret.encode()))

    def seal(self, words: str, mail: UUID) -> str:
        """Words encrypted (AES-256-GCM) for one mail: they open only with that mail's id."""
        nonce = os.urandom(NONCE_BYTES)
        return urlsafe_b64encode(nonce + self._aes.encrypt(nonce, words.encode(), mail.bytes)).decode()

    def open(self, sealed: str, mail: UUID) -> str:
        """The words sealed for a mail.

        Raises:
            WrongMailKey: the secret key is another one, or they were sealed for another mail.
        """
        try:
            kept = urlsafe_b64decode(sealed)
            return self._aes.decrypt(kept[:NONCE_BYTES], kept[NONCE_BYTES:], mail.bytes).decode()
        except (InvalidTag, ValueError) as fault:
            raise WrongMailKey(
                "This mail cannot be opened: QA_SECRET_KEY is not the key it was sealed with."
            ) from fault
