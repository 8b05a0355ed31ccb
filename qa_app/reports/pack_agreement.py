"""What a board pack says of agreement and of what moderation corrects."""

from collections.abc import Iterator

from moderation.statistics.figures import Figures
from moderation.statistics.share import Share
from qa_app.reports import pictures, wording
from qa_app.reports.document import Block, Chart, Grid, Section, Words

WINDOWS_HEADERS = (
    "Period", "Weighted", "95% interval", "Unweighted", "Verdict", "Certainty", "Audits covered"
)  # fmt: skip
CORRECTED_HEADERS = ("Period", "Final grades", "95% interval", "As auditors graded", "Corrected by moderation")


def agreement(figures: Figures) -> tuple[Section, ...]:
    """The windows, the direction, and how many audits were moderated."""
    over = figures.agreement.windows.last_12
    title = "Agreement of auditors with moderators"
    counts = (
        f"In the last 12 closed months {over.selected:,} audits were selected for moderation: {over.done_blind:,} were "
        f"moderated blind, {over.done_otherwise:,} otherwise, {over.not_done:,} not at all."
    )
    blocks = (
        Words(wording.direction_words(over.pairs.direction)),
        Grid(title, WINDOWS_HEADERS, tuple(_windows(figures)), (23, 15, 17, 20, 13, 30, 22)),
        Words(" ".join((counts, *over.notes))),
        Chart(pictures.agreement(over), "pairs", 0.5),
    )
    return (Section("agreement", title, blocks),)


def _windows(figures: Figures) -> Iterator[tuple[str, ...]]:
    target = figures.agreement.measure.target
    limits = (target.line,) if target is not None else ()
    for name, window in figures.agreement.windows.items():
        card = wording.agreement_card(figures.agreement, name)
        yield (
            wording.WINDOWS[name], card.figure, wording.interval_words(window.interval, *limits), window.share.text,
            card.verdict, card.certainty or "–", window.covered.text,
        )  # fmt: skip


def corrected(figures: Figures) -> tuple[Block, ...]:
    """Cases good or better as they were graded, and as moderation corrects them."""
    found = figures.cases.corrected
    if found is None or figures.cases.as_graded is None:
        return ()
    graded = {one.month: one.share for one in figures.cases.as_graded}
    rows = []
    for (name, window), pooled in zip(found.items(), dict(figures.cases.windows.items()).values(), strict=True):
        auditors = sum((graded[month] for month in pooled.months), Share(0, 0))
        rows.append(
            (
                wording.WINDOWS[name], pooled.share.text, wording.interval_words(pooled.interval), auditors.text,
                wording.estimate_words(window.estimate, window.interval),
            )
        )  # fmt: skip
    title = "Cases good or better, as graded and as corrected"
    note = f"Corrected: what moderators would have said of every audit. {found.last_12.note}"
    return (Grid(title, CORRECTED_HEADERS, tuple(rows), (24, 24, 16, 24, 26)), Words(note))
