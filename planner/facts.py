"""Facts of a run: what manifest.json and solution.npz keep of how a plan was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.audit import AuditReport
from planner.case.case import Case
from planner.lp.program import Program
from planner.lp.solution import Solution
from planner.plan.named import named_rows
from planner.report.progress import Progress
from planner.report.write import plain
from planner.runs.folder import write_json
from planner.runs.resolved import RESOLVED
from planner.solving import Options, Solved, settled


def solution_arrays(
    program: Program, solved: Solved, solution: Solution
) -> dict[str, NDArray[Any]]:
    """Return the arrays that ``planner verify`` proves the bound from, and the basis from which
    ``planner explain`` goes on.

    ``x`` and ``row_dual`` in user units with the names of the rows; ``range_low`` and
    ``range_high`` of rows and ``cost_up`` of columns where they were worked out; ``column_status``
    and ``row_status`` where the solver has a basis.
    """
    arrays: dict[str, NDArray[Any]] = {
        "x": solution.x.astype(np.float64),
        "row_dual": solution.row_dual.astype(np.float64),
        **named_rows(program),
    }
    if solved.ranges is not None:
        arrays |= {"range_low": solved.ranges[0], "range_high": solved.ranges[1]}
    if solved.cost_up is not None:
        arrays["cost_up"] = solved.cost_up
    if solved.whole is not None:
        arrays["divisible_dual"] = solved.whole.dual.astype(np.float64)
        arrays |= solved.whole.proven.stored()
    if solved.relaxed_basis is not None:
        basis = solved.relaxed_basis
        arrays |= {"divisible_column_status": basis.columns, "divisible_row_status": basis.rows}
    if solved.basis is not None:
        arrays |= {"column_status": solved.basis.columns, "row_status": solved.basis.rows}
    return arrays


def run_facts(
    case: Case,
    solution: Solution,
    options: Options,
    overrides: Sequence[str],
    hashes: Mapping[str, str],
    started: datetime,
) -> dict[str, Any]:
    """Return what manifest.json tells about how a run was made, beside its files and timings."""
    name, limit, threads = settled(options, case)
    return {
        "case_folder": str(case.folder)
        .encode("utf-8", "backslashreplace")
        .decode(),  # a folder's name need not be UTF-8
        "started_utc": started.isoformat(timespec="milliseconds").replace(
            "+00:00", "Z"
        ),  # two runs of a second have an order too
        "overrides": list(overrides),
        "inputs": dict(sorted(hashes.items())),
        "solver": {
            "asked": name,
            "used": solution.solver,
            "algorithm": options.algorithm,
            "seed": case.settings.seed,
            "gap": case.settings.gap,
            "threads": threads,
            "time_limit_s": limit,
            "iterations": int(solution.iterations),
            "seconds": round(float(solution.seconds), 4),
        },
    }


def resolve_again(
    folder: Path, case: Case, solved: Solved, options: Options, progress: Progress
) -> None:
    """Write resolved.json into a run folder whose tables are written: what is worked out of its
    plan by solving it again, where that is wanted and can be done."""
    if options.resolve is None:
        return
    with progress.phase("resolve"):
        basis = solved.relaxed_basis if solved.relaxed_basis is not None else solved.basis
        found = options.resolve(folder, case, basis, progress.note)
        if found is not None:
            write_json(folder / RESOLVED, plain(found))


def told_checks(report: AuditReport) -> list[dict[str, Any]]:
    """Return the checks of an audit as documents tell them."""
    return [
        {
            "check": check.name,
            "passed": bool(check.passed),
            "worst": check.worst,
            "where": check.where,
            "limit": check.limit,
        }
        for check in report.checks
    ]
