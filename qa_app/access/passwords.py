"""Passwords: argon2id hashes, what makes one good enough, and a check that takes as long when nobody is there."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SHORTEST, LONGEST = 12, 256
COMMON = (
    "password", "letmein", "welcome", "qwerty", "abc123", "iloveyou", "admin", "council", "southend", "football",
    "monkey", "dragon", "sunshine", "princess", "changeme", "passw0rd", "123456", "111111", "summer", "winter",
    "spring", "autumn", "january", "october", "children", "socialwork",
)  # fmt: skip

# 19 MiB, two passes: the settings the OWASP cheat sheet gives for argon2id.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_nobody = _hasher.hash(secrets.token_urlsafe())


def hash_password(password: str) -> str:
    """The argon2id hash to keep."""
    return _hasher.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Whether a password fits a kept hash; with no hash the work is done all the same, so time tells nothing."""
    try:
        _hasher.verify(kept or _nobody, password)
    except (Argon2Error, InvalidHashError):
        return False
    return kept is not None


def fault(password: str, *, about: str = "") -> str | None:
    """What is wrong with a new password, in a sentence, or None; `about` is the person's name and email."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. Three random words are easy to remember."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    lowered = password.lower()
    letters = "".join(c for c in lowered if c.isalpha())
    if any(letters.replace(word, "", 1) == "" for word in COMMON) or len(set(lowered)) < 5:
        return "This password is easy to guess. Three random words are better."
    if any(len(part) > 3 and part in lowered for part in about.lower().replace("@", " ").replace(".", " ").split()):
        return "Do not use your name or email address in your password."
    return None


def temporary() -> str:
    """A random password for the first sign-in, to be changed there."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))
