"""`qa verify-sample`: the same draw again, what differs, and what cannot be verified."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from audit_forms.grades import Grade
from qa_app.__main__ import main
from qa_app.db import Database
from qa_app.services import sampling, supplements
from tests.conftest import AT, SECRETS
from tests.months import submitted_month
from tests.world import World

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def qa(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("QA_DATABASE_URL", database.url.render_as_string(hide_password=False))
    for name, value in SECRETS.items():
        monkeypatch.setenv(f"QA_{name.upper()}", value)

    def run(*words: str) -> tuple[int, str, str]:
        status = main(["verify-sample", *words])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def drawn(database: Database, world: World) -> None:
    with database.writing() as session, session.begin():
        cycle, _ = submitted_month(session, world, [Grade.GOOD] * 20, at=AT - timedelta(days=1))
        draw = sampling.draw_sample(session, cycle, seed="a seed", by="test", at=AT).draw
        supplements.draw_further(session, draw, "everything else", 2, seed="b", reason="Time", by="test", at=AT)


def test_a_sample_drawn_as_recorded_is_said_to_be_the_same(qa: Run, drawn: None) -> None:
    status, out, _ = qa("2026-11")
    assert status == 0
    assert "Seed a seed" in out
    assert "everything else: 15%, at least 4: 4 of 20, 2 more since" in out
    assert "The same audits were drawn again." in out


def test_what_differs_is_printed_and_the_exit_status_says_so(qa: Run, drawn: None, database: Database) -> None:
    with database.engine.begin() as connection:
        if database.sqlite:
            connection.execute(text("DROP TRIGGER draw_no_update"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE draw SET seed = 'a nicer seed'"))
    status, out, _ = qa("2026-11")
    assert status == 1
    assert "DIFFERS: The stratum 'everything else' is not the one this seed draws." in out
    assert "The same audits" not in out


@pytest.mark.usefixtures("registered")
def test_an_imported_month_cannot_be_verified_and_says_so(qa: Run, database: Database) -> None:
    status, out, _ = qa("2026-10")
    assert status == 3
    assert "Cannot be verified: it was drawn outside this service" in out


def test_a_month_without_a_draw_or_that_is_none_is_said_in_a_sentence(qa: Run, world: World) -> None:
    status, out, err = qa("2026-11")
    assert (status, out, err.strip()) == (1, "", "No sample has been drawn for November 2026.")
    assert qa("soon")[0] == 1
