"""Rules about the fleet and orders in flight. Each case breaks the good one in one place and is
told so, in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told

BROKEN = {
    "fleet in the future": (
        broken(("fleet", 0, "in_service", "2027Q2")),
        [
            (
                "error fleet-not-in-service fleet.csv:2 in_service=2027Q2: must be a period "
                "before the start of the plan (2027Q1). move the "
                "lot to orders.csv, or correct the period"
            ),
            (
                "error no-chip-yet demand.csv:10 period=2027Q1: is before any chip that can do "
                "science could be there (periods without, from "
                "2027Q1 on: 1). give it a price of being short, an earlier offer, or 0 demand "
                "until then"
            ),
        ],
    ),
    "fleet leaves before it came": (
        broken(("fleet", 0, "leaves_service", "2024Q1")),
        [
            (
                "error relocate-no-fleet offers.csv:4 from_site=iowa: must be a site where "
                "fleet.csv has h100 in service; iowa has none. "
                "correct chip or from_site, or remove move"
            ),
            (
                "error fleet-leaves-early fleet.csv:2 leaves_service=2024Q1: must be a period "
                "after in_service (2025Q1). correct one of the two"
            ),
            (
                "error no-chip-yet demand.csv:10 period=2027Q1: is before any chip that can do "
                "science could be there (periods without, from "
                "2027Q1 on: 1). give it a price of being short, an earlier offer, or 0 demand "
                "until then"
            ),
        ],
    ),
    "fleet gone": (
        broken(("fleet", 1, "leaves_service", "2026Q4")),
        [
            (
                "warning fleet-gone fleet.csv:3 leaves_service=2026Q4: is before the start of "
                "the plan (2027Q1): the lot is gone and counts "
                "for nothing. remove the row, or give the period in which it really leaves"
            ),
        ],
    ),
    "cloud fleet without price": (
        broken(("fleet", 1, "usd_per_chip_hour", "")),
        [
            (
                "warning fleet-free fleet.csv:3 usd_per_chip_hour=0: needs the contract price "
                "still running for h100 at the cloud site eu1; as "
                "it stands they cost nothing. fill it in, or give what was paid up front as "
                "usd_per_chip"
            ),
        ],
    ),
    "order arrived": (
        broken(("orders", 0, "arrives", "2026Q4")),
        [
            (
                "error order-arrived orders.csv:2 arrives=2026Q4: must be a period from the start "
                "of the plan (2027Q1) on. move it to "
                "fleet.csv if it is in service, or correct the period"
            ),
        ],
    ),
    "order after the plan": (
        broken(("orders", 0, "arrives", "2028Q1")),
        [
            (
                "warning order-after-plan orders.csv:2 arrives=2028Q1: is after the end of the "
                "plan (2027Q4): po1 is left out, and so is what "
                "is still to pay. plan for more periods, or remove the row"
            ),
        ],
    ),
    "fleet ordered after it came": (
        broken(("fleet", 0, "ordered", "2026Q1")),
        [
            (
                "error ordered-after-arrival fleet.csv:2 ordered=2026Q1: must not be after "
                "in_service (2025Q1). correct one of the two"
            ),
        ],
    ),
    "share paid nobody knows when": (
        broken(("fleet", 0, "paid_share", "0.2")),
        [
            (
                "warning paid-when fleet.csv:2 ordered=2025Q1: needs the period in which "
                "paid_share (0.2) was paid; as it stands all of the price counts as paid in "
                "2025Q1. fill in ordered, or leave paid_share blank"
            ),
        ],
    ),
    "order not placed yet": (
        broken(("orders", 0, "ordered", "2027Q1")),
        [
            (
                "error order-not-placed orders.csv:2 ordered=2027Q1: must be a period before the "
                "start of the plan (2027Q1). correct the period; what is still to be ordered is "
                "an offer"
            ),
        ],
    ),
    "order leaves as it comes": (
        broken(("orders", 0, "leaves_service", "2027Q2")),
        [
            (
                "error order-leaves-early orders.csv:2 leaves_service=2027Q2: must be a period "
                "after arrives (2027Q2). correct one of the two"
            ),
        ],
    ),
    "order at a cloud site": (
        broken(("orders", 0, "site", "eu1")),
        [
            (
                "error order-at-cloud orders.csv:2 site=eu1: must be an owned or colo site; eu1 "
                "is a cloud region, where nothing can be "
                "bought. give a contract in a cloud region as an offer with min_per_period, or as "
                "a lot of fleet.csv if it runs already"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
