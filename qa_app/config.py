"""Settings from the environment: one table of them, and what production refuses to start on."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qa_app.clock import Clock, system_clock
from qa_app.mail_settings import MAIL_VARIABLES, MailSettings, mail_settings
from qa_app.variables import SettingsError, Variable, number, yes

__all__ = ["INSTANCE", "ROOT", "VARIABLES", "Settings", "SettingsError", "from_environment"]

ROOT = Path(__file__).resolve().parent.parent
INSTANCE = ROOT / "instance"
SHORTEST_SECRET = 32
WEAK = ("change", "secret", "default", "example", "password", "demo-only", "test-only")


VARIABLES = (
    Variable(
        "QA_DATABASE_URL", "the SQLite file instance/qa.sqlite3", "Where the data lives: sqlite:/// or postgresql://"
    ),
    Variable("QA_SECRET_KEY", "none: serve refuses to start", "Signs forms; at least 32 random characters"),
    Variable("QA_CASE_KEY", "none: serve refuses to start", "Protects case references; at least 32 random characters"),
    Variable("QA_HOST", "127.0.0.1", "The address to listen on"),
    Variable("QA_PORT", "8000", "The port to listen on"),
    Variable("QA_THREADS", "8", "How many requests are answered at the same time"),
    Variable("QA_COUNCIL", "Your council", "The council's name, shown in the header and on reports"),
    Variable(
        "QA_TRUSTED_HOSTS", "localhost, 127.0.0.1 and [::1]", "Host names the site answers to, separated by commas"
    ),
    Variable("QA_PROXIES", "0", "How many reverse proxies stand in front and set X-Forwarded headers"),
    Variable("QA_HTTPS", "yes", "Whether people reach the site over HTTPS; 'no' only on this machine"),
    Variable("QA_IDLE_MINUTES", "60", "Sign people out after this many minutes without activity"),
    *MAIL_VARIABLES,
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the application is told from outside."""

    database_url: str = field(repr=False)  # it may hold a password
    secret_key: str = field(repr=False)
    case_key: str = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    council: str = "Your council"
    trusted_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    proxies: int = 0
    https: bool = True
    idle_minutes: int = 60
    absolute_hours: int = 12
    mail: MailSettings = field(default_factory=MailSettings)
    clock: Clock = system_clock


def from_environment(environ: Mapping[str, str], *, instance: Path = INSTANCE, production: bool) -> Settings:
    """The settings of this machine.

    Outside production, missing secrets are made once and kept in `instance/secrets`; production never reads that file.

    Raises:
        SettingsError: a value is missing, short, a known default or not understood.
    """
    kept = {} if production else _kept_secrets(instance, environ)
    found = {**kept, **environ}
    if production:
        for name in ("QA_SECRET_KEY", "QA_CASE_KEY"):
            _check_secret(name, found.get(name, ""))
        if found["QA_SECRET_KEY"] == found["QA_CASE_KEY"]:
            raise SettingsError("QA_SECRET_KEY and QA_CASE_KEY must be two different secrets.")
    hosts = tuple(h.strip() for h in found.get("QA_TRUSTED_HOSTS", "").split(",") if h.strip())
    return Settings(
        database_url=found.get("QA_DATABASE_URL") or f"sqlite:///{instance / 'qa.sqlite3'}",
        secret_key=found["QA_SECRET_KEY"],
        case_key=found["QA_CASE_KEY"],
        host=found.get("QA_HOST") or "127.0.0.1",
        port=number(found, "QA_PORT", 8000, 1, 65535),
        threads=number(found, "QA_THREADS", 8, 1, 64),
        council=found.get("QA_COUNCIL") or "Your council",
        trusted_hosts=hosts or ("localhost", "127.0.0.1", "[::1]"),
        proxies=number(found, "QA_PROXIES", 0, 0, 5),
        https=yes(found, "QA_HTTPS", default=True),
        idle_minutes=number(found, "QA_IDLE_MINUTES", 60, 5, 720),
        mail=mail_settings(found),
    )


def _check_secret(name: str, value: str) -> None:
    make = "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
    if not value:
        raise SettingsError(f"{name} is not set. {make}")
    if len(value) < SHORTEST_SECRET:
        raise SettingsError(f"{name} is too short: it needs at least {SHORTEST_SECRET} characters. {make}")
    if any(word in value.lower() for word in WEAK) or len(set(value)) < 10:
        raise SettingsError(f"{name} looks like an example, not a secret. {make}")


def _kept_secrets(instance: Path, environ: Mapping[str, str]) -> dict[str, str]:
    names = ("QA_SECRET_KEY", "QA_CASE_KEY")
    if all(environ.get(name) for name in names):
        return {}
    path = instance / "secrets"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text("".join(f"{name}={secrets.token_urlsafe(48)}\n" for name in names))
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
