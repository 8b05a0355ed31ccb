"""Two hundred auditors at once: what autosave and submitting take over a real server, beside a bare handler's."""

import asyncio
import json
import multiprocessing
import random
import socket
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from statistics import quantiles
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from waitress.server import create_server

from audit_forms.catalogue import latest
from qa_app.db import Database
from tests.benchmarks.bare import Statement, handler, listening
from tests.benchmarks.browser import Browser, Refused, application
from tests.benchmarks.council import People
from tests.benchmarks.recording import SECTION, drafts_of
from tests.benchmarks.tables import Line, Table, at_most_times, within
from tests.life.sheet import sheet_on
from tests.qa_app.audit_answers import complete_section

AUDITORS, THREADS = 200, 8
THINKING = 4.0  # seconds between what one auditor sends, on average
HOST = "127.0.0.1"
TYPED = f"{SECTION}_strengths"

Heard = dict[str, tuple[list[Statement], UUID]]  # what a request sends to the database, and for which audit


class Seat(NamedTuple):
    """One auditor at a browser: the audit, the boxes of the open section, and the cookies; for a bare handler less."""

    audit: UUID
    boxes: dict[str, str]
    cookie: str = ""
    bare: bool = False


@dataclass
class Took:
    """Milliseconds of every answer, by what was asked."""

    autosave: list[float] = field(default_factory=list)
    check: list[float] = field(default_factory=list)
    submit: list[float] = field(default_factory=list)


def table() -> Table:
    """The table these lines go into."""
    return Table(
        f"{AUDITORS} auditors at once",
        f"A waitress server with {THREADS} threads in a process of its own, and {AUDITORS} simulated auditors in "
        f"another on the same two cores, over loopback: each waits {THINKING:g} s on average between autosaves of one "
        "section, then opens the check and submits. The bare handler does the same writes through the driver for the "
        "same crowd. Half of the answers came within the first number, 19 of 20 within the second.",
    )


def crowd(database: Database, people: People, *, where: str, seconds: float) -> list[Line]:
    """The lines of one database."""
    url = database.url.render_as_string(hide_password=False)
    seats, heard = _seats(database, people)
    ours = _driven(url, None, seats, seconds)
    bare_seats = [Seat(audit, {}, bare=True) for audit, _ in drafts_of(database, people, AUDITORS)]
    bare = _driven(url, heard, bare_seats, seconds)
    return [
        *_lines("Autosave", ours.autosave, bare.autosave, where, within(200)),
        *_lines("Submit", ours.submit, bare.submit, where, within(400)),
        *_lines("Open the check", ours.check, [], where, within(400)),
    ]


def _lines(what: str, ours: list[float], bare: list[float], where: str, goal: Any) -> Iterable[Line]:
    for words, part, aim in (("half", 50, at_most_times(6) if bare else None), ("19 of 20", 95, goal)):
        beside = ("bare handler", _within(bare, part)) if bare else ("", None)
        yield Line(f"{what}, {words} of {len(ours):,}", where, _within(ours, part), *beside, aim)


def _within(times: Sequence[float], part: int) -> float:
    """The milliseconds within which this many of a hundred answers came."""
    return quantiles(times, n=100)[part - 1]


def _seats(database: Database, people: People) -> tuple[list[Seat], Heard]:
    """Every auditor's seat, and the statements that one autosave and one submission send."""
    app = application(database)
    section = complete_section(latest("case_file").section(SECTION))
    (first, auditor), *others = drafts_of(database, people, AUDITORS + 1)
    browser = Browser(app, database, auditor)
    path = f"/audits/{first}/sections/{SECTION}"
    with listening(database) as saving:
        browser.request(f"{path}/autosave", {**browser.form(path), **section, TYPED: "Something new"})()
    checked = {**browser.form(f"/audits/{first}/check"), "acknowledged": "y"}
    with listening(database) as submitting:
        browser.request(f"/audits/{first}/submit", checked)()
    seats = []
    for audit, auditor in others:
        browser = Browser(app, database, auditor)
        opened = browser.form(f"/audits/{audit}/sections/{SECTION}")
        seats.append(Seat(audit, {**opened, **section}, browser.cookie))
    return seats, {"autosave": (saving, first), "submit": (submitting, first)}


