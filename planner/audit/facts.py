"""Facts: what the inputs of a run say, as arrays; read again from the copied case, with nothing
from the formulation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from planner.audit.tolerance import SOLVED
from planner.case.case import Case

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_SPAN: Final = 1e4
"""Years (or periods) set apart for each curve when all curves of a table are looked up at once."""


def column(frame: pd.DataFrame, name: str) -> Floats:
    """Return a numeric column as float64 (NaN = blank), (rows,)."""
    return frame[name].to_numpy(dtype=np.float64)


def whole(frame: pd.DataFrame, name: str) -> Ints:
    """Return a period or integer column as int64, (rows,)."""
    return frame[name].to_numpy(dtype=np.int64)


def flags(frame: pd.DataFrame, name: str) -> Bools:
    """Return a yes-or-no column as bool, (rows,)."""
    return frame[name].to_numpy(dtype=bool)


def text(frame: pd.DataFrame, name: str) -> NDArray[np.object_]:
    """Return a text column as an object array, (rows,)."""
    return frame[name].to_numpy(dtype=object)


def pick(which: Ints, *arrays: Ints) -> tuple[Ints, ...]:
    """Return the same entries of several integer arrays, each of the shape of ``which``."""
    return tuple(array[which] for array in arrays)


def or_zero(values: ArrayLike) -> Floats:
    """Return values with 0 where a blank means that there is none, in their shape."""
    array = np.asarray(values, dtype=np.float64)
    return np.where(np.isnan(array), 0.0, array)


def lookup(
    keys: Floats, values: Floats, wanted: Floats, first: Ints, last: Ints, *, step: bool
) -> Floats:
    """Return values of many curves at once, (n,), at what is wanted of them, (n,); ``keys`` rise
    over all curves, with as many ``values``, ``first`` and ``last`` bound the curve of each
    lookup, (n,)."""
    if step:
        at = np.clip(np.searchsorted(keys, wanted + 1e-7, side="right") - 1, first, last)
        return np.asarray(values[at], dtype=np.float64)
    return np.asarray(np.interp(wanted, keys, values), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Facts:
    """The case in numbers; shapes use T periods, K slices, C chips, S sites, W workloads, M
    milestones."""

    case: Case
    T: int
    K: int
    ppy: int
    rate: float
    hours: Floats
    share: Floats
    start: Floats
    """Discount factor at the start of each period and at the end of the plan, (T+1,)."""
    mid: Floats
    """Discount factor in the middle of each period, (T,)."""
    chip: pd.Index[Any]
    site: pd.Index[Any]
    slice: pd.Index[Any]
    offer: pd.Index[Any]
    workload: pd.Index[Any]
    milestone: pd.Index[Any]
    kw_peak: Floats
    kw_idle: Floats
    availability: Floats
    cloud: Bools
    pue: Floats
    usd_per_mwh: Floats
    kg_per_mwh: Floats
    kg_known: Bools
    """(S, T, K); 0 at cloud sites."""
    demand_charge: Floats
    """USD per kW of peak draw and period, (S, T)."""
    space: Floats
    """USD per kW and period, (S,)."""
    forbids: pd.DataFrame
    """Rules: columns workload, milestone (text) of each."""
    forbids_place: Bools
    """Chips and sites that each rule covers, (rules, C, S)."""
    forbids_time: Bools
    """Periods, (rules, T)."""
    few: float = SOLVED
    """Chips that a solver's answer may be off by: see :func:`planner.audit.tolerance.few_chips`."""

    def label(self, period: int) -> str:
        """Return the label of a period; the one after the last has a label too."""
        return str(self.case.calendar.label(int(period)))

    def codes(self, axis: str, names: Any) -> Ints:
        """Return codes of names on an axis (chip, site, slice, offer, workload, milestone); -1 for
        an unknown name."""
        index: pd.Index[Any] = getattr(self, axis)
        return index.get_indexer(pd.Index(np.asarray(names, dtype=object))).astype(np.int64)

    def forbidden(
        self,
        chip: Ints,
        site: Ints,
        period: Ints,
        *,
        workload: NDArray[np.object_] | None = None,
        milestone: NDArray[np.object_] | None = None,
    ) -> Bools:
        """Return which of n (chip, site, period) entries a rule forbids: for work where a name is
        given, otherwise for orders and rentals."""
        w, m = text(self.forbids, "workload"), text(self.forbids, "milestone")
        covered = (
            self.forbids_place[:, chip, site] & self.forbids_time[:, np.clip(period, 0, self.T - 1)]
        )
        if workload is not None:
            covered &= w[:, None] == workload[None, :]
        elif milestone is not None:
            covered &= m[:, None] == milestone[None, :]
        else:
            covered &= ((w == "") & (m == ""))[:, None]
        return np.asarray(covered.any(axis=0), dtype=bool)

    def by_age(
        self, table: str, name: str, chip: Ints, age_years: Floats, *, step: bool = False
    ) -> Floats:
        """Return a figure given by chip and age: linear between ages (from an age on, with
        ``step``), the last one after the last age, NaN without rows."""
        rows = self.case[table]
        if not len(rows) or not len(chip):
            return np.full(np.shape(age_years), np.nan)
        rows = rows.assign(_chip=self.codes("chip", rows["chip"])).sort_values(
            ["_chip", "age_years"]
        )
        owner, ages, values = whole(rows, "_chip"), column(rows, "age_years"), column(rows, name)
        first, after = (
            np.searchsorted(owner, chip, side="left"),
            np.searchsorted(owner, chip, side="right"),
        )
        has, last = after > first, np.maximum(after - 1, 0)
        first = np.minimum(first, last)
        age = np.clip(age_years, ages[first], ages[last])
        found = lookup(owner * _SPAN + ages, values, chip * _SPAN + age, first, last, step=step)
        return np.where(has, found, np.nan)

    def survival(self, chip: Ints, attrition: Floats, age_periods: ArrayLike) -> Floats:
        """Return S(age): ``(1 - attrition) ** years``, or the chip's survival curve where attrition
        is NaN; 1 before birth."""
        years = np.maximum(np.asarray(age_periods, dtype=np.float64), 0.0) / self.ppy
        curve = self.by_age("survival", "share_alive", chip, years)
        return np.where(np.isnan(attrition), curve, np.power(1.0 - or_zero(attrition), years))

    def price(self, row: Ints, period: Ints, name: str) -> Floats:
        """Return a price in USD of offers (rows of offers.csv) at order periods, in their shape:
        that of offer_prices.csv, otherwise that of the offer; NaN = none."""
        table = np.repeat(column(self.case["offers"], name)[:, None], self.T, axis=1)
        rows = self.case["offer_prices"]
        rows = rows[rows[name].notna() & (rows["period"] >= 0) & (rows["period"] < self.T)]
        table[self.codes("offer", rows["offer"]), whole(rows, "period")] = column(rows, name)
        return np.asarray(table[row, np.clip(period, 0, self.T - 1)], dtype=np.float64)


