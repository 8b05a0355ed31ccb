"""How a list of the interface is declared: its address, the right it needs, its parameters and its records."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, TypeAlias

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema

from qa_app.access.guard import needs
from qa_app.access.permissions import Can
from qa_app.api.answers import FIGURES_NOTE, Page, answer
from qa_app.api.schemas import example_page, list_of

blueprint: Final = Blueprint("api", __name__, url_prefix="/api/v1", description="Everything there is to read.")

Listing: TypeAlias = Callable[[Mapping[str, Any]], Page]


def listing(
    path: str, can: Can, *, query: type[Schema], record: type, note: str = FIGURES_NOTE
) -> Callable[[Listing], Listing]:
    """Declare a list. Its docstring is what the description says of it; parameters it does not know are refused."""

    def declare(view: Listing) -> Listing:
        @wraps(view)
        def answered(asked: Mapping[str, Any]) -> Response:
            return answer(view(asked), record, asked)

        made: Any = blueprint.arguments(query, location="query", unknown=RAISE)(answered)
        example = example_page(record, note)
        made = blueprint.response(200, list_of(record), description="A page of records.", example=example)(made)
        made = blueprint.doc(security=[{"token": []}], operationId=view.__name__, **{"x-scope": can.value})(made)
        blueprint.route(path)(needs(can)(made))
        return view

    return declare
