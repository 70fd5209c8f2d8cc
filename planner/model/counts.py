"""Counts: a formulation with its whole things as an answer has them."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Block
from planner.lp.whole.fixed import fixed, whole_part
from planner.model import Formulation
from planner.model.index import Floats
from planner.model.lots import describe


def with_counts(formulation: Formulation, x: Floats) -> Formulation:
    """Return the formulation whose program has the whole counts of an answer, a linear one.

    Prices, ranges and causes are of this program: with the racks and choices as they are.

    Args:
        formulation: the formulation.
        x: the answer, user units, (columns,).
    """
    program = formulation.program
    if not len(program.integer):
        return formulation
    return dataclasses.replace(formulation, program=fixed(program, whole_part(program, x)))


def subjects(formulation: Formulation, block: Block) -> NDArray[np.object_]:
    """Return what each column of a block of counts is about: the offer (of a lot the offer or order
    behind it), supply group, project, milestone, workload or site, (n,)."""
    if "lot" in block.labels:
        lots = describe(formulation.case, formulation.lots)["offer"]
        return np.asarray(lots[np.asarray(block.labels["lot"])], dtype=object)
    axes = formulation.index.axes
    found = np.full(block.count, "", dtype=object)
    for axis in ("offer", "supply_group", "project", "milestone", "workload", "site"):
        if axis in block.labels:  # -1 for none: price steps are of an offer or of a supply group
            names = np.append(axes[axis], "")[np.asarray(block.labels[axis])]
            found = np.where(found == "", names, found)
    return np.where(found == "", block.name, found)
