"""The basis of a run's optimum, from which questions about it go on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.runs.read import RunDamaged, read_stored

if TYPE_CHECKING:
    from planner.lp.basis import Basis

STATES: Final = 5
"""Kinds of status that a column or row of a basis has (HiGHS's ``HighsBasisStatus``)."""


def read_basis(folder: Path) -> Basis | None:
    """Return the basis of a run's optimum, of a plan of whole things that with everything
    divisible, which questions start from; None where the run kept none that can be read (another
    solver, an older version), so that a question starts anew."""
    from planner.lp.basis import Basis

    try:
        columns, rows = read_stored(folder, "divisible_column_status", "divisible_row_status")
    except RunDamaged:
        try:
            columns, rows = read_stored(folder, "column_status", "row_status")
        except RunDamaged:
            return None
    if any(((part < 0) | (part >= STATES)).any() for part in (columns, rows)):
        return None
    return Basis(columns.astype(np.int8), rows.astype(np.int8))
