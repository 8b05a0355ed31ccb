"""Tests can fail: each one asserts, none is skipped, and none is timed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(ROOT.rglob("test_*.py"))
CHECKS = ("assert", "check", "expect", "verify")


def functions_in(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def asserts(test: ast.FunctionDef, beside: dict[str, ast.FunctionDef]) -> bool:
    """Whether a test checks something, itself or through a function that stands beside it in its file."""
    for node in ast.walk(test):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in {"raises", "warns", "page", "send"} or called.startswith(CHECKS):
                return True
            if called in beside and asserts(beside[called], {}):
                return True
    return False


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_test_asserts_something(path: Path) -> None:
    tree = ast.parse(path.read_text())
    beside = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    silent = [test.name for test in functions_in(path) if not asserts(test, beside)]
    assert silent == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_test_is_skipped_or_expected_to_fail(path: Path) -> None:
    words = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
    assert not words & {"skip", "skipif", "xfail", "importorskip"}
