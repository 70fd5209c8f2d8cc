"""Headroom is the share of a power limit kept free: what is left of 100 kW at 0.1, 0.5 and 1.0 is
90, 50 and 0 kW."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.case import read_case
from planner.pipeline import run
from tests.helpers import write_case
from tests.model.small import chip, power, settings, site, solved, tables
from tests.oracle import solve_oracle

PROJECT = {
    "project": "p",
    "site": "home",
    "mw_max": 0.1,
    "lead_periods": 0,
    "usd_per_mw": 1,
    "life_years": 10,
    "source": "s",
}


def hall(**changes: Any) -> dict[str, Any]:
    """200 Mtok a year are wanted, short at 300 USD each; chips of 1 kW cost 100 USD; the hall has
    100 kW."""
    work = [
        {"workload": "w", "kind": "online", "model": "m", "tier": "f", "short_usd_per_mtok": 300}
    ]
    wanted = [{"workload": "w", "period": 2025 + t, "output_mtok": 200} for t in range(2)]
    return tables(power=power(mw=0.1), workloads=work, demand=wanted, **changes)


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("headroom", "chips"), [(0.0, 100), (0.1, 90), (0.5, 50), (1.0, 0)])
@pytest.mark.parametrize("where", ["case.yaml", "sites.csv"])
def test_share_kept_free(headroom: float, chips: float, where: str, tmp_path: Path) -> None:
    changes: dict[str, Any] = {"sites": [site(headroom=headroom)]} if where == "sites.csv" else {}
    case_settings = settings(headroom=headroom) if where == "case.yaml" else settings()
    folder = write_case(tmp_path / "case", hall(**changes), case_settings)
    result = run(folder, out=tmp_path / "out")
    assert result.status == "optimal" and result.plan is not None
    plan = result.plan
    assert plan["buy_plan"]["chips"].sum() == pytest.approx(chips, abs=1e-6)
    assert solve_oracle(read_case(folder))[1] == pytest.approx(
        100 * chips + 2 * 300 * (200 - chips)
    )
    row = plan["power"].iloc[0]
    assert (row["limit_mw"], row["used_mw"], row["free_mw"]) == pytest.approx(
        (0.1, chips / 1000, 0.1 * (1 - headroom) - chips / 1000), abs=1e-9
    )
    assert row["kept_free_mw"] == pytest.approx(0.1 * headroom, abs=1e-9)


def test_kept_free_of_what_is_built_and_of_liquid_cooling_too(tmp_path: Path) -> None:
    """A project doubles the 100 kW: half of 200 kW may be used; of 40 kW for liquid-cooled chips
    half as well."""
    answer, _ = solved(tmp_path / "a", hall(power_projects=[PROJECT]), settings(headroom=0.5))
    assert answer.value("powered").max() == pytest.approx(100)
    wet = hall(chips=[chip(cooling="liquid")]) | {
        "power": [
            {"site": "home", "period": str(2025 + t), "mw": "0.1", "liquid_mw": "0.04"}
            for t in range(2)
        ]
    }
    answer, _ = solved(tmp_path / "b", wet, settings(headroom=0.5))
    assert answer.value("powered").max() == pytest.approx(20)


@pytest.mark.slow
def test_worth_is_of_a_megawatt_of_the_limit(tmp_path: Path) -> None:
    """One MW more of power.csv at headroom 0.5 powers 500 chips more: what those save, not what
    1,000 would."""
    plans = {}
    for mw in (0.11, 0.111):
        folder = write_case(
            tmp_path / str(mw),
            hall()
            | {
                "power": [
                    {"site": "home", "period": str(2025 + t), "mw": str(mw if t else 0.1)}
                    for t in range(2)
                ]
            },
            settings(headroom=0.5),
        )
        result = run(folder, out=tmp_path / "out" / str(mw))
        assert result.plan is not None
        plans[mw] = (
            result.plan.summary["objective_usd"],
            result.plan["power"]["worth_usd_per_mw"].iloc[1],
        )
    saved = (plans[0.11][0] - plans[0.111][0]) / 0.001
    assert saved == pytest.approx(500 * 200, rel=1e-6)  # 100 to buy, 300 saved, in 2026 alone
    assert plans[0.11][1] == pytest.approx(saved, rel=1e-6)
