"""`qa agreement`: the analysis of a plain CSV file, read as people write it, with every fault by line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa_app.__main__ import main

pytestmark = pytest.mark.one_database
PAIRS = "Auditor grade,Moderator grade\n" + "Good,Good\n" * 11 + "Outstanding,Good\n"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command on a file with this content, with a database that is not there."""
    monkeypatch.setenv("QA_DATABASE_URL", "sqlite:////nowhere/none.db")

    def call(content: str | bytes, *options: str) -> tuple[int, str, str]:
        path = tmp_path / "pairs.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        status = main(["agreement", str(path), *options])
        found = capsys.readouterr()
        return status, found.out, found.err

    return call


def domain(out: str) -> Any:
    return json.loads(out)["domains"][0]


def test_the_target_is_judged_in_words(run: Run) -> None:
    status, out, _ = run(PAIRS)
    assert status == 0
    assert "Exactly the same in 11 of 12, 92% of the pairs; 95% range 65% to 99%." in out
    assert "Target more than 90%: met on these audits, not yet certain." in out
    assert "Shown from 30 pairs" in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    "content",
    [
        PAIRS,
        "\ufeff" + PAIRS,
        PAIRS.replace(",", ";"),
        PAIRS.replace(",", "\t"),
        PAIRS.upper(),
        PAIRS.replace("Good", "g").replace("Outstanding", " o "),
        PAIRS.replace("Good", "2").replace("Outstanding", "1"),
        PAIRS.replace("\n", "\r\n"),
        PAIRS.replace("\n", "\n\n"),
        PAIRS.removeprefix("Auditor grade,Moderator grade\n"),
        PAIRS.replace("Auditor grade,Moderator grade", "What Ann said,What Ben said"),
        PAIRS.replace("Auditor grade,Moderator grade", "auditor,moderator"),
        PAIRS.encode("utf-16"),
    ],
)
def test_one_list_however_it_is_written(run: Run, content: str | bytes) -> None:
    status, out, err = run(content, "--json")
    assert (status, err) == (0, "")
    made = domain(out)
    assert (made["agreement"]["k"], made["agreement"]["n"]) == (11, 12)
    assert made["direction"] == {"auditor_higher": 1, "moderator_higher": 0, "sign_p": 1.0}
    assert made["table"][0] == [0, 1, 0, 0]


def test_strata_weight_the_figure(run: Run) -> None:
    rows = ["grade auditor;grade moderator;Stratum;N"]
    rows += ["I;I;inadequate;20"] * 19 + ["I;RI;Inadequate ;20"] + ["G;G;rest;180"] * 16 + ["G;RI;rest;180"] * 2
    made = domain(run("\n".join(rows), "--json")[1])
    assert made["weighted"]["value"] == pytest.approx(0.895)
    assert made["weighted"]["low"] == pytest.approx(0.6989166937814347)
    assert made["weighted"]["high"] == pytest.approx(0.9671996122724903)
    assert [one["N"] for one in made["weighted"]["strata"]] == [20, 180]
    assert made["certainty"] == "not_met_not_confirmed"
    weighted = made["coefficients_weighted"]["kappa"]
    assert weighted["low"] < weighted["value"] < weighted["high"]
    assert weighted["value"] != made["coefficients"]["kappa"]["value"]


def test_lines_without_a_moderators_grade_are_the_audits_nobody_moderated(run: Run) -> None:
    rows = "auditor grade,moderator grade,stratum\n" + "G,G,rest\n" * 9 + "G,,rest\n" * 91 + "I,I,poor\n" * 8
    made = domain(run(rows, "--json")[1])
    assert [(one["stratum"], one["N"], one["n"]) for one in made["weighted"]["strata"]] == [
        ("rest", 100, 9),
        ("poor", 8, 8),
    ]
    assert made["not_moderated"] == 91


def test_domains_stand_apart_and_the_overall_judgement_first(run: Run) -> None:
    rows = "domain,auditor grade,moderator grade\n" + "Plan,G,RI\n" * 3 + "Overall,G,G\n" * 2 + "plan,G,G\n"
    made = json.loads(run(rows, "--json")[1])["domains"]
    assert [(one["domain"], one["agreement"]["k"], one["agreement"]["n"]) for one in made] == [
        ("Overall", 2, 2),
        ("Plan", 1, 4),
    ]
    status, out, _ = run(rows, "--domain", "PLAN")
    assert status == 0
    assert "Overall" not in out
    status, _, err = run(rows, "--domain", "visits")
    assert (status, err) == (1, "The file has no domain 'visits'. Its domains: Plan, Overall.\n")


