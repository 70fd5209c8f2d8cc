"""Price steps: what a chip costs from so many on."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table
from planner.case.tables.source import NOTE, SOURCE

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "offer_steps",
        "Price steps: the up-front price of an offer, or of the offers of a supply group together, "
        "from so many chips on. Below the first step the offer's own price holds. Steps may fall "
        "and rise.",
        (
            C("offer", "name", "Offer; blank = those of the supply group.", refers="offers"),
            C(
                "supply_group",
                "name",
                "Supply group whose offers are counted together; blank = the offer alone.",
                refers="supply",
            ),
            C(
                "from_chips",
                "number",
                "Chips from which on the price holds, those before it counted.",
                "chips",
                required=True,
                low=0,
                above=True,
            ),
            C("usd_per_chip", "number", "Up-front price.", "USD/chip", required=True, low=0),
            C(
                "counts",
                "choice",
                "Which chips are counted: of one order (all of an order period, over all sites), "
                "of a fiscal year or of the whole plan, by order period.",
                required=True,
                allowed=("order", "fiscal_year", "plan"),
            ),
            C(
                "on",
                "choice",
                "Whether the price holds for all chips that are counted, or for those above "
                "from_chips.",
                required=True,
                allowed=("all", "above"),
            ),
            *SOURCE,
            NOTE,
        ),
        key=("offer", "supply_group", "from_chips"),
        neighbours=("offer", "supply_group"),
        absent="the prices of offers hold for any number of chips",
        group="prices",
    ),
)
