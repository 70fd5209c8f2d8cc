"""Chips: what one draws, computes and costs to keep, and how long it lives."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column as C
from planner.case.declare import Table
from planner.case.tables.source import NOTE, ORIGIN, SOURCE

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "chips",
        "Chip types: what a chip is, draws and can do.",
        (
            C("chip", "name", "Name of the chip type.", required=True),
            C("vendor", "name", "Who makes it; limits and rules may name a vendor.", required=True),
            C("family", "text", "Generation, used to group chips in charts."),
            C(
                "kw_peak",
                "number",
                "All-in IT draw per chip when working: chip plus its share of host, network and "
                "storage, never the TDP. Power limits count this.",
                "kW",
                required=True,
                low=0,
                above=True,
            ),
            C(
                "kw_idle",
                "number",
                "All-in IT draw per chip when powered but idle.",
                "kW",
                required=True,
                low=0,
            ),
            C(
                "peak_tflops_bf16",
                "number",
                "Dense BF16 peak per chip; blank = not usable at this precision.",
                "TFLOP/s",
                low=0,
                above=True,
                beside="fine",
            ),
            C(
                "peak_tflops_fp8",
                "number",
                "Dense FP8 peak per chip; blank = not usable at this precision.",
                "TFLOP/s",
                low=0,
                above=True,
                beside="fine",
            ),
            C(
                "peak_tflops_fp4",
                "number",
                "Dense FP4 peak per chip; blank = not usable at this precision.",
                "TFLOP/s",
                low=0,
                above=True,
                beside="fine",
            ),
            C(
                "hbm_gb",
                "number",
                "Memory per chip; blank = not stated. Needed where `models.csv` says how large a "
                "model is that the chip serves.",
                "GB",
                low=0,
                beside="fine",
            ),
            C(
                "hbm_gb_per_s",
                "number",
                "Memory bandwidth per chip; blank = not stated. Used only to warn of a throughput: "
                "chips of one model and tier serve it much as their bandwidth says.",
                "GB/s",
                low=0,
                above=True,
                beside="fine",
            ),
            C(
                "cooling",
                "choice",
                "Liquid-cooled chips also count against a site's liquid-cooled MW.",
                allowed=("air", "liquid"),
                default="air",
                beside="warning",
            ),
            C(
                "lot_size",
                "integer",
                "Chips per rack or smallest shipping unit: whole ones are ordered, kept, moved and "
                "given up where `whole` is yes; otherwise the rounded column only.",
                "chips",
                low=1,
                default=1,
                beside="fine",
            ),
            C(
                "availability",
                "number",
                "Share of time a powered chip can be used (repairs, drains, upgrades).",
                "share",
                required=True,
                low=0,
                high=1,
                above=True,
            ),
            C(
                "annual_attrition",
                "number",
                "Share of chips lost for good per year of age.",
                "share/year",
                low=0,
                high=0.99,
                default=0.0,
                beside="warning",
            ),
            C(
                "economic_life_years",
                "number",
                "Years in service after which a bought chip leaves; the term of a purchase. In "
                "whole periods, halves rounded up.",
                "years",
                required=True,
                low=0,
                above=True,
            ),
            C(
                "technical_life_years",
                "number",
                "Years in service after which a bought chip leaves, where it serves on after its "
                "economic life: its price (annuity, straight line) is spread over that life, and "
                "it serves for this one, at least as long, with the upkeep of its age "
                "(`maintenance.csv`); blank = economic life.",
                "years",
                low=0,
                above=True,
                beside="fine",
            ),
            C(
                "book_life_years",
                "number",
                "Years over which a bought chip is written down in the books (`books.csv`), from "
                "when it goes into service; blank = economic life. No part of the objective.",
                "years",
                low=0,
                above=True,
                beside="fine",
            ),
            C(
                "maintenance_usd_per_chip_year",
                "number",
                "Repair and support per owned chip held; `maintenance.csv` gives it by age "
                "instead.",
                "USD/chip/year",
                low=0,
                default=0.0,
                group="prices",
                beside="warning",
            ),
            C(
                "decommission_usd_per_chip",
                "number",
                "Cost of taking out an owned chip at the end of its life or when it is retired "
                "early.",
                "USD/chip",
                low=0,
                default=0.0,
                group="prices",
                beside="warning",
            ),
            *SOURCE,
            NOTE,
        ),
        key=("chip",),
        required=True,
        group="throughput and software",
    ),
    Table(
        "availability",
        "Windows in which another share of the powered chips can work than `chips.availability`: "
        "maintenance, outages, hours that are kept for others. Where several hold, the least.",
        (
            C("window", "name", "Name of the window.", required=True),
            C("chip", "name", "Chip type; blank = all.", default="", refers="chips"),
            C("site", "name", "Site; blank = all.", default="", refers="sites"),
            C("slice", "name", "Slice; blank = every slice.", default=""),
            C("from", "period", "First period.", required=True),
            C("to", "period", "Last period.", required=True),
            C(
                "availability",
                "number",
                "Share of the powered chips that can work. Chips rented by the hour are not "
                "concerned.",
                "share",
                required=True,
                low=0,
                high=1,
            ),
            ORIGIN,
            NOTE,
        ),
        key=("window",),
        absent="chips can work as `chips.availability` says, in every period",
        group="throughput and software",
    ),
)