def test_auditors_are_shown_from_five_pairs_and_drawn_to_the_mean(run: Run) -> None:
    rows = "audited by,auditor grade,moderator grade\n"
    rows += "Ann,G,G\n" * 9 + "Ben,O,G\n" * 6 + "Cas,G,G\n" * 8 + "Dee,G,G\n" * 4
    _, out, _ = run(rows)
    assert "Dee                                4 of the 5 pairs that a figure needs" in out
    made = {one["auditor"]: one for one in domain(run(rows, "--json")[1])["auditors"]}
    assert made["Dee"]["agreement"] is None
    assert made["Ben"]["grades_above_moderator"] == 1
    assert 0 < made["Ben"]["grades_above_moderator_shrunk"] < 1


def test_every_fault_has_its_line_and_what_to_do(run: Run) -> None:
    rows = (
        "auditor grade,moderator grade,stratum,N\n"
        'G,G,"two\nlines",20\n'
        "G,fine,rest,20\n"
        ",G,rest,20\n"
        "G,G,,20\n"
        "G,G,rest,many\n"
        "G,G,rest,30\n"
        "G,G,rest,20,G\n"
        "G,G,small,1\n"
        "G,G,small,1\n"
    )
    status, out, err = run(rows)
    assert (status, out) == (1, "")
    told = err.splitlines()
    write = "write outstanding, good, requires improvement or inadequate (or O, G, RI, I)."
    assert told == [
        f"Line 4: 'fine' under 'moderator grade' is not a grade: {write}",
        f"Line 5: There is no auditor's grade: {write}",
        "Line 6: 'stratum' is empty. Say which stratum the audit is in.",
        "Line 7: 'many' under 'N' is not a number of audits. Write how many audits the stratum has in all.",
        "Line 8: The stratum 'rest' has 30 audits here and 20 in line 4. "
        "Write the same number in every line of a stratum.",
        "Line 9: There are 5 cells under 4 headings. Put a cell that holds a separator between quotation marks.",
        "Line 10: The stratum 'small' has 2 lines, but 'N' says 1. Correct that number.",
        "Nothing was computed: correct 7 faults and run the command again.",
    ]


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        ("", (), "The file is empty."),
        ("name,town\nAnn,York\n", (), "No column for the auditor's grade was found among: 'name', 'town'."),
        (PAIRS, ("--auditor", "First"), "There is no column 'First'."),
        ('auditor grade,moderator grade\n"' + "G" * 140_000, (), "never ends"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\0\0\0\0", (), "not a list of rows"),
        (PAIRS, ("--target", "lots"), "'lots' is not a percentage."),
        (PAIRS, ("--target", "120"), "is not a percentage."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_sentence(
    run: Run, content: str | bytes, options: tuple[str, ...], words: str
) -> None:
    status, out, err = run(content, *options)
    assert (status, out) == (1, "")
    assert words in err
    assert "Traceback" not in err


def test_columns_can_be_named_and_the_target_changed(run: Run) -> None:
    rows = "a,b,c\n" + "G,RI,G\n" * 9 + "RI,G,G\n"
    status, out, _ = run(rows, "--auditor", "A", "--moderator", "c", "--target", "85", "--at-least")
    assert status == 0
    assert "9 of 10" in out
    made = json.loads(run(rows, "--auditor", "a", "--moderator", "c", "--json")[1])
    assert made["columns"] == {"auditor_grade": "a", "moderator_grade": "c"}


def test_what_is_undefined_is_said_in_words(run: Run) -> None:
    same = "auditor grade,moderator grade\n" + "G,G\n" * 30
    _, out, _ = run(same)
    said = " ".join(out.split())
    assert "undefined. Only one grade was ever given, so agreement cannot be told from chance." in said
    assert "no pair differs, so there is no direction to test" in said
    made = domain(run(same, "--json")[1])
    assert made["coefficients"]["kappa"]["value"] is None
    assert made["coefficients"]["ac1"]["value"] == 1
    nothing = "auditor grade,moderator grade\nG,N/A\nNEE,N/A\n"
    _, out, _ = run(nothing)
    assert "No pair was graded by both, so there is no figure." in out
    assert domain(run(nothing, "--json")[1])["agreement"]["value"] is None
    assert "so there is no figure" in run("auditor grade,moderator grade\n")[1]
