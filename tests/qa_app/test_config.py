"""What the environment may say, and what production refuses to start on."""

from pathlib import Path

import pytest

from qa_app.config import VARIABLES, SettingsError, from_environment

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
