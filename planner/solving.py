"""Solving one program: with which solver and which limits, again where the answer cannot be proven,
and what keeps it from being proven."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from planner.case.case import Case
from planner.limits import RANGED
from planner.lp.certificate import certificate_faults, certify
from planner.lp.polish import polished
from planner.lp.program import Program
from planner.lp.solution import Solution
from planner.plan.extract import RANGED_COLUMNS
from planner.report.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any

    from planner.lp.basis import Basis

    Resolver = Callable[[Path, Case, Basis | None, Callable[[str], None]], Mapping[str, Any] | None]
    from planner.lp.highs import Algorithm, LiveModel
    from planner.lp.whole.solve import Whole

RACE_COLUMNS: Final = 300_000
"""Above this many columns dual simplex and interior point race each other; below, the dual simplex
is the faster one (tests/benchmarks)."""
TIGHT: Final = 1e-9
"""Tolerance with which an answer that cannot be proven is sought again."""


class SolverUnknown(ValueError):
    """There is no such solver, or it is not installed; the message names what there is."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to run; what is ``None`` is taken from case.yaml."""

    solver: str | None = None
    """``highs``, or ``pulp:NAME`` for any solver that PuLP drives."""
    algorithm: Algorithm = "auto"
    """Of HiGHS."""
    time_limit_s: float | None = None
    threads: int | None = None
    strict: bool = False
    """Whether warnings of the inputs stop the run as errors do."""
    resolve: Resolver | None = None
    """What works out figures that take solving the plan again (resolved.json); None: they are left
    out."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A solver's answer, and where it has a basis, how far each of its duals holds."""

    solution: Solution
    ranges: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    """Lowest and highest right-hand side of the rows that the plan shows, for which their duals
    hold, user units; NaN for others."""
    cost_up: NDArray[np.float64] | None = None
    """Highest cost of the columns that the plan shows, USD per user unit, at which they keep their
    value; NaN for others."""
    model: LiveModel | None = None
    """The model it came from, for further questions."""
    basis: Basis | None = None
    """The basis of that optimum."""
    program: Program | None = None
    """The program with its whole counts fixed, of which all of the above is the answer; None where
    everything is divisible."""
    whole: Whole | None = None
    """The whole plan with what is proven of it; None where everything is divisible."""
    relaxed_basis: Basis | None = None
    """The basis of the answer with everything divisible, where there is one of whole things."""


def check_solver(name: str, algorithm: Algorithm = "auto") -> None:
    """Raise ``SolverUnknown`` for a solver, or an algorithm of HiGHS, that does not exist or is not
    installed, before time is spent on a program for it."""
    if name == "highs":
        if algorithm != "auto":
            from planner.lp.pool import has_algorithm

            if not has_algorithm(algorithm):
                raise SolverUnknown(
                    f"HiGHS has no algorithm {algorithm!r} as installed here\nNext: pip install "
                    "highspy-extras where it is wanted, or give --algorithm auto, simplex or ipx"
                )
        return
    if algorithm != "auto":
        raise SolverUnknown(
            f"--algorithm {algorithm} is one of HiGHS, and the solver is {name}\nNext: give "
            "--solver highs, or leave --algorithm out"
        )
    if not name.startswith("pulp:"):
        raise SolverUnknown(
            f"solver {name!r} is not known\nNext: give --solver highs, or --solver pulp:NAME for "
            "a solver that PuLP drives"
        )
    from planner.lp.pulp import list_solvers

    known = list_solvers()
    if name.removeprefix("pulp:") not in known:
        raise SolverUnknown(
            f"PuLP has no solver {name.removeprefix('pulp:')!r} on this machine\nNext: give "
            f"--solver pulp:NAME with one of {', '.join(known)}, or --solver highs"
        )


