"""Faults of earlier versions of the planner that are known now, and which runs they could have
touched.

A plan is acted upon for years, so that it matters whether the version that made it was right.
Each fault says since when it was there, in which version it was mended, what was wrong, and how to
tell from the files of a run whether it could be touched.  Touched does not mean wrong: ``planner
verify`` judges the run itself, and planning again tells for certain.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from planner.runs.touches import (
    Evidence,
    bounds,
    cancellable,
    deposits,
    dots,
    headroom,
    kept_chips,
    leaves,
    negative_energy,
    on_demand,
    project_worth,
    reduced_cost,
    refused,
    ties,
    told_now,
    wide_rows,
    workbook,
    workbook_dates,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of the planner that was found later.

    ``touches`` returns where a run could be touched by it, in words, or nothing; None where no
    file of a run can tell.
    """

    id: str
    since: str
    until: str
    """The version in which it is mended."""
    wrong: str
    touches: Callable[[Evidence], str] | None


@dataclass(frozen=True, slots=True)
class Touched:
    """A fault that could have touched a run, and where."""

    fault: Fault
    where: str


FAULTS: Final[tuple[Fault, ...]] = (
    Fault(
        "bounds-not-implied",
        "0.1.0",
        "0.2.0",
        "orders and rentals were capped at ten times what work could need, which shares, charges "
        "for changes, research shares and attrition can exceed: plans that were not the cheapest "
        "were called proven, and cases that have a plan infeasible",
        bounds,
    ),
    Fault(
        "negative-energy-price",
        "0.1.0",
        "0.2.0",
        "with an energy price below zero more was served than was asked, to draw more energy",
        negative_energy,
    ),
    Fault(
        "kept-chips-count",
        "0.1.0",
        "0.2.0",
        "chips that min_chips keeps for a milestone counted as training even before what it builds "
        "on was there, or beyond its end: cases that have a plan were called infeasible, and plans "
        "trained more of what it builds on, or later, than they must",
        kept_chips,
    ),
    Fault(
        "headroom-not-a-share",
        "0.1.0",
        "0.2.0",
        "headroom was taken on top of what chips draw, not as the share of the limit that is "
        "kept free: 0.1 of 100 kW left 90.9 kW to use, not 90",
        headroom,
    ),
    Fault(
        "deposit-forgotten",
        "0.1.0",
        "0.2.0",
        "the residual value of an order in flight took its deposit as paid when the plan starts",
        deposits,
    ),
    Fault(
        "earliest-of-equals",
        "0.1.0",
        "0.2.0",
        "of equally cheap plans the one that orders earliest was taken, not the one that commits "
        "latest: the cost is right, an order may stand earlier than it need",
        ties,
    ),
    Fault(
        "rentals-rounded-down",
        "0.1.0",
        "0.2.0",
        "on-demand rentals were rounded down to whole lots: fewer chips than the plan needs",
        on_demand,
    ),
    Fault(
        "reduced-cost-of-rentals",
        "0.1.0",
        "0.2.0",
        "reduced_cost_usd of on-demand and spot offers was written as 0",
        reduced_cost,
    ),
    Fault(
        "leaves-at-the-horizon",
        "0.1.0",
        "0.2.0",
        "leaves_period of what outlives the plan was the end of the plan, not of its life",
        leaves,
    ),
    Fault(
        "worth-of-power-projects",
        "0.1.0",
        "0.2.0",
        "what a power project is worth counted its liquid-cooled MW as if all of it were",
        project_worth,
    ),
    Fault(
        "cancellable-until",
        "0.1.0",
        "0.2.0",
        "cancellable_until of a contract that outlives the plan was the plan's last period",
        cancellable,
    ),
    Fault(
        "blanks-beside-figures",
        "0.1.0",
        "0.2.0",
        "a blank beside filled neighbours took its default without a word: no input to compute, "
        "the list price, no limit",
        told_now("blank-beside", "column-unfilled"),
    ),
    Fault(
        "periods-outside-the-plan",
        "0.1.0",
        "0.2.0",
        "rows of periods outside the plan were dropped without a word: a period mistyped was the "
        "default of the one that was meant",
        told_now("period-outside"),
    ),
    Fault(
        "rows-of-wide-tables",
        "0.1.0",
        "0.2.0",
        "conflicts and ways out named the first row of a wide table with measures, whichever row "
        "was meant",
        wide_rows,
    ),
    Fault(
        "dots-as-decimals",
        "0.1.0",
        "0.2.0",
        "40.000 in a file separated by semicolons was read as 40",
        dots,
    ),
    Fault(
        "error-cells-as-blanks",
        "0.1.0",
        "0.2.0",
        "cells of a workbook with an error (#N/A, #REF!) or a formula without a stored value were "
        "read as blank: a limit there was no limit",
        workbook,
    ),
    Fault(
        "dates-as-periods",
        "0.1.0",
        "0.2.0",
        "a deadline that a spreadsheet had turned into a date was read as the beginning of that "
        "period, not its end",
        workbook_dates,
    ),
    Fault(
        "inputs-read-too-kindly",
        "0.1.0",
        "0.2.0",
        "surplus cells, remarks beside a table, cohorts that a survival curve had ended, figures "
        "that the solver drops and names that stand for two things were accepted",
        refused,
    ),
    Fault(
        "files-forgotten",
        "0.1.0",
        "0.2.0",
        "files in the case folder that no table is read from (limits.xlsx, limits.txt, "
        "limits.csv.bak) were left alone without a word; they are not in the run",
        None,
    ),
)
"""Every fault known of earlier versions, the gravest first."""


def version_key(version: str) -> tuple[int, ...]:
    """Return a version as numbers that can be compared: 0.10.1 is later than 0.9."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def known_in(version: str) -> tuple[Fault, ...]:
    """Return the faults that a version of the planner has."""
    made = version_key(version)
    return tuple(
        fault for fault in FAULTS if version_key(fault.since) <= made < version_key(fault.until)
    )


def touched(version: str, evidence: Evidence) -> tuple[tuple[Touched, ...], tuple[Fault, ...]]:
    """Return the faults that could have touched a run, and those of which its files cannot tell.

    Args:
        version: of the planner that made the run.
        evidence: the run.

    Returns:
        The touched ones with where, and the ones without a trace.
    """
    found, unknown = [], []
    for fault in known_in(version):
        if fault.touches is None:
            unknown.append(fault)
            continue
        try:
            where = fault.touches(evidence)
        except (
            Exception
        ):  # a damaged run cannot answer; what is damaged is told by the verification itself
            unknown.append(fault)
            continue
        if where:
            found.append(Touched(fault, where))
    return tuple(found), tuple(unknown)
