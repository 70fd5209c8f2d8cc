"""Blanks beside filled neighbours: in tables by period, and among the rows of a group."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.case.tables import TABLES
from tests.helpers import GOOD, Broken, broken, told

BROKEN: dict[str, tuple[Broken, list[str]]] = {
    "a row of demand without a figure": (
        broken(("demand", 4, "input_mtok", "")),
        [
            "error demand-blank demand.csv:6 output_mtok=: needs a figure of embed in 2027Q1: a "
            "row without one is missing, not zero. fill in the demand, or write 0 where there is "
            "none"
        ],
    ),
    "rows of research without a figure": (
        broken(*[("demand", row, "flop", "") for row in range(8, 12)]),
        [
            f"error demand-blank demand.csv:{row} flop=: needs a figure of science in "
            f"2027Q{row - 9}: a row without one is missing, not zero. fill in the demand, or "
            "write 0 where there is none"
            for row in range(10, 14)
        ]
        + [
            "warning demand-nothing workloads.csv:4 workload=science: asks for nothing in any "
            "period. fill in demand.csv, or remove the workload"
        ],
    ),
    "input tokens of one period": (
        broken(("demand", 2, "input_mtok", "")),
        [
            "error blank-beside demand.csv:4 input_mtok=: has no figure for chat in 2027Q3 beside "
            "330000 in 2027Q2 and 390000 in 2027Q4; a blank means: counted within the output "
            "figure's throughput. fill in every period (0 where there is none)"
        ],
    ),
    "liquid MW of one period": (
        broken(("power", 3, "liquid_mw", "")),
        [
            "error blank-beside power.csv:5 liquid_mw=: has no figure for iowa in 2027Q4 beside 4 "
            "in 2027Q3; the table ends before the plan does; instead 10 would hold. fill in every "
            "period"
        ],
    ),
    "most chips of one period": (
        broken(("supply", 1, "max_chips", "")),
        [
            "warning blank-beside supply.csv:3 max_chips=: has no figure for market in 2027Q2 "
            "beside 4000 in 2027Q1 and 4000 in 2027Q3; a blank means: no limit in this period. "
            "fill in every period, or accept it in case.yaml"
        ],
    ),
    "price of one period": (
        broken(drop=[("offer_prices", 0)]),
        [
            "warning blank-beside offer_prices.csv:3 usd_per_chip=: has no figure for buy in "
            "2027Q2 beside 25000 in 2027Q1 and 25000 in 2027Q3; instead 25000 would hold. fill in "
            "every period, or accept it in case.yaml"
        ],
    ),
    "prices that end before the plan": (
        broken(drop=[("offer_prices", 1), ("offer_prices", 6)]),
        [
            "warning blank-beside offer_prices.csv:6 usd_per_chip_hour=: has no figure for rent in "
            "2027Q3 (and 1 more periods) beside 3 in 2027Q2; the table ends before the plan does; "
            "instead 3 would hold. fill in every period, or accept it in case.yaml"
        ],
    ),
    "demand charge of one period": (
        broken(("energy", 1, "usd_per_kw_month_demand", "")),
        [
            "warning blank-beside energy.csv:3 usd_per_kw_month_demand=: has no figure for ohio in "
            "2027Q2 beside 8 in 2027Q1 and 8 in 2027Q3; instead 0 would hold. fill in every "
            "period, or accept it in case.yaml"
        ],
    ),
    "input rate of one chip": (
        broken(("throughput", 2, "input_tok_per_s", "")),
        [
            "warning blank-beside throughput.csv:4 input_tok_per_s=: is blank for small fast tpu "
            "where neighbours have an entry: small fast h100 (20000); a blank means their work is "
            "included in the output figure. fill the cell, also where the entry is what a blank "
            "means, or accept it in case.yaml"
        ],
    ),
    "input rate beside one that says what a blank means": (
        broken(("throughput", 2, "calibration", "")),
        [
            "warning blank-beside throughput.csv:4 calibration=: is blank for small fast tpu "
            "where neighbours have an entry: small fast h100 (1); a blank means 1. fill the cell, "
            "also where the entry is what a blank means, or accept it in case.yaml"
        ],
    ),
    "the only figure of a column": (
        broken(
            ("throughput", 0, "calibration", ""),
            ("throughput", 1, "calibration", ""),
            ("throughput", 2, "calibration", ""),
        ),
        [
            "warning column-unfilled throughput.csv:2 calibration=: has a header and no entry "
            "where one counts; a blank means 1. fill the column, or remove it where that is meant"
        ],
    ),
    "the only figure that counts": (
        broken(
            ("sites", 0, "usd_per_kw_month", ""),
            ("sites", 1, "usd_per_kw_month", ""),
            ("sites", 2, "usd_per_kw_month", "0"),  # a cloud: its rental holds the space
        ),
        [
            "warning column-unfilled sites.csv:2 usd_per_kw_month=: has a header and no entry "
            "where one counts; a blank means 0. fill the column, or remove it where that is meant"
        ],
    ),
    "the only limit of supply": (
        broken(*[("supply", row, "max_chips", "") for row in range(3)]),
        [
            "warning column-unfilled supply.csv:2 max_chips=: has a header and no entry where one "
            "counts; a blank means no limit in this period. fill the column, or remove it where "
            "that is meant"
        ],
    ),
    "regions of one workload": (
        broken(("workloads", 1, "kind", "online"), ("workloads", 1, "window_periods", "")),
        [
            "warning blank-beside workloads.csv:3 regions=: is blank for embed where neighbours "
            "have an entry: chat (europe; us-central; us-east); a blank means all. fill the cell, "
            "also where the entry is what a blank means, or accept it in case.yaml",
            "warning blank-beside workloads.csv:2 sites=: is blank for chat where neighbours have "
            "an entry: embed (iowa); a blank means all. fill the cell, also where the entry is "
            "what a blank means, or accept it in case.yaml",
            "warning blank-beside workloads.csv:3 utilisation_cap=: is blank for embed where "
            "neighbours have an entry: chat (0.6); a blank means 1. fill the cell, also where the "
            "entry is what a blank means, or accept it in case.yaml",
        ],
    ),
    "prices outside the plan": (
        broken(
            add={
                "offer_prices": [
                    {"offer": "buy", "period": "2037Q1", "usd_per_chip": "1"},
                    {"offer": "buy", "period": "2026Q4", "usd_per_chip": "1"},
                ]
            }
        ),
        [
            "warning period-outside offer_prices.csv:9 period=2037Q1: is outside the plan, 2027Q1 "
            "to 2027Q4: 2026Q4, 2037Q1 (rows: 2) are not used. remove what is past, correct what "
            "is misspelt, or plan for more periods",
            "warning figure-unusual offer_prices.csv:9 usd_per_chip=1: is normally 300 to 250000 "
            "USD/chip (Epoch AI chip prices, press on rack prices, 2026-08-21); so are 1 more "
            "rows. 1/1000, kUSD for USD? correct it, or accept it in case.yaml with the reason",
            "warning chip-unlike offer_prices.csv:9 usd_per_chip=1: is far from the 31000 USD/chip "
            "known of h100 (assumption: H100 server 23,000 USD a GPU in 2025 (press) and network, "
            "2026-11-01); so are 1 more rows. correct it, or accept it in case.yaml with the "
            "reason",
            "warning period-unlike offer_prices.csv:9 usd_per_chip=1: is far from the other "
            "periods of buy (median 24000) in 2037Q1; so are 1 more rows. 1/1000, kUSD for USD or "
            "1/1000000, MUSD for USD? correct it, or accept it in case.yaml with the reason",
        ],
    ),
    "gains after the plan, not those before": (
        broken(
            add={
                "gains": [
                    dict(GOOD["gains"][0], period="2026Q1", gain="1.1"),
                    dict(GOOD["gains"][0], period="2028Q1", gain="1.3"),
                ]
            }
        ),
        [
            "warning period-outside gains.csv:4 period=2028Q1: is outside the plan, 2027Q1 to "
            "2027Q4: 2028Q1 (rows: 1) are not used. remove what is past, correct what is misspelt, "
            "or plan for more periods"
        ],
    ),
    "headroom of one site": (
        broken(("sites", 0, "headroom", "0.1")),
        [
            "warning blank-beside sites.csv:3 headroom=: is blank for ohio where neighbours have "
            "an entry: iowa (0.1); a blank means `headroom` of case. fill the cell, also where the "
            "entry is what a blank means, or accept it in case.yaml"
        ],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BROKEN)
def test_rule(tmp_path: Path, name: str) -> None:
    way, messages = BROKEN[name]
    assert told(tmp_path, way) == messages


@pytest.mark.slow
def test_a_group_that_is_wholly_blank_is_meant(tmp_path: Path) -> None:
    way = broken(*[("throughput", row, "input_tok_per_s", "") for row in (1, 2)])
    assert told(tmp_path, way) == []


@pytest.mark.slow
def test_a_slice_row_beside_a_row_for_every_slice_takes_that_row(tmp_path: Path) -> None:
    add = {"energy": [{"site": "ohio", "period": "2027Q1", "slice": "day", "usd_per_mwh": "65"}]}
    assert told(tmp_path, broken(add=add)) == []


def test_every_optional_figure_says_what_a_blank_is_beside_filled_neighbours() -> None:
    """The types whose blank can free cost or a restriction; text, dates and periods cannot."""
    open_ = [
        f"{table.name}.{column.name}"
        for table in TABLES
        for column in table.columns
        if column.type in ("number", "integer")
        and not column.required
        and column.name not in table.key
        and not column.beside
    ]
    assert open_ == []
