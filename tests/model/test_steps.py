"""Price steps, worked by hand: 100 USD a chip, one chip serves one Mtok, and chips live on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.model.small import demand, offer, power, settings, site, tables
from tests.model.test_order_terms import last_plan, run_of

Steps = dict[str, list[tuple[float, float]]]


def step(chips: float, usd: float, **cells: Any) -> dict[str, Any]:
    row = {"offer": "buy", "from_chips": chips, "usd_per_chip": usd, "counts": "order", "on": "all"}
    return row | {"source": "assumption", "as_of": "2026-10-01"} | cells


def steps_of(folder: Path) -> Steps:
    """Chips and price at every step, by line."""
    table = pd.read_csv(folder / "order_steps.csv")
    found: Steps = {}
    for row in table.itertuples():
        found.setdefault(str(row.line_id), []).append((float(row.chips), float(row.usd_per_chip)))
    return found


PLAN = {"counts": "plan"}
YEAR = {"counts": "fiscal_year"}
ABOVE = {"on": "above"}
BY_HAND: dict[str, tuple[dict[str, Any], float, Steps]] = {
    # all 14 in one order at 80 cost less than 10 at 100 and 4 at 100
    "one order is large enough": (
        {"offer_steps": [step(12, 80)]},
        14 * 80.0,
        {"buy@home@2025": [(14, 80)]},
    ),
    # 20 at 50 are cheaper than 14 at 80: six are bought for their price alone
    "more than is needed": (
        {"offer_steps": [step(12, 80), step(20, 50)]},
        20 * 50.0,
        {"buy@home@2025": [(20, 50)]},
    ),
    "those above": (
        {"offer_steps": [step(12, 80, **ABOVE)]},
        12 * 100.0 + 2 * 80.0,
        {"buy@home@2025": [(12, 100), (2, 80)]},
    ),
    # a price that rises is met by two orders: 8 at 100 and 2 at 200, then 4 at 100
    "a rising price of an order": (
        {"offer_steps": [step(8, 200, **ABOVE)]},
        8 * 100.0 + 2 * 200.0 + 4 * 100.0,
        {"buy@home@2025": [(8, 100), (2, 200)], "buy@home@2026": [(4, 100)]},
    ),
    "a rising price of the plan": (
        {"offer_steps": [step(8, 200, **PLAN, **ABOVE)]},
        8 * 100.0 + 6 * 200.0,
        {"buy@home@2025": [(8, 100), (2, 200)], "buy@home@2026": [(4, 200)]},
    ),
    # 2026 sells for 50 below the first step: of all 14, the 10 of 2025 have filled it
    "in the order of time": (
        {
            "offer_steps": [step(12, 80, **PLAN, **ABOVE)],
            "offer_prices": [{"offer": "buy", "period": 2026, "usd_per_chip": 50}],
        },
        10 * 100.0 + 2 * 50.0 + 2 * 80.0,
        {"buy@home@2025": [(10, 100)], "buy@home@2026": [(2, 50), (2, 80)]},
    ),
    # each year for itself: 14 in 2025 reach the step, 4 in 2026 would not
    "a fiscal year": (
        {"offer_steps": [step(12, 90, **YEAR)]},
        14 * 90.0,
        {"buy@home@2025": [(14, 90)]},
    ),
    # 5 were ordered before: 10 more are beyond 12, at 80 all of them
    "chips before count for all": (
        {
            "offers": [offer(usd_per_chip=100, chips_before=5)],
            "offer_steps": [step(12, 80, **PLAN)],
        },
        14 * 80.0,
        {"buy@home@2025": [(10, 80)], "buy@home@2026": [(4, 80)]},
    ),
    # 5 of the 12 at 100 are gone, 7 are left
    "chips before fill the steps": (
        {
            "offers": [offer(usd_per_chip=100, chips_before=5)],
            "offer_steps": [step(12, 80, **PLAN, **ABOVE)],
        },
        7 * 100.0 + 7 * 80.0,
        {"buy@home@2025": [(7, 100), (3, 80)], "buy@home@2026": [(4, 80)]},
    ),
    # two offers of a group, one of them where a MWh costs 1 USD: 8 and 6 together are 14
    "a supply group": (
        {
            "sites": [site(), site("away", usd_per_mwh=1)],
            "power": [
                *({"site": "home", "period": t, "mw": 0.008} for t in (2025, 2026)),
                *power(("away",)),
            ],
            "offers": [
                offer(usd_per_chip=100, supply_group="g"),
                offer("far", site="away", usd_per_chip=110, supply_group="g"),
            ],
            "supply": [{"supply_group": "g", "period": t, "max_chips": 100} for t in (2025, 2026)],
            "offer_steps": [step(12, 80, offer="", supply_group="g")],
            "demand": demand(14, 14),
        },
        14 * 80.0 + 2 * 6 * 8.76,
        {"buy@home@2025": [(8, 80)], "far@away@2025": [(6, 80)]},
    ),
    # kept as it was changed: 4 in 2026, and 10 in 2025 make 14 of the plan
    "fixed orders count": (
        {
            "offer_steps": [step(14, 80, **PLAN)],
            "last_plan": last_plan(("buy", 2026, 4, "changed")),
        },
        14 * 80.0,
        {"buy@home@2025": [(10, 80)], "buy@home@2026": [(4, 80)]},
    ),
}


@pytest.mark.parametrize(("changes", "usd", "steps"), BY_HAND.values(), ids=BY_HAND.keys())
def test_by_hand(tmp_path: Path, changes: dict[str, Any], usd: float, steps: Steps) -> None:
    base: dict[str, Any] = {"demand": demand(10, 14)}
    folder = run_of(tmp_path, tables(**(base | changes)), settings())
    costs = pd.read_csv(folder / "costs.csv")
    assert float(costs["discounted_usd"].sum()) == pytest.approx(usd, abs=0.01)
    found = steps_of(folder)
    assert found == steps
    buy = pd.read_csv(folder / "buy_plan.csv").set_index("line_id")
    for line, rows in found.items():
        mean = sum(chips * price for chips, price in rows) / sum(chips for chips, _ in rows)
        assert buy.loc[line, "usd_per_chip"] == pytest.approx(mean)


def test_a_share_of_a_step_where_all_is_divisible(tmp_path: Path) -> None:
    """With everything divisible the cheapest step is open to all: a bound of what steps cost."""
    case = tables(demand=demand(10, 14), offer_steps=[step(12, 80), step(20, 50)])
    folder = run_of(tmp_path, case, settings(whole="no"))
    assert float(pd.read_csv(folder / "costs.csv")["discounted_usd"].sum()) == pytest.approx(700)


def test_what_is_paid_is_what_is_left_and_counts(tmp_path: Path) -> None:
    """Deposit, rest, budget and residual value are of the price really paid: of 12 chips at 80
    three fifths are left after 2 of 5 years, of 2 more a year later at 100 four fifths.  Two fifths
    of 960 and a fifth of 200 are less than two fifths of 14 at 80."""
    case = tables(
        demand=demand(10, 14),
        offers=[offer(usd_per_chip=100, deposit_share=0.25)],
        offer_steps=[step(12, 80)],
        budgets=[{"period": "FY2025", "category": "capex", "usd_max": 12 * 80}],
    )
    folder = run_of(tmp_path, case, settings(residual="straight_line"))
    costs = pd.read_csv(folder / "costs.csv").groupby("term")["nominal_usd"].sum()
    assert costs["chips"] == pytest.approx(12 * 80 + 2 * 100)
    assert costs["residual"] == pytest.approx(-12 * 80 * 3 / 5 - 2 * 100 * 4 / 5)
    assert pd.read_csv(folder / "budget.csv")["paid_usd"].iloc[0] == pytest.approx(12 * 80)
