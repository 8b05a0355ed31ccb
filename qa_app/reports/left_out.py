"""The elimination log of a draw as CSV; no cell can become a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from qa_app.intake.refused import safe_text

HEADINGS = ("Case", "Team", "Plan type", "Why it was left out")


def left_out_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows of the log, in UTF-8 with a mark, so that Excel reads accents."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    for row in rows:
        writer.writerow([safe_text(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")
