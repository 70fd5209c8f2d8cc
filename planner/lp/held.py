"""Columns held at values that are known."""

from __future__ import annotations

import dataclasses

from planner.lp.program import Floats, Ints, Program


def held(program: Program, columns: Ints, x: Floats | float) -> Program:
    """Return a program in which some columns, (n,), have these values, user units, (n,) or one for
    all."""
    lower, upper = program.column_lower.copy(), program.column_upper.copy()
    lower[columns] = upper[columns] = x / program.column_scale[columns]
    return dataclasses.replace(program, column_lower=lower, column_upper=upper)
