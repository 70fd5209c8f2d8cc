"""Book values of what is no chip: power projects, openings.

Each is worth ``usd x max(0, 1 - n / L)`` when ``n`` of its ``L`` periods in service have passed,
and before it is in service what was paid for it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from planner.case.columns import numbers, texts, whole
from planner.plan.answer import Answer, Floats, Ints
from planner.plan.books.lots import Values


class Thing(NamedTuple):
    """Things that the books carry, (n,) each; periods may lie before the plan."""

    usd: Floats
    """What it costs in all."""
    first: Floats
    """Part of it paid when ordered."""
    ordered: Ints
    starts: Ints
    """First period in service."""
    life: Floats
    """Periods over which it is written down."""


def thing_values(things: Thing, T: int) -> Values:
    """Return the books of things over T periods."""
    times = np.arange(T + 1)
    age = times - things.starts[:, None]
    left = np.clip(1.0 - age / things.life[:, None], 0.0, 1.0)
    serves = age >= 0
    value = np.where(serves, things.usd[:, None] * left, 0.0)
    waiting = ~serves & (times >= things.ordered[:, None])
    paid = np.where(waiting, things.first[:, None], 0.0)
    # at its very start it is paid for in the period itself, not before
    before = things.ordered < 0
    opening = np.where(things.starts < 0, value[:, 0], np.where(before, things.first, 0.0))
    ends = times[1:] - 1  # the period that ends at each time
    in_flight = np.where(ends < things.starts[:, None], paid[:, :-1], 0.0)
    closing = np.where(ends >= things.starts[:, None], value[:, 1:], in_flight)
    return Values(opening, closing, in_flight, np.zeros((len(things.usd), T)))


def power_things(answer: Answer) -> tuple[Thing, Ints]:
    """Return power projects of the plan and those ordered before it, and their sites."""
    f = answer.formulation
    parts, sites = [], []
    for frame, table, share in (
        (f.build, "power_projects", "deposit_share"),
        (f.signed, "power_orders", "paid_share"),
    ):
        row, period, arrives, column, site = (
            frame[name].to_numpy(dtype=np.int64)
            for name in ("row", "period", "arrives", "column", "site")
        )
        source = f.case[table]
        usd = numbers(source, "usd_per_mw")[row] * answer.x[column] if len(row) else np.empty(0)
        life = numbers(source, "life_years")[row] * f.index.ppy
        parts.append(Thing(usd, usd * numbers(source, share)[row], period, arrives, life))
        sites.append(site)
    joined = (np.concatenate(pair) for pair in zip(*parts, strict=True))
    return Thing(*joined), np.concatenate(sites)


def opening_things(answer: Answer) -> tuple[Thing, Ints]:
    """Return what opens in the plan, written down to the end of the plan, and its sites."""
    f = answer.formulation
    T, usd, period, site = f.index.T, [], [], []
    for block, table, axis in (
        ("site_opening", "sites", "site"),
        ("project_opening", "power_projects", "project"),
    ):
        labels = answer.column_labels(block)
        if labels.empty:
            continue
        of = labels[axis].to_numpy(dtype=np.int64)
        usd.append(numbers(f.case[table], "usd_to_open")[of] * answer.value(block))
        period.append(labels["period"].to_numpy(dtype=np.int64))
        site.append(f.index.code("site", texts(f.case[table], "site"))[of])
    if not usd:
        none = np.empty(0, dtype=np.int64)
        return Thing(np.empty(0), np.empty(0), none, none, np.empty(0)), none
    when, paid = np.concatenate(period), np.concatenate(usd)
    life = np.asarray(T - when, dtype=np.float64)
    return Thing(paid, np.zeros(len(paid)), when, when, life), np.concatenate(site)


def openings_before(answer: Answer) -> tuple[Thing, Ints]:
    """Return what opened before the plan, by its stated book value, and its sites."""
    f = answer.formulation
    usd, site = [], []
    for table in ("sites", "power_projects"):
        stated = numbers(f.case[table], "book_value_usd")
        mine = np.flatnonzero(stated > 0)
        usd.append(stated[mine])
        site.append(f.index.code("site", texts(f.case[table], "site"))[mine])
    value, n = np.concatenate(usd), len(np.concatenate(usd))
    start, life = np.zeros(n, dtype=np.int64), np.full(n, float(f.index.T))
    return Thing(value, value, start - 1, start, life), np.concatenate(site)


def beyond_plan(answer: Answer) -> pd.DataFrame:
    """Return what was paid on orders in flight that arrive after the plan, for their chips and in
    fees: owned, chip, usd, fees."""
    f = answer.formulation
    orders = f.case["orders"]
    late = orders[(whole(orders, "arrives") >= f.index.T)]
    new = late[whole(late, "in_service") >= whole(late, "arrives")]
    usd = numbers(new, "usd_per_chip") * numbers(new, "paid_share") * numbers(new, "chips")
    owned = texts(new, "kind") == "purchase"
    fees = numbers(new, "fee_usd_per_chip") * numbers(new, "chips")
    return pd.DataFrame(
        {
            "owned": owned,
            "chip": f.index.code("chip", texts(new, "chip")),
            "usd": np.nan_to_num(usd),
            "fees": np.where(owned, fees, 0.0),
        }
    )
