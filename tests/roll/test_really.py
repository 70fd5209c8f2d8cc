"""What really happened: told as planned changes nothing, told otherwise only what it says."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.actuals import Actuals, no_actuals
from planner.model.ledger import TERMS
from planner.plan.answer import Answer
from planner.plan.lines import all_lines
from planner.roll.holdings import holdings
from planner.roll.really import state_after
from planner.roll.state import state_of
from tests.helpers import write_case
from tests.model.small import chip, demand, offer, power, settings, site, tables
from tests.roll.nextcase import solved
from tests.shipped import DIVISIBLE

SHIPPED = Path(__file__).parents[2] / "inputs"
BY = 2
FREE = {"power-bound": ("offers.*.usd_per_order=",)}
"""A divisible plan pays for no order, which really costs its fee."""


def actuals_with(by: int, **rows: list[dict[str, Any]]) -> Actuals:
    """Return actuals of which some tables tell some columns."""
    made = no_actuals(by)
    for name, told in rows.items():
        empty = getattr(made, name)
        frame = pd.DataFrame(told).reindex(columns=empty.columns)
        for column in empty.columns:
            if empty[column].dtype == object:
                frame[column] = frame[column].astype(object).where(frame[column].notna(), "")
            elif empty[column].dtype.kind in "fi":
                frame[column] = frame[column].astype("float64")
        made = dataclasses.replace(made, **{name: frame})
    return made


def as_planned(answer: Answer, by: int) -> Actuals:
    """Return actuals that tell all of a plan's first periods as it says."""
    f = answer.formulation
    axes, ledger = f.index.axes, f.ledger
    lines = all_lines(answer)
    lines = lines[(lines["order_period"] < by) & (lines["action"] != "rent")]
    orders = [
        {
            "line": line.line_id,
            "chips": line.chips,
            "mw": line.mw,
            "usd_per_chip": line.usd_per_chip if line.status != "existing" else np.nan,
            "planned": True,
        }
        for line in lines.itertuples()
        if line.action != "cancel"
    ]
    serving = answer.serving.assign(period=f.capacity.period[answer.serving["place"]])
    served = serving[serving["period"] < by].groupby(["work", "period"])["volume"].sum()
    work = [
        {"workload": axes["workload"][w], "period": t, "served": volume}
        for (w, t), volume in served.items()
    ]
    training = f.training
    when = f.capacity.period[training.place]
    flop = pd.Series(answer.x[training.column] * training.flop)
    done = flop.groupby([training.milestone, when]).sum()
    milestones = [
        {"milestone": axes["milestone"][m], "period": t, "flop": amount}
        for (m, t), amount in done.items()
        if t < by
    ]
    usd = pd.Series(ledger.nominal * answer.x[ledger.column])
    paid = usd.groupby([ledger.term, ledger.period, ledger.site]).sum()
    cash = [
        {"term": TERMS[term], "period": t, "site": axes["site"][s], "usd": amount}
        for (term, t, s), amount in paid.items()
        if t < by and s >= 0
    ]
    lots = holdings(answer, by)
    here = lots[lots["arrives"] < by].groupby(["chip", "site"])["chips"].sum()
    fleet = [
        {"chip": c, "site": s, "in_service": np.nan, "chips": count}
        for (c, s), count in here.items()
    ]
    return actuals_with(by, orders=orders, work=work, milestones=milestones, cash=cash, fleet=fleet)


def same(one: Any, other: Any) -> None:
    if isinstance(one, int):
        assert one == other
    elif isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, rtol=1e-9, check_dtype=False)
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        for name in one:
            same(one[name], other[name])
    else:
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9 * np.nanmax([1.0, *one]))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["quickstart", "power-bound", "gov-cloud", "frontier-lab"])
def test_told_as_planned_changes_nothing(name: str) -> None:
    answer, _ = solved(SHIPPED / name, [*DIVISIBLE, *FREE.get(name, ())])
    planned, told = (
        state_of(answer, BY),
        state_after(answer, state_of(answer, BY), as_planned(answer, BY)),
    )
    for field in dataclasses.fields(planned):
        same(getattr(planned, field.name), getattr(told, field.name))


BUY = offer(usd_per_chip=1000, lead_periods=1, deposit_share=0.25)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    """Ten chips at 1,000 USD ordered in 2025 for 2026, five more in 2026 for 2027."""
    folder = tmp_path_factory.mktemp("small") / "case"
    given = tables(
        4,
        chips=[chip(economic_life_years=8)],
        sites=[site()],
        power=power(periods=4),
        offers=[BUY],
        demand=demand(0, 10, 15, 15),
        budgets=[{"period": "2025", "category": "capex", "usd_max": 1e6}],
    )
    write_case(folder, given, settings(4, discount_rate=0.1))
    return solved(folder)[0]


def test_a_line_executed_otherwise(small: Answer) -> None:
    """Eight instead of ten at 1,100 USD, half of it paid, a year late: on order, until a year later
    than planned."""
    line = "buy@home@2025"
    planned = state_of(small, BY)
    assert planned.lots["chips"].tolist() == pytest.approx([10, 5])
    told = {"line": line, "chips": 8, "usd_per_chip": 1100, "paid_share": 0.5, "arrives": 2}
    state = state_after(small, state_of(small, BY), actuals_with(BY, orders=[told]))
    lot = state.lots.set_index("line").loc[line]
    assert (lot["chips"], lot["usd_per_chip"], lot["paid_share"]) == (8, 1100, 0.5)
    assert (lot["ordered"], lot["arrives"], lot["in_service"]) == (0, 2, 2)
    assert lot["leaves_service"] == planned.lots.set_index("line").loc[line, "leaves_service"] + 1
    assert state.budgets.tolist() == [8 * 1100 * 0.5]
    assert planned.budgets.tolist() == [10 * 1000 * 0.25]


def test_not_ordered_and_bought_beside_the_plan(small: Answer) -> None:
    """A line with no chips is gone; another year's order counts although the plan has none."""
    rows = [
        {"line": "buy@home@2026", "chips": 0},
        {"line": "buy@home@2025", "chips": 12},
    ]
    state = state_after(small, state_of(small, BY), actuals_with(BY, orders=rows))
    assert state.lots[["line", "chips"]].values.tolist() == [["buy@home@2025", 12.0]]


def test_ordered_later_arrives_later(small: Answer) -> None:
    told = {"line": "buy@home@2025", "period": 1}
    lot = state_after(small, state_of(small, BY), actuals_with(BY, orders=[told])).lots.iloc[0]
    assert (lot["ordered"], lot["arrives"]) == (1, 2)


def test_counts_and_cash(small: Answer) -> None:
    """What was counted is there, and cash that is told is what a budget has used."""
    state = state_after(
        small,
        state_of(small, BY),
        actuals_with(
            BY,
            fleet=[{"chip": "a", "site": "home", "in_service": np.nan, "chips": 9}],
            cash=[{"term": "chips", "period": 0, "site": "", "usd": 2400}],
        ),
    )
    assert state.lots["chips"].tolist() == pytest.approx([9, 5])
    assert state.budgets == pytest.approx([2400])
