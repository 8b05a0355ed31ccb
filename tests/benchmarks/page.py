"""docs/performance.md: the tables of one run under words that stay."""

import platform
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tests.benchmarks.tables import Table

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
MARK = "<!-- Below this line `./run bench --keep` writes. -->"


def keep(tables: Sequence[Table], *, databases: Sequence[str], on: date, seconds: float) -> Path:
    """Write the tables below the mark; what stands above it is written by hand and stays."""
    above = PAGE.read_text(encoding="utf-8").split(MARK)[0]
    run = (
        f"Measured on {on:%d %B %Y} with Python {platform.python_version()}, {' and '.join(databases)}, "
        f"in {seconds:.0f} seconds."
    )
    PAGE.write_text(
        "\n\n".join([above + MARK, run, _verdict(tables), *(one.markdown() for one in tables)]) + "\n", encoding="utf-8"
    )
    return PAGE


def _verdict(tables: Sequence[Table]) -> str:
    lines = [line for one in tables for line in one.lines if line.met is not None]
    missed = [f"- {line.what} ({line.where}): {line.goal.words}" for line in lines if not line.met and line.goal]
    met = f"{sum(bool(line.met) for line in lines)} of {len(lines)} goals met."
    return "\n".join([met, "", "Missed:", "", *missed]) if missed else met
