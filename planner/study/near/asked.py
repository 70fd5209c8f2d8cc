"""Questions to the room of near-optimal plans, each one linear program from where the plan stands,
its answer proven where it is worked out."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.case.case import Case
from planner.lp.basis import DUAL, PRIMAL, Basis
from planner.lp.certificate import RESIDUAL_TOLERANCE, certify, residuals
from planner.lp.highs import LiveModel
from planner.lp.program import Program
from planner.lp.solution import total
from planner.machines.job import Job
from planner.study.live import open_case, ready_for_questions
from planner.study.near.measures import Measure, measures_of
from planner.study.near.room import Room, make_room

Floats = NDArray[np.float64]

PROVEN: Final = 1e-6
"""Relative distance of a figure and its bound that counts as proven, as for a plan's cost."""


@dataclass(frozen=True, slots=True)
class Towards:
    """The plan that has least of a weighted sum of measures (negative weight: most)."""

    weights: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Cheapest:
    """The cheapest plan with a measure between two figures."""

    measure: int
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Near:
    """A near-optimal plan."""

    status: str
    value: float
    """What was minimised, user units of the measures, or USD."""
    bound: float
    """No plan in the room has less."""
    cost: float
    """USD, worked out again from the columns."""
    totals: tuple[float, ...]
    """Every measure of it."""
    faults: tuple[str, ...] = ()
    """What keeps it from being proven; empty: proven."""


@dataclass(slots=True)
class Opened:
    """The room, and from where its questions start."""

    measures: tuple[Measure, ...]
    room: Room
    start: Basis | None
    seed: int
    own: bool
    """Whether Ctrl-C must stop a solve."""


def near_job(base: Case, basis: Basis | None, share: float) -> Job:
    """Return the job of asking (``Towards``, ``Cheapest``; None is the plan itself) for plans
    (``Near``) that cost at most a share more than the cheapest.

    Args:
        base: the case.
        basis: of its optimum, if known.
        share: 0.01 is 1 %.
    """
    return Job(opened_room, asked_near, (base, basis, share))


def opened_room(base: tuple[Case, Basis | None, float], own: bool) -> Opened:
    """Open the room of a case; raises ``RunError`` where it has no optimal plan."""
    case, basis, share = base
    live = open_case(case, basis, threads=1)
    measures = measures_of(live.formulation)
    cost = live.solution.objective
    room = make_room(live.formulation.program, cost + share * abs(cost), measures)
    start = None if live.basis is None else room.basis(live.basis)
    return Opened(measures, room, start, case.settings.seed, own)


def asked_near(opened: Opened, question: Towards | Cheapest | None) -> Near:
    """Return the plan that is asked for, with what proves it."""
    room = opened.room
    if isinstance(question, Towards):
        program = room.towards(dict(question.weights), opened.measures)
    elif isinstance(question, Cheapest):
        program = room.cheapest(question.measure, question.least, question.most)
    else:
        program = room.program
    # a solver of its own for every question: what one remembers of the last moves the last digits
    model = LiveModel(program, threads=1, seed=opened.seed)
    model.watched = opened.own
    ready_for_questions(model)
    if opened.start is not None:
        model.set_basis(opened.start)
    # the plan itself is in the room, unless the question says otherwise: its costs are new only
    model.set_option("simplex_strategy", DUAL if isinstance(question, Cheapest) else PRIMAL)
    found = model.solve()
    if found.status != "optimal":
        nothing = float("nan")
        return Near(found.status, nothing, nothing, nothing, ())
    certificate = certify(program, found)
    return Near(
        "optimal",
        certificate.objective,
        certificate.bound,
        _cost(room.plan, found.x),
        tuple(measure.of(found.x) for measure in opened.measures),
        _faults(room.plan, program, found, certificate),
    )


def _cost(plan: Program, x: Floats) -> float:
    return total(plan.cost, x / plan.column_scale) * plan.money_scale


def _faults(plan: Program, program: Program, found: Any, certificate: Any) -> tuple[str, ...]:
    """What is wrong with a plan in the room: limits of the case, the bound of the room, what proves
    the figure."""
    rows, columns = residuals(plan, found.x / plan.column_scale)
    wrong = []
    if max(rows.max(initial=0.0), columns.max(initial=0.0)) > RESIDUAL_TOLERANCE:
        wrong.append("a limit of the case does not hold")
    if max(certificate.max_row_residual, certificate.max_bound_residual) > RESIDUAL_TOLERANCE:
        wrong.append("it costs more than it may, or has not what was asked for")
    size = max(abs(certificate.objective), program.money_scale)
    if not abs(certificate.objective - certificate.bound) <= PROVEN * size:
        wrong.append(f"the bound {certificate.bound:,.6g} does not meet the figure")
    return tuple(wrong)


def without_noise(near: Near, least: float) -> Near:
    """Return a plan with totals below so much as zero."""
    return dataclasses.replace(
        near, totals=tuple(0.0 if abs(one) < least else one for one in near.totals)
    )
