"""Aging: what is left of chips as they grow old: how many are alive, what they cost and bring."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from planner.case.case import Case
from planner.case.columns import numbers
from planner.model.finance import Life, Price, discount, residual_share
from planner.model.index import Floats, Index, Ints
from planner.model.lots import Lots


class Curve(NamedTuple):
    """A value by chip and age: a table with columns chip, age_years and the value's own."""

    table: str
    column: str
    step: bool = False
    """Whether a value holds from its age until the next, instead of a line between the two."""


SURVIVAL: Final = Curve("survival", "share_alive")
RESALE: Final = Curve("resale", "share_of_price")
MAINTENANCE: Final = Curve("maintenance", "usd_per_chip_year", step=True)


def by_age(case: Case, index: Index, curve: Curve, chip: Ints, age_years: Floats) -> Floats:
    """Return a value given by chip and age.

    Args:
        case: the case.
        index: its index.
        curve: which value.
        chip: chip codes, (n,).
        age_years: ages, (n,).

    Returns:
        Values, (n,); NaN for chips without rows.
    """
    frame = case[curve.table]
    result = np.full(len(chip), np.nan)
    if frame.empty:
        return result
    # a loop over the chips that have a curve, not over lots
    for name, part in frame.groupby("chip", sort=True):
        mine = chip == index.code("chip", [name])[0]
        ages, values = numbers(part, "age_years"), numbers(part, curve.column)
        order = np.argsort(ages)
        if curve.step:
            at = np.searchsorted(ages[order], age_years[mine] + 1e-9, side="right") - 1
            result[mine] = values[order][np.maximum(at, 0)]
        else:
            result[mine] = np.interp(age_years[mine], ages[order], values[order])
    return result


def alive(case: Case, index: Index, lots: Lots, which: Ints, period: Ints) -> Floats:
    """Return the share of a lot alive in a period: ``S(t-b)`` of chips born in ``b``, and
    ``S(t-b)/S(-b)`` for the fleet and chips on their way, counted when the plan starts.

    Args:
        case: the case.
        index: its index.
        lots: the lots.
        which: lots, (n,).
        period: periods ``t``, (n,).

    Returns:
        Shares, (n,).
    """

    def survival(age: Ints) -> Floats:
        years = np.maximum(age, 0) / index.ppy
        curve = by_age(case, index, SURVIVAL, lots.chip[which], years)
        attrition = lots.attrition[which]
        return np.where(
            np.isnan(attrition),
            curve,
            np.power(1.0 - np.where(np.isnan(attrition), 0.0, attrition), years),
        )

    now = survival(period - lots.born[which])
    base = np.where(lots.given[which], survival(-lots.born[which]), 1.0)
    return np.divide(now, base, out=np.zeros_like(now), where=base > 0)


def priced_life(case: Case, index: Index, lots: Lots, which: Ints) -> Ints:
    """Return over how many periods the price of lots is spread, (n,): as long as they serve, and
    bought chips with a technical life no longer than their economic one."""
    chips, serves = case["chips"], lots.leaves[which] - lots.born[which]
    years = numbers(chips, "economic_life_years")
    economic = np.maximum(np.floor(years * index.ppy + 0.5), 1.0).astype(np.int64)
    on = ~np.isnan(numbers(chips, "technical_life_years"))
    chip = lots.chip[which]
    shorter = lots.owned[which] & on[chip]
    return np.where(shorter, np.minimum(serves, economic[chip]), serves)


def residual(case: Case, index: Index, lots: Lots, which: Ints) -> Floats:
    """Return the discounted credit per chip still held at the end, for lots that serve beyond it.

    Args:
        case: the case.
        index: its index.
        lots: the lots.
        which: lots, (n,).

    Returns:
        USD per chip discounted to the start, (n,); 0 for lots that end inside the plan or have no
        price.
    """
    setting, ppy = case.settings.residual, index.ppy
    a, e = lots.born[which], lots.leaves[which]
    price = np.where(np.isnan(lots.price[which]), 0.0, lots.price[which])
    deposit = lots.deposit[which]
    paid = price * (
        deposit * discount(index.rate, lots.paid[which] / ppy)
        + (1.0 - deposit) * discount(index.rate, a / ppy)
    )
    resale = by_age(case, index, RESALE, lots.chip[which], (index.T - a) / ppy)
    resale = np.where(lots.owned[which] & ~np.isnan(resale), resale, 0.0)
    # what chips of an age bring, they bring as long as they serve
    whole = e - a if setting == "table" else priced_life(case, index, lots, which)
    life = Life((index.T - a) / ppy, whole / ppy, index.T / ppy)
    credit = residual_share(setting, index.rate, life, Price(paid, price, resale))
    return np.where(e > index.T, credit, 0.0)
