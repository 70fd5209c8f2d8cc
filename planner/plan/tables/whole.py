"""Whole things: what was counted and chosen."""

from __future__ import annotations

from typing import Final

from planner.case.declare import Column, Table

C = Column

WHOLE: Final = Table(
    "whole",
    "Whole things, where the case has any: every count and choice of the plan that is not 0.",
    (
        C(
            "kind",
            "text",
            "What is counted: racks (held of a lot, as ordered), racks_moved, part and part_moved "
            "(the last rack of a lot that is no multiple), placed (an order), step_on (a price "
            "step that holds for all), full (one that is full), blocks of a power project, "
            "project_opening and site_opening, extension (of a site's contract, from the period "
            "on), project_full (all of it is ordered, for the one that comes after), run_site and "
            "run_chip (where a run is that had a choice), replicas, many (ten replicas or more), "
            "or another whole column of the program.",
        ),
        C("line_id", "text", "Line of the lot, for racks."),
        C("offer", "name", "Offer, where it is about one."),
        C("supply_group", "name", "Supply group, where it is about one."),
        C("project", "name", "Power project, where it is about one."),
        C("milestone", "name", "Milestone, where it is about one."),
        C("workload", "name", "Workload, where it is about one."),
        C("chip", "name", "Chip, where it is about one."),
        C("site", "name", "Site, where it is about one."),
        C("period", "period", "Period; blank: as ordered."),
        C("slice", "text", "Slice, where it is about one."),
        C("step", "integer", "Price step; 0 for the offer's own price."),
        C("count", "number", "How many; with everything divisible, which part of it is opened."),
    ),
    key=(
        "kind",
        "line_id",
        "offer",
        "supply_group",
        "project",
        "milestone",
        "workload",
        "chip",
        "site",
        "period",
        "slice",
        "step",
    ),
)
