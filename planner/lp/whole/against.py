"""Against: which whole things stand in the way where only a divisible answer exists."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from planner.lp.program import Ints, Program
from planner.lp.whole.branch import branch
from planner.lp.whole.fixed import partly
from planner.lp.whole.limits import Limits
from planner.lp.whole.most import guess

SECONDS: Final = 10.0
"""Most seconds for one trial."""


def standing(
    program: Program, groups: Mapping[str, Ints], x: np.ndarray, *, threads: int, seed: int
) -> Sequence[str]:
    """Return the groups of counts without which, each by itself divisible, there is an answer.

    Args:
        program: the program, that has no answer of whole things.
        groups: name -> integer columns.
        x: its divisible answer, user units, (columns,).
        threads: threads of the solver.
        seed: its seed.
    """
    free = dataclasses.replace(program, cost=np.zeros(program.num_columns))
    found = []
    for name, columns in groups.items():
        tried = branch(
            guess(partly(free, ~np.isin(program.integer, columns)), x),
            None,
            Limits(1.0, SECONDS, threads, seed),
        )
        if len(tried.x):
            found.append(name)
    return found
