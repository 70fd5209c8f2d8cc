"""HiGHS, called with whole arrays: statuses, tolerances, hot starts and ranging.

The status of every call is checked: HiGHS goes on with defaults where an option or a model is
refused.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any, Final, Literal

import highspy
import numpy as np
from numpy.typing import NDArray

from planner.lp.program import Program
from planner.lp.ranging import highest_costs, ids_of, read_optimum, row_ranges
from planner.lp.relabel import column_keys, positions, row_keys, same_names
from planner.lp.solution import Solution, Status, total
from planner.lp.watch import Watch

Floats = NDArray[np.float64]
Algorithm = Literal["auto", "simplex", "ipx", "pdlp", "hipo"]
Progress = Callable[[str], None]

SIMPLEX_COLUMNS: Final = 300_000
"""Up to this many columns the dual simplex is used, above it interior point with crossover
(measured: see tests/benchmarks)."""
WATCHED_COLUMNS: Final = 5_000
"""Smaller programs are over in a tenth of a second: nobody waits for them or stops them."""

_STATUS: Final[dict[str, Status]] = {
    "kOptimal": "optimal",
    "kInfeasible": "infeasible",
    "kUnbounded": "unbounded",
    "kTimeLimit": "limit",
    "kIterationLimit": "limit",
    "kInterrupt": "limit",
    "kHighsInterrupt": "limit",
    "kModelEmpty": "optimal",
}


_POOL = threading.local()
"""``threads`` of HiGHS's pool, which each thread of ours has one of."""


def _settle_pool(threads: int) -> None:
    """Make HiGHS's thread pool fit: a run with another number of threads than the last one of the
    same thread of ours is refused."""
    if threads != getattr(_POOL, "threads", None):
        highspy.Highs.resetGlobalScheduler(True)
        _POOL.threads = threads


def has_algorithm(name: str) -> bool:
    """Return whether this HiGHS has an algorithm: some come with packages of their own."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    return bool(highs.setOptionValue("solver", name) != highspy.HighsStatus.kError)


def _checked(status: highspy.HighsStatus, what: str) -> None:
    if status == highspy.HighsStatus.kError:
        raise RuntimeError(f"HiGHS refused to {what}")


@dataclass(frozen=True, slots=True)
class Basis:
    """A basis: HiGHS's status of every column and row, int8."""

    columns: NDArray[np.int8]
    rows: NDArray[np.int8]


AT_LOWER: Final = 0
BASIC: Final = 1
AT_UPPER: Final = 2
"""HiGHS's numbers for what is at its lower limit, in the basis, at its upper limit."""
DUAL: Final = 1
PRIMAL: Final = 4
"""HiGHS's numbers for its simplex strategies."""


SMALL_COEFFICIENT: Final = 1e-9
LARGE_COEFFICIENT: Final = 1e15
"""What HiGHS takes for 0 and for infinite in the matrix."""


