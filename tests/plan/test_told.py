"""What is told of a line beside its figures - first use, limits met, runner-up - from the tables
of the run and its inputs alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import planner
from planner.audit.resolution import Resolution, resolve_inputs
from planner.runs.read import read_run_table
from tests.shipped import DIVISIBLE

ROOT = Path(__file__).parents[2]
CASES = ("power-bound", "gov-cloud")


@pytest.fixture(scope="module", params=CASES)
def run(request: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Resolution]:
    """A run of a shipped case, and what its inputs say."""
    source = ROOT / "inputs" / request.param
    result = planner.run(source, out=tmp_path_factory.mktemp("told"), overrides=DIVISIBLE)
    assert result.folder is not None
    return Path(result.folder), resolve_inputs(source)


def at(inputs: Resolution, label: str) -> int:
    """Position of a period's name; that of a period after the plan too."""
    return inputs.clock.position(label)


@pytest.mark.slow
def test_first_use_is_the_first_work_of_its_chips(run: tuple[Path, Resolution]) -> None:
    """From arrival on: the first period in which these chips work there, and most of it."""
    folder, inputs = run
    work, buy = read_run_table(folder, "allocation"), read_run_table(folder, "buy_plan")
    work = work.assign(t=[at(inputs, label) for label in work["period"]])
    hours = work.groupby(["chip", "site", "t", "work"])["chip_hours"].sum().reset_index()
    lines = buy[buy["action"].isin(["keep", "buy", "lease", "reserve", "rent"])]
    assert len(lines)
    for line in lines.itertuples():
        begins = max(at(inputs, line.in_service_period), 0)
        mine = hours[(hours["chip"] == line.chip) & (hours["site"] == line.site)]
        mine = mine[mine["t"] >= begins]
        if mine.empty:
            assert line.first_use == "", line.line_id
            continue
        first = mine[mine["t"] == mine["t"].min()]
        most = first.loc[first["chip_hours"] >= first["chip_hours"].max() * (1 - 1e-9), "work"]
        assert line.first_use in set(most), line.line_id


def test_limits_met_name_power_where_it_is_worth_something(run: tuple[Path, Resolution]) -> None:
    folder, inputs = run
    power, buy = read_run_table(folder, "power"), read_run_table(folder, "buy_plan")
    power = power.assign(t=[at(inputs, label) for label in power["period"]])
    worth = power[["worth_usd_per_mw", "liquid_worth_usd_per_mw"]].fillna(0.0).max(axis=1)
    lines = buy[(buy["status"] == "new") & buy["action"].isin(["buy", "lease", "reserve", "rent"])]
    assert len(lines)
    for line in lines.itertuples():
        serves = power["t"].between(
            at(inputs, line.in_service_period), at(inputs, line.leaves_period) - 1
        )
        tight = bool((worth[serves & (power["site"] == line.site)] > 1e-3).any())
        assert (f"power:{line.site}" in line.binding_limits) == tight, line.line_id


def can_do(inputs: Resolution, cause: str, chip: str, site: str) -> bool:
    """Whether a chip at a site may do the work that is the cause of a line."""
    kind, _, name = cause.partition(":")
    assert kind in ("workload", "site_loss")
    row = next(row for row in inputs.tables["workloads"] if row["workload"] == name)
    rows = inputs.tables["throughput"]
    served = any(
        (r["model"], r["tier"], r["chip"]) == (row["model"], row["tier"], chip) for r in rows
    )
    banned = any(
        rule["workload"] in ("", name) and rule["workload"] and rule["chip"] in ("", chip)
        for rule in inputs.tables["rules"]
    )
    return served and site in row["sites"] and not banned


def test_runner_up_is_the_nearest_offer_that_could_do_the_work(
    run: tuple[Path, Resolution],
) -> None:
    """Of what was not bought and nothing blocks, in service within a year: the least cut."""
    folder, inputs = run
    prices, buy = read_run_table(folder, "prices"), read_run_table(folder, "buy_plan")
    lead = {row["offer"]: row["lead_periods"] for row in inputs.tables["offers"]}
    free = prices[
        prices["blocked_by"].eq("") & np.isfinite(prices["cut_pct"]) & prices["chip"].ne("")
    ]
    free = free.assign(
        id=free["offer"] + "@" + free["site"] + "@" + free["order_period"],
        t=[
            at(inputs, label) + (lead[offer] if kind not in ("on_demand", "spot") else 0)
            for label, offer, kind in zip(
                free["order_period"], free["offer"], free["kind"], strict=True
            )
        ],
    )
    lines = buy[(buy["status"] == "new") & buy["action"].isin(["buy", "lease", "reserve", "rent"])]
    seen = 0
    for line in lines[lines["cause_1"].str.startswith("workload:")].itertuples():
        arrives = at(inputs, line.in_service_period)
        near: pd.DataFrame = free[(free["t"] - arrives).abs() <= inputs.clock.per_year]
        able = [
            can_do(inputs, line.cause_1, chip, site)
            for chip, site in zip(near["chip"], near["site"], strict=True)
        ]
        near = near[np.array(able, dtype=bool)]
        if near.empty:
            continue
        seen += 1
        least = float(near["cut_pct"].min())
        assert line.runner_up_gap_pct == pytest.approx(least, rel=1e-6, abs=1e-9), line.line_id
        assert line.runner_up in set(near.loc[near["cut_pct"] <= least * (1 + 1e-6) + 1e-9, "id"])
    assert seen


def test_what_is_short_is_told_in_per_cent_of_demand(run: tuple[Path, Resolution]) -> None:
    folder, _ = run
    coverage, told = read_run_table(folder, "demand_coverage"), read_run_table(folder, "exceptions")
    short = coverage[coverage["short"] > 0].set_index(["workload", "period"])
    rows = told[told["kind"] == "short"]
    assert len(rows) == len(short)
    for row in rows.itertuples():
        entry = short.loc[(row.item, row.period)]
        share = float(row.message.partition(": ")[2].partition(" %")[0].replace(",", ""))
        assert share == pytest.approx(100.0 * entry["short"] / entry["demand"], rel=1e-3)
