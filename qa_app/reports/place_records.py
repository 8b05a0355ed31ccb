"""Published tables of services and teams as flat records: what is hidden is not in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from moderation.statistics.place_tables import Breakdown, PlaceTable, Row
from qa_app.reports.columns import column
from qa_app.reports.figure_records import KEYS


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """A measure in a service or a team over a quarter or a financial year that is over."""

    measure: str = column("Which measure.", values=KEYS, source="The registry of measures", example="cases", width=16)
    title: str = column("The measure in words.", example="Audited cases judged good or better", width=46)
    first_month: date = column("The first month of the period.", example=date(2026, 4, 1))
    last_month: date = column("The last month of the period.", example=date(2026, 6, 1))
    level: str = column("Whether the row is a service or a team.", values=("service", "team"), example="service")
    place: str = column("The service or the team; empty where the whole table is withheld.", example="Safeguarding",
                        width=28)  # fmt: skip
    shown: str = column(
        "yes: the counts are shown. hidden: the count is small, or hidden so that a small one cannot be worked out. "
        "withheld: the whole table is.",
        values=("yes", "hidden", "withheld"), example="yes",
    )  # fmt: skip
    k: int | None = column("How many of the n are as the measure asks.", example=31, heading="k", width=8)
    n: int | None = column("How many were counted.", example=36, heading="n", width=8)
    estimate: float | None = column("k of n as a share from 0 to 1.", example=0.8611111111111112, heading="Share")
    low: float | None = column("The lower end of its 95% interval.", example=0.7125, heading="95% from")
    high: float | None = column("The upper end of its 95% interval.", example=0.9392, heading="95% to")
    met: bool | None = column("Whether the share meets the target to the letter.", example=True)
    certainty: str | None = column("What the interval adds to that.", example="met_not_confirmed", width=22)


def place_records(breakdown: Breakdown) -> list[PlaceRecord]:
    """Every table of a period."""
    return [record for table in breakdown.tables for record in _records(table, breakdown)]


def _records(table: PlaceTable, breakdown: Breakdown) -> Iterator[PlaceRecord]:
    if table.withheld and not table.rows:
        yield _record(table, breakdown, None, "withheld")
    for row in table.rows:
        yield _record(table, breakdown, row, "hidden" if row.share is None else "yes")


def _record(table: PlaceTable, breakdown: Breakdown, row: Row | None, shown: str) -> PlaceRecord:
    share = row.share if row is not None else None
    verdict = row.verdict if row is not None else None
    interval = row.interval if row is not None else None
    return PlaceRecord(
        measure=table.measure.key,
        title=table.measure.title,
        first_month=breakdown.period.first,
        last_month=breakdown.period.last,
        level="team" if table.by_team else "service",
        place=row.name if row is not None else "",
        shown=shown,
        k=share.k if share is not None else None,
        n=row.n if row is not None else None,
        estimate=float(share.fraction) if share is not None and share.fraction is not None else None,
        low=interval.low if interval is not None else None,
        high=interval.high if interval is not None else None,
        met=verdict.literal if verdict is not None else None,
        certainty=verdict.certainty.value if verdict is not None and verdict.certainty is not None else None,
    )
