"""A plan that can be questioned: its case and program in a live solver, solved again from where it
stands after any change of inputs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.case.case import Case
from planner.lp.basis import DUAL, PRIMAL, Basis
from planner.lp.certificate import residuals
from planner.lp.confirm import confirmed
from planner.lp.highs import LiveModel
from planner.lp.program import Program
from planner.lp.solution import Solution
from planner.model import Formulation, formulate
from planner.model.rewrite import rewrite
from planner.runs.basis import read_basis
from planner.runs.inputs import read_inputs
from planner.runs.read import RunError

DEVEX: Final = 1
"""HiGHS's number for the pricing of the dual simplex that begins without any solves."""
FEW_ROWS: Final = 1e-3
"""Share of the rows that the primal simplex may find violated."""
VIOLATED: Final = 1e-6
"""A smaller residual, relative to the scale of a row, is rounding."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What another case comes to: ``optimal`` with its cost, or why there is no plan."""

    status: str
    objective: float
    """USD; NaN where there is no plan."""
    formulation: Formulation
    solution: Solution


@dataclass(slots=True)
class Live:
    """The live model, and the case and answer it was opened with."""

    case: Case
    formulation: Formulation
    solution: Solution
    model: LiveModel
    basis: Basis | None
    """The basis of that answer."""
    solves: int = 0

    def ask(self, case: Case) -> Asked:
        """Solve another case from the current basis: its numbers are changed in place where its
        columns and rows are the same.

        Args:
            case: the case with something changed (see ``with_rows``).

        Returns:
            Its status and cost; the model stands at that answer afterwards.
        """
        return self.ask_program(rewrite(self.formulation, case) or formulate(case))

    def ask_program(self, formulation: Formulation) -> Asked:
        """Solve another formulation from the current basis."""
        # every question starts from the first optimum: nearer than wherever the last one ended, and
        # the answer does not depend on the order
        first, program = self.formulation.program, formulation.program
        same = self.model.become(program, None if self.basis is None else (first, self.basis))
        self.model.set_option(
            "simplex_strategy",
            PRIMAL
            if self.basis is not None and still_a_plan(first, program, self.solution.x)
            else DUAL,
        )
        if (
            same
            and self.basis is not None
            and (len(self.basis.columns), len(self.basis.rows))
            == (program.num_columns, program.num_rows)
        ):
            self.model.forget()
            self.model.set_basis(self.basis)
        self.solves += 1
        solution = self._confirmed(self.model.solve())
        objective = solution.objective if solution.status == "optimal" else float("nan")
        return Asked(solution.status, objective, formulation, solution)

    def _confirmed(self, solution: Solution) -> Solution:
        """Return an answer; that there is none, or no end, only where that is confirmed."""
        model, told = confirmed(self.model, solution)
        if model is self.model or told.status != "optimal":
            return told
        basis = model.basis()
        if basis is not None:
            self.model.set_basis(basis)
        return self.model.solve()


def open_case(case: Case, basis: Basis | None = None, threads: int | None = None) -> Live:
    """Return a case solved and ready for questions.

    Args:
        case: the case.
        basis: where to start, if known.
        threads: threads for the solver; left out: as the case says.

    Raises:
        RunError: where the case has no optimal plan.
    """
    formulation = formulate(case)
    model = LiveModel(
        formulation.program,
        threads=case.settings.threads if threads is None else threads,
        seed=case.settings.seed,
    )
    program = formulation.program
    if basis is not None and (len(basis.columns), len(basis.rows)) == (
        program.num_columns,
        program.num_rows,
    ):
        model.set_basis(basis)
    solution = model.solve()
    if solution.status != "optimal":
        raise RunError(
            f"the case has no optimal plan to ask about ({solution.message}). Next: planner run "
            f"{case.folder}"
        )
    ready_for_questions(model)
    return Live(case, formulation, solution, model, model.basis())


def ready_for_questions(model: LiveModel) -> None:
    """Make a model solve from its basis from now on, in the way that is cheapest for a few
    pivots."""
    model.set_option("solver", "simplex")
    # exact steepest edge begins with a solve for every row of the basis, which costs more than the
    # pivots it saves
    model.set_option("simplex_dual_edge_weight_strategy", DEVEX)
    model.set_option(
        "primal_simplex_bound_perturbation_multiplier", 0.0
    )  # moving the limits would undo what the basis is good for


def still_a_plan(first: Program, program: Program, x: NDArray[np.float64]) -> bool:
    """Return whether an optimum is, up to few rows, a plan of another program too, so that only its
    cost need not be the least.

    Then the primal simplex goes on from there, in a third of the time of the dual one
    (tests/benchmarks).  Where limits move, even outwards, and where many rows are violated the dual
    one is the faster.

    Args:
        first: the program with that optimum.
        program: the other program.
        x: the optimum, user units, (columns,).
    """
    if len(x) != program.num_columns or not all(
        np.array_equal(getattr(first, name), getattr(program, name))
        for name in ("row_lower", "row_upper")
    ):
        return False
    rows, columns = residuals(program, x / program.column_scale)
    return bool((rows > VIOLATED).mean() < FEW_ROWS and not (columns > VIOLATED).any())


def reopen(folder: Path, threads: int | None = None) -> Live:
    """Return a run's case and program, live, at its optimum: from the inputs and the basis that the
    run kept.

    Args:
        folder: the run folder.
        threads: see ``open_case``.

    Raises:
        RunError: where the folder is not a run or its inputs can no longer be read.
    """
    return open_case(read_inputs(folder), read_basis(folder), threads)


def with_rows(case: Case, table: str, rows: Any, **values: Any) -> Case:
    """Return a case with cells of one table changed.

    Args:
        case: the case.
        table: the table.
        rows: boolean mask or positions of the rows to change.
        values: column -> new value, or array of one value per row changed.

    Returns:
        A new case; the given one is left as it is.
    """
    frame = case[table].copy()
    where = np.flatnonzero(rows) if np.asarray(rows).dtype == bool else np.asarray(rows)
    for column, value in values.items():
        cells = frame[column].to_numpy(copy=True)
        cells[where] = value
        frame[column] = cells
    return with_tables(case, {table: frame})


def with_more(frame: pd.DataFrame, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return a table of a case with rows added at its end.

    Args:
        frame: the table.
        rows: column -> cell of every new row; figures that are not named are blank, texts empty,
            and the row belongs to no file.

    Returns:
        A new table with the types of the given one.
    """
    empty = {"f": np.nan, "i": 0, "b": False}
    blank = {name: empty.get(frame[name].dtype.kind, "") for name in frame.columns}
    typed = {name: kind for name, kind in frame.dtypes.items() if kind.kind in empty}
    added = pd.DataFrame([blank | dict(row) for row in rows]).astype(typed)
    added = added[list(frame.columns)]
    return pd.concat([frame, added], ignore_index=True) if len(frame) else added


def with_tables(case: Case, tables: Mapping[str, pd.DataFrame]) -> Case:
    """Return a case with whole tables replaced."""
    return dataclasses.replace(case, tables={**case.tables, **tables})
