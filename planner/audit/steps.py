"""Price steps: order_steps.csv against the lines, the prices of the inputs and the chips that are
counted together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from planner.audit.facts import Bools, Facts, Floats, Ints, column, or_zero, text, whole
from planner.audit.lots import NEW, Lots
from planner.audit.verdict import Check, agree, at_most, require

KINDS: Final = ("step_on", "full")
"""Counts of whole.csv that are checked here."""


@dataclass(frozen=True, slots=True)
class Window:
    """Orders whose chips are counted together."""

    name: str
    offer: str
    group: str
    """Whose steps they are: one of the two is blank."""
    kind: str
    """``all`` or ``above``."""
    offers: Bools
    """Offers that are counted, (O,)."""
    periods: Ints
    edges: Floats
    """Where steps begin, 0 for the offer's own price, less what was ordered before; (S+1,)."""
    prices: Floats
    """Of steps 1 on, (S,)."""
    starts: Floats
    """Chips from which on steps 1 on hold, as they are stated, (S,)."""


def priced(facts: Facts) -> Bools:
    """Return which offers have price steps, their own or those of their supply group, (O,)."""
    offers, steps = facts.case["offers"], facts.case["offer_steps"]
    groups = set(text(steps, "supply_group")) - {""}
    own = np.isin(text(offers, "offer"), text(steps, "offer"))
    return np.asarray(own | np.isin(text(offers, "supply_group"), list(groups)), dtype=bool)


def windows(facts: Facts) -> Iterator[Window]:
    """Yield the windows of every offer or supply group with price steps: few."""
    offers, steps, calendar = facts.case["offers"], facts.case["offer_steps"], facts.case.calendar
    year = np.array([calendar.fiscal_year(t) for t in range(facts.T)])
    ordered = steps.sort_values(["offer", "supply_group", "from_chips"])
    for (offer, group), rows in ordered.groupby(["offer", "supply_group"], sort=True):
        mine = text(offers, "offer") == offer
        if group:
            mine = text(offers, "supply_group") == group
        starts = column(rows, "from_chips")
        counts, kind = str(rows["counts"].iloc[0]), str(rows["on"].iloc[0])
        before = float(column(offers, "chips_before")[mine].sum())
        times = np.arange(facts.T)
        if counts == "plan":
            parts = [("the plan", times, before)]
        elif counts == "fiscal_year":
            parts = [
                (f"FY{y}", times[year == y], before if y == year[0] else 0.0)
                for y in np.unique(year)
            ]
        else:
            parts = [(facts.label(t), times[t : t + 1], 0.0) for t in range(facts.T)]
        for name, periods, used in parts:
            edges = np.maximum(np.append(0.0, starts) - used, 0.0)
            yield Window(
                f"{offer or group} in {name}",
                str(offer),
                str(group),
                kind,
                np.asarray(mine, dtype=bool),
                periods,
                edges,
                column(rows, "usd_per_chip"),
                starts,
            )


def step_prices(facts: Facts, lots: Lots, table: pd.DataFrame) -> Lots:
    """Return the lots with the price of a chip as it is really paid, on average over its steps."""
    if not len(table):
        return lots
    rows = table.assign(usd=column(table, "chips") * column(table, "usd_per_chip"))
    sums = rows.groupby("line_id")[["usd", "chips"]].sum()
    mean = (sums["usd"] / sums["chips"]).reindex(lots.line).to_numpy(dtype=np.float64)
    mine = (lots.origin == NEW) & ~np.isnan(mean)
    mine &= priced(facts)[np.where(lots.origin == NEW, lots.row, 0)]
    return replace(lots, price=np.where(mine, mean, lots.price))


