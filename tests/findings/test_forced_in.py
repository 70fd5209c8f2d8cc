"""What prices.csv says of forcing in one rented chip is what a re-solve with it costs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.case import read_case
from planner.lp.certificate import certify
from planner.lp.highs import LiveModel
from planner.lp.polish import polished
from planner.model import formulate
from planner.plan.answer import read_answer
from planner.plan.pricing import price_table
from tests.shipped import DIVISIBLE

INPUTS = Path(__file__).parents[2] / "inputs"
CHIPS = 0.01


def forced(name: str, most: int) -> pd.DataFrame:
    """Rentals that are not in the plan: what is written, and what 0.01 chips in every slice cost
    per chip."""
    formulation = formulate(read_case(INPUTS / name, DIVISIBLE))
    program, capacity = formulation.program, formulation.capacity
    model = LiveModel(program)
    first = model.solve()
    before = certify(program, first)
    solution = polished(program, first)
    after = certify(program, solution)
    assert after.bound == pytest.approx(before.bound, rel=1e-12)
    prices = price_table(read_answer(formulation, solution))
    prices = prices[prices["kind"].isin(["on_demand", "spot"])]
    prices = prices.sample(min(most, len(prices)), random_state=0)
    at = capacity.rented_place
    offers = formulation.index.axes["offer"][capacity.rented_row]
    found = []
    for row in prices.itertuples():
        mine = (offers == row.offer) & (capacity.site[at] == row.site)
        own = capacity.rented[mine & (capacity.period[at] == row.order_period)]
        upper = program.column_upper[own] * program.column_scale[own]
        model.set_column_bounds(own, np.full(len(own), CHIPS), np.maximum(upper, CHIPS))
        again = model.solve()
        assert again.status == "optimal"
        model.set_column_bounds(own, np.zeros(len(own)), upper)
        found.append((again.objective - first.objective) / CHIPS)
    return prices.assign(resolved=found)


@pytest.mark.parametrize(
    ("name", "most"),
    [("gov-cloud", 60), pytest.param("frontier-lab", 40, marks=pytest.mark.full)],
)
def test_written_is_resolved(name: str, most: int) -> None:
    told = forced(name, most)
    written, resolved = told["reduced_cost_usd"].to_numpy(), told["resolved"].to_numpy()
    assert len(told) >= 10
    assert (written > 0).all()
    assert (written <= resolved * (1 + 1e-6) + 0.05).all()  # never more than it costs
    exact = np.abs(written - resolved) <= 0.01 * resolved
    assert exact.mean() >= 0.9, told[~exact][["offer", "site", "order_period", "resolved"]]