def _driven(url: str, statements: Heard | None, seats: Sequence[Seat], seconds: float) -> Took:
    """What a crowd at these seats waited, before a server of the product or of the bare handler."""
    context = multiprocessing.get_context("spawn")
    ear, mouth = context.Pipe(duplex=False)
    server = context.Process(target=_serve, args=(url, statements, mouth), daemon=True)
    server.start()
    try:
        return asyncio.run(_come(ear.recv(), seats, seconds))
    finally:
        server.terminate()
        server.join()


def _serve(url: str, statements: Heard | None, mouth: Connection) -> None:
    database = Database(url)
    app: Any = application(database) if statements is None else _bare_application(database, statements)
    listener = socket.create_server((HOST, 0))
    server = create_server(app, sockets=[listener], threads=THREADS, ident=None, connection_limit=2 * AUDITORS)
    mouth.send(listener.getsockname()[1])
    server.run()


def _bare_application(database: Database, statements: Heard) -> Callable[..., Iterable[bytes]]:
    handlers = {name: handler(database, said, was) for name, (said, was) in statements.items()}
    one_at_a_time = threading.Lock()  # each handler holds one connection

    def answer(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        with one_at_a_time:
            return handlers[environ["PATH_INFO"].strip("/")](environ, start_response)

    return answer


async def _come(port: int, seats: Sequence[Seat], seconds: float) -> Took:
    took = Took()
    ends = time.monotonic() + seconds
    await asyncio.gather(*(_sit(port, seat, ends, took, random.Random(n)) for n, seat in enumerate(seats)))  # noqa: S311
    return took


async def _sit(port: int, seat: Seat, ends: float, took: Took, chance: random.Random) -> None:
    """One auditor: autosaves with pauses between them, then the check and the submission."""
    boxes = dict(seat.boxes)
    section = f"/audits/{seat.audit}/sections/{SECTION}/autosave"
    await asyncio.sleep(chance.uniform(0, THINKING))
    typed = 0
    while time.monotonic() < ends:
        typed += 1
        boxes[TYPED] = f"What is strong, as typed {typed} times"
        sent = {"audit": str(seat.audit)} if seat.bare else boxes
        answer = await _ask(port, "/autosave" if seat.bare else section, sent, seat.cookie, took.autosave)
        if not seat.bare:
            boxes["version"] = json.loads(answer)["version"]
        await asyncio.sleep(min(chance.expovariate(1 / THINKING), 3 * THINKING))
    if seat.bare:
        await _ask(port, "/submit", {"audit": str(seat.audit)}, "", took.submit)
        return
    page = await _ask(port, f"/audits/{seat.audit}/check", None, seat.cookie, took.check)
    form = sheet_on(page, f"/audits/{seat.audit}/submit")
    await asyncio.sleep(chance.uniform(0, THINKING))
    await _ask(
        port, form.action, {name: texts[0] for name, texts in form.answered("y").items()}, seat.cookie, took.submit
    )


async def _ask(port: int, path: str, sent: dict[str, str] | None, cookie: str, took: list[float]) -> str:
    """Send one request on a connection of its own and note how long its answer took.

    Raises:
        Refused: it was not answered as it should be.
    """
    body = urlencode(sent).encode() if sent is not None else b""
    head = [f"{'GET' if sent is None else 'POST'} {path} HTTP/1.1", f"Host: {HOST}", "Connection: close"]
    head += [f"Cookie: {cookie}", "Accept: application/json, text/html"]
    head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write("\r\n".join([*head, "", ""]).encode() + body)
    answer = await reader.read()
    took.append((time.perf_counter() - began) * 1000)
    writer.close()
    status = answer.split(b" ", 2)[1]
    if status[:1] not in b"23":
        raise Refused(f"{path} answered {status.decode()}.")
    return answer.partition(b"\r\n\r\n")[2].decode()
