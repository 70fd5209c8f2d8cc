"""Who is charged what, and what a million tokens costs and earns, worked by hand."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given

import planner
from planner.audit import audit
from planner.case import CaseError
from planner.cli import cli
from planner.runs.read import read_run_table
from tests.helpers import write_case
from tests.model.small import chip, demand, offer, settings, site, tables, throughput
from tests.properties.drawn import FEW, SOME, written
from tests.strategies import cases

FLOP = 2 * 1e12 * 0.5 * 3600 * 8760
"""What two chips ``t`` do in a year."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """10 chips for search, 5 for ads, at 100 USD over five years; two others train in the first
    year and idle in the second; a kW of peak costs 12 USD a year."""
    out = tmp_path_factory.mktemp("economics")
    work = {"kind": "online", "model": "m", "tier": "f"}
    case = tables(
        chips=[chip(), chip("t")],
        sites=[site(usd_per_kw_month_demand=1)],
        offers=[offer(usd_per_chip=100), offer("buy-t", "t", usd_per_chip=200)],
        workloads=[
            {"workload": "w", **work, "owner": "search", "usd_per_mtok": 50},
            {"workload": "v", **work, "owner": "ads", "usd_per_mtok": ""},
        ],
        demand=[*demand(10, 10), *demand(5, 5, workload="v")],
        throughput=throughput(),
        milestones=[
            {"milestone": "run", "flop": FLOP, "class": "pre", "deadline": "2025"}
            | {"sites": "home", "chips": "t", "owner": "search", "model": "m"}
        ],
        training=[
            {"class": "pre", "chip": "t", "precision": "bf16", "mfu": 0.5, "goodput": 1}
            | {"source": "assumption"}
        ],
    )
    result = planner.run(write_case(out / "case", case, settings()), out=out / "runs")
    assert result.status == "optimal" and result.folder is not None
    return result.folder


def test_owners_are_charged_the_full_cost_of_a_period_by_hand(run: Path) -> None:
    table = read_run_table(run, "showback")
    charged = table.set_index(["period", "work"])[["owner", "cost_usd", "cash_usd", "capital_usd"]]
    assert charged.loc[("2025", "w")].to_list() == ["search", 320.0, 1120.0, 200.0]
    assert charged.loc[("2025", "v")].to_list() == ["ads", 160.0, 560.0, 100.0]
    assert charged.loc[("2025", "run")].to_list() == ["search", 104.0, 424.0, 80.0]
    assert charged.loc[("2026", "w")].to_list() == ["search", 320.0, 120.0, 200.0]
    assert charged.loc[("2026", "v")].to_list() == ["ads", 160.0, 60.0, 100.0]
    idle = charged.loc[("2026", "")]
    assert idle.to_list() == ["", 80.0, 0.0, 80.0]
    assert table["kind"].value_counts().to_dict() == {"online": 4, "milestone": 1, "idle": 1}


def test_showback_is_all_of_a_period(run: Path) -> None:
    charged = read_run_table(run, "showback").groupby("period")[["cost_usd", "cash_usd"]].sum()
    pnl = read_run_table(run, "pnl").set_index("period")
    assert charged["cost_usd"].to_dict() == {"2025": 584.0, "2026": 560.0}
    assert charged["cash_usd"].to_list() == pnl.loc[["2025", "2026"], "cash_usd"].to_list()


def test_a_million_tokens_by_hand(run: Path) -> None:
    told = read_run_table(run, "economics").set_index(["kind", "name"]).loc[("workload", "w")]
    assert told["mtok"] == 20 and told["chip_hours"] == pytest.approx(175200)
    assert told["books_usd_per_mtok"] == 32 and told["cash_usd_per_mtok"] == 62
    assert told["mtok_per_usd_capital"] == pytest.approx(20 / 400)
    assert told["tok_per_s_per_mw"] == pytest.approx(20e6 / (175.2 * 3600))
    assert told["usd_per_mtok"] == 50 and told["margin_usd_per_mtok"] == 18
    assert told["margin_usd_per_chip_hour"] == pytest.approx(360 / 175200)
    assert told["margin_usd_per_mw_year"] == pytest.approx(18000)


def test_a_model_pays_for_its_training_by_hand(run: Path) -> None:
    told = read_run_table(run, "economics").set_index(["kind", "name"]).loc[("model", "m")]
    assert told["serving_usd"] == 960 and told["training_usd"] == 104 and told["research_usd"] == 0
    assert told["serving_to_training"] == pytest.approx(960 / 104)
    assert told["whole_usd_per_mtok"] == pytest.approx(1064 / 30)
    # of one of its workloads no price is said
    assert pd.isna(told["usd_per_mtok"]) and pd.isna(told["margin_usd_per_mtok"])


def test_it_is_audited(run: Path) -> None:
    report = audit(run)
    assert report.ok, str(report)
    assert {"showback.owner", "economics.whole_usd_per_mtok"} <= {c.name for c in report.checks}


def test_a_plan_in_which_nothing_is_done_charges_nobody(tmp_path: Path) -> None:
    case = tables(demand=demand(0, 0))
    result = planner.run(write_case(tmp_path / "case", case, settings()), out=tmp_path / "runs")
    assert result.status == "optimal" and result.folder is not None
    assert read_run_table(result.folder, "showback").empty
    assert read_run_table(result.folder, "books").empty
    assert read_run_table(result.folder, "pnl")["cost_usd"].sum() == 0.0
    told = CliRunner().invoke(cli, ["show", str(result.folder), "--by", "year"])
    assert told.exit_code == 0, told.output


def charges_all(case: tuple[object, object]) -> None:
    """The charges of a random case's plan are its cost and its cash, period by period."""
    with written(*case) as folder:
        try:
            result = planner.run(folder, out=folder.parent / "runs")
        except CaseError:
            return
        if result.status != "optimal" or result.folder is None:
            return
        charged = read_run_table(result.folder, "showback")
        pnl = read_run_table(result.folder, "pnl").set_index("period").iloc[:-1]
        for column in ("cost_usd", "cash_usd"):
            sums = charged.groupby("period")[column].sum().reindex(pnl.index).fillna(0.0)
            assert sums.to_list() == pytest.approx(pnl[column].to_list(), abs=0.006, rel=1e-12)
        assert audit(result.folder).ok


@pytest.mark.slow
@hypothesis.settings(FEW, max_examples=1)
@given(cases())
def test_charges_of_random_cases_are_all_of_a_period(case: tuple[object, object]) -> None:
    charges_all(case)


@pytest.mark.full
@SOME
@given(cases())
def test_charges_of_many_random_cases_are_all_of_a_period(case: tuple[object, object]) -> None:
    charges_all(case)
