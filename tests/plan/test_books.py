"""The books, worked by hand to the cent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import planner
from planner.audit import audit
from planner.runs.read import read_run_table
from tests.helpers import write_case
from tests.model.small import ONE, chip, offer, site
from tests.strategies import level

QUARTERS = [f"{2027 + t // 4}Q{t % 4 + 1}" for t in range(6)]
"""FY2027 has the first, FY2028 the next four, FY2029 the last: fiscal years begin in April."""


def _work(name: str, on: str, chips: list[float]) -> dict[str, list[dict[str, Any]]]:
    """A workload that only one chip type serves, by how many of them it needs in each quarter."""
    hours = [2160, 2184, 2208, 2208, 2184, 2184]
    speed = {"output_tok_per_s": ONE, "source": "assumption"}
    return {
        "workloads": [{"workload": name, "kind": "online", "model": name, "tier": "f"}],
        "throughput": [{"model": name, "tier": "f", "chip": on} | speed],
        "demand": [
            {"workload": name, "period": label, "output_mtok": n * h / 8760}
            for label, n, h in zip(QUARTERS, chips, hours, strict=True)
        ],
    }


def books_case() -> tuple[dict[str, list[dict[str, Any]]], dict[str, Any]]:
    tables: dict[str, list[dict[str, Any]]] = {
        "chips": [
            chip("a", book_life_years=4),
            chip("b", economic_life_years=4, maintenance_usd_per_chip_year=4000),
            chip("c", book_life_years=2.5),
            chip("d"),
        ],
        "sites": [site()],
        "power": [{"site": "home", "period": label, "mw": 1} for label in QUARTERS],
        "fleet": [
            {"chip": "a", "site": "home", "in_service": "2026Q1", "chips": 10}
            | {"usd_per_chip": 20000, "book_value_usd": 150000, "retire_early": "yes"},
            {"chip": "b", "site": "home", "in_service": "2025Q1", "chips": 3}
            | {"usd_per_chip": 16000, "retire_early": "yes"},
        ],
        "offers": [
            offer("buy-c", "c", usd_per_chip=40000, deposit_share=0.5, lead_periods=1)
            | {"first_order": "2027Q2", "last_order": "2027Q2"}
            | {"usd_per_order": 1200, "max_per_period": 5},
            offer("lease-d", "d", kind="lease", usd_per_chip=8000, term_periods=4)
            | {"first_order": "2027Q2", "last_order": "2027Q2"},
        ],
        "resale": [
            {"chip": "a", "age_years": 0, "share_of_price": 0.8},
            {"chip": "a", "age_years": 2, "share_of_price": 0.4},
        ],
    }
    for name, on, chips in (
        ("old", "a", [10, 10, 4, 4, 4, 4]),
        ("new", "c", [0, 0, 5, 5, 5, 5]),
        ("leased", "d", [0, 1, 1, 1, 1, 0]),
    ):
        for table, rows in _work(name, on, [float(n) for n in chips]).items():
            tables.setdefault(table, []).extend(rows)
    settings = {
        "name": "books",
        "start": "2027Q1",
        "periods": 6,
        "discount_rate": 0.08,
        "fiscal_year_start": 4,
        "residual": "none",
    }
    told = {
        name: [{key: str(cell) for key, cell in row.items()} for row in level(rows)]
        for name, rows in tables.items()
    }
    return told, settings


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("books")
    result = planner.run(write_case(out / "case", *books_case()), out=out / "runs")
    assert result.status == "optimal" and result.folder is not None
    return result.folder


def figures(run: Path, asset: str, chip: str, column: str) -> list[float]:
    """A column of books.csv by period; 0 where it has no row."""
    books = read_run_table(run, "books")
    mine = books[(books["asset"] == asset) & (books["chip"] == chip)].set_index("period")[column]
    return mine.reindex(QUARTERS).fillna(0.0).to_list()


def test_fleet_with_a_book_value_is_written_down_and_sold_by_hand(run: Path) -> None:
    """150,000 over the 12 quarters left of 16; 6 of 10 chips are sold when half a year has
    passed: 6 x 12,500 in the books, 6 x 20,000 x 0.5 in cash."""
    assert figures(run, "chips", "a", "opening_usd")[0] == 150000.00
    assert figures(run, "chips", "a", "depreciation_usd") == [12500, 12500, 5000, 5000, 5000, 5000]
    assert figures(run, "chips", "a", "write_off_usd") == [0, 0, 75000, 0, 0, 0]
    assert figures(run, "chips", "a", "sale_usd") == [0, 0, 60000, 0, 0, 0]
    assert figures(run, "chips", "a", "closing_usd")[-1] == 30000.00


def test_early_retirement_writes_off_the_rest_by_hand(run: Path) -> None:
    """No book value is stated: 3 x 16,000, half of 16 quarters old, retired at once, unsold."""
    assert figures(run, "chips", "b", "opening_usd")[0] == 24000.00
    assert figures(run, "chips", "b", "write_off_usd")[0] == 24000.00
    assert figures(run, "chips", "b", "closing_usd") == [0.0] * 6


def test_chips_in_service_in_mid_year_by_hand(run: Path) -> None:
    """Ordered in 2027Q2 with half paid, in service in 2027Q3: 5 x 40,000 over 10 quarters; the fee
    of the order goes with them."""
    assert figures(run, "chips", "c", "paid_usd") == [0, 100000, 100000, 0, 0, 0]
    assert figures(run, "chips", "c", "in_flight_usd") == [0, 100000, 0, 0, 0, 0]
    assert figures(run, "chips", "c", "depreciation_usd") == [0, 0, 20000, 20000, 20000, 20000]
    assert figures(run, "chips", "c", "closing_usd")[-1] == 120000.00
    assert figures(run, "ordering", "c", "depreciation_usd") == [0, 0, 120, 120, 120, 120]
    assert figures(run, "ordering", "c", "closing_usd")[-1] == 720.00


def test_up_front_payment_of_a_lease_is_spread_over_its_term_by_hand(run: Path) -> None:
    assert figures(run, "contracts", "d", "paid_usd") == [0, 8000, 0, 0, 0, 0]
    assert figures(run, "contracts", "d", "depreciation_usd") == [0, 2000, 2000, 2000, 2000, 0]


def test_profit_and_loss_and_the_bridge_are_cash_and_the_objective(run: Path) -> None:
    pnl, budget = read_run_table(run, "pnl"), read_run_table(run, "budget")
    costs = read_run_table(run, "costs")
    plan = pnl.iloc[:-1].set_index("period")
    assert plan["cost_usd"].to_list() == [
        12500 + 24000,
        12500 + 2000,
        5000 + 75000 - 60000 + 20000 + 120 + 2000,
        5000 + 20000 + 120 + 2000,
        5000 + 20000 + 120 + 2000,
        5000 + 20000 + 120,
    ]
    bridge = plan["cost_usd"] - plan["depreciation_usd"] - plan["amortisation_usd"]
    bridge += plan["sale_usd"] + plan["paid_usd"] - plan["write_off_usd"]
    paid = budget[budget["category"] == "all"].set_index("period")["paid_usd"]
    assert bridge.to_list() == paid.reindex(QUARTERS).to_list() == [0, 109200, 100000, 0, 0, 0]
    assert plan["cash_usd"].to_list() == paid.reindex(QUARTERS).to_list()
    assert pnl["objective_usd"].sum() == pytest.approx(costs["discounted_usd"].sum(), abs=0.005)
    # nominal 149,200; two payments a quarter and half a year late, less the sale at half a year
    half = 1.08**-0.5
    assert pnl["objective_usd"].sum() == pytest.approx(
        109200 * 1.08**-0.25 + 100000 * half - 60000 * half, abs=0.011
    )


def test_depreciation_is_cost_less_what_is_left(run: Path) -> None:
    """Over the plan, of every asset: opening + paid = depreciation + write-off + closing."""
    books = read_run_table(run, "books")
    books = books.sort_values("period", key=lambda period: period.map(QUARTERS.index))
    whole = books.groupby(["asset", "chip"], as_index=False).agg(
        opening=("opening_usd", "first"),
        paid=("paid_usd", "sum"),
        lost=("depreciation_usd", "sum"),
        gone=("write_off_usd", "sum"),
        left=("closing_usd", "last"),
    )
    assert len(whole) == 5
    assert (whole["opening"] + whole["paid"] - whole["gone"] - whole["left"]).to_list() == (
        pytest.approx(whole["lost"].to_list(), abs=0.005)
    )


def test_it_is_audited(run: Path) -> None:
    report = audit(run)
    assert report.ok, str(report)
    assert {"books.depreciation", "pnl.budget"} <= {check.name for check in report.checks}


@pytest.mark.parametrize(
    ("table", "column", "check"),
    [
        ("books", "closing_usd", "books.closing"),
        ("pnl", "cash_usd", "pnl.budget"),
    ],
)
def test_a_figure_that_was_changed_is_seen(table: str, column: str, check: str, run: Path) -> None:
    path = run / f"{table}.csv"
    before = path.read_bytes()
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.loc[2, column] = str(float(frame.loc[2, column]) + 100.0)
    frame.to_csv(path, index=False)
    failed = {one.name for one in audit(run, finished=False).failed}
    path.write_bytes(before)
    assert check in failed
