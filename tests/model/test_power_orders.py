"""Power projects ordered before the plan, worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.audit import audit
from planner.case import read_case
from planner.pipeline import run
from planner.runs.read import read_run_table
from planner.study.explain import explain
from tests.helpers import write_case
from tests.model.small import chip, demand, offer, power, settings, solved, tables
from tests.oracle import solve_oracle


def hall(**cells: Any) -> dict[str, Any]:
    """Four kW of a hall that was ordered in 2023, in service from 2026 on; a tenth is paid."""
    return {
        "project": "hall",
        "site": "home",
        "ordered": 2023,
        "arrives": 2026,
        "mw": 0.004,
        "usd_per_mw": 10_000,
        "paid_share": 0.1,
        "usd_per_mw_period": 500,
        "life_years": 6,
    } | cells


BASE: dict[str, Any] = {
    "power": power(mw=0.006),
    "offers": [offer(usd_per_chip=100)],
    "workloads": [
        {"workload": "w", "kind": "online", "model": "m", "tier": "f", "short_usd_per_mtok": 1000}
    ],
}
"""Ten chips are wanted and six kW are there: four Mtok a year are short, or four kW come."""


def cost(folder: Path, **changes: Any) -> float:
    """The optimum, which the independent model agrees with."""
    names = ("residual", "discount_rate", "frozen_periods")
    more = {name: changes.pop(name) for name in names if name in changes}
    objective = solved(folder, tables(**BASE | changes), settings(**more))[1].objective
    assert solve_oracle(read_case(folder))[1] == pytest.approx(objective, rel=1e-9)
    return objective


def test_power_that_is_on_its_way(tmp_path: Path) -> None:
    """In 2025 four Mtok are short; in 2026 the hall is there, nine tenths of it are paid then, and
    500 USD per MW and year."""
    paid, running = 0.9 * 0.004 * 10_000, 0.004 * 500
    found = cost(tmp_path, power_orders=[hall()])
    assert found == pytest.approx(4 * 1000 + 10 * 100 + paid + running)


def test_power_in_service_before_the_plan(tmp_path: Path) -> None:
    """All of it is paid, and it runs in both years."""
    found = cost(tmp_path, power_orders=[hall(arrives=2024)])
    assert found == pytest.approx(10 * 100 + 2 * 0.004 * 500)


@pytest.mark.parametrize(
    ("residual", "left"),
    [
        # five of six years are left in 2027
        ("straight_line", 0.004 * 10_000 * 5 / 6 / 1.1**2),
        # what was paid in 2023 and 2026, less the annuity's share of one year
        (
            "annuity",
            0.004 * 10_000 * (0.1 * 1.1**2 + 0.9 / 1.1) * (1 - (1 - 1 / 1.1) / (1 - 1.1**-6)),
        ),
        ("none", 0.0),
    ],
)
def test_what_is_left_of_it(residual: str, left: float, tmp_path: Path) -> None:
    found = cost(
        tmp_path,
        power_orders=[hall()],
        residual=residual,
        discount_rate=0.1,
        offers=[],
        workloads=[BASE["workloads"][0]],
        demand=demand(0, 0.001),
        fleet=[{"chip": "a", "site": "home", "in_service": 2024, "chips": 1}],
    )
    paid = 0.9 * 0.004 * 10_000 / 1.1
    running = 0.004 * 500 / 1.1**1.5
    assert found == pytest.approx(paid + running - left)


def test_its_mw_count_in_what_a_project_can_give(tmp_path: Path) -> None:
    """Six kW of a hall of five can not be had: one more can be built, three Mtok stay short."""
    project = {
        "project": "hall",
        "site": "home",
        "mw_max": 0.005,
        "lead_periods": 0,
        "usd_per_mw": 1000,
        "life_years": 6,
        "source": "s",
    }
    before = hall(arrives=2024, mw=0.004, usd_per_mw_period=0)
    changes: dict[str, Any] = {"demand": demand(12, 12), "power_projects": [project]}
    found = cost(tmp_path / "one", power_orders=[before], **changes)
    assert found == pytest.approx(11 * 100 + 0.001 * 1000 + 2 * 1 * 1000)
    other = cost(tmp_path / "two", power_orders=[before | {"project": "old"}], **changes)
    assert other == pytest.approx(12 * 100 + 0.002 * 1000)


def test_liquid_cooling(tmp_path: Path) -> None:
    """Half of the four kW carry liquid-cooled chips: two chips more than the one that could be."""
    found = cost(
        tmp_path,
        chips=[chip(cooling="liquid")],
        power=power(mw=0.006, liquid_mw=0.001),
        power_orders=[hall(arrives=2024, liquid_share=0.5, usd_per_mw_period=0)],
    )
    assert found == pytest.approx(3 * 100 + 2 * 7 * 1000)


def test_a_budget_pays_the_rest(tmp_path: Path) -> None:
    """The rest of the hall is capex of 2026: four USD of a budget of 32 are over."""
    budget = [{"period": 2026, "category": "capex", "usd_max": 32, "over_usd_per_usd": 10}]
    plain = cost(
        tmp_path / "free",
        power_orders=[hall()],
        offers=[offer(usd_per_chip=100, last_order=2025)],
        power=power(mw=0.02),
    )
    tight = cost(
        tmp_path / "tight",
        power_orders=[hall()],
        offers=[offer(usd_per_chip=100, last_order=2025)],
        power=power(mw=0.02),
        budgets=budget,
    )
    assert tight - plain == pytest.approx(4 * 10)


@pytest.mark.slow
def test_the_plan_tells_checks_and_explains_it(tmp_path: Path) -> None:
    folder = write_case(
        tmp_path / "case",
        tables(**BASE | {"power_orders": [hall(), hall(project="old", arrives=2024, mw=0.001)]}),
        settings(),
    )
    found = run(folder, out=tmp_path / "out")
    assert found.status == "optimal", found.message
    buy = read_run_table(found.folder, "buy_plan").set_index("line_id")
    first, second = "power:old:2023:2024@home", "power:hall:2023:2026@home"
    assert buy["status"][first] == "existing" and buy["status"][second] == "committed"
    assert buy["action"][first] == "build_power" and buy["mw"][second] == pytest.approx(0.004)
    assert buy["total_usd"][second] == pytest.approx(36 + 2)
    assert buy["cause_1"][second] == "workload:w"
    assert buy["leaves_period"][second] == "2032"
    sites = read_run_table(found.folder, "power")
    assert sites["built_mw"].tolist() == pytest.approx([0.001, 0.005])
    assert not read_run_table(found.folder, "orders")["line_id"].str.startswith("power:").any()
    told = explain(found.folder, ["line", second])
    assert "without it the plan costs" in told.headline
    written = found.folder / "buy_plan.csv"
    lines = written.read_text(encoding="utf-8").splitlines(keepends=True)
    for other in (
        [line for line in lines if second not in line],
        [line.replace("committed", "existing") if second in line else line for line in lines],
    ):
        written.write_text("".join(other), encoding="utf-8")
        assert "projects.ordered" in {check.name for check in audit(found.folder).failed}
