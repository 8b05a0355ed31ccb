"""A mail as it is handed over, who can take it, and the three ways in which handing it over can fail."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from qa_app.mail_settings import PLAIN_ADDRESS, MailSettings


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One mail to one person, in words."""

    mail_id: UUID
    to: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
    at: datetime


class Refused(Exception):  # noqa: N818 - named for what happened
    """This mail was not taken, and for certain did not go; `final` when trying again cannot help.

    The message is a sentence of ours: what servers say may hold addresses.
    """

    def __init__(self, sentence: str, *, final: bool) -> None:
        super().__init__(sentence)
        self.final = final


class Unsure(Exception):  # noqa: N818
    """The mail was handed over and no answer came: nobody can tell whether it arrived."""


class Unavailable(Exception):  # noqa: N818
    """No mail can be handed over now, whomever it is for; what was tried last has not gone."""


class Carrier(Protocol):
    """Who takes mails."""

    def send(self, mail: Outgoing) -> None:
        """Hand a mail over; raises Refused, Unsure or Unavailable."""

    def has_taken(self, mail_id: UUID) -> bool | None:
        """Whether a mail of this id was taken before; None when the carrier cannot tell."""

    def close(self) -> None:
        """Say goodbye; never raises."""


def carrier(settings: MailSettings, *, name: str) -> Carrier:
    """The carrier these settings name; nothing is asked of it before the first mail. `name` is how the sender is shown.

    Raises:
        Unavailable: its package is not installed.
    """
    if settings.by == "notify":
        from qa_app.post.notify import Notify

        return Notify(settings)
    from qa_app.post.smtp import MailServer

    return MailServer(settings, name=name)


def check_address(address: str) -> None:
    """See that an address is one that mail can be sent to, and no second header or address.

    Raises:
        Refused: it is not.
    """
    if not PLAIN_ADDRESS.fullmatch(address):
        raise Refused("The email address in the staff list is not one that mail can be sent to.", final=True)
