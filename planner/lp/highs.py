"""HiGHS, called with whole arrays: statuses, tolerances, hot starts and ranging.

The status of every call is checked: HiGHS goes on with defaults where an option or a model is refused.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final, Literal

import highspy
import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Program
from planner.lp.solution import Solution, Status

Floats = NDArray[np.float64]
Algorithm = Literal["auto", "simplex", "ipx", "pdlp", "hipo"]
Progress = Callable[[str], None]

SIMPLEX_COLUMNS: Final = 300_000
"""Up to this many columns the dual simplex is used, above it interior point with crossover (measured: see tests/benchmarks)."""

_STATUS: Final[dict[str, Status]] = {
    "kOptimal": "optimal", "kInfeasible": "infeasible", "kUnbounded": "unbounded", "kTimeLimit": "limit", "kIterationLimit": "limit", "kInterrupt": "limit",
    "kHighsInterrupt": "limit", "kModelEmpty": "optimal",
}


def _checked(status: highspy.HighsStatus, what: str) -> None:
    if status == highspy.HighsStatus.kError:
        raise RuntimeError(f"HiGHS refused to {what}")


class LiveModel:
    """A program inside HiGHS whose costs and bounds can change and that is solved again from where it stands.

    Args:
        program: the program; only its numbers may change later, not its shape.
        threads: threads HiGHS may use.
        seed: its random seed.
        tolerance: primal and dual feasibility tolerance on the scaled program.
        algorithm: ``auto``: dual simplex up to ``SIMPLEX_COLUMNS`` columns, else interior point with crossover.

    Raises:
        RuntimeError: if HiGHS refuses the program or an option.
    """

    def __init__(self, program: Program, *, threads: int = 2, seed: int = 0, tolerance: float = 1e-7, algorithm: Algorithm = "auto") -> None:
        self.program = program
        self._cost = program.cost.copy()
        # the thread pool belongs to the process: a different number of threads than last time is refused until it is reset
        highspy.Highs.resetGlobalScheduler(True)
        self._highs = highspy.Highs()
        if algorithm == "auto":
            algorithm = "simplex" if program.num_columns <= SIMPLEX_COLUMNS else "ipx"
        self.algorithm: str = algorithm
        options = {
            "output_flag": False, "threads": threads, "random_seed": seed, "solver": algorithm, "primal_feasibility_tolerance": tolerance,
            "dual_feasibility_tolerance": tolerance,
        }
        for name, value in options.items():
            _checked(self._highs.setOptionValue(name, value), f"set {name} to {value}")
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = program.num_columns, program.num_rows
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.cost, program.column_lower, program.column_upper
        lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = program.indptr, program.indices, program.data
        _checked(self._highs.passModel(lp), "take the program")
        if self._highs.getNumNz() != len(program.data):
            raise RuntimeError(f"HiGHS dropped {len(program.data) - self._highs.getNumNz()} coefficients: too small or too large")

    def set_option(self, name: str, value: Any) -> None:
        """Set a HiGHS option; raises ``RuntimeError`` if it is refused."""
        _checked(self._highs.setOptionValue(name, value), f"set {name} to {value}")

    def set_costs(self, columns: NDArray[np.int64], usd: Floats) -> None:
        """Change objective coefficients, USD per user unit."""
        scaled = usd * self.program.column_scale[columns] / self.program.money_scale
        self._cost[columns] = scaled
        _checked(self._highs.changeColsCost(len(columns), columns.astype(np.int32), scaled), "change costs")

    def set_column_bounds(self, columns: NDArray[np.int64], lower: Floats, upper: Floats) -> None:
        """Change bounds of columns, user units."""
        scale = self.program.column_scale[columns]
        _checked(self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lower / scale, upper / scale), "change column bounds")

    def set_row_bounds(self, rows: NDArray[np.int64], lower: Floats, upper: Floats) -> None:
        """Change limits of rows, user units."""
        scale = self.program.row_scale[rows]
        change: Any = self._highs.changeRowsBounds  # type: ignore[attr-defined]
        _checked(change(len(rows), rows.astype(np.int32), lower / scale, upper / scale), "change row bounds")

    def solve(self, *, time_limit_s: float | None = None, progress: Progress | None = None) -> Solution:
        """Solve from where the model stands: from its last basis if it has one.

        Args:
            time_limit_s: seconds for this call.
            progress: called about every second with a line of text.

        Returns:
            The solution; ``limit`` where the time ran out or the run was interrupted.

        Raises:
            KeyboardInterrupt: after HiGHS has been stopped cleanly.
        """
        begin = time.perf_counter()
        # HiGHS counts its time limit over the life of the object, not of the call
        limit = np.inf if time_limit_s is None else self._highs.getRunTime() + time_limit_s
        _checked(self._highs.setOptionValue("time_limit", float(limit)), "set the time limit")
        self._run(progress, begin)
        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kUnboundedOrInfeasible:
            _checked(self._highs.setOptionValue("presolve", "off"), "switch presolve off")
            self._run(progress, begin)
            status = self._highs.getModelStatus()
            _checked(self._highs.setOptionValue("presolve", "choose"), "switch presolve on")
        return self._read(status, time.perf_counter() - begin)

    def _run(self, progress: Progress | None, begin: float) -> None:
        """Run HiGHS in a thread, so that Ctrl-C and progress reach us while it works."""
        failure: list[BaseException] = []

        def work() -> None:
            try:
                _checked(self._highs.run(), "solve")
            except BaseException as error:  # carried over to the calling thread
                failure.append(error)

        if self.program.num_columns < 2_000:
            work()  # over in milliseconds
        else:
            self._highs.HandleUserInterrupt = True
            thread = threading.Thread(target=work, daemon=True)
            thread.start()
            try:
                while thread.is_alive():
                    thread.join(1.0)
                    if progress is not None and thread.is_alive():
                        progress(f"{self.algorithm}: {time.perf_counter() - begin:.0f} s")
            except KeyboardInterrupt:
                self._highs.cancelSolve()
                thread.join(30.0)
                raise
        if failure:
            raise failure[0]

    def _read(self, status: highspy.HighsModelStatus, seconds: float) -> Solution:
        program = self.program
        name = str(status).rsplit(".", 1)[-1]
        info, answer = self._highs.getInfo(), self._highs.getSolution()
        x, dual, reduced = np.array(answer.col_value), np.array(answer.row_dual), np.array(answer.col_dual)
        word = _STATUS.get(name, "error")
        if word == "optimal" and len(x) != program.num_columns:
            x = np.clip(np.zeros(program.num_columns), program.column_lower, program.column_upper)
        if len(dual) != program.num_rows or not answer.dual_valid:
            dual, reduced = np.zeros(program.num_rows), self._cost.copy()
        iterations = int(info.simplex_iteration_count) + max(int(info.ipm_iteration_count), 0)
        return Solution(
            status=word, message=self._highs.modelStatusToString(status), objective=float(self._cost @ x) * program.money_scale if len(x) == program.num_columns else float("nan"),
            x=x * program.column_scale if len(x) == program.num_columns else np.empty(0), row_dual=dual * program.money_scale / program.row_scale,
            reduced_cost=reduced * program.money_scale / program.column_scale, iterations=iterations, seconds=seconds, solver=f"HiGHS {self._highs.version()} {self.algorithm}",
        )

    def ranges(self) -> tuple[Floats, Floats, Floats]:
        """Return in which range each dual holds, and up to which cost each column keeps its value.

        Returns:
            Lowest and highest right-hand side of every row and highest cost of every column for which the basis stays optimal, user
            units; NaN throughout if HiGHS has no basis.
        """
        program = self.program
        nothing = np.full(program.num_rows, np.nan), np.full(program.num_rows, np.nan), np.full(program.num_columns, np.nan)
        if not self._highs.getBasis().valid:
            return nothing
        status, ranging = self._highs.getRanging()
        if status != highspy.HighsStatus.kOk:
            return nothing
        scale = program.row_scale
        low, high = np.array(ranging.row_bound_dn.value_), np.array(ranging.row_bound_up.value_)
        cost = np.array(ranging.col_cost_up.value_)[: program.num_columns]  # slacks follow the columns
        if len(low) != program.num_rows or len(cost) != program.num_columns:
            return nothing
        cost = cost * program.money_scale / program.column_scale
        return np.minimum(low, high) * scale, np.maximum(low, high) * scale, cost


def solve(
    program: Program, *, time_limit_s: float | None = None, threads: int = 2, seed: int = 0, tolerance: float = 1e-7, algorithm: Algorithm = "auto",
    progress: Progress | None = None,
) -> Solution:
    """Solve a program once.

    Args:
        program: the program.
        time_limit_s: seconds; None = no limit.
        threads: threads HiGHS may use.
        seed: its random seed.
        tolerance: feasibility tolerance on the scaled program.
        algorithm: see ``LiveModel``.
        progress: called about every second with a line of text.

    Returns:
        The solution in user units.
    """
    return LiveModel(program, threads=threads, seed=seed, tolerance=tolerance, algorithm=algorithm).solve(time_limit_s=time_limit_s, progress=progress)
