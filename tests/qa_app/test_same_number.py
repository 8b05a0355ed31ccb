"""A figure is the same number in every form it is given: chart, strip, paper, board table, record and JSON."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.statistics.facts import ChronologyCount, Facts, FrameCount, GradeCount, PairCount
from moderation.statistics.figures import Figures, ShareFigure
from moderation.statistics.figures_json import figures_json
from moderation.statistics.measures import compute
from moderation.statistics.months import Month, after
from moderation.statistics.rules import Rules
from qa_app.reports import breakdowns, pictures, wording
from qa_app.reports.figure_records import figure_records, month_records
from qa_app.reports.scorecard import _shares

FIRST = date(2025, 11, 1)
ELEMENTS = {"supervision": "supervision", "cases": "overall", "plans": "plan", "permanence": "permanence"}
shares = st.integers(0, 130).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
month_shares = st.fixed_dictionaries(dict.fromkeys((*ELEMENTS, "chronology", "agreement"), shares))


@st.composite
def councils(draw: st.DrawFn) -> Figures:
    """The figures of up to eight months of audits, the last of them perhaps still open."""
    counted = draw(st.lists(month_shares, min_size=1, max_size=8))
    is_open = draw(st.booleans())
    months, grades, pairs, frame, chronology = [], [], [], [], []
    for place, shown in enumerate(counted):
        month = after(FIRST, place)
        months.append(Month(month, open=is_open and place == len(counted) - 1))
        for measure, element in ELEMENTS.items():
            k, n = shown[measure]
            grades.append(GradeCount(month, "s", "t", element, "final", "good", k))
            grades.append(GradeCount(month, "s", "t", element, "final", "inadequate", n - k))
            grades.append(GradeCount(month, "s", "t", element, "auditor", "good", n))
        chronology.append(ChronologyCount(month, "s", "t", *shown["chronology"]))
        k, n = (min(one, shown["cases"][1]) for one in shown["agreement"])  # no more pairs than audits
        frame.append(FrameCount(month, "rest", False, shown["cases"][1], n, n, 0, 0))
        for moderator, count in (("good", k), ("inadequate", n - k)):
            pairs.append(PairCount(month, "rest", "sampled", "blind", "overall", "a", "m", "good", moderator, count))
    facts = Facts(tuple(months), tuple(grades), tuple(pairs), tuple(frame), tuple(chronology))
    return compute(facts, Rules(), months[-1].month)


@settings(max_examples=20)
@given(councils())
def test_a_month_is_the_same_number_in_every_form(figures: Figures) -> None:
    records = {(one.measure, one.month): one for one in month_records(figures) if one.basis == "final"}
    told = figures_json(figures)["measures"]
    for figure in figures.all:
        if not isinstance(figure, ShareFigure):
            continue
        key = figure.measure.key
        rows = pictures.by_month(figure, counted="Good or better", of="Audits").table.rows
        assert len(rows) == len(figure.months)
        for one, row, said in zip(figure.months, rows, told.get(key, {}).get("months", figure.months), strict=True):
            k, n = one.share.k, one.share.n
            assert row[1:3] == (f"{k:,}", f"{n:,}")
            if isinstance(said, dict):
                assert (said["k"], said["n"], said["open"]) == (k, n, one.open)
            if not one.open:
                record = records[key, one.month]
                assert (record.k, record.n) == (k, n)
                assert record.met is (one.verdict.literal if one.verdict is not None else None)
            (printed,) = _shares(one.month, [figure])
            assert printed[1] == one.share.text
            if n:
                assert printed[1].startswith(f"{k:,} of {n:,}")
                assert printed[2] == row[4]


@settings(max_examples=20)
@given(councils(), st.sampled_from(["last_3", "last_12", "all"]))
def test_a_period_is_the_same_number_in_every_form(figures: Figures, window: str) -> None:
    records: dict[str, Any] = {
        one.measure: one for one in figure_records(figures) if one.window == window and one.basis in ("final", "pairs")
    }
    strip = {card.key: card for card in wording.cards(figures, window)}
    table = {row[0]: row for row in breakdowns.council_rows(figures, window)}
    for key in ("cases", "plans", "chronology", "agreement"):
        record, row = records[key], table[wording.SHORT.get(key, key)]
        if not record.n:
            assert strip[key].figure == row[2] == "No figure"
            continue
        assert f"{record.k:,} of {record.n:,} " in strip[key].counts
        assert row[1].startswith(f"{record.k:,} of {record.n:,} ")
        assert strip[key].figure == row[2]
        if record.met is not None:
            assert strip[key].verdict == ("Met" if record.met else "Not met")
            assert row[4].startswith("Met" if record.met else "Not met")
