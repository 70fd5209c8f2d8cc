"""One ranking of limits, in one kind of money."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from planner.report.facts import facts_of
from planner.report.summary import summarised
from planner.report.tight import tight_cells, tight_limits
from planner.runs.read import read_plan, read_run_table

PLAN = {
    "horizon": {
        "first": "2027Q1",
        "last": "2027Q4",
        "periods": 4,
        "frequency": "quarter",
        "discount_rate": 0.21,
    }
}


def tables(mw_worth: float, chip_worth: float) -> dict[str, pd.DataFrame]:
    """Ten MW bind in 2027Q3 and ten chips of a group in 2027Q1."""
    return {
        "power": pd.DataFrame(
            {
                "site": ["iowa"],
                "period": ["2027Q3"],
                "used_mw": [10.0],
                "worth_usd_per_mw": [mw_worth],
                "liquid_used_mw": [0.0],
                "liquid_worth_usd_per_mw": [0.0],
            }
        ),
        "supply": pd.DataFrame(
            {
                "supply_group": ["g"],
                "period": ["2027Q1"],
                "used": [10.0],
                "worth_usd_per_chip": [chip_worth],
            }
        ),
    }


def test_a_megawatt_is_discounted_before_it_is_compared() -> None:
    """(1.21)^-((2 + 1/2) / 4) = 0.887693...: 100 USD in 2027Q3 are 88.77 USD at the start, less
    than 95."""
    cells = tight_cells(PLAN, tables(100.0, 95.0))
    assert cells["kind"].tolist() == ["supply", "power"]
    assert cells["worth"].tolist() == pytest.approx([95.0, 100.0 * 1.21**-0.625])
    assert cells["value"].tolist() == pytest.approx([950.0, 1000.0 * 1.21**-0.625])
    assert tight_cells(PLAN, tables(110.0, 95.0))["kind"].tolist() == ["power", "supply"]


def test_by_limit() -> None:
    two = tables(100.0, 95.0)
    two["supply"] = pd.DataFrame(
        {
            "supply_group": ["g", "g", "h"],
            "period": ["2027Q1", "2027Q2", "2027Q1"],
            "used": [10.0, 20.0, 5.0],
            "worth_usd_per_chip": [1.0, 2.0, 0.0],
        }
    )
    limits = tight_limits(PLAN, two)
    assert limits[["item", "periods", "when", "worth", "value"]].to_numpy().tolist()[1:] == [
        ["g", 2, "2027Q2", 2.0, 50.0]
    ]


@pytest.mark.slow
def test_a_run_of_the_first_format_has_its_rate_in_its_settings() -> None:
    for folder in sorted((Path(__file__).parents[1] / "runs" / "v1").glob("*/*/plan.json")):
        plan = read_plan(folder.parent)
        if plan["status"] != "optimal":
            continue
        assert plan["horizon"]["discount_rate"] >= 0.0
        found = {name: read_run_table(folder.parent, name) for name in summarised(folder.parent)}
        assert dict(facts_of(plan, found))["tightest limit"]


def test_a_policy_is_told_in_the_unit_of_what_it_measures() -> None:
    limits = pd.DataFrame(
        {
            "limit": ["pledge", "second source"],
            "period": ["2027Q1", ""],
            "measure": ["carbon", "spend"],
            "value": [10.0, 10.0],
            "worth_usd_per_unit": [90.0, 0.2],
        }
    )
    cells = tight_cells(PLAN, tables(0.0, 0.0) | {"limits": limits})
    assert cells[["item", "unit", "period"]].to_numpy().tolist() == [
        ["pledge", "tonne", "2027Q1"],
        ["second source", "USD", "the whole plan"],
    ]
