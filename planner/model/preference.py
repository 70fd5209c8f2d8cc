"""Preference: which of several equally cheap plans is written.

First the least change from the last plan, then fewer chips ordered and earlier, then an allocation
that is the same every time. Nothing here costs anything: ``planner.lp.ties`` applies it where the
cost is the same to the last digit.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.ties import spread
from planner.model import Formulation

Floats = NDArray[np.float64]

CHANGES: Final = ("more", "less")
DECISIONS: Final = ("order", "build", "rented", "move", "cancel")


def preferences(formulation: Formulation) -> tuple[Floats, ...]:
    """Return the preferences of a plan, the most important first: weights per column and scaled
    unit.

    Args:
        formulation: the formulation.

    Returns:
        Change against the last plan; then what is ordered, rented, built or moved, later dearer
        than earlier (1 to 2, by period) and each by its own name (0 to 0.1); then all other columns
        by their names (1 to 2).
    """
    program, index = formulation.program, formulation.index
    change, decided, own = (np.zeros(program.num_columns) for _ in range(3))
    names = spread(program)
    own[:] = 1.0 + names
    period_of_lot = np.maximum(formulation.lots.order_period, 0)
    for block in program.column_blocks:
        here = slice(block.first, block.first + block.count)
        if block.name in CHANGES:
            change[here] = 1.0
        if block.name in CHANGES or block.name in DECISIONS:
            own[here] = 0.0
        if block.name in DECISIONS:
            period = (
                block.labels["period"]
                if "period" in block.labels
                else period_of_lot[block.labels["lot"]]
            )
            decided[here] = 1.0 + period / index.T + 0.1 * names[here]
    return change, decided, own
