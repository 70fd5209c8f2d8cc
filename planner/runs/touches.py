"""Evidence: what a run shows of itself, and where a known fault of an earlier version could have
touched it; each question returns where, in words, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.plan.actions import STAYING
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


def _rows(frame: pd.DataFrame, mask: Any, column: str, file: str) -> str:
    """Return the rows of a table that a mask marks, in words; nothing where it marks none."""
    names = [str(name) for name in frame.loc[np.asarray(mask, dtype=bool), column].unique()]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{file}: {printable(', '.join(names[:3]))}{more}" if names else ""


def bounds(e: Evidence) -> str:
    """Return what could need more orders or rentals than ten times the work does."""
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


def negative_energy(e: Evidence) -> str:
    """Return where energy has a price below zero."""
    if e.case is None:
        return ""
    sites, energy = e.case["sites"], e.case["energy"]
    found = (
        _rows(sites, sites["usd_per_mwh"] < 0, "site", "sites.csv"),
        _rows(energy, energy["usd_per_mwh"] < 0, "site", "energy.csv"),
    )
    return "; ".join(part for part in found if part)


def kept_chips(e: Evidence) -> str:
    """Return which milestones keep chips and build on another."""
    if e.case is None:
        return ""
    runs = e.case["milestones"]
    kept = (runs["min_chips"] > 0) & (runs["after"].map(len) > 0)
    return _rows(runs, kept, "milestone", "milestones.csv (min_chips and after)")


def headroom(e: Evidence) -> str:
    """Return which sites with a power limit keep headroom."""
    if e.case is None:
        return ""
    sites = e.case["sites"]
    limited = sites["site"].isin(set(e.case["power"]["site"]))
    return _rows(sites, (sites["headroom"] > 0) & limited, "site", "headroom of")


def deposits(e: Evidence) -> str:
    """Return which orders in flight were paid in part, where a residual is discounted."""
    if e.case is None or e.case.settings.residual == "none" or e.case.settings.discount_rate == 0:
        return ""
    orders = e.case["orders"]
    return _rows(orders, (orders["paid_share"] > 0) & (orders["chips"] > 0), "order", "orders.csv")


def ties(e: Evidence) -> str:
    """Return how many orders there are, where money has no time value."""
    if e.plan["status"] == NO_PLAN:
        return ""
    if e.case is None or e.case.settings.discount_rate > 0:
        return ""
    new = e.table("buy_plan").query("status == 'new' and action in ('buy', 'lease', 'reserve')")
    return f"discount_rate is 0, {plural(len(new), 'order')} of the plan" if len(new) else ""


def on_demand(e: Evidence) -> str:
    """Return which rentals were rounded below what the plan needs."""
    if e.plan["status"] == NO_PLAN:
        return ""
    buy = e.table("buy_plan")
    short = (buy["action"] == "rent") & (buy["chips_rounded"] < buy["chips"] - 1e-6)
    return _rows(buy, short, "line_id", "buy_plan.csv and orders.csv")


def reduced_cost(e: Evidence) -> str:
    """Return which rentals not taken have a reduced cost of 0."""
    if e.plan["status"] == NO_PLAN:
        return ""
    prices = e.table("prices")
    zero = prices["kind"].isin(["on_demand", "spot"]) & (prices["reduced_cost_usd"] == 0)
    return _rows(prices, zero, "offer", "prices.csv")


def leaves(e: Evidence) -> str:
    """Return how many lines leave with the end of the plan."""
    if e.plan["status"] == NO_PLAN:
        return ""
    buy, last = e.table("buy_plan"), str(e.plan["horizon"]["last"])
    after = _next(last)
    outlives = (buy["leaves_period"] == after) & buy["action"].isin(STAYING)
    return f"buy_plan.csv: {plural(int(outlives.sum()), 'line')}" if outlives.any() else ""


def _next(label: str) -> str:
    """Return the label of the period after one."""
    from planner.case.periods import Calendar, absolute_period

    frequency: Any = "quarter" if "Q" in label else "month" if "-" in label else "year"
    return Calendar(frequency, absolute_period(label, frequency), 1).label(1)


def wide_rows(e: Evidence) -> str:
    """Return which wide tables have several figures, where a diagnosis names their rows."""
    if e.plan["status"] != NO_PLAN:
        return ""
    wide = [name for name, text in e.texts.items() if "measure" in _header(text)]
    return f"conflict.csv and repairs.csv, rows of {printable(', '.join(wide))}" if wide else ""


def _header(text: str) -> list[str]:
    line = next((line for line in text.lstrip("\ufeff").splitlines() if line.strip()), "")
    return [name.strip().strip('"') for name in re.split("[,;\t]", line)]


def dots(e: Evidence) -> str:
    """Return which files separated by semicolons have figures such as 40.000."""
    found = [
        name
        for name, text in e.texts.items()
        if ";" in next(iter(text.splitlines()), "")
        and re.search(r'(?:^|[;"])\s*\d{1,3}(?:\.\d{3})+\s*(?:$|[;"])', text, re.MULTILINE)
    ]
    return f"figures such as 40.000 in {printable(', '.join(found))}" if found else ""


def workbook(e: Evidence) -> str:
    """Return the workbook, where the inputs are one."""
    return "inputs/case.xlsx" if e.workbook else ""


def workbook_dates(e: Evidence) -> str:
    """Return which deadlines stand in a workbook."""
    if not e.workbook or e.case is None:
        return ""
    milestones = e.case["milestones"]
    from_sheet = milestones["_file"].astype(str).str.contains(".xlsx", regex=False)
    return _rows(milestones, from_sheet, "milestone", "deadlines in inputs/case.xlsx")


def refused(e: Evidence) -> str:
    """Return that the inputs are no good case to the reader of today."""
    return "inputs/ are refused by the reader of today" if e.case is None else ""


def told_now(*codes: str) -> Callable[[Evidence], str]:
    """Return a predicate: the reader of today warns of something that it used to pass over."""

    def touches(e: Evidence) -> str:
        told = [] if e.case is None else [one for one in e.case.warnings if one.code in codes]
        more = f" and {len(told) - 3} more" if len(told) > 3 else ""
        return "; ".join(str(one) for one in told[:3]) + more if told else ""

    return touches


def project_worth(e: Evidence) -> str:
    """Return which power projects bring less liquid-cooled than other power."""
    if e.case is None or e.plan["status"] == NO_PLAN:
        return ""
    projects, power = e.case["power_projects"], e.case["power"]
    liquid = projects["site"].isin(set(power.loc[power["liquid_mw"].notna(), "site"]))
    return _rows(projects, (projects["liquid_share"] < 1) & liquid, "project", "prices.csv")


def cancellable(e: Evidence) -> str:
    """Return which lines can be cancelled."""
    if e.plan["status"] == NO_PLAN:
        return ""
    buy = e.table("buy_plan")
    return _rows(buy, buy["cancellable_until"] != "", "line_id", "buy_plan.csv")
