"""Power in whole blocks, projects that open and come one after another, sites that open: worked by
hand and tried against every choice there is."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.case import read_case
from planner.lp.highs import solve
from planner.lp.program import Program
from planner.lp.whole.branch import branch
from planner.lp.whole.limits import Limits
from planner.model import formulate
from tests.helpers import write_case
from tests.model.small import chip, offer, power, settings, site, tables
from tests.model.wayout import way_out
from tests.oracle import solve_oracle

SHORT = [{"workload": "w", "kind": "online", "model": "m", "tier": "f", "short_usd_per_mtok": 1000}]
"""Ten chips are wanted in both years, at 100 USD each; a Mtok that is short costs 1,000."""


def hall(**cells: Any) -> dict[str, Any]:
    return {
        "project": "hall",
        "site": "home",
        "mw_max": 0.01,
        "lead_periods": 0,
        "usd_per_mw": 50_000,
        "life_years": 10,
        "source": "assumption",
        "as_of": "2026-10-01",
    } | cells


def best(program: Program) -> float:
    found = branch(program, None, Limits(1e-9, threads=1))
    assert found.status == "optimal", found.message
    return float(program.cost @ (found.x / program.column_scale)) * program.money_scale


def cost(folder: Path, periods: int = 2, whole: str = "yes", **changes: Any) -> float:
    """The optimum of a case, which the independent model agrees with."""
    set_ = {name: changes.pop(name) for name in ("discount_rate", "headroom") if name in changes}
    base: dict[str, Any] = {"workloads": SHORT, "power": power(mw=0.006, periods=periods)}
    rows = tables(periods=periods, **(base | changes))
    case = read_case(write_case(folder, rows, settings(periods, whole=whole, **set_)))
    program = formulate(case).program
    found = best(program) if whole == "yes" else solve(program).objective
    assert solve_oracle(case)[1] == pytest.approx(found, rel=1e-7)
    return found


BEFORE = {
    "project": "hall",
    "site": "home",
    "ordered": 2023,
    "arrives": 2024,
    "mw": 0.001,
    "usd_per_mw": 1,
    "paid_share": 1,
    "life_years": 6,
}
"""One kW of the hall, ordered and paid before the plan."""


def test_blocks_by_hand(tmp_path: Path) -> None:
    """Four kW are lacking; blocks of 3 kW, at 150 USD each, come in twos."""
    projects = [hall(lot_mw=0.003)]
    found = cost(tmp_path, power_projects=projects)
    assert found == pytest.approx(10 * 100 + 2 * 150)


def test_blocks_are_divisible_where_nothing_is_whole(tmp_path: Path) -> None:
    found = cost(tmp_path, whole="no", power_projects=[hall(lot_mw=0.003)])
    assert found == pytest.approx(10 * 100 + 4 * 50)


def test_blocks_stay_within_the_project(tmp_path: Path) -> None:
    """Of 5 kW one block of 3 can be ordered: one Mtok a year is short."""
    found = cost(tmp_path, power_projects=[hall(lot_mw=0.003, mw_max=0.005)])
    assert found == pytest.approx(9 * 100 + 150 + 2 * 1000)


def test_a_block_ordered_before_leaves_the_others_whole(tmp_path: Path) -> None:
    """One kW was ordered before the plan: three are lacking, one block."""
    found = cost(tmp_path, power_projects=[hall(lot_mw=0.003)], power_orders=[BEFORE])
    assert found == pytest.approx(10 * 100 + 150)


@pytest.mark.parametrize(
    ("usd", "total"),
    [
        (1000, 10 * 100 + 4 * 50 + 1000),  # opened once
        (7000, 10 * 100 + 4 * 50 + 7000),
        (7500, 6 * 100 + 2 * 4 * 1000),  # dearer than four Mtok short in both years
    ],
)
def test_a_project_opens_once(usd: float, total: float, tmp_path: Path) -> None:
    assert cost(tmp_path, power_projects=[hall(usd_to_open=usd)]) == pytest.approx(total)


def test_the_relaxation_opens_a_part(tmp_path: Path) -> None:
    """Four of ten kW: four tenths of what it costs to open."""
    found = cost(tmp_path, whole="no", power_projects=[hall(usd_to_open=1000)])
    assert found == pytest.approx(10 * 100 + 4 * 50 + 400)


def test_a_project_begun_before_the_plan_is_open(tmp_path: Path) -> None:
    found = cost(tmp_path, power_projects=[hall(usd_to_open=1000)], power_orders=[BEFORE])
    assert found == pytest.approx(10 * 100 + 3 * 50)


def test_one_project_after_another(tmp_path: Path) -> None:
    """The second hall costs a tenth of the first, whose 2 kW must all be ordered before."""
    projects = [
        hall(mw_max=0.002, usd_per_mw=50_000),
        hall(project="annex", mw_max=0.01, usd_per_mw=5_000, after="hall"),
    ]
    assert cost(tmp_path, power_projects=projects) == pytest.approx(1000 + 2 * 50 + 2 * 5)
    loose = cost(tmp_path / "no", whole="no", power_projects=projects)
    assert loose == pytest.approx(1000 + 4 * 5)


def test_a_second_project_that_is_not_worth_the_first(tmp_path: Path) -> None:
    """Twenty kW of the first at 500 USD each are dearer than what is short."""
    projects = [
        hall(mw_max=0.02, usd_per_mw=500_000),
        hall(project="annex", mw_max=0.003, usd_per_mw=5_000, after="hall"),
    ]
    assert cost(tmp_path, power_projects=projects) == pytest.approx(1000 + 4 * 500)


def test_what_was_ordered_before_counts_for_the_order(tmp_path: Path) -> None:
    before = {
        "project": "hall",
        "site": "home",
        "ordered": 2023,
        "arrives": 2026,
        "mw": 0.002,
        "usd_per_mw": 1,
        "paid_share": 1,
        "life_years": 6,
    }
    projects = [
        hall(mw_max=0.002, usd_per_mw=50_000),
        hall(project="annex", mw_max=0.01, usd_per_mw=5_000, after="hall"),
    ]
    # in 2025 four kW of the annex serve, in 2026 the two of the hall are not needed any more
    found = cost(tmp_path, power_projects=projects, power_orders=[before])
    assert found == pytest.approx(1000 + 4 * 5)


AWAY: dict[str, Any] = {
    "offers": [offer(usd_per_chip=100), offer("far", site="away", usd_per_chip=10)],
    "power": [*power(mw=0.006), *power(["away"], mw=0.02)],
}
"""Chips at the second site cost a tenth."""


@pytest.mark.parametrize(
    ("usd", "total"), [(0, 100), (500, 600), (899, 999), (4500, 4600), (9000, 8600)]
)
def test_a_site_opens_for_its_price(usd: float, total: float, tmp_path: Path) -> None:
    """Six chips at home and four Mtok short in both years are 8,600; ten away are 100."""
    sites = [site(), site("away", usd_to_open=usd)]
    assert cost(tmp_path, sites=sites, **AWAY) == pytest.approx(total)


def test_the_relaxation_opens_a_part_of_a_site(tmp_path: Path) -> None:
    """Ten of twenty kW."""
    sites = [site(), site("away", usd_to_open=500)]
    assert cost(tmp_path, whole="no", sites=sites, **AWAY) == pytest.approx(100 + 250)


@pytest.mark.parametrize("whole", ["yes", "no"])
def test_a_site_that_opens_later(whole: str, tmp_path: Path) -> None:
    """In 2025 six chips at home serve and four Mtok are short; four come away in 2026."""
    sites = [site(), site("away", opens=2026)]
    found = cost(tmp_path, whole=whole, sites=sites, **AWAY)
    assert found == pytest.approx(600 + 4000 + 4 * 10)


def test_opening_is_paid_when_it_happens(tmp_path: Path) -> None:
    """At the start of 2026, a year from now."""
    sites = [site(), site("away", opens=2026, usd_to_open=1000)]
    found = cost(tmp_path, sites=sites, discount_rate=0.25, **AWAY)
    short = 4000 / 1.25**0.5
    assert found == pytest.approx(600 + short + 1000 / 1.25 + 4 * 10 / 1.25)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_every_choice_of_blocks_and_openings(seed: int, tmp_path: Path) -> None:
    """The best of all counts, each a linear program of the case without them."""
    random = np.random.default_rng(seed)
    T = 3
    lot, usd = float(random.choice([0.002, 0.003])), float(random.choice([0, 300, 900]))
    far, lead = float(random.choice([0, 500, 1500])), int(random.choice([0, 1]))
    rows: dict[str, Any] = {
        "chips": [chip()],
        "offers": [offer(usd_per_chip=100), offer("far", site="away", usd_per_chip=120)],
        "power": [*power(mw=0.004, periods=T), *power(["away"], mw=0.003, periods=T)],
        "workloads": SHORT[:1],
        "demand": [
            {"workload": "w", "period": 2025 + t, "output_mtok": int(random.integers(4, 12))}
            for t in range(T)
        ],
    }
    project = hall(
        mw_max=3 * lot, usd_per_mw=float(random.choice([30_000, 90_000])), lead_periods=lead
    )
    both = rows | {
        "sites": [site(), site("away", usd_to_open=far)],
        "power_projects": [project | {"lot_mw": lot, "usd_to_open": usd}],
    }
    found = cost(tmp_path / "whole", T, discount_rate=0.1, **both)

    plain = rows | {"sites": [site(), site("away")], "power_projects": [project]}
    case_rows = tables(periods=T, **plain)
    folder = write_case(tmp_path / "plain", case_rows, settings(T, discount_rate=0.1))
    formulation = formulate(read_case(folder))
    program, site_code = formulation.program, formulation.index.code("site", ["away"])
    block = next(b for b in program.column_blocks if b.name == "build")
    build = block.first + np.arange(block.count)
    powered = next(b for b in program.column_blocks if b.name == "powered")
    away = powered.first + np.flatnonzero(powered.labels["site"] == site_code)
    when = powered.labels["period"][powered.labels["site"] == site_code]
    costs = []
    for counts in itertools.product(range(4), repeat=block.count):
        if sum(counts) > 3:
            continue
        first = next((t for t, n in enumerate(counts) if n), None)
        for opens in range(T + 1):
            low, high = program.column_lower.copy(), program.column_upper.copy()
            low[build] = high[build] = lot * np.array(counts) / program.column_scale[build]
            high[away[when < opens]] = 0.0
            solution = solve(dataclasses.replace(program, column_lower=low, column_upper=high))
            opened = 0.0 if first is None else usd / 1.1**first
            opened += far / 1.1**opens if opens < T else 0.0
            if solution.status == "optimal":
                costs.append(solution.objective + opened)
    assert found == pytest.approx(min(costs), rel=1e-7)


def test_headroom_is_kept_at_a_site_that_opens(tmp_path: Path) -> None:
    """Half of the 20 kW away may be used: ten chips, all there are."""
    sites = [site(), site("away", usd_to_open=500, headroom=0.5)]
    assert cost(tmp_path, sites=sites, **AWAY) == pytest.approx(100 + 500)


@pytest.mark.slow
def test_a_conflict_names_the_opening_and_its_repair_works(tmp_path: Path) -> None:
    """Eight kW of demand, of which two fit at home before the other site opens."""
    rows = tables(
        sites=[site(), site("away", opens=2026)],
        offers=AWAY["offers"],
        power=AWAY["power"],
    )
    folder = write_case(tmp_path / "case", rows, settings())
    named, cell = "site away opens in 2026 at the earliest", "sites.away.opens="
    mine, answer = way_out(folder, tmp_path, named, cell)
    assert mine == ["sites.away.opens="]
    assert answer.objective == pytest.approx(100)
