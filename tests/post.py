"""A mail server and a GOV.UK Notify of the tests' own, on loopback, that can be told to misbehave."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

NOTIFY_KEY = "test-11111111-2222-4333-8444-555555555555-66666666-7777-4888-9999-000000000000"
NOTIFY_TEMPLATE = "0e7ae6d9-9f8f-4d2c-8f20-5fc0bd1d5b2a"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


class MailServer:
    """A real SMTP server. `answers` is what it says to an address, `drops` how many messages it lets fall.

    `served` says how aiosmtpd serves: with which certificate, and whom it lets in.
    """

    def __init__(self, **served: Any) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []
        self.answers: dict[str, str] = {}
        self.data_answer = "250 OK"
        self.drops_before = 0  # messages whose connection breaks before they are kept
        self.drops_after = 0  # messages that are kept and whose connection breaks before the answer
        self.slow = 0.0
        self.one_a_connection = False
        self.port = free_port()
        self.ciphered: list[bool] = []  # of each message that was kept: whether its connection was encrypted
        self.signed_in: list[bool] = []  # … and whether its sender had signed in
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **served)

    def start(self) -> "MailServer":
        self._controller.start()
        return self

    def stop(self) -> None:
        self._controller.stop()

    @property
    def ids(self) -> list[str]:
        """The Message-ID of each mail that was kept."""
        return [str(message["Message-ID"]) for _, message in self.taken]

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        await asyncio.sleep(self.slow)
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.drops_before:
            self.drops_before -= 1
            return await self._fall(server)
        if not self.data_answer.startswith("250"):
            return self.data_answer
        message = cast("EmailMessage", message_from_bytes(cast("bytes", envelope.content), policy=default))
        self.taken += [(to, message) for to in envelope.rcpt_tos]
        self.ciphered.append(session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None)
        self.signed_in.append(bool(session.authenticated))
        if self.drops_after:
            self.drops_after -= 1
            return await self._fall(server)
        if self.one_a_connection:
            asyncio.get_running_loop().call_later(0.05, cast("Any", server.transport).close)
        return "250 OK"

    async def _fall(self, server: SMTP) -> str:
        cast("Any", server.transport).abort()
        return "421 gone"


def text_of(message: Message) -> str:
    return cast("EmailMessage", message).get_content().replace("\r\n", "\n")


class NotifyStandIn:
    """The part of GOV.UK Notify's API that we use. `refuses` answers in place of taking a mail."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.refuses: Callable[[dict[str, Any]], tuple[int, str, str] | None] = lambda _asked: None
        self.fails_after: int = 0  # mails that are kept and answered with 500
        self.asked_about: list[str] = []
        stand_in = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.headers["Authorization"].startswith("Bearer ")
                stand_in.take(self, asked)

            def do_GET(self) -> None:
                reference = parse_qs(urlsplit(self.path).query)["reference"][0]
                stand_in.asked_about.append(reference)
                found = [one for one in stand_in.taken if one["reference"] == reference]
                stand_in.say(self, 200, {"notifications": found, "links": {}})

            def log_message(self, *_args: object) -> None:
                """Nothing of it is for the tests' output."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> "NotifyStandIn":
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        assert handler.path == "/v2/notifications/email"
        refused = self.refuses(asked)
        if refused is not None:
            status, kind, words = refused
            self.say(handler, status, {"status_code": status, "errors": [{"error": kind, "message": words}]})
            return
        self.taken.append(asked)
        if self.fails_after:
            self.fails_after -= 1
            self.say(handler, 500, {"result": "error", "message": "Internal server error"})
            return
        self.say(handler, 201, {"id": str(uuid4()), "reference": asked["reference"]})

    @staticmethod
    def say(handler: BaseHTTPRequestHandler, status: int, words: dict[str, Any]) -> None:
        body = json.dumps(words).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
