"""Templates compile under strict names, import only what they use, and hold no script, style or unescaped text."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import StrictUndefined, nodes

from qa_app import create_app
from qa_app.config import Settings
from qa_app.db import Database

FOLDER = Path(__file__).parents[2] / "qa_app" / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
FORBIDDEN = {
    "inline style": re.compile(r"\sstyle="),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)"),
    "inline handler": re.compile(r"\son[a-z]+="),
    "autoescape off": re.compile(r"autoescape\s+false"),
}
# Markup made by macros of ours, from constants only.
SAFE_IN = {"components/field.html"}


@pytest.fixture(scope="module")
def app() -> Flask:
    secrets = {"secret_key": "x" * 40, "case_key": "y" * 40}
    return create_app(Settings(database_url="sqlite://", https=False, **secrets), Database("sqlite://"))


def test_there_are_templates_to_judge(app: Flask) -> None:
    assert len(TEMPLATES) > 20
    assert app.jinja_env.undefined is StrictUndefined
    assert app.jinja_env.autoescape is True


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles_and_uses_what_it_imports(app: Flask, name: str) -> None:
    source = (FOLDER / name).read_text()
    tree = app.jinja_env.parse(source, name)
    app.jinja_env.get_template(name)
    imported = {
        wanted[1] if isinstance(wanted, tuple) else wanted
        for node in tree.find_all(nodes.FromImport)
        for wanted in node.names
    }
    used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    assert imported <= used, f"imported and not used: {sorted(imported - used)}"


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_holds_nothing_a_strict_policy_forbids(name: str) -> None:
    source = re.sub(r"\{#.*?#\}", "", (FOLDER / name).read_text(), flags=re.DOTALL)
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(source)]
    assert found == []
    if name not in SAFE_IN and not name.startswith("questions/"):
        assert "| safe" not in source
        assert "|safe" not in source
