"""What pages of figures share: their filters, whose figures they are, and the way to the audits behind each figure."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from flask import url_for

from moderation.statistics import months
from moderation.statistics.analysis import Subject
from moderation.statistics.facts import AUDITOR, OVERALL
from moderation.statistics.kinds import Kind
from qa_app.access.current import session
from qa_app.queries.asked import Asked
from qa_app.queries.narrowing import EVERY_STREAM, STAGES
from qa_app.reports import wording
from qa_app.services import figures as live

WHOLE: Final = "Whole council"


def behind(wanted: Asked, page: str = "dashboard.audits", **subject: str) -> Callable[..., str]:
    """A function from what narrows a figure to the address of the audits behind it, on this page."""

    def address(measure: str = "", *, month: date | None = None, **narrower: str) -> str:
        parts: dict[str, Any] = {**wanted.address, **({"measure": measure} if measure else {}), **subject, **narrower}
        if month is not None:
            parts["month"] = months.name(month)
        return url_for(page, **parts)

    return address


def months_of(wanted: Asked, words: Mapping[str, str]) -> tuple[date, date]:
    """The first and last month of a list of audits: the one month asked for, else the window of closed months."""
    assert wanted.until is not None  # noqa: S101  (there is a month, or the page has said that there is none)
    try:
        one = months.read(words.get("month", "")[:20])
    except ValueError:
        closed = live.windows(session(), wanted.until)[wanted.window]
        return (closed[0], closed[-1]) if closed else (wanted.until, wanted.until)
    return one, one


def selects(wanted: Asked) -> list[dict[str, Any]]:
    """The filters, of what this person may choose."""
    offered = wanted.choices
    teams = [(str(key), name) for key, name, service in offered.teams if wanted.service in (None, service)]
    return [
        {
            "name": "until",
            "label": "Figures up to",
            "value": months.name(wanted.until) if wanted.until else "",
            "options": [(months.name(month), f"{month:%B %Y}") for month in offered.months],
        },
        {"name": "window", "label": "Period", "value": wanted.window, "options": list(wording.WINDOWS.items())},
        {
            "name": "service",
            "label": "Service",
            "value": str(wanted.service or ""),
            "options": [("", WHOLE), *((str(key), name) for key, name in offered.services)],
        },
        {"name": "team", "label": "Team", "value": str(wanted.team or ""), "options": [("", "All teams"), *teams]},
    ]


def team_selects(wanted: Asked) -> list[dict[str, Any]]:
    """The filters of a manager's own page: the period, and one of their teams where they have several."""
    until, window, _, _ = selects(wanted)
    teams = [(str(key), name) for key, name, _ in wanted.choices.teams]
    all_teams = {"name": "team", "label": "Team", "value": str(wanted.team or "")}
    chosen = [{**all_teams, "options": [("", "All your teams"), *teams]}] if len(teams) > 1 else []
    return [until, window, *chosen]


def more_selects(wanted: Asked, *, stages: bool = True) -> list[dict[str, Any]]:
    """The filters that leave only some of the audits; `stages` also whose grades, where final ones are counted."""
    offered, chosen = wanted.choices.offered, wanted.narrowed
    narrowing: list[dict[str, Any]] = [
        {
            "name": "plan_type",
            "label": "Plan type",
            "value": chosen.narrow.plan_type,
            "options": [("", "All plan types"), *((one, one) for one in offered.plan_types)],
        },
        {
            "name": "version",
            "label": "Version of the tool",
            "value": "" if chosen.narrow.version is None else chosen.narrow.version,
            "options": [("", "All versions"), *((str(number), name) for number, name in offered.versions)],
        },
        {
            "name": "stream",
            "label": "How the case was chosen",
            "value": chosen.narrow.stream,
            "options": [("", "In any way"), *((key, words.capitalize()) for key, words in EVERY_STREAM.items())],
        },
    ]
    if not stages:
        return narrowing
    whose = {"name": "stage", "label": "Whose grades", "value": chosen.stage, "options": list(STAGES.items())}
    return [*narrowing, whose]


def only(wanted: Asked) -> str:
    """Which audits alone are counted, as a sentence; empty where all are."""
    narrow = wanted.narrowed.narrow
    versions = dict(wanted.choices.offered.versions)
    parts = [
        f"plan type ‘{narrow.plan_type}’" if narrow.plan_type else "",
        versions[narrow.version] if narrow.version is not None else "",
        EVERY_STREAM[narrow.stream] if narrow.stream else "",
    ]
    said = f"Only these audits: {'; '.join(filter(None, parts))}." if any(parts) else ""
    graded = "Grades are as the auditors gave them, before moderation." if wanted.narrowed.stage == AUDITOR else ""
    return " ".join(filter(None, (said, graded)))


def place(wanted: Asked) -> str:
    """Whose figures these are, in words."""
    teams = {key: name for key, name, _ in wanted.choices.teams}
    if wanted.team is not None:
        return teams[wanted.team]
    return dict(wanted.choices.services)[wanted.service] if wanted.service is not None else WHOLE


def subject_of(words: Mapping[str, str]) -> tuple[Subject, tuple[str, ...]]:
    """Which pairs an address asks for, and what in it made no sense, in sentences."""
    faults = []
    kind, element = words.get("kind", ""), words.get("element", "")
    if kind and kind not in set(Kind):
        faults.append("The kind of pairs in the address is not one of those in the list.")
        kind = ""
    if element and element not in live.ELEMENTS:
        faults.append("The part of practice in the address is not one of those in the list.")
        element = ""
    return Subject(Kind(kind or Kind.SAMPLED), element or OVERALL), tuple(faults)
