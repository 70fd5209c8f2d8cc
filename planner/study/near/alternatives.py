"""Alternatives: the range of every measure among the plans within a share of the cost, and a few
plans that differ most.

The ends of every range are plans themselves, and so are those that lie farthest in a few directions
across all measures (modelling to generate alternatives; Brill, Chang and Hopkins 1982: away from
what the plan uses; Berntsen and Trutnevyte 2017: in random directions).  Of all of them those that
lie farthest from the plan and from each other are told; the end of a range as the cheapest plan
that goes as far.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.machines.executor import Executor, executor
from planner.machines.job import Job
from planner.machines.where import HERE, Where
from planner.model import formulate
from planner.runs.basis import read_basis
from planner.runs.inputs import read_inputs
from planner.runs.read import RunError
from planner.study.asking import CHIPS_SHOWN
from planner.study.near.asked import Cheapest, Near, Towards, near_job, without_noise
from planner.study.near.measures import Measure, measures_of

Floats = NDArray[np.float64]

DIRECTIONS: Final = 4
"""Random directions, and as many opposite ones."""
SEED: Final = 20270101
TOLD: Final = 5
"""Plans that are told."""
ROOM: Final = 1e-6
"""A cheapest plan may miss the end of its range by this share, which rounding of the solver
needs."""
USED: Final = ("chip", "site", "vendor")
"""Kinds of measures in which plans differ."""


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the most of a measure among plans within the share."""

    measure: Measure
    plan: float
    """What the plan has."""
    least: Near
    most: Near

    @property
    def proven(self) -> bool:
        """Whether both ends are."""
        return not (self.least.faults or self.most.faults)


@dataclass(frozen=True, slots=True)
class Alternative:
    """A plan that differs: the measure that is at its end, None: one of a direction."""

    at: int | None
    """Number of the measure."""
    most: bool
    near: Near


@dataclass(frozen=True, slots=True)
class Alternatives:
    """What else could be done."""

    plan: Near
    share: float
    ranges: tuple[Range, ...]
    alternatives: tuple[Alternative, ...]
    divisible: bool
    """Whether the run's plan is one of whole things, and all of these are divisible."""


def alternatives(
    folder: Path,
    share: float,
    where: Where = HERE,
    progress: Callable[[str], None] = lambda text: None,
) -> Alternatives:
    """Return what else could be done for at most a share more than a run's plan costs.

    Args:
        folder: the run folder.
        share: 0.01 is 1 %.
        where: where they are solved; left out: in this process.
        progress: called several times a second with how many are done.

    Raises:
        RunError: where the folder is not a run, its inputs can no longer be read, or it has no
            optimal plan, or the solver finds no answer of those that there must be.
    """
    case = read_inputs(folder)
    measures = measures_of(formulate(case))
    job = near_job(case, read_basis(folder), share)
    questions: list[Towards | Cheapest | None] = [None]
    for k in range(len(measures)):
        questions += [Towards(((k, 1.0),)), Towards(((k, -1.0),))]
    with executor(where.threads or 1, where.cluster) as machines:
        first = _asked(machines, job, questions, progress)
        plan, ends = first[0], first[1:]
        ranges = tuple(
            Range(measure, plan.totals[k], ends[2 * k], _turned(ends[2 * k + 1]))
            for k, measure in enumerate(measures)
        )
        far = _asked(machines, job, _directions(measures, ranges), progress)
        candidates = [
            *(Alternative(k, False, one.least) for k, one in enumerate(ranges)),
            *(Alternative(k, True, one.most) for k, one in enumerate(ranges)),
            *(Alternative(None, False, one) for one in far),
        ]
        chosen = _farthest(plan, candidates, ranges)
        at_ends = [one for one in chosen if one.at is not None]
        cheapest = iter(_asked(machines, job, [_cheapest(one) for one in at_ends], progress))
        chosen = [
            one if one.at is None else dataclasses.replace(one, near=next(cheapest))
            for one in chosen
        ]
    chosen.sort(key=lambda one: one.near.cost)
    return Alternatives(plan, share, ranges, tuple(chosen), case.whole)


def _asked(
    machines: Executor,
    job: Job,
    questions: Sequence[Towards | Cheapest | None],
    progress: Callable[[str], None],
) -> list[Near]:
    done = 0

    def tell() -> None:
        progress(f"{done} of {len(questions)} plans")

    found: dict[int, Near] = {}
    for at, near in machines.each(job, questions, tell):
        found[at] = without_noise(near, CHIPS_SHOWN)
        done = len(found)
        if near.status != "optimal":
            raise RunError(
                f"the solver found no plan where there is one ({near.status}). Next: a larger "
                "--within, or another --threads"
            )
    return [found[at] for at in range(len(found))]


def _turned(near: Near) -> Near:
    """A most is the least of the negative."""
    return dataclasses.replace(near, value=-near.value + 0.0, bound=-near.bound + 0.0)


def _widths(ranges: Sequence[Range]) -> Floats:
    """How wide the range of every measure is, user units, (K,)."""
    return np.array([max(one.most.value - one.least.value, 0.0) for one in ranges])


def _directions(measures: Sequence[Measure], ranges: Sequence[Range]) -> list[Towards]:
    """Away from what the plan uses, and random directions, each measure by the width of its
    range."""
    widths = _widths(ranges)
    mine = [
        k for k, measure in enumerate(measures) if measure.kind in USED and widths[k] > CHIPS_SHOWN
    ]
    if not mine:
        return []
    used = [k for k in mine if ranges[k].plan > CHIPS_SHOWN]
    found = [Towards(tuple((k, 1.0 / float(widths[k])) for k in used))] if used else []
    random = np.random.default_rng(SEED)
    for _ in range(DIRECTIONS):
        drawn = random.standard_normal(len(mine))
        found += [
            Towards(
                tuple(
                    (k, sign * float(one) / float(widths[k]))
                    for k, one in zip(mine, drawn, strict=True)
                )
            )
            for sign in (1.0, -1.0)
        ]
    return found


def _farthest(
    plan: Near, candidates: Sequence[Alternative], ranges: Sequence[Range]
) -> list[Alternative]:
    """Those that lie farthest from the plan and from each other: each the one whose nearest is
    farthest, by the sum over measures of the difference as a share of the range."""
    widths = _widths(ranges)
    counts = np.array([one.measure.kind in USED for one in ranges]) & (widths > CHIPS_SHOWN)
    if not counts.any() or not candidates:
        return []
    places = np.array([one.near.totals for one in candidates])[:, counts] / widths[counts]
    nearest = np.abs(places - np.array(plan.totals)[counts] / widths[counts]).sum(axis=1)
    chosen: list[Alternative] = []
    while len(chosen) < TOLD and nearest.max() > ROOM:
        best = int(nearest.argmax())
        chosen.append(candidates[best])
        nearest = np.minimum(nearest, np.abs(places - places[best]).sum(axis=1))
    return chosen


def _cheapest(one: Alternative) -> Cheapest:
    """The cheapest plan that has a measure at its end."""
    assert one.at is not None
    room = ROOM * max(abs(one.near.value), 1.0)
    if one.most:
        return Cheapest(one.at, one.near.value - room, float("inf"))
    return Cheapest(one.at, float("-inf"), one.near.value + room)


def all_asked(found: Alternatives) -> list[Near]:
    """Return every plan that was found."""
    return [
        found.plan,
        *(near for one in found.ranges for near in (one.least, one.most)),
        *(one.near for one in found.alternatives),
    ]
