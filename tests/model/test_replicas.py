"""Replicas: whole ones below ten, anything from ten on; worked by hand and tried against every
number of them."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.case import read_case
from planner.lp.highs import solve
from planner.model import formulate
from tests.helpers import write_case
from tests.model.small import chip, demand, offer, power, settings, site, tables, throughput
from tests.model.test_opening import best
from tests.oracle import solve_oracle


def cost(folder: Path, rows: Any, periods: int = 1, **changes: Any) -> float:
    """The optimum, which the independent model agrees with."""
    case = read_case(write_case(folder, rows, settings(periods, **{"whole": True} | changes)))
    program = formulate(case).program
    found = best(program) if case.settings.whole else solve(program).objective
    assert solve_oracle(case)[1] == pytest.approx(found, rel=1e-7)
    return found


def served(*amounts: float, size: int = 4, **more: Any) -> dict[str, list[dict[str, str]]]:
    """So many Mtok a year, one a chip, in replicas of four."""
    rows = [row | {"chips_per_replica": size} for row in throughput()]
    return tables(periods=len(amounts), demand=demand(*amounts), throughput=rows, **more)


@pytest.mark.parametrize(
    ("asked", "chips"),
    [(1, 4), (4, 4), (5, 8), (10, 12), (35, 36), (37, 40), (41, 41), (55.5, 55.5)],
)
def test_whole_replicas_below_ten(asked: float, chips: float, tmp_path: Path) -> None:
    assert cost(tmp_path, served(asked)) == pytest.approx(chips * 100)


def test_divisible_where_nothing_is_whole(tmp_path: Path) -> None:
    assert cost(tmp_path, served(10), whole=False) == pytest.approx(1000)


def test_a_replica_of_one_is_none(tmp_path: Path) -> None:
    assert cost(tmp_path, served(10.5, size=1)) == pytest.approx(1050)


def test_spare_chips_draw_what_idle_ones_do(tmp_path: Path) -> None:
    """Six of eight work, at 1 kW, two idle at half: at 100 USD a MWh, for a year of 8,760 hours."""
    rows = served(
        6, chips=[chip(kw_idle=0.5)], sites=[site(usd_per_mwh=100)], power=power(periods=1)
    )
    assert cost(tmp_path, rows) == pytest.approx(800 + 0.1 * 8760 * (6 * 1 + 2 * 0.5))


def test_chips_are_shared_between_replicas_of_two_workloads(tmp_path: Path) -> None:
    """Three Mtok of either, in replicas of four: eight chips, although six would do."""
    names = ("w", "v")
    rows = tables(
        periods=1,
        workloads=[{"workload": w, "kind": "online", "model": "m", "tier": "f"} for w in names],
        demand=[row for w in names for row in demand(3.0, workload=w)],
        throughput=[row | {"chips_per_replica": 4} for row in throughput()],
    )
    assert cost(tmp_path, rows) == pytest.approx(800)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_every_number_of_replicas(seed: int, tmp_path: Path) -> None:
    """Two sites, two chip types, two workloads: the best of all numbers of replicas, each a linear
    program of the case without them."""
    random = np.random.default_rng(seed)
    sizes = {"a": int(random.integers(2, 4)), "b": int(random.integers(2, 6))}
    price = random.choice([80, 100, 130], size=4)
    names = list(itertools.product(("a", "b"), ("home", "away")))
    rows: dict[str, Any] = {
        "chips": [chip(), chip("b")],
        "sites": [site(), site("away")],
        "power": power(["home", "away"], periods=1, mw=0.006),
        "offers": [
            offer(f"{c}_{s}", c, s, usd_per_chip=float(usd))
            for (c, s), usd in zip(names, price, strict=True)
        ],
        "demand": demand(float(random.integers(3, 10))),
        "workloads": [
            {"workload": "w", "kind": "online", "model": "m", "tier": "f"}
            | {"short_usd_per_mtok": 150}
        ],
    }
    speeds = [row | {"chips_per_replica": sizes[row["chip"]]} for row in throughput("a", "b")]
    found = cost(tmp_path / "whole", tables(periods=1, throughput=speeds, **rows))

    plain = tables(periods=1, throughput=throughput("a", "b"), **rows)
    folder = write_case(tmp_path / "plain", plain, settings(1))
    formulation = formulate(read_case(folder), reduce=False)
    program = formulation.program
    use = next(b for b in program.column_blocks if b.name == "use")
    powered = next(b for b in program.column_blocks if b.name == "powered")
    chips = formulation.index.axes["chip"]
    costs = []
    for counts in itertools.product(range(4), repeat=use.count):
        low, high = program.column_lower.copy(), program.column_upper.copy()
        for n, at in zip(counts, range(use.count), strict=True):
            taken = n * sizes[chips[use.labels["chip"][at]]]
            high[use.first + at] = taken / program.column_scale[use.first + at]
            # what is taken is there, spare or not
            where = np.flatnonzero(
                (powered.labels["chip"] == use.labels["chip"][at])
                & (powered.labels["site"] == use.labels["site"][at])
            )[0]
            low[powered.first + where] = taken / program.column_scale[powered.first + where]
        solution = solve(dataclasses.replace(program, column_lower=low, column_upper=high))
        if solution.status == "optimal":
            costs.append(solution.objective)
    assert found == pytest.approx(min(costs), rel=1e-7)
