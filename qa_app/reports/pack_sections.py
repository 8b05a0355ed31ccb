"""The later sections of a board pack: the plan, places, actions, how to read it, method and record."""

from typing import Final

from moderation.statistics.share import Share, percent
from qa_app.reports import breakdowns
from qa_app.reports.dates import month_name, span
from qa_app.reports.document import Block, Chart, Grid, Points, Section, Words, points, words
from qa_app.reports.pack_values import Pack
from qa_app.reports.plan_words import Standing

READING: Final = (
    "k of n: of n audits, k are so. Every percentage stands beside its k and n.",
    "Met and not met are what the plan's own words make of the figure. The second word says how certain that is: "
    "whether the whole 95% interval lies on the same side of the target.",
    "Not judged: too few audits for a verdict. No figure: nothing was seen, which is neither 0% nor a failure.",
    "In the charts the thick line is the target, shaded months are the run that stands, and thin lines are 95% "
    "intervals: the narrower, the more the figure can bear.",
)


def plan_words(pack: Pack) -> str:
    """How many measures of the plan are met, in a sentence."""
    states = [line.now.state for action in pack.plan for line in action.lines]
    if not states:
        return ""
    met, not_met = states.count("met"), states.count("not_met")
    rest = len(states) - met - not_met
    return (
        f"Of the {len(states)} measures of the plan, {met} are met and {not_met} are not. The other {rest} are told in "
        "words, are reported without a target, or cannot be judged yet."
    )


def plan(pack: Pack) -> tuple[Section, ...]:
    """Every action of the plan with its measures."""
    headers = ("Measure", "Target", "Now", "When it was due")
    first = Section("plan", "The improvement plan: Priority 2", words(plan_words(pack)))
    return first, *(
        Section(
            f"plan-{action.ref.replace('.', '-')}",
            f"{action.ref} {action.title} (due {action.due})",
            (
                Grid(
                    f"Measures of action {action.ref}", headers,
                    tuple((one.title, one.target, _lines(one.now), _lines(one.at_due)) for one in action.lines),
                    (30, 18, 34, 26),
                ),
            ),
            level=3,
        )
        for action in pack.plan
        if action.lines
    )  # fmt: skip


def _lines(standing: Standing) -> str:
    return ". ".join(line.rstrip(".") for line in standing.lines) + "."


def places(pack: Pack) -> tuple[Section, ...]:
    """Services and teams, small numbers protected."""
    if pack.breakdown is None:
        none = "Figures of services are published with the first quarter whose months are all closed."
        return (Section("places", "Services and teams", words(none)),)
    period = breakdowns.period_words(pack.breakdown.period)
    told = (
        "Services are published by quarter and by financial year, teams by financial year, as reported when its months "
        "closed. The council's own figures are always shown."
    )
    key = breakdowns.key_words(pack.small_up_to)
    blocks: list[Block] = [Words(key, strong=True)] if key else []
    blocks.append(Words(told))
    for one in breakdowns.pictures_of(pack.breakdown):
        if one.picture is not None:
            blocks.append(Chart(one.picture, "intervals", 0.9))
        else:
            blocks += [Words(one.title, strong=True), Words(one.withheld)]
    return (Section("places", f"Services and teams: {period}", tuple(blocks)),)


def actions(pack: Pack) -> Section:
    """Actions from audits, and whether audits done again found a change."""
    found = pack.actions
    rows = (
        ("Agreed in the period", f"{found.agreed:,}"),
        ("Closed in the period", f"{found.closed:,}"),
        ("Of these, with evidence written down", f"{found.closed_with_evidence:,}"),
        ("Open when the month closed", f"{found.open:,}"),
        ("Of these, overdue", f"{found.overdue:,}"),
        ("Said to be done, to be checked", f"{found.to_check:,}"),
    )
    again = found.better + found.same + found.worse + found.not_compared
    changed = (
        f"Did it change? {again:,} children were audited again: their overall grade was better {_times(found.better)}, "
        f"the same {_times(found.same)}, worse {_times(found.worse)}; {found.not_compared:,} cannot be compared."
        if again
        else "No child was audited again in the last 12 closed months."
    )
    title = f"Actions from audits, {span(found.months)}"
    return Section("actions", title, (Grid(title, ("Actions", "Number"), rows, (70, 30), (1,)), Words(changed)))


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count:,} times")


def revised(pack: Pack) -> Section:
    """Figures that moved after they were reported."""
    said = [
        f"{one.title}, {month_name(one.month)}: reported {_share(one.reported)}, now {_share(one.now)}"
        for one in pack.moved
    ]
    told = "Work accepted after a month was closed moved these figures of the council."
    body: tuple[Block, ...] = (Words(told), *points(said)) if said else words("Nothing reported before has moved.")
    return Section("revised", "Reported, and now", body)


def _share(share: Share) -> str:
    fraction = share.fraction
    return "no figure" if fraction is None else f"{percent(fraction, share.n)} (n = {share.n:,})"


def reading(pack: Pack) -> Section:
    """How to read the pack."""
    windows = pack.figures.agreement.windows
    periods = (
        f"The last 3 closed months are {span(windows.last_3.months)}; the last 12 are {span(windows.last_12.months)}."
    )
    key = breakdowns.key_words(pack.small_up_to)
    return Section("reading", "How to read this", (Points((*READING, periods, *filter(None, [key]))),))


def method(pack: Pack) -> tuple[Section, ...]:
    """The rules behind the figures."""
    title = f"Method: what every figure counts, rules {pack.figures.rules_version}"
    first = Section("method", title, words("These are the rules in force when the month was closed."))
    return first, *(
        Section(f"method-{number}", note.title, words(" ".join(note.sentences)), level=3)
        for number, note in enumerate(pack.notes)
    )


def record(pack: Pack) -> Section:
    """The head of the record of changes."""
    told = (
        "Every change in the system is an event on its record. This code was worked out from all events up to the "
        "moment the month was closed. Whoever runs the system can work it out again (qa events verify): where it "
        "differs, the record was changed."
    )
    return Section(
        "record",
        "The record behind this pack",
        (Words(told), Words(f"{pack.events:,} events, sha256 {pack.events_sha256}")),
    )
