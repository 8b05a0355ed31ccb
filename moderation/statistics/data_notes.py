"""The rules behind the figures in words, for the data notes beside them and for the documentation page."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from moderation.statistics.measures import MEASURES
from moderation.statistics.rules import Rules

GENERAL: Final = (
    "An audit belongs to the month of its cycle, whatever day it is submitted.",
    "The auditor's grade is as submitted. The moderator's grade is the first, independent one. The final grade is the "
    "moderated outcome where there is one, else the auditor's. None of them ever changes.",
    "Good or better is outstanding or good.",
    "A share is a whole number of audits out of a whole number. Where nothing was seen there is no figure: not 0%.",
    "Targets are judged on the whole numbers, never on a rounded percentage.",
    "The range beside a share is Wilson's interval at {confidence}. The certainty beside a verdict says whether the "
    "whole range is on the same side of the target.",
    "Does not apply is outside every count, and its number is given.",
    "An open month is shown and never counted. A month between two others in which no cycle was held counts as a month "
    "with nothing in it.",
    "Withdrawn audits are in no figure.",
    "A final grade that its auditor challenged counts as the decision left it. The grade agreed before is kept, and "
    "figures can be counted as they were before any challenge.",
    "For the board, other services, exports and publication, counts of services and teams from 1 to {small} are "
    "hidden, and others with them, so that no hidden count can be worked out. Figures of the whole council are always "
    "shown.",
)

IMPORTED: Final = (
    "Months brought in from a council's own register are closed from the start; their figures are marked as imported.",
    "Their sampling design is as the council stated it: the draw cannot be verified, and the independence of the "
    "moderator was not checked at the time.",
    "An imported audit whose moderation was not blind counts as not done for the agreement figure.",
)


class NoteSection(NamedTuple):
    """What one part of the data notes says; ``plan`` and ``target`` are empty for the general part."""

    title: str
    plan: str
    target: str
    sentences: tuple[str, ...]


def data_notes(rules: Rules) -> tuple[NoteSection, ...]:
    """The general rules, then each measure's, as these settings have them."""
    small = rules.suppress_up_to
    places = {"confidence": f"{100 * rules.confidence:.6g}%", "small": small}
    general = tuple(one.format(**places) for one in GENERAL if small or "{small}" not in one)
    sections = [NoteSection("Every figure", "", "", general)]
    for measure in MEASURES:
        target = measure.target_under(rules)
        words = target.text if target is not None else ""
        sections.append(NoteSection(measure.title, measure.plan, words, measure.sentences(rules)))
    return tuple(sections)


def as_markdown(rules: Rules) -> str:
    """The data notes as a page of the documentation."""
    return "\n".join(_lines(rules)) + "\n"


def _lines(rules: Rules) -> Iterator[str]:
    yield "# What every figure means"
    yield ""
    yield f"Rules version {rules.version}. This page is written by the product from its own rules."
    for section in data_notes(rules):
        yield ""
        yield f"## {section.title}"
        yield ""
        if section.plan:
            yield f"Plan: {section.plan}. Target: {section.target or 'none'}."
            yield ""
        yield from (f"- {sentence}" for sentence in section.sentences)
    yield ""
    yield "## Imported audits"
    yield ""
    yield from (f"- {sentence}" for sentence in IMPORTED)
