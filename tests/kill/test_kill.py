"""Server and PostgreSQL are killed under eight people at work: what they were told is done is there, once and whole."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.databases import POSTGRESQL, SQLITE
from tests.kill.runs import ANY_MOMENT, DOUBLED, STARTING, SUBMITTING, run

AUDITS = 4  # for each of the eight: more than they get to in a short run


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short name, as PostgreSQL's socket needs it."""
    made = Path(tempfile.mkdtemp(prefix="qa-kill-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


def test_on_sqlite_what_was_acknowledged_is_there_once_after_kills_of_the_server(
    folder: Path, empty_sqlite: Path
) -> None:
    outcome = run(SQLITE, folder, (STARTING, ANY_MOMENT), audits=AUDITS, migrated=empty_sqlite)
    assert outcome.wrong == []
    assert outcome.killed.total() == 2
    assert outcome.acknowledged["from_key"] >= 1  # the audit started when the answer was lost


def test_on_postgresql_what_was_acknowledged_is_there_once_after_kills_of_both(folder: Path) -> None:
    outcome = run(POSTGRESQL, folder, (SUBMITTING, POSTGRESQL), audits=AUDITS)
    assert outcome.wrong == []
    assert outcome.killed == {SUBMITTING: 1, POSTGRESQL: 1}
    assert outcome.acknowledged["from_key"] >= 1


def test_without_its_key_a_form_whose_answer_was_lost_is_carried_out_twice(folder: Path, empty_sqlite: Path) -> None:
    outcome = run(SQLITE, folder, (STARTING,), audits=AUDITS, keyed=False, migrated=empty_sqlite)
    assert outcome.count(DOUBLED) >= 1
    assert outcome.count(DOUBLED) == len(outcome.wrong)
