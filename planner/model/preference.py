"""Preference: which of several equally cheap plans is written.

First the least change from the last plan; then the one that commits latest; then the one that
orders least; then an allocation that is the same every time.  Nothing here costs anything:
``planner.lp.ties`` applies it where the cost is the same to the last digit.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.lp.ties import spread
from planner.model import Formulation
from planner.model.ledger import SPEND_TERMS

Floats = NDArray[np.float64]

CHANGES: Final = ("more", "less")
DECISIONS: Final = ("order", "build", "rented", "move", "cancel")
COMMITTING: Final = (*SPEND_TERMS, "power_projects", "relocation")
"""Terms that a decision commits to pay: for capacity, power and moves."""


def preferences(formulation: Formulation) -> tuple[Floats, ...]:
    """Return the preferences of a plan, the most important first: weights per column and scaled
    unit, (columns,) each.

    Args:
        formulation: the formulation.

    Returns:
        Change against the last plan; then money by how long it is committed (see ``_commitment``);
        then what is ordered, rented, built or moved, each by its own name (1 to 1.1); then all
        other columns by their names (1 to 2).
    """
    program = formulation.program
    change, decided, own = (np.zeros(program.num_columns) for _ in range(3))
    names = spread(program)
    own[:] = 1.0 + names
    for block in program.column_blocks:
        here = slice(block.first, block.first + block.count)
        if block.name in CHANGES:
            change[here] = 1.0
        if block.name in CHANGES or block.name in DECISIONS:
            own[here] = 0.0
        if block.name in DECISIONS:
            decided[here] = 1.0 + 0.1 * names[here]
    return change, _commitment(formulation), decided, own


def _commitment(formulation: Formulation) -> Floats:
    """Return what every column commits to pay, weighed by the share of the plan for which it is
    committed, (columns,).

    ``sum of nominal payments x (T - t) / T``, with ``t`` the period of the decision: summed over a
    plan it is the money committed through each period, summed over the periods.  An order commits
    all payments of its life; rent, and a contract that can be cancelled, commit what is used, when
    it is used.  The largest is 1: only their ratios mean something.
    """
    program, index, ledger = formulation.program, formulation.index, formulation.ledger
    lots = formulation.lots
    decided = np.zeros(program.num_columns, dtype=np.int64)
    for block in program.column_blocks:
        if "period" in block.labels:
            period = block.labels["period"]
        elif "lot" in block.labels:
            period = np.maximum(lots.order_period, 0)[block.labels["lot"]]
        else:
            continue
        decided[block.first : block.first + block.count] = period
    paid = np.zeros(program.num_columns)
    mine = ledger.of(COMMITTING)
    np.add.at(paid, ledger.column[mine], ledger.nominal[mine])
    weight = paid * program.column_scale * (index.T - decided) / index.T
    largest = float(np.abs(weight).max(initial=0.0))
    return weight / largest if largest > 0.0 else weight
