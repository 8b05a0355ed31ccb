"""The figures on the command line: the JSON other programs read, the tables people read, and what no data answers."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from audit_forms.grades import Grade
from qa_app.__main__ import main
from qa_app.access.actor import actor_of
from qa_app.access.permissions import Role
from qa_app.db import Database
from qa_app.queries.asked import asked
from qa_app.queries.facts import Reach
from qa_app.queries.people_figures import as_auditor, as_moderator, own_months
from qa_app.services import challenges, figures, snapshots
from qa_app.services.figures import NoMonthYet
from tests.conftest import AT, SECRETS
from tests.seconds import agreed, challenged
from tests.world import World

Run = Callable[..., tuple[int, str, str]]
MONTH_KEYS = {"month", "k", "n", "open"}


@pytest.fixture
def qa(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line on this database: exit status, output, errors."""
    monkeypatch.setenv("QA_DATABASE_URL", database.url.render_as_string(hide_password=False))
    for name, value in SECRETS.items():
        monkeypatch.setenv(f"QA_{name.upper()}", value)

    def run(*words: str) -> tuple[int, str, str]:
        status = main(list(words))
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_the_json_has_the_shape_that_other_programs_read(registered: None, qa: Run) -> None:
    status, out, _ = qa("figures", "--json")
    said = json.loads(out)
    assert status == 0
    assert (said["until"], bool(said["rules_version"])) == ("2026-10", True)
    measures = said["measures"]
    assert list(measures) == ["supervision", "cases", "plans", "chronology", "agreement"]
    for key in ("supervision", "cases", "plans", "chronology"):
        assert all(set(month) == MONTH_KEYS for month in measures[key]["months"])
        assert len(measures[key]["months"]) == 24
    assert measures["supervision"]["streak"] == {"current": 3, "longest": 3, "first_met": None}
    assert len(measures["cases"]["as_graded"]["months"]) == 24
    assert set(measures["cases"]["corrected"]) == {"last_3", "last_12", "all"}
    window = measures["agreement"]["windows"]["last_12"]
    assert set(window) == {
        "k", "n", "estimate", "low", "high", "judged", "literal", "certainty", "strata", "table",
        "good_line", "within_one", "direction", "coefficients", "elements", "teams", "auditors", "moderators", "apart",
    }  # fmt: skip
    assert set(measures["agreement"]) == {"months", "windows", "change", "p_chart", "xmr"}
    assert sum(team["n"] for team in window["teams"]) == window["n"]
    assert all(set(month) == MONTH_KEYS for month in measures["agreement"]["months"])
    assert (window["k"], window["n"], sum(map(sum, window["table"]))) == (40, 41, 41)
    assert all(set(stratum) == {"stratum", "N", "n", "k"} for stratum in window["strata"])


def test_until_is_the_last_month_included(registered: None, qa: Run) -> None:
    said = json.loads(qa("figures", "--json", "--until", "2026-08")[1])
    assert said["until"] == "2026-08"
    assert said["measures"]["supervision"]["months"][-1]["month"] == "2026-08"
    assert json.loads(qa("figures", "--json", "--until", "2020-01")[1])["measures"]["plans"]["months"] == []


def test_the_tables_say_the_same_to_people(registered: None, qa: Run) -> None:
    status, out, _ = qa("figures")
    assert status == 0
    assert "Figures up to October 2026" in out
    assert "Not met: 3 of 4 months" in out
    assert "40 of 41, 97.6%" in out
    assert "73.1% (64% to 78%)" in out


def test_without_a_month_it_says_so_and_the_json_is_still_json(database: Database, qa: Run) -> None:
    status, out, said = qa("figures", "--json")
    assert status == 1
    assert json.loads(out)["until"] is None
    assert json.loads(out)["measures"]["supervision"]["months"] == []
    assert "Import a register or release a month first." in said
    status, out, said = qa("figures")
    assert (status, out) == (1, "")


@pytest.mark.parametrize("month", ["soon", "2026-13", "", "2026-10-01"])
def test_a_month_that_is_none_is_told(database: Database, qa: Run, month: str) -> None:
    status, _, said = qa("figures", "--until", month)
    assert status == 1
    assert "is not a month. Write the year and the month, such as 2026-10." in said


