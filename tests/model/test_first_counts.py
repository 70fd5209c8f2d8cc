"""The first counts of blocks, openings and replicas are a plan: the divisible one, rounded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.case import read_case
from planner.lp.highs import solve
from planner.lp.whole.fixed import divisible, fixed
from planner.model import formulate
from planner.model.start import whole_starts
from tests.helpers import write_case
from tests.model.small import demand, offer, power, settings, site, tables, throughput
from tests.model.test_opening import SHORT, hall


def first_cost(folder: Path, rows: Any, periods: int) -> float:
    formulation = formulate(read_case(write_case(folder, rows, settings(periods, whole=True))))
    program = formulation.program
    relaxed = solve(divisible(program))
    found = [solve(fixed(program, one)) for one in whole_starts(formulation, relaxed.x)]
    good = [one.objective for one in found if one.status == "optimal"]
    assert good, "no start is a plan"
    return min(good)


def test_blocks_are_rounded_in_sum(tmp_path: Path) -> None:
    """One kW a year more is needed than the four that are there; blocks of 2 kW: two, not three."""
    rows = tables(
        periods=3,
        workloads=SHORT,
        power=power(mw=0.004, periods=3),
        demand=demand(5, 6, 7),
        power_projects=[hall(lot_mw=0.002, mw_max=0.005)],
    )
    # seven chips, and two blocks: in 2025 and 2027
    assert first_cost(tmp_path, rows, 3) == pytest.approx(700 + 2 * 100)


def test_what_opens_does_so_once(tmp_path: Path) -> None:
    rows = tables(
        periods=2,
        workloads=SHORT,
        sites=[site(), site("away", usd_to_open=50)],
        power=[*power(mw=0.004), *power(["away"], mw=0.02)],
        offers=[offer(usd_per_chip=100), offer("far", site="away", usd_per_chip=10)],
        demand=demand(6, 8),
    )
    assert first_cost(tmp_path, rows, 2) == pytest.approx(80 + 50)


@pytest.mark.parametrize(("asked", "chips"), [(6, 8), (39, 40), (41.5, 41.5)])
def test_replicas_are_what_chips_make(asked: float, chips: float, tmp_path: Path) -> None:
    rows = tables(
        periods=1,
        demand=demand(asked),
        throughput=[row | {"chips_per_replica": 4} for row in throughput()],
    )
    assert first_cost(tmp_path, rows, 1) == pytest.approx(100 * chips)
