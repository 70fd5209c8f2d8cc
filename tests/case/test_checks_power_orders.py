"""Rules about power ordered before the plan. Each case breaks the good one in one place and is told
so, in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told


def ordered(**cells: str) -> Broken:
    """The good case with two MW of its hall ordered before the plan, some cells different."""
    row = {
        "project": "hall2",
        "site": "iowa",
        "ordered": "2026Q1",
        "arrives": "2027Q2",
        "mw": "2",
        "usd_per_mw": "10000000",
        "paid_share": "0.3",
        "usd_per_mw_period": "9000",
        "life_years": "15",
        "liquid_share": "1",
    }
    return broken(add={"power_orders": [row | cells]})


BROKEN: dict[str, tuple[Broken, list[str]]] = {
    "good": (
        ordered(),
        [],
    ),
    "site without a limit": (
        ordered(site="eu1", project="other"),
        [
            (
                "error project-without-limit power_orders.csv:2 site=eu1: must be a site with"
                " rows in power.csv; eu1 has no limit that other could raise. add the power "
                "of eu1 to power.csv, or remove the project"
            ),
        ],
    ),
    "another site than its project": (
        ordered(site="ohio"),
        [
            (
                "error power-order-site power_orders.csv:2 site=ohio: must be the site of "
                "hall2 in power_projects.csv (iowa). correct one of the two"
            ),
        ],
    ),
    "ordered in the plan": (
        ordered(ordered="2027Q1"),
        [
            (
                "error power-not-ordered power_orders.csv:2 ordered=2027Q1: must be a period "
                "before the start of the plan (2027Q1). correct the period; what is still to "
                "be ordered stands in power_projects.csv"
            ),
        ],
    ),
    "there before it was ordered": (
        ordered(arrives="2025Q4"),
        [
            (
                "error power-before-order power_orders.csv:2 arrives=2025Q4: must not be "
                "before ordered (2026Q1). correct one of the two"
            ),
        ],
    ),
    "there after the plan": (
        ordered(arrives="2028Q1"),
        [
            (
                "warning power-after-plan power_orders.csv:2 arrives=2028Q1: is after the end"
                " of the plan (2027Q4): the MW of hall2 are left out, and so is what is still"
                " to pay. plan for more periods, or remove the row"
            ),
        ],
    ),
    "more than the project can give": (
        ordered(mw="6"),
        [
            (
                "error power-above-most power_orders.csv:2 mw=6: must be, with all orders of "
                "hall2, at most its mw_max (5 MW); they are 6. correct the orders, or raise "
                "mw_max in power_projects.csv to all that it can give, what is ordered "
                "included"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
