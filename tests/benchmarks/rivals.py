"""The same program built with the calls that each modelling library's own documentation teaches:
the bench's comparison.

Every library is handed the finished coefficients, already grouped by row; ours works them out of
the case.  Each builder returns its model.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Given:
    """A program by rows, with one name per block of columns and of rows."""

    cost: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]
    start: NDArray[np.int64]
    column: NDArray[np.int32]
    value: NDArray[np.float64]


def load(path: Path) -> Given:
    """Return the program that the bench has stored."""
    with np.load(path) as arrays:
        return Given(*(arrays[name] for name in Given.__slots__))


def rows_of(given: Given) -> Any:
    """Yield every row as its columns, values, and limits (None = none)."""
    start, column, value = given.start.tolist(), given.column.tolist(), given.value.tolist()
    low, high = (side.tolist() for side in (given.row_lower, given.row_upper))
    for row in range(len(low)):
        here = slice(start[row], start[row + 1])
        yield (
            column[here],
            value[here],
            low[row] if low[row] > -np.inf else None,
            high[row] if high[row] < np.inf else None,
        )


def finite(bounds: NDArray[np.float64]) -> list[float | None]:
    """Return bounds as a list, None for none."""
    return [bound if np.isfinite(bound) else None for bound in bounds.tolist()]


def pulp(given: Given) -> Any:
    """PuLP: one variable after another, lpSum for every row."""
    import pulp as lib

    problem = lib.LpProblem("plan", lib.LpMinimize)
    x = [
        lib.LpVariable(f"x_{j}", low, up)
        for j, (low, up) in enumerate(zip(finite(given.lower), finite(given.upper), strict=True))
    ]
    problem += lib.lpSum(c * x[j] for j, c in enumerate(given.cost.tolist()) if c)
    for columns, values, low, high in rows_of(given):
        total = lib.lpSum(a * x[j] for j, a in zip(columns, values, strict=True))
        if low is not None and low == high:
            problem += total == low
            continue
        if low is not None:
            problem += total >= low
        if high is not None:
            problem += total <= high
    return problem


def pyomo(given: Given) -> Any:
    """Pyomo: indexed variables and constraints, rules with quicksum."""
    import pyomo.environ as lib

    lower, upper, cost, rows = (
        finite(given.lower),
        finite(given.upper),
        given.cost.tolist(),
        list(rows_of(given)),
    )
    model: Any = lib.ConcreteModel()
    model.x = lib.Var(range(len(cost)), bounds=lambda _, j: (lower[j], upper[j]))
    model.cost = lib.Objective(expr=lib.quicksum(c * model.x[j] for j, c in enumerate(cost) if c))

    def rule(m: Any, i: int) -> Any:
        columns, values, low, high = rows[i]
        if not columns or (low is None and high is None):
            return lib.Constraint.Skip
        total = lib.quicksum(a * m.x[j] for j, a in zip(columns, values, strict=True))
        return total == low if low is not None and low == high else (low, total, high)

    model.row = lib.Constraint(range(len(rows)), rule=rule)
    return model


def pyoptinterface(given: Given) -> Any:
    """PyOptInterface on HiGHS: variables one after another, an expression builder for every row."""
    import pyoptinterface as lib
    from pyoptinterface import highs

    model = highs.Model()
    x = [
        model.add_variable(lb=low, ub=up)
        for low, up in zip(given.lower.tolist(), given.upper.tolist(), strict=True)
    ]
    model.set_objective(lib.quicksum(c * x[j] for j, c in enumerate(given.cost.tolist()) if c))
    for columns, values, low, high in rows_of(given):
        total = lib.ExprBuilder()
        for j, a in zip(columns, values, strict=True):
            total.add_affine_term(x[j], a)
        if low is not None and low == high:
            model.add_linear_constraint(total, lib.Eq, low)
            continue
        if low is not None:
            model.add_linear_constraint(total, lib.Geq, low)
        if high is not None:
            model.add_linear_constraint(total, lib.Leq, high)
    return model


def linopy(given: Given) -> Any:
    """linopy: one array of variables, every family of rows a grouped sum of it."""
    import linopy as lib
    import pandas as pd
    import xarray as xr

    model = lib.Model()
    names = pd.RangeIndex(len(given.cost), name="column")
    x = model.add_variables(
        lower=xr.DataArray(given.lower, coords=[names]),
        upper=xr.DataArray(given.upper, coords=[names]),
        name="x",
    )
    model.add_objective((x * xr.DataArray(given.cost, coords=[names])).sum())
    row = np.repeat(np.arange(len(given.row_lower)), np.diff(given.start))
    equal = given.row_lower == given.row_upper
    for name, sign, side, mine in (
        ("equal", "=", given.row_lower, equal),
        ("least", ">=", given.row_lower, ~equal & np.isfinite(given.row_lower)),
        ("most", "<=", given.row_upper, ~equal & np.isfinite(given.row_upper)),
    ):
        entries = np.flatnonzero(mine[row])
        if not len(entries):
            continue
        at = xr.DataArray(
            given.column[entries], dims="entry", coords={"entry": np.arange(len(entries))}
        )
        terms = x.sel(column=at) * xr.DataArray(given.value[entries], coords=at.coords)
        sums = terms.groupby(xr.DataArray(row[entries], coords=at.coords, name="row")).sum()
        rows = np.unique(row[entries])
        model.add_constraints(sums, sign, xr.DataArray(side[rows], coords={"row": rows}), name=name)
    return model


def planner(given: Given) -> Any:
    """Ours, handed the same finished coefficients in the same order."""
    from planner.lp.builder import ProgramBuilder

    builder = ProgramBuilder()
    columns = builder.columns("x", {"column": np.arange(len(given.cost))}, given.lower, given.upper)
    rows = builder.rows(
        "row", {"row": np.arange(len(given.row_lower))}, given.row_lower, given.row_upper
    )
    builder.entries(np.repeat(rows, np.diff(given.start)), given.column, given.value)
    builder.cost(columns, given.cost)
    return builder.build()


RIVALS = {"linopy": linopy, "pyoptinterface": pyoptinterface, "pulp": pulp, "pyomo": pyomo}
"""Builders by the name under which the library is imported and installed."""
