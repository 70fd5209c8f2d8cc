"""Worked: what workloads and milestones took, beside the plan, in energy and carbon above idle.

Energy is paid by the chip-hour at work, at what the plan pays for it::

    quantity = (V1 - V0) / V0 x planned cost     more or less work, as planned per unit of work
    price    = the rest                          more or fewer chip-hours for each unit
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.actuals.actuals import Actuals
from planner.actuals.planned import Planned
from planner.actuals.split import LEDGER, empty_ledger
from planner.case.columns import Floats, codes, keys, numbers, texts

TERMS = ("energy", "carbon")


def told_work(actuals: Actuals) -> pd.DataFrame:
    """Return what is told of workloads and milestones in one frame: ``kind``, ``name``, ``period``,
    ``chip`` ("" for all), ``volume`` and ``chip_hours`` (NaN: as planned)."""
    work, runs = actuals.work, actuals.milestones
    one = pd.DataFrame(
        {
            "kind": "workload",
            "name": work["workload"],
            "period": work["period"],
            "chip": work["chip"],
            "volume": work["served"],
            "chip_hours": work["chip_hours"],
        }
    )
    other = pd.DataFrame(
        {
            "kind": "milestone",
            "name": runs["milestone"],
            "period": runs["period"],
            "chip": "",
            "volume": runs["flop"],
            "chip_hours": runs["chip_hours"],
        }
    )
    return pd.concat([frame for frame in (one, other) if len(frame)] or [one], ignore_index=True)


def beside_plan(planned: Planned, told: pd.DataFrame) -> pd.DataFrame:
    """Return what is told of work with what was planned of it: ``planned_volume``,
    ``planned_hours``, ``planned_usd``, and ``volume`` and ``chip_hours`` as planned where they are
    not told.

    Args:
        planned: the plan.
        told: what ``told_work`` returned.
    """
    work = planned.work.assign(
        kind_=np.where(planned.work["kind"] == "milestone", "milestone", "workload")
    )
    every = work.assign(chip="")
    both = pd.concat([work, every], ignore_index=True)
    total = both.groupby(["kind_", "work", "period", "chip"], as_index=False).agg(
        volume=("volume", "sum"), chip_hours=("chip_hours", "sum"), usd=("usd", "sum")
    )
    at = codes(
        keys(total, ["kind_", "work", "period", "chip"]),
        keys(told, ["kind", "name", "period", "chip"]),
    )
    found = {
        name: np.append(numbers(total, column), 0.0)[at]
        for name, column in (
            ("planned_volume", "volume"),
            ("planned_hours", "chip_hours"),
            ("planned_usd", "usd"),
        )
    }
    return told.assign(
        **found,
        volume=_or(numbers(told, "volume"), found["planned_volume"]),
        chip_hours=_or(numbers(told, "chip_hours"), found["planned_hours"]),
    )


def work_variances(planned: Planned, actuals: Actuals) -> pd.DataFrame:
    """Return a ledger of what workloads and milestones took, by term and site.

    Args:
        planned: the plan.
        actuals: what happened.
    """
    told = told_work(actuals)
    if told.empty:
        return empty_ledger()
    work = beside_plan(planned, told)
    v0, v1 = numbers(work, "planned_volume"), numbers(work, "volume")
    h0, h1 = numbers(work, "planned_hours"), numbers(work, "chip_hours")
    usd = numbers(work, "planned_usd")
    hour = _rate(planned, work, usd, h0)
    whole = hour * h1 - usd
    quantity = np.where(v0 > 0, usd * (_ratio(v1, v0) - 1.0), whole)
    work = work.assign(actual_usd=hour * h1, quantity_usd=quantity, price_usd=whole - quantity)
    return _spread(planned, work.assign(row=np.arange(len(work))))


def _rate(planned: Planned, work: pd.DataFrame, usd: Floats, hours: Floats) -> Floats:
    """Return what a chip-hour costs above idle, (n,): of the same work and chip, else of the work,
    else of all work of the period."""
    rate = _ratio(usd, hours)
    plan = planned.work
    for columns, wanted in ((["work", "period"], ["name", "period"]), (["period"], ["period"])):
        total = plan.groupby(columns, as_index=False).agg({"usd": "sum", "chip_hours": "sum"})
        mean = np.append(_ratio(numbers(total, "usd"), numbers(total, "chip_hours")), 0.0)
        rate = np.where(hours > 0, rate, mean[codes(keys(total, columns), keys(work, wanted))])
        hours = np.where(rate > 0, 1.0, hours)
    return rate


def _spread(planned: Planned, work: pd.DataFrame) -> pd.DataFrame:
    """Return the ledger of work by site (as the plan has it) and term (as the site pays energy and
    carbon)."""
    plan = planned.work
    parts = []
    for columns, wanted in (
        (["chip", "work", "period"], ["chip", "name", "period"]),
        (["work", "period"], ["name", "period"]),
    ):
        total = plan.groupby([*columns, "site"], as_index=False).agg({"usd": "sum"})
        joined = work.merge(
            total, how="inner", left_on=wanted, right_on=columns, suffixes=("", "_p")
        )
        joined = joined[joined["chip"].ne("") == ("chip" in columns)]
        parts.append(joined[["row", "site", "usd"]])
    shares = pd.concat(parts, ignore_index=True)
    sums = shares.groupby("row")["usd"].transform("sum").to_numpy(dtype=np.float64)
    shares = shares.assign(share=_ratio(numbers(shares, "usd"), sums))[sums > 0]
    lost = np.setdiff1d(np.arange(len(work)), shares["row"])
    shares = pd.concat(
        [shares, pd.DataFrame({"row": lost, "site": "", "usd": 0.0, "share": 1.0})],
        ignore_index=True,
    )
    found = work.drop(columns="chip").merge(shares, on="row")
    carbon = _carbon_share(planned, found)
    frames = []
    for term, part in zip(TERMS, (1.0 - carbon, carbon), strict=True):
        scale = part * numbers(found, "share")
        money = {
            name: numbers(found, name) * scale
            for name in ("planned_usd", "actual_usd", "quantity_usd", "price_usd")
        }
        frame = found.assign(term=term, timing_usd=0.0, **money)[list(LEDGER)]
        frames.append(frame[part > 0])
    return pd.concat(frames, ignore_index=True)


def _carbon_share(planned: Planned, work: pd.DataFrame) -> Floats:
    """Return the part of energy and carbon together that is carbon, by site and period, (n,)."""
    costs = planned.costs
    amount = {}
    for term in TERMS:
        total = costs[costs["term"] == term]
        at = codes(keys(total, ["site", "period"]), keys(work, ["site", "period"]))
        amount[term] = np.append(numbers(total, "nominal_usd"), 0.0)[at]
    return _ratio(amount["carbon"], amount["carbon"] + amount["energy"])


def served(planned: Planned, actuals: Actuals) -> pd.DataFrame:
    """Return work in its units, for the amounts of a comparison: ``kind``, ``name``, ``period``,
    ``measure``, ``unit``, ``planned``, ``actual``.

    Args:
        planned: the plan.
        actuals: what happened.
    """
    told = told_work(actuals)
    work = beside_plan(planned, told)
    kind = dict(
        zip(
            texts(planned.case["workloads"], "workload"),
            texts(planned.case["workloads"], "kind"),
            strict=True,
        )
    )
    flop = np.array(
        [
            k == "milestone" or kind.get(n) == "research"
            for k, n in zip(work["kind"], work["name"], strict=True)
        ],
        dtype=bool,
    )
    named = work["name"] + np.where(work["chip"] != "", " on " + work["chip"], "")
    base = pd.DataFrame({"kind": work["kind"], "name": named, "period": work["period"]})
    asked = actuals.work[actuals.work["asked"].notna()]
    at = codes(keys(planned.asked, ["workload", "period"]), keys(asked, ["workload", "period"]))
    frames = [
        base.assign(
            measure="done",
            unit=np.where(flop, "FLOP", "Mtok"),
            planned=work["planned_volume"],
            actual=work["volume"],
        ),
        base.assign(
            measure="chip-hours",
            unit="chip-hours",
            planned=work["planned_hours"],
            actual=work["chip_hours"],
        ),
        pd.DataFrame(
            {
                "kind": "workload",
                "name": asked["workload"],
                "period": asked["period"],
                "measure": "asked",
                "unit": [
                    "FLOP" if kind.get(name) == "research" else "Mtok" for name in asked["workload"]
                ],
                "planned": np.append(numbers(planned.asked, "asked"), np.nan)[at],
                "actual": asked["asked"],
            }
        ),
    ]
    return pd.concat(frames, ignore_index=True)


def _or(value: Floats, other: Floats) -> Floats:
    return np.asarray(np.where(np.isnan(value), other, value))


def _ratio(one: Floats, other: Floats) -> Floats:
    """Return one over another, 0 where there is nothing to divide by, (n,)."""
    return np.divide(one, other, out=np.zeros(len(one)), where=other != 0)
