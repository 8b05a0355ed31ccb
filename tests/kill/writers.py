"""People at work over real HTTP: they type, start and submit audits, and send the same again until it is answered."""

import http.client
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from qa_app.access.once import SENT_BEFORE
from tests.life.sheet import sheet_on

LONGEST_WAIT = 10.0
LONGEST_TRY = 150.0  # seconds after which a writer gives up
PAUSE = 0.1
TEXTS = 3  # typed in each audit before it is submitted
START = "/audits/start/plan"


class Desk(NamedTuple):
    """Where one writer works: their session's token, their audits to write, a case reference to start others on."""

    token: str
    audits: tuple[UUID, ...]
    reference: str


class Answer(NamedTuple):
    """What the server said."""

    status: int
    location: str
    body: str


@dataclass
class Acknowledged:
    """What one writer was told is done, and how often they had to send it."""

    texts: dict[UUID, str] = field(default_factory=dict)  # the last one acknowledged in each audit
    submitted: list[UUID] = field(default_factory=list)
    started: list[str] = field(default_factory=list)  # where each leads
    saved: int = 0
    again: int = 0
    from_key: int = 0
    unavailable: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Everything acknowledged."""
        return self.saved + len(self.submitted) + len(self.started)


class Unanswered(Exception):  # noqa: N818 - named for the fault
    """The writer was not answered as one is when all is well."""


class Writer(threading.Thread):
    """One auditor at a browser; `keyed` says whether their forms carry the key that makes sending twice harmless."""

    def __init__(self, port: int, desk: Desk, *, keyed: bool) -> None:
        super().__init__(daemon=True)
        self.port, self.desk, self.keyed = port, desk, keyed
        self.done = Acknowledged()
        self.stop = threading.Event()
        self.cookies = {"qa": desk.token}

    def run(self) -> None:
        """Write, start and submit until told to stop, or until there is nothing left to submit."""
        try:
            for audit in self.desk.audits:
                for text in self._texts(audit):
                    if self.stop.is_set():
                        return
                    self._types(audit, text)
                self._starts()
                self._submits(audit)
            while not self.stop.is_set():
                self._starts()
        except Unanswered as fault:
            self.done.faults.append(str(fault))

    def _texts(self, audit: UUID) -> Sequence[str]:
        place = self.desk.audits.index(audit) + 1
        return [f"Life is as {self.name} says, {place} and {number}" for number in range(1, TEXTS + 1)]

    def _types(self, audit: UUID, text: str) -> None:
        section = f"/audits/{audit}/sections/story"
        page = self._opened(section)
        sent = {**sheet_on(page, section).values, "story_now": [text]}
        self._sent(f"{section}/autosave", sent, 200)
        self.done.texts[audit] = text
        self.done.saved += 1

    def _starts(self) -> None:
        sent = sheet_on(self._opened(START), START).filled(reference=self.desk.reference, again="y")
        self.done.started.append(self._sent(START, self._with_key(sent), 302).location)

    def _submits(self, audit: UUID) -> None:
        form = sheet_on(self._opened(f"/audits/{audit}/check"), f"/audits/{audit}/submit")
        self._sent(form.action, self._with_key(form.answered("y")), 302)
        self.done.submitted.append(audit)

    def _with_key(self, sent: dict[str, list[str]]) -> dict[str, list[str]]:
        return sent if self.keyed else {name: texts for name, texts in sent.items() if name != "once"}

    def _opened(self, path: str) -> str:
        answer, _ = self._until_answered(path)
        if answer.status != 200:
            raise Unanswered(f"{path} answered {answer.status}")
        return answer.body

    def _sent(self, path: str, said: dict[str, list[str]], status: int) -> Answer:
        answer, again = self._until_answered(path, said)
        if answer.status != status:
            raise Unanswered(f"{path} answered {answer.status}")
        self.done.again += again
        if again and answer.location and SENT_BEFORE in self._opened(answer.location):
            self.done.from_key += 1
        return answer

    def _until_answered(self, path: str, said: dict[str, list[str]] | None = None) -> tuple[Answer, bool]:
        """Send the same until it is answered by anything but a fault of the machine's, and whether it took more."""
        ends, again = time.monotonic() + LONGEST_TRY, False
        while time.monotonic() < ends:
            try:
                answer = self._ask(path, said)
            except (OSError, http.client.HTTPException):
                pass  # the server is dead, and whether it did what was asked is not known
            else:
                if answer.status != 503:
                    return answer, again
                self.done.unavailable += 1
            again = True
            time.sleep(PAUSE)
        raise Unanswered(f"{path} is not answered")

    def _ask(self, path: str, said: dict[str, list[str]] | None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST_WAIT)
        try:
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
            headers["Accept"] = "application/json" if path.endswith("/autosave") else "text/html"
            body = urlencode(said, doseq=True) if said else None
            connection.request("POST" if said else "GET", path, body, headers)
            got = connection.getresponse()
            text = got.read().decode()
            for name, value in got.getheaders():
                if name.lower() == "set-cookie" and value.startswith("form="):
                    self.cookies["form"] = value[5:].split(";")[0]
            return Answer(got.status, got.getheader("Location", "") or "", text)
        finally:
            connection.close()
