"""Branch and bound by HiGHS, from a start, with progress and an honest bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import highspy
import numpy as np
from numpy.typing import NDArray

from planner.lp.handover import checked, hand_over
from planner.lp.pool import settle_pool
from planner.lp.program import Program
from planner.lp.watch import Watch
from planner.lp.whole.limits import Limits

Floats = NDArray[np.float64]

WHOLE: Final = 1e-7
"""How far from a whole number the solver may leave a count."""


@dataclass(frozen=True, slots=True)
class Branched:
    """What branch and bound found."""

    status: str
    """``optimal`` (within the gap), ``limit``, ``infeasible`` or ``error``."""
    x: Floats
    """Values of all columns, user units, (columns,); empty where none was found."""
    bound: float
    """No answer of whole things costs less, USD, as the solver says."""
    nodes: int
    message: str


def branch(
    program: Program,
    start: Floats | None,
    limits: Limits,
    progress: Callable[[str], None] | None = None,
) -> Branched:
    """Return the cheapest answer of whole things that branch and bound finds.

    Args:
        program: the program, without switched rows (see ``limited``).
        start: an answer to begin with, user units, (columns,); None where none is known.
        limits: when it may end.
        progress: called several times a second with incumbent, bound and gap.

    Raises:
        RuntimeError: where HiGHS refuses the program or an option.
        KeyboardInterrupt: after it has been stopped cleanly.
    """
    highs: Any = highspy.Highs()
    options: dict[str, Any] = {
        "output_flag": False,
        "log_to_console": False,
        "threads": limits.threads,
        "random_seed": limits.seed,
        "mip_rel_gap": limits.gap,
        "mip_abs_gap": 0.0,
        "mip_feasibility_tolerance": WHOLE,
        "primal_feasibility_tolerance": WHOLE,
    }
    if limits.time_limit_s is not None:
        options["time_limit"] = limits.time_limit_s
    for name, value in options.items():
        checked(highs.setOptionValue(name, value), f"set {name} to {value}")
    hand_over(highs, program)
    own = program.integer.astype(np.int32)
    kinds = np.full(len(own), int(highspy.HighsVarType.kInteger), dtype=np.uint8)
    checked(highs.changeColsIntegrality(len(own), own, kinds), "count whole things")
    if start is not None:
        given = highspy.HighsSolution()
        given.col_value = (start / program.column_scale).tolist()
        checked(highs.setSolution(given), "take a start")
    settle_pool(limits.threads)
    watch = Watch()
    watch.run(
        highs,
        lambda: checked(highs.run(), "branch and bound"),
        progress,
        program.money_scale,
        "branch and bound",
    )
    status, info = highs.getModelStatus(), highs.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    x = np.array(highs.getSolution().col_value) * program.column_scale if found else np.empty(0)
    words = {
        highspy.HighsModelStatus.kOptimal: "optimal",
        highspy.HighsModelStatus.kTimeLimit: "limit",
        highspy.HighsModelStatus.kInterrupt: "limit",
        highspy.HighsModelStatus.kSolutionLimit: "limit",
        highspy.HighsModelStatus.kInfeasible: "infeasible",
        highspy.HighsModelStatus.kUnboundedOrInfeasible: "infeasible",
    }
    return Branched(
        status=words.get(status, "error"),
        x=x,
        bound=float(info.mip_dual_bound) * program.money_scale,
        nodes=int(info.mip_node_count),
        message=str(highs.modelStatusToString(status)),
    )
