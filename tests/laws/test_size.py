"""Small modules and short functions, each module with a sentence, and no drawer for odds and ends."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for part in ("audit_forms", "moderation", "qa_app") for path in (ROOT / part).rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 300, 40
DRAWERS = {"common", "helpers", "helper", "utils", "util", "misc"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_are_modules_to_judge() -> None:
    assert len(MODULES) > 60


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_short_and_says_what_it_knows(path: Path) -> None:
    source = path.read_text()
    assert source.count("\n") <= LONGEST_MODULE
    assert not set(path.relative_to(ROOT).with_suffix("").parts) & DRAWERS
    tree = ast.parse(source)
    if tree.body:
        assert ast.get_docstring(tree), "the module has no sentence at its top"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"
