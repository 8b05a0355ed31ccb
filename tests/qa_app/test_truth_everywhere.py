"""What is true of a council's register is read out of every place that shows it: pages, papers, workbooks, programs."""

import json
import re
from collections.abc import Callable, Iterator
from math import sqrt
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask

from qa_app.__main__ import main
from qa_app.db import Database
from qa_app.models import Person
from qa_app.reports.columns import columns_of
from qa_app.reports.figure_records import FigureRecord
from qa_app.services import protected, published
from tests import outlets
from tests.conftest import AT, SECRETS
from tests.page import PageClient
from tests.programs import Program, token_for
from tests.qa_app.imports import council
from tests.world import World

SignIn = Callable[[Person], PageClient]
TRUTH: dict[str, Any] = json.loads(Path(__file__).parents[1].joinpath("data/truth.json").read_text())
KEYS = {"supervision": "supervision_final", "cases": "overall_final", "plans": "plan_final",
        "chronology": "chronology_all_four"}  # fmt: skip
# The line in hundredths, and whether a share on it has met it.
LINES = {"supervision": (85, False), "cases": (85, True), "plans": (75, True), "agreement": (90, False)}
WINDOWS = {"Last 3 closed months": ("last_3", 3), "Last 12 closed months": ("last_12", 12),
           "All closed months": ("all", 24)}  # fmt: skip
FEWEST_PAIRS = 11
MONTHS = sorted(month[:7] for month in TRUTH["months"])
# A new scorecard is a second's work: the newest, one from the middle, and the first, which has no month before it.
PRINTED = (MONTHS[-1], MONTHS[10], MONTHS[0])


def true(key: str) -> dict[str, tuple[int, int]]:
    """k and n by month."""
    return {month[:7]: (figures[key][0], figures[key][1]) for month, figures in TRUTH["months"].items()}


def over(key: str, months: int) -> tuple[int, int]:
    """k and n of the newest so many months together."""
    counted = [true(key)[month] for month in MONTHS[-months:]]
    return sum(k for k, _ in counted), sum(n for _, n in counted)


def verdict(measure: str, k: int, n: int) -> str:
    """What the plan's words make of k of n, and how sure it is, worked out here from the whole numbers."""
    if measure == "chronology":
        return "Met" if k == n else "Not met"
    line, on_it = LINES[measure]
    literal = 100 * k >= line * n if on_it else 100 * k > line * n
    z = 1.959963984540054
    middle, half = (k + z * z / 2) / (n + z * z), z / (n + z * z) * sqrt(k * (n - k) / n + z * z / 4)
    if literal:
        return "Met" if 100 * (middle - half) > line else "Met on these audits, not yet certain"
    return "Not met" if 100 * (middle + half) < line else "Not met, could be chance"


CERTAINTY = {"Met": "confirmed", "Met on these audits, not yet certain": "met_not_confirmed",
             "Not met, could be chance": "not_met_not_confirmed", "Not met": "not_met_confirmed"}  # fmt: skip


def pairs() -> outlets.Counts:
    """Auditors' and moderators' pairs by month, of both strata together."""
    rest, always = true("agree_random_blind"), true("agree_always_blind")
    return {("agreement", month): tuple(map(sum, zip(rest[month], always[month], strict=True))) for month in MONTHS}  # type: ignore[misc]


EVERY: outlets.Counts = {
    (measure, month): counted for measure, key in KEYS.items() for month, counted in true(key).items()
}


class Read(NamedTuple):
    """One council, as each outlet shows it."""

    dashboard: str
    board: str
    pack: str
    plan: str
    pack_paper: str
    scorecards: dict[str, str]
    live: list[dict[str, Any]]  # the workbook of the dashboard
    teams: list[dict[str, Any]]  # agreement in that workbook
    moderators: list[dict[str, Any]]
    moderators_elsewhere: list[dict[str, Any]]  # as the head of another service gets it
    reported: list[dict[str, Any]]  # the published workbook
    program: list[dict[str, Any]]
    command: dict[str, Any]


@pytest.fixture
def register(database: Database, world: World) -> Database:
    with database.writing() as session, session.begin():
        council.bring_staff(session)
        council.bring_register(session)
        protected.keep(session, protected.decide(session, published.years(session)), at=AT)
    return database


