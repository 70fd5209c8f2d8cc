"""Stages: in which order whole things are chosen, and how they are rounded near an answer.

Where a run is and what is opened comes first, then blocks of power, then replicas, which say how
many chips there have to be; then, period by period, whether an order is placed and at which step of
its price, its racks, and what is kept and moved.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from planner.lp.program import Program
from planner.lp.whole.guide import COUNTED, NEVER, Guide
from planner.lp.whole.start import NEAR, judged, singles
from planner.model import Formulation
from planner.model.first_counts import mend
from planner.model.index import Floats, Ints
from planner.model.preference import preferences
from planner.model.start import whole_starts

FIRST: Final = (
    "run_site",
    "run_chip",
    "project_opening",
    "site_opening",
    "extension",
    "project_full",
)
"""Blocks that are chosen once and for all periods, one after another."""
TOGETHER: Final = 4
"""Periods whose blocks of power are chosen together: few are, and long before they are used."""
REACHED: Final = ("step_on", "full")
"""Blocks of what is reached or not; of an order that is placed half is enough."""
NEAREST: Final = ("racks", "part", "racks_moved", "part_moved")


def guided(formulation: Formulation) -> Guide:
    """Return how the whole things of a case are chosen.

    Args:
        formulation: the formulation.
    """
    program = formulation.program
    ranks = np.full(len(program.integer), NEVER, dtype=np.int64)
    for block in program.column_blocks:
        at = _place(program, block.first, block.count)
        if block.name in (*FIRST, "placed", *REACHED):
            ranks[at] = 0 if block.name in FIRST else 1
        elif block.name == "blocks":
            ranks[at] = COUNTED
    return Guide(
        starts=lambda x: whole_starts(formulation, x),
        planned=not formulation.case["last_plan"].empty,
        rounding=lambda program, x, attempt: rounded(formulation, program, x, attempt),
        stages=stages(formulation),
        ranks=ranks,
        preferences=preferences(formulation),
    )


def stages(formulation: Formulation) -> Ints:
    """Return when each count is chosen, (integer columns,).

    Args:
        formulation: the formulation.
    """
    program, T = formulation.program, formulation.index.T
    found = np.zeros(len(program.integer), dtype=np.int64)
    for block in program.column_blocks:
        at = _place(program, block.first, block.count)
        if not len(at):
            continue
        if block.name in FIRST:
            found[at] = FIRST.index(block.name)
            continue
        period = np.asarray(block.labels["period"], dtype=np.int64)
        kept = np.zeros(len(period), dtype=np.int64)
        if "lot" in block.labels:
            kept[:] = 1
            lot = np.asarray(block.labels["lot"])
            period = np.where(period < 0, formulation.lots.order_period[lot], period)
        if block.name == "blocks":
            found[at] = len(FIRST) + period // TOGETHER
        elif block.name in ("replicas", "many"):
            found[at] = len(FIRST) + T + period
        else:
            found[at] = len(FIRST) + 2 * T + 2 * period + kept
    return found


def rounded(formulation: Formulation, program: Program, x: Floats, attempt: int) -> Floats:
    """Return whole counts near an answer, in the order of the integer columns.

    Args:
        formulation: the formulation.
        program: its program with tighter limits.
        x: the answer, scaled, (columns,).
        attempt: 0: racks to the nearest, and orders placed that have half of the least; 1: racks
            up, and every order placed that is used; 2: every step open that is used.
    """
    own = program.integer
    counts = singles(program, x)
    share = np.zeros(len(own))
    yes, near = np.zeros(len(own), dtype=bool), np.zeros(len(own), dtype=bool)
    for block in program.column_blocks:
        at = _place(program, block.first, block.count)
        if block.name in REACHED:
            share[at] = 1.0 if attempt < 2 else 0.0
        else:
            share[at] = 0.5 if attempt < 1 else 0.0
        yes[at] = block.name in ("placed", *REACHED)
        near[at] = block.name in NEAREST and attempt == 0
    if yes.any():
        counts = np.where(yes, judged(program, x, share), counts)
    counts = np.where(near, np.rint(x[own] - NEAR), counts)
    mend(formulation, x, counts)
    return counts


def _place(program: Program, first: int, count: int) -> Ints:
    """Return the places of a block of columns among the integer columns; none where it is none."""
    start, end = np.searchsorted(program.integer, [first, first + count])
    return np.arange(start, end)
