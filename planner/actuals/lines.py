"""Lines: what each row of the executed orders is about, in the approved plan or beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.case.columns import Bools, Floats, Texts, codes, texts

POWER = "build_power"


@dataclass(frozen=True, slots=True)
class Lines:
    """The line of every row of the executed orders, (n,)."""

    planned: Bools
    """Whether the approved plan has it."""
    known: Bools
    """Whether the plan has it, or it names an offer (or project), a site and a period."""
    offer: Texts
    site: Texts
    action: Texts
    """What the plan does; "" beside it but for power projects."""
    status: Texts
    """existing, committed or new; new for what was bought beside the plan."""
    period: Floats
    """Period in which the plan orders it, or that its name says; NaN where there is none."""
    arrives: Floats
    """Period in which it goes into service in the plan; NaN where there is none."""
    upfront: Bools
    """Whether something is paid up front for it."""
    hourly: Bools
    """Whether something is paid by the hour for it."""


def lines_of(case: Case, buy_plan: pd.DataFrame, names: Texts) -> Lines:
    """Return what lines are about.

    Args:
        case: the case of the plan.
        buy_plan: the written buy plan.
        names: their names, (n,).
    """
    at = codes(texts(buy_plan, "line_id"), names)
    planned = at >= 0
    row = np.where(planned, at, 0)

    def of(column: str) -> Texts:
        cells = texts(buy_plan, column)[row] if len(buy_plan) else np.full(len(names), "", object)
        return np.where(planned, cells, "").astype(object)

    offer, site, action = of("offer"), of("site"), of("action")
    status, known = of("status"), planned.copy()
    period, arrives = (_periods(case, of(name)) for name in ("order_period", "in_service_period"))
    priced = {name: _numbers(of(name)) for name in ("usd_per_chip", "usd_per_chip_hour")}
    upfront, hourly = (~np.isnan(value) for value in priced.values())
    for i in np.flatnonzero(~planned):  # a few rows that no plan has
        bought = _beside(case, str(names[i]))
        if bought is not None:
            offer[i], site[i], period[i], action[i], status[i] = (*bought, "new")
            known[i], upfront[i], hourly[i] = True, True, action[i] != POWER
    return Lines(planned, known, offer, site, action, status, period, arrives, upfront, hourly)


def _beside(case: Case, name: str) -> tuple[str, str, int, str] | None:
    """Return offer, site, period and action of a line that is named like one of a plan; None where
    it is none."""
    offer, _, place = name.partition("@")
    site, _, label = place.rpartition("@")
    try:
        period = case.calendar.parse(label)
    except ValueError:
        return None
    projects = case["power_projects"]
    here = (texts(projects, "project") == offer) & (texts(projects, "site") == site)
    if here.any():
        return offer, site, period, POWER
    offers = case["offers"]
    found = np.flatnonzero(texts(offers, "offer") == offer)
    if len(found) and site in texts(offers, "site")[found[0]]:
        return offer, site, period, ""
    return None


def _periods(case: Case, labels: Texts) -> Floats:
    """Return periods of labels, (n,); NaN for blanks."""
    distinct, code = np.unique(labels.astype(str), return_inverse=True)
    parsed = [np.nan if not label else float(case.calendar.parse(label)) for label in distinct]
    return np.asarray(parsed, dtype=np.float64)[code] if len(labels) else np.empty(0)


def _numbers(cells: Texts) -> Floats:
    """Return numbers of cells that are numbers or blank, (n,)."""
    return np.array([np.nan if cell == "" else float(cell) for cell in cells], dtype=np.float64)
