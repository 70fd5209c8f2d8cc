"""How a search for whole plans ends, and what is then stated: at the root, by the time limit, with
no plan at all."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from planner.audit import audit
from planner.exits import EXIT_OF_STATUS
from planner.lp.whole.branch import Branched, branch
from planner.pipeline import RunResult, run
from planner.runs.verify import verify
from planner.solving import Options
from tests.helpers import write_case
from tests.model.small import chip, demand, offer, settings, tables

pytestmark = pytest.mark.drawn

STOPPED = Branched("limit", np.empty(0), -np.inf, 0, "Time limit reached")


def made(folder: Path, options: Options | None = None, **changes: Any) -> RunResult:
    case = tables(**{"chips": [chip(lot_size=72)], **changes})
    return run(write_case(folder / "case", case, settings()), out=folder, options=options)


@pytest.mark.slow
@pytest.mark.parametrize("solver", ["highs", "pulp:PULP_CBC_CMD"])
def test_a_bound_that_the_root_proves_verifies(tmp_path: Path, solver: str) -> None:
    """10 chips need a rack of 72, which HiGHS sees without branching: it counts no nodes."""
    result = made(tmp_path, Options(solver=solver))
    assert result.status == "optimal", result.message
    assert result.plan is not None
    assert result.folder is not None
    assert result.plan.summary["bound_usd"] == pytest.approx(7200, rel=1e-3)
    assert [found for found in verify(result.folder) if not found.ok] == []


def test_a_time_limit_leaves_the_best_plan_with_its_gap(tmp_path: Path) -> None:
    """The start by rounding is there when the time is up: its bound is the divisible plan's."""
    with patch("planner.lp.whole.solve.branch", return_value=STOPPED):
        result = made(tmp_path)
    assert result.status == "limit"
    assert EXIT_OF_STATUS[result.status] == 5
    assert "Time limit" in result.message or "a gap of" in result.message
    assert result.plan is not None
    assert result.plan.summary["objective_usd"] == pytest.approx(7200)
    assert result.plan.summary["bound_usd"] == pytest.approx(1000)
    assert result.folder is not None
    assert audit(result.folder).ok


@pytest.mark.full
def test_a_real_time_limit_leaves_the_best_plan_with_its_gap(tmp_path: Path) -> None:
    """power-bound to 1e-9 takes longer than it is given, and whatever is found by then is whole,
    audited and verified, with the gap it has: exit code 5, by the command as well."""
    case = Path(__file__).parents[2] / "inputs" / "power-bound"
    begin = time.perf_counter()
    result = run(
        case,
        overrides=("case.run.whole_gap=1e-9",),
        out=tmp_path / "here",
        options=Options(time_limit_s=10.0, threads=1),
    )
    assert time.perf_counter() - begin < 120.0
    assert result.status == "limit"
    assert "Time limit" in result.message or "a gap of" in result.message
    assert result.plan is not None and result.folder is not None
    told = result.plan.summary
    assert 1e-9 < told["gap"] < 1e-3
    assert told["bound_usd"] <= 235.24e6 <= told["objective_usd"] * (1 + 1e-3)
    assert told["whole"]["divisible_usd"] <= told["bound_usd"] * (1 + 1e-9)
    assert audit(result.folder).ok
    assert {"buy_plan.csv", "orders.csv", "whole.csv", "summary.md", "report.html"} <= {
        path.name for path in result.folder.iterdir()
    }
    command = [sys.executable, "-m", "planner", "run", str(case), "--out", str(tmp_path / "there")]
    command += ["--set", "case.run.whole_gap=1e-9", "--time-limit", "10", "--no-resolve", "--quiet"]
    ended = subprocess.run(command, check=False)
    assert ended.returncode == EXIT_OF_STATUS["limit"] == 5


def test_no_whole_plan_is_told(tmp_path: Path) -> None:
    """Racks of 72 and 50 to be had: there is only a divisible plan."""
    result = made(tmp_path, offers=[offer(usd_per_chip=100, max_per_period=50)])
    assert (result.status, result.plan, result.folder) == ("whole", None, None)
    assert EXIT_OF_STATUS[result.status] == 4
    assert "racks of buy" in result.message


def test_what_a_kind_that_opens_something_costs(tmp_path: Path) -> None:
    """17 chips in racks of 8, an order of 30 at the least for 50 USD: 3,250.  Without racks
    30 chips are 3,050; of four racks that need not be placed the fee is saved."""
    result = made(
        tmp_path,
        chips=[chip(lot_size=8)],
        demand=demand(14, 17),
        offers=[
            offer(usd_per_chip=100, min_order=30, usd_per_order=50),
            offer("one", usd_per_chip=300, lot_size=1),
        ],
    )
    assert result.plan is not None, result.message
    assert result.plan.summary["objective_usd"] == pytest.approx(3250)
    kinds = result.plan.summary["whole"]["by_kind"]
    assert kinds == {"racks": pytest.approx(200), "orders": pytest.approx(50)}


def test_a_thousand_times_the_money_is_the_same_plan(tmp_path: Path) -> None:
    """Racks of 72 and of 8, a least order of 16: all prices in thousandths of what they were."""
    told = []
    for times in (1, 1000):
        result = made(
            tmp_path / str(times),
            chips=[chip(lot_size=8)],
            demand=demand(14, 100),
            offers=[
                offer(usd_per_chip=100 * times, lot_size=72),
                offer("few", usd_per_chip=130 * times, min_order=16, usd_per_order=40 * times),
            ],
        )
        assert result.plan is not None, result.message
        buy = result.plan.tables["buy_plan"][["line_id", "chips"]]
        told.append((result.plan.summary["objective_usd"] / times, buy.to_csv(index=False)))
    assert told[0][0] == pytest.approx(told[1][0], rel=1e-9)
    assert told[0][1] == told[1][1]


def test_a_price_of_a_millionth_of_a_dollar_is_proven(tmp_path: Path) -> None:
    """Ten chips for a thousandth of a cent: shares of a cost that no cent tells are no fault."""
    result = made(tmp_path, offers=[offer(usd_per_chip=1e-6)])
    assert result.status == "optimal", result.message
    assert result.folder is not None
    assert audit(result.folder).ok


def test_counts_that_come_back_slightly_fractional_are_whole(tmp_path: Path) -> None:
    """A solver leaves a millionth of a rack: the plan has none of it."""
    true = branch

    def slightly(*given: Any, **named: Any) -> Branched:
        found = true(*given, **named)
        return dataclasses.replace(found, x=found.x * (1.0 + 1e-8) + 1e-9)

    with patch("planner.lp.whole.solve.branch", side_effect=slightly) as called:
        result = made(
            tmp_path,
            chips=[chip(lot_size=8)],
            demand=demand(14, 23),
            offers=[
                offer(usd_per_chip=100, lot_size=24),
                offer("few", usd_per_chip=110, min_order=8),
            ],
        )
    assert called.called
    assert result.plan is not None, result.message
    assert result.status == "optimal"
    chips = result.plan.tables["buy_plan"]["chips"]
    assert all(float(count) % 8 == 0 for count in chips)
