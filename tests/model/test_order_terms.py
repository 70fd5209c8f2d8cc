"""Least orders, their number and their fee, worked by hand: prices of 100 and 50 USD a chip, one
chip serves one Mtok."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.pipeline import run
from tests.helpers import write_case
from tests.model.small import chip, demand, offer, power, settings, site, tables

CHEAPER = [{"offer": "buy", "period": 2026, "usd_per_chip": 50}]
TWO = {"sites": [site(), site("away")], "power": power(("home", "away"))}


def run_of(folder: Path, case_tables: Any, case_settings: Any) -> Path:
    """The run folder of a plan that must be proven."""
    case = write_case(folder / "case", case_tables, case_settings)
    result = run(case, out=folder / "out")
    assert result.status == "optimal", result.message
    assert result.folder is not None
    return result.folder


def planned(folder: Path, case_tables: Any, case_settings: Any) -> tuple[float, dict[str, float]]:
    """Cost and chips by line of a plan that must be proven."""
    written = run_of(folder, case_tables, case_settings)
    costs = pd.read_csv(written / "costs.csv")
    buy = pd.read_csv(written / "buy_plan.csv", keep_default_na=False)
    lines = dict(zip(buy["line_id"], buy["chips"].astype(float), strict=True))
    return float(costs["discounted_usd"].sum()), lines


DEARER = offer("dearer", usd_per_chip=300)

BY_HAND = {
    # 10 now and 4 later cost two fees, 14 now cost one: 1,400 + 500
    "a fee is paid once": (
        {"offers": [offer(usd_per_chip=100, usd_per_order=500)]},
        {},
        1900.0,
        {"buy@home@2025": 14.0},
    ),
    # 4 later may not be ordered: 6 of them at 50 are cheaper than 4 more at 100
    "zero or at least so many": (
        {"offers": [offer(usd_per_chip=100, min_order=6)], "offer_prices": CHEAPER},
        {},
        1300.0,
        {"buy@home@2025": 10.0, "buy@home@2026": 6.0},
    ),
    # 9 of them at 50 cost more than 4 more now
    "the least is too many": (
        {"offers": [offer(usd_per_chip=100, min_order=9)], "offer_prices": CHEAPER},
        {},
        1400.0,
        {"buy@home@2025": 14.0},
    ),
    # a quote of at least 504, of which 100 are needed: the other offer serves
    "zero of at least 504": (
        {
            "offers": [offer("quote", usd_per_chip=100, min_order=504), DEARER],
            "demand": demand(100, 100),
        },
        {},
        100 * 300.0,
        {"dearer@home@2025": 100.0},
    ),
    # 400 are needed: 504 of the quote cost less than 400 of the other
    "or at least 504": (
        {
            "offers": [offer("quote", usd_per_chip=100, min_order=504), DEARER],
            "demand": demand(400, 400),
        },
        {},
        504 * 100.0,
        {"quote@home@2025": 504.0},
    ),
    "one order in the plan": (
        {"offers": [offer(usd_per_chip=100, max_orders=1)], "offer_prices": CHEAPER},
        {},
        1400.0,
        {"buy@home@2025": 14.0},
    ),
    "one order in each fiscal year": (
        {
            "offers": [offer(usd_per_chip=100, max_orders=1, max_orders_per="fiscal_year")],
            "offer_prices": CHEAPER,
        },
        {},
        1200.0,
        {"buy@home@2025": 10.0, "buy@home@2026": 4.0},
    ),
    # 2 of 3 orders are placed already
    "orders before the plan count": (
        {
            "offers": [offer(usd_per_chip=100, max_orders=3, orders_before=2)],
            "offer_prices": CHEAPER,
        },
        {},
        1400.0,
        {"buy@home@2025": 14.0},
    ),
    # 8 chips fit at home, 2 stand away, where a MWh costs 1 USD: together they are one order of 10
    "an order is over all sites": (
        {
            "sites": [site(), site("away", usd_per_mwh=1)],
            "power": [
                {"site": "home", "period": 2025, "mw": 0.008},
                {"site": "home", "period": 2026, "mw": 0.008},
                *power(("away",)),
            ],
            "offers": [offer(usd_per_chip=100, site="home;away", min_order=10)],
            "demand": demand(10, 10),
        },
        {},
        1000.0 + 2 * 2 * 8.76,
        {"buy@home@2025": 8.0, "buy@away@2025": 2.0},
    ),
    # of what is rented by contract the fee is opex, at the start of its period
    "the fee of a contract": (
        {
            **TWO,
            "sites": [site(kind="cloud")],
            "power": None,
            "offers": [
                offer(
                    kind="reserved",
                    term_periods=1,
                    usd_per_chip_hour=0.01,
                    usd_per_order=300,
                )
            ],
        },
        {},
        10 * 8760 * 0.01 + 14 * 8760 * 0.01 + 600,
        {"buy@home@2025": 10.0, "buy@home@2026": 14.0},
    ),
    # 12 of the 14 at home have power: 2 must go away, so 6 do
    "a move is an order": (
        {
            **TWO,
            "fleet": [{"chip": "a", "site": "home", "in_service": 2024, "chips": 14}],
            "offers": [
                offer(
                    "move",
                    site="away",
                    kind="relocate",
                    from_site="home",
                    usd_per_chip=10,
                    min_order=6,
                    usd_per_order=7,
                )
            ],
            "power": [
                *({"site": "home", "period": t, "mw": 0.012} for t in (2025, 2026)),
                *power(("away",)),
            ],
            "demand": demand(14, 14),
        },
        {},
        6 * 10.0 + 7.0,
        {"move": 6.0},
    ),
}


@pytest.mark.parametrize(("changes", "more", "usd", "lines"), BY_HAND.values(), ids=BY_HAND.keys())
def test_by_hand(
    tmp_path: Path, changes: Any, more: Any, usd: float, lines: dict[str, float]
) -> None:
    case = tables(**({"demand": demand(10, 14)} | changes))
    cost, found = planned(tmp_path, case, settings(**more))
    assert cost == pytest.approx(usd, abs=0.01)
    for line, chips in lines.items():
        named = [amount for name, amount in found.items() if line in name]
        assert sum(named) == pytest.approx(chips, abs=1e-6), line
    assert len(found) == len(lines) + (1 if "fleet" in changes else 0)


def test_divisible_orders_have_a_share_of_their_fee(tmp_path: Path) -> None:
    """With everything divisible 14 of at most 20 cost 14/20 of the fee, and no order is too
    small."""
    offers = [offer(usd_per_chip=100, max_per_period=20, usd_per_order=500, min_order=12)]
    case = tables(demand=demand(10, 14), offers=offers)
    cost, _ = planned(tmp_path, case, settings(whole="no"))
    assert cost == pytest.approx(1400 + 500 * 14 / 20, abs=0.01)


LAST = ("offer", "site", "order_period", "action", "status", "chips", "decision")


def last_plan(*lines: tuple[str, int, int, str]) -> list[dict[str, Any]]:
    return [
        dict(zip(LAST, (name, "home", period, "buy", "new", chips, said), strict=True))
        for name, period, chips, said in lines
    ]


def test_orders_that_are_kept_are_what_they_are(tmp_path: Path) -> None:
    """4 chips were decided for 2026: below the least order, and the one order that may be placed.
    They pay their fee, and nothing else is ordered of the offer, so that the dear one serves
    2025."""
    offers = [
        offer(usd_per_chip=100, min_order=6, max_orders=1, usd_per_order=50),
        offer("dear", usd_per_chip=200),
    ]
    case = tables(
        demand=demand(10, 14), offers=offers, last_plan=last_plan(("buy", 2026, 4, "changed"))
    )
    cost, lines = planned(tmp_path, case, settings())
    assert lines == pytest.approx({"dear@home@2025": 10.0, "buy@home@2026": 4.0})
    assert cost == pytest.approx(2000 + 400 + 50, abs=0.01)


def test_refused_orders_are_none(tmp_path: Path) -> None:
    """What was refused for 2026 is no order, and pays no fee."""
    offers = [offer(usd_per_chip=100, usd_per_order=50)]
    case = tables(
        demand=demand(10, 14), offers=offers, last_plan=last_plan(("buy", 2026, 4, "refused"))
    )
    cost, lines = planned(tmp_path, case, settings())
    assert lines == pytest.approx({"buy@home@2025": 14.0})
    assert cost == pytest.approx(1400 + 50, abs=0.01)


@pytest.mark.parametrize("terms", [{"min_order": 20}, {"max_orders": 1}])
def test_orders_that_stand_in_the_way_are_named(tmp_path: Path, terms: dict[str, Any]) -> None:
    """Chips that live a year: 10 and then 14 must be ordered, in two orders of which none can have
    20, of 14 that are to be had."""
    case = tables(
        demand=demand(10, 14),
        chips=[chip(economic_life_years=1)],
        offers=[offer(usd_per_chip=100, supply_group="g", **terms)],
        supply=[{"supply_group": "g", "period": t, "max_chips": 14} for t in (2025, 2026)],
    )
    result = run(write_case(tmp_path / "case", case, settings()), out=tmp_path / "out")
    assert result.status != "optimal"
    assert "orders of buy" in result.message, result.message
