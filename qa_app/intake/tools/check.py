"""A tool that was brought, checked whole: read, judged as any definition is, held against the measures it feeds."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from audit_forms import feeding
from audit_forms.definition import About, Tool
from audit_forms.definition_file import examine
from audit_forms.regrading import moderator_tool
from audit_forms.safety import SAFE
from moderation.statistics.feeds import FEEDS
from qa_app.intake import workbook
from qa_app.intake.limits import UnreadableFile, megabytes
from qa_app.intake.tools import definition
from qa_app.intake.tools.findings import Fault, Places, in_order, placed
from qa_app.intake.tools.reading import read
from qa_app.intake.tools.sheets import LIMITS, read_sheets

MOST_SECTIONS: Final = 40
MOST_QUESTIONS: Final = 300
_LONGEST: Final = {"label": 300, "hint": 1_000, "missing": 300}
_NOT_SAFE: Final = (
    "The tool does not ask whether the child is safe now. If auditors read children’s records with it, take the "
    "section ‘Safe now?’ over from the template: its answers alert the service at once."
)
_NOT_COUNTED: Final = (
    "Answers that feed a measure are kept with each audit. The figures of the dashboard count the case file audit "
    "alone."
)


class Checked(NamedTuple):
    """What a file says, and everything that is wrong with it. Without faults its `tool` can be kept."""

    tool: Tool
    definition: dict[str, Any]
    source: str  # 'workbook' or 'file'
    places: Places
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]


def check(data: bytes) -> Checked:
    """A workbook or a definition file, told apart by what the bytes are and never by a name.

    Raises:
        UnreadableFile: it is neither, is locked or damaged, or holds more than a tool can.
    """
    if len(data) > LIMITS.size:
        raise UnreadableFile(f"The file is larger than {megabytes(LIMITS.size)}. A tool is a few pages of questions.")
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise UnreadableFile("The file is empty. Choose the workbook made from the template.")
    if data.startswith(workbook.OLE_FILE):
        raise workbook.refuse_old(data)
    if data.startswith(b"PK\x03\x04"):
        found = read(read_sheets(data))
        return _judged(found.definition, "workbook", found.places, found.faults, found.notes)
    raw = definition.parse(data)
    return _judged(raw, "file", definition.places(data), list(definition.shape_faults(raw)), [])


def _judged(raw: dict[str, Any], source: str, places: Places, faults: list[Fault], notes: list[str]) -> Checked:
    examined = examine(raw)
    sentences = [*examined.faults]
    if not faults or source == "workbook":
        sentences += [*_sizes(examined.tool), *feeding.faults(examined.tool, FEEDS)]
        sentences += _of_moderators(examined.tool) if not sentences else []
    every = in_order([*faults, *(placed(sentence, places) for sentence in sentences)])
    return Checked(examined.tool, raw, source, places, every, (*notes, *_notes(examined.tool)))


def _sizes(tool: Tool) -> Iterator[str]:
    """What is too much of a tool to be filled in."""
    if tool.version < 1:
        yield "The tool: the first version is 1."
    if len(tool.sections) > MOST_SECTIONS:
        yield f"The tool: it has {len(tool.sections)} sections. It can have {MOST_SECTIONS}."
    if len(tool.questions) > MOST_QUESTIONS:
        yield f"The tool: it has {len(tool.questions)} questions. It can have {MOST_QUESTIONS}."
    for section in tool.sections:
        if len(section.title) > _LONGEST["label"]:
            yield f"Section ‘{section.key}’: shorten its title to {_LONGEST['label']} characters or fewer."
    for question in tool.questions:
        said: Mapping[str, str] = {"label": question.label, "hint": question.hint, "missing": question.missing}
        for name, text in said.items():
            if len(text) > _LONGEST[name]:
                yield f"Question ‘{question.key}’: shorten its {name} to {_LONGEST[name]:,} characters or fewer."


def _of_moderators(tool: Tool) -> list[str]:
    """What would stand twice in the form of those who grade again: it has questions of its own."""
    graded = moderator_tool(tool)
    keys = [question.key for question in graded.questions]
    sections = [section.key for section in graded.sections]
    doubled = [("Question", key) for key in dict.fromkeys(keys) if keys.count(key) > 1]
    doubled += [("Section", key) for key in dict.fromkeys(sections) if sections.count(key) > 1]
    return [f"{noun} ‘{key}’: the moderators’ form uses this name itself; choose another." for noun, key in doubled]


def _notes(tool: Tool) -> Iterator[str]:
    if tool.about is About.CHILD and not tool.asks(SAFE):
        yield _NOT_SAFE
    if any(question.measure for question in tool.questions):
        yield _NOT_COUNTED
