"""The books of chips that fail, an order that is cancelled, and power that is built, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import planner
from planner.audit import audit
from planner.runs.read import read_run_table
from tests.helpers import write_case
from tests.model.small import chip, demand, power, settings, tables


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine chips for 9 Mtok, a tenth of which fails in a year; power for four, the rest is built;
    four chips on order are not needed, and were paid for by 30 %."""
    out = tmp_path_factory.mktemp("power")
    case = tables(
        chips=[chip(annual_attrition=0.1)],
        power=power(mw=0.004),
        demand=demand(9, 8.1),
        orders=[
            {"order": "po", "chip": "a", "site": "home", "arrives": "2026", "chips": 4}
            | {"usd_per_chip": 100, "paid_share": 0.3, "cancel_fee_share": 0.1}
        ],
        power_projects=[
            {"project": "hall", "site": "home", "mw_max": 0.005, "lead_periods": 0}
            | {"usd_per_mw": 1000000, "life_years": 10, "source": "assumption"}
        ],
    )
    result = planner.run(write_case(out / "case", case, settings()), out=out / "runs")
    assert result.status == "optimal" and result.folder is not None
    return result.folder


def row(run: Path, asset: str) -> dict[str, list[float]]:
    books = read_run_table(run, "books")
    mine = books[books["asset"] == asset].sort_values("period")
    return {name: mine[name].to_list() for name in books.columns if name.endswith("_usd")}


def test_chips_that_fail_are_written_off(run: Path) -> None:
    """2025: 9 x 20 written down, 0.9 x 80 of those that failed, 30 % of four that are cancelled;
    2026: 8.1 x 20, and 0.81 x 60."""
    told = row(run, "chips")
    assert told["opening_usd"] == [120.0, 648.0]
    assert told["paid_usd"] == [900.0, 0.0]
    assert told["depreciation_usd"] == [180.0, 162.0]
    assert told["write_off_usd"] == [72.0 + 120.0, 48.6]
    assert told["closing_usd"] == [648.0, 437.4]


def test_power_is_written_down_over_its_life(run: Path) -> None:
    told = row(run, "power")
    assert told["paid_usd"] == [5000.0, 0.0] and told["depreciation_usd"] == [500.0, 500.0]
    assert told["closing_usd"] == [4500.0, 4000.0]
    books = read_run_table(run, "books")
    assert set(books.loc[books["asset"] == "power", "site"]) == {"home"}


def test_the_fee_is_a_cost_and_cash(run: Path) -> None:
    pnl = read_run_table(run, "pnl").set_index("period")
    assert pnl["fees_usd"].to_list() == [40.0, 0.0, 0.0]
    assert pnl["cost_usd"].to_list() == [180 + 500 + 192 + 40, 162 + 500 + 48.6, 0.0]
    assert pnl["cash_usd"].to_list() == [900 + 5000 + 40, 0.0, 0.0]
    assert pnl["assets_usd"].to_list() == [648 + 4500, 4437.4, 4437.4]
    assert audit(run).ok