def _energy(case: Case, site: pd.Index[Any], slices: pd.Index[Any], name: str, T: int) -> Floats:
    """Return a column of energy.csv over (S, T, K): that of the slice, otherwise of the period,
    otherwise of the site."""
    table = np.repeat(
        np.repeat(column(case["sites"], name)[:, None, None], T, axis=1), len(slices), axis=2
    )
    rows = case["energy"]
    rows = rows[rows[name].notna() & (rows["period"] >= 0) & (rows["period"] < T)]
    general, own = rows[rows["slice"] == "*"], rows[rows["slice"] != "*"]
    table[site.get_indexer(pd.Index(text(general, "site"))), whole(general, "period")] = column(
        general, name
    )[:, None]
    table[
        site.get_indexer(pd.Index(text(own, "site"))),
        whole(own, "period"),
        slices.get_indexer(pd.Index(text(own, "slice"))),
    ] = column(own, name)
    return table


def state(case: Case) -> Facts:
    """Return the facts of a case.

    Args:
        case: the case read again from the run's ``inputs`` folder.

    Returns:
        The facts.
    """
    settings, calendar, chips, sites, rules = (
        case.settings,
        case.calendar,
        case["chips"],
        case["sites"],
        case["rules"],
    )
    T, ppy, rate = calendar.count, calendar.ppy, settings.discount_rate
    chip, site = pd.Index(text(chips, "chip")), pd.Index(text(sites, "site"))
    slices = pd.Index(np.array([s.name for s in settings.slices], dtype=object))
    cloud = text(sites, "kind") == "cloud"
    usd, kg, charge = (
        _energy(case, site, slices, name, T)
        for name in ("usd_per_mwh", "kg_co2_per_mwh", "usd_per_kw_month_demand")
    )

    def covers(cell: str, values: NDArray[np.object_]) -> Bools:
        wanted = text(rules, cell)
        return np.asarray(
            (wanted[:, None] == "") | (wanted[:, None] == values[None, :]), dtype=bool
        )

    of_chip = covers("chip", text(chips, "chip")) & covers("vendor", text(chips, "vendor"))
    of_site = (
        covers("site", text(sites, "site"))
        & covers("region", text(sites, "region"))
        & covers("country", text(sites, "country"))
    )
    times = np.arange(T)
    return Facts(
        case=case,
        T=T,
        K=len(slices),
        ppy=ppy,
        rate=rate,
        hours=np.asarray(calendar.hours, dtype=np.float64),
        share=np.array([s.hours_share for s in settings.slices], dtype=np.float64),
        start=(1.0 + rate) ** -(np.arange(T + 1) / ppy),
        mid=(1.0 + rate) ** -((times + 0.5) / ppy),
        chip=chip,
        site=site,
        slice=slices,
        offer=pd.Index(text(case["offers"], "offer")),
        workload=pd.Index(text(case["workloads"], "workload")),
        milestone=pd.Index(text(case["milestones"], "milestone")),
        kw_peak=column(chips, "kw_peak"),
        kw_idle=column(chips, "kw_idle"),
        availability=column(chips, "availability"),
        cloud=cloud,
        pue=np.where(cloud, 1.0, column(sites, "pue")),
        usd_per_mwh=np.where(cloud[:, None, None], 0.0, usd),
        kg_per_mwh=np.where(cloud[:, None, None] | np.isnan(kg), 0.0, kg),
        kg_known=cloud[:, None] | ~np.isnan(kg).any(axis=2),
        demand_charge=np.where(cloud[:, None], 0.0, charge.max(axis=2, initial=0.0)) * 12.0 / ppy,
        space=np.where(cloud, 0.0, column(sites, "usd_per_kw_month")) * 12.0 / ppy,
        forbids=rules,
        forbids_place=of_chip[:, :, None] & of_site[:, None, :],
        forbids_time=(whole(rules, "from")[:, None] <= times[None, :])
        & (times[None, :] <= whole(rules, "to")[:, None]),
    )


def load_may_pay(facts: Facts) -> bool:
    """Return whether a plan might gain by work that nobody asks for: where energy has a negative
    price, or a share of all carbon is limited."""
    limits = facts.case["limits"]
    least, most = column(limits, "min_share"), column(limits, "max_share")
    quota = (text(limits, "measure") == "carbon") & ((least > 0) | (most < 1))
    return bool((facts.usd_per_mwh < 0).any() or quota.any())


def inside(facts: Facts, *codes: Ints, period: Ints) -> Bools:
    """Return which rows have known names and a period of the plan, (n,)."""
    good = (period >= 0) & (period < facts.T)
    for code in codes:
        good &= code >= 0
    return good