@pytest.fixture
def command(register: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What `qa figures --json` says."""
    monkeypatch.setenv("QA_DATABASE_URL", register.url.render_as_string(hide_password=False))
    for name, value in SECRETS.items():
        monkeypatch.setenv(f"QA_{name.upper()}", value)
    assert main(["figures", "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)["measures"]
    return found


@pytest.fixture
def read(app: Flask, register: Database, world: World, sign_in: SignIn, command: dict[str, Any]) -> Read:
    lead, board = sign_in(world.people["qa_lead"]), sign_in(world.people["board"])

    def got(client: PageClient, path: str) -> bytes:
        answer = client.get(path)
        assert answer.status_code == 200, path
        return bytes(answer.data)

    workbook = "/workbooks/figures?until=2026-10&window=all"
    elsewhere, live = sign_in(world.people["head_north"]), got(lead, workbook)
    return Read(
        dashboard=got(lead, "/dashboard?window=all").decode(),
        board=got(board, "/board").decode(),
        pack=got(board, "/board-packs/2026-10").decode(),
        plan=got(board, "/plan").decode(),
        pack_paper=outlets.paper(got(board, "/board-packs/2026-10/board-pack.pdf")),
        scorecards={one: outlets.paper(got(lead, f"/dashboard/scorecard/{one}")) for one in PRINTED},
        live=outlets.sheet(live, "Months"),
        teams=outlets.sheet(live, "Agreement by team"),
        moderators=outlets.sheet(live, "Agreement by moderator"),
        moderators_elsewhere=outlets.sheet(got(elsewhere, workbook), "Agreement by moderator"),
        reported=outlets.sheet(got(board, "/workbooks/published"), "Figures"),
        program=Program(app, token_for(register)).all("/figures", limit=1000),
        command=command,
    )


def recorded(rows: list[dict[str, Any]], basis: str = "final") -> outlets.Counts:
    """k and n of a workbook's rows or a program's records."""
    heads = {"measure": "Measure", "month": "Month", "window": "Window", "basis": "Basis", "k": "k", "n": "n"}
    made = {}
    for row in rows:
        one = {key: row[key] if key in row else row[heading] for key, heading in heads.items()}
        month = one["month"] if isinstance(one["month"], str) else f"{one['month']:%Y-%m}"
        if (one["window"], one["basis"]) == ("month", basis):
            made[one["measure"], month] = (int(one["k"]), int(one["n"]))
    return made


def of(found: outlets.Counts, *measures: str) -> outlets.Counts:
    return {key: counted for key, counted in found.items() if key[0] in measures}


def everywhere(read: Read) -> Iterator[tuple[str, outlets.Counts]]:
    """k and n by measure and month, as each outlet has them."""
    yield "dashboard", outlets.counts(outlets.page_months(read.dashboard))
    yield "board", outlets.counts(outlets.page_months(read.board))
    yield "board pack", outlets.counts(outlets.page_months(read.pack))
    paper = dict(outlets.paper_months(read.pack_paper))
    yield "board pack on paper", {key: (int(row["k"]), int(row["n"])) for key, row in paper.items()}
    yield "workbook", recorded(read.live)
    yield "published workbook", recorded(read.reported)
    yield "program", recorded(read.program)
    yield (
        "command",
        {
            (measure, one["month"]): (one["k"], one["n"])
            for measure, figure in read.command.items()
            for one in figure.get("months", ())
        },
    )


def test_what_is_true_of_the_register_is_shown_everywhere(read: Read) -> None:
    every_month_is_the_same(read)
    agreement_is_the_same(read)
    verdicts_follow_from_the_whole_numbers(read)
    scorecards_say_it_of_their_month(read)
    estimates_are_exact_in_records(read)
    agreement_by_team_and_person_adds_up(read)
    the_run_and_the_periods_are_true(read)


def every_month_is_the_same(read: Read) -> None:
    seen = dict(everywhere(read))
    for outlet, found in seen.items():
        assert of(found, *KEYS) == EVERY, outlet
    permanence = of(seen["program"], "permanence")
    assert len(permanence) == len(MONTHS)
    for outlet in set(seen) - {"command"}:
        assert of(seen[outlet], "permanence") == permanence, outlet
    graded = {("cases", month): counted for month, counted in true("overall_auditor").items()}
    assert of(recorded(read.program, "as_graded"), "cases") == graded
    assert of(recorded(read.live, "as_graded"), "cases") == graded
    assert of(recorded(read.reported, "as_graded"), "cases") == graded
    for row in outlets.named(outlets.tables(read.dashboard), "Cases good or better by month").rows:
        month = outlets.month_of(row["Month"])
        for heading, key in (("Final", "overall_final"), ("As auditors graded", "overall_auditor")):
            assert row[heading].startswith("{} of {}, ".format(*true(key)[month])), month


def agreement_is_the_same(read: Read) -> None:
    for found in (read.live, read.reported, read.program):
        assert of(recorded(found, "pairs"), "agreement") == pairs()
    rows = {
        "dashboard": outlets.named(outlets.tables(read.dashboard), "Agreement, more than 90%").rows,
        "board": outlets.named(outlets.tables(read.board), "Agreement, more than 90%").rows,
        "board pack": outlets.named(outlets.tables(read.pack), "Agreement of auditors with").rows,
    }
    for outlet, found in rows.items():
        assert len(found) == len(WINDOWS), outlet
        for row in found:
            window, _ = WINDOWS[row["Period"]]
            truth = TRUTH["weighted_agreement"][window]
            cells = list(row.values())
            k, n = (sum(one[key] for one in truth["strata"]) for key in "kn")
            assert cells[3].startswith(f"{k} of {n}, "), outlet
            assert float(cells[1].rstrip("%")) == pytest.approx(100 * truth["estimate"], abs=0.05)
            ends = [float(one.rstrip("%")) for one in cells[2].split(" to ")]
            assert ends == pytest.approx([100 * end for end in truth["mover"]], abs=0.5)
            assert cells[4] == _judged(truth, n), (outlet, window)
            shown = "\n".join(cells)
            for name, words in (("scorecard", read.scorecards[MONTHS[-1]]), ("paper", read.pack_paper)):
                assert "".join(shown.split()) in "".join(words.split()), (name, window)
    grid = outlets.named(outlets.tables(read.dashboard), "Auditors' and moderators' overall grades").rows
    shown_rows = [[int(cell) for cell in list(row.values())[1:5]] for row in grid[:4]]
    assert shown_rows[:3] == TRUTH["table_random_blind_rows_auditor_best_to_worst"][:3]
    always = [sum(both) for both in zip(*true("agree_always_blind").values(), strict=True)]
    assert [shown_rows[3][3], sum(shown_rows[3])] == always


def _judged(truth: dict[str, Any], n: int) -> str:
    if n < FEWEST_PAIRS:
        return "Not judged"
    return "Met" if truth["estimate"] > 0.9 else "Not met"


def verdicts_follow_from_the_whole_numbers(read: Read) -> None:
    for row in outlets.named(outlets.tables(read.dashboard), "Cases good or better by month").rows:
        month = outlets.month_of(row["Month"])
        assert row["Final against the target"] == verdict("cases", *true("overall_final")[month])
    judged = 0
    for one in read.program:
        if one["measure"] in KEYS and (one["basis"], one["window"]) == ("final", "month"):
            k, n = EVERY[one["measure"], one["month"]]
            words = verdict(one["measure"], k, n)
            assert one["met"] is words.startswith("Met"), one
            if one["measure"] != "chronology":
                assert one["certainty"] == CERTAINTY[words], one
            judged += 1
    assert judged == len(EVERY)


def scorecards_say_it_of_their_month(read: Read) -> None:
    for month, text in read.scorecards.items():
        squeezed = "".join(text.split())
        for measure, key in KEYS.items():
            k, n = true(key)[month]
            itself = text[text.index("The month itself:") :].split("How to read this")[0]
            words = "".join(itself[itself.index(outlets.TITLES[measure][:30]) :].split())
            said = words.removeprefix("".join(outlets.TITLES[measure].split()))
            judged = re.match(rf"{k}of{n},[\d.]+%[\d.]+%to[\d.]+%([A-Z][^.]*)\.", said)
            assert judged is not None, (month, measure)
            assert judged[1] == "".join(verdict(measure, k, n).split()), (month, measure)
            shown = outlets.chart_counts(text, measure)
            assert shown == {one: true(key)[one][1] for one in MONTHS if one <= month}, (month, measure)
        k, n = pairs()["agreement", month]
        assert f"Agreement,unweighted{k}of{n}," in squeezed


def estimates_are_exact_in_records(read: Read) -> None:
    last = {(one["measure"], one["window"], one["basis"]): one for one in read.program if one["month"] == MONTHS[-1]}
    assert last["supervision", "month", "final"]["streak"] == TRUTH["supervision_streak"]["current"]
    for window, truth in TRUTH["weighted_agreement"].items():
        one = last["agreement", window, "pairs"]
        assert one["estimate"] == pytest.approx(truth["estimate"], abs=1e-12)
        assert [one["low"], one["high"]] == pytest.approx(truth["mover"], abs=1e-9)
        for figure in ("estimate", "low", "high"):
            wanted = pytest.approx(truth["corrected_good_or_better"][figure], abs=1e-9)
            assert last["cases", window, "corrected"][figure] == wanted
    headings = {one.name: one.heading for one in columns_of(FigureRecord)}
    for row, one in zip(read.reported, read.program, strict=True):
        for name in ("measure", "window", "basis", "certainty"):
            assert row[headings[name]] == (one[name] or ""), name
        for name in ("k", "n", "estimate", "low", "high"):
            assert row[headings[name]] == ("" if one[name] is None else pytest.approx(one[name], abs=1e-12)), name
        assert f"{row['Month']:%Y-%m}" == one["month"]


def agreement_by_team_and_person_adds_up(read: Read) -> None:
    k, n = (sum(one[place] for one in pairs().values()) for place in (0, 1))
    teams = read.teams
    assert (sum(row["k"] for row in teams), sum(row["n"] for row in teams)) == (k, n)
    assert read.moderators
    assert all(row["n"] >= 5 and row["k"] <= row["n"] for row in read.moderators)
    assert read.moderators_elsewhere == [], "nobody of another service stands in a workbook"


def the_run_and_the_periods_are_true(read: Read) -> None:
    run = TRUTH["supervision_streak"]
    words = f"A run of {run['current']} months; 4 are asked for. The longest so far is {run['longest']}. Not met yet."
    shown = {"dashboard": read.dashboard, "pack": read.pack, "plan": read.plan, "paper": read.pack_paper,
             "scorecard": read.scorecards[MONTHS[-1]]}  # fmt: skip
    for outlet, text in shown.items():
        assert "".join(words.split()) in "".join(outlets.plain(text).split()), outlet
    for found in (outlets.page_months(read.dashboard), dict(outlets.paper_months(read.pack_paper))):
        standing = [month for (measure, month), row in found.items() if row["Standing"] == "In the current run"]
        assert standing == MONTHS[-run["current"] :]
    graded = outlets.named(outlets.tables(read.pack), "Cases good or better, as graded").rows
    for row in graded:
        window, months = WINDOWS[row["Period"]]
        assert row["Final grades"].startswith("{} of {}, ".format(*over("overall_final", months)))
        assert row["As auditors graded"].startswith("{} of {}, ".format(*over("overall_auditor", months)))
        corrected = TRUTH["weighted_agreement"][window]["corrected_good_or_better"]
        said = row["Corrected by moderation"]
        assert said.startswith(f"{100 * corrected['estimate']:.1f}% (")
        assert f"({100 * corrected['low']:.0f}% to {100 * corrected['high']:.0f}%)" in said
        for text in (read.scorecards[MONTHS[-1]], read.pack_paper):
            assert "".join("".join(row.values()).split()) in "".join(text.split()), window
    for measure, key in KEYS.items():
        k, n = over(key, 3) if measure != "supervision" else true(key)[MONTHS[-1]]
        thing = {"supervision": "judgements", "chronology": "children"}.get(measure, "audits")
        for outlet in ("pack", "plan", "paper", "scorecard"):
            assert f"{k}of{n}{thing}" in "".join(outlets.plain(shown[outlet]).split()), (outlet, measure)
