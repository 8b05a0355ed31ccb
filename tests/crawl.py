"""Walking the site as a person does: every link a page offers, every form on it with its fields."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit
from uuid import UUID

from tests.page import PageClient


@dataclass
class FoundForm:
    """A form of a page: where it goes, and the fields it has with the values they hold."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)


class Reader(HTMLParser):
    """The links and forms of one page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[FoundForm] = []
        self._text_area = ""
        self._form: FoundForm | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if tag == "form":
            self._form = FoundForm(found.get("action", ""), found.get("method", "get").lower())
            self.forms.append(self._form)
        if self._form is not None and found.get("name") and tag in ("input", "select", "textarea", "button"):
            kind = found.get("type", tag if tag != "input" else "text")
            self._form.fields.setdefault(found["name"], found.get("value", ""))
            self._form.kinds.setdefault(found["name"], kind)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


def pattern(path: str) -> str:
    """An address without what names one row: pages of one kind have one pattern."""
    return "/".join("*" if _is_id(part) else part for part in path.split("/"))


def _is_id(part: str) -> bool:
    try:
        UUID(part)
    except ValueError:
        return False
    return True


def pages(client: PageClient, start: str = "/", *, most: int = 400, each: int = 3) -> Iterator[tuple[str, Reader]]:
    """Every page reachable by links, at most `each` of one pattern; a page that answers 500 fails the caller."""
    queue, seen, counts = [start], {start}, dict[str, int]()
    while queue and len(seen) < most:
        address = queue.pop(0)
        kind = pattern(urlsplit(address).path)
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] > each:
            continue
        answer = client.get(address)
        assert answer.status_code < 500, address
        if not answer.headers.get("Content-Type", "").startswith("text/html") or answer.status_code >= 400:
            continue
        found = Reader(answer.get_data(as_text=True))
        yield address, found
        for link in found.links:
            target = urljoin(address, link).split("#")[0]
            if target.startswith("/") and not target.startswith("/static") and target not in seen:
                seen.add(target)
                queue.append(target)
