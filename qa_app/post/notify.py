"""Mail through GOV.UK Notify: one template of a subject and a body, the mail's id as its reference."""

import logging
from typing import Any
from uuid import UUID

from qa_app.mail_settings import MailSettings
from qa_app.post.outgoing import Outgoing, Refused, Unavailable, Unsure, check_address


class Notify:
    """GOV.UK Notify, asked through its own client."""

    def __init__(self, settings: MailSettings) -> None:
        try:
            from notifications_python_client import notifications
        except ModuleNotFoundError as fault:
            raise Unavailable("The package for GOV.UK Notify is missing: install beyond-auditing[notify].") from fault
        # Its client logs what the service answers, which may hold an address.
        logging.getLogger("notifications_python_client").disabled = True
        for name in ("base", "notifications"):
            logging.getLogger(f"notifications_python_client.{name}").disabled = True
        self._template = settings.notify_template
        client: Any = notifications.NotificationsAPIClient  # it has no types
        self._client: Any = client(settings.notify_key, base_url=settings.notify_url, timeout=settings.timeout)

    def send(self, mail: Outgoing) -> None:
        """Hand a mail over."""
        from notifications_python_client.errors import APIError

        check_address(mail.to)
        try:
            self._client.send_email_notification(
                mail.to, self._template, {"subject": mail.subject, "body": mail.body}, reference=str(mail.mail_id)
            )
        except APIError as fault:
            raise _told(fault) from fault

    def has_taken(self, mail_id: UUID) -> bool | None:
        """Whether Notify knows a mail of this reference.

        Raises:
            Unavailable: it cannot be asked now.
        """
        from notifications_python_client.errors import APIError

        try:
            found = self._client.get_all_notifications(reference=str(mail_id))
        except APIError as fault:
            raise Unavailable("GOV.UK Notify could not be asked about a mail whose fate is unknown.") from fault
        return bool(found.get("notifications"))

    def close(self) -> None:
        """Let the connection go."""
        self._client.request_session.close()


def _told(fault: Any) -> Exception:
    """What an error of the client means for this mail and for the ones after it."""
    import requests

    if fault.response is None and not isinstance(fault.__cause__, requests.ReadTimeout):
        if isinstance(fault.__cause__, requests.ConnectTimeout) or _never_connected(fault.__cause__):
            return Unavailable("GOV.UK Notify cannot be reached.")
        return Unsure("The connection to GOV.UK Notify broke while the mail was handed over.")
    status = fault.status_code
    if status == 400:
        return _of_what_was_asked(str(fault.message).lower())
    if status == 403:
        return Unavailable(
            "GOV.UK Notify refused the API key (403). Check QA_MAIL_NOTIFY_KEY and this machine's clock."
        )
    if status == 429:
        return Unavailable("GOV.UK Notify takes no more mails for now (429): a limit is reached.")
    if 400 <= status < 500:
        return Unavailable(f"GOV.UK Notify did not understand what was sent ({status}).")
    return Unsure("GOV.UK Notify did not say whether it took the mail.")


def _of_what_was_asked(said: str) -> Exception:
    if "email_address" in said:
        return Refused("GOV.UK Notify refused the person's email address (400).", final=True)
    if "team-only" in said or "trial mode" in said:
        return Refused(
            "GOV.UK Notify may not send to this person yet (400): the service or key is on trial.", final=True
        )
    return Unavailable("GOV.UK Notify refused the template (400). Check QA_MAIL_NOTIFY_TEMPLATE and its two fields.")


def _never_connected(cause: BaseException | None) -> bool:
    """Whether no connection was made at all, so that nothing can have gone."""
    from urllib3.exceptions import MaxRetryError, NewConnectionError, SSLError

    reason = cause.args[0] if cause is not None and cause.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError | SSLError)
