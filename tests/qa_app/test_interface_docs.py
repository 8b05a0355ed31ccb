"""What docs/api.md tells people to write works as it stands there."""

import re
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from qa_app.db import Database
from tests.programs import Program, token_for
from tests.world import World

PAGE = Path(__file__).parents[2] / "docs/api.md"
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
PYTHON = [code for kind, code in BLOCKS if kind == "python"]
QUERY = next(code for kind, code in BLOCKS if kind == "powerquery")


def named(whole: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A schema, followed to where it is written down."""
    while "$ref" in schema:
        found: Any = whole
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application on a port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.usefixtures("registered_beside")
def test_the_example_in_python_reads_every_record(
    app: Flask, database: Database, world: World, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_for(database)
    monkeypatch.setenv("QA_ADDRESS", address)
    monkeypatch.setenv("QA_TOKEN", token)
    made: dict[str, Any] = {}
    exec(compile(PYTHON[0], str(PAGE), "exec"), made)  # noqa: S102
    program = Program(app, token)
    assert made["supervision"] == program.all("/figures", measure="supervision", window="month", basis="final")
    rows = program.all("/rows", limit=1000)
    assert sorted(str({**one, "row_id": ""}) for one in made["audits"]) == sorted(
        str({**one, "row_id": ""}) for one in rows
    )
    assert len(made["supervision"]) == 24
    # The same page by page: what the other example and Power BI go by.
    assert list(made["records"]("rows", limit=97, month="2026-10")) != []
    columns = set(re.findall(r'"(\w+)"', PYTHON[1])) - {"sum", "count"}
    grades = {"outstanding", "good", "requires_improvement", "inadequate"}
    assert columns - grades <= {*rows[0], *made["supervision"][0]}


def test_the_examples_ask_for_lists_and_columns_that_there_are(app: Flask, database: Database, world: World) -> None:
    paths = app.test_client().get("/api/v1/openapi.json").get_json()["paths"]
    lists = {path.rsplit("/", 1)[-1] for path, operations in paths.items() if "x-scope" in operations["get"]}
    told = set(re.findall(r"`/(\w+)`", PAGE.read_text().split("## Tokens")[0])) - {"api"}
    assert told == lists
    assert 'RelativePath = "api/v1/figures"' in QUERY
    parameters = {one["name"] for one in paths["/api/v1/figures"]["get"]["parameters"]}
    assert set(re.findall(r"\[(\w+) = (?:\"1000\"|cursor)\]", QUERY)) == {"limit", "cursor"} <= parameters
    schema = paths["/api/v1/figures"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    whole = app.test_client().get("/api/v1/openapi.json").get_json()
    page = named(whole, schema)["properties"]
    assert (
        set(re.findall(r"(?:each |then null else Page\(|\{each )?\[(next|items)\]", QUERY))
        == {"items", "next"}
        <= set(page)
    )
    record = named(whole, page["items"]["items"])["properties"]
    typed = dict(re.findall(r'\{"(\w+)", (Int64\.Type|type number)\}', QUERY))
    told_as = {"Int64.Type": "integer", "type number": "number"}
    assert set(typed) == {"k", "n", "estimate", "low", "high"}
    for column, kind in typed.items():
        assert told_as[kind] in str(record[column]), column
    assert '{{"month", each Date.FromText' in QUERY
    assert "month" in record
    program = Program(app, token_for(database))
    assert {"items", "next"} <= set(program.page("/figures"))
