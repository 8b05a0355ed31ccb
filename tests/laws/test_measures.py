"""Measures: each counts something that an audit tool asks, says how, and the documentation is printed from them."""

from hashlib import sha256

import pytest

from audit_forms.catalogue import tools
from audit_forms.definition import Tool
from audit_forms.feeding import faults
from moderation.statistics.data_notes import data_notes
from moderation.statistics.feeds import FEEDS
from moderation.statistics.measure import Measure
from moderation.statistics.measures import MEASURES
from moderation.statistics.rules import RULES_VERSION, Rules
from qa_app.commands.docs import PAGES
from qa_app.config import ROOT
from qa_app.reports.wording import SHORT

# Counted from the cycle, not from what a tool asks: who did the audits expected of them.
NOT_ASKED = {"expectations"}


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.key)
def test_a_measure_counts_what_some_tool_asks(measure: Measure) -> None:
    elements = {element.key for tool in tools() for element in tool.elements}
    questions = {question.key for tool in tools() for question in tool.questions}
    if measure.key in NOT_ASKED:
        assert not measure.element
        assert not measure.questions
        return
    assert measure.element in elements or measure.questions
    assert set(measure.questions) <= questions


@pytest.mark.parametrize("shipped", tools(), ids=lambda tool: f"{tool.key}-{tool.version}")
def test_a_shipped_tool_feeds_measures_as_they_count(shipped: Tool) -> None:
    assert faults(shipped, FEEDS) == ()


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.key)
def test_a_measure_says_what_it_counts_and_has_a_short_name(measure: Measure) -> None:
    sentences = measure.sentences(Rules())
    assert sentences
    assert not [sentence for sentence in sentences if "{" in sentence]
    assert measure.key in SHORT


# What each version of the rules counts, by the words of its data notes.
VERSIONS = {"2026.2": "13b1d380fcfed4c0"}


def test_every_measure_has_its_part_of_the_data_notes() -> None:
    titles = [section.title for section in data_notes(Rules())]
    assert titles == ["Every figure", *(measure.title for measure in MEASURES)]


def test_what_a_version_of_the_rules_counts_never_changes() -> None:
    """Who adds a measure or changes what one counts gives the rules another version; for wording alone, a new mark."""
    words = "\n".join(f"{one.title}: {' '.join(one.sentences)}" for one in data_notes(Rules()))
    assert VERSIONS[RULES_VERSION] == sha256(words.encode()).hexdigest()[:16]


def test_the_documentation_is_printed_from_the_registry() -> None:
    written = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    assert written == PAGES["docs/measures.md"](), "docs/measures.md is out of date: run ./run qa docs"
    assert f"Rules version {RULES_VERSION}" in written
