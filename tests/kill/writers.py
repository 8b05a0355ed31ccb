"""People at work over real HTTP: they type, start audits, and try again under the same key until they are answered."""

import http.client
import threading
import time
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID, uuid4

LONGEST_WAIT = 5.0
RETRIES = 200
PAUSE = 0.1


class Answer(NamedTuple):
    """What the server said."""

    status: int
    location: str
    body: str


@dataclass
class Acknowledged:
    """What one writer was told is done: the last text acknowledged, and where each started audit leads."""

    text: str = ""
    started: list[str] = field(default_factory=list)
    sent: int = 0
    retried: int = 0
    faults: list[str] = field(default_factory=list)


class Writer(threading.Thread):
    """One auditor at a browser; `keyed` says whether their forms carry the key that makes sending twice harmless."""

    def __init__(self, port: int, token: str, audit_id: UUID, reference: str, *, keyed: bool) -> None:
        super().__init__(daemon=True)
        self.port, self.token, self.keyed = port, token, keyed
        self.section = f"/audits/{audit_id}/sections/story"
        self.reference = reference
        self.done = Acknowledged()
        self.stop = threading.Event()
        self.cookies = {"qa": token}

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            if number % 4:
                self._types(f"{self.name} text {number}")
            else:
                self._starts()

    def _types(self, text: str) -> None:
        page = self._until_answered("GET", self.section)
        if page is None or page.status != 200:
            return self._fault("opens", page)
        sent = {**hidden(page.body, "csrf_token", "version", "page_pass"), "story_now": text}
        answer = self._until_answered("POST", f"{self.section}/autosave", sent, "application/json")
        if answer is None or answer.status != 200:
            return self._fault("types", answer)
        self.done.text = text
        return None

    def _starts(self) -> None:
        page = self._until_answered("GET", "/audits/start/plan")
        if page is None or page.status != 200:
            return self._fault("opens the start", page)
        sent = {**hidden(page.body, "csrf_token"), "reference": self.reference, "again": "y"}
        if self.keyed:
            sent["once"] = str(uuid4())
        answer = self._until_answered("POST", "/audits/start/plan", sent)
        if answer is None or answer.status != 302 or not answer.location.startswith("/audits/"):
            return self._fault("starts", answer)
        self.done.started.append(answer.location)
        return None

    def _fault(self, what: str, answer: Answer | None) -> None:
        if not self.stop.is_set():
            self.done.faults.append(f"{what}: {answer.status if answer else 'no answer'}")

    def _until_answered(
        self, method: str, path: str, said: dict[str, str] | None = None, accept: str = "text/html"
    ) -> Answer | None:
        """Send the same thing until it is answered by anything but a fault of the machine's."""
        for attempt in range(RETRIES):
            try:
                answer = self._ask(method, path, said, accept)
            except (OSError, http.client.HTTPException):
                answer = None
            if answer is not None and answer.status < 500:
                self.done.sent += method == "POST"
                self.done.retried += bool(attempt) and method == "POST"
                return answer
            if self.stop.is_set() and method == "GET":
                return None
            time.sleep(PAUSE)
        return None

    def _ask(self, method: str, path: str, said: dict[str, str] | None, accept: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST_WAIT)
        try:
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers = {"Cookie": cookies, "Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request(method, path, urlencode(said) if said else None, headers)
            got = connection.getresponse()
            body = got.read().decode()
            for name, value in got.getheaders():
                if name.lower() == "set-cookie" and value.startswith("form="):
                    self.cookies["form"] = value[5:].split(";")[0]
            return Answer(got.status, got.getheader("Location", "") or "", body)
        finally:
            connection.close()


def hidden(html: str, *names: str) -> dict[str, str]:
    """The hidden fields of the page's own form, which comes after the one in the header."""
    form = html[html.index("<main") :]
    return {name: form.split(f'name="{name}" value="')[1].split('"')[0] for name in names}
