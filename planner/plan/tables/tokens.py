"""Tables of the written plan: tokens that are bought."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table

TOKENS: Final = Table(
    "tokens",
    "Tokens called from providers: how many of which workload, and what they cost. Only where "
    "`token_offers.csv` states any.",
    (
        C("token_offer", "name", "Offer."),
        C("provider", "name", "Who sells them."),
        C("workload", "name", "Workload that they serve."),
        C("period", "period", "Period."),
        C("slice", "text", "Slice; blank for batch work, which is called at any time."),
        C("mtok", "number", "Million work tokens.", "million tokens"),
        C(
            "usd_per_mtok",
            "number",
            "Price of a million work tokens with the input that goes with them.",
            "USD/Mtok",
        ),
        C("usd", "number", "What they cost, nominal.", "USD"),
    ),
    key=("token_offer", "workload", "period", "slice"),
)
