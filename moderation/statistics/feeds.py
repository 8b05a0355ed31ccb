"""What each measure counts of a tool, in the words in which tools are checked before they may feed it."""

from typing import Final

from audit_forms.feeding import Feeds
from moderation.statistics.measure import Measure
from moderation.statistics.measures import AGREEMENT, MEASURES

_ANSWERED: Final = frozenset({"yes_no", "yes_partly_no"})


def _feeds(measure: Measure) -> Feeds:
    return Feeds(measure.title, measure.element, dict.fromkeys(measure.questions, _ANSWERED))


FEEDS: Final = {
    measure.key: _feeds(measure)
    for measure in MEASURES
    # Agreement comes from moderation and expectations from the cycle: no question feeds them.
    if measure is not AGREEMENT and (measure.element or measure.questions)
}
"""The name a question gives in `measure` -> what that measure counts."""
