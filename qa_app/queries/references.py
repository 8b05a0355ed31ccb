"""Which cases are meant by references that somebody typed: matched by their keyed hash, nothing of them is kept."""

from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.case_keys import CaseKeys
from qa_app.models import Case

MOST: Final = 300


class Matched(NamedTuple):
    """The cases found, and the lines that match none."""

    cases: frozenset[UUID]
    unknown: tuple[str, ...]


def matched(session: Session, keys: CaseKeys, typed: str) -> Matched:
    """The cases of these references, one on each line.

    Raises:
        ValueError: there are too many to look up at once.
    """
    lines = tuple(dict.fromkeys(line.strip() for line in typed.splitlines() if line.strip()))
    if len(lines) > MOST:
        raise ValueError(f"Enter {MOST} references or fewer.")
    by_key = {keys.match(line): line for line in lines}
    query = select(Case.reference_key, Case.id).where(Case.reference_key.in_(by_key))
    known: dict[str, UUID] = dict(session.execute(query).all())
    return Matched(frozenset(known.values()), tuple(line for key, line in by_key.items() if key not in known))
