"""Rules about least orders and their number. Each case breaks the good one in one place and is told
so, in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told

BROKEN = {
    "nothing wrong": (
        broken(
            ("offers", 0, "min_order", "72"),
            ("offers", 0, "max_orders", "2"),
            ("offers", 0, "usd_per_order", "1000"),
            ("offers", 0, "orders_before", "1"),
            ("offers", 2, "min_order", "8"),
        ),
        [],
    ),
    "least order of what is rented": (
        broken(("offers", 3, "min_order", "8"), ("offers", 3, "max_orders", "0")),
        [
            (
                "error orders-of-rent offers.csv:5 min_order=8: must be blank for kind "
                "on_demand, which is rented by the hour and never ordered. clear the cell, or "
                "make rent a reservation"
            ),
            (
                "error orders-of-rent offers.csv:5 max_orders=0: must be blank for kind "
                "on_demand, which is rented by the hour and never ordered. clear the cell, or "
                "make rent a reservation"
            ),
        ],
    ),
    "least order above the maximum": (
        broken(("offers", 0, "min_order", "5001")),
        [
            (
                "error least-order-above-maximum offers.csv:2 min_order=5001: must be at most "
                "max_per_period (5000): buy could never be ordered. correct one of the two"
            ),
            (
                "warning least-order-above-supply offers.csv:2 min_order=5001: is more than "
                "supply.csv has of market in any period (4000), and as it stands buy is never "
                "ordered. correct min_order or max_chips, or remove buy"
            ),
        ],
    ),
    "least order above the supply": (
        broken(("offers", 0, "min_order", "4001")),
        [
            (
                "warning least-order-above-supply offers.csv:2 min_order=4001: is more than "
                "supply.csv has of market in any period (4000), and as it stands buy is never "
                "ordered. correct min_order or max_chips, or remove buy"
            ),
        ],
    ),
    "orders before that nothing counts": (
        broken(("offers", 0, "orders_before", "2")),
        [
            (
                "error orders-before-alone offers.csv:2 orders_before=2: must be blank: buy has"
                " no max_orders that would count them. clear the cell, or fill in max_orders"
            ),
        ],
    ),
    "orders before a fiscal year that begins with the plan": (
        broken(
            ("offers", 0, "orders_before", "2"),
            ("offers", 0, "max_orders", "3"),
            ("offers", 0, "max_orders_per", "fiscal_year"),
        ),
        [
            (
                "error used-before-window offers.csv:2 orders_before=2: must be blank: the "
                "fiscal year begins with the plan, and nothing can be ordered in it yet. clear "
                "the cell, or correct max_orders_per"
            ),
        ],
    ),
    "no order left": (
        broken(("offers", 0, "orders_before", "3"), ("offers", 0, "max_orders", "2")),
        [
            (
                "warning orders-beyond offers.csv:2 orders_before=3: is more than max_orders "
                "(2): none is left. correct one of the two"
            ),
        ],
    ),
    "take or pay in more periods than orders": (
        broken(
            ("offers", 0, "min_per_period", "10"),
            ("offers", 0, "max_orders", "2"),
            drop=[("rules", 0)],
        ),
        [
            (
                "error orders-below-minimums offers.csv:2 max_orders=2: must be at least 3: "
                "min_per_period (10) is to be taken in every period in which buy can be "
                "ordered. correct max_orders, or make the minimum a min_order, which may also "
                "be nothing"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