def check_steps(facts: Facts, lots: Lots, table: pd.DataFrame, counts: pd.DataFrame) -> list[Check]:
    """Return the checks of order_steps.csv.

    Args:
        facts: the inputs.
        lots: the lots, put together again.
        table: order_steps.csv.
        counts: whole.csv.
    """
    new = np.flatnonzero(lots.origin == NEW)
    new = new[priced(facts)[lots.row[new]]]
    told = table.groupby("line_id")["chips"].sum()
    chips = pd.Series(lots.chips[new], index=lots.line[new])
    both = pd.concat([told.rename("told"), chips.rename("chips")], axis=1).reset_index(names="line")
    row, at = facts.codes("offer", table["offer"]), whole(table, "order_period")
    step = whole(table, "step")
    own = or_zero(facts.price(np.maximum(row, 0), at, "usd_per_chip"))
    price, start = np.where(step == 0, own, np.nan), np.where(step == 0, 0.0, np.nan)
    found: list[tuple[str, Floats, Floats]] = []
    chosen: list[tuple[str, bool]] = []
    for window in windows(facts):
        mine = window.offers[np.maximum(row, 0)] & (row >= 0) & np.isin(at, window.periods)
        here = mine & (step > 0) & (step <= len(window.prices))
        price[here], start[here] = window.prices[step[here] - 1], window.starts[step[here] - 1]
        found += _filled(facts, window, table[mine])
        chosen += _chosen(facts, window, table[mine], counts)
    names = [name for name, _, _ in found]
    lines = pd.Index(lots.line[new])
    known = lines.get_indexer(pd.Index(text(table, "line_id")))
    same = known >= 0
    if len(new):
        v = new[np.maximum(known, 0)]
        same &= (lots.row[v] == row) & (lots.ordered[v] == at)
        same &= lots.site[v] == facts.codes("site", table["site"])
    return [
        require(
            "order_steps.lines",
            same,
            lambda i: f"order_steps.csv, row {i + 2}: {table['line_id'].iloc[i]}",
            "offer, site and period of a new line of an offer with price steps",
        ),
        agree(
            "order_steps.chips",
            or_zero(column(both, "told")),
            or_zero(column(both, "chips")),
            lambda i: f"order_steps.csv, line {both['line'][i]}, chips of all steps",
            unit="chips",
            floor=facts.few,
        ),
        agree(
            "order_steps.usd_per_chip",
            column(table, "usd_per_chip"),
            price,
            lambda i: f"order_steps.csv, row {i + 2}, usd_per_chip",
            unit="USD",
            floor=1e-9,
        ),
        agree(
            "order_steps.from_chips",
            column(table, "from_chips"),
            start,
            lambda i: f"order_steps.csv, row {i + 2}, from_chips",
            unit="chips",
            floor=1e-9,
        ),
        require(
            "order_steps.counts",
            [good for _, good in chosen],
            lambda i: f"whole.csv: {chosen[i][0]}",
            "step_on for the step that holds, full for steps that are",
        ),
        at_most(
            "order_steps.filled",
            np.concatenate([value for _, value, _ in found]) if found else np.zeros(0),
            np.concatenate([bound for _, _, bound in found]) if found else np.zeros(0),
            lambda i: f"order_steps.csv: {np.repeat(names, [len(v) for _, v, _ in found])[i]}",
            unit="chips",
            floor=facts.few,
        ),
    ]


def _filled(facts: Facts, window: Window, rows: pd.DataFrame) -> list[tuple[str, Floats, Floats]]:
    """Return what is bought at which step against what may be, chips and the most of them, where
    steps are whole; with words for each."""
    if not facts.case.whole or not len(rows):
        return []
    step, at, chips = whole(rows, "step"), whole(rows, "order_period"), column(rows, "chips")
    S = len(window.edges)
    low, high = window.edges, np.append(window.edges[1:], np.inf)
    if window.kind == "all":
        amount = np.bincount(step, weights=chips, minlength=S).astype(np.float64)
        s = int(amount.argmax())  # all others have none
        total, nothing = amount.sum(), np.zeros(S)
        others = np.where(np.arange(S) == s, 0.0, amount)
        return [
            (f"{window.name}, chips at other steps than {s}", others, nothing),
            (f"{window.name}, chips at step {s}", np.array([total]), high[s : s + 1]),
            (f"{window.name}, chips lacking at step {s}", low[s : s + 1] - total, np.zeros(1)),
        ]
    found = []
    width = high - low
    for t in np.unique(at):  # periods of a window: few
        through = np.where(at <= t, chips, 0.0)
        amount = np.bincount(step, weights=through, minlength=S).astype(np.float64)
        found.append((f"{window.name}, chips by {facts.label(t)}", amount, width))
        beyond = amount[1:] > facts.few
        lacking = np.where(beyond, width[:-1] - amount[:-1], 0.0)
        words = f"{window.name}, chips lacking below an open step by {facts.label(t)}"
        found.append((words, lacking, np.zeros(S - 1)))
    return found


def _chosen(
    facts: Facts, window: Window, rows: pd.DataFrame, counts: pd.DataFrame
) -> list[tuple[str, bool]]:
    """Return whether the counts of a window are those of its chips, with words for each."""
    if not facts.case.whole or not len(rows):
        return []
    mine = counts[
        (counts["kind"] == ("step_on" if window.kind == "all" else "full"))
        & (counts["offer"] == window.offer)
        & (counts["supply_group"] == window.group)
        & counts["period"].isin(window.periods.tolist())
    ]
    step, at, chips = whole(rows, "step"), whole(rows, "order_period"), column(rows, "chips")
    S, told = len(window.edges), whole(mine, "step")
    if window.kind == "all":
        bought = np.bincount(step, weights=chips, minlength=S)
        used = np.flatnonzero(bought > facts.few)
        good = len(told) == 1 and bool(np.isin(used, told).all())
        return [(f"{window.name}, steps {told.tolist()} hold, chips at {used.tolist()}", good)]
    found, when = [], whole(mine, "period")
    width = np.diff(window.edges)
    for t in np.unique(np.concatenate([at, when])):  # periods of a window: few
        through = np.where(at <= t, chips, 0.0)
        amount = np.bincount(step, weights=through, minlength=S).astype(np.float64)
        full = np.zeros(S - 1, dtype=bool)
        full[told[when == t]] = True
        lacks = full & (amount[:-1] < width - facts.few)
        closed = ~full & (amount[1:] > facts.few) & (width > 0)
        words = f"{window.name}, full steps {np.flatnonzero(full).tolist()} by {facts.label(t)}"
        found.append((words, not (lacks | closed & np.isin(t, at)).any()))
    return found
