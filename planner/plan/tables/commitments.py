"""Tables of the written plan: commitments in USD an hour and what they cover."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table

COMMITMENT_ORDERS: Final = Table(
    "commitment_orders",
    "Commitments in USD an hour, signed and to be signed. Only where `commitments.csv` states any.",
    (
        C("commitment", "name", "Commitment."),
        C("provider", "name", "Who it is made to."),
        C("order_period", "period", "First period in force."),
        C("status", "text", "new or signed."),
        C("leaves_period", "period", "First period in which it is in force no more; blank: later."),
        C("usd_per_hour", "number", "What is committed.", "USD/hour"),
    ),
    key=("commitment", "order_period", "status"),
)
COVERED: Final = Table(
    "covered",
    "On-demand chips that commitments cover, by slice. Only where `commitments.csv` states any.",
    (
        C("commitment", "name", "Commitment."),
        C("offer", "name", "On-demand offer."),
        C("period", "period", "Period."),
        C("slice", "name", "Slice."),
        C("chips", "number", "Chips covered.", "chips"),
        C("usd_per_hour", "number", "What of the commitment they take.", "USD/hour"),
        C("saved_usd", "number", "Discount on them, nominal.", "USD"),
    ),
    key=("commitment", "offer", "period", "slice"),
)
