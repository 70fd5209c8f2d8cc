"""Here and now: one set of orders until the reveal for all scenarios of a case, and what it is
worth beside knowing, beside planning for the mean and beside each scenario alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.case.problems import CaseError, Place, Problem, error
from planner.case.tables import FUTURES
from planner.futures.joint import (
    NOTHING,
    Alone,
    Joint,
    Settings,
    each_with_these,
    objective,
    solve_alone,
    solve_joint,
    with_these,
)
from planner.futures.mean import mean_case
from planner.futures.scenario import Futures
from planner.futures.tree import Tied, decisions, groups, tie
from planner.lp.held import held
from planner.lp.program import Floats, Ints, Program
from planner.lp.relabel import column_keys, positions
from planner.lp.solution import Solution
from planner.lp.ties import settle_ties
from planner.model import Formulation, formulate
from planner.model.preference import preferences
from planner.report.progress import Progress
from planner.solving import Options, settled, solve_program

CLOSE = 1e-9
"""Share of the cost below which a difference is rounding."""


@dataclass(frozen=True, slots=True)
class Mean:
    """The plan of the mean forecast, kept until the reveal, in every scenario."""

    cost: Floats
    """USD, NaN where a scenario has no plan with its orders, (scenarios,)."""
    objective: float
    """What is minimised, of these; NaN where one is missing."""
    own: float
    """What it promises: the cost of the mean itself."""
    orders: Floats
    """Its orders of the common columns, user units, (common,); NaN where there is none."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided for all scenarios together, USD."""

    futures: Futures
    settings: Settings
    formulations: tuple[Formulation, ...]
    programs: tuple[Program, ...]
    group: Ints
    """See ``tree.groups``, (scenarios, periods)."""
    tied: Tied
    alone: Alone
    joint: Joint
    mean: Mean | None

    @property
    def cost(self) -> float:
        """What is minimised."""
        return objective(self.joint.cost, self.settings)

    @property
    def expected(self) -> float:
        """Expected cost."""
        return float((self.joint.cost * self.settings.probability).sum())

    @property
    def bound(self) -> float:
        """No plan can come to less, of what is minimised."""
        return self.joint.certificate.bound

    @property
    def known(self) -> float:
        """What is minimised, where every scenario is known from the start."""
        return objective(self.alone.cost, self.settings)


def decide(futures: Futures, options: Options, progress: Progress) -> Decided:
    """Return the orders that are best for all scenarios of a case together.

    Args:
        futures: the case and its scenarios.
        options: how to solve.
        progress: where it is told how far the solver is.

    Raises:
        CaseError: where a scenario has no plan, or no orders suit all of them.
        RuntimeError: where the solver refuses a program.
    """
    case, scenarios = futures.base.case, futures.scenarios
    _, _, threads = settled(options, case)
    share = np.array([one.probability for one in scenarios])
    share = share / share.sum()
    settings = Settings(
        share,
        futures.reveal.risk,
        tuple(one.name for one in scenarios),
        case.settings.gap,
        threads,
        case.settings.seed,
    )
    with progress.phase("formulate"):
        formulations = tuple(formulate(one.case) for one in scenarios)
        group = groups(futures)
        tied = tie(formulations, group)
        programs = tuple(
            held(one.program, np.flatnonzero(bar), 0.0)
            for one, bar in zip(formulations, tied.barred, strict=True)
        )
    with progress.phase("mean"):
        middle = formulate(mean_case(case, [one.case for one in scenarios], share))
        solved = solve_program(middle.program, case, options, progress, ranged=False)
        start = None if solved.basis is None else (middle.program, solved.basis)
    with progress.phase("alone"):
        prefer = [_latest(one) for one in formulations]
        alone = solve_alone(programs, start, settings, prefer, progress.note)
        _all_planned(futures, alone)
    with progress.phase("together"):
        joint = solve_joint(programs, tied.keys, alone, settings, prefer, progress.note)
        if joint.solution.status != "optimal":
            raise CaseError([_no_orders(futures, joint)])
    decided = Decided(
        futures, settings, formulations, programs, group, tied, alone, joint, mean=None
    )
    if solved.solution.status != "optimal":
        return decided
    with progress.phase("mean"):
        found = solved.solution
        if solved.model is not None:
            found = settle_ties(solved.model, found, _latest(middle))
        return dataclasses.replace(decided, mean=_of_mean(decided, middle, found))