class LiveModel:
    """A program inside HiGHS whose costs and bounds can change and that is solved again from where
    it stands.

    Args:
        program: the program; only its numbers may change later, not its shape.
        threads: threads HiGHS may use.
        seed: its random seed.
        tolerance: primal and dual feasibility tolerance on the scaled program.
        algorithm: ``auto``: dual simplex up to ``SIMPLEX_COLUMNS`` columns, else interior point
            with crossover.

    Raises:
        RuntimeError: if HiGHS refuses the program or an option.
    """

    def __init__(
        self,
        program: Program,
        *,
        threads: int = 2,
        seed: int = 0,
        tolerance: float = 1e-7,
        algorithm: Algorithm = "auto",
    ) -> None:
        self.program = program
        self._cost = program.cost.copy()
        self._threads = threads
        self._highs = highspy.Highs()
        self._watch = Watch()
        self._given: tuple[Basis, Any] | None = None
        self.watched = True
        """Whether a solve tells where it stands and can be stopped; each iteration then waits for
        Python's lock, which others may hold."""
        if algorithm == "auto":
            algorithm = "simplex" if program.num_columns <= SIMPLEX_COLUMNS else "ipx"
        self.algorithm: str = algorithm
        options = {
            "output_flag": False,
            "log_to_console": False,
            "threads": threads,
            "random_seed": seed,
            "solver": algorithm,
            "primal_feasibility_tolerance": tolerance,
            "dual_feasibility_tolerance": tolerance,
        }
        for name, value in options.items():
            _checked(self._highs.setOptionValue(name, value), f"set {name} to {value}")
        self._pass(program)

    def _pass(self, program: Program) -> None:
        """Hand the whole program to HiGHS."""
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = program.num_columns, program.num_rows
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = (
            program.cost,
            program.column_lower,
            program.column_upper,
        )
        lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = (
            program.indptr,
            program.indices,
            program.data,
        )
        _checked(self._highs.passModel(lp), "take the program")
        if self._highs.getNumNz() != len(program.data):
            size = np.abs(program.data)
            odd = np.flatnonzero((size <= SMALL_COEFFICIENT) | (size >= LARGE_COEFFICIENT))
            named = [
                f"{program.column_label(int(program.entry_columns()[at]))} in "
                f"{program.row_label(int(program.indices[at]))}: {program.data[at]:.3g}"
                for at in odd[:3]
            ]
            raise RuntimeError(
                f"HiGHS dropped {len(program.data) - self._highs.getNumNz()} coefficients, too "
                f"small or too large: {'; '.join(named)}. Check the units of what they name"
            )

    def set_option(self, name: str, value: Any) -> None:
        """Set a HiGHS option; raises ``RuntimeError`` if it is refused."""
        _checked(self._highs.setOptionValue(name, value), f"set {name} to {value}")

    def set_costs(self, columns: NDArray[np.int64], usd: Floats) -> None:
        """Change objective coefficients, USD per user unit."""
        scaled = usd * self.program.column_scale[columns] / self.program.money_scale
        self._cost[columns] = scaled
        _checked(
            self._highs.changeColsCost(len(columns), columns.astype(np.int32), scaled),
            "change costs",
        )

    def set_column_bounds(self, columns: NDArray[np.int64], lower: Floats, upper: Floats) -> None:
        """Change bounds of columns, user units."""
        scale = self.program.column_scale[columns]
        _checked(
            self._highs.changeColsBounds(
                len(columns), columns.astype(np.int32), lower / scale, upper / scale
            ),
            "change column bounds",
        )

    def set_row_bounds(self, rows: NDArray[np.int64], lower: Floats, upper: Floats) -> None:
        """Change limits of rows, user units."""
        scale = self.program.row_scale[rows]
        change: Any = self._highs.changeRowsBounds  # type: ignore[attr-defined]
        _checked(
            change(len(rows), rows.astype(np.int32), lower / scale, upper / scale),
            "change row bounds",
        )

    def become(self, program: Program, start: tuple[Program, Basis] | None = None) -> bool:
        """Turn into another program and keep the basis where columns and rows have the same names.

        Where only costs, bounds and right-hand sides differ they are changed in place; otherwise
        the matrix is handed over anew and a basis is carried over by name.

        Args:
            program: the other program.
            start: a program and its basis to carry over; left out: those the model has now.

        Returns:
            Whether the model was changed in place.

        Raises:
            RuntimeError: if HiGHS refuses it.
        """
        old, self.program = self.program, program
        same = (
            old.indptr.shape == program.indptr.shape
            and old.row_lower.shape == program.row_lower.shape
            and np.array_equal(old.indptr, program.indptr)
        )
        same = same and (
            (old.indices is program.indices and old.data is program.data)
            or (
                np.array_equal(old.indices, program.indices)
                and np.array_equal(old.data, program.data)
            )
        )
        if same:
            all_columns, all_rows = (
                np.arange(program.num_columns, dtype=np.int32),
                np.arange(program.num_rows, dtype=np.int32),
            )
            dear = all_columns[self._cost != program.cost]
            _checked(
                self._highs.changeColsCost(len(dear), dear, program.cost[dear]), "change costs"
            )
            moved = all_columns[
                (old.column_lower != program.column_lower)
                | (old.column_upper != program.column_upper)
            ]
            _checked(
                self._highs.changeColsBounds(
                    len(moved), moved, program.column_lower[moved], program.column_upper[moved]
                ),
                "change column bounds",
            )
            shifted = all_rows[
                (old.row_lower != program.row_lower) | (old.row_upper != program.row_upper)
            ]
            change: Any = self._highs.changeRowsBounds  # type: ignore[attr-defined]
            _checked(
                change(
                    len(shifted), shifted, program.row_lower[shifted], program.row_upper[shifted]
                ),
                "change row bounds",
            )
        else:
            basis = self.basis()
            if start is not None:
                old, basis = start
            self._pass(program)
            if basis is not None and same_names(old, program):
                self.set_basis(basis)
            elif basis is not None:
                columns, rows = (
                    positions(column_keys(old), column_keys(program)),
                    positions(row_keys(old), row_keys(program)),
                )
                # what is new starts at a bound, a new row with its slack in the basis
                self.set_basis(
                    Basis(
                        np.where(columns >= 0, basis.columns[columns], AT_LOWER),
                        np.where(rows >= 0, basis.rows[rows], BASIC),
                    ),
                    repair=True,
                )
        self._cost = program.cost.copy()
        return same

    def basis(self) -> Basis | None:
        """Return the current basis; None where there is none."""
        found = self._highs.getBasis()
        if not found.valid:
            return None
        columns, rows = list(found.col_status), list(found.row_status)
        return Basis(
            np.fromiter(map(int, columns), np.int8, len(columns)),
            np.fromiter(map(int, rows), np.int8, len(rows)),
        )

    def dual_ray(self) -> Floats | None:
        """Return the multipliers of rows, per unit of the row and the largest near 1, by which the
        last solve found no answer; None where it has none.  Their sign is a matter of convention.
        """
        _settle_pool(self._threads)  # it may have to solve once more
        highs: Any = self._highs
        status, exists, ray = highs.getDualRay()
        if status == highspy.HighsStatus.kError or not exists or len(ray) != self.program.num_rows:
            return None
        found = np.asarray(ray, dtype=np.float64)
        return found / max(float(np.abs(found).max(initial=0.0)), 1e-300) / self.program.row_scale

    def set_basis(self, basis: Basis, *, repair: bool = False) -> None:
        """Start the next solve from a basis; ``repair``: it may have too many or too few basic
        entries."""
        if (
            self._given is None or self._given[0] is not basis or self._given[1].alien is not repair
        ):  # often the same again, and slow to write down
            kinds = np.array([highspy.HighsBasisStatus(kind) for kind in range(5)], dtype=object)
            into = highspy.HighsBasis()
            into.col_status, into.row_status = (
                kinds[basis.columns].tolist(),
                kinds[basis.rows].tolist(),
            )
            into.valid, into.alien = True, repair
            self._given = (basis, into)
        _checked(self._highs.setBasis(self._given[1]), "take a basis")
        self.set_option("solver", "simplex")  # interior point would not use it

    def forget(self) -> None:
        """Forget the last solve: the next one depends on the program and on a basis given after
        this, and on nothing before."""
        _checked(self._highs.clearSolver(), "forget the last solve")

    def solve(
        self, *, time_limit_s: float | None = None, progress: Progress | None = None
    ) -> Solution:
        """Solve from where the model stands: from its last basis if it has one.

        Args:
            time_limit_s: seconds for this call.
            progress: called several times a second with where the solver stands: its name,
                iteration, objective and gap.

        Returns:
            The solution; ``limit`` where the time ran out or the run was interrupted.

        Raises:
            KeyboardInterrupt: after HiGHS has been stopped cleanly.
        """
        begin = time.perf_counter()
        # HiGHS counts its time limit over the life of the object, not of the call
        limit = np.inf if time_limit_s is None else self._highs.getRunTime() + time_limit_s
        _checked(self._highs.setOptionValue("time_limit", float(limit)), "set the time limit")
        self._run(progress)
        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kUnboundedOrInfeasible:
            _checked(self._highs.setOptionValue("presolve", "off"), "switch presolve off")
            self._run(progress)
            status = self._highs.getModelStatus()
            _checked(self._highs.setOptionValue("presolve", "choose"), "switch presolve on")
        return self._read(status, time.perf_counter() - begin)

    def stop(self) -> None:
        """Ask a running solve, in whatever thread, to end soon; harmless where none runs."""
        self._watch.stop()

    def _run(self, progress: Progress | None) -> None:
        """Run HiGHS so that Ctrl-C and progress reach us while it works."""

        def work() -> None:
            _checked(self._highs.run(), "solve")

        _settle_pool(self._threads)
        if not self.watched or self.program.num_columns < WATCHED_COLUMNS:
            work()
            return
        solver = self._highs.getOptionValue("solver")[1]  # not always the algorithm it began with
        silent = solver == "pdlp"  # its log goes to stdout, past all callbacks
        self.set_option("output_flag", progress is not None and not silent)
        tell = None if progress is None else lambda words: progress(f"{solver}: {words}")
        money = (
            self.program.money_scale if np.array_equal(self._cost, self.program.cost) else None
        )  # else the objective is something else
        self._watch.run(
            self._highs,
            work,
            tell,
            money,
            "runs; it does not tell where it stands" if silent else "start",
        )
        self.set_option("output_flag", False)

    def _read(self, status: highspy.HighsModelStatus, seconds: float) -> Solution:
        program = self.program
        name = str(status).rsplit(".", 1)[-1]
        info, answer = self._highs.getInfo(), self._highs.getSolution()
        x, dual, reduced = (
            np.array(answer.col_value),
            np.array(answer.row_dual),
            np.array(answer.col_dual),
        )
        word = _STATUS.get(name, "error")
        if word == "optimal" and len(x) != program.num_columns:
            x = np.clip(np.zeros(program.num_columns), program.column_lower, program.column_upper)
        feasible = (
            word == "optimal"
            or info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        )
        if not feasible:
            x = np.empty(0)  # where it stopped is no answer, and its cost no cost
        found = len(x) == program.num_columns
        if len(dual) != program.num_rows or not answer.dual_valid:
            dual, reduced = np.zeros(program.num_rows), self._cost.copy()
        iterations = int(info.simplex_iteration_count) + max(int(info.ipm_iteration_count), 0)
        return Solution(
            status=word,
            message=self._highs.modelStatusToString(status),
            objective=total(self._cost, x) * program.money_scale if found else float("nan"),
            x=x * program.column_scale if found else np.empty(0),
            row_dual=dual * program.money_scale / program.row_scale,
            reduced_cost=reduced * program.money_scale / program.column_scale,
            iterations=iterations,
            seconds=seconds,
            solver=f"HiGHS {self._highs.version()} {self.algorithm}",
        )

    def ranges(
        self, row_blocks: Container[str] | None = None, column_blocks: Container[str] | None = None
    ) -> tuple[Floats, Floats, Floats]:
        """Return in which range the duals of some rows hold, and up to which cost some columns keep
        their value.

        Args:
            row_blocks: names of the blocks of rows that are asked for; None = all of them, which
                takes long.
            column_blocks: names of the blocks of columns that are asked for; None = all of them,
                which takes long.

        Returns:
            Lowest and highest right-hand side of every row and highest cost of every column for
            which the basis stays optimal, user units; NaN for what is not asked for, for rows
            without a dual, and throughout if HiGHS has no basis.
        """
        program = self.program
        low, high, cost = (
            np.full(program.num_rows, np.nan),
            np.full(program.num_rows, np.nan),
            np.full(program.num_columns, np.nan),
        )
        optimum = read_optimum(self._highs)
        if optimum is not None:
            rows, columns = (
                ids_of(program.row_blocks, row_blocks),
                ids_of(program.column_blocks, column_blocks),
            )
            low[rows], high[rows] = row_ranges(self._highs, optimum, rows)
            cost[columns] = highest_costs(self._highs, program, optimum, columns)
        return (
            low * program.row_scale,
            high * program.row_scale,
            cost * program.money_scale / program.column_scale,
        )


def solve(
    program: Program,
    *,
    time_limit_s: float | None = None,
    threads: int = 2,
    seed: int = 0,
    tolerance: float = 1e-7,
    algorithm: Algorithm = "auto",
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
        progress: see ``LiveModel.solve``.

    Returns:
        The solution in user units.
    """
    return LiveModel(
        program, threads=threads, seed=seed, tolerance=tolerance, algorithm=algorithm
    ).solve(time_limit_s=time_limit_s, progress=progress)
