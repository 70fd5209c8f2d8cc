"""Faults of earlier versions of the planner that are known now, and which runs they could have
touched.

A plan is acted upon for years, so that it matters whether the version that made it was right.
Each fault says since when it was there, in which version it was mended, what was wrong, and how to
tell from the files of a run whether it could be touched.  Touched does not mean wrong: ``planner
verify`` judges the run itself, and planning again tells for certain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from planner.runs.documents import NO_PLAN
from planner.words import plural, printable

if TYPE_CHECKING:
    import pandas as pd

    from planner.case.case import Case


@dataclass(frozen=True)
class Evidence:
    """What a run shows of itself: its inputs as the reader of today reads them, its plan and its
    tables."""

    folder: Path
    plan: Mapping[str, Any]
    case: Case | None
    """None where the inputs are refused today."""
    table: Callable[[str], pd.DataFrame]

    @cached_property
    def workbook(self) -> bool:
        """Whether the inputs are kept in a workbook."""
        return (self.folder / "inputs" / "case.xlsx").is_file()

    @cached_property
    def texts(self) -> dict[str, str]:
        """The text of every CSV of the inputs, by its path; what cannot be read is left out."""
        found = {}
        for path in sorted((self.folder / "inputs").rglob("*.csv")):
            try:
                found[path.relative_to(self.folder / "inputs").as_posix()] = path.read_text("utf-8")
            except (OSError, ValueError):
                continue
        return found


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


def _rows(frame: pd.DataFrame, mask: Any, column: str, file: str) -> str:
    """Return the rows of a table that a mask marks, in words; nothing where it marks none."""
    names = [str(name) for name in frame.loc[np.asarray(mask, dtype=bool), column].unique()]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{file}: {printable(', '.join(names[:3]))}{more}" if names else ""


def _bounds(e: Evidence) -> str:
    if e.case is None:
        return ""
    limits, workloads, offers = e.case["limits"], e.case["workloads"], e.case["offers"]
    shares = limits["min_share"].notna() | limits["max_share"].notna()
    found = [_rows(limits, shares, "limit", "limits.csv (a share of all)")]
    if e.case.settings.change_usd_per_chip > 0 and len(e.case["last_plan"]):
        found.append("case.yaml: change_usd_per_chip")
    research = workloads["share_of_fleet"].notna() | workloads["multiple_of_milestones"].notna()
    found.append(_rows(workloads, research, "workload", "workloads.csv (research as a share)"))
    lost = (offers["annual_attrition"] > 0) | offers["chip"].isin(set(e.case["survival"]["chip"]))
    found.append(_rows(offers, lost, "offer", "offers.csv (chips that are lost)"))
    return "; ".join(part for part in found if part)


def _negative_energy(e: Evidence) -> str:
    if e.case is None:
        return ""
    sites, energy = e.case["sites"], e.case["energy"]
    found = (
        _rows(sites, sites["usd_per_mwh"] < 0, "site", "sites.csv"),
        _rows(energy, energy["usd_per_mwh"] < 0, "site", "energy.csv"),
    )
    return "; ".join(part for part in found if part)


def _headroom(e: Evidence) -> str:
    if e.case is None:
        return ""
    sites = e.case["sites"]
    limited = sites["site"].isin(set(e.case["power"]["site"]))
    return _rows(sites, (sites["headroom"] > 0) & limited, "site", "headroom of")


def _deposits(e: Evidence) -> str:
    if e.case is None or e.case.settings.residual == "none" or e.case.settings.discount_rate == 0:
        return ""
    orders = e.case["orders"]
    return _rows(orders, (orders["paid_share"] > 0) & (orders["chips"] > 0), "order", "orders.csv")


def _ties(e: Evidence) -> str:
    if e.plan["status"] == NO_PLAN:
        return ""
    if e.case is None or e.case.settings.discount_rate > 0:
        return ""
    new = e.table("buy_plan").query("status == 'new' and action in ('buy', 'lease', 'reserve')")
    return f"discount_rate is 0, {plural(len(new), 'order')} of the plan" if len(new) else ""


def _on_demand(e: Evidence) -> str:
    if e.plan["status"] == NO_PLAN:
        return ""
    buy = e.table("buy_plan")
    short = (buy["action"] == "rent") & (buy["chips_rounded"] < buy["chips"] - 1e-6)
    return _rows(buy, short, "line_id", "buy_plan.csv and orders.csv")


def _reduced_cost(e: Evidence) -> str:
    if e.plan["status"] == NO_PLAN:
        return ""
    prices = e.table("prices")
    zero = prices["kind"].isin(["on_demand", "spot"]) & (prices["reduced_cost_usd"] == 0)
    return _rows(prices, zero, "offer", "prices.csv")


def _leaves(e: Evidence) -> str:
    if e.plan["status"] == NO_PLAN:
        return ""
    buy, last = e.table("buy_plan"), str(e.plan["horizon"]["last"])
    after = _next(last)
    outlives = (buy["leaves_period"] == after) & buy["action"].isin(
        ["keep", "buy", "lease", "reserve"]
    )
    return f"buy_plan.csv: {plural(int(outlives.sum()), 'line')}" if outlives.any() else ""


def _next(label: str) -> str:
    """Return the label of the period after one."""
    from planner.case.periods import Calendar, absolute_period

    frequency: Any = "quarter" if "Q" in label else "month" if "-" in label else "year"
    return Calendar(frequency, absolute_period(label, frequency), 1).label(1)


def _wide_rows(e: Evidence) -> str:
    if e.plan["status"] != NO_PLAN:
        return ""
    wide = [name for name, text in e.texts.items() if "measure" in _header(text)]
    return f"conflict.csv and repairs.csv, rows of {printable(', '.join(wide))}" if wide else ""


def _header(text: str) -> list[str]:
    line = next((line for line in text.lstrip("\ufeff").splitlines() if line.strip()), "")
    return [name.strip().strip('"') for name in re.split("[,;\t]", line)]


def _dots(e: Evidence) -> str:
    found = [
        name
        for name, text in e.texts.items()
        if ";" in next(iter(text.splitlines()), "")
        and re.search(r'(?:^|[;"])\s*\d{1,3}(?:\.\d{3})+\s*(?:$|[;"])', text, re.MULTILINE)
    ]
    return f"figures such as 40.000 in {printable(', '.join(found))}" if found else ""


def _workbook(e: Evidence) -> str:
    return "inputs/case.xlsx" if e.workbook else ""


def _workbook_dates(e: Evidence) -> str:
    if not e.workbook or e.case is None:
        return ""
    milestones = e.case["milestones"]
    from_sheet = milestones["_file"].astype(str).str.contains(".xlsx", regex=False)
    return _rows(milestones, from_sheet, "milestone", "deadlines in inputs/case.xlsx")


def _refused(e: Evidence) -> str:
    return "inputs/ are refused by the reader of today" if e.case is None else ""


FAULTS: Final[tuple[Fault, ...]] = (
    Fault(
        "bounds-not-implied",
        "0.1.0",
        "0.2.0",
        "orders and rentals were capped at ten times what work could need, which shares, charges "
        "for changes, research shares and attrition can exceed: plans that were not the cheapest "
        "were called proven, and cases that have a plan infeasible",
        _bounds,
    ),
    Fault(
        "negative-energy-price",
        "0.1.0",
        "0.2.0",
        "with an energy price below zero more was served than was asked, to draw more energy",
        _negative_energy,
    ),
    Fault(
        "headroom-not-a-share",
        "0.1.0",
        "0.2.0",
        "headroom was taken on top of what chips draw, not as the share of the limit that is "
        "kept free: 0.1 of 100 kW left 90.9 kW to use, not 90",
        _headroom,
    ),
    Fault(
        "deposit-forgotten",
        "0.1.0",
        "0.2.0",
        "the residual value of an order in flight took its deposit as paid when the plan starts",
        _deposits,
    ),
    Fault(
        "earliest-of-equals",
        "0.1.0",
        "0.2.0",
        "of equally cheap plans the one that orders earliest was taken, not the one that commits "
        "latest: the cost is right, an order may stand earlier than it need",
        _ties,
    ),
    Fault(
        "rentals-rounded-down",
        "0.1.0",
        "0.2.0",
        "on-demand rentals were rounded down to whole lots: fewer chips than the plan needs",
        _on_demand,
    ),
    Fault(
        "reduced-cost-of-rentals",
        "0.1.0",
        "0.2.0",
        "reduced_cost_usd of on-demand and spot offers was written as 0",
        _reduced_cost,
    ),
    Fault(
        "leaves-at-the-horizon",
        "0.1.0",
        "0.2.0",
        "leaves_period of what outlives the plan was the end of the plan, not of its life",
        _leaves,
    ),
    Fault(
        "rows-of-wide-tables",
        "0.1.0",
        "0.2.0",
        "conflicts and ways out named the first row of a wide table with measures, whichever row "
        "was meant",
        _wide_rows,
    ),
    Fault(
        "dots-as-decimals",
        "0.1.0",
        "0.2.0",
        "40.000 in a file separated by semicolons was read as 40",
        _dots,
    ),
    Fault(
        "error-cells-as-blanks",
        "0.1.0",
        "0.2.0",
        "cells of a workbook with an error (#N/A, #REF!) or a formula without a stored value were "
        "read as blank: a limit there was no limit",
        _workbook,
    ),
    Fault(
        "dates-as-periods",
        "0.1.0",
        "0.2.0",
        "a deadline that a spreadsheet had turned into a date was read as the beginning of that "
        "period, not its end",
        _workbook_dates,
    ),
    Fault(
        "inputs-read-too-kindly",
        "0.1.0",
        "0.2.0",
        "surplus cells, remarks beside a table, cohorts that a survival curve had ended, figures "
        "that the solver drops and names that stand for two things were accepted",
        _refused,
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
