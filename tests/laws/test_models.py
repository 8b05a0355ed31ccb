"""Every column says whether it is personal, and every moment that has an actor says so in the database too."""

from collections.abc import Iterator

import pytest
from sqlalchemy import CheckConstraint, Column, Table

from qa_app.models import Base

TABLES = Base.metadata.sorted_tables
# Moments of the machine's own, without somebody who chose them.
WITHOUT_ACTOR = {
    "allocated_at", "changed_at", "claimed_at", "counted_at", "done_at", "ends_at", "flagged_at", "given_at",
    "graded_at", "link_ends_at", "link_sent_at", "link_used_at", "marked_at", "next_try_at", "pass_ends_at",
    "planned_at", "queued_at", "reminded_at", "revoked_at", "saved_at", "seen_at", "sent_at", "settled_at",
    "started_at", "submitted_at", "suggested_at", "told_at", "tried_at", "typed_at",
}  # fmt: skip


def columns() -> Iterator[tuple[Table, Column[object]]]:
    for table in TABLES:
        for column in table.columns:
            yield table, column


def test_there_are_tables_to_judge() -> None:
    assert len(TABLES) > 20


@pytest.mark.parametrize(("table", "column"), [pytest.param(t, c, id=f"{t.name}.{c.name}") for t, c in columns()])
def test_every_column_is_marked_personal_or_not(table: Table, column: Column[object]) -> None:
    assert isinstance(column.info.get("personal"), bool), f"{table.name}.{column.name} is not marked"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_moment_and_its_actor_are_both_there_or_both_not(table: Table) -> None:
    checks = " ".join(str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint))
    for column in table.columns:
        if not column.name.endswith("_at") or f"{column.name[:-3]}_by" not in table.columns:
            continue
        actor = table.columns[f"{column.name[:-3]}_by"]
        assert column.nullable == actor.nullable
        if column.nullable:
            assert f"({column.name} IS NULL) = ({actor.name} IS NULL)" in checks, f"{table.name}: {column.name}"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_moment_without_an_actor_is_one_of_the_machines_own(table: Table) -> None:
    lonely = {c.name for c in table.columns if c.name.endswith("_at") and f"{c.name[:-3]}_by" not in table.columns}
    assert lonely <= WITHOUT_ACTOR


def test_no_column_has_a_place_for_a_childs_name() -> None:
    child = Base.metadata.tables["case_file"]
    assert not [c.name for c in child.columns if "name" in c.name or "birth" in c.name or "address" in c.name]
