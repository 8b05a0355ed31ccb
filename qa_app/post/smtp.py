"""Mail through a mail server: SMTP with STARTTLS or TLS, one connection for a whole run."""

import re
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from uuid import UUID

from qa_app.mail_settings import MailSettings
from qa_app.post.outgoing import Outgoing, Refused, Unavailable, Unsure, check_address

OVER: Final = (smtplib.SMTPServerDisconnected, OSError)  # the connection, not the mail; a timeout is an OSError
ENHANCED: Final = re.compile(rb"^(\d\.\d{1,3}\.\d{1,3})\b")


def message(mail: Outgoing, *, sender: str, name: str) -> EmailMessage:
    """The mail with its headers. The same mail always bears the same Message-ID, so that a second copy is known."""
    check_address(mail.to)
    made = EmailMessage(policy=SMTP)
    made["Subject"] = mail.subject
    made["From"] = Address(display_name=" ".join(name.split()), addr_spec=sender)
    made["To"] = Address(addr_spec=mail.to)
    made["Date"] = format_datetime(mail.at)
    made["Message-ID"] = f"<{mail.mail_id}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    made.set_content(mail.body, cte="quoted-printable")
    return made


class MailServer:
    """The council's mail server."""

    def __init__(self, settings: MailSettings, *, name: str) -> None:
        self._settings, self._name = settings, name
        self._open: smtplib.SMTP | None = None

    def send(self, mail: Outgoing) -> None:
        """Hand a mail over; the connection is made when first needed, and anew when the server has closed it."""
        made = message(mail, sender=self._settings.sender, name=self._name).as_bytes()
        try:
            self._envelope(self._connected(), mail.to)
        except OVER:
            self.close()  # a server may close after some mails or minutes: once more on a new connection
            try:
                self._envelope(self._connected(), mail.to)
            except OVER as fault:
                self.close()
                raise Unavailable("The mail server closed the connection before it took the mail.") from fault
        self._hand_over(self._connected(), made)

    def has_taken(self, mail_id: UUID) -> bool | None:  # noqa: ARG002
        """A mail server cannot be asked."""
        return None

    def close(self) -> None:
        """End the connection."""
        ended, self._open = self._open, None
        if ended is None:
            return
        try:
            ended.quit()
        except (smtplib.SMTPException, OSError):
            ended.close()

    def _connected(self) -> smtplib.SMTP:
        if self._open is None:
            self._open = self._connect()
        return self._open

    def _connect(self) -> smtplib.SMTP:
        try:
            return self._signed_in()
        except smtplib.SMTPAuthenticationError as fault:
            raise Unavailable(
                "The mail server refused the sign-in. Check QA_MAIL_USER and QA_MAIL_PASSWORD."
            ) from fault
        except ssl.SSLError as fault:
            raise Unavailable("The mail server's certificate or encryption was not accepted.") from fault
        except smtplib.SMTPNotSupportedError as fault:
            raise Unavailable(
                "The mail server does not offer what QA_MAIL_SECURITY or QA_MAIL_USER asks for."
            ) from fault
        except TimeoutError as fault:
            raise Unavailable("The mail server did not answer in time.") from fault
        except (smtplib.SMTPException, OSError) as fault:
            raise Unavailable("The mail server cannot be reached.") from fault

    def _signed_in(self) -> smtplib.SMTP:
        """A connection that is encrypted and signed in as the settings say; none is left open where it is not."""
        settings = self._settings
        if settings.security == "tls":
            made: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=settings.timeout, context=ssl.create_default_context()
            )
        else:
            made = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
        try:
            made.ehlo()
            if settings.security == "starttls":
                made.starttls(context=ssl.create_default_context())
                made.ehlo()
            if settings.user:
                made.login(settings.user, settings.password)
        except BaseException:
            made.close()
            raise
        return made

    def _envelope(self, server: smtplib.SMTP, to: str) -> None:
        """Who it is from and for; nothing has gone yet."""
        code, said = server.mail(self._settings.sender)
        if code != 250:
            server.rset()
            raise Unavailable(f"The mail server does not take mail from QA_MAIL_FROM ({_code(code, said)}).")
        code, said = server.rcpt(to)
        if code not in (250, 251):
            server.rset()
            raise Refused(
                f"The mail server refused the person's email address ({_code(code, said)}).", final=code >= 500
            )

    def _hand_over(self, server: smtplib.SMTP, made: bytes) -> None:
        """The mail itself. Once its end is sent, only the answer tells; without one it may have gone or not."""
        try:
            code, said = server.data(made)
        except smtplib.SMTPDataError as fault:
            code, said = fault.smtp_code, fault.smtp_error if isinstance(fault.smtp_error, bytes) else b""
        except OVER as fault:
            self.close()
            raise Unsure("The connection broke while the mail was handed over.") from fault
        if code != 250:
            raise Refused(f"The mail server refused the mail ({_code(code, said)}).", final=code >= 500)


def _code(code: int, said: bytes) -> str:
    """The numbers of an answer, and nothing of its words."""
    found = ENHANCED.match(said)
    return f"{code} {found[1].decode()}" if found else str(code)
