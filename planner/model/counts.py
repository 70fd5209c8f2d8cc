"""Counts: a formulation with its whole things as an answer has them."""

from __future__ import annotations

import dataclasses

from planner.lp.whole.fixed import fixed, whole_part
from planner.model import Formulation
from planner.model.index import Floats


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
