"""What procurement, a roll and another solver read: whole lots that serve, true ends, units."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.case import read_case
from planner.export import export_program
from planner.model import formulate
from planner.pipeline import run
from planner.plan.plan import Plan
from tests.helpers import write_case
from tests.model.small import chip, demand, offer, settings, site, tables
from tests.model.test_equations import RENT, SLICES

CLOUD: dict[str, Any] = {"sites": [site("cloud", "cloud")], "power": None}


def planned(tmp_path: Path, case: dict[str, Any], case_settings: dict[str, Any]) -> Plan:
    result = run(write_case(tmp_path / "case", case, case_settings), out=tmp_path / "out")
    assert result.status == "optimal" and result.plan is not None
    return result.plan


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("most", "lot", "quantity"), [("", 8, 8), (7.5, 4, 4), (7.5, 8, 0), ("", 1, 4), (3.95, 1, 3)]
)
def test_rentals_are_whole_lots_that_serve(
    most: Any, lot: int, quantity: float, tmp_path: Path
) -> None:
    """3.94 chips rented on demand are 8 in lots of 8, unless no more than 7.5 can be had."""
    case = tables(
        **CLOUD,
        chips=[chip(lot_size=lot)],
        offers=[RENT | {"max_per_period": most}],
        demand=demand(3.94, 3.94),
    )
    orders = planned(tmp_path, case, settings(slices=SLICES))["orders"]
    assert orders["quantity"].tolist() == [quantity, quantity]


@pytest.mark.slow
def test_the_true_end_of_what_outlives_the_plan(tmp_path: Path) -> None:
    """Bought in 2025 for five years: gone from 2030, although the plan ends with 2026."""
    projects = [
        {
            "project": "p",
            "site": "home",
            "mw_max": 1,
            "lead_periods": 0,
            "usd_per_mw": 1,
            "life_years": 9,
            "source": "s",
        }
    ]
    old = {"chip": "a", "site": "home", "in_service": 2024, "chips": 2}
    case = tables(power_projects=projects, fleet=[old])
    for row in case["power"]:
        row["mw"] = "0.001"
    buy = planned(tmp_path, case, settings())["buy_plan"].set_index("action")["leaves_period"]
    assert buy.to_dict() == {"keep": "2029", "buy": "2030", "build_power": "2034"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("frequency", "start", "period"),
    [("year", "2025", "2025"), ("quarter", "2025Q1", "2025Q1"), ("month", "2025-01", "2025-01")],
)
def test_what_must_be_decided_is_decided_in_its_period(
    frequency: str, start: str, period: str, tmp_path: Path
) -> None:
    one = [{"workload": "w", "period": period, "output_mtok": 1}]
    case = tables(1, demand=one, power=[{"site": "home", "period": period, "mw": 1}])
    told = planned(tmp_path, case, settings(1) | {"frequency": frequency, "start": start})
    decide = told["exceptions"].query("kind == 'decide_now'")["action"].tolist()
    assert decide == [f"approve or reject in this {frequency}"]


@pytest.mark.parametrize(("form", "mark"), [("mps", "*"), ("lp", "\\")])
def test_an_exported_program_says_its_units(form: str, mark: str, tmp_path: Path) -> None:
    import highspy

    case = read_case(write_case(tmp_path / "case", tables(workloads=SHORT), settings()))
    path = tmp_path / f"case.{form}"
    export_program(case, form, path)
    text = path.read_text(encoding="utf-8")
    for line in (
        "objective: 1,000,000 USD, discounted to the start of the plan",
        "columns order: 1,000 chips",
        "rows power: 1 MW of the site's limit",
    ):
        assert f"{mark} {line}\n" in text
    program = formulate(case).program
    for block in (*program.column_blocks, *program.row_blocks):
        kind = "column" if block in program.column_blocks else "row"
        told = f"{mark} {kind}s {block.name}: " in text or f"{mark} {kind} {block.name}_" in text
        assert told == (block.count > 0), block.name
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
    highs.run()
    assert highs.getInfo().objective_function_value == pytest.approx(1000 / 1e6)


SHORT = [{"workload": "w", "kind": "online", "model": "m", "tier": "f", "short_usd_per_mtok": 300}]


@pytest.mark.slow
def test_the_line_of_a_fleet_lot_names_its_chip(tmp_path: Path) -> None:
    old = {"chip": "a", "site": "home", "in_service": 2024, "chips": 2}
    plan = planned(tmp_path, tables(fleet=[old], offers=[offer(usd_per_chip=1)]), settings())
    kept = plan["buy_plan"].query("action == 'keep'")
    assert kept["offer"].tolist() == ["fleet:a:2024"]
    assert "fleet:a:2024" in plan["vintages"]["offer"].tolist()
