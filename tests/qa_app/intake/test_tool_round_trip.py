"""Any tool that the layout can say is the same tool after it was written to a workbook and read back."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from audit_forms.definition_file import examine, read_definition
from audit_forms.questions import KINDS
from qa_app.intake.limits import UnreadableFile
from qa_app.intake.tools.check import check
from qa_app.intake.tools.definition import parse
from qa_app.intake.tools.writing import workbook_of
from tests.qa_app.intake.test_tool_workbooks import same

OFFERED = {
    "yes_no": ["yes", "no"],
    "yes_partly_no": ["yes", "partly", "no", "not_applicable"],
    "grade": ["outstanding", "good", "requires_improvement", "inadequate"],
}
WORDS = st.lists(st.text("abcdefgh =+-@'\"<&>é’–0123456789", min_size=1, max_size=12), min_size=1, max_size=6).map(
    lambda words: " ".join(" ".join(words).split()) or "Words"
)
CHOICES = st.lists(
    st.tuples(st.from_regex(r"[a-z0-9_][a-z0-9_-]{0,8}", fullmatch=True), WORDS, WORDS, st.sampled_from(["", "smile"])),
    min_size=1, max_size=5, unique_by=lambda choice: choice[0],
).map(lambda choices: [list(choice) for choice in choices])  # fmt: skip


@st.composite
def tools(draw: st.DrawFn) -> dict[str, Any]:
    """A definition that is sound, with every kind of question and what may be said of it."""
    asked: list[dict[str, Any]] = []
    sections = []
    for number in range(draw(st.integers(1, 4))):
        section: dict[str, Any] = {"key": f"section_{number}", "title": draw(WORDS), "questions": []}
        if draw(st.booleans()):
            section["help"] = draw(WORDS)
        for _ in range(draw(st.integers(1, 5))):
            made = _question(draw, f"question_{len(asked)}", asked, graded="element" in section)
            if made["kind"] == "grade":
                section |= {"element": made["key"], "limiting": draw(st.booleans())}
                section["grades"] = {grade: draw(WORDS) for grade in draw(st.sets(st.sampled_from(OFFERED["grade"])))}
            section["questions"].append(made)
            asked.append(made)
        sections.append(section)
    said = {"title": draw(WORDS), "purpose": draw(WORDS), "intro": draw(WORDS), "cases": "started"}
    about: dict[str, Any] = {"minutes": draw(st.integers(0, 480))}
    if draw(st.booleans()):
        about |= {"about": "staff", "independence": "not_subject", "children": draw(st.integers(0, 3))}
        if "element" not in sections[-1] and not any(one["kind"] == "actions" for one in sections[-1]["questions"]):
            sections[-1]["restricted"] = True
    return {"key": "tool", "version": draw(st.integers(1, 10**6)), **said, **about, "section": sections}


def _question(draw: st.DrawFn, key: str, asked: list[dict[str, Any]], *, graded: bool) -> dict[str, Any]:
    kind = draw(st.sampled_from(sorted(set(KINDS) - ({"grade"} if graded else set()))))
    made: dict[str, Any] = {"key": key, "kind": kind, "label": draw(WORDS), "demographic": draw(st.booleans())}
    made |= {name: draw(WORDS) for name in ("hint", "missing") if draw(st.booleans())}
    if KINDS[kind].takes_choices:
        made["choices"] = draw(CHOICES)
    if kind == "text" and draw(st.booleans()):
        made[draw(st.sampled_from(["words", "characters"]))] = draw(st.integers(1, 5000))
    if kind == "number":
        made["least"], made["most"] = sorted((draw(st.integers(0, 10**9)), draw(st.integers(0, 10**9))))
    if kind == "scale":
        made["least"] = draw(st.integers(0, 5))
        made["most"] = made["least"] + draw(st.integers(0, 10))
        made |= {"ends": [draw(WORDS), draw(WORDS)]} if draw(st.booleans()) else {}
    if kind == "grade":
        made["allow"] = draw(st.lists(st.sampled_from(["not_applicable", "not_enough_evidence"]), unique=True))
    others = [one for one in asked if one["kind"] in OFFERED or one["kind"] in ("choice", "choices", "rating")]
    if others and draw(st.booleans()):
        other = draw(st.sampled_from(others))
        offered = [choice[0] for choice in other.get("choices", ())] or OFFERED[other["kind"]] + other.get("allow", [])
        codes = draw(st.lists(st.sampled_from(offered), min_size=1, unique=True))
        name, how = draw(st.sampled_from([("required_if", "is"), ("required_if", "is_not"), ("asked_if", "is")]))
        made[name] = {"key": other["key"], how: codes}
        made["required"] = name == "asked_if" and draw(st.booleans())
    else:
        made["required"] = draw(st.booleans())
    return made


@settings(max_examples=200)
@given(tools())
def test_a_tool_written_to_a_workbook_and_read_back_is_the_same_tool(definition: dict[str, Any]) -> None:
    tool = read_definition("made", definition)
    checked = check(workbook_of(tool))
    assert [fault.sentence for fault in checked.faults] == []
    assert same(read_definition("read back", checked.definition), tool)


NAMES = st.sampled_from(
    ["key", "version", "title", "section", "questions", "choices", "kind", "label", "allow", "required_if", "is",
     "asked_if",
     "grades", "element", "words", "least", "ends", "measure", "about", "cases", "minutes", "hint", "other"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("key") | st.just("x"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=400)
@given(st.dictionaries(NAMES, VALUES, max_size=8))
def test_a_definition_of_any_shape_is_judged_and_never_breaks(raw: dict[str, Any]) -> None:
    assert isinstance(examine(raw).faults, tuple)


@settings(max_examples=300)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_breaks_the_check(data: bytes) -> None:
    assert _faults(data)


def _faults(data: bytes) -> list[str]:
    """What is said of a file, whether it can be read or not."""
    try:
        return [fault.sentence for fault in check(data).faults]
    except UnreadableFile as refused:
        return [refused.sentence]


def test_a_definition_file_is_read_in_either_way_of_writing() -> None:
    toml = b'key = "one"\nversion = 1\ntitle = "One"\nsection = []\n'
    assert parse(toml) == parse(b'{"key": "one", "version": 1, "title": "One", "section": []}')
