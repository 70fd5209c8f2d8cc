"""Least amounts of spend, chips and power, with or without a price of falling short, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.audit import audit
from planner.pipeline import run
from planner.study.explain import explain
from tests.helpers import broken, told, write_case
from tests.model.small import chip, offer, settings, site, solved, tables, throughput
from tests.model.wayout import way_out

TWO: dict[str, Any] = {
    "chips": [chip(), chip("b")],
    "offers": [offer(usd_per_chip=100), offer("buy_b", "b", usd_per_chip=150)],
    "throughput": throughput("a", "b"),
}
"""10 Mtok a year; a chip serves one, a costs 100 USD and b 150: 10 of a for 1,000 USD."""


def least(**cells: Any) -> dict[str, Any]:
    return {"limit": "agreed", "scope": "vendor", "member": "vb", "measure": "spend"} | cells


def cost(folder: Path, row: dict[str, Any], **changes: Any) -> float:
    return solved(folder, tables(**(TWO | changes), limits=[row]), settings())[1].objective


def test_spend_that_was_agreed(tmp_path: Path) -> None:
    """600 USD must go to the vendor of b: 4 of b, and 6 of a."""
    assert cost(tmp_path, least(min=600)) == pytest.approx(600 + 600)


def test_spend_beyond_need_is_thrown_away(tmp_path: Path) -> None:
    """3,000 USD must: 20 of b, of which 10 do nothing."""
    assert cost(tmp_path, least(min=3000)) == pytest.approx(3000)


@pytest.mark.parametrize(("price", "usd"), [(0.2, 1000 + 0.2 * 600), (0.5, 1200)])
def test_falling_short_has_a_price(tmp_path: Path, price: float, usd: float) -> None:
    """Each USD of b costs a third of a USD more than a: it is bought where that is less."""
    assert cost(tmp_path, least(min=600, over_usd_per_unit=price)) == pytest.approx(usd)


def test_what_was_spent_before_counts(tmp_path: Path) -> None:
    assert cost(tmp_path, least(min=600, used=450, used_total=450)) == pytest.approx(150 + 900)
    more = least(min=600, used=900, used_total=900)
    assert cost(tmp_path / "more", more) == pytest.approx(1000)


def test_spend_of_the_second_year(tmp_path: Path) -> None:
    """What is bought in the first year does not count: 4 of b in the second for nothing else."""
    assert cost(tmp_path, least(min=600, period=2026)) == pytest.approx(1000 + 600)


def test_chips_kept_in_a_country(tmp_path: Path) -> None:
    """3 chips must be in DE in each year, where they cost 200: 7 of a and 3 there."""
    changes: dict[str, Any] = {
        "sites": [site(), site("away", country="DE")],
        "offers": [offer(usd_per_chip=100), offer("far", "a", "away", usd_per_chip=200)],
        "power": [
            {"site": s, "period": year, "mw": 1} for s in ("home", "away") for year in (2025, 2026)
        ],
    }
    row = least(scope="country", member="DE", measure="chips", min=3)
    assert cost(tmp_path, row, **changes) == pytest.approx(700 + 600)
    late = row | {"period": 2026}
    assert cost(tmp_path / "late", late, **changes) == pytest.approx(1300)


def test_power_of_a_chip(tmp_path: Path) -> None:
    """Half a kW of b must be powered, and half a chip of it does the work of half a chip."""
    row = least(scope="chip", member="b", measure="power", min=0.0005)
    assert cost(tmp_path, row) == pytest.approx(950 + 75)


def test_least_and_most_meet(tmp_path: Path) -> None:
    assert cost(tmp_path, least(min=600, max=600)) == pytest.approx(1200)


def test_the_plan_tells_checks_and_explains_it(tmp_path: Path) -> None:
    case = write_case(tmp_path / "case", tables(**TWO, limits=[least(min=600)]), settings())
    result = run(case, out=tmp_path)
    assert result.status == "optimal", result.message
    assert result.folder is not None
    line = pd.read_csv(result.folder / "limits.csv").iloc[0]
    assert (line["side"], line["value"], line["bound"]) == ("min", 600, 600)
    assert line["worth_usd_per_unit"] == pytest.approx(1 / 3)
    answer = explain(result.folder, ["limit", "policy", "agreed"])
    assert answer.data["steps"][-1]["delta_usd"] == pytest.approx(-200)
    inputs = result.folder / "inputs" / "limits.csv"
    inputs.write_text(inputs.read_text(encoding="utf-8").replace("600", "700"), encoding="utf-8")
    assert "limits.kept" in {check.name for check in audit(result.folder).failed}


def test_a_conflict_names_it_and_its_repair_works(tmp_path: Path) -> None:
    """A budget of 1,100 USD leaves 100 for what b is dearer: at most 300 of b."""
    budgets = [{"period": 2025, "category": "all", "usd_max": 1100}]
    budgets += [{"period": 2026, "category": "all", "usd_max": 0}]
    changes = TWO | {"limits": [least(min=600)], "budgets": budgets}
    folder = write_case(tmp_path / "case", tables(**changes), settings())
    named, cell = "policy agreed: spend of vendor vb at least 600", "limits.agreed.min="
    mine, answer = way_out(folder, tmp_path, named, cell)
    assert mine == ["limits.agreed.min=300"]
    assert answer.objective == pytest.approx(1100)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"max": "5", "min": "6"}, "error minimum-above-maximum limits.csv:4 min=6: must be at"),
        ({"measure": "carbon", "min": "6"}, "error least-carbon limits.csv:4 min=6"),
        ({}, "error limit-unbounded limits.csv:4 max=: needs at least one of"),
        ({"min": "-1"}, "limits.csv:4 min=-1"),
    ],
)
def test_contradictions_are_told_where_they_stand(
    tmp_path: Path, cells: dict[str, str], said: str
) -> None:
    row = {"limit": "agreed", "scope": "vendor", "member": "nvidia", "measure": "chips"}
    lines = told(tmp_path, broken(add={"limits": [row | cells]}))
    assert any(said in line for line in lines), lines