def test_a_scorecard_is_written_where_it_is_asked_for(registered: None, qa: Run, tmp_path: Path) -> None:
    target = tmp_path / "board.pdf"
    status, out, _ = qa("scorecard", "2026-10", "-o", str(target))
    assert (status, target.read_bytes()[:5]) == (0, b"%PDF-")
    assert "is written. Brought in and closed on 23 November 2026" in out
    status, _, said = qa("scorecard", "2031-01", "-o", str(target))
    assert status == 1
    assert "There are no audits of 2031-01" in said


def test_there_are_no_figures_before_there_is_a_month(session: Session) -> None:
    with pytest.raises(NoMonthYet, match="There are no audits yet"):
        figures.figures(session)


@pytest.mark.usefixtures("busy")
def test_the_snapshot_holds_the_figures_whole(session: Session, world: World) -> None:
    october = date(2026, 10, 1)
    published = snapshots.published(session, october)
    assert published is not None
    assert published.figures == figures.figures(session, until=october)
    assert published.made_on == date(2026, 11, 23)
    assert snapshots.reported(session)[october] == snapshots.month_shares(published.figures, october)
    assert snapshots.published(session, date(2026, 11, 1)) is None


@pytest.mark.usefixtures("busy")
def test_figures_are_broken_down_by_team_and_by_part_of_practice(session: Session, world: World) -> None:
    reach = Reach()
    october = (date(2026, 10, 1),)
    broken = figures.broken_down(session, october, reach=reach, teams=reach)
    assert [line.name for line in broken.elements] == list(figures.ELEMENTS)
    assert sum(line.share.n for line in broken.teams) == 8
    assert all(line.pairs.n == 3 for line in broken.agreement)
    north = Reach(services=frozenset((world.services["North"].id,)))
    assert len(figures.broken_down(session, october, reach=reach, teams=north).teams) < len(broken.teams)
    assert figures.broken_down(session, (), reach=reach, teams=reach) == figures.Broken((), (), ())


@pytest.mark.usefixtures("busy")
def test_ones_own_figures_are_of_closed_months(session: Session, world: World) -> None:
    people = world.people.values()
    assert sum(as_moderator(session, person.id).n for person in people) == 3
    assert sum(as_auditor(session, person.id).n for person in people) == 3
    expected = own_months(session, world.people["manager_care"].id)
    assert [(one.month, one.open) for one in expected] == [(date(2026, 11, 1), True)]
    assert expected[0].done >= 1


def addresses() -> list[dict[str, Any]]:
    return [{"until": "x" * 5000}, {"team": "\x00"}, {"service": "'; --"}, {"window": "\ud800"}]


@pytest.mark.parametrize("words", addresses())
@pytest.mark.usefixtures("busy")
def test_nonsense_in_an_address_is_a_sentence(session: Session, world: World, words: dict[str, str]) -> None:
    lead = world.people["qa_lead"]
    made = asked(session, actor_of(lead.id, lead.name, lead.team_id, [(Role.QA_LEAD, None)]), words)
    assert len(made.faults) == 1
    assert made.until == date(2026, 11, 1)


def test_figures_can_be_had_as_they_were_before_any_challenge(
    database: Database, qa: Run, session: Session, world: World
) -> None:
    made = agreed(session, world)
    made.stream = "chosen"  # nothing was drawn in this month
    challenge = challenged(session, made)
    assert challenge.decider is not None
    challenges.decide(
        session, challenge, challenge.decider, {"overall": challenges.Ruling(Grade.GOOD, "It is there.")}, by="test",
        at=AT,
    )  # fmt: skip
    session.commit()

    def good(*words: str) -> int:
        status, out, _ = qa("figures", "--json", *words)
        assert status == 0
        (month,) = json.loads(out)["measures"]["cases"]["months"]
        return int(month["k"])

    assert (good(), good("--before-challenges")) == (1, 0)
    printed = [qa("figures", *words)[1] for words in ((), ("--before-challenges",))]
    assert printed[0] != printed[1]
