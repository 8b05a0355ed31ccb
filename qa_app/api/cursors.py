"""Cursors: where the next page begins, sealed, so that programs hand them back as they are."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from itsdangerous import BadData, URLSafeSerializer

from qa_app.access.current import settings
from qa_app.api.problems import NotThere

PURPOSE: Final = "qa_app: the next page of a list"


def seal(resource: str, asked: Mapping[str, Any], place: Mapping[str, Any]) -> str:
    """The cursor of a place in a list that was asked for in this way."""
    return str(_sealer().dumps({"of": _of(resource, asked), **place}))


def opened(resource: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The place that the request's cursor names; empty on a first page.

    Raises:
        NotThere: it is none of ours, or it belongs to a list that was asked for otherwise.
    """
    if "cursor" not in asked:
        return {}
    try:
        place: dict[str, Any] = _sealer().loads(asked["cursor"])
    except (BadData, UnicodeError, ValueError):
        raise NotThere("This is not a cursor of ours. Send the next of the page before, unchanged.") from None
    if place.pop("of", "") != _of(resource, asked):
        raise NotThere("This cursor belongs to another list. Keep the other parameters as they were.")
    return place


def _of(resource: str, asked: Mapping[str, Any]) -> str:
    """What is listed; how many to a page and in which format may change on the way."""
    kept = {name: str(value) for name, value in sorted(asked.items()) if name not in ("cursor", "limit", "format")}
    return hashlib.sha256(json.dumps([resource, kept]).encode()).hexdigest()[:12]


def _sealer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt=PURPOSE, signer_kwargs={"digest_method": hashlib.sha256})
