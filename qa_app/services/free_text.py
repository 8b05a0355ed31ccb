"""Free text that may name somebody: looked through with the staff list, refused where it is not submitted later."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_forms.identifiers import Names, find
from audit_forms.marked import Marked
from qa_app.models import Person


class NamesSomebody(ValueError):  # noqa: N818 - named for the fault
    """A text that is kept as it stands holds what identifies somebody; the message says what, never the words."""


def staff_names(session: Session) -> Names:
    """The names of everybody on the staff list, also of those who have left."""
    return Names(session.scalars(select(Person.name)).all())


def refuse(text: str) -> None:
    """Let a short text be kept, such as a reason, if it names nobody by number, address or date of birth.

    Raises:
        NamesSomebody: it does.
    """
    kinds = dict.fromkeys(one.kind.label for one in find(text))
    if kinds:
        raise NamesSomebody(
            f"This looks as if it holds {' and '.join(kinds)}. Take it out: what you write here is kept."
        )


def counts(found: Iterable[Marked]) -> dict[str, int]:
    """How many places of each kind there are, for an event: what was found is written nowhere."""
    return dict(Counter(one.kind.value for one in found))
