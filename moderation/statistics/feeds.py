"""What each measure counts of a tool, in the words in which tools are checked before they may feed it."""

from typing import Final

from audit_forms.feeding import Feeds
from moderation.statistics.measure import Measure
from moderation.statistics.measures import AGREEMENT, MEASURES

_ANSWERED: Final = frozenset({"yes_no", "yes_partly_no"})

# Asked, kept and not yet a figure of its own: whether supervision and training help the worker's practice.
_HELPS: Final = Feeds(
    "Workers whose practice supervision has helped", questions={"worker_supervision_helps": _ANSWERED}
)


def _feeds(measure: Measure) -> Feeds:
    return Feeds(measure.title, measure.element, dict.fromkeys(measure.questions, _ANSWERED))


FEEDS: Final = {
    measure.key: _feeds(measure)
    for measure in MEASURES
    # Agreement comes from moderation and expectations from the cycle: no question feeds them.
    if measure is not AGREEMENT and (measure.element or measure.questions)
} | {"supervision_helps": _HELPS}
"""The name a question gives in `measure` -> what that measure counts."""
