"""HiGHS, called with whole arrays: statuses, tolerances, hot starts and ranging.

The status of every call is checked: HiGHS goes on with defaults where an option or a model is
refused.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Container
from typing import Any, Final, Literal

import highspy
import numpy as np
from numpy.typing import NDArray

from planner.lp.basis import Basis, as_highs, basis_of, carried
from planner.lp.handover import alike, change_numbers, checked, hand_over
from planner.lp.pool import settle_pool
from planner.lp.program import Program
from planner.lp.ranging import ranges
from planner.lp.reading import solution_of
from planner.lp.relabel import same_names
from planner.lp.solution import Solution
from planner.lp.watch import Watch

Floats = NDArray[np.float64]
Algorithm = Literal["auto", "simplex", "ipx", "pdlp", "hipo"]
Progress = Callable[[str], None]

SIMPLEX_COLUMNS: Final = 300_000
"""Up to this many columns the dual simplex is used, above it interior point with crossover
(measured: see tests/benchmarks)."""
WATCHED_COLUMNS: Final = 5_000
"""Smaller programs are over in a tenth of a second: nobody waits for them or stops them."""


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
            checked(self._highs.setOptionValue(name, value), f"set {name} to {value}")
        hand_over(self._highs, program)

    def set_option(self, name: str, value: Any) -> None:
        """Set a HiGHS option; raises ``RuntimeError`` if it is refused."""
        checked(self._highs.setOptionValue(name, value), f"set {name} to {value}")

    def set_costs(self, columns: NDArray[np.int64], usd: Floats) -> None:
        """Change objective coefficients of columns, (n,), to USD per user unit, (n,)."""
        scaled = usd * self.program.column_scale[columns] / self.program.money_scale
        self._cost[columns] = scaled
        checked(
            self._highs.changeColsCost(len(columns), columns.astype(np.int32), scaled),
            "change costs",
        )

    def set_column_bounds(self, columns: NDArray[np.int64], lower: Floats, upper: Floats) -> None:
        """Change bounds of columns, (n,), in user units, (n,) each."""
        scale = self.program.column_scale[columns]
        checked(
            self._highs.changeColsBounds(
                len(columns), columns.astype(np.int32), lower / scale, upper / scale
            ),
            "change column bounds",
        )

    def set_row_bounds(self, rows: NDArray[np.int64], lower: Floats, upper: Floats) -> None:
        """Change limits of rows, (n,), in user units, (n,) each."""
        scale = self.program.row_scale[rows]
        change: Any = self._highs.changeRowsBounds  # type: ignore[attr-defined]
        checked(
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
        same = alike(old, program)
        if same:
            change_numbers(self._highs, self._cost, old, program)
        else:
            basis = self.basis()
            if start is not None:
                old, basis = start
            hand_over(self._highs, program)
            if basis is not None and same_names(old, program):
                self.set_basis(basis)
            elif basis is not None:
                self.set_basis(carried(basis, old, program), repair=True)
        self._cost = program.cost.copy()
        return same

    def basis(self) -> Basis | None:
        """Return the current basis; None where there is none."""
        return basis_of(self._highs)

    def dual_ray(self) -> Floats | None:
        """Return the multipliers of rows, (rows,), per unit of the row and the largest near 1, by
        which the last solve found no answer; None where it has none.  Their sign is a matter of
        convention.
        """
        settle_pool(self._threads)  # it may have to solve once more
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
            self._given = (basis, as_highs(basis, repair))
        checked(self._highs.setBasis(self._given[1]), "take a basis")
        self.set_option("solver", "simplex")  # interior point would not use it

    def forget(self) -> None:
        """Forget the last solve: the next one depends on the program and on a basis given after
        this, and on nothing before."""
        checked(self._highs.clearSolver(), "forget the last solve")

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
        checked(self._highs.setOptionValue("time_limit", float(limit)), "set the time limit")
        self._run(progress)
        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kUnboundedOrInfeasible:
            checked(self._highs.setOptionValue("presolve", "off"), "switch presolve off")
            self._run(progress)
            checked(self._highs.setOptionValue("presolve", "choose"), "switch presolve on")
        seconds = time.perf_counter() - begin
        return solution_of(self._highs, self.program, self._cost, self.algorithm, seconds)

    def stop(self) -> None:
        """Ask a running solve, in whatever thread, to end soon; harmless where none runs."""
        self._watch.stop()

    def go_on(self) -> None:
        """Let the next solve run after one that was asked to end."""
        self._watch.go_on()

    def _run(self, progress: Progress | None) -> None:
        """Run HiGHS so that Ctrl-C and progress reach us while it works."""

        def work() -> None:
            checked(self._highs.run(), "solve")

        settle_pool(self._threads)
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
            which the basis stays optimal, user units, (rows,), (rows,) and (columns,); NaN for what
            is not asked for, for rows without a dual, and throughout if HiGHS has no basis.
        """
        return ranges(self._highs, self.program, row_blocks, column_blocks)


def solve(
    program: Program,
    *,
    time_limit_s: float | None = None,
    threads: int = 2,
    seed: int = 0,
    tolerance: float = 1e-7,
    algorithm: Algorithm = "auto",
) -> Solution:
    """Solve a program once.

    Args:
        program: the program.
        time_limit_s: seconds; None = no limit.
        threads: threads HiGHS may use.
        seed: its random seed.
        tolerance: feasibility tolerance on the scaled program.
        algorithm: see ``LiveModel``.

    Returns:
        The solution in user units.
    """
    return LiveModel(
        program, threads=threads, seed=seed, tolerance=tolerance, algorithm=algorithm
    ).solve(time_limit_s=time_limit_s)
