"""Workbooks to fill in: every column, nothing that is refused to choose from, and read as a list."""

import pytest

from qa_app.intake.development import COUNTED, TRAINED_IN
from qa_app.intake.headings import FIELDS, Kind
from qa_app.intake.limits import Limits
from qa_app.intake.reference import folded
from qa_app.intake.table import read_table
from qa_app.intake.templates import BLANKS, template

KNOWN = {Kind.TRAINING: TRAINED_IN, Kind.SUPPORT: COUNTED}


@pytest.mark.parametrize("kind", BLANKS)
def test_a_template_has_every_column_and_passes_as_a_list(kind: Kind) -> None:
    table = read_table(template(kind), limits=Limits(), kind=kind)
    assert list(table.headings) == [field.label for field in FIELDS[kind]]
    keys = {field.key for field in FIELDS[kind]}
    assert {*BLANKS[kind].lists, *BLANKS[kind].dates} <= keys


@pytest.mark.parametrize("kind", KNOWN)
def test_whatever_can_be_chosen_comes_in(kind: Kind) -> None:
    offered = BLANKS[kind].lists["kind"]
    assert {KNOWN[kind][folded(word)] for word in offered} == set(KNOWN[kind].values())
