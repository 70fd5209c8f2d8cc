"""What budgets and limits had of their windows before the plan, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.case import read_case
from planner.pipeline import run as run_case
from planner.study.explain import explain
from tests.helpers import write_case
from tests.model.small import chip, offer, settings, site, solved, tables, throughput
from tests.oracle import solve_oracle

TWO = {
    "chips": [chip(), chip("b")],
    "offers": [offer(usd_per_chip=100), offer("buyb", "b", usd_per_chip=120)],
    "throughput": throughput("a", "b"),
}
SHORT = [
    {"workload": "w", "kind": "online", "model": "m", "tier": "f", "short_usd_per_mtok": 300},
]
FISCAL = {"frequency": "quarter", "start": "2025Q2", "fiscal_year_start": 10}
"""FY2025 is October 2024 to September 2025: half of it is over."""


def limit(**cells: Any) -> list[dict[str, Any]]:
    return [{"limit": "l", "scope": "chip", "member": "b"} | cells]


def quarters(**changes: Any) -> dict[str, Any]:
    """10 chips of work in two quarters, of 91 and of 92 days."""
    asked = (("2025Q2", 10), ("2025Q3", 10 * 92 / 91))
    made = tables(
        demand=[{"workload": "w", "period": t, "output_mtok": mtok} for t, mtok in asked],
        throughput=throughput(speed=repr(1e6 / (91 * 24 * 3600.0))),
        **changes,
    )
    for row, (period, _) in zip(made["power"], asked, strict=True):
        row["period"] = period
    return made


# name: (tables, settings, USD)
BY_HAND: dict[str, tuple[dict[str, Any], dict[str, Any], float]] = {
    # 10 chips at 100 would do; 1,500 of 2,000 are spent: 5 chips, and 5 Mtok short in both quarters
    "budget": (
        quarters(
            workloads=SHORT,
            budgets=[{"period": "FY2025", "category": "all", "usd_max": 2000, "used_usd": 1500}],
        ),
        settings(**FISCAL),
        500 + (5 + 5 * 92 / 91) * 300,
    ),
    # 2,200 of 2,000 are spent already, and 1,000 more: 1,200 are beyond it, once
    "overspent": (
        quarters(
            budgets=[
                {
                    "period": "FY2025",
                    "category": "capex",
                    "usd_max": 2000,
                    "used_usd": 2200,
                    "over_usd_per_usd": 0.5,
                }
            ],
        ),
        settings(**FISCAL),
        1000 + 1200 * 0.5,
    ),
    # of 4,000 USD 100 went to b; z chips of b and 10 - z of a: 100 + 120 z are at least a fifth of
    # 4,000 + 1,000 + 20 z, each 20 USD dearer
    "min_share": (
        tables(limits=limit(measure="spend", min_share=0.2, used=100, used_total=4000), **TWO),
        settings(),
        1000 + 20 * 900 / 116,
    ),
    # of the whole plan's most 60 % for a, 500 of 2,000 before: room for 10 chips of a
    "max_share_room": (
        tables(
            limits=limit(member="a", measure="spend", max_share=0.6, used=500, used_total=2000),
            **TWO,
        ),
        settings(),
        1000.0,
    ),
    # carbon: 10 chips emit 2 x 10 x 8.76 MWh x 0.1 t = 17.52 t, 5 t before: 12.52 beyond 10
    "carbon": (
        tables(
            sites=[site(kg_co2_per_mwh=100)],
            limits=[
                {
                    "limit": "cap",
                    "scope": "all",
                    "measure": "carbon",
                    "max": 10,
                    "used": 5,
                    "over_usd_per_unit": 3,
                }
            ],
        ),
        settings(),
        1000 + 3 * (5 + 17.52 - 10),
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_by_hand(name: str, tmp_path: Path) -> None:
    case_tables, case_settings, usd = BY_HAND[name]
    _, solution = solved(tmp_path, case_tables, case_settings)
    assert solution.objective == pytest.approx(usd, rel=1e-9)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", BY_HAND)
def test_proven_and_the_same_to_the_oracle(name: str, tmp_path: Path) -> None:
    case_tables, case_settings, usd = BY_HAND[name]
    folder = write_case(tmp_path / "case", case_tables, case_settings)
    assert solve_oracle(read_case(folder)) == ("optimal", pytest.approx(usd, rel=1e-7))
    result = run_case(folder, out=tmp_path / "runs")
    assert result.status == "optimal", result.message
    assert result.plan is not None
    assert result.plan.summary["objective_usd"] == pytest.approx(usd, abs=0.006)


@pytest.mark.slow
def test_tables_and_questions_tell_what_was_used(tmp_path: Path) -> None:
    case_tables, case_settings, _ = BY_HAND["budget"]
    run = run_case(write_case(tmp_path / "c", case_tables, case_settings), out=tmp_path).folder
    assert run is not None
    line = pd.read_csv(run / "budget.csv").set_index(["period", "category"]).loc["FY2025", "all"]
    told = ("limit_usd", "paid_usd", "used_usd", "over_usd", "free_usd")
    assert list(line[list(told)]) == pytest.approx([2000, 2000, 1500, 0, 0], abs=1e-6)
    # one more USD is a hundredth of a chip, which serves 600 / 100 + ... less short
    assert line["worth_usd_per_usd"] == pytest.approx((1 + 92 / 91) * 3 - 1)
    assert (line["worth_from_usd"], line["worth_to_usd"]) == pytest.approx((1500, 2500))
    answer = explain(run, ("limit", "budget", "all", "FY2025"))
    assert dict(answer.facts)["used"] == "2,000 USD"
    answer = explain(run, ("capex", "2000"))
    assert "With capex of at most 2,000 USD a fiscal year" in answer.headline

    case_tables, case_settings, _ = BY_HAND["min_share"]
    run = run_case(write_case(tmp_path / "d", case_tables, case_settings), out=tmp_path).folder
    assert run is not None
    line = pd.read_csv(run / "limits.csv").iloc[0]
    assert list(line[["used", "used_total"]]) == [100, 4000]
    assert line["value"] == pytest.approx(100 + 120 * 900 / 116)
    assert line["bound"] == pytest.approx(line["total"] * 0.2)
    answer = explain(run, ("limit", "policy", "l"))
    assert dict(answer.facts)["used"].startswith("0.2 ")
