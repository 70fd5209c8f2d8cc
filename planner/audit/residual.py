"""Residual value: what is left of a price at the end of the plan, by the case's setting."""

from __future__ import annotations

import numpy as np

from planner.audit.facts import Facts, Floats, column, or_zero
from planner.audit.lots import Lots


def level_share(rate: float, used: Floats, life: Floats) -> Floats:
    """Return ``(1 - (1+r)^-n) / (1 - (1+r)^-L)``, ``n/L`` at r = 0."""
    if rate == 0.0:
        return used / life
    year = np.log1p(rate)  # for the smallest of rates 1 + r is 1, and both differences would be 0
    return np.asarray(np.expm1(-used * year) / np.expm1(-life * year), dtype=np.float64)


def priced_life(facts: Facts, lots: Lots) -> Floats:
    """Return over how many periods the price of each lot is spread, (L,): as long as it serves, and
    where its chip has a technical life, of a purchase at most the economic one."""
    chips, serves = facts.case["chips"], np.maximum(lots.leaves - lots.born, 1)
    economic = np.floor(column(chips, "economic_life_years") * facts.ppy + 0.5)
    limit = np.where(np.isnan(column(chips, "technical_life_years")), np.inf, economic)[lots.chip]
    spread = np.where(lots.owned, np.minimum(serves, np.maximum(limit, 1.0)), serves)
    return np.asarray(spread, dtype=np.float64)


def residual_credit(facts: Facts, lots: Lots) -> Floats:
    """Return the discounted credit per chip still held at the end of the plan, (L,), by the case's
    residual setting."""
    T, ppy, rate, setting = facts.T, facts.ppy, facts.rate, facts.case.settings.residual
    used, life = (T - lots.born) / ppy, priced_life(facts, lots) / ppy
    spent = np.minimum(used, life)
    arrival, ordered = (1.0 + rate) ** (-lots.born / ppy), (1.0 + rate) ** (-lots.paid / ppy)
    if setting == "annuity":
        paid = lots.price * (lots.deposit * ordered + (1.0 - lots.deposit) * arrival)
        return np.asarray(paid * (1.0 - level_share(rate, spent, life)), dtype=np.float64)
    at_end = (1.0 + rate) ** (-T / ppy)
    if setting == "straight_line":
        return np.asarray(lots.price * (1.0 - spent / life) * at_end, dtype=np.float64)
    if setting == "table":
        share = or_zero(facts.by_age("resale", "share_of_price", lots.chip, used))
        return np.asarray(np.where(lots.owned, lots.price * share * at_end, 0.0), dtype=np.float64)
    return np.zeros(len(lots))