def solve_program(
    program: Program, case: Case, options: Options, progress: Progress, ranged: bool = True
) -> Solved:
    """Solve a program, everything divisible, with the solver of the options, or of case.yaml.

    Args:
        program: the program.
        case: the case it is of.
        options: how to solve.
        progress: where it is told how far the solver is.
        ranged: whether it is worked out how far each dual holds.

    Raises:
        RuntimeError: where the solver refuses the program or an option.
    """
    settings = case.settings
    name, limit, threads = settled(options, case)
    if name == "highs":
        from planner.lp.coarse import climb, coarse_model
        from planner.lp.confirm import confirmed
        from planner.lp.highs import LiveModel

        if options.algorithm == "auto" and program.num_columns > RACE_COLUMNS:
            from planner.lp.race import race

            model, solution = race(
                program,
                threads=threads,
                seed=settings.seed,
                time_limit_s=limit,
                progress=progress.note,
            )
        else:
            model = LiveModel(
                program, threads=threads, seed=settings.seed, algorithm=options.algorithm
            )
            coarse = (
                coarse_model(program, threads=threads, seed=settings.seed)
                if model.algorithm == "simplex"
                else None
            )
            solution = climb(model, coarse, time_limit_s=limit, progress=progress.note)
        if solution.status == "optimal" and model.basis() is None:
            from planner.lp.finish import finished

            solution = finished(model, solution, progress.note)
        if solution.status == "unbounded":
            model, solution = confirmed(model, solution)
        if solution.status != "optimal":
            return Solved(solution)
        if certificate_faults(certify(program, solution), settings.gap):
            model, solution = cure(model, solution, settings.gap, settings.seed, threads, progress)
        solution = polished(program, solution)
        if not ranged:
            return Solved(solution, model=model, basis=model.basis())
        progress.note("how far each dual holds")
        low, high, cost_up = model.ranges(RANGED, RANGED_COLUMNS)
        return Solved(solution, (low, high), cost_up, model, model.basis())
    from planner.lp.pulp import solve_with_pulp

    solution = solve_with_pulp(program, name.removeprefix("pulp:"), time_limit_s=limit)
    if solution.status in ("infeasible", "unbounded"):  # some take the one for the other
        from planner.lp.confirm import confirmed
        from planner.lp.highs import LiveModel

        model = LiveModel(program, threads=threads, seed=settings.seed)
        solution = confirmed(model, solution)[1]
    if solution.status == "optimal" and not certify(program, solution).gap <= settings.gap:
        solution = _with_bound(program, solution, threads, settings.seed, progress)
    return Solved(polished(program, solution) if solution.status == "optimal" else solution)


def cure(
    model: LiveModel,
    solution: Solution,
    gap: float,
    seed: int,
    threads: int,
    progress: Progress,
) -> tuple[LiveModel, Solution]:
    """Return an answer that can be proven where the solver's first one cannot: its residuals or its
    gap are beyond tolerance.

    Tried in turn: a tighter tolerance from where it stands, the program scaled anew and solved from
    scratch by the dual simplex, and by interior point with crossover.  If none can be proven the
    first answer stands, and is reported as what it is.
    """
    from planner.lp.highs import LiveModel

    program = model.program

    def tighter() -> tuple[LiveModel, Solution]:
        for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
            model.set_option(name, TIGHT)
        return model, model.solve(progress=progress.note)

    def afresh(algorithm: Algorithm, scaling: int) -> tuple[LiveModel, Solution]:
        other = LiveModel(program, threads=threads, seed=seed, tolerance=TIGHT, algorithm=algorithm)
        other.set_option("simplex_scale_strategy", scaling)
        return other, other.solve(progress=progress.note)

    attempts = (
        ("a tighter tolerance", tighter),
        ("another scaling", lambda: afresh("simplex", 4)),
        ("interior point", lambda: afresh("ipx", 2)),
    )
    for name, attempt in attempts:
        try:
            other, found = attempt()
        except RuntimeError as refusal:
            progress.record(f"{name}: {refusal}")
            continue
        if found.status == "optimal" and not certificate_faults(certify(program, found), gap):
            progress.say(f"  the first answer could not be proven; {name} gave one that can")
            return other, found
    return model, solution


def _with_bound(
    program: Program, solution: Solution, threads: int, seed: int, progress: Progress
) -> Solution:
    """Return a solver's plan with duals that prove it, where its own do not.

    Solvers that PuLP reads through text files (CBC) hand over about eight digits of their duals, or
    none.  Any optimal duals belong to any optimal plan, so HiGHS supplies them; if the two solvers
    disagreed, the gap would stay open and the plan unproven.
    """
    from planner.lp.highs import LiveModel

    second = LiveModel(program, threads=threads, seed=seed).solve(progress=progress.note)
    if second.status != "optimal":
        return solution
    return dataclasses.replace(
        solution,
        row_dual=second.row_dual,
        reduced_cost=second.reduced_cost,
        solver=f"{solution.solver}, bound by {second.solver}",
    )


def settled(options: Options, case: Case) -> tuple[str, float | None, int]:
    """Return solver, time limit (seconds, None = none) and threads: of the options, otherwise of
    case.yaml."""
    settings = case.settings
    return (
        options.solver or settings.solver,
        options.time_limit_s if options.time_limit_s is not None else settings.time_limit_s,
        options.threads if options.threads is not None else settings.threads,
    )
