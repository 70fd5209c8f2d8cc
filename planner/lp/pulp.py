"""The same program for any solver that PuLP drives, and as MPS and LP files."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pulp

from planner.lp.certificate import residuals
from planner.lp.program import Program
from planner.lp.solution import Solution, Status, total

HOLDS: Final = 1e-6
"""Largest violation, scaled, of a point that a stopped solver may hand over as a plan."""
Units = Mapping[tuple[str, str], str]
"""Unit in words by ("column" or "row", block)."""

_STATUS: Final[dict[int, Status]] = {
    pulp.LpStatusOptimal: "optimal",
    pulp.LpStatusInfeasible: "infeasible",
    pulp.LpStatusUnbounded: "unbounded",
    pulp.LpStatusNotSolved: "limit",
    pulp.LpStatusUndefined: "error",
}


def _names(program: Program, readable: bool) -> tuple[list[str], list[str]]:
    """Names of columns and rows: short, or their labels with the characters that file formats
    allow."""
    if not readable:
        return [f"c{j}" for j in range(program.num_columns)], [
            f"r{i}" for i in range(program.num_rows)
        ]

    def clean(label: str, number: int, kind: str) -> str:
        # the number keeps names unique where different labels come out alike
        return re.sub(r"[^A-Za-z0-9_.]+", "_", label).strip("_")[:100] + f"_{kind}{number}"

    return (
        [clean(program.column_label(j), j, "c") for j in range(program.num_columns)],
        [clean(program.row_label(i), i, "r") for i in range(program.num_rows)],
    )


def to_pulp(
    program: Program, *, readable: bool = False
) -> tuple[pulp.LpProblem, list[str], list[tuple[str | None, str | None]]]:
    """Return the scaled program as a ``pulp.LpProblem``.

    PuLP is an object per column and coefficient, so this is the one place that loops over them; it
    serves other solvers and files, not the normal run.

    Args:
        program: the program.
        readable: whether names say what they are (slower), for files that people read.

    Returns:
        The problem; the name of every column; the names of each row's ``<=`` (or ``=``) and ``>=``
        constraints, None where it has none.
    """
    columns, rows = _names(program, readable)
    problem = pulp.LpProblem("plan", pulp.LpMinimize)

    def finite(value: float) -> float | None:
        return float(value) if np.isfinite(value) else None

    make: Any = pulp.LpVariable
    kinds = np.full(program.num_columns, pulp.LpContinuous, dtype=object)
    kinds[program.integer] = pulp.LpInteger
    variables = [
        make(name, finite(low), finite(high), kind)
        for name, low, high, kind in zip(
            columns, program.column_lower, program.column_upper, kinds, strict=True
        )
    ]
    # a column in no row and without a cost decides nothing, and file formats have no place for it
    counts = (program.cost != 0.0) | (np.diff(program.indptr) > 0)
    problem.addVariables(
        [variable for variable, some in zip(variables, counts, strict=True) if some]
    )
    problem.setObjective(
        pulp.LpAffineExpression(
            [(variables[j], float(c)) for j, c in enumerate(program.cost) if c != 0.0]
        )
    )
    order = np.argsort(program.indices, kind="stable")
    column = program.entry_columns()[order]
    data, starts = (
        program.data[order],
        np.concatenate([[0], np.cumsum(np.bincount(program.indices, minlength=program.num_rows))]),
    )
    names: list[tuple[str | None, str | None]] = []
    for i, name in enumerate(rows):
        terms = [
            (variables[j], float(a))
            for j, a in zip(
                column[starts[i] : starts[i + 1]], data[starts[i] : starts[i + 1]], strict=True
            )
        ]
        low, high = program.row_lower[i], program.row_upper[i]
        upper = lower = None
        if low == high:
            upper = name
            problem.addConstraint(
                pulp.LpConstraint(
                    pulp.LpAffineExpression(terms), pulp.LpConstraintEQ, name, float(high)
                )
            )
        else:
            if np.isfinite(high):
                upper = name
                problem.addConstraint(
                    pulp.LpConstraint(
                        pulp.LpAffineExpression(terms), pulp.LpConstraintLE, name, float(high)
                    )
                )
            if np.isfinite(low):
                lower = name if upper is None else f"{name}_low"
                problem.addConstraint(
                    pulp.LpConstraint(
                        pulp.LpAffineExpression(terms), pulp.LpConstraintGE, lower, float(low)
                    )
                )
        names.append((upper, lower))
    return problem, columns, names


def list_solvers() -> list[str]:
    """Return the solvers that PuLP can drive on this machine."""
    return [str(name) for name in pulp.listSolvers(onlyAvailable=True)]


def solve_with_pulp(
    program: Program,
    solver: str = "PULP_CBC_CMD",
    *,
    time_limit_s: float | None = None,
    message: bool = False,
    gap: float | None = None,
) -> Solution:
    """Solve a program by a solver of PuLP's.

    Args:
        program: the program.
        solver: PuLP's name of it, such as ``PULP_CBC_CMD``.
        time_limit_s: seconds; None = no limit.
        message: whether the solver may print.
        gap: relative distance of cost and bound at which it may end, where the program counts
            whole things.

    Returns:
        The solution in user units; duals are 0 where the solver gives none, which the certificate
        then shows.

    Raises:
        ValueError: for a solver that PuLP does not know or that is not installed.
    """
    available = list_solvers()
    if solver not in available:
        raise ValueError(
            f"PuLP has no solver {solver!r} on this machine; it has {', '.join(available)}"
        )
    begin = time.perf_counter()
    problem, columns, rows = to_pulp(program)
    arguments: dict[str, Any] = {"msg": message}
    if time_limit_s is not None:
        arguments["timeLimit"] = time_limit_s
    if gap is not None and len(program.integer):
        arguments["gapRel"] = gap
    if "CBC" in solver:
        arguments["options"] = ["primalTolerance 1e-9", "dualTolerance 1e-9"]
    try:
        problem.solve(pulp.getSolver(solver, **arguments))
    except (
        pulp.PulpSolverError
    ) as reason:  # the solver's process failed; CBC does on a program without coefficients
        nothing = np.empty(0)
        return Solution(
            "error",
            str(reason),
            float("nan"),
            nothing,
            nothing,
            nothing,
            0,
            time.perf_counter() - begin,
            f"PuLP {pulp.__version__} {solver}",
        )
    values = {variable.name: variable.varValue for variable in problem.variables()}
    found = [values.get(name) for name in columns]
    x = np.clip(0.0, program.column_lower, program.column_upper)  # where a solver names none
    known = np.array([value is not None for value in found], dtype=bool)
    x[known] = np.array([value for value in found if value is not None], dtype=np.float64)
    duals = {name: (constraint.pi or 0.0) for name, constraint in problem.constraints.items()}
    dual = np.array(
        [
            (duals.get(upper, 0.0) if upper else 0.0) + (duals.get(lower, 0.0) if lower else 0.0)
            for upper, lower in rows
        ],
        dtype=np.float64,
    )
    status = _STATUS.get(problem.status, "error")
    if status == "optimal" and problem.sol_status != pulp.LpSolutionOptimal:
        status = "limit"
    if status != "optimal" and not _holds(program, x):
        x = np.empty(0)  # where it stopped is no answer, and its cost no cost
    reduced = program.cost - program.pull(dual)
    return Solution(
        status=status,
        message=pulp.LpStatus[problem.status],
        objective=total(program.cost, x) * program.money_scale if len(x) else float("nan"),
        x=x * program.column_scale if len(x) else x,
        row_dual=dual * program.money_scale / program.row_scale,
        reduced_cost=reduced * program.money_scale / program.column_scale,
        iterations=0,
        seconds=time.perf_counter() - begin,
        solver=f"PuLP {pulp.__version__} {solver}",
    )


def _holds(program: Program, x: np.ndarray) -> bool:
    """Return whether a point keeps every row and bound, to the tolerance of solvers."""
    rows, columns = residuals(program, x)
    return bool(max(rows.max(initial=0.0), columns.max(initial=0.0)) <= HOLDS)


def write_mps(program: Program, path: Path, units: Units) -> None:
    """Write the scaled program as an MPS file with readable names, and in its first lines the unit
    of everything; raises ``OSError`` if it cannot be written."""
    to_pulp(program, readable=True)[0].writeMPS(str(path))
    _prepend(path, "* ", unit_lines(program, units))


def write_lp(program: Program, path: Path, units: Units) -> None:
    """Write the scaled program as an LP file with readable names, and in its first lines the unit
    of everything; raises ``OSError`` if it cannot be written."""
    to_pulp(program, readable=True)[0].writeLP(str(path), max_length=200)
    _prepend(path, "\\ ", unit_lines(program, units))


def unit_lines(program: Program, units: Units) -> list[str]:
    """Return what 1 stands for in an exported program: the objective, every block of columns and
    rows and, where the members of a block differ, each of them."""
    columns, rows = _names(program, readable=True)
    lines = [
        "A scaled program: what 1 stands for.",
        f"objective: {program.money_scale:,.10g} USD, discounted to the start of the plan",
    ]
    for kind, blocks, scale, names in (
        ("column", program.column_blocks, program.column_scale, columns),
        ("row", program.row_blocks, program.row_scale, rows),
    ):
        for block in blocks:
            here = range(block.first, block.first + block.count)
            unit = units[kind, block.name]
            if block.count and (scale[here] == scale[block.first]).all():
                lines.append(f"{kind}s {block.name}: {scale[block.first]:,.10g} {unit}")
            else:  # a line for each: written once, for people
                lines += [f"{kind} {names[i]}: {scale[i]:.17g} {unit}" for i in here]
    return lines


def _prepend(path: Path, mark: str, lines: list[str]) -> None:
    """Put comments before a file's own text."""
    own = path.read_text(encoding="utf-8")
    path.write_text("".join(f"{mark}{line}\n" for line in lines) + own, encoding="utf-8")
