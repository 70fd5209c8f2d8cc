"""The settings of case.yaml, declared: type, unit, range and what it means to leave one out."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column
from planner.case.declare import Column as C
from planner.case.stated import STATED

MOST_PERIODS: Final = 1200

SETTINGS: Final[tuple[Column, ...]] = (
    C("name", "name", "Name of the case; run folders are named after it.", required=True),
    C("description", "text", "One sentence on what the case is.", default=""),
    C("start", "text", "First period: 2027Q1, 2027-01 or 2027.", required=True),
    C("periods", "integer", "Number of periods; or give end.", "periods", low=1, high=MOST_PERIODS),
    C("end", "text", "Last period, instead of periods."),
    C(
        "frequency",
        "choice",
        "Length of a period.",
        allowed=("quarter", "month", "year"),
        default="quarter",
    ),
    C(
        "discount_rate",
        "number",
        "Annual discount rate, 0.1 for 10 %.",
        "1/year",
        required=True,
        low=0,
        high=1,
    ),
    C(
        "residual",
        "choice",
        "How capacity that outlives the plan is credited.",
        allowed=("annuity", "straight_line", "table", "none"),
        default="annuity",
    ),
    C(
        "slices",
        "text",
        "List of name and hours_share: parts of every period's hours, shares summing to 1. "
        "Without it one slice, `all`.",
    ),
    C(
        "power_basis",
        "choice",
        "Basis of MW at sites that state none; without it every site with a power limit must.",
        allowed=("it", "utility"),
    ),
    C(
        "headroom",
        "number",
        "Share of every power limit kept free: chips may use limit x (1 - headroom).",
        "share",
        low=0,
        high=1,
        default=0.0,
    ),
    C(
        "fiscal_year_start",
        "integer",
        "Month in which fiscal years begin; a fiscal year is named by the calendar year in which "
        "it ends.",
        "month",
        low=1,
        high=12,
        default=1,
    ),
    C(
        "carbon_usd_per_tonne",
        "number",
        "Price of carbon in the objective.",
        "USD/t",
        low=0,
        default=0.0,
    ),
    C(
        "frozen_periods",
        "integer",
        "Periods whose orders are kept from last_plan/. Above 0 without a last plan is an error: "
        "a folder that was lost would free every order.",
        "periods",
        low=0,
        high=MOST_PERIODS,
        default=0,
    ),
    C(
        "change_usd_per_chip",
        "number",
        "Charge for every chip ordered more or less than in last_plan/.",
        "USD/chip",
        low=0,
        default=0.0,
    ),
    C(
        "whole",
        "yes_no",
        "Whether racks, least orders, blocks of power and choices are whole: the plan is then the "
        "cheapest of whole things, to `run.whole_gap`. `no`: everything is divisible. Blank = yes "
        f"where anything whole is stated: {', '.join(stated.words for stated in STATED)}.",
    ),
    C(
        "stale_after_days",
        "integer",
        "Age of a source, at the start of the plan, from which it is reported as stale.",
        "days",
        low=0,
        high=100_000,
        default=365,
    ),
    C(
        "accept",
        "text",
        "List of warning and reason: warnings that are meant. They are listed as accepted instead "
        "of warned of; one that matches no warning is warned of itself.",
    ),
)
"""Top-level settings; ``slices``, ``accept`` and ``run`` have their own below."""

SLICE: Final = (
    C("name", "name", "Name of the slice.", required=True),
    C(
        "hours_share",
        "number",
        "Share of every period's hours.",
        "share",
        required=True,
        low=0,
        high=1,
        above=True,
    ),
)
ACCEPT: Final = (
    C(
        "warning",
        "text",
        "The warning as it is printed: `figure-unusual chips.csv:3 kw_peak: '12'`; `*` stands for "
        "anything.",
        required=True,
    ),
    C("reason", "text", "Why the figure is right.", required=True),
)
RUN: Final = (
    C("solver", "text", "highs, or pulp:NAME for a solver of PuLP's.", default="highs"),
    C(
        "time_limit_s",
        "number",
        "Most seconds in the solver; without it no limit.",
        "s",
        low=0,
        above=True,
    ),
    C("threads", "integer", "Threads of the solver.", low=1, high=256, default=2),
    C(
        "gap",
        "number",
        "Largest proven gap that counts as proven.",
        "share",
        low=0,
        high=0.1,
        above=True,
        default=1e-6,
    ),
    C(
        "whole_gap",
        "number",
        "Largest gap between the cost of a whole plan and its bound that counts as proven.",
        "share",
        low=0,
        high=0.1,
        above=True,
        default=1e-3,
    ),
    C("seed", "integer", "Random seed of the solver.", low=0, high=2**31 - 1, default=0),
)
"""The group ``run``."""
RISK: Final = (
    C(
        "cvar",
        "number",
        "Share of futures that are not the worst: 0.9 weighs the mean of the worst tenth.",
        "share",
        required=True,
        low=0,
        high=1,
    ),
    C(
        "weight",
        "number",
        "Weight of that mean; the expected cost has the rest.",
        "share",
        required=True,
        low=0,
        high=1,
    ),
)
"""The group ``risk``, which a case has with scenarios only."""
REVEAL: Final = C(
    "reveal",
    "text",
    "With `scenarios.csv`: the period from which it is known which scenario it is, `2027Q3`; of a "
    "tree several, `2027Q3, 2028Q1`. What is ordered before is the same in all of them.",
)
LISTS: Final = {"slices": SLICE, "accept": ACCEPT}
"""Settings that are lists, and what an entry of each has."""
