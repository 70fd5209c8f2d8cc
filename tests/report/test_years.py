"""Tables by fiscal year, worked by hand; every table by period has a rule for every figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import planner
from planner.cli import cli
from planner.plan.tables import PLAN_TABLE, PLAN_TABLES
from planner.report.finance import work_shares
from planner.report.years import OF, WHEN, YEARLY, Yearly, by_year, fiscal_start, years_of
from planner.runs.read import read_run_table
from tests.helpers import write_case
from tests.plan.test_books import QUARTERS, books_case

YEARS = years_of(QUARTERS, 4)
NO_YEAR = {
    "limits": "windows of its own",
    "order_steps": "orders, with their period",
    "commitment_orders": "orders, with their period",
    "whole": "counts, with their period",
    "exceptions": "what needs a person, when",
    "prices": "what is not bought, order period by order period",
}
"""Tables with a period that have no year, and why."""


def test_a_period_counts_in_the_fiscal_year_in_which_it_begins() -> None:
    assert YEARS.of == ("FY2027", "FY2028", "FY2028", "FY2028", "FY2028", "FY2029")
    assert YEARS.hours[:2] == (2160.0, 2184.0)
    assert YEARS.short == "The plan has only a part of FY2027 and FY2029."
    # months, and years that straddle: the one that begins in January is in the year that ends then
    assert years_of(["2027-03", "2027-04"], 4).of == ("FY2027", "FY2028")
    assert years_of(["2027", "2028"], 4).of == ("FY2027", "FY2028")
    assert years_of(["2027", "2028"], 1).short == ""


def test_chips_held_are_those_at_the_end_and_chips_that_work_the_mean_by_hand() -> None:
    fleet = pd.DataFrame(
        {
            "chip": "a",
            "site": "home",
            "period": QUARTERS[:4],
            **{name: [4.0, 4.0, 2.0, 1.0] for name in ("existing", "held", "powered")},
            **dict.fromkeys(("committed", "new", "stranded", "rented"), 0.0),
            "busy_chip_hours": [10.0, 20.0, 30.0, 40.0],
            "idle_chip_hours": np.nan,
        }
    )
    told = by_year("fleet", fleet, YEARS).set_index("fiscal_year")
    # nothing is there in the last quarter of FY2028, and no row says so
    assert told["held"].to_dict() == {"FY2027": 4.0, "FY2028": 0.0}
    mean = (4 * 2184 + 2 * 2208 + 1 * 2208) / (2184 + 2208 + 2208 + 2184)
    assert told["powered"].to_dict() == pytest.approx({"FY2027": 4.0, "FY2028": mean})
    assert told["busy_chip_hours"].to_dict() == {"FY2027": 10.0, "FY2028": 90.0}
    assert told["idle_chip_hours"].isna().all()


def test_every_figure_of_a_table_by_period_has_a_rule_or_a_reason() -> None:
    prices = ("usd_per", "worth", "marginal", "break_even", "pct", "minimum_costs", "limit_usd")
    windows = {"over_usd", "free_usd", "used_usd", "mw_it", "mw_utility"}
    for table in PLAN_TABLES:
        names = {column.name for column in table.columns}
        if not names & {"period", WHEN.get(table.name, "period"), "order_period"}:
            continue
        if table.name in NO_YEAR:
            assert table.name not in YEARLY
            continue
        assert set(OF[table.name]) <= names, table.name
        numbers = {column.name for column in table.columns if column.type == "number"}
        left = numbers - set(YEARLY[table.name]) - windows
        assert not [name for name in left if not any(word in name for word in prices)], left
        assert set(YEARLY[table.name]) <= numbers
    assert set(YEARLY) | set(NO_YEAR) <= set(PLAN_TABLE)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("years")
    result = planner.run(write_case(out / "case", *books_case()), out=out / "runs")
    assert result.folder is not None
    return result.folder


def test_depreciation_by_fiscal_year_from_april_by_hand(run: Path) -> None:
    assert fiscal_start(run) == 4
    books = by_year("books", read_run_table(run, "books"), YEARS)
    mine = books[(books["asset"] == "chips") & (books["chip"] == "a")].set_index("fiscal_year")
    assert mine["depreciation_usd"].to_list() == [12500.0, 12500.0 + 3 * 5000.0, 5000.0]
    assert mine["opening_usd"].to_list() == [150000.0, 137500.0, 35000.0]
    assert mine["closing_usd"].to_list() == [137500.0, 35000.0, 30000.0]
    assert mine["write_off_usd"].to_list() == [0.0, 75000.0, 0.0]


def test_years_are_the_sum_of_their_periods(run: Path) -> None:
    pnl = read_run_table(run, "pnl")
    told = by_year("pnl", pnl, YEARS)
    for name in ("cost_usd", "cash_usd", "objective_usd"):
        inside = pnl[pnl["period"].isin(QUARTERS)][name].sum()
        assert told[name].sum() == pytest.approx(inside, abs=0.01)


def test_the_command_prints_and_writes_them(run: Path, tmp_path: Path) -> None:
    told = CliRunner().invoke(cli, ["show", str(run), "--by", "year", "--csv", str(tmp_path / "y")])
    assert told.exit_code == 0, told.output
    assert "Cost by the books" in told.output and "FY2028" in told.output
    pnl = pd.read_csv(tmp_path / "y" / "pnl.csv")
    assert pnl["fiscal_year"].to_list() == ["FY2027", "FY2028", "FY2029"]
    wrong = CliRunner().invoke(cli, ["show", str(run), "--csv", str(tmp_path / "z")])
    assert wrong.exit_code != 0 and not (tmp_path / "z").exists()


def test_shares_of_work_are_all_of_it(run: Path) -> None:
    tables = {"showback": read_run_table(run, "showback")}
    assert work_shares(Yearly(tables, YEARS), "peak_mwh").sum(axis=0) == pytest.approx([1.0] * 3)
