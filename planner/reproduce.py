"""Reproduction: the run folder written once more from its inputs and solution.npz, and compared.

The audit tells whether what is written is right; this tells whether it is what the plan says, cell
by cell and word by word: whoever changes a figure in a table, on the page or in the workbook, and
the manifest with it, has not changed the plan that the bound proves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner import __version__
from planner.plan.stored import stored_arrays
from planner.runs.documents import NO_PLAN
from planner.runs.finding import Finding
from planner.runs.inputs import read_inputs, read_overrides
from planner.runs.read import RunError, read_manifest, read_plan, read_run_table
from planner.runs.what_if import WhatIf, what_if_of

if TYPE_CHECKING:
    from planner.case.case import Case
    from planner.lp.solution import Solution
    from planner.plan.plan import Plan

SINCE: Final = 2
"""Format of plan.json from which solution.npz holds all that the tables are made of."""
CLOSE: Final = 1e-9
"""Numbers may differ by this share: another processor may add in another order."""
UNTOLD: Final = ("proof", "files")
"""Parts of plan.json that tell of the folder: they are compared on their own."""


def verify_figures(folder: Path) -> tuple[Finding, ...]:
    """Return whether the tables and plan.json of a run are those of its solution: made again from
    the copied inputs and solution.npz, and compared cell by cell.

    Args:
        folder: the run folder, whole or damaged.

    Returns:
        Findings; none for a run without a plan or of an older format, and a note for one of
        another version, which may say the same otherwise.
    """
    what = "tables: their cells are those of solution.npz"
    try:
        manifest, plan = read_manifest(folder), read_plan(folder)
        version = plan.get("format_version")
        if not isinstance(version, int) or version < SINCE or plan["status"] == NO_PLAN:
            return ()
        made_with = manifest["versions"]["planner"]
        if made_with != __version__:
            told = f"made by planner {made_with}, this is {__version__}: not compared"
            return (Finding(what, True, told, note=True),)
        return tuple(_figures(folder, plan))
    except RunError as error:
        return (Finding(what, False, str(error)),)
    except Exception as error:  # whatever a damaged file leads to, see planner.runs.verify
        reason = f"{type(error).__name__}: {error}"
        return (Finding(what, False, f"cannot be made again from these files ({reason})"),)


def _figures(folder: Path, plan: Mapping[str, Any]) -> list[Finding]:
    """Return whether the tables and plan.json are those of the solution."""
    from planner.plan.tables import PLAN_TABLE
    from planner.report.write import plain
    from planner.runs.cells import text_frame
    from planner.runs.futures import has_futures, in_scenarios

    overrides = read_overrides(folder / "inputs")
    case = read_inputs(folder)
    made = _plan(folder, case)
    if has_futures(folder):  # which scenarios have a line is in their own runs
        buy = made.tables["buy_plan"]
        buy["in_scenarios"] = in_scenarios(folder, read_run_table(folder, "buy_plan"))
    faults, cells = [], 0
    for name, frame in made.tables.items():
        table = PLAN_TABLE[name]
        own = text_frame(table, frame)
        written = text_frame(table, read_run_table(folder, name))
        cells += own.size
        fault = _first_difference(table.path, own, written)
        faults += [fault] if fault else []
    told = {key: value for key, value in plan.items() if key not in UNTOLD}
    own_plan = {
        **plain(made.summary),
        "overrides": list(overrides),
        "what_if": _what_if(plan, overrides),
        "inputs_sha256": plan["inputs_sha256"],
    }
    own_plan["status"] = plan["status"] if plan["status"] in ("limit", "not_proven") else "optimal"
    other = _unlike(told, own_plan)
    listed = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    files = [name for name in listed if name != "approval.json"] == sorted(plan.get("files") or [])
    return [
        Finding(
            f"tables: {cells:,} cells are those of solution.npz",
            not faults,
            "; ".join(faults[:5]) + (f" (and {len(faults) - 5} more)" if len(faults) > 5 else ""),
        ),
        Finding("plan.json: its figures are those of solution.npz", not other, other),
        Finding("plan.json: its list of files is what is there", files, "" if files else "not so"),
    ]


def _what_if(plan: Mapping[str, Any], overrides: tuple[str, ...]) -> Any:
    """Return what plan.json must say of a what-if whose inputs were changed so."""
    told = what_if_of(plan)
    if told is not None and (*told.stated, *told.given) == overrides:
        return told.document()
    return WhatIf(overrides).document() if overrides else None


def _plan(folder: Path, case: Case) -> Plan:
    """Return the plan that the stored solution makes of the copied inputs."""
    from planner.lp.certificate import certify
    from planner.lp.whole.proven import from_stored
    from planner.model import formulate
    from planner.model.counts import with_counts
    from planner.plan.extract import extract

    formulation = formulate(case)
    solution, arrays = _solution(folder, formulation.program.num_columns)
    formulation = with_counts(formulation, solution.x)
    certificate = certify(formulation.program, solution)
    ranges = (arrays["range_low"], arrays["range_high"]) if "range_low" in arrays else None
    return extract(
        formulation,
        solution,
        certificate,
        ranges=ranges,
        cost_up=arrays.get("cost_up"),
        whole=from_stored(arrays) if "whole" in arrays else None,
    )


def _solution(folder: Path, columns: int) -> tuple[Solution, Mapping[str, NDArray[Any]]]:
    """Return the stored solution, and all arrays that lie beside it."""
    from planner.lp.solution import Solution

    arrays = stored_arrays(folder / "solution.npz")
    solution = Solution(
        status="optimal",
        message="from solution.npz",
        objective=0.0,
        x=arrays["x"],
        row_dual=arrays["row_dual"],
        reduced_cost=np.zeros(columns),
        iterations=0,
        seconds=0.0,
        solver="solution.npz",
    )
    return solution, arrays


def _first_difference(path: str, own: pd.DataFrame, written: pd.DataFrame) -> str:
    """Return in words the first cell of a table that is not what it was made as; empty = none."""
    if len(own) != len(written):
        return f"{path} has {len(written):,} rows, the solution makes {len(own):,}"
    for name in own.columns:
        left, right = own[name].to_numpy(dtype=object), written[name].to_numpy(dtype=object)
        unlike = np.flatnonzero(left != right)
        unlike = unlike[[not _near(left[i], right[i]) for i in unlike]] if len(unlike) else unlike
        if len(unlike):
            i = int(unlike[0])
            more = f" (and {len(unlike) - 1} more cells)" if len(unlike) > 1 else ""
            return f"{path}, row {i + 2}, {name}: {right[i]!r}, the solution says {left[i]!r}{more}"
    return ""


def _near(left: str, right: str) -> bool:
    """Return whether two cells hold the same number, but for how it was added up."""
    try:
        a, b = float(left), float(right)
    except ValueError:
        return False
    return abs(a - b) <= CLOSE * max(abs(a), abs(b)) + 1e-9


def _unlike(told: Any, own: Any, where: str = "") -> str:
    """Return where two documents differ first, in words; empty = nowhere."""
    if isinstance(own, Mapping) and isinstance(told, Mapping):
        for key in {**own, **told}:
            if (key in own) != (key in told):
                return f"{where}{key} stands in one only"
            found = _unlike(told[key], own[key], f"{where}{key}.")
            if found:
                return found
        return ""
    if isinstance(own, Sequence) and not isinstance(own, str) and isinstance(told, Sequence):
        same = len(own) == len(told) and not any(
            _unlike(a, b) for a, b in zip(told, own, strict=False)
        )
        return "" if same else f"{where.rstrip('.')}: {told!r}, the solution says {own!r}"
    numbers = isinstance(own, int | float) and isinstance(told, int | float)
    small = 1e-9 if where == "gap." else 0.0051
    if numbers and not isinstance(own, bool) and not isinstance(told, bool):
        size = max(abs(own), abs(told))
        same = abs(own - told) <= CLOSE * size + (small if size > 100 or where == "gap." else 0.0)
        return "" if same else f"{where.rstrip('.')}: {told!r}, the solution says {own!r}"
    same = own == told
    return "" if same else f"{where.rstrip('.')}: {told!r}, the solution says {own!r}"
