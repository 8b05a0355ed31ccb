"""The month in seven minutes: written as drafts, published version by version; nothing that was said is lost."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit_forms.identifiers import find
from moderation.statistics import months
from qa_app.clock import london_day
from qa_app.models import SummaryVersion
from qa_app.queries import summaries, themes
from qa_app.queries.quotations import Quotation
from qa_app.reports.summary import Told, document
from qa_app.reports.summary_paper import fits
from qa_app.services import snapshots
from qa_app.services.events import record
from qa_app.services.figures import rules
from qa_app.services.free_text import NamesSomebody, refuse, staff_names
from qa_app.services.heard import WHO

LONGEST: Final = 900  # characters of each text, so that the page stays one page
MOST_QUOTED: Final = 3
TEXTS: Final = {
    "went_well": "What went well?",
    "do_better": "What can we do better?",
    "example": "What does good look like?",
    "next_month": "What should everybody do next month?",
}
NEEDED: Final = ("went_well", "do_better", "next_month")


class SummaryRefused(ValueError):  # noqa: N818 - named for the fault
    """Words that cannot be kept or published; `field` is what they are in, and the message says what to do."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Text:
    """What a version says; `quotations` are the audit and question of words that were approved for showing."""

    went_well: str
    do_better: str
    example: str
    next_month: str
    theme_code: str | None = None
    quotations: tuple[tuple[str, str], ...] = ()


def text_of(version: SummaryVersion) -> Text:
    """What a version says."""
    chosen = tuple((audit, question) for audit, question in version.quotations)
    return Text(**{name: getattr(version, name) for name in TEXTS}, theme_code=version.theme_code, quotations=chosen)


def write(session: Session, month: date, text: Text, *, seen: int, by: str, at: datetime) -> SummaryVersion:
    """Keep a draft; `seen` is the newest version its writer has read. The same words again make no other version.

    Raises:
        SummaryRefused: something in it names somebody, cannot be chosen, or somebody else wrote meanwhile.
    """
    newest = summaries.newest(session, month)
    if seen != (newest.version if newest else 0):
        raise SummaryRefused("went_well", "Somebody else has written meanwhile. Read the newest version, then write.")
    _check(session, month, text)
    if newest is not None and text_of(newest) == text:
        return newest
    return _add(session, month, text, seen + 1, "draft", by=by, at=at)


def publish(
    session: Session, month: date, version: int, *, council: str, named_nobody: bool, by: str, at: datetime
) -> SummaryVersion:
    """Make the draft what everybody reads; the version before stays on record.

    `named_nobody` says that whoever publishes has looked at what seems to be a name.

    Raises:
        SummaryRefused: there is no such draft, it lacks something, or it may name somebody.
    """
    draft = summaries.newest(session, month)
    if draft is None or draft.version != version:
        raise SummaryRefused(
            "version", "Somebody else has written meanwhile. Read the newest version, then publish it."
        )
    if draft.state != "draft":
        raise SummaryRefused("version", "This version is published already. Write the next one first.")
    text = text_of(draft)
    _check(session, month, text)
    for name in NEEDED:
        if not getattr(text, name).strip():
            raise SummaryRefused(name, f"Answer this before you publish: {TEXTS[name]}")
    if not fits(document(told(session, draft, council=council))):
        raise SummaryRefused("version", "It fills more than one page. Shorten it, or leave a quotation out.")
    if names_staff(session, text) and not named_nobody:
        raise SummaryRefused("named_nobody", "Something looks like a name. Take it out, or say that it names nobody.")
    return _add(session, month, text, version + 1, "published", by=by, at=at)


def names_staff(session: Session, text: Text) -> tuple[str, ...]:
    """What looks like a name on the staff list, as it stands in the text."""
    names = staff_names(session)
    said = (getattr(text, name) for name in TEXTS)
    return tuple(dict.fromkeys(words[one.start : one.end] for words in said for one in find(words, names=names)))


def told(session: Session, version: SummaryVersion, *, council: str) -> Told:
    """Everything the page of a version is made of: its words, and the month's figures as it closed."""
    kept = snapshots.published(session, version.month)
    assert kept is not None  # noqa: S101  (only closed months are written of)
    return Told(
        month=version.month, council=council, figures=kept.figures, small_up_to=rules(session).suppress_up_to,
        published_on=london_day(version.written_at) if version.state == "published" else None,
        instead_of=_instead_of(session, version),
        theme=themes.labels(session).get(version.theme_code or "", ""),
        quotations=_quoted(session, version.month, text_of(version).quotations),
        **{name: getattr(version, name) for name in TEXTS},
    )  # fmt: skip


def _instead_of(session: Session, version: SummaryVersion) -> date | None:
    every = summaries.versions(session, version.month)
    before = (one for one in every if one.state == "published" and one.version < version.version)
    return next((london_day(one.written_at) for one in before), None)


def _quoted(session: Session, month: date, chosen: Collection[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The chosen words that may still be shown, in the words that may be."""
    allowed = {(str(one.audit_id), one.question): one for one in summaries.offered(session, month)}
    return tuple((allowed[one].shown, said_by(allowed[one])) for one in chosen if one in allowed)


def said_by(one: Quotation) -> str:
    """Whose words these are in general, and what was asked."""
    return f"{WHO[one.tool_key]}, asked: {one.asked}"


def _check(session: Session, month: date, text: Text) -> None:
    for name in TEXTS:
        words = getattr(text, name)
        if len(words) > LONGEST:
            raise SummaryRefused(name, f"Shorten this to {LONGEST:,} characters or fewer. It has {len(words):,}.")
        try:
            refuse(words)
        except NamesSomebody as fault:
            raise SummaryRefused(name, str(fault)) from None
    offered = {(str(one.audit_id), one.question) for one in summaries.offered(session, month)}
    if len(text.quotations) > MOST_QUOTED:
        raise SummaryRefused("quotations", f"Choose {MOST_QUOTED} or fewer.")
    if not offered.issuperset(text.quotations):
        raise SummaryRefused("quotations", "Some words may not be shown any more. Choose again.")
    if text.theme_code is not None and text.theme_code not in themes.labels(session):
        raise SummaryRefused("theme_code", "Choose a theme of the list.")


def _add(
    session: Session, month: date, text: Text, number: int, state: str, *, by: str, at: datetime
) -> SummaryVersion:
    chosen = [list(one) for one in text.quotations]
    made = SummaryVersion(
        month=month, version=number, state=state, written_at=at, written_by=by, **asdict(text) | {"quotations": chosen}
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise SummaryRefused("version", "Somebody else has written meanwhile. Read the newest version.") from None
    action = "summary.drafted" if state == "draft" else "summary.published"
    record(session, action, "month", months.name(month), by=by, at=at, version=number)
    return made
