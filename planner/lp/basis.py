"""A basis: which columns and rows a simplex solves for, and which stay at a limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import highspy
import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Program
from planner.lp.relabel import column_keys, positions, row_keys


@dataclass(frozen=True, slots=True)
class Basis:
    """A basis: HiGHS's status of every column and row, int8."""

    columns: NDArray[np.int8]
    rows: NDArray[np.int8]


AT_LOWER: Final = 0
BASIC: Final = 1
AT_UPPER: Final = 2
"""HiGHS's numbers for what is at its lower limit, in the basis, at its upper limit."""
DUAL: Final = 1
PRIMAL: Final = 4
"""HiGHS's numbers for its simplex strategies."""


def basis_of(highs: Any) -> Basis | None:
    """Return the basis that HiGHS has; None where there is none."""
    found = highs.getBasis()
    if not found.valid:
        return None
    columns, rows = list(found.col_status), list(found.row_status)
    return Basis(
        np.fromiter(map(int, columns), np.int8, len(columns)),
        np.fromiter(map(int, rows), np.int8, len(rows)),
    )


def as_highs(basis: Basis, repair: bool) -> Any:
    """Return a basis as HiGHS takes it; ``repair``: it may have too many or too few basic
    entries."""
    kinds = np.array([highspy.HighsBasisStatus(kind) for kind in range(5)], dtype=object)
    into = highspy.HighsBasis()
    into.col_status, into.row_status = kinds[basis.columns].tolist(), kinds[basis.rows].tolist()
    into.valid, into.alien = True, repair
    return into


def carried(basis: Basis, old: Program, program: Program) -> Basis:
    """Return a basis of another program by the names of columns and rows: what is new starts at a
    bound, a new row with its slack in the basis."""
    columns = positions(column_keys(old), column_keys(program))
    rows = positions(row_keys(old), row_keys(program))
    return Basis(
        np.where(columns >= 0, basis.columns[columns], AT_LOWER),
        np.where(rows >= 0, basis.rows[rows], BASIC),
    )
