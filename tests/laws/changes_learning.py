"""THE table of who may change what, continued: what is learnt, planned and published from audits and other sources."""

from tests.laws.changes import LEAD, Change, each, once

_THEME = "/themes/<string:code>"
_THEMES = each(lambda things: ["voice"])

LEARNING: dict[str, Change] = {
    "/themes": Change(LEAD, once, {"label": "Friends and neighbours"}),
    f"{_THEME}/bring-back": Change(LEAD, _THEMES),
    f"{_THEME}/move": Change(LEAD, _THEMES, {"way": "down"}),
    f"{_THEME}/name": Change(LEAD, _THEMES, {"label": "What the child says"}),
    f"{_THEME}/retire": Change(LEAD, _THEMES),
}
# What takes a file, a long form or a row that is not there; that it is carried out, the tests of its own pages show.
CARRIED_OUT_ELSEWHERE: set[str] = set()
