"""The agreement analysis from two columns of grades: one pass that counts them, then closed forms on q x q numbers."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from moderation.statistics.agreement import ScaleTable
from moderation.statistics.chance_corrected import ChanceCorrected, chance_corrected
from moderation.statistics.share import Interval, Share


@dataclass(frozen=True, slots=True)
class Agreement:
    """What is said of every table of pairs: the share agreeing with its interval, and the coefficients."""

    table: ScaleTable
    share: Share
    interval: Interval | None
    coefficients: ChanceCorrected


def analysed(auditor: npt.ArrayLike, moderator: npt.ArrayLike, q: int = 4, confidence: float = 0.95) -> Agreement:
    """The analysis of n pairs, given as two arrays of n places on the scale, 0 (best) to q - 1.

    Raises:
        ValueError: the arrays differ in length or hold something else than places on the scale.
    """
    counts = counted(auditor, moderator, q)
    table = ScaleTable(tuple(map(tuple, counts.tolist())))
    share = Share(int(counts.trace()), int(counts.sum()))
    return Agreement(table, share, share.wilson(confidence), chance_corrected(counts))


def counted(auditor: npt.ArrayLike, moderator: npt.ArrayLike, q: int = 4) -> npt.NDArray[np.int64]:
    """The q x q counts of n pairs, rows the auditor's grade, columns the moderator's.

    Up to four grades, where a pair is one of 16, two pairs are counted at a time: half the steps of one bincount.

    Raises:
        ValueError: the arrays differ in length or hold something else than places on the scale, 0 to q - 1.
    """
    rows, columns = np.asarray(auditor), np.asarray(moderator)
    if rows.ndim != 1 or rows.shape != columns.shape:
        raise ValueError("The auditors' and the moderators' grades are two lists of one length.")
    if not (_on_scale(rows, q) and _on_scale(columns, q)):
        raise ValueError(f"Grades are given as their place on the scale, a whole number from 0 to {q - 1}.")
    counts = np.zeros(max(q * q, 16), dtype=np.int64)
    for start in range(0, len(rows), _AT_A_TIME):
        part = slice(start, start + _AT_A_TIME)
        counts += _counts(rows[part], columns[part], q)
    return counts[: q * q].reshape(q, q)


_AT_A_TIME: Final = 1 << 16  # pairs: what is made of so many stays in the processor's own memory
_PACKED_UP_TO: Final = 4  # grades, so that a pair fits in four bits
_PACKED_FROM: Final = 1000  # pairs; below that the packing costs more than it saves


def _counts(rows: npt.NDArray[Any], columns: npt.NDArray[Any], q: int) -> npt.NDArray[np.int64]:
    """How often each cell occurs, at least 16 cells."""
    if q > _PACKED_UP_TO:
        return np.bincount(rows.astype(np.intp) * q + columns, minlength=q * q)
    cells = rows.astype(np.uint8)
    cells *= np.uint8(q)
    cells += columns.astype(np.uint8, copy=False)
    return np.bincount(cells, minlength=16) if len(cells) < _PACKED_FROM else _two_at_a_time(cells)


def _on_scale(grades: npt.NDArray[Any], q: int) -> bool:
    """Whether all are whole numbers from 0 to q - 1; read as unsigned, what is below 0 is far above."""
    if not grades.size:
        return True
    return grades.dtype.kind in "iu" and bool(grades.view(f"u{grades.itemsize}").max() < q)


def _two_at_a_time(cells: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """The counts of the 16 cells, from neighbours counted as one of 256."""
    half = len(cells) // 2
    both = cells[:half] << 4
    both |= cells[half : 2 * half]
    twos = np.bincount(both, minlength=256).reshape(16, 16)
    counts: npt.NDArray[np.int64] = twos.sum(axis=0) + twos.sum(axis=1)
    if len(cells) % 2:
        counts[cells[-1]] += 1
    return counts
