"""Rules about offers. Each case breaks the good one in one place and is told so, in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import Broken, broken, told

PRICES_UNFILLED = (
    "warning column-unfilled offer_prices.csv:2 {column}=: has a header and no entry where one "
    "counts; a blank means that of the offer. fill the column, or remove it where that is meant"
)
BROKEN = {
    "purchase at a cloud site": (
        broken(("offers", 0, "site", "iowa;eu1")),
        [
            (
                "error offer-at-cloud offers.csv:2 site=eu1; iowa: must be owned or colo sites "
                "for kind purchase; eu1 is a cloud region. "
                "remove the site from buy, or give it a contract of the cloud (reserved, "
                "on_demand, spot, capacity_block)"
            ),
        ],
    ),
    "contract at an owned site": (
        broken(("offers", 1, "site", "iowa;eu1")),
        [
            (
                "error offer-not-at-cloud offers.csv:3 site=eu1; iowa: must be cloud sites for "
                "kind reserved; iowa is not one. remove the site "
                "from hold, or make it a purchase or a lease"
            ),
        ],
    ),
    "no cloud site": (
        broken(
            ("offers", 1, "site", "*"),
            ("offers", 3, "site", "*"),
            ("sites", 2, "kind", "colo"),
            ("sites", 2, "pue", "1.2"),
            ("sites", 2, "usd_per_mwh", "50"),
            ("sites", 2, "kg_co2_per_mwh", "100"),
            add={
                "power": [
                    {"site": "eu1", "period": "2027Q1", "mw": "1"},
                    {"site": "eu1", "period": "2027Q2", "mw": "1"},
                    {"site": "eu1", "period": "2027Q3", "mw": "1"},
                    {"site": "eu1", "period": "2027Q4", "mw": "1"},
                ]
            },
        ),
        [
            (
                "error offer-nowhere offers.csv:3 site=: needs a cloud site for kind reserved; "
                "the case has none. add the site to sites.csv, "
                "or remove hold"
            ),
            (
                "error offer-nowhere offers.csv:5 site=: needs a cloud site for kind on_demand; "
                "the case has none. add the site to sites.csv, "
                "or remove rent"
            ),
        ],
    ),
    "relocation without origin": (
        broken(("offers", 2, "from_site", "")),
        [
            "error relocate-from offers.csv:4 from_site=: needs the site that the chips of move "
            "leave. fill in from_site",
        ],
    ),
    "origin of a purchase": (
        broken(("offers", 0, "from_site", "ohio")),
        [
            (
                "error from-site-kind offers.csv:2 from_site=ohio: must be blank for kind "
                "purchase; only relocate moves chips. clear the cell, "
                "or make the kind relocate"
            ),
        ],
    ),
    "relocation from a cloud site": (
        broken(("offers", 2, "from_site", "eu1")),
        [
            (
                "error relocate-from-cloud offers.csv:4 from_site=eu1: must be an owned or colo "
                "site; rented chips cannot be moved. correct "
                "from_site, or remove move"
            ),
        ],
    ),
    "relocation to itself": (
        broken(("offers", 2, "site", "iowa;ohio")),
        [
            "error relocate-to-itself offers.csv:4 site=iowa; ohio: must be other sites than "
            "from_site (iowa). remove iowa from site",
        ],
    ),
    "relocation of chips that are not there": (
        broken(("offers", 2, "chip", "tpu")),
        [
            (
                "warning relocate-no-fleet offers.csv:4 from_site=iowa: needs a site where "
                "fleet.csv has tpu in service; iowa has none, and as it stands move is left out. "
                "correct chip or from_site, or remove move"
            ),
        ],
    ),
    "window reversed": (
        broken(("offers", 0, "first_order", "2027Q4")),
        [
            (
                "error window-reversed offers.csv:2 last_order=2027Q3: must not be before "
                "first_order (2027Q4). swap or correct the two periods"
            ),
        ],
    ),
    "offer after the plan": (
        broken(("offers", 1, "first_order", "2028Q1"), ("offers", 1, "last_order", "2028Q3")),
        [
            (
                "warning never-arrives offers.csv:3 lead_periods=0: leaves no order that is in "
                "service before the end of the plan (2027Q4). "
                "shorten the lead, order earlier or plan for more periods; as it stands hold is "
                "left out"
            ),
        ],
    ),
    "lead beyond the plan": (
        broken(("offers", 0, "lead_periods", "4")),
        [
            (
                "warning never-arrives offers.csv:2 lead_periods=4: leaves no order that is in "
                "service before the end of the plan (2027Q4). "
                "shorten the lead, order earlier or plan for more periods; as it stands buy is "
                "left out"
            ),
        ],
    ),
    "lead on demand": (
        broken(("offers", 3, "lead_periods", "1")),
        [
            (
                "error burst-terms offers.csv:5 lead_periods=1: must be 0 for kind on_demand, "
                "which is rented by the hour. write 0, or make "
                "rent a reservation"
            ),
        ],
    ),
    "term on demand": (
        broken(("offers", 3, "term_periods", "4")),
        [
            (
                "error burst-terms offers.csv:5 term_periods=4: must be blank for kind on_demand, "
                "which is rented by the hour. clear the cell, "
                "or make rent a reservation"
            ),
        ],
    ),
    "deposit on demand": (
        broken(("offers", 3, "deposit_share", "0.1")),
        [
            (
                "error burst-terms offers.csv:5 deposit_share=0.1: must be blank for kind "
                "on_demand, which is rented by the hour. clear the "
                "cell, or make rent a reservation"
            ),
        ],
    ),
    "up-front price on demand": (
        broken(("offers", 3, "usd_per_chip", "10")),
        [
            (
                "error burst-terms offers.csv:5 usd_per_chip=10: must be blank for kind "
                "on_demand, which is rented by the hour. clear the "
                "cell, or make rent a reservation"
            ),
            (
                "warning figure-unusual offers.csv:5 usd_per_chip=10: is normally 300 to 250000 "
                "USD/chip (Epoch AI chip prices, press on rack prices, 2026-08-21). 1/1000, kUSD "
                "for USD? correct it, or accept it in case.yaml with the reason"
            ),
        ],
    ),
    "deposit of a relocation": (
        broken(("offers", 2, "deposit_share", "0.1")),
        [
            (
                "error relocate-terms offers.csv:4 deposit_share=0.1: must be blank for kind "
                "relocate: usd_per_chip is paid when the chips "
                "leave, and no new chips are needed. clear the cell"
            ),
        ],
    ),
    "hourly price of a relocation": (
        broken(("offers", 2, "usd_per_chip_hour", "1")),
        [
            (
                "error relocate-terms offers.csv:4 usd_per_chip_hour=1: must be blank for kind "
                "relocate: usd_per_chip is paid when the chips "
                "leave, and no new chips are needed. clear the cell"
            ),
        ],
    ),
    "supply group of a relocation": (
        broken(("offers", 2, "supply_group", "market")),
        [
            (
                "error relocate-terms offers.csv:4 supply_group=market: must be blank for kind "
                "relocate: usd_per_chip is paid when the chips "
                "leave, and no new chips are needed. clear the cell"
            ),
        ],
    ),
    "term missing": (
        broken(("offers", 1, "term_periods", "")),
        [
            "error term-missing offers.csv:3 term_periods=: needs the number of periods that hold "
            "runs. fill in term_periods",
        ],
    ),
    "purchase price missing": (
        broken(
            ("offers", 0, "usd_per_chip", ""), drop=[("offer_prices", row) for row in (0, 2, 3)]
        ),
        [
            (
                "error price-missing offers.csv:2 usd_per_chip=: needs usd_per_chip for buy in "
                "2027Q1 (periods without: 3). fill it in here, "
                "or by period in offer_prices.csv; write 0 if it is free"
            ),
            PRICES_UNFILLED.format(column="usd_per_chip"),
        ],
    ),
    "rental price missing": (
        broken(
            ("offers", 3, "usd_per_chip_hour", ""),
            drop=[("offer_prices", row) for row in (1, 4, 5, 6)],
        ),
        [
            (
                "error price-missing offers.csv:5 usd_per_chip_hour=: needs usd_per_chip_hour for "
                "rent in 2027Q1 (periods without: 4). fill it "
                "in here, or by period in offer_prices.csv; write 0 if it is free"
            ),
            PRICES_UNFILLED.format(column="usd_per_chip_hour"),
        ],
    ),
    "contract price missing": (
        broken(("offers", 1, "usd_per_chip_hour", "")),
        [
            (
                "error price-missing offers.csv:3 usd_per_chip_hour=: needs usd_per_chip or "
                "usd_per_chip_hour for hold in 2027Q1 (periods "
                "without: 2). fill it in here, or by period in offer_prices.csv; write 0 if it is "
                "free"
            ),
        ],
    ),
    "relocation price missing": (
        broken(("offers", 2, "usd_per_chip", "")),
        [
            (
                "error price-missing offers.csv:4 usd_per_chip=: needs usd_per_chip for move in "
                "2027Q1 (periods without: 3). fill it in here, "
                "or by period in offer_prices.csv; write 0 if it is free"
            ),
        ],
    ),
    "up-front price by period on demand": (
        broken(("offer_prices", 1, "usd_per_chip", "10")),
        [
            (
                "error price-kind offer_prices.csv:3 usd_per_chip=10: must be blank: an offer of "
                "kind on_demand has no usd_per_chip. clear the cell"
            ),
            (
                "warning figure-unusual offer_prices.csv:3 usd_per_chip=10: is normally 300 to "
                "250000 USD/chip (Epoch AI chip prices, press on rack prices, 2026-08-21). "
                "1/1000, kUSD for USD? correct it, or accept it in case.yaml with the reason"
            ),
        ],
    ),
    "hourly price by period of a relocation": (
        broken(
            ("offer_prices", 1, "offer", "move"),
            drop=[("offer_prices", row) for row in (4, 5, 6)],
        ),
        [
            (
                "error price-kind offer_prices.csv:3 usd_per_chip_hour=2.5: must be blank: an "
                "offer of kind relocate has no usd_per_chip_hour. "
                "clear the cell"
            ),
        ],
    ),
    "minimum above maximum": (
        broken(("offers", 0, "min_per_period", "6000")),
        [
            "error minimum-above-maximum offers.csv:2 min_per_period=6000: must be at most "
            "max_per_period (5000). correct one of the two",
            (
                "error supply-below-minimums supply.csv:2 max_chips=4000: must be at least 6000 "
                "in 2027Q1, the sum of min_per_period of the "
                "offers of market. correct max_chips, or the minimums in offers.csv"
            ),
            (
                "error supply-below-minimums supply.csv:3 max_chips=4000: must be at least 6000 "
                "in 2027Q2, the sum of min_per_period of the "
                "offers of market. correct max_chips, or the minimums in offers.csv"
            ),
            (
                "error supply-below-minimums supply.csv:4 max_chips=4000: must be at least 6000 "
                "in 2027Q3, the sum of min_per_period of the "
                "offers of market. correct max_chips, or the minimums in offers.csv"
            ),
        ],
    ),
    "retiring a contract": (
        broken(("offers", 1, "retire_early", "yes")),
        [
            (
                "error retire-early-kind offers.csv:3 retire_early=yes: must be no for kind "
                "reserved: only bought chips are retired. clear the "
                "cell; a contract that may end early is `cancellable`"
            ),
        ],
    ),
    "cancelling a purchase": (
        broken(("offers", 0, "cancellable", "yes")),
        [
            (
                "error cancellable-kind offers.csv:2 cancellable=yes: must be no for kind "
                "purchase: only leases, reservations and blocks are "
                "cancelled. clear the cell; bought chips that may leave early are `retire_early`"
            ),
        ],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("way", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_rule(tmp_path: Path, way: Broken, messages: list[str]) -> None:
    assert told(tmp_path / "case", way) == messages