def _latest(formulation: Formulation) -> tuple[Floats, ...]:
    """Return the preference of the equally cheap plan that commits latest and orders least."""
    return preferences(formulation)[1:3]


def _all_planned(futures: Futures, alone: Alone) -> None:
    """Raise ``CaseError`` where a scenario has no plan even if it is known."""
    file, problems = FUTURES["scenarios"].path, list[Problem]()
    for one, solution in zip(futures.scenarios, alone.solutions, strict=True):
        if solution.status != "optimal":
            what = "has no plan" if solution.status == "infeasible" else "has no cheapest plan"
            need = f"{what}, even where it is known from the start ({solution.message})"
            fix = (
                "give what cannot be served a price (short_usd_per_mtok or "
                "short_usd_per_1e21_flop in workloads.csv, late_usd_per_period in "
                "milestones.csv), or change less"
            )
            place = Place(file, one.changed.row, "scenario")
            problems.append(error("scenario-without-plan", place, one.name, need, fix))
    if problems:
        raise CaseError(problems)


def _no_orders(futures: Futures, joint: Joint) -> Problem:
    label = futures.base.case.calendar.label
    reveals = ", ".join(label(period) for period in futures.reveal.periods)
    place = Place("case.yaml", futures.base.lines.get("reveal"), "reveal")
    need = f"leaves no orders that suit every scenario ({joint.solution.message})"
    fix = (
        "give what cannot be served a price (short_usd_per_mtok in workloads.csv), or let the "
        "future be known earlier"
    )
    return error("no-common-orders", place, reveals, need, fix)


def common(decided: Decided, number: int) -> tuple[Ints, Ints]:
    """Return the columns of a scenario that it shares with another, and where they stand in the
    whole, (n,) each."""
    at = np.flatnonzero(decided.tied.keys[number] > 0)
    return at, decided.joint.found.column[number][at]


def _of_mean(decided: Decided, middle: Formulation, solution: Solution) -> Mean:
    """Return what the plan of the mean comes to where its orders are kept until the first
    reveal."""
    first = decided.futures.reveal.periods[0]
    keys = column_keys(middle.program)
    joint, settings = decided.joint, decided.settings
    orders = np.full(joint.found.shared, NOTHING)
    columns, values = [], []
    for number, formulation in enumerate(decided.formulations):  # a loop over scenarios
        at, whole = common(decided, number)
        at, whole = (part[decisions(formulation)[at] < first] for part in (at, whole))
        found = positions(keys, column_keys(formulation.program)[at])
        x = np.where(found >= 0, solution.x[np.maximum(found, 0)], 0.0)
        program = decided.programs[number]
        scale = program.column_scale[at]
        x = np.clip(x, program.column_lower[at] * scale, program.column_upper[at] * scale)
        orders[whole] = x
        columns.append(at)
        values.append(x)
    if len(decided.futures.reveal.periods) == 1:
        each = each_with_these(decided.programs, decided.alone.bases, columns, values, settings)
        cost = np.array([one.objective if one.status == "optimal" else NOTHING for one in each])
    else:
        held = np.flatnonzero(~np.isnan(orders))
        cost = with_these(joint, decided.programs, held, orders[held], settings).cost
    whole_cost = NOTHING if np.isnan(cost).any() else objective(cost, settings)
    return Mean(cost, whole_cost, solution.objective, orders)


def changes_nothing(decided: Decided) -> bool:
    """Return whether planning for the mean forecast does as well as planning for the range."""
    if decided.mean is None or np.isnan(decided.mean.objective):
        return False
    return decided.mean.objective - decided.cost <= CLOSE * max(abs(decided.cost), 1.0)


def names(values: Sequence[str]) -> str:
    """Return names as they stand in one cell."""
    return "; ".join(values)
