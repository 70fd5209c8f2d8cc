"""A case that cannot be: what its conflict names, and what its way out comes to."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from planner.case.load import read_case
from planner.lp.highs import solve
from planner.lp.solution import Solution
from planner.model import formulate
from planner.pipeline import run


def way_out(folder: Path, out: Path, named: str, cell: str) -> tuple[list[str], Solution]:
    """Run a case that has no plan, and check that its conflict names a limit.

    Args:
        folder: the case.
        out: where its run is written.
        named: words of the conflict.
        cell: how ``--set`` of the ways out that are asked for begins.

    Returns:
        These ways out, and the optimum of the case with all of them.
    """
    assert solve(formulate(read_case(folder)).program).status == "infeasible"
    result = run(folder, out=out)
    assert result.status == "infeasible"
    assert result.folder is not None
    assert named in (result.folder / "conflict.csv").read_text(encoding="utf-8")
    repairs = pd.read_csv(result.folder / "repairs.csv")
    mine = repairs[repairs["override"].fillna("").str.startswith(cell)]["override"].tolist()
    return mine, solve(formulate(read_case(folder, overrides=mine)).program)
