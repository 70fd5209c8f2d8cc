"""Tables of the written plan: price steps."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table

ORDER_STEPS: Final = Table(
    "order_steps",
    "Price steps: how many chips of every new line are bought at which price. Only where "
    "`offer_steps.csv` states any.",
    (
        C("line_id", "text", "Line of buy_plan.csv."),
        C("offer", "name", "Offer."),
        C("site", "name", "Site."),
        C("order_period", "period", "Period in which it is ordered."),
        C("step", "number", "Step: 0 for the offer's own price, then as offer_steps.csv has them."),
        C("from_chips", "number", "Chips from which on the step holds.", "chips"),
        C("chips", "number", "Chips of the line at this step.", "chips"),
        C("usd_per_chip", "number", "What each of them costs up front.", "USD/chip"),
    ),
    key=("line_id", "step"),
)
