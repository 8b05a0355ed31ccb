"""A form as a browser holds it: every box with what stands in it, to be filled in and sent, now or much later."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

VOID = {"input", "br", "img", "link", "meta", "hr"}


@dataclass
class Sheet:
    """One form of a page: its address, and the names and values it would send as it stands."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)  # what radios and lists offer, without blanks

    def filled(self, **said: str) -> dict[str, list[str]]:
        """What would be sent with these boxes filled in."""
        return {**self.values, **{name: [text] for name, text in said.items()}}

    def answered(self, words: str) -> dict[str, list[str]]:
        """What would be sent when every empty box gets these words and every empty choice its first option."""
        sent = dict(self.values)
        for name, offered in self.options.items():
            if not any(sent.get(name, [])):
                sent[name] = offered[:1]
        return {name: [words] if texts == [""] else texts for name, texts in sent.items()}


class Sheets(HTMLParser):
    """Every form of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Sheet] = []
        self._form: Sheet | None = None
        self._area = ""
        self._list = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Sheet(urlsplit(given.get("action", "")).path)
            self.found.append(self._form)
        if self._form is None:
            return
        if tag == "input" and given.get("name"):
            self._input(self._form, given)
        elif tag == "textarea" and given.get("name"):
            self._area = given["name"]
            self._form.values[self._area] = [""]
        elif tag == "select" and given.get("name"):
            self._list = given["name"]
            self._form.values[self._list] = [""]
        elif tag == "option" and self._list and given.get("value"):
            self._form.options.setdefault(self._list, []).append(given["value"])
            if "selected" in given:
                self._form.values[self._list] = [given["value"]]

    @staticmethod
    def _input(form: Sheet, given: dict[str, str]) -> None:
        name, kind, value = given["name"], given.get("type", "text"), given.get("value", "")
        if kind in ("submit", "button", "file"):
            return
        if kind in ("radio", "checkbox"):
            form.options.setdefault(name, []).append(value)
            if "checked" in given:
                form.values.setdefault(name, []).append(value)
            return
        form.values[name] = [value]

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._area:
            self._form.values[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._form is not None and self._area:
            # HTML drops the line end that follows the tag.
            self._form.values[self._area][0] = self._form.values[self._area][0].removeprefix("\n")
            self._area = ""
        if tag == "select":
            self._list = ""
        if tag == "form":
            self._form = None


def sheet_on(html: str, action: str) -> Sheet:
    """The form of a page that goes to this address."""
    found = [one for one in Sheets(html).found if one.action == action]
    assert found, f"no form goes to {action}"
    return found[0]
