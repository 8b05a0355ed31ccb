"""Mail through a server that encrypts and asks for a sign-in: with STARTTLS and TLS, and what is refused."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from qa_app.config import Settings
from qa_app.models import DueJob
from tests.post import MailServer
from tests.qa_app.test_run_due import Office, office

__all__ = ["office"]  # the fixture

USER, PASSWORD = "audit", "cormorant-5821"
Serve = Callable[..., MailServer]


def certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """A certificate for a host that signs itself, and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A mail server of the tests")])
    names: list[x509.GeneralName] = [x509.IPAddress(ip_address(host))]
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    stem = host.replace(".", "-")
    public, private = folder / f"{stem}.pem", folder / f"{stem}.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return public, private


def signs_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, said: Any) -> AuthResult:
    """The server's own check of a name and a password."""
    good = isinstance(said, LoginPassword) and (said.login, said.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts a mail server by how it encrypts, with a certificate this machine trusts unless it is for another host."""
    running: list[MailServer] = []

    def start(security: str, *, host: str = "127.0.0.1", trusted: bool = True) -> MailServer:
        public, private = certificate(tmp_path, host)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(public, private)
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(public))
        served = {
            "starttls": {"tls_context": context, "require_starttls": True, "authenticator": signs_in},
            "tls": {"ssl_context": context, "auth_require_tls": False, "authenticator": signs_in},
            "none": {"auth_require_tls": False, "authenticator": signs_in},
        }[security]
        made = MailServer(**served).start()
        running.append(made)
        return made

    yield start
    for one in running:
        one.stop()


def through(office: Office, server: MailServer, security: str, **more: Any) -> Settings:
    mail = replace(office.smtp.mail, port=server.port, security=security, user=USER, password=PASSWORD, **more)
    return replace(office.smtp, mail=mail)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_is_encrypted_and_signed_in(office: Office, serve: Serve, security: str) -> None:
    server = serve(security)
    office.tell("manager_care", "manager_planning")
    run = office.run(through(office, server, security))
    assert (run.faults, run.did["sent"]) == ([], 2)
    assert len(server.taken) == 2
    assert (server.ciphered, server.signed_in) == ([True, True], [True, True])


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_wrong_password_is_told_and_tried_again_later_each_time(
    office: Office, serve: Serve, security: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve(security)
    office.tell("manager_care")
    wrong = through(
        office,
        server,
        security,
    )
    wrong = replace(wrong, mail=replace(wrong.mail, password=f"not-{PASSWORD}"))
    waits = []
    for _ in range(4):
        run = office.run(wrong)
        assert run.faults == ["send: The mail server refused the sign-in. Check QA_MAIL_USER and QA_MAIL_PASSWORD."]
        with office.database.reading() as session:
            job = session.get_one(DueJob, "send")
        assert job.next_try_at is not None
        waits.append(job.next_try_at - office.clock())
        assert "a moment ago" in office.run(wrong).faults[0], "it is not tried again at once"
        office.clock.move(minutes=waits[-1].total_seconds() / 60)
    assert waits == [timedelta(minutes=n) for n in (1, 2, 5, 10)]
    assert (office.mail.state, office.mail.attempts, server.taken) == ("queued", 0, [])
    assert PASSWORD not in f"{caplog.text}{run.summary()}{office.mail.fault}{job.fault}"
    assert office.run(through(office, server, security)).did["sent"] == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(("host", "trusted"), [("127.0.0.1", False), ("127.0.0.2", True)])
def test_a_certificate_nobody_vouches_for_or_of_another_host_is_refused(
    office: Office, serve: Serve, security: str, host: str, trusted: bool
) -> None:
    server = serve(security, host=host, trusted=trusted)
    office.tell("manager_care")
    run = office.run(through(office, server, security))
    assert run.faults == ["send: The mail server's certificate or encryption was not accepted."]
    assert (office.mail.state, office.mail.attempts, server.taken) == ("queued", 0, [])


def test_a_server_that_does_not_encrypt_is_told_nothing(office: Office, serve: Serve) -> None:
    server = serve("none")
    office.tell("manager_care")
    run = office.run(through(office, server, "starttls"))
    assert run.faults == ["send: The mail server does not offer what QA_MAIL_SECURITY or QA_MAIL_USER asks for."]
    assert (office.mail.state, server.taken) == ("queued", [])
