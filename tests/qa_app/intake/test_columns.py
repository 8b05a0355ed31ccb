"""Columns are guessed from headings, can be set right by a person, and are kept for the next file."""

import json

import pytest

from qa_app.intake.columns import Certainty, check, from_json, guess, headings_key
from qa_app.intake.headings import FIELDS, Kind

CASES = ("Child ID", "Team Name", "Open Date", "Allocated Wroker", "Colour")


def test_known_and_misspelt_headings_are_matched_and_others_are_left_alone() -> None:
    mapping = guess(Kind.CASES, CASES)
    assert {column.field: column.certainty for column in mapping.columns} == {
        "reference": Certainty.KNOWN,
        "team": Certainty.KNOWN,
        "opened_on": Certainty.KNOWN,
        "worker_name": Certainty.LIKELY,
    }
    assert mapping.heading("reference") == "Child ID"
    assert mapping.heading("iro") == "IRO or chair"


def test_each_judges_columns_are_told_apart() -> None:
    headings = ("Plan", "Mod Plan", "Final Plan", "Moderator Overall", "Overall (moderator)", "Chronology", "Plan Type")
    mapping = guess(Kind.REGISTER, headings)
    assert [mapping.position(f"{stage}_plan") for stage in ("auditor", "moderator", "final")] == [0, 1, 2]
    assert mapping.position("moderator_overall") == 3
    assert mapping.position("auditor_chronology") == 5
    assert mapping.position("plan_type") == 6


@pytest.mark.parametrize("kind", Kind)
def test_our_own_labels_and_keys_are_recognised_and_none_is_claimed_twice(kind: Kind) -> None:
    for headings in ([field.label for field in FIELDS[kind]], [field.key for field in FIELDS[kind]]):
        mapping = guess(kind, headings)
        assert [column.field for column in mapping.columns] == [field.key for field in FIELDS[kind]]
        assert check(mapping) is None


def test_missing_columns_are_named_in_a_sentence() -> None:
    assert check(guess(Kind.CASES, ("Team", "Colour"))) == (
        "We could not find columns for ‘Case reference’ and ‘Date opened’. Choose which column of the file holds it."
    )


def test_a_person_can_set_a_column_right_and_a_column_holds_one_field() -> None:
    mapping = guess(Kind.CASES, CASES).choose("legal_status", 4).choose("opened_on", None).choose("plan_type", 1)
    assert mapping.position("legal_status") == 4
    assert mapping.position("opened_on") is None
    assert mapping.position("team") is None
    assert mapping.position("plan_type") == 1
    for field, position in (("legal_status", 9), ("colour", 0)):
        with pytest.raises(ValueError, match="no"):
            mapping.choose(field, position)


def test_a_mapping_is_kept_under_its_headings_and_comes_back_the_same() -> None:
    mapping = guess(Kind.CASES, CASES).choose("legal_status", 4)
    kept = json.loads(json.dumps(mapping.to_json()))
    again = from_json(Kind.CASES, CASES, kept)
    assert {column.field: column.position for column in again.columns} == kept["columns"]
    assert mapping.key == headings_key(("child id", "TEAM NAME", "open_date", "Allocated wroker", "colour"))
    assert mapping.key != headings_key(CASES[:-1])


@pytest.mark.parametrize(
    "kept",
    [{}, {"kind": "staff", "columns": {}}, {"kind": "cases", "columns": {"team": 99}},
     {"kind": "cases", "columns": {"colour": 1}}, {"kind": "cases", "columns": {"team": "1"}},
     {"kind": "cases", "columns": [1]}],
)  # fmt: skip
def test_a_mapping_that_does_not_fit_is_refused(kept: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"mapping|no field"):
        from_json(Kind.CASES, CASES, kept)
