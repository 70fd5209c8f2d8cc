"""Policies: shares and amounts, soft excesses and what those cost; against limits.csv."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from planner.audit.book import Book
from planner.audit.energy import Energy
from planner.audit.facts import Facts, Floats, column, or_zero, text
from planner.audit.holdings import Capacity
from planner.audit.terms import OVER, SPEND
from planner.audit.tolerance import WRITTEN, Slack
from planner.audit.verdict import Check, Describe, agree, at_most, require
from planner.audit.window import window

SIDES: Final = ("min_share", "max_share", "max", "min")
LEAST: Final = ("min_share", "min")


@dataclass(frozen=True, slots=True)
class _Measured:
    """A measure by (C, S, T), with how far rounding can move it."""

    amount: Floats
    doubt: Floats


def _measures(
    facts: Facts, entries: pd.DataFrame, capacity: Capacity, energy: Energy
) -> dict[str, _Measured]:
    """Return spend, chips, power and carbon by chip, site and period."""
    shape = (len(facts.chip), len(facts.site), facts.T)
    spend, unsure = np.zeros(shape), np.zeros(shape)
    mine = entries[entries["term"].isin(SPEND) & (entries["period"] < facts.T)]
    at = tuple(mine[name].to_numpy(dtype=np.int64) for name in ("chip", "site", "period"))
    np.add.at(spend, at, column(mine, "usd"))
    np.add.at(unsure, at, column(mine, "doubt"))
    chips = capacity.held + capacity.rented @ facts.share
    kw = facts.kw_peak[:, None, None] / 1000.0
    tonnes = (energy.mwh * facts.kg_per_mwh[None]).sum(axis=3) / 1000.0
    off = energy.unsure * (facts.hours[:, None] * facts.share) / 1000.0
    some = capacity.held + capacity.rented.sum(axis=3) > 0
    return {
        "spend": _Measured(spend, unsure),
        "chips": _Measured(chips, some * facts.few),
        "power": _Measured(kw * capacity.powered, kw * some * facts.few),
        "carbon": _Measured(
            tonnes,
            (off * facts.kg_per_mwh[None]).sum(axis=3) / 1000.0,
        ),
    }


def check_policies(
    facts: Facts, book: Book, capacity: Capacity, energy: Energy, written: pd.DataFrame
) -> list[Check]:
    """Return the checks of limits (shares and amounts) and limits.csv; the penalties of soft limits
    are added to the book."""
    table = facts.case["limits"]
    measures = _measures(facts, book.table(), capacity, energy)
    rows: list[dict[str, object]] = []
    sites, chips = facts.case["sites"], facts.case["chips"]
    for limit in table.to_dict("records"):  # policies are few; each sums whole arrays
        scope, member = limit["scope"], limit["member"]
        c = (
            text(chips, scope) == member
            if scope in ("chip", "vendor")
            else np.ones(len(chips), bool)
        )
        s = (
            text(sites, scope) == member
            if scope in ("site", "region", "country")
            else np.ones(len(sites), bool)
        )
        measured = measures[limit["measure"]]
        mask = np.flatnonzero(window(facts, limit["period"]))
        mine, every = (
            measured.amount[np.ix_(c, s)].sum(axis=(0, 1)),
            measured.amount.sum(axis=(0, 1)),
        )
        doubt = measured.doubt.sum(axis=(0, 1))
        summed = limit["measure"] in ("spend", "carbon")
        for group in [mask] if summed else np.split(mask, len(mask)) if len(mask) else []:
            value, total, unsure = (
                float(mine[group].sum()),
                float(every[group].sum()),
                float(doubt[group].sum()),
            )
            value += limit["used"]
            total += max(limit["used"], limit["used_total"])
            for side in SIDES:
                if np.isnan(limit[side]):
                    continue
                bound = limit[side] * (1.0 if side in ("max", "min") else total)
                rows.append(
                    {
                        "limit": limit["limit"],
                        "last": int(group[-1]) if len(group) else 0,
                        "label": limit["period"] if summed else facts.label(int(group[0])),
                        "side": side,
                        "value": value,
                        "total": total,
                        "used": limit["used"],
                        "used_total": max(limit["used"], limit["used_total"]),
                        "bound": bound,
                        "excess": (bound - value) if side in LEAST else (value - bound),
                        "floor": unsure + 1e-6 * max(total, abs(bound)),
                        "price": limit["over_usd_per_unit"],
                        "measure": limit["measure"],
                    }
                )
    names = (
        "limit",
        "last",
        "label",
        "side",
        "value",
        "total",
        "used",
        "used_total",
        "bound",
        "excess",
        "floor",
        "price",
        "measure",
    )
    frame = pd.DataFrame(rows, columns=list(names))
    excess, floor, price = column(frame, "excess"), column(frame, "floor"), column(frame, "price")
    over = np.where(excess > floor, excess, 0.0)
    soft = ~np.isnan(price)
    book.add(
        OVER,
        frame["last"].to_numpy(dtype=np.int64)[soft],
        (over * price)[soft],
        (floor * price)[soft] / WRITTEN,
    )
    hard = np.flatnonzero(~soft)

    def place(i: int) -> str:
        return (
            f"inputs/limits.csv: {frame['limit'][i]} ({frame['side'][i]} of "
            f"{frame['measure'][i]}) in {frame['label'][i] or 'the whole plan'}"
        )

    return [
        at_most(
            "limits.kept",
            excess[hard],
            0.0,
            lambda i: (
                f"{place(hard[i])}: value {frame['value'][hard[i]]:.10g}, bound "
                f"{frame['bound'][hard[i]]:.10g}; excess"
            ),
            unit="by measure",
            floor=floor[hard],
        ),
        *_compare_limits(facts, frame, over, floor, written),
    ]


def _compare_limits(
    facts: Facts, frame: pd.DataFrame, over: Floats, floor: Floats, written: pd.DataFrame
) -> list[Check]:
    """Return the checks of limits.csv, row by row."""
    own = frame.assign(over=over, floor=floor).rename(columns={"label": "period"})
    both = own.merge(
        written, on=["limit", "period", "side"], how="outer", suffixes=("", "_file"), indicator=True
    )
    matched = (both["_merge"] == "both").to_numpy()
    kept = both[matched].reset_index(drop=True)

    def described(name: str) -> Describe:
        return lambda i: (
            f"limits.csv, {kept['limit'][i]}, {kept['period'][i]}, {kept['side'][i]}, {name}"
        )

    # an excess that costs nothing may be stated larger than it is
    kept["over"] = np.where(
        column(kept, "price") == 0.0,
        np.fmax(column(kept, "over_file"), column(kept, "over")),
        column(kept, "over"),
    )
    parts = {"value": "used", "total": "used_total"}

    def own_and(name: str, file: str) -> Floats:
        """A column, and what of it was there before the plan, which is stated in the inputs."""
        figures = [column(kept, f"{name}{file}")]
        if name in parts:
            figures.append(or_zero(column(kept, f"{parts[name]}{file}")))
        return np.concatenate(figures)

    slack = 1.0 + column(kept, "floor") if len(kept) else np.empty(0)
    slack = np.where(
        kept["measure"].to_numpy(dtype=object) == "spend", slack, column(kept, "floor")
    )

    def compared(name: str) -> Check:
        several = 1 + (name in parts)
        return agree(
            f"limits.{name}",
            own_and(name, "_file"),
            own_and(name, ""),
            lambda i: described(name)(i % len(kept)),
            unit="by measure",
            floor=Slack(np.tile(slack, several), size=np.tile(column(kept, "total"), several)),
        )

    return [
        require(
            "limits.rows",
            matched,
            lambda i: (
                f"limits.csv: {both['limit'][i]}, {both['period'][i]}, {both['side'][i]} stands "
                f"in {'the inputs' if both['_merge'][i] == 'left_only' else 'limits.csv'} only"
            ),
            "one row for every limit, side and window",
        ),
        *(compared(name) for name in ("value", "total", "bound", "over")),
    ]
