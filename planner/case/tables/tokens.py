"""Tokens bought from a provider: work that is called instead of served on chips of one's own."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table
from planner.case.tables.source import NOTE, ORIGIN, SOURCE

PRICES: Final = ("usd_per_mtok_output", "usd_per_mtok_input", "usd_per_mtok_cached")
"""What is paid for each kind of token, in both tables."""

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "token_offers",
        "Tokens that a provider sells: online and batch work of workloads that may leave the house "
        "(`may_leave_house` of workloads.csv) is served by them instead of by chips. They take no "
        "chips and no power here.",
        (
            C("token_offer", "name", "Name of the offer.", required=True),
            C("provider", "name", "Who sells them.", required=True),
            C(
                "models",
                "names",
                "Models (of workloads.csv) that they stand in for; blank = any.",
                default="*",
            ),
            C("tiers", "names", "Latency tiers that they keep; blank = any.", default="*"),
            C(
                "workloads",
                "names",
                "Workloads that may be served by them; blank = any that may leave the house.",
                default="*",
                refers="workloads",
            ),
            C(
                "regions",
                "names",
                "Regions where the provider may serve them: it chooses, so a workload must be "
                "allowed in all of them. Blank = anywhere, so only work that may run in every "
                "region. `sites` of a workload says nothing of them.",
                default="*",
            ),
            C(
                "countries",
                "names",
                "Countries of these, for rules; blank = any, so that every rule for a country "
                "counts. A rule that names a chip, vendor or site says nothing of tokens.",
                default="*",
            ),
            C(
                "usd_per_mtok_output",
                "number",
                "Price of a million output tokens; blank = by period in `token_prices.csv`.",
                "USD/Mtok",
                low=0,
                group="prices",
                beside="fine",
            ),
            C(
                "usd_per_mtok_input",
                "number",
                "Price of a million input tokens; blank = by period in `token_prices.csv`.",
                "USD/Mtok",
                low=0,
                group="prices",
                beside="fine",
            ),
            C(
                "usd_per_mtok_cached",
                "number",
                "Price of a million input tokens from a cache; blank = by period in "
                "`token_prices.csv`, otherwise that of input tokens.",
                "USD/Mtok",
                low=0,
                group="prices",
                beside="fine",
            ),
            C(
                "max_mtok",
                "number",
                "Most million work tokens (output tokens where a workload has any) in a period, of "
                "all workloads together; blank = no limit.",
                "million tokens",
                low=0,
                beside="fine",
            ),
            C(
                "min_usd",
                "number",
                "Least spend on the offer in every period from first_period to last_period; blank "
                "= none.",
                "USD",
                low=0,
                beside="fine",
            ),
            C(
                "missed_usd_per_usd",
                "number",
                "Paid per USD by which less than the least is spent; blank = 1: what is missing is "
                "paid all the same.",
                "USD/USD",
                low=0,
                default=1.0,
                beside="fine",
            ),
            C("first_period", "period", "First period of it; blank = start of the plan."),
            C("last_period", "period", "Last period of it; blank = end of the plan."),
            *SOURCE,
            NOTE,
        ),
        key=("token_offer",),
        absent="no tokens are bought",
        group="supply and lead times",
    ),
    Table(
        "token_prices",
        "Prices of tokens by period, where they differ from `token_offers.csv`.",
        (
            C("token_offer", "name", "Token offer.", required=True, refers="token_offers"),
            C("period", "period", "Period in which the tokens are used.", required=True),
            C(
                "usd_per_mtok_output",
                "number",
                "Price of a million output tokens; blank = that of the offer.",
                "USD/Mtok",
                low=0,
                beside="warning",
                across="mean",
            ),
            C(
                "usd_per_mtok_input",
                "number",
                "Price of a million input tokens; blank = that of the offer.",
                "USD/Mtok",
                low=0,
                beside="warning",
                across="mean",
            ),
            C(
                "usd_per_mtok_cached",
                "number",
                "Price of a million input tokens from a cache; blank = that of the offer, "
                "otherwise that of input tokens in the period.",
                "USD/Mtok",
                low=0,
                beside="warning",
                across="mean",
            ),
            ORIGIN,
            NOTE,
        ),
        key=("token_offer", "period"),
        absent="token_offers.csv prices hold in every period",
        group="prices",
        quick=True,
    ),
)
