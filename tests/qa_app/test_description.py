"""The interface is what its description says: schemathesis asks what the description allows, and what it forbids."""

from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.generation import GenerationMode

from qa_app.access.permissions import BY_TOKEN
from qa_app.db import Database
from qa_app.models import Person
from tests.conftest import SteppingClock
from tests.page import PageClient
from tests.programs import Program, token_for
from tests.world import World

LISTS = ("measures", "months", "themes", "figures", "agreement", "tables", "rows", "plan")
STATUSES = {200, 304, 400, 401, 403, 404, 422}


@pytest.fixture
def description(app: Flask) -> dict[str, Any]:
    """The description as a program gets it, without a token."""
    answer = app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.mark.usefixtures("busy")
def test_everything_the_description_allows_and_forbids_is_answered_as_it_says(
    app: Flask, database: Database, world: World, clock: SteppingClock
) -> None:
    headers = {"Authorization": f"Bearer {token_for(database)}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    asked: dict[str, set[int]] = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode, most in ((GenerationMode.POSITIVE, 8), (GenerationMode.NEGATIVE, 8)):

            @settings(
                max_examples=most,
                deadline=None,
                database=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def check(case: Any) -> None:
                clock.move(minutes=6)  # it tries wrong tokens too, so many that it would be told to wait
                answer = case.call(headers=headers)
                case.validate_response(answer, headers=headers)
                asked.setdefault(case.operation.path, set()).add(answer.status_code)

            check()
    assert set(asked) >= {f"/api/v1/{name}" for name in LISTS}
    assert set().union(*asked.values()) <= STATUSES
    assert {200, 422} <= asked["/api/v1/figures"]


def test_the_description_says_every_list_every_error_and_every_column(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1")
    assert set(description["paths"]) == {f"/api/v1/{name}" for name in (*LISTS, "openapi.json")}
    scopes = set()
    for path, operations in description["paths"].items():
        assert list(operations) == ["get"], path
        operation = operations["get"]
        assert operation["summary"]
        if path.endswith("openapi.json"):
            continue
        scopes.add(operation["x-scope"])
        assert operation["security"] == [{"token": []}]
        assert set(operation["responses"]) == {
            "200", "304", "400", "401", "403", "404", "422", "429", "500", "503"
        }  # fmt: skip
        assert operation["responses"]["200"]["content"]["application/json"]["example"]["items"]
        assert all(one["description"] for one in operation["parameters"])
    assert scopes == set(BY_TOKEN)
    for name, schema in description["components"]["schemas"].items():
        for key, one in schema["properties"].items():
            assert one.get("description") or "$ref" in one, (name, key)
    for one in description["components"]["responses"].values():
        assert one["content"]["application/problem+json"]["example"]["detail"]


def test_examples_of_the_description_fit_it(app: Flask, description: dict[str, Any]) -> None:
    for path, operations in description["paths"].items():
        content = operations["get"]["responses"]["200"]["content"]["application/json"]
        if "example" in content:
            whole = {**content["schema"], "components": description["components"]}
            assert jsonschema_rs.is_valid(whole, content["example"]), path


def test_people_read_the_same_on_a_page(
    app: Flask, world: World, sign_in: Callable[[Person], PageClient], description: dict[str, Any]
) -> None:
    for client in (app.test_client(), sign_in(world.people["administrator"])):
        assert isinstance(client, PageClient)
        text = client.page("/api").text
        for path, operations in description["paths"].items():
            if "x-scope" in operations["get"]:
                assert path in text
                assert all(one["name"] in text for one in operations["get"]["parameters"])
        assert "Authorization: Bearer" in text


def test_the_answers_hold_what_the_description_says_of_headers(app: Flask, database: Database, world: World) -> None:
    program = Program(app, token_for(database))
    answer = program.ask("/months")
    assert answer.headers["Vary"] == "Accept, Authorization"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "ETag" in answer.headers
    assert "Set-Cookie" not in answer.headers
