"""What the environment may say, and what production refuses to start on."""

from pathlib import Path

import pytest

from qa_app.config import VARIABLES, SettingsError, from_environment
from qa_app.mail_settings import mail_settings
from tests.post import NOTIFY_KEY, NOTIFY_TEMPLATE

SECRETS = {"QA_SECRET_KEY": "kZ3v-9fQxB7mTn2LwRj8cYhD5sGpAe6U", "QA_CASE_KEY": "Wq8-Jt4xNc7vHb2mZs9kRf3yLd6gPa5E"}


def test_production_starts_with_two_long_secrets(tmp_path: Path) -> None:
    found = from_environment(SECRETS, instance=tmp_path, production=True)
    assert (found.host, found.port, found.https) == ("127.0.0.1", 8000, True)
    assert not (tmp_path / "secrets").exists()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("QA_SECRET_KEY", "", "QA_SECRET_KEY is not set"),
        ("QA_CASE_KEY", "", "QA_CASE_KEY is not set"),
        ("QA_CASE_KEY", "short-1234567890", "too short"),
        ("QA_SECRET_KEY", "a" * 40, "looks like an example"),
        ("QA_SECRET_KEY", "please-change-me-1234567890-qwertyuiop", "looks like an example"),
        ("QA_CASE_KEY", SECRETS["QA_SECRET_KEY"], "two different secrets"),
        ("QA_PORT", "0", "from 1 to 65535"),
        ("QA_PORT", "eighty", "from 1 to 65535"),
        ("QA_THREADS", "1000", "from 1 to 64"),
        ("QA_IDLE_MINUTES", "1", "from 5 to 720"),
        ("QA_HTTPS", "maybe", "must be yes or no"),
    ],
)
def test_production_refuses_to_start_and_says_why(tmp_path: Path, name: str, value: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        from_environment(SECRETS | {name: value}, instance=tmp_path, production=True)


def test_production_never_reads_the_kept_secrets(tmp_path: Path) -> None:
    from_environment({}, instance=tmp_path, production=False)
    with pytest.raises(SettingsError, match="is not set"):
        from_environment({}, instance=tmp_path, production=True)


def test_elsewhere_secrets_are_made_once_and_only_the_owner_may_read_them(tmp_path: Path) -> None:
    first = from_environment({}, instance=tmp_path, production=False)
    assert from_environment({}, instance=tmp_path, production=False) == first
    assert first.secret_key != first.case_key
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


def test_the_environment_wins_over_the_kept_secrets(tmp_path: Path) -> None:
    from_environment({}, instance=tmp_path, production=False)
    assert from_environment(SECRETS, instance=tmp_path, production=False).case_key == SECRETS["QA_CASE_KEY"]


def test_no_secret_shows_when_the_settings_are_printed(tmp_path: Path) -> None:
    shown = repr(from_environment(SECRETS, instance=tmp_path, production=True))
    assert not any(secret in shown for secret in SECRETS.values())


def test_trusted_hosts_are_parted_by_commas(tmp_path: Path) -> None:
    found = from_environment(
        SECRETS | {"QA_TRUSTED_HOSTS": "qa.example, ,audit.example"}, instance=tmp_path, production=True
    )
    assert found.trusted_hosts == ("qa.example", "audit.example")


def test_every_variable_is_documented_once() -> None:
    names = [variable.name for variable in VARIABLES]
    assert len(names) == len(set(names))
    assert all(variable.meaning and variable.default for variable in VARIABLES)


SMTP = {
    "QA_MAIL": "smtp",
    "QA_MAIL_HOST": "mail.example",
    "QA_MAIL_FROM": "audit@c.example",
    "QA_PUBLIC_URL": "https://qa.c.example/",
}
NOTIFY = {
    "QA_MAIL": "notify", "QA_PUBLIC_URL": "https://qa.c.example", "QA_MAIL_NOTIFY_KEY": NOTIFY_KEY,
    "QA_MAIL_NOTIFY_TEMPLATE": NOTIFY_TEMPLATE,
}  # fmt: skip


def test_mail_is_off_unless_it_is_set_up() -> None:
    assert not mail_settings({}).is_on


def test_mail_by_a_server_is_encrypted_unless_told_otherwise() -> None:
    found = mail_settings(SMTP)
    assert (found.security, found.port, found.public_url) == ("starttls", 587, "https://qa.c.example")
    assert mail_settings(SMTP | {"QA_MAIL_SECURITY": "tls"}).port == 465
    assert mail_settings(SMTP | {"QA_MAIL_SECURITY": "none", "QA_MAIL_HOST": "127.0.0.1"}).security == "none"
    assert mail_settings(NOTIFY).by == "notify"


@pytest.mark.parametrize(
    ("given", "name", "value", "words"),
    [
        (SMTP, "QA_MAIL", "post", "must be off or smtp or notify"),
        (SMTP, "QA_PUBLIC_URL", "", "QA_PUBLIC_URL is not set"),
        (SMTP, "QA_PUBLIC_URL", "http://qa.c.example", "must be https"),
        (SMTP, "QA_PUBLIC_URL", "https://qa.c.example/path", "nothing after it"),
        (SMTP, "QA_PUBLIC_URL", "https://qa.c.example\n", "nothing after it"),
        (SMTP, "QA_PUBLIC_URL", "https://[", "is not an address"),
        (SMTP, "QA_MAIL_HOST", "", "QA_MAIL_HOST is not set"),
        (SMTP, "QA_MAIL_FROM", "nobody", "one plain email address"),
        (SMTP, "QA_MAIL_FROM", "a@c.example\nBcc: x@c.example", "one plain email address"),
        (SMTP, "QA_MAIL_SECURITY", "none", "only for a mail server on this machine"),
        (SMTP, "QA_MAIL_USER", "audit", "both, or neither"),
        (SMTP, "QA_MAIL_TIMEOUT", "600", "from 1 to 60"),
        (NOTIFY, "QA_MAIL_NOTIFY_KEY", "short", "copied whole"),
        (NOTIFY, "QA_MAIL_NOTIFY_TEMPLATE", "reminders", "the id of an email template"),
        (NOTIFY, "QA_MAIL_NOTIFY_URL", "http://notify.example", "must be https"),
    ],
)
def test_mail_that_is_set_up_wrongly_is_refused(given: dict[str, str], name: str, value: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        mail_settings(given | {name: value})


def test_no_key_or_password_of_mail_shows_when_the_settings_are_printed() -> None:
    found = mail_settings(SMTP | NOTIFY | {"QA_MAIL_USER": "audit", "QA_MAIL_PASSWORD": "kestrel-7319"})
    assert "kestrel" not in repr(found)
    assert NOTIFY_KEY not in repr(found)
