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
                "warning relocate-no-fleet offers.csv:4 from_site=iowa: needs a site where "
                "fleet.csv has h100 in service; iowa has none, and as it stands move is left out. "
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
                "error kind-at-cloud orders.csv:2 kind=purchase: must be a contract "
                "(reserved, reserved_1y, reserved_3y, capacity_block) at eu1: it is a cloud "
                "region, where nothing can be bought. correct kind or site"
            ),
        ],
    ),
    "purchase in a cloud region": (
        broken(("fleet", 1, "kind", "purchase")),
        [
            (
                "error kind-at-cloud fleet.csv:3 kind=purchase: must be a contract (reserved,"
                " reserved_1y, reserved_3y, capacity_block) at eu1: it is a cloud region, "
                "where nothing can be bought. correct kind or site"
            ),
        ],
    ),
    "reservation at a site of ours": (
        broken(("fleet", 0, "kind", "reserved_1y")),
        [
            (
                "error kind-not-at-cloud fleet.csv:2 kind=reserved_1y: must be purchase or "
                "lease at iowa, which is no cloud region. correct kind or site"
            ),
            (
                "warning blank-beside fleet.csv:2 usd_per_chip_hour=: is blank for h100 iowa "
                "2025Q1 where neighbours have an entry: h100 eu1 2026Q3 (2.2); a blank means "
                "0. fill the cell, also where the entry is what a blank means, or accept it "
                "in case.yaml"
            ),
        ],
    ),
    "lease that costs nothing": (
        broken(("fleet", 0, "kind", "lease"), ("fleet", 0, "usd_per_chip", "")),
        [
            (
                "warning fleet-free fleet.csv:2 usd_per_chip_hour=0: needs the contract price"
                " still running for h100 leased at iowa; as it stands they cost nothing. fill"
                " it in, or give what was paid up front as usd_per_chip"
            ),
            (
                "warning blank-beside fleet.csv:2 usd_per_chip_hour=: is blank for h100 iowa "
                "2025Q1 where neighbours have an entry: h100 eu1 2026Q3 (2.2); a blank means "
                "0. fill the cell, also where the entry is what a blank means, or accept it "
                "in case.yaml"
            ),
        ],
    ),
    "order without a price": (
        broken(("orders", 0, "usd_per_chip", "")),
        [
            (
                "error missing-value orders.csv:2 usd_per_chip=: must be given: full up-front"
                " price per chip, 0 where there is none. fill the cell"
            ),
        ],
    ),
    "order without what is paid": (
        broken(("orders", 0, "paid_share", "")),
        [
            (
                "error missing-value orders.csv:2 paid_share=: must be given: share of the "
                "price already paid. fill the cell"
            ),
        ],
    ),
    "lease on order that costs nothing": (
        broken(("orders", 0, "kind", "lease"), ("orders", 0, "usd_per_chip", "0")),
        [
            (
                "warning order-free orders.csv:2 usd_per_chip_hour=0: needs the price of the "
                "lease po1 by the hour, or up front as usd_per_chip; as it stands it costs "
                "nothing. fill it in"
            ),
        ],
    ),
    "moved chips that were never in service": (
        broken(("orders", 0, "in_service", "2027Q1"), ("orders", 0, "cancel_fee_share", "")),
        [
            (
                "error moved-not-in-service orders.csv:2 in_service=2027Q1: must be a period "
                "before the start of the plan (2027Q1), in which the chips on their way first"
                " went into service. leave it blank for new chips, or correct the period"
            ),
        ],
    ),
    "moved chips that can be cancelled": (
        broken(("orders", 0, "in_service", "2025Q1")),
        [
            (
                "error moved-terms orders.csv:2 cancel_fee_share=0.3: must be blank for chips"
                " on their way from another site (in_service 2025Q1). correct the cell, or "
                "leave in_service blank for new chips"
            ),
        ],
    ),
    "moved chips out of a supply group": (
        broken(
            ("orders", 0, "in_service", "2025Q1"),
            ("orders", 0, "cancel_fee_share", ""),
            ("orders", 0, "supply_group", "market"),
        ),
        [
            (
                "error moved-terms orders.csv:2 supply_group=market: must be blank for chips "
                "on their way from another site (in_service 2025Q1). correct the cell, or "
                "leave in_service blank for new chips"
            ),
        ],
    ),
    "moved chips ordered after they came": (
        broken(
            ("orders", 0, "in_service", "2025Q1"),
            ("orders", 0, "cancel_fee_share", ""),
            ("orders", 0, "ordered", "2025Q2"),
        ),
        [
            (
                "error ordered-after-arrival orders.csv:2 ordered=2025Q2: must not be after "
                "in_service (2025Q1). correct one of the two"
            ),
        ],
    ),
}


@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
