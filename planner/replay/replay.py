"""The driver: period by period a policy plans with what was known then, signs what it orders in
that period, sees what is asked for, and serves it with what it has.

All of it is one program, that of the case from its first to its last period.  What has been signed
and done is fixed in it, what has been asked for is its demand, and the rest is believed: so the
cost of the last solve is what the policy has executed, in the same money and with the same credit
for what is left as the plan of somebody who knew everything, which is the same program with nothing
fixed.  That a roll to a later start changes nothing of the cost is a property of its own
(``planner.roll``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.case.case import Case
from planner.lp.certificate import certificate_faults, certify
from planner.lp.solution import Solution
from planner.machines.executor import executor
from planner.machines.job import Job
from planner.machines.where import HERE, Where
from planner.model import Formulation, formulate
from planner.model.lots import NEW
from planner.model.rewrite import rewrite
from planner.replay.belief import believed
from planner.replay.buying import refused
from planner.replay.history import History
from planner.replay.policy import Policy
from planner.runs.read import RunError
from planner.study.live import Asked, Live, open_case, with_tables

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SIGNED: Final = (
    "order",
    "at_step",
    "step_on",
    "placed",
    "build",
    "blocks",
    "project_opening",
    "move",
    "cancel",
    "more",
    "less",
)
"""Blocks of columns that are decided when a period begins; all others of the period are decided
when its demand is known."""
NEVER: Final = -1
GAP: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a policy comes to."""

    policy: Policy
    status: str
    """``optimal``; otherwise what the solver said in the period ``when``."""
    when: str
    cost: float
    """Executed, USD; NaN where it came to no end."""
    faults: tuple[str, ...] = ()
    """What keeps the last solve from being proven."""


def replay(
    case: Case,
    history: History,
    policies: Sequence[Policy],
    where: Where = HERE,
    tick: Callable[[], None] = lambda: None,
) -> tuple[Replayed, tuple[Replayed, ...]]:
    """Return what was best, had everything been known, and what policies come to.

    Args:
        case: the case as it stood when the history begins; everything in it is divisible.
        history: what was asked for, and forecast when.
        policies: what is played.
        where: where they are played, side by side; left out: in this process.
        tick: called several times a second.

    Raises:
        RunError: where a policy needs what the history has not, or there is no plan even for
            somebody who knew everything.
    """
    for policy in policies:
        believed(case, history, policy, 0, 0)  # what is missing is told before anything is solved
    job = Job(opened, played, (case, history))
    with executor(where.threads or 1, where.cluster) as machines:
        found = dict(machines.each(job, [None, *policies], tick))
    return found[0], tuple(found[at + 1] for at in range(len(policies)))


CLAIRVOYANT: Final = Policy("clairvoyant", "given", None, 0.0, 0.0, False, "any", "all was known")


@dataclass(frozen=True, slots=True)
class Board:
    """A case whose demand is what really was asked for, live, and its history."""

    live: Live
    history: History
    signed: Ints
    """Of each column the period in which it is signed; ``NEVER`` where it is not."""
    done: Ints
    """Of each column the period in which it is done."""


def opened(base: tuple[Case, History], own: bool) -> Board:
    """Open a case with all of its history known.

    Raises:
        RunError: where there is no plan then.
    """
    case, history = base
    live = open_case(with_demand(case, history, history.actual), threads=1)
    live.model.watched = own
    return Board(live, history, *_when(live.formulation))


def with_demand(case: Case, history: History, demand: Floats) -> Case:
    """Return a case with other amounts in demand.csv, (n, A)."""
    table = case["demand"].copy()
    for at, name in enumerate(history.columns):
        table[name] = demand[:, at]
    return with_tables(case, {"demand": table})


def _when(formulation: Formulation) -> tuple[Ints, Ints]:
    """When each column is signed, and when it is done."""
    lots = formulation.lots
    signed, done = (np.full(formulation.program.num_columns, NEVER) for _ in range(2))
    order = np.where(lots.origin == NEW, lots.order_period, 0)
    for block in formulation.program.column_blocks:
        here = slice(block.first, block.first + block.count)
        if "period" in block.labels:
            when = np.asarray(block.labels["period"], dtype=np.int64)
        elif "lot" in block.labels:
            when = order[block.labels["lot"]]
        else:
            continue
        (signed if block.name in SIGNED else done)[here] = when
    return signed, done


def played(board: Board, policy: Policy | None) -> Replayed:
    """Return what a policy executes; None: what was best, had everything been known."""
    live = board.live
    case = live.case
    if policy is None:
        faults = _faults(live.formulation, live.solution)
        return Replayed(CLAIRVOYANT, "optimal", "", live.solution.objective, faults)
    fixed = np.full(live.formulation.program.num_columns, np.nan)
    never = refused(live.formulation, policy.buy)
    asked: Asked | None = None
    for now in range(case.calendar.count):
        for known, columns in (
            (now, board.signed == now),
            (now + 1, (board.signed == now) | (board.done == now)),
        ):
            demand = believed(case, board.history, policy, now, known)
            asked = _solved(live, with_demand(case, board.history, demand), fixed, never)
            if asked.status != "optimal":
                return Replayed(policy, asked.status, case.calendar.label(now), float("nan"))
            fixed[columns] = asked.solution.x[columns]
    assert asked is not None
    faults = _faults(asked.formulation, asked.solution)
    return Replayed(policy, "optimal", "", asked.objective, faults)


def _solved(live: Live, case: Case, fixed: Floats, never: NDArray[np.bool_]) -> Asked:
    """The cheapest way to go on from what is fixed, (columns,), NaN where nothing is."""
    formulation = rewrite(live.formulation, case) or formulate(case)
    program = formulation.program
    blocks = [
        [(block.name, block.count) for block in one.program.column_blocks]
        for one in (formulation, live.formulation)
    ]
    if blocks[0] != blocks[1]:
        raise RunError(
            "what is believed has other work than what was asked for: a workload has no demand in "
            "a period in one of them only. Next: give it a small demand throughout"
        )
    lower, upper = program.column_lower.copy(), program.column_upper.copy()
    upper[never] = np.maximum(lower[never], 0.0)
    known = np.isfinite(fixed)
    held = fixed[known] / program.column_scale[known]
    # what the solver's tolerance left outside of a bound stays what the bound says
    lower[known] = upper[known] = np.clip(held, lower[known], upper[known])
    return live.ask_program(
        dataclasses.replace(
            formulation,
            program=dataclasses.replace(program, column_lower=lower, column_upper=upper),
        )
    )


def _faults(formulation: Formulation, solution: Solution) -> tuple[str, ...]:
    certificate = certify(formulation.program, solution)
    return tuple(certificate_faults(certificate, GAP))
