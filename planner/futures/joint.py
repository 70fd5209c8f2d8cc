"""Solving the program of all futures: from where each of them stands alone, with a proven bound."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.futures.cvar import weighed, with_risk
from planner.futures.extensive import Extensive, extensive, started_from
from planner.futures.reveal import Risk
from planner.lp.basis import AT_LOWER, BASIC, Basis, carried
from planner.lp.certificate import Certificate, certify
from planner.lp.confirm import confirmed
from planner.lp.held import held
from planner.lp.highs import LiveModel
from planner.lp.program import Floats, Ints, Program
from planner.lp.solution import Solution, total
from planner.lp.ties import settle_ties

NOTHING: Final = float("nan")
TIGHT: Final = 1e-9
"""Tolerance with which an answer that cannot be proven is sought again."""
SETTLED: Final = 50_000
"""Columns of all futures together up to which it is settled which of several equally cheap plans is
taken: beyond, it takes longer than finding one."""
Note = Callable[[str], None]
Preferences = Sequence[Sequence[Floats]]
"""Of every future, weights per column and scaled unit, the most important first."""


@dataclass(frozen=True, slots=True)
class Alone:
    """What each future costs where it is known from the start: USD, NaN where it has no plan."""

    cost: Floats
    bound: Floats
    solutions: tuple[Solution, ...]
    bases: tuple[Basis | None, ...]


@dataclass(frozen=True, slots=True)
class Joint:
    """The plan of all futures together."""

    found: Extensive
    solution: Solution
    certificate: Certificate
    """Of the whole, with what is minimised as its objective."""
    cost: Floats
    """Of every future, USD, (futures,)."""
    basis: Basis | None


@dataclass(frozen=True, slots=True)
class Settings:
    """How futures are weighed and solved."""

    probability: Floats
    risk: Risk
    names: tuple[str, ...]
    gap: float = 1e-6
    threads: int = 2
    seed: int = 0


def solve_alone(
    programs: Sequence[Program],
    start: tuple[Program, Basis] | None,
    settings: Settings,
    prefer: Preferences = (),
    note: Note | None = None,
) -> Alone:
    """Return what each future comes to by itself.

    Args:
        programs: of every future.
        start: a program and its basis, from where each is solved.
        settings: how they are solved.
        prefer: which of several equally cheap answers is taken, of every future.
        note: called with where the solver stands.
    """
    solutions, bases = [], []
    bounds = np.full(len(programs), NOTHING)
    for number, program in enumerate(programs):  # a loop over futures
        model = LiveModel(program, threads=settings.threads, seed=settings.seed)
        if start is not None:
            model.set_basis(carried(start[1], start[0], program), repair=True)
        model, solution = confirmed(model, model.solve(progress=note))
        if solution.status == "optimal":
            bounds[number] = certify(program, solution).bound
            if prefer:
                solution = settle_ties(model, solution, prefer[number])
        solutions.append(solution)
        bases.append(model.basis())
    return Alone(_costs(solutions), bounds, tuple(solutions), tuple(bases))


def _costs(solutions: Sequence[Solution]) -> Floats:
    return np.array([s.objective if s.status == "optimal" else NOTHING for s in solutions])


def solve_joint(
    programs: Sequence[Program],
    tied: Sequence[np.ndarray],
    alone: Alone,
    settings: Settings,
    prefer: Preferences = (),
    note: Note | None = None,
) -> Joint:
    """Return the plan of all futures in which tied columns are one.

    Args:
        programs: of every future.
        tied: of each, the key of every column (see ``extensive``).
        alone: each by itself.
        settings: how they are weighed and solved.
        prefer: which of several equally cheap answers is taken, of every future.
        note: called with where the solver stands.
    """
    probability, risk = settings.probability, settings.risk
    plain = extensive(programs, probability, tied, settings.names)
    found = with_risk(plain, programs, probability, risk, _least(alone))
    bases = [basis for basis in alone.bases if basis is not None]
    start = None
    if len(bases) == len(programs):
        start = started_from(plain, bases)
        more = found.program.num_columns - plain.program.num_columns
        below = found.program.num_rows - plain.program.num_rows
        start = Basis(
            np.append(start.columns, np.full(more, AT_LOWER, np.int8)),
            np.append(start.rows, np.full(below, BASIC, np.int8)),
        )
    model, solution = _solved(found.program, start, settings, note)
    if prefer and solution.status == "optimal" and found.program.num_columns <= SETTLED:
        together = [np.zeros(found.program.num_columns) for _ in prefer[0]]
        for share, mine, at in zip(probability, prefer, found.column, strict=True):
            for weights, own in zip(together, mine, strict=True):
                weights[at] += share * own
        solution = settle_ties(model, solution, together, note)
    return _joint(found, programs, model, solution)


def _least(alone: Alone) -> float:
    """Return a cost that no future is below, USD."""
    bounds = alone.bound[np.isfinite(alone.bound)]
    return float(bounds.min()) if len(bounds) == len(alone.bound) else -np.inf


def _solved(
    program: Program, start: Basis | None, settings: Settings, note: Note | None
) -> tuple[LiveModel, Solution]:
    model = LiveModel(program, threads=settings.threads, seed=settings.seed, algorithm="simplex")
    if start is not None:
        model.set_basis(start, repair=True)
    model, solution = confirmed(model, model.solve(progress=note))
    if solution.status == "optimal" and abs(certify(program, solution).gap) > settings.gap:
        for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
            model.set_option(name, TIGHT)
        again = model.solve(progress=note)
        if again.status == "optimal":
            solution = again
    return model, solution


def _joint(
    found: Extensive, programs: Sequence[Program], model: LiveModel, solution: Solution
) -> Joint:
    if solution.status != "optimal":
        nothing = Certificate(NOTHING, -np.inf, np.inf, 0.0, "", 0.0, "", "")
        return Joint(found, solution, nothing, np.full(len(programs), NOTHING), None)
    costs = [
        total(program.cost, x / program.column_scale) * program.money_scale
        for program, x in zip(programs, split(found, solution), strict=True)
    ]
    certificate = certify(found.program, solution)
    return Joint(found, solution, certificate, np.array(costs), model.basis())


def split(found: Extensive, solution: Solution) -> list[Floats]:
    """Return the values of the columns of every future, user units."""
    return [solution.x[at] for at in found.column]


def with_these(
    joint: Joint, programs: Sequence[Program], columns: Ints, x: Floats, settings: Settings
) -> Joint:
    """Return the best that is left where some common columns of the whole have these values.

    Args:
        joint: the plan of all futures.
        programs: of every future.
        columns: columns of the whole, (n,).
        x: their values, user units, (n,).
        settings: how futures are weighed and solved.
    """
    program = held(joint.found.program, columns, x)
    model, solution = _solved(program, joint.basis, settings, None)
    return _joint(dataclasses.replace(joint.found, program=program), programs, model, solution)


def each_with_these(
    programs: Sequence[Program],
    bases: Sequence[Basis | None],
    columns: Sequence[Ints],
    x: Sequence[Floats],
    settings: Settings,
) -> list[Solution]:
    """Return each future solved with some of its columns fixed, from a basis of its own.

    Args:
        programs: of every future.
        bases: where each starts.
        columns: of each, columns that are fixed, (n,).
        x: their values, user units, (n,).
        settings: how they are solved.
    """
    solutions = []
    for program, basis, at, values in zip(programs, bases, columns, x, strict=True):
        model = LiveModel(held(program, at, values), threads=settings.threads, seed=settings.seed)
        if basis is not None:
            model.set_basis(basis, repair=True)
        solutions.append(confirmed(model, model.solve())[1])
    return solutions


def objective(costs: Floats, settings: Settings) -> float:
    """Return what is minimised of some costs, (futures,), USD."""
    return weighed(costs, settings.probability, settings.risk)
