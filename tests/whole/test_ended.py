"""How a search for whole plans ends, and what is then stated: at the root, by the time limit, with
no plan at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from planner.audit import audit
from planner.exits import EXIT_OF_STATUS
from planner.lp.whole.branch import Branched
from planner.pipeline import RunResult, run
from planner.runs.verify import verify
from planner.solving import Options
from tests.helpers import write_case
from tests.model.small import chip, demand, offer, settings, tables

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
