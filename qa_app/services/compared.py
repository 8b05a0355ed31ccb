"""The agreement of auditors with moderators as it is now: the figure, and everything that stands beside it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.statistics.analysis import THE_FIGURE, Analysis, Subject, analyse
from moderation.statistics.breakdowns import PairLine, pairs_by
from moderation.statistics.corrected import corrected_window
from moderation.statistics.facts import OVERALL
from moderation.statistics.figures import AgreementFigure, AgreementWindow, Corrected
from moderation.statistics.kinds import of_kind
from moderation.statistics.measures import AGREEMENT
from moderation.statistics.moderated import agreement
from moderation.statistics.scope import Scope
from qa_app.models import Team
from qa_app.queries.facts import Reach, moderated
from qa_app.queries.graded import pairs
from qa_app.services.figures import ELEMENTS, rules


@dataclass(frozen=True, slots=True)
class Compared:
    """Agreement over one window: the figure of every window, the window's own, and what is said of its pairs.

    ``elements`` are in the order of the tool, by key.
    """

    figure: AgreementFigure
    window: AgreementWindow
    corrected: Corrected
    analysis: Analysis
    elements: tuple[PairLine, ...]


class Asked(NamedTuple):
    """Whose agreement, which pairs of it, and which teams may stand beside each other (None for all)."""

    reach: Reach
    subject: Subject
    teams: Collection[str] | None


def compared(
    session: Session, *, reach: Reach, until: date, window: str, subject: Subject = THE_FIGURE,
    teams: Collection[str] | None = None,
) -> Compared:  # fmt: skip
    """Agreement over one window; ``teams`` are those that may stand beside each other, where not all may."""
    return _over(session, _scope(session, reach, until, subject), window, Asked(reach, subject, teams))


def every_window(session: Session, *, until: date) -> dict[str, Compared]:
    """Agreement of the whole council over each window, by the name it has in files."""
    asked = Asked(Reach(), THE_FIGURE, None)
    scope = _scope(session, asked.reach, until, asked.subject)
    return {name: _over(session, scope, name, asked) for name, _ in scope.windows.items()}


def team_names(session: Session) -> dict[str, str]:
    """The teams' names by identity."""
    return {str(key): name for key, name in session.execute(select(Team.id, Team.name))}


def _scope(session: Session, reach: Reach, until: date, subject: Subject) -> Scope:
    elements = sorted({OVERALL, subject.element})
    return Scope(moderated(session, replace(reach, pair_elements=elements)), rules(session), until)


def _over(session: Session, scope: Scope, window: str, asked: Asked) -> Compared:
    figure = agreement(AGREEMENT, scope)
    over = dict(figure.windows.items())[window]
    return Compared(
        figure,
        over,
        corrected_window(over.months, scope),
        analyse(over, scope, asked.subject, asked.teams),
        _elements(session, scope, asked, over.months),
    )


def _elements(session: Session, scope: Scope, asked: Asked, months: tuple[date, ...]) -> tuple[PairLine, ...]:
    """Agreement in each part of practice, over the pairs of the kind asked for."""
    if not months:
        return ()
    reach = replace(asked.reach, months=(months[0], months[-1]), pair_elements=sorted(ELEMENTS))
    counted = [row for row in pairs(session, reach) if row.month in months]
    graded = [pair for element in ELEMENTS for pair in of_kind(counted, asked.subject.kind, element)]
    found = {line.name: line for line in pairs_by(graded, lambda pair: pair.element, scope.rules)}
    return tuple(found[key] for key in ELEMENTS if key in found)
