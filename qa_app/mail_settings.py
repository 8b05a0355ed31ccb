"""How mail leaves: off, through the council's mail server or through GOV.UK Notify; and what is refused as unsafe."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from qa_app.variables import SettingsError, Variable, number, one_of

NOTIFY = "https://api.notifications.service.gov.uk"
HERE: Final = frozenset(("localhost", "127.0.0.1", "::1"))
# Of an address we send from or to: no spaces, no line ends, nothing that begins a second header or a second address.
PLAIN_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
NOTIFY_KEY: Final = re.compile(r".+-[0-9a-f-]{36}-[0-9a-f-]{36}", re.IGNORECASE)

MAIL_VARIABLES = (
    Variable("QA_PUBLIC_URL", "none: needed once mail is set up", "Where people reach the site, https://qa.example"),
    Variable("QA_MAIL", "off", "How mail leaves: off, smtp (a mail server) or notify (GOV.UK Notify)"),
    Variable("QA_MAIL_FROM", "none", "smtp: the address mails come from"),
    Variable("QA_MAIL_HOST", "none", "smtp: the mail server"),
    Variable("QA_MAIL_PORT", "587, or 465 with tls", "smtp: its port"),
    Variable("QA_MAIL_SECURITY", "starttls", "smtp: starttls, tls, or none for a server on this machine"),
    Variable("QA_MAIL_USER", "no sign-in", "smtp: the name to sign in with"),
    Variable("QA_MAIL_PASSWORD", "no sign-in", "smtp: its password"),
    Variable("QA_MAIL_TIMEOUT", "20", "Give up on a step of sending after this many seconds"),
    Variable("QA_MAIL_NOTIFY_KEY", "none", "notify: the API key"),
    Variable("QA_MAIL_NOTIFY_TEMPLATE", "none", "notify: the id of a template of ((subject)) and ((body))"),
    Variable("QA_MAIL_NOTIFY_URL", NOTIFY, "notify: where its API is"),
)


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """How mail leaves, and the address its links begin with."""

    by: str = "off"
    public_url: str = ""
    sender: str = ""
    host: str = ""
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: int = 20
    notify_key: str = field(default="", repr=False)
    notify_template: str = ""
    notify_url: str = NOTIFY

    @property
    def is_on(self) -> bool:
        """Whether mail leaves at all."""
        return self.by != "off"


def mail_settings(found: Mapping[str, str]) -> MailSettings:
    """The settings of mail.

    Raises:
        SettingsError: one is missing, not understood or would send mail in the clear.
    """
    by = one_of(found, "QA_MAIL", ("off", "smtp", "notify"), default="off")
    security = one_of(found, "QA_MAIL_SECURITY", ("starttls", "tls", "none"), default="starttls")
    made = MailSettings(
        by=by,
        public_url=found.get("QA_PUBLIC_URL", "").rstrip("/"),
        sender=found.get("QA_MAIL_FROM", ""),
        host=found.get("QA_MAIL_HOST", ""),
        port=number(found, "QA_MAIL_PORT", 465 if security == "tls" else 587, 1, 65535),
        security=security,
        user=found.get("QA_MAIL_USER", ""),
        password=found.get("QA_MAIL_PASSWORD", ""),
        # The longest is far under the time after which a run is taken for dead (services/sending.py).
        timeout=number(found, "QA_MAIL_TIMEOUT", 20, 1, 60),
        notify_key=found.get("QA_MAIL_NOTIFY_KEY", ""),
        notify_template=found.get("QA_MAIL_NOTIFY_TEMPLATE", ""),
        notify_url=found.get("QA_MAIL_NOTIFY_URL", "").rstrip("/") or NOTIFY,
    )
    if made.public_url:
        _check_url("QA_PUBLIC_URL", made.public_url)
    if made.is_on:
        _check_given(
            "QA_PUBLIC_URL", made.public_url, "the address people reach the site at, such as https://qa.example"
        )
        (_check_smtp if made.by == "smtp" else _check_notify)(made)
    return made


def _check_smtp(made: MailSettings) -> None:
    _check_given("QA_MAIL_HOST", made.host, "the name of the mail server")
    if not PLAIN_ADDRESS.fullmatch(made.sender):
        raise SettingsError("QA_MAIL_FROM must be one plain email address, such as audit@council.example.")
    if made.security == "none" and made.host not in HERE:
        raise SettingsError("QA_MAIL_SECURITY=none is only for a mail server on this machine. Use starttls or tls.")
    if bool(made.user) != bool(made.password):
        raise SettingsError("Set QA_MAIL_USER and QA_MAIL_PASSWORD both, or neither.")


def _check_notify(made: MailSettings) -> None:
    if not NOTIFY_KEY.fullmatch(made.notify_key):
        raise SettingsError("QA_MAIL_NOTIFY_KEY must be an API key of GOV.UK Notify, copied whole.")
    try:
        UUID(made.notify_template)
    except ValueError as fault:
        raise SettingsError("QA_MAIL_NOTIFY_TEMPLATE must be the id of an email template of GOV.UK Notify.") from fault
    _check_url("QA_MAIL_NOTIFY_URL", made.notify_url)


def _check_given(name: str, value: str, what: str) -> None:
    if not value:
        raise SettingsError(f"{name} is not set. Mail is on (QA_MAIL), so it must be {what}.")


def _check_url(name: str, value: str) -> None:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError as fault:
        raise SettingsError(f"{name} is not an address. Write it as https://qa.example.") from fault
    bare = (
        not (parts.path or parts.query or parts.fragment or parts.username) and value.isascii() and value.isprintable()
    )
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in HERE)
    if not (host and bare and safe and " " not in value):
        raise SettingsError(
            f"{name} must be https:// and a host name, nothing after it. http is only for this machine."
        )
