"""Payments: what every line of the buy plan pays inside the plan, nominal and discounted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.facts import Facts, Floats, column, text, whole
from planner.audit.lots import COMMITTED, MOVED, NEW, Lots
from planner.audit.projects import Projects
from planner.audit.tolerance import CENT, WRITTEN
from planner.audit.verdict import Check, agree


def _of_lots(facts: Facts, lots: Lots) -> pd.DataFrame:
    """Return up-front and contract payments by line: columns line, usd, npv, unit (USD that one
    chip pays)."""
    T = facts.T
    new, due = lots.origin == NEW, lots.origin == COMMITTED
    first = np.where(new, lots.price * lots.deposit, 0.0)
    moving = due & (lots.born < lots.first)  # paid for, on their way from another site
    rest = np.where((new | due) & ~moving, lots.price * (1.0 - lots.deposit), 0.0)
    at_order, at_arrival = (
        facts.start[np.clip(lots.ordered, 0, T)],
        facts.start[np.clip(lots.born, 0, T)],
    )
    away = moving[:, None] & (np.arange(T) < lots.first[:, None])
    there = np.where(away, lots.alive[:, :T] * lots.chips[:, None], lots.held)
    hourly = lots.hourly[:, None] * facts.hours * there
    usd = lots.chips * (first + rest) + hourly.sum(axis=1)
    npv = lots.chips * (first * at_order + rest * at_arrival) + hourly @ facts.mid
    frame = pd.DataFrame(
        {
            "line": lots.line,
            "usd": usd,
            "npv": npv,
            "unit": first + rest + lots.hourly * facts.hours.sum(),
        }
    )
    own: pd.DataFrame = frame[(lots.origin != MOVED) & (lots.line != "")]
    return own


def check_payments(
    facts: Facts, lots: Lots, projects: Projects, buy: pd.DataFrame, rentals: pd.DataFrame
) -> list[Check]:
    """Return the checks of total_usd and npv_usd of lines that order, keep, rent or build.

    Contract payments of chips that were moved are shown with the lot they left, so lots with
    relocations are left out.
    """
    moved = lots.left - lots.retired
    own = _of_lots(facts, lots)
    own = own[~np.isin(text(own, "line"), lots.line[(moved > 0).any(axis=1) & (lots.hourly > 0)])]
    period = np.clip(whole(rentals, "period"), 0, facts.T - 1)
    row = facts.codes("offer", rentals["offer"])
    price = (
        facts.price(np.maximum(row, 0), period, "usd_per_chip_hour")
        if len(rentals)
        else np.empty(0)
    )
    unit = (
        np.where(row >= 0, price, np.nan)
        * facts.hours[period]
        * facts.share[np.maximum(facts.codes("slice", rentals["slice"]), 0)]
    )
    rented = rentals.assign(usd=unit * column(rentals, "chips"), unit=unit)
    rented["npv"] = rented["usd"] * facts.mid[period]
    rented = (
        rented.groupby(["offer", "site", "period"], sort=True)[["usd", "npv", "unit"]]
        .sum()
        .reset_index()
    )
    lines = buy[buy["action"] == "rent"][["line_id", "offer", "site", "order_period"]]
    rents = lines.merge(
        rented, left_on=["offer", "site", "order_period"], right_on=["offer", "site", "period"]
    ).rename(columns={"line_id": "line"})
    truth = pd.concat(
        [own, rents[["line", "usd", "npv", "unit"]], _of_projects(facts, projects)],
        ignore_index=True,
    ).drop_duplicates("line")
    both = buy[["line_id", "total_usd", "npv_usd"]].merge(truth, left_on="line_id", right_on="line")
    floor = CENT + column(both, "unit") * WRITTEN

    def place(name: str, written: Floats, recomputed: Floats) -> Check:
        return agree(
            f"buy_plan.{name}",
            written,
            recomputed,
            lambda i: f"buy_plan.csv, line {both['line_id'][i]}, {name}",
            unit="USD",
            floor=floor,
        )

    return [
        place("total_usd", column(both, "total_usd"), column(both, "usd")),
        place("npv_usd", column(both, "npv_usd"), column(both, "npv")),
    ]


def _of_projects(facts: Facts, projects: Projects) -> pd.DataFrame:
    """Return what power projects pay by line."""
    T = facts.T
    serves = np.arange(T)[None, :] >= projects.arrives[:, None]
    usd = projects.fee * serves.sum(axis=1)
    npv = projects.fee * (serves @ facts.mid)
    for when, part in ((projects.ordered, projects.first), (projects.arrives, projects.rest)):
        due = np.where(when >= 0, part, 0.0)
        usd, npv = usd + due, npv + due * facts.start[np.clip(when, 0, T)]
    return pd.DataFrame(
        {"line": projects.line, "usd": usd * projects.mw, "npv": npv * projects.mw, "unit": usd}
    )
